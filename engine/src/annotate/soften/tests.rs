//! Each change to a whole mask, by what it must and must not do.

use super::*;
use crate::annotate::{Brush, Mode};
use crate::data::annotations::mask::HALF;

const MIDDLE: [f32; 2] = [150.0, 100.0];

/// A ring with a hard rim, and a soft blot apart.
fn ring() -> Mask {
    let mut mask = Mask::empty(300, 200);
    let mut stroke = Stroke::begin(&mask);
    let brush = |radius_px: f32, softness: f32, mode: Mode| Brush {
        radius_px,
        softness,
        mode,
    };
    stroke.capsule(&mut mask, MIDDLE, MIDDLE, brush(60.0, 0.0, Mode::Paint));
    stroke.capsule(&mut mask, MIDDLE, MIDDLE, brush(25.0, 0.0, Mode::Erase));
    stroke.capsule(
        &mut mask,
        [30.0; 2],
        [40.0, 35.0],
        brush(20.0, 1.0, Mode::Paint),
    );
    mask
}

/// `mask` after one change, which must be one step to undo.
fn after(mask: &Mask, change: impl FnOnce(&mut Stroke, &mut Mask) -> PixelRect) -> Mask {
    let mut changed = mask.clone();
    let mut stroke = Stroke::begin(&changed);
    let dirty = change(&mut stroke, &mut changed);
    for (at, (now, before)) in changed.values.iter().zip(&mask.values).enumerate() {
        let (x, y) = (at as u32 % mask.width, at as u32 / mask.width);
        let is_in = (dirty.x0..dirty.x1).contains(&x) && (dirty.y0..dirty.y1).contains(&y);
        assert!(is_in || now == before, "{x} {y}");
    }
    if let Some(delta) = stroke.finish(&changed) {
        let mut undone = changed.clone();
        delta.apply(&mut undone).unwrap();
        assert_eq!(undone, *mask);
    }
    changed
}

#[test]
fn softened_edges_fade_and_keep_their_area_and_harden_again() {
    let mask = after(&ring(), |stroke, mask| stroke.harden(mask, HALF));
    assert!(mask.values.iter().all(|value| [0, 255].contains(value)));
    let soft = after(&mask, |stroke, mask| stroke.soften(mask, 9));
    assert!((soft.area_px() / mask.area_px() - 1.0).abs() < 0.01);
    assert!(soft.values.iter().any(|value| (1..255).contains(value)));
    let hard = after(&soft, |stroke, mask| stroke.harden(mask, HALF));
    assert!(0.95 < hard.iou(&mask), "{}", hard.iou(&mask));
    assert_eq!(hard.values[100 * 300 + 150], 0, "the hole stays");
}

#[test]
fn grown_and_shrunk_edges_move_by_so_many_pixels() {
    let mask = ring();
    let value_at = |mask: &Mask, x: usize, y: usize| mask.values[y * 300 + x];
    for px in [1, 5, 12] {
        let grown = after(&mask, |stroke, mask| stroke.grow(mask, px));
        let shrunk = after(&mask, |stroke, mask| stroke.shrink(mask, px));
        let mut pairs = mask
            .values
            .iter()
            .zip(grown.values.iter().zip(&shrunk.values));
        assert!(pairs.all(|(own, (more, less))| less <= own && own <= more));
        let px = px as usize;
        assert_eq!(value_at(&grown, 150 + 59 + px, 100), 255);
        assert_eq!(value_at(&grown, 150 + 61 + px, 100), 0);
        assert_eq!(value_at(&shrunk, 150 + 58 - px, 100), 255);
        assert_eq!(value_at(&shrunk, 150 + 61 - px, 100), 0);
        let radius = |mask: &Mask| {
            let hole = mask.values[100 * 300 + 150] == 0;
            assert!(hole, "the hole is there");
            let row = &mask.values[100 * 300 + 150..];
            row.iter().position(|value| HALF <= *value).unwrap()
        };
        // The corners of the octagon reach somewhat further into the hole.
        assert!((radius(&mask) - radius(&grown)).abs_diff(px) <= 1, "{px}");
        assert!((radius(&shrunk) - radius(&mask)).abs_diff(px) <= 1, "{px}");
    }
}

#[test]
fn growth_is_about_round() {
    let mut mask = Mask::empty(201, 201);
    mask.values[100 * 201 + 100] = 255;
    let grown = after(&mask, |stroke, mask| stroke.grow(mask, 60));
    for (at, value) in grown.values.iter().enumerate() {
        let (x, y) = ((at % 201) as f64 - 100.0, (at / 201) as f64 - 100.0);
        let far = x.hypot(y);
        assert!(*value == 255 || 58.0 < far, "{x} {y}");
        assert!(*value == 0 || far < 60.0 * 1.09, "{x} {y}");
    }
}

#[test]
fn shrinking_leaves_the_frames_border() {
    let mut mask = Mask::empty(50, 40);
    mask.fill(mask.rect(), 255);
    assert_eq!(after(&mask, |stroke, mask| stroke.shrink(mask, 7)), mask);
}

#[test]
fn holes_are_filled_to_the_height_of_their_rim_and_bays_are_not() {
    let filled = after(&ring(), Stroke::fill_holes);
    assert_eq!(filled.values[100 * 300 + 150], 255);
    assert_eq!(filled.values[0], 0);
    let mut faint = Mask::empty(40, 40);
    let rect = |x0, y0, x1, y1| PixelRect { x0, y0, x1, y1 };
    faint.fill(rect(5, 5, 30, 30), 90);
    faint.fill(rect(10, 10, 20, 20), 10);
    let open = faint.clone();
    let filled = after(&faint, Stroke::fill_holes);
    assert!(
        filled
            .crop(rect(5, 5, 30, 30))
            .values
            .iter()
            .all(|value| *value == 90)
    );
    faint.fill(rect(5, 14, 10, 16), 10);
    let before = faint.clone();
    assert_eq!(after(&faint, Stroke::fill_holes), before, "a bay is open");
    assert_ne!(open, filled);
}

#[test]
fn the_opposite_of_the_opposite_is_the_mask() {
    let mask = ring();
    let inverted = after(&mask, Stroke::invert);
    let mut pairs = mask.values.iter().zip(&inverted.values);
    assert!(pairs.all(|(own, other)| 255 - own == *other));
    assert_eq!(after(&inverted, Stroke::invert), mask);
}

#[test]
fn an_empty_mask_stays_empty() {
    let mask = Mask::empty(30, 20);
    assert_eq!(after(&mask, |stroke, mask| stroke.soften(mask, 4)), mask);
    assert_eq!(after(&mask, |stroke, mask| stroke.harden(mask, 0)), mask);
    assert_eq!(after(&mask, |stroke, mask| stroke.grow(mask, 4)), mask);
    assert_eq!(after(&mask, |stroke, mask| stroke.shrink(mask, 4)), mask);
    assert_eq!(after(&mask, Stroke::fill_holes), mask);
}
