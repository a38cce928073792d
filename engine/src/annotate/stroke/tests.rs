//! What a stroke keeps, and that nothing is lost by it.

use super::*;
use crate::annotate::Brush;

fn rect(x0: u32, y0: u32, x1: u32, y1: u32) -> PixelRect {
    PixelRect { x0, y0, x1, y1 }
}

fn even(rect: PixelRect, value: u8) -> Coverage {
    let mut values = Mask::empty(rect.x1 - rect.x0, rect.y1 - rect.y0);
    values.fill(values.rect(), value);
    Coverage::new(rect, values)
}

fn hard(mode: Mode) -> Brush {
    Brush {
        radius_px: 30.0,
        softness: 0.0,
        mode,
    }
}

#[test]
fn a_cancelled_stroke_leaves_no_trace() {
    let mut mask = Mask::empty(300, 200);
    mask.fill(rect(20, 20, 200, 100), 90);
    let before = mask.clone();
    let mut stroke = Stroke::begin(&mask);
    stroke.capsule(&mut mask, [10.0, 10.0], [250.0, 150.0], hard(Mode::Paint));
    stroke.capsule(&mut mask, [10.0, 90.0], [250.0, 50.0], hard(Mode::Erase));
    stroke.replace(&mut mask, &even(rect(0, 0, 70, 200), 3));
    assert_ne!(mask, before);
    let dirty = stroke.cancel(&mut mask);
    assert_eq!(mask, before);
    assert_eq!(dirty, mask.rect());
}

#[test]
fn a_stroke_that_changes_nothing_is_none() {
    let mut mask = Mask::empty(300, 200);
    mask.fill(rect(0, 0, 200, 200), 255);
    let mut stroke = Stroke::begin(&mask);
    stroke.capsule(&mut mask, [100.0; 2], [90.0; 2], hard(Mode::Paint));
    stroke.capsule(&mut mask, [250.0, 50.0], [250.0, 150.0], hard(Mode::Erase));
    stroke.capsule(&mut mask, [250.0, 50.0], [250.0, 50.0], hard(Mode::Paint));
    stroke.capsule(
        &mut mask,
        [250.0, 50.0],
        [250.0, 50.0],
        Brush {
            radius_px: 40.0,
            ..hard(Mode::Erase)
        },
    );
    assert_eq!(stroke.finish(&mask), None);
}

#[test]
fn modes_may_change_within_a_stroke() {
    let mut mask = Mask::empty(128, 128);
    let mut stroke = Stroke::begin(&mask);
    let whole = even(mask.rect(), 255);
    for (mode, value) in [(Mode::Paint, 255), (Mode::Erase, 0), (Mode::Paint, 255)] {
        assert_eq!(stroke.lay(&mut mask, &whole, mode), mask.rect());
        assert!(mask.values.iter().all(|own| *own == value));
    }
}

#[test]
fn holes_and_parts_apart_survive() {
    let mut mask = Mask::empty(300, 200);
    let mut stroke = Stroke::begin(&mask);
    stroke.lay(&mut mask, &even(rect(10, 10, 110, 110), 255), Mode::Paint);
    stroke.lay(&mut mask, &even(rect(40, 40, 80, 80), 255), Mode::Erase);
    stroke.lay(&mut mask, &even(rect(200, 150, 210, 160), 200), Mode::Paint);
    let delta = stroke.finish(&mask).unwrap();
    assert_eq!(mask.values[60 * 300 + 60], 0, "the hole");
    assert_eq!(mask.values[155 * 300 + 205], 200, "the part apart");
    assert_eq!(mask.values[155 * 300 + 120], 0, "between");
    let mut replayed = Mask::empty(300, 200);
    delta.apply(&mut replayed).unwrap();
    assert_eq!(replayed, mask);
}

#[test]
fn only_tiles_with_another_value_are_dirty() {
    let mut mask = Mask::empty(300, 200);
    mask.fill(rect(0, 0, 64, 64), 7);
    let mut stroke = Stroke::begin(&mask);
    let mut values = Mask::empty(128, 64);
    values.fill(rect(0, 0, 64, 64), 7);
    values.values[127] = 9;
    let dirty = stroke.replace(&mut mask, &Coverage::new(rect(0, 0, 128, 64), values));
    assert_eq!(dirty, rect(64, 0, 128, 64));
}

#[test]
#[should_panic(expected = "the mask that it began on")]
fn another_mask_is_a_bug() {
    let stroke = Stroke::begin(&Mask::empty(10, 10));
    stroke.finish(&Mask::empty(10, 11));
}
