//! The command line's words and exit codes.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::process::{Command, Output};

fn seam(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_seam"))
        .args(arguments)
        .output()
        .unwrap()
}

#[track_caller]
fn check(arguments: &[&str], code: i32, error_has: &str) {
    let output = seam(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    assert!(error.contains(error_has), "{arguments:?}: {error}");
    assert!(!error.contains("panicked"), "{error}");
}

#[test]
fn a_missing_file_is_named_last() {
    for command in ["probe", "scan"] {
        check(&[command, "no/such.mp4"], 3, "File: \"no/such.mp4\"");
    }
}

#[test]
fn wrong_arguments_are_told_apart_from_bad_files() {
    check(&["scan"], 2, "required");
    check(
        &["scan", "no/such.mp4", "--methods", "astrology"],
        2,
        "no method",
    );
    check(&["scan", "no/such.mp4", "--fps", "0"], 2, "--fps");
    check(
        &["train", "astrology", "--data", "x", "--out", "y"],
        2,
        "astrology",
    );
    check(
        &["forge", "--recipe", "soup", "--from", "x", "--out", "y"],
        2,
        "soup",
    );
}

#[test]
fn evaluations_that_do_not_go_together_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let out = out.to_str().unwrap();
    let check_eval = |arguments: &[&str], error_has: &str| {
        let all = [&["eval"], arguments, &["--out", out]].concat();
        check(&all, 2, error_has);
    };
    check_eval(&["intele", "--experiment", "paper"], "give both");
    check_eval(&["astrology", "--experiment", "paper"], "intele paper");
    let paper = [
        "intele",
        "--experiment",
        "paper",
        "--data",
        "x",
        "--test-data",
        "y",
    ];
    let with = |more: &[&'static str]| [&paper[..], more].concat();
    check_eval(&with(&["--rows", "ce,eve"]), "\"eve\"");
    check_eval(&with(&["--preset", "desktop"]), "laptop, paper");
    check_eval(&with(&["--seeds", "0"]), "no training");
    check_eval(&with(&["--protocol", "cross"]), "cannot be used with");
    check_eval(&with(&["--split", "half"]), "train, val, test and all");
    check_eval(&["intele", "--seeds", "2"], "--experiment");
    check_eval(&["ce-xception", "--data", "x", "--steps", "5"], "--train");
    check_eval(
        &["ce-xception", "--data", "x", "--split", "all"],
        "second manifest",
    );
    assert!(!dir.path().join("out").exists());
}

#[test]
fn weights_of_another_network_are_refused_with_a_list() {
    check(
        &["import-weights", "no/such.pth"],
        3,
        "File: \"no/such.pth\"",
    );
    check(&["import-weights"], 2, "required");
    check(&["import-weights", "x", "--arch", "alexnet"], 2, "alexnet");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tiny.safetensors");
    let header = br#"{"fc1.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(1.0_f32.to_le_bytes());
    std::fs::write(&path, file).unwrap();
    let path = path.to_str().unwrap();
    check(&["import-weights", path], 6, "fc1.weight");
    check(
        &["import-weights", path, "--arch", "resnet18"],
        6,
        "fc1.weight",
    );
}

#[test]
fn devices_lists_the_cpu_and_marks_one() {
    let output = seam(&["devices"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success());
    assert!(text.contains("cpu"), "{text}");
    assert_eq!(
        text.lines().filter(|line| line.starts_with("* ")).count(),
        2,
        "{text}"
    );
}

#[test]
fn a_still_is_probed_as_one_frame() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("gray.png");
    image::RgbImage::from_pixel(40, 30, image::Rgb([128; 3]))
        .save(&path)
        .unwrap();
    let output = seam(&["probe", "--json", path.to_str().unwrap()]);
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(facts["video"]["frames_decoded"], 1, "{facts}");
    assert_eq!(facts["video"]["width"], 40);
    assert_eq!(facts["video"]["is_still"], true);

    let output = seam(&["scan", "--device", "cpu", path.to_str().unwrap()]);
    assert_eq!(
        output.status.code(),
        Some(4),
        "no face, so no check could run"
    );
}

#[test]
fn the_self_test_tells_whole_models_from_others_by_its_exit_code() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/dadd-laptop");
    let ask = |model: &Path| {
        let model = model.to_str().unwrap();
        let output = seam(&["selftest", model, "--device", "cpu", "--json"]);
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["schema"], "seam-selftest/1");
        (output.status.code(), found["models"][0].clone())
    };
    let (code, whole) = ask(&bundled);
    assert_eq!((code, &whole["result"]), (Some(0), &"passed".into()));

    // The card of one model beside the weights of no model.
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(bundled.join("card.json"), other.path().join("card.json")).unwrap();
    std::fs::write(other.path().join("weights.safetensors"), "none").unwrap();
    let (code, broken) = ask(other.path());
    assert_eq!((code, &broken["result"]), (Some(1), &"failed".into()));
    check(&["selftest", "no/such/model"], 2, "There is no model");
}
