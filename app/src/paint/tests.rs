//! Strokes, undo and tools on a face made by hand.

use std::sync::Arc;

use egui::{Pos2, pos2};
use seam_engine::annotate::{FacePart, History};
use seam_engine::data::annotations::{Face, FrameName, Mask, Order, Progress, Task, TaskId, Why};
use seam_engine::faces::FaceBox;
use seam_engine::faces::landmarks::Landmarker;
use seam_engine::media::{Frame, FrameId, MediaHash};

use crate::command::PaintAction;
use crate::paint::easel::{Change, Easel};
use crate::paint::tools::{Tool, Tools};
use crate::paint::{Paint, PaintCommand};
use crate::settings::Settings;

const WIDTH: u32 = 240;
const HEIGHT: u32 = 180;

fn easel() -> Easel {
    let frame = Frame {
        id: FrameId {
            media: MediaHash::of(b"test"),
            stream: 0,
            pts_nanos: 0,
            index: 0,
        },
        width: WIDTH,
        height: HEIGHT,
        pixels: vec![90; (3 * WIDTH * HEIGHT) as usize],
    };
    let face = FaceBox {
        x: 70.0,
        y: 40.0,
        width: 100.0,
        height: 100.0,
        confidence: 1.0,
    };
    let landmarks = Landmarker::box_estimate().find(&frame, &face);
    let task = Task {
        id: TaskId(1),
        item: "a.png".to_owned(),
        frame: FrameName::of(&frame),
        face: Face::new(face, &landmarks),
        why: Why {
            order: Order::Asked,
            value: 0.0,
            channels: Vec::new(),
            text: "A test".to_owned(),
        },
        technique: None,
        counterpart: None,
        carried_from: None,
    };
    Easel::new(
        task,
        Progress::default(),
        (Arc::new(frame), None),
        Mask::empty(WIDTH, HEIGHT),
        History::default(),
        8192,
    )
}

fn paint() -> (Paint, Settings) {
    let paint = Paint {
        easel: Some(easel()),
        ..Paint::default()
    };
    (paint, Settings::default())
}

fn mask(paint: &Paint) -> &Mask {
    &paint.easel.as_ref().unwrap().mask
}

/// Presses, moves and lets go.
fn stroke(
    paint: &mut Paint,
    settings: &mut Settings,
    places: &[Pos2],
    erases: bool,
) -> Option<Change> {
    let press = PaintCommand::Press {
        at: places[0],
        erases,
        pressure: None,
    };
    assert_eq!(paint.run(press, settings), None);
    for &at in &places[1..] {
        let drag = PaintCommand::Drag { at, pressure: None };
        assert_eq!(paint.run(drag, settings), None);
    }
    paint.run(PaintCommand::Release, settings)
}

#[test]
fn strokes_are_kept_undone_and_done_again() {
    let (mut paint, mut settings) = paint();
    let places = [pos2(100.0, 80.0), pos2(140.0, 90.0)];
    let change = stroke(&mut paint, &mut settings, &places, false);
    assert!(
        matches!(change, Some(Change::Stroke { place: 0, .. })),
        "{change:?}"
    );
    let painted = mask(&paint).clone();
    assert!(!painted.is_empty());
    // The same stroke again changes nothing, so there is nothing to keep.
    assert_eq!(stroke(&mut paint, &mut settings, &places, false), None);
    let erased = stroke(&mut paint, &mut settings, &[pos2(100.0, 80.0)], true);
    assert!(
        matches!(erased, Some(Change::Stroke { place: 1, .. })),
        "{erased:?}"
    );
    assert!(mask(&paint).area_px() < painted.area_px());
    let undone = paint.act(PaintAction::Undo, false, &mut settings);
    assert_eq!(undone, Some(Change::Applied(1)));
    assert_eq!(*mask(&paint), painted);
    assert_eq!(
        paint.act(PaintAction::Undo, false, &mut settings),
        Some(Change::Applied(0))
    );
    assert!(mask(&paint).is_empty());
    assert_eq!(paint.act(PaintAction::Undo, false, &mut settings), None);
    assert_eq!(
        paint.act(PaintAction::Redo, false, &mut settings),
        Some(Change::Applied(1))
    );
    assert_eq!(*mask(&paint), painted);
}

#[test]
fn a_cancelled_stroke_leaves_nothing() {
    let (mut paint, mut settings) = paint();
    let press = PaintCommand::Press {
        at: pos2(50.0, 50.0),
        erases: false,
        pressure: Some(0.5),
    };
    paint.run(press, &mut settings);
    assert!(!mask(&paint).is_empty());
    paint.run(PaintCommand::Cancel, &mut settings);
    assert!(mask(&paint).is_empty());
    assert_eq!(paint.run(PaintCommand::Release, &mut settings), None);
}

#[test]
fn a_lasso_marks_what_it_encloses_and_mirrors() {
    let (mut paint, mut settings) = paint();
    paint.tools.tool = Tool::Lasso;
    paint.tools.softness = 0.0;
    let around = [
        pos2(80.0, 60.0),
        pos2(100.0, 60.0),
        pos2(100.0, 80.0),
        pos2(80.0, 80.0),
    ];
    assert!(stroke(&mut paint, &mut settings, &around, false).is_some());
    assert!((mask(&paint).area_px() - 400.0).abs() < 2.0);
    paint.act(PaintAction::Clear, false, &mut settings);
    assert!(mask(&paint).is_empty());
    paint.tools.mirrors = true;
    assert!(stroke(&mut paint, &mut settings, &around, false).is_some());
    assert!(
        (mask(&paint).area_px() - 800.0).abs() < 8.0,
        "{}",
        mask(&paint).area_px()
    );
}

#[test]
fn parts_are_marked_and_with_the_eraser_unmarked() {
    let mut easel = easel();
    let mut tools = Tools {
        softness: 0.0,
        ..Tools::default()
    };
    assert!(easel.part(&tools, FacePart::WholeFace).is_some());
    let face = easel.mask.area_px();
    assert!((2000.0..12_000.0).contains(&face), "{face}");
    tools.tool = Tool::Eraser;
    assert!(easel.part(&tools, FacePart::Mouth).is_some());
    assert!(easel.mask.area_px() < face);
    assert!(easel.fill_holes().is_some());
    assert!((easel.mask.area_px() - face).abs() < 0.02 * face);
}

#[test]
fn the_keyboard_paints_without_a_pointer() {
    let (mut paint, mut settings) = paint();
    assert_eq!(paint.act(PaintAction::Stamp, false, &mut settings), None);
    paint.act(PaintAction::CursorLeft, false, &mut settings);
    let from = paint.cursor.unwrap();
    assert_eq!(
        from,
        pos2(120.0, 90.0),
        "it begins in the middle of the face"
    );
    assert!(
        paint
            .act(PaintAction::Stamp, false, &mut settings)
            .is_some()
    );
    let one = mask(&paint).area_px();
    paint.act(PaintAction::CursorRight, true, &mut settings);
    assert_eq!(paint.cursor.unwrap().x, from.x + paint.tools.radius_px);
    for _ in 0..3 {
        paint.act(PaintAction::CursorRight, true, &mut settings);
    }
    assert!(
        paint
            .act(PaintAction::StampLine, false, &mut settings)
            .is_some()
    );
    let line = mask(&paint).area_px();
    assert!(2.0 * one < line, "{one} {line}");
    for _ in 0..100 {
        paint.act(PaintAction::CursorUp, true, &mut settings);
    }
    assert_eq!(paint.cursor.unwrap().y, 0.0);
}

#[test]
fn a_light_touch_paints_less() {
    let area = |pressure: Option<f32>| {
        let (mut paint, mut settings) = paint();
        let press = PaintCommand::Press {
            at: pos2(100.0, 80.0),
            erases: false,
            pressure,
        };
        paint.run(press, &mut settings);
        mask(&paint).area_px()
    };
    assert!(area(Some(0.3)) < 0.2 * area(None));
    assert_eq!(area(Some(1.0)), area(None));
}
