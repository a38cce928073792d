//! The form, and the command that stands for it.

use std::path::PathBuf;

use seam_engine::device::Preference;
use seam_engine::eval::experiment::EXPERIMENTS;
use seam_engine::eval::protocol::Protocol;
use seam_engine::eval::{EvalWork, ModelChoice};

use super::command_line::command_line;
use super::*;

fn settings(form: &Form) -> Option<seam_engine::eval::EvalSettings> {
    form.settings(PathBuf::from("out"), Preference::Cpu)
}

#[test]
fn a_form_says_what_it_still_needs() {
    let mut form = Form::default();
    assert_eq!(form.missing(), Some("Choose the data first"));
    form.data = Some("a/manifest.jsonl".into());
    assert_eq!(form.missing(), None);
    form.protocol = Protocol::Cross;
    assert_eq!(form.missing(), Some("Choose the data to test on first"));
    assert_eq!(settings(&form), None);
    form.test_data = Some("b/manifest.jsonl".into());
    assert_eq!(form.tested(), Some(&PathBuf::from("b/manifest.jsonl")));
    assert!(settings(&form).is_some());
    // Data to test on is not sent along where the protocol has none.
    form.protocol = Protocol::Within;
    assert_eq!(settings(&form).unwrap().test_data, None);
    form.what = What::Model;
    assert_eq!(form.missing(), Some("Choose a model first"));
    form.what = What::Probe;
    assert_eq!(settings(&form).unwrap().work, EvalWork::Probe);
}

#[test]
fn the_command_does_what_the_form_says() {
    let mut form = Form {
        data: Some("my clips/manifest.jsonl".into()),
        ..Form::default()
    };
    assert_eq!(
        command_line(&form, None),
        "seam eval all --data 'my clips/manifest.jsonl' --frames 16 --seed 1 --out FOLDER"
    );
    form.methods = ["dadd", "intele"].map(str::to_owned).into();
    form.protocol = Protocol::LeaveOneOut;
    form.training = Some(Training {
        preset: "laptop",
        steps: Some(50),
    });
    let line = command_line(&form, None);
    assert!(
        line.starts_with("seam eval dadd,intele --train --preset laptop --steps 50 "),
        "{line}"
    );
    assert!(line.contains("--protocol leave-one-out"), "{line}");
    let EvalWork::Methods { names, model, .. } = settings(&form).unwrap().work else {
        panic!("other work");
    };
    assert_eq!(names, ["dadd", "intele"]);
    assert!(matches!(
        model,
        ModelChoice::Train {
            steps: Some(50),
            ..
        }
    ));
    form.what = What::Experiment;
    let line = command_line(&form, None);
    let first = &EXPERIMENTS[0];
    let wanted = format!(
        "seam eval {} --experiment {} --preset laptop --seeds 3",
        first.method, first.name
    );
    assert!(line.starts_with(&wanted), "{line}");
}

#[test]
fn every_protocol_has_a_line_of_its_own() {
    for (at, protocol) in PROTOCOLS.into_iter().enumerate() {
        for other in &PROTOCOLS[..at] {
            assert_ne!(protocol_line(protocol), protocol_line(*other));
        }
    }
}
