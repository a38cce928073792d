//! Training as a person does it in the window: set up, start, watch, pause, go on, stop, resume, look again.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_app::App;
use seam_app::logging::Ring;
use seam_engine::forge::{ForgeSettings, forge};
use seam_engine::job::JobContext;
use tempfile::TempDir;

use common::step_until;

/// A loaded machine gets its time.
const LIMIT: Duration = Duration::from_secs(240);

/// A network of a few thousand weights, checked often, with more steps than anybody waits for.
const NUMBERS: [(&str, &str); 11] = [
    ("size_px", "48"),
    ("batch_size", "8"),
    ("steps", "40000"),
    ("frames_per_clip", "2"),
    ("validate_every", "20"),
    ("validation_batches", "1"),
    ("checkpoint_every", "20"),
    ("width", "0.01"),
    ("middle_blocks", "1"),
    ("features", "4"),
    ("warmup_steps", "0"),
];

fn window(files: Vec<PathBuf>) -> Harness<'static, App> {
    Harness::builder()
        .with_size([1600.0, 1000.0])
        .with_step_dt(0.02)
        .build_eframe(|cc| App::new(cc, files, Ring::default()).unwrap())
}

/// Steps until something bears a label that holds the text.
#[track_caller]
fn wait_for(harness: &mut Harness<'_, App>, text: &str) {
    step_until(harness, LIMIT, text, |window| {
        window.query_all_by_label_contains(text).next().is_some()
    });
}

/// Steps until nothing does.
#[track_caller]
fn wait_until_gone(harness: &mut Harness<'_, App>, text: &str) {
    step_until(harness, LIMIT, format!("end of {text}"), |window| {
        window.query_all_by_label_contains(text).next().is_none()
    });
}

/// Replaces what stands in a field.
#[track_caller]
fn fill(harness: &mut Harness<'_, App>, field: &str, text: &str) {
    harness
        .get_by_role_and_label(Role::TextInput, field)
        .focus();
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.step();
    harness
        .get_by_role_and_label(Role::TextInput, field)
        .type_text(text);
    harness.step();
    harness.step();
}

fn people(dir: &Path) -> PathBuf {
    let out = dir.join("people");
    let settings = ForgeSettings {
        recipe: "tiny".to_owned(),
        from: None,
        out: out.clone(),
        seed: 1,
        per_category: 1,
        people: None,
        techniques: Some(Vec::new()),
        as_pictures: false,
        landmark_model: None,
    };
    forge(&settings, &mut JobContext::detached()).unwrap();
    out
}

#[test]
fn a_training_is_set_up_started_paused_stopped_resumed_and_seen() {
    let dir = TempDir::new().unwrap();
    let data = people(dir.path());
    let out = dir.path().join("dadd-7");
    let mut harness = window(Vec::new());
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    wait_for(&mut harness, "Choose the data it learns from");

    fill(&mut harness, "Data", data.to_str().unwrap());
    wait_for(&mut harness, "pristine");
    fill(&mut harness, "Folder", out.to_str().unwrap());
    for (key, value) in NUMBERS {
        fill(&mut harness, "Find a number", key);
        fill(&mut harness, key, value);
    }
    wait_for(&mut harness, "11 changed");
    wait_for(&mut harness, "Ready");
    // What does not fit is said in words, and the run cannot start.
    fill(&mut harness, "Find a number", "steps");
    fill(&mut harness, "steps", "many");
    wait_for(&mut harness, "This is to be a whole number");
    wait_for(&mut harness, "Correct steps");
    fill(&mut harness, "steps", "40000");
    wait_for(&mut harness, "Ready");
    harness.get_by_label("Start training").click();

    wait_for(&mut harness, "Face 1 at step");
    wait_for(&mut harness, "of 40,000");
    assert!(
        harness
            .query_by_label("Validation AUC over the steps")
            .is_some()
    );
    let toml = std::fs::read_to_string(dir.path().join("dadd-7.toml")).unwrap();
    assert!(
        toml.contains("steps = 40000") && toml.contains("features = 4"),
        "{toml}"
    );

    harness.get_by_label("Pause").click();
    wait_for(&mut harness, "paused");
    harness.get_by_label("Go on").click();
    wait_until_gone(&mut harness, "paused");
    harness.get_by_label("Stop").click();
    wait_for(&mut harness, "stopped at step");

    harness.get_by_label("Resume").click();
    wait_until_gone(&mut harness, "stopped at step");
    wait_for(&mut harness, "training");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::S);
    wait_for(&mut harness, "stopped at step");

    // The film goes back to where it began.
    wait_for(&mut harness, "Face 1 at step");
    harness.key_press(Key::Home);
    wait_for(&mut harness, "Face 1 at step 20");

    // Another window finds the run when its folder is opened.
    drop(harness);
    let mut again = window(vec![out]);
    wait_for(&mut again, "stopped at step");
    wait_for(&mut again, "Resume with data…");
    again.get_by_label("New run from this").click();
    wait_for(&mut again, "11 changed");
}

#[test]
fn closing_while_a_training_runs_says_that_it_can_be_resumed() {
    let dir = TempDir::new().unwrap();
    let data = people(dir.path());
    let out = dir.path().join("dadd-8");
    let mut harness = window(Vec::new());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    wait_for(&mut harness, "Choose the data it learns from");
    fill(&mut harness, "Data", data.to_str().unwrap());
    fill(&mut harness, "Folder", out.to_str().unwrap());
    for (key, value) in NUMBERS {
        fill(&mut harness, "Find a number", key);
        fill(&mut harness, key, value);
    }
    wait_for(&mut harness, "Ready");
    // A field that is typed into keeps its keys.
    harness.key_press(Key::Escape);
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    wait_for(&mut harness, "of 40,000");
    let root = harness
        .input_mut()
        .viewports
        .get_mut(&egui::ViewportId::ROOT);
    root.unwrap().events.push(egui::ViewportEvent::Close);
    wait_for(&mut harness, "can be resumed");
    harness.get_by_label("Stop and close").click();
    wait_for(&mut harness, "write their checkpoints");
    wait_for(&mut harness, "stopped at step");
}
