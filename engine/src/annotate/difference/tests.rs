//! First masks from made-up pairs with a coder's noise.

use super::*;
use crate::media::{FrameId, MediaHash};

const WIDTH: u32 = 480;
const HEIGHT: u32 = 360;

const FACE: FaceBox = FaceBox {
    x: 190.0,
    y: 120.0,
    width: 100.0,
    height: 120.0,
    confidence: 1.0,
};

/// A soft pattern with noise of up to `noise` levels to either side, and `change` added in an ellipse in the face.
fn frame(seed: u64, noise: u8, change: i32) -> Frame {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as i32
    };
    let mut pixels = Vec::new();
    for at in 0..WIDTH * HEIGHT {
        let (x, y) = ((at % WIDTH) as i32, (at / WIDTH) as i32);
        for channel in 0..3 {
            let pattern = 90 + (x / 7 + y / 5 + 20 * channel) % 60;
            let noise = next() % (2 * i32::from(noise) + 1) - i32::from(noise);
            let own = if is_changed(x, y) { change } else { 0 };
            pixels.push((pattern + noise + own) as u8);
        }
    }
    Frame {
        id: FrameId {
            media: MediaHash::of(b"difference"),
            stream: 0,
            pts_nanos: 0,
            index: 0,
        },
        width: WIDTH,
        height: HEIGHT,
        pixels,
    }
}

fn is_changed(x: i32, y: i32) -> bool {
    let (aside, ahead) = (f64::from(x - 240) / 35.0, f64::from(y - 200) / 22.0);
    aside.hypot(ahead) < 1.0
}

fn truth() -> Mask {
    let mut mask = Mask::empty(WIDTH, HEIGHT);
    for (at, value) in mask.values.iter_mut().enumerate() {
        let (x, y) = (at as i32 % WIDTH as i32, at as i32 / WIDTH as i32);
        *value = if is_changed(x, y) { 255 } else { 0 };
    }
    mask
}

#[test]
fn a_change_over_the_noise_is_found_where_it_is() {
    for (noise, change) in [(0, 12), (2, 12), (5, 20), (5, -30)] {
        let mask = difference(&frame(1, noise, change), &frame(2, noise, 0), &FACE).unwrap();
        let iou = mask.iou(&truth());
        assert!(0.8 < iou, "noise {noise}, change {change}: {iou}");
        assert_eq!(mask.values[0], 0);
    }
}

#[test]
fn noise_alone_gives_no_mask() {
    for noise in [0, 1, 3, 8, 20] {
        let found = difference(&frame(3, noise, 0), &frame(4, noise, 0), &FACE);
        assert_eq!(found, None, "{noise}");
    }
}

#[test]
fn a_small_speck_gives_no_mask() {
    let pristine = frame(5, 2, 0);
    let mut speck = frame(6, 2, 0);
    let at = 3 * (200 * WIDTH as usize + 240);
    speck.pixels[at..at + 3].fill(255);
    assert_eq!(difference(&speck, &pristine, &FACE), None);
}

#[test]
fn pictures_of_different_sizes_have_no_difference() {
    let mut other = frame(1, 0, 0);
    other.height -= 1;
    assert_eq!(difference(&frame(1, 0, 30), &other, &FACE), None);
}

#[test]
fn a_face_that_fills_the_picture_or_lies_outside_is_no_panic() {
    let filling = FaceBox {
        x: -10.0,
        y: -10.0,
        width: 500.0,
        height: 380.0,
        confidence: 1.0,
    };
    let mask = difference(&frame(1, 0, 30), &frame(2, 0, 0), &filling).unwrap();
    assert!(0.5 < mask.iou(&truth()), "{}", mask.iou(&truth()));
    let outside = FaceBox { x: 5000.0, ..FACE };
    assert_eq!(
        difference(&frame(1, 0, 30), &frame(2, 0, 0), &outside),
        None
    );
    let empty = FaceBox { width: 0.0, ..FACE };
    difference(&frame(1, 0, 30), &frame(2, 0, 0), &empty);
}
