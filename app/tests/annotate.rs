//! Marking faces as a person does it: with the pointer and with keys, in a folder of annotations made here.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use seam_app::App;
use seam_app::logging::Ring;
use seam_engine::data::annotations::{
    About, AnnotationFolder, Face, FrameName, Mask, Order, Task, TaskId, TaskState, Why,
};
use seam_engine::faces::FaceBox;
use seam_engine::faces::landmarks::Landmarker;
use seam_engine::media::{self, MediaHash};
use tempfile::TempDir;

use common::step_until;

const LIMIT: Duration = Duration::from_secs(120);
const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// A folder with two faces on two pictures.
fn annotations(dir: &Path) -> PathBuf {
    let folder_dir = dir.join("masks");
    let about = About::new(None, None, Order::Asked, 0);
    let folder = AnnotationFolder::create(&folder_dir, &about).unwrap();
    let tasks = [90, 140].map(|gray| task(dir, gray)).into();
    folder.add(tasks).unwrap();
    folder_dir
}

fn task(dir: &Path, gray: u8) -> Task {
    let path = dir.join(format!("face{gray}.png"));
    image::RgbImage::from_pixel(WIDTH, HEIGHT, image::Rgb([gray; 3]))
        .save(&path)
        .unwrap();
    let media = MediaHash::of(&std::fs::read(&path).unwrap());
    let frame = media::open(&path, media).unwrap().next_frame().unwrap();
    let frame = frame.unwrap();
    let face = FaceBox {
        x: 110.0,
        y: 70.0,
        width: 100.0,
        height: 100.0,
        confidence: 1.0,
    };
    let landmarks = Landmarker::box_estimate().find(&frame, &face);
    Task {
        id: TaskId(0),
        item: path.to_str().unwrap().to_owned(),
        frame: FrameName::of(&frame),
        face: Face::new(face, &landmarks),
        why: Why {
            order: Order::Asked,
            value: 0.0,
            channels: Vec::new(),
            text: format!("A gray of {gray}"),
        },
        technique: None,
        counterpart: None,
        carried_from: None,
    }
}

fn window(folder: &Path) -> Harness<'static, App> {
    let folder = folder.to_owned();
    Harness::builder()
        .with_size([1500.0, 900.0])
        .with_step_dt(0.02)
        .build_eframe(|cc| App::new(cc, vec![folder], Ring::default()).unwrap())
}

#[track_caller]
fn wait_for(harness: &mut Harness<'_, App>, label: &str) {
    step_until(harness, LIMIT, label, |window| {
        window.query_all_by_label(label).next().is_some()
    });
}

/// Steps until the strokes on disk are so many, of which so many are applied.
#[track_caller]
fn wait_for_strokes(
    harness: &mut Harness<'_, App>,
    folder: &Path,
    task: u32,
    wanted: (usize, usize),
) {
    let start = Instant::now();
    let folder = AnnotationFolder::open(folder).unwrap();
    loop {
        harness.step();
        let strokes = folder.strokes(TaskId(task)).unwrap();
        let found = (strokes.deltas.len(), strokes.applied);
        if found == wanted {
            return;
        }
        assert!(start.elapsed() < LIMIT, "{found:?} and not {wanted:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn mask(folder: &Path, task: u32) -> Mask {
    let folder = AnnotationFolder::open(folder).unwrap();
    let tasks = folder.tasks().unwrap();
    let task = tasks.iter().find(|own| own.id == TaskId(task)).unwrap();
    folder.mask(task).unwrap()
}

/// Brings the first face to the canvas and gives its middle on screen.
fn canvas(harness: &mut Harness<'_, App>) -> Pos2 {
    wait_for(harness, "Face 1");
    wait_for(harness, "Undo stroke");
    let start = Instant::now();
    // The buttons of the canvas can be used as soon as the face is there.
    while harness
        .get_by_label("Undo stroke")
        .accesskit_node()
        .is_disabled()
    {
        assert!(
            start.elapsed() < LIMIT,
            "the face does not come to the canvas"
        );
        harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    let canvas = harness.get_by_role_and_label(egui::Role::Canvas, "Canvas");
    canvas.rect().center()
}

fn stroke(harness: &mut Harness<'_, App>, places: &[Pos2], button: PointerButton) {
    harness.event(egui::Event::PointerMoved(places[0]));
    harness.step();
    let press = |pos: Pos2, pressed: bool| egui::Event::PointerButton {
        pos,
        button,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.event(press(places[0], true));
    harness.step();
    for &place in &places[1..] {
        harness.event(egui::Event::PointerMoved(place));
        harness.step();
    }
    harness.event(press(*places.last().unwrap(), false));
    harness.step();
}

#[test]
fn strokes_are_painted_undone_and_there_again_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let folder = annotations(dir.path());
    let mut harness = window(&folder);
    let middle = canvas(&mut harness);
    let places = [middle, middle + vec2(30.0, 10.0), middle + vec2(60.0, 0.0)];
    stroke(&mut harness, &places, PointerButton::Primary);
    wait_for_strokes(&mut harness, &folder, 1, (1, 1));
    wait_for(&mut harness, "Saved");
    let painted = mask(&folder, 1);
    assert!(!painted.is_empty());
    stroke(&mut harness, &[middle], PointerButton::Secondary);
    wait_for_strokes(&mut harness, &folder, 1, (2, 2));
    assert!(
        mask(&folder, 1).area_px() < painted.area_px(),
        "the right button erases"
    );
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait_for_strokes(&mut harness, &folder, 1, (2, 1));
    assert_eq!(mask(&folder, 1), painted);
    drop(harness);

    let mut harness = window(&folder);
    canvas(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    wait_for_strokes(&mut harness, &folder, 1, (2, 2));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait_for_strokes(&mut harness, &folder, 1, (2, 0));
    assert!(mask(&folder, 1).is_empty());
}

#[test]
fn the_keyboard_alone_marks_a_part_and_goes_on() {
    let dir = TempDir::new().unwrap();
    let folder = annotations(dir.path());
    let mut harness = window(&folder);
    canvas(&mut harness);
    harness.key_press(Key::Num1);
    wait_for_strokes(&mut harness, &folder, 1, (1, 1));
    harness.key_press(Key::ArrowLeft);
    harness.step();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowUp);
    harness.step();
    harness.key_press(Key::E);
    harness.step();
    harness.key_press(Key::Enter);
    wait_for_strokes(&mut harness, &folder, 1, (2, 2));
    harness.key_press(Key::D);
    wait_for(&mut harness, "1 of 2");
    wait_for(&mut harness, "A gray of 140");
    wait_for(&mut harness, "Saved");
    let progress = AnnotationFolder::open(&folder).unwrap().progress(TaskId(1));
    assert_eq!(progress.unwrap().state, TaskState::Done);
    harness.key_press(Key::Q);
    wait_for(&mut harness, "masks done, 1 left out");
}

#[test]
fn keys_mean_one_thing_in_one_workspace_and_another_in_the_other() {
    let dir = TempDir::new().unwrap();
    let folder = annotations(dir.path());
    let mut harness = window(&folder);
    canvas(&mut harness);
    harness.key_press(Key::L);
    harness.step();
    harness.step();
    let is_on = |harness: &Harness<'_, App>, label: &str| {
        let node = harness.get_by_label(label).accesskit_node();
        node.is_selected() == Some(true) || node.toggled() == Some(egui::accesskit::Toggled::True)
    };
    assert!(is_on(&harness, "Lasso"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    wait_for(&mut harness, "Player");
    assert!(harness.query_by_label("Lasso").is_none());
    harness.key_press(Key::L);
    harness.step();
    harness.step();
    assert!(harness.query_by_label("Loop").is_some());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    wait_for(&mut harness, "Canvas");
    assert!(is_on(&harness, "Lasso"), "the tool is as it was");
}

#[test]
fn without_a_queue_the_window_says_how_to_get_one() {
    let mut harness = Harness::builder()
        .with_size([1500.0, 900.0])
        .build_eframe(|cc| App::new(cc, Vec::new(), Ring::default()).unwrap());
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    for label in ["New queue…", "Open annotations…", "Canvas"] {
        wait_for(&mut harness, label);
    }
    // A new queue needs a manifest first.
    harness.get_by_label("New queue…").click();
    wait_for(&mut harness, "Choose manifest…");
    assert!(
        harness
            .get_by_label("Make queue")
            .accesskit_node()
            .is_disabled()
    );
    harness.get_by_label("Cancel").click();
    wait_for(&mut harness, "Open annotations…");
}
