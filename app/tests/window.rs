//! The window as a person uses it: by its labels, with real files and a real engine.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic, and says what it skips"
)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_app::App;
use seam_app::logging::Ring;
use tempfile::TempDir;

use common::step_until;

/// Everything here is done in seconds; a loaded machine gets its time.
const LIMIT: Duration = Duration::from_secs(120);

fn window(files: Vec<PathBuf>) -> Harness<'static, App> {
    Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(0.02)
        .build_eframe(|cc| App::new(cc, files, Ring::default()).unwrap())
}

/// Steps until something bears the label.
#[track_caller]
fn wait_for(harness: &mut Harness<'_, App>, label: &str) {
    step_until(harness, LIMIT, label, |window| {
        window.query_all_by_label(label).next().is_some()
    });
}

/// A clip of colored bars, without faces: 25 frames a second. `None` without the `ffmpeg` program.
fn clip(dir: &Path, secs: u32, size: &str) -> Option<PathBuf> {
    let path = dir.join("bars.mp4");
    let source = format!("testsrc=duration={secs}:size={size}:rate=25");
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &source])
        .args(["-pix_fmt", "yuv420p", "-c:v", "mpeg4", "-g", "12"])
        .arg(&path)
        .status();
    if done.is_ok_and(|status| status.success()) {
        return Some(path);
    }
    println!("Skipped: there is no ffmpeg program to make a clip with");
    None
}

/// A file as the window system drops it.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads no files".to_owned())
    }
}

fn click(harness: &Harness<'_, App>, pos: egui::Pos2) {
    harness.event(egui::Event::PointerMoved(pos));
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
}

#[test]
fn a_dropped_clip_is_read_shown_and_analyzed() {
    let dir = TempDir::new().unwrap();
    let Some(path) = clip(dir.path(), 1, "320x240") else {
        return;
    };
    let mut harness = window(Vec::new());
    harness.step();
    let dropped = Arc::new(Dropped(path));
    harness.input_mut().dropped_files.push(dropped);
    wait_for(&mut harness, "bars.mp4");
    // The first frame is on screen, all frames were counted, and faces were looked for; nothing is scored unasked.
    wait_for(&mut harness, "#0");
    wait_for(&mut harness, "25");
    wait_for(&mut harness, "No face found in 25 frames");
    wait_for(&mut harness, "Look first. Then ask the methods.");
    harness.key_press(Key::A);
    wait_for(&mut harness, "Cannot tell");
    wait_for(&mut harness, "What was not checked");
}

#[test]
fn keys_and_the_timeline_move_to_exact_frames() {
    let dir = TempDir::new().unwrap();
    let Some(path) = clip(dir.path(), 2, "320x240") else {
        return;
    };
    let mut harness = window(vec![path]);
    wait_for(&mut harness, "#0");
    wait_for(&mut harness, "50");
    harness.key_press(Key::End);
    wait_for(&mut harness, "#49");
    wait_for(&mut harness, "00:01.960");
    harness.key_press(Key::ArrowLeft);
    wait_for(&mut harness, "#48");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    wait_for(&mut harness, "#23");
    harness.key_press(Key::Home);
    wait_for(&mut harness, "#0");
    // A quarter of the way along: in the middle of frame 12, so that rounding cannot matter.
    let track = harness
        .get_by_role_and_label(egui::Role::Slider, "Timeline")
        .rect();
    click(
        &harness,
        track.left_center() + egui::vec2(0.25 * track.width(), 0.0),
    );
    wait_for(&mut harness, "#12");
    harness.get_by_label("Next frame").click();
    wait_for(&mut harness, "#13");
}

#[test]
fn playing_reaches_the_end_and_stops_there() {
    let dir = TempDir::new().unwrap();
    let Some(path) = clip(dir.path(), 1, "320x240") else {
        return;
    };
    let mut harness = window(vec![path]);
    wait_for(&mut harness, "#0");
    wait_for(&mut harness, "25");
    harness.key_press(Key::Space);
    wait_for(&mut harness, "#24");
}

#[test]
fn a_running_analysis_can_be_cancelled_and_closing_asks_first() {
    let dir = TempDir::new().unwrap();
    let Some(path) = clip(dir.path(), 40, "1280x720") else {
        return;
    };
    let mut harness = window(vec![path]);
    wait_for(&mut harness, "#0");
    harness.key_press(Key::A);
    wait_for(&mut harness, "Cancel analysis");
    let root = harness
        .input_mut()
        .viewports
        .get_mut(&egui::ViewportId::ROOT);
    root.unwrap().events.push(egui::ViewportEvent::Close);
    wait_for(&mut harness, "Work is still running");
    harness.get_by_label("Keep working").click();
    harness.step();
    harness.step();
    harness.get_by_label("Cancel analysis").click();
    wait_for(&mut harness, "Analysis cancelled");
    wait_for(&mut harness, "Analyze again");
}

#[test]
fn a_broken_file_stays_in_the_list_and_says_why() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("broken.mp4");
    std::fs::write(&path, b"this is no clip").unwrap();
    let mut harness = window(vec![path]);
    wait_for(&mut harness, "Could not be read");
    wait_for(&mut harness, "broken.mp4");
    let says_why = harness
        .query_all_by_label_contains("broken.mp4\"")
        .next()
        .is_some();
    assert!(says_why, "the error does not name the file");
    harness.get_by_label("Remove").click();
    wait_for(&mut harness, "Open a clip to begin");
}

/// Steps until something bears a label with this in it.
#[track_caller]
fn wait_for_part(harness: &mut Harness<'_, App>, part: &str) {
    step_until(harness, LIMIT, part, |window| {
        window.query_all_by_label_contains(part).next().is_some()
    });
}

#[test]
fn a_journalist_looks_first_and_then_asks() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample_media/two_people.mp4");
    let mut harness = window(vec![sample]);
    // The card: facts, who is there, what the methods can see; a lane each with no strip yet.
    wait_for_part(&mut harness, "2 people, ");
    wait_for_part(&mut harness, "rendered people alone");
    wait_for_part(&mut harness, "SHA-256");
    for unasked in ["evidence", "Hottest moment", "Mean 0"] {
        let told = harness.query_all_by_label_contains(unasked).count();
        assert_eq!(told, 0, "{unasked:?} before anybody asked");
    }
    // Looking: a moment further on, and back.
    harness.key_press(Key::ArrowRight);
    wait_for(&mut harness, "#1");
    harness.key_press(Key::Home);
    // Asking.
    harness.key_press(Key::A);
    wait_for(&mut harness, "What to do next");
    wait_for(&mut harness, "What was not checked");
    wait_for_part(&mut harness, "frames lie from");
    let moment = "Hottest moment of DID on person 1";
    wait_for(&mut harness, moment);
    harness.get_by_label(moment).click();
    harness.step();
    harness.step();
    wait_for(&mut harness, "Person 1");
}

#[test]
fn a_picture_is_one_frame() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("gray.png");
    image::RgbImage::from_pixel(64, 48, image::Rgb([90, 90, 90]))
        .save(&path)
        .unwrap();
    let mut harness = window(vec![path]);
    wait_for(&mut harness, "#0");
    wait_for(&mut harness, "64 × 48");
}

#[test]
fn commands_are_found_by_name() {
    let mut harness = window(Vec::new());
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    wait_for(&mut harness, "Find a command");
    harness.get_by_label("Find a command").type_text("loop");
    harness.step();
    harness.step();
    harness.key_press(Key::Enter);
    harness.step();
    harness.step();
    assert!(harness.query_by_label("Find a command").is_none());
    assert!(harness.get_by_label("Loop").is_selected_or_toggled());
}

/// Whether a button that can be on is on.
trait IsOn {
    fn is_selected_or_toggled(&self) -> bool;
}

impl IsOn for egui_kittest::Node<'_> {
    fn is_selected_or_toggled(&self) -> bool {
        use egui_kittest::kittest::NodeT as _;
        let node = self.accesskit_node();
        node.is_selected() == Some(true) || node.toggled() == Some(egui::accesskit::Toggled::True)
    }
}
