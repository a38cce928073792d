//! The maps pane as a person uses it: on a sample clip, with the bundled models.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use seam_app::App;
use seam_app::logging::Ring;

use common::step_until;

/// Everything here is done in seconds; a loaded machine gets its time.
const LIMIT: Duration = Duration::from_secs(180);

fn window(files: Vec<PathBuf>) -> Harness<'static, App> {
    Harness::builder()
        .with_size([1440.0, 900.0])
        .with_step_dt(0.02)
        .build_eframe(|cc| App::new(cc, files, Ring::default()).unwrap())
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../sample_media")
        .join(name)
}

/// Steps until it holds.
#[track_caller]
fn wait_until(
    harness: &mut Harness<'_, App>,
    what: &str,
    holds: impl Fn(&Harness<'_, App>) -> bool,
) {
    step_until(harness, LIMIT, what, holds);
}

fn has(harness: &Harness<'_, App>, part_of_label: &str) -> bool {
    let mut found = harness.query_all_by_label_contains(part_of_label);
    found.next().is_some()
}

fn wipe(harness: &Harness<'_, App>) -> f64 {
    let node = harness.get_by_role_and_label(Role::Slider, "Wipe");
    node.accesskit_node().numeric_value().unwrap()
}

#[test]
fn maps_of_the_frame_stand_beside_those_of_the_calmest_one() {
    let mut harness = window(vec![sample("middle_third.mp4")]);
    wait_until(&mut harness, "clip", |window| has(window, "#0"));
    harness.key_press(Key::A);
    wait_until(&mut harness, "look at the first frame", |window| {
        has(window, "Grad-CAM of this frame") && has(window, "00:00.000  #0")
    });
    // The record is complete, so that the calmest moment stays where it is.
    wait_until(&mut harness, "verdict", |window| {
        has(window, "What was not checked")
    });
    wait_until(&mut harness, "control frame", |window| {
        window.query_all_by_label_contains("  #").count() == 2
    });

    // The value under the pointer, on both rows, with the place in the frame.
    harness.get_by_label("Face x of this frame").hover();
    wait_until(&mut harness, "pixel", |window| {
        window.query_all_by_label_contains("Pixel ").count() == 2
    });

    // Another picture goes into the wipe, and keys move its handle.
    assert_eq!(wipe(&harness), 0.5);
    let calm = "Face x of the calmest frame";
    harness.get_by_label(calm).click();
    wait_until(&mut harness, "chosen picture", |window| {
        let node = window.get_by_label(calm);
        let node = node.accesskit_node();
        node.is_selected() == Some(true) || node.toggled() == Some(egui::accesskit::Toggled::True)
    });
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowRight);
    wait_until(&mut harness, "moved handle", |window| wipe(window) > 0.54);
    // The same key without the modifier moves the clip, and the maps follow.
    harness.key_press(Key::ArrowRight);
    wait_until(&mut harness, "look at the second frame", |window| {
        has(window, "00:00.040  #1")
    });
    assert!(wipe(&harness) < 0.56);

    harness.key_press(Key::M);
    wait_until(&mut harness, "closed pane", |window| {
        !has(window, "Grad-CAM of this frame")
    });
    harness.key_press(Key::M);
    wait_until(&mut harness, "open pane", |window| {
        has(window, "Grad-CAM of this frame")
    });
}

#[test]
fn without_a_face_the_pane_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("gray.png");
    image::RgbImage::from_pixel(96, 96, image::Rgb([90, 90, 90]))
        .save(&path)
        .unwrap();
    let mut harness = window(Vec::new());
    wait_until(&mut harness, "hint", |window| {
        has(window, "Open a clip to see what the methods see")
    });
    drop(harness);
    let mut harness = window(vec![path]);
    wait_until(&mut harness, "picture", |window| has(window, "#0"));
    harness.key_press(Key::A);
    wait_until(&mut harness, "reason", |window| {
        has(window, "No face was found in this clip")
    });
}
