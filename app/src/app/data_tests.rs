//! Datasets and evaluations as a person uses them: by their labels, with a real engine and clips forged here.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_engine::forge::manipulate::Technique;
use seam_engine::forge::{ForgeSettings, forge};
use seam_engine::job::JobContext;

use super::App;
use crate::command::Command;
use crate::common::step_until;
use crate::evaluation::EvaluationCommand;
use crate::logging::Ring;
use crate::shell::ShellCommand;
use crate::workspace::Workspace;

/// A loaded machine gets its time.
const LIMIT: Duration = Duration::from_secs(180);

/// A window whose results go to `home`.
fn window(files: Vec<PathBuf>, home: &Path) -> Harness<'static, App> {
    let home = home.to_owned();
    Harness::builder()
        .with_size([1700.0, 2000.0])
        .with_step_dt(0.02)
        .build_eframe(|cc| {
            let mut app = App::new(cc, files, Ring::default()).unwrap();
            app.state.data_dir = Some(home);
            app.state.datasets.known.clear();
            app
        })
}

#[track_caller]
fn wait_for(harness: &mut Harness<'_, App>, label: &str) {
    step_until(harness, LIMIT, label, |window| {
        window.query_all_by_label_contains(label).next().is_some()
    });
}

/// As a path that is dropped on the window.
fn open(path: PathBuf) -> Command {
    Command::Shell(ShellCommand::OpenAny(vec![path]))
}

/// Two rendered people and their swaps, all in the split test.
fn forged(dir: &Path) -> PathBuf {
    let out = dir.join("small");
    let settings = ForgeSettings {
        recipe: "tiny".to_owned(),
        from: None,
        out: out.clone(),
        seed: 1,
        per_category: 1,
        people: Some(2),
        techniques: Some(vec![Technique::Swap]),
        as_pictures: false,
        landmark_model: None,
    };
    forge(&settings, &mut JobContext::detached()).unwrap();
    out
}

#[test]
fn a_dataset_is_looked_through_and_a_detector_measured_on_it() {
    let home = tempfile::tempdir().unwrap();
    let clips = forged(home.path());
    let mut harness = window(vec![clips.clone()], home.path());
    wait_for(&mut harness, "No person or video is in two splits");
    harness.get_by_role_and_label(egui::Role::Button, "small");
    harness.get_by_label("swap 2");
    harness.get_by_label("pristine 2");
    wait_for(&mut harness, "Of all manipulated items");
    assert!(harness.query_all_by_label("swap in test").next().is_some());
    let state = &harness.state().state;
    assert_eq!(state.settings.workspace, Workspace::Train);
    assert_eq!(state.settings.datasets, [clips.join("manifest.jsonl")]);
    wait_for_pictures(&mut harness);

    harness.get_by_label("Evaluate on this").click();
    wait_for(&mut harness, "--data");
    let form = &mut harness.state_mut().state.evaluations.form;
    assert_eq!(form.data, Some(clips.join("manifest.jsonl")));
    form.frames = 2;
    form.methods.insert("ce-xception".to_owned());
    harness.step();
    harness.get_by_label("Start the evaluation").click();
    wait_for(&mut harness, "How to read this");
    // The numbers stand beside what must be known to read them, and where everything was written.
    wait_for(&mut harness, "by frame 0.");
    wait_for(&mut harness, "There are only 2 videos of one kind");
    wait_for(&mut harness, "ROC curves by frame");
    let out = home.path().join("evaluations/evaluation-1");
    assert!(out.join("eval.json").is_file());
    harness.get_by_label("Export the numbers").click();
    wait_for(&mut harness, "Written to");
    let numbers = std::fs::read_to_string(out.join("numbers.csv")).unwrap();
    assert!(
        numbers.contains("\nroc,\"ce-xception\",video,"),
        "{numbers}"
    );

    brush_a_bar(&mut harness);
    let brush = harness.state().state.evaluations.brush().cloned().unwrap();
    let item = Box::new(brush.items.unwrap().unwrap()[0].clone());
    let opens = Command::Evaluation(EvaluationCommand::OpenItem(item));
    harness.state_mut().commands.push(opens);
    harness.step();
    let state = &harness.state().state;
    assert_eq!(state.settings.workspace, Workspace::Inspect);
    assert!(state.files[0].path.starts_with(&clips));
}

#[track_caller]
fn wait_for_pictures(harness: &mut Harness<'_, App>) {
    let start = Instant::now();
    while harness.state().state.datasets.pictures.is_empty() {
        assert!(start.elapsed() < LIMIT, "no pictures");
        harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    let pictures = &harness.state().state.datasets.pictures;
    assert!(pictures.iter().all(Option::is_some));
    let outlines = pictures
        .iter()
        .flatten()
        .filter(|own| own.outline.is_some());
    assert_eq!(2 * outlines.count(), pictures.len());
}

/// The first bar with a face in it, as a click on it does.
fn brush_a_bar(harness: &mut Harness<'_, App>) {
    let evaluations = &harness.state().state.evaluations;
    let histogram = &evaluations.result().unwrap().histogram;
    let both = histogram.pristine.iter().zip(&histogram.manipulated);
    let bar = both.into_iter().position(|(a, b)| 0 < a + b).unwrap();
    let command = Command::Evaluation(EvaluationCommand::Brush(bar));
    harness.state_mut().commands.push(command);
    wait_for(harness, "Clips with faces from");
    wait_for(harness, "person-");
}

#[test]
fn scores_of_another_program_are_measured_the_same_way_and_compared() {
    let home = tempfile::tempdir().unwrap();
    let scores = |name: &str, lift: f64| {
        let mut text = "path,label,score\n".to_owned();
        for at in 0..60_u32 {
            let noise = f64::from(at * 37 % 23);
            let label = at % 2;
            text += &format!(
                "v{}.mp4,{label},{}\n",
                at / 2 * 2 + label,
                noise + lift * f64::from(label)
            );
        }
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (good, poor) = (scores("good.csv", 15.0), scores("poor.csv", 1.0));
    let mut harness = window(vec![poor], home.path());
    wait_for(&mut harness, "Start the evaluation");
    harness.get_by_label("Start the evaluation").click();
    wait_for(&mut harness, "poor by frame");
    harness.state_mut().commands.push(open(good));
    wait_for(&mut harness, "Start the evaluation");
    harness.get_by_label("Start the evaluation").click();
    wait_for(&mut harness, "good by frame");
    let beside = Command::Evaluation(EvaluationCommand::Beside(Some(1)));
    harness.state_mut().commands.push(beside);
    wait_for(&mut harness, "Beside evaluation-1");
    wait_for(&mut harness, "good and poor by frame");
    // A record is found again from its folder.
    let folder = home.path().join("evaluations/evaluation-1");
    harness.state_mut().state.evaluations.open.clear();
    harness.state_mut().commands.push(open(folder));
    wait_for(&mut harness, "poor by frame");
}

#[test]
fn what_cannot_be_read_says_why_and_a_source_in_two_splits_stops_training() {
    let home = tempfile::tempdir().unwrap();
    let line = |split: &str| {
        format!(r#"{{"path":"a.png","label":0,"source":"ann","dataset":"d","split":"{split}"}}"#)
    };
    let path = home.path().join("twice.jsonl");
    std::fs::write(&path, format!("{}\n{}\n", line("train"), line("test"))).unwrap();
    let broken = home.path().join("broken.jsonl");
    std::fs::write(&broken, "soup\n").unwrap();
    let mut harness = window(vec![path], home.path());
    wait_for(&mut harness, "Training and evaluation refuse this data");
    wait_for(&mut harness, "2 listed files are not on disk: a.png");
    harness.state_mut().commands.push(open(broken));
    wait_for(&mut harness, "Line 1 of the manifest is wrong");
}

#[test]
fn an_empty_list_offers_to_make_a_small_dataset() {
    let home = tempfile::tempdir().unwrap();
    let mut harness = window(Vec::new(), home.path());
    harness.state_mut().state.settings.workspace = Workspace::Train;
    wait_for(&mut harness, "Make a small dataset");
    harness.get_by_label("Forge…").click();
    wait_for(&mut harness, "Forge a dataset");
    let draft = harness.state().state.datasets.draft.clone();
    assert!(draft.is_some());
    harness.get_by_label("Cancel").click();
    wait_for(&mut harness, "Make a small dataset");
    harness.get_by_label("Import…").click();
    wait_for(&mut harness, "Import a dataset");
    wait_for(&mut harness, "The dataset's own folder");
}
