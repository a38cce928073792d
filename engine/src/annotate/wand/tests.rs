//! The wand on made-up pictures.

use super::*;
use crate::media::{FrameId, MediaHash};

const WAND: Wand = Wand {
    tolerance: 8.0,
    limit: None,
    fills_holes: false,
    soft_px: 0,
};

fn frame(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Frame {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Frame {
        id: FrameId {
            media: MediaHash::of(b"wand"),
            stream: 0,
            pts_nanos: 0,
            index: 0,
        },
        width,
        height,
        pixels: places.flat_map(|(x, y)| color(x, y)).collect(),
    }
}

/// Two reddish discs apart on gray with a little noise, the left with a gray hole.
fn discs() -> Frame {
    frame(200, 100, |x, y| {
        let noise = ((x * 7 + y * 13) % 5) as u8;
        let from = |cx: u32, cy: u32| x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2);
        let is_red = (from(50, 50) < 900 && 64 < from(50, 50)) || from(150, 50) < 900;
        if is_red {
            [180 + noise, 60 + noise, 60]
        } else {
            [120 + noise, 120, 120 + noise]
        }
    })
}

#[test]
fn one_part_is_taken_with_its_hole_left_open() {
    let found = wand(&discs(), [30, 50], WAND, || false).unwrap();
    let mask = found.to_mask(200, 100);
    assert_eq!(mask.values[50 * 200 + 35], 255);
    assert_eq!(mask.values[50 * 200 + 50], 0, "the hole");
    assert_eq!(mask.values[50 * 200 + 150], 0, "the other disc");
    assert_eq!(mask.values[5 * 200 + 5], 0);
    let area = std::f64::consts::PI * (900.0 - 64.0);
    assert!((mask.area_px() / area - 1.0).abs() < 0.02);
    let filled = Wand {
        fills_holes: true,
        ..WAND
    };
    let mask = wand(&discs(), [30, 50], filled, || false).unwrap();
    let area = std::f64::consts::PI * 900.0;
    assert!((mask.values().area_px() / area - 1.0).abs() < 0.02);
}

#[test]
fn nothing_outside_of_the_limit_is_taken() {
    let limit = PixelRect {
        x0: 30,
        y0: 40,
        x1: 45,
        y1: 400,
    };
    let limited = Wand {
        limit: Some(limit),
        ..WAND
    };
    let found = wand(&discs(), [35, 45], limited, || false).unwrap();
    assert_eq!(found.rect().intersected(limit), found.rect());
    assert!(!found.values().is_empty());
    assert_eq!(wand(&discs(), [50, 45], limited, || false), None);
    assert_eq!(wand(&discs(), [500, 45], WAND, || false), None);
}

#[test]
fn a_larger_tolerance_takes_no_less() {
    let frame = frame(100, 80, |x, y| [(x * 2) as u8, (y * 3) as u8, 90]);
    let mut before = Mask::empty(100, 80);
    for tolerance in [0.0, 1.0, 5.0, 40.0, 255.0, f32::NAN] {
        let found = wand(&frame, [50, 40], Wand { tolerance, ..WAND }, || false).unwrap();
        let mask = found.to_mask(100, 80);
        if tolerance.is_finite() {
            let mut pairs = mask.values.iter().zip(&before.values);
            assert!(pairs.all(|(now, before)| before <= now), "{tolerance}");
        }
        before = mask;
    }
}

#[test]
fn one_level_of_gray_is_nine() {
    for level in [0, 100, 250] {
        let far = distance([level; 3], [level + 5; 3]);
        assert!(far.abs_diff(9 * 25) <= 2, "{far}");
    }
    assert!(distance([100, 110, 100], [100; 3]) > distance([100, 100, 110], [100; 3]));
}

#[test]
fn it_stops_when_asked() {
    assert_eq!(wand(&discs(), [30, 50], WAND, || true), None);
}
