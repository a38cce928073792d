//! Coverage against the plain definition, and what a brush must never do.

use super::*;
use crate::data::annotations::Mask;

fn brush(radius_px: f32, softness: f32, mode: Mode) -> Brush {
    Brush {
        radius_px,
        softness,
        mode,
    }
}

/// The least distance to any disc of the sweep, by trying very many of them.
fn brute_share(center: [f32; 2], from: [f32; 2], to: [f32; 2], radii: [f32; 2], soft: f32) -> f64 {
    const STEPS: u32 = 3000;
    let mut best = (f64::INFINITY, 0.0);
    for step in 0..=STEPS {
        let t = f64::from(step) / f64::from(STEPS);
        let at = |axis: usize| {
            let (from, to) = (f64::from(from[axis]), f64::from(to[axis]));
            f64::from(center[axis]) - (from + (to - from) * t)
        };
        let radius = f64::from(radii[0]) + f64::from(radii[1] - radii[0]) * t;
        let outside = at(0).hypot(at(1)) - radius;
        if outside < best.0 {
            best = (outside, radius);
        }
    }
    let (outside, radius) = best;
    let fade = (f64::from(soft) * radius).max(0.5);
    let (first, last) = (-fade, (1.0 - fade).max(0.0));
    let depth = ((last - outside) / (last - first)).clamp(0.0, 1.0);
    depth * depth * (3.0 - 2.0 * depth)
}

#[test]
fn coverage_is_that_of_the_distance_within_one_level() {
    let cases = [
        ([30.2, 40.7], [30.2, 40.7], 0.5, 0.0, [1.0; 2]),
        ([3.0, 4.0], [90.0, 70.5], 0.5, 0.0, [1.0; 2]),
        ([60.0, 64.0], [70.3, 10.0], 9.3, 0.0, [1.0; 2]),
        ([64.0, 64.0], [64.0, 64.0], 50.0, 0.0, [1.0; 2]),
        ([20.0, 90.0], [110.0, 88.0], 25.0, 0.6, [1.0; 2]),
        ([-40.0, 50.0], [60.0, 190.0], 70.0, 1.0, [1.0; 2]),
        ([20.0, 20.0], [100.0, 80.0], 20.0, 0.0, [0.2, 1.0]),
        ([100.0, 30.0], [30.0, 100.0], 30.0, 0.4, [1.0, 0.3]),
        ([50.0, 50.0], [60.0, 50.0], 40.0, 0.2, [1.0, 0.1]),
        ([64.0, 64.0], [64.0, 64.0], 400.0, 0.9, [1.0; 2]),
    ];
    for (from, to, radius, soft, pressures) in cases {
        let mut mask = Mask::empty(130, 129);
        let mut stroke = Stroke::begin(&mask);
        let own = brush(radius, soft, Mode::Paint);
        stroke.pressed_capsule(&mut mask, from, to, own, pressures);
        let radii = pressures.map(|pressure| (radius * pressure).max(MIN_RADIUS_PX));
        for (at, value) in mask.values.iter().enumerate().step_by(3) {
            let center = [(at % 130) as f32, (at / 130) as f32];
            let share = 255.0 * brute_share(center, from, to, radii, soft);
            assert!(
                (f64::from(*value) - share).abs() <= 1.0,
                "{from:?} {to:?} {radius} {soft}: {value} for {share} at {center:?}"
            );
        }
    }
}

#[test]
fn a_hard_stamp_has_the_area_of_its_circle() {
    for radius in [2.0_f32, 8.0, 33.3, 90.0] {
        let mut mask = Mask::empty(200, 200);
        let mut stroke = Stroke::begin(&mask);
        let center = [100.3, 99.6];
        stroke.capsule(&mut mask, center, center, brush(radius, 0.0, Mode::Paint));
        let area = std::f64::consts::PI * f64::from(radius).powi(2);
        let error = (mask.area_px() - area).abs();
        assert!(error < 0.3 + 0.01 * area, "{radius}: {error} off {area}");
    }
}

#[test]
fn a_brush_larger_than_the_frame_fills_it() {
    for radius in [5_000.0, 60_000.0, f32::MAX] {
        let mut mask = Mask::empty(300, 200);
        let mut stroke = Stroke::begin(&mask);
        let own = brush(radius, 0.0, Mode::Paint);
        let dirty = stroke.capsule(&mut mask, [150.0, 100.0], [151.0, 100.0], own);
        assert!(mask.values.iter().all(|value| *value == 255), "{radius}");
        assert_eq!(dirty, mask.rect());
        let again = stroke.capsule(&mut mask, [150.0, 100.0], [151.0, 100.0], own);
        assert!(again.is_empty(), "what is filled is not filled again");
    }
}

#[test]
fn only_the_dirty_rect_changes() {
    let mut mask = Mask::empty(400, 300);
    let mut stroke = Stroke::begin(&mask);
    let before = mask.clone();
    let own = brush(20.0, 0.5, Mode::Paint);
    let dirty = stroke.capsule(&mut mask, [200.0, 100.0], [230.0, 160.0], own);
    for (at, (value, before)) in mask.values.iter().zip(&before.values).enumerate() {
        let (x, y) = (at as u32 % 400, at as u32 / 400);
        let is_in = (dirty.x0..dirty.x1).contains(&x) && (dirty.y0..dirty.y1).contains(&y);
        assert!(is_in || value == before, "{x} {y}");
    }
    assert!(dirty.area() < 75 * 105, "{dirty:?}");
}

#[test]
fn opacity_does_not_build_up_within_a_stroke() {
    let mut mask = Mask::empty(100, 100);
    let mut stroke = Stroke::begin(&mask);
    let own = brush(40.0, 1.0, Mode::Paint);
    stroke.capsule(&mut mask, [50.0, 50.0], [50.0, 50.0], own);
    let once = mask.clone();
    for _ in 0..5 {
        stroke.capsule(&mut mask, [50.0, 50.0], [50.0, 50.0], own);
    }
    assert_eq!(mask, once);
}

#[test]
fn erasing_never_adds_and_painting_never_takes() {
    let mut mask = Mask::empty(150, 150);
    for (at, value) in mask.values.iter_mut().enumerate() {
        *value = (at * 31 % 256) as u8;
    }
    for (mode, softness) in [(Mode::Erase, 0.7), (Mode::Paint, 0.3), (Mode::Erase, 0.0)] {
        let before = mask.clone();
        let mut stroke = Stroke::begin(&mask);
        let own = brush(45.0, softness, mode);
        stroke.capsule(&mut mask, [30.0, 70.0], [120.0, 90.0], own);
        assert_ne!(mask, before);
        let mut pairs = mask.values.iter().zip(&before.values);
        assert!(pairs.all(|(value, before)| match mode {
            Mode::Paint => before <= value,
            Mode::Erase => value <= before,
        }));
    }
}

#[test]
fn what_is_no_number_paints_nothing() {
    let mut mask = Mask::empty(50, 50);
    let mut stroke = Stroke::begin(&mask);
    let own = brush(5.0, 0.0, Mode::Paint);
    for bad in [f32::NAN, f32::INFINITY] {
        stroke.capsule(&mut mask, [bad, 0.0], [1.0, 1.0], own);
        stroke.capsule(&mut mask, [1.0, 1.0], [1.0, bad], own);
        stroke.capsule(
            &mut mask,
            [1.0; 2],
            [1.0; 2],
            brush(f32::NAN, 0.0, Mode::Paint),
        );
        stroke.capsule(
            &mut mask,
            [1.0; 2],
            [2.0; 2],
            brush(4.0, f32::NAN, Mode::Paint),
        );
    }
    stroke.capsule(&mut mask, [-90.0; 2], [-80.0; 2], own);
    stroke.capsule(&mut mask, [900.0; 2], [1e30, 7.0], own);
    assert!(mask.is_empty());
    assert_eq!(stroke.finish(&mask), None);
}
