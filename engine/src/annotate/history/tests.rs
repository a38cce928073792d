//! Any sequence of strokes, undone and redone.

use super::*;
use crate::annotate::{Brush, Coverage, Mode, Stroke};

/// The same numbers, 0 to 1, for the same seed.
fn random(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32
    }
}

/// A stroke of several stamps, painted and erased, hard and soft, small and large, sometimes replacing what is there.
fn some_stroke(mask: &mut Mask, next: &mut impl FnMut() -> f32) -> Delta {
    loop {
        if let Some(delta) = maybe_stroke(mask, next) {
            return delta;
        }
    }
}

fn maybe_stroke(mask: &mut Mask, next: &mut impl FnMut() -> f32) -> Option<Delta> {
    let mut stroke = Stroke::begin(mask);
    let mut at = [300.0 * next() - 20.0, 220.0 * next() - 20.0];
    for _ in 0..3 {
        let to = [300.0 * next() - 20.0, 220.0 * next() - 20.0];
        let large = if next() < 0.2 { 400.0 } else { 40.0 };
        let brush = Brush {
            radius_px: 0.5 + large * next(),
            softness: if next() < 0.5 { 0.0 } else { next() },
            mode: if next() < 0.6 {
                Mode::Paint
            } else {
                Mode::Erase
            },
        };
        stroke.pressed_capsule(mask, at, to, brush, [next(), next()]);
        at = to;
    }
    if next() < 0.3 {
        let rect = PixelRect {
            x0: (80.0 * next()) as u32,
            y0: (80.0 * next()) as u32,
            x1: 90 + (150.0 * next()) as u32,
            y1: 90 + (80.0 * next()) as u32,
        };
        let mut part = mask.crop(rect);
        part.values
            .iter_mut()
            .for_each(|value| *value = 255 - *value);
        stroke.replace(mask, &Coverage::new(rect, part));
    }
    stroke.finish(mask)
}

#[test]
fn any_strokes_undone_leave_nothing_and_redone_the_same() {
    for seed in 0..8 {
        let mut next = random(seed);
        let mut mask = Mask::empty(250, 190);
        let mut history = History::default();
        let mut seen = vec![mask.clone()];
        for _ in 0..20 {
            let delta = some_stroke(&mut mask, &mut next);
            assert_eq!(history.push(Arc::new(delta)), seen.len() - 1);
            seen.push(mask.clone());
        }
        let last = seen.len() - 1;
        for expected in seen[..last].iter().rev() {
            history.undo(&mut mask).unwrap().unwrap();
            assert_eq!(mask, *expected);
        }
        assert!(mask.is_empty());
        assert_eq!(history.undo(&mut mask), Ok(None));
        for expected in &seen[1..] {
            history.redo(&mut mask).unwrap().unwrap();
            assert_eq!(mask, *expected);
        }
        assert_eq!(history.redo(&mut mask), Ok(None));
        let bytes = history.strokes().iter().map(|stroke| stroke.to_bytes());
        let read = bytes.map(|bytes| Arc::new(Delta::from_bytes(&bytes).unwrap()));
        let read = History::new(read.collect(), last + 9);
        assert_eq!(read, history);
        assert_eq!(read.replay(250, 190).unwrap(), mask);
    }
}

#[test]
fn a_stroke_after_an_undo_drops_those_beyond() {
    let mut next = random(99);
    let mut mask = Mask::empty(250, 190);
    let mut history = History::default();
    for _ in 0..4 {
        history.push(Arc::new(some_stroke(&mut mask, &mut next)));
    }
    history.undo(&mut mask).unwrap();
    history.undo(&mut mask).unwrap();
    assert!(history.can_redo());
    let place = history.push(Arc::new(some_stroke(&mut mask, &mut next)));
    assert_eq!(
        (place, history.strokes().len(), history.num_applied()),
        (2, 3, 3)
    );
    assert!(!history.can_redo());
    assert_eq!(history.replay(250, 190).unwrap(), mask);
}

#[test]
fn a_mask_of_another_size_is_refused_and_nothing_is_lost() {
    let mut next = random(5);
    let mut mask = Mask::empty(250, 190);
    let stroke = Arc::new(some_stroke(&mut mask, &mut next));
    let mut history = History::new(vec![stroke], 1);
    assert!(history.undo(&mut Mask::empty(3, 3)).is_err());
    assert_eq!(history.num_applied(), 1);
    history.undo(&mut mask).unwrap();
    assert!(mask.is_empty());
}
