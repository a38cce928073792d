//! Carries a face's box to a neighboring frame by its picture, where the detector did not find it.

use crate::faces::FaceBox;
use crate::faces::gray::luma;
use crate::faces::looks::{Looks, PATCH_SIDE, grid, normalized};
use crate::media::Frame;

/// A place that correlates less with the face is not the face.
const MIN_CORRELATION: f32 = 0.7;

/// Faces may come nearer or go away by so much between two frames.
const SCALES: [f32; 3] = [1.0, 0.95, 1.05];

/// A larger size must be better by so much to be believed.
const SCALE_MARGIN: f32 = 0.01;

/// Cells around the box in which the face is searched, on each side: half a face.
const REACH: usize = PATCH_SIDE / 2;

/// Where the face of `looks` went that was at `last` one frame before or after: the place, at most half
/// a face away, with the highest normalized cross-correlation. `None` where nothing looks like it.
///
/// The patch is always that of a found face, never one that was carried itself, so that errors do not
/// add up and the box cannot creep onto the background.
pub(super) fn carry(frame: &Frame, last: &FaceBox, looks: &Looks) -> Option<FaceBox> {
    let mut best: Option<(f32, FaceBox)> = None;
    for scale in SCALES {
        let (correlation, face) = search(frame, last, scale, &looks.patch);
        let needed = best.map_or(MIN_CORRELATION, |(best, _)| best + SCALE_MARGIN);
        if needed < correlation {
            best = Some((correlation, face));
        }
    }
    best.map(|(_, face)| face)
}

/// The best place for a face of `scale` times the box.
fn search(frame: &Frame, last: &FaceBox, scale: f32, patch: &[f32]) -> (f32, FaceBox) {
    let side = PATCH_SIDE + 2 * REACH;
    let width = scale * last.width;
    let cell = width / PATCH_SIDE as f32;
    let around: Vec<f32> = grid(frame, last.center(), cell * side as f32, side)
        .into_iter()
        .map(|rgb| f32::from(luma(rgb)))
        .collect();
    let mut best = (f32::NEG_INFINITY, 0, 0);
    let mut window = Vec::with_capacity(patch.len());
    for top in 0..=2 * REACH {
        for left in 0..=2 * REACH {
            window.clear();
            for y in top..top + PATCH_SIDE {
                window.extend_from_slice(&around[y * side + left..y * side + left + PATCH_SIDE]);
            }
            window = normalized(window);
            let correlation = window.iter().zip(patch).map(|(a, b)| a * b).sum();
            if best.0 < correlation {
                best = (correlation, left, top);
            }
        }
    }
    let (correlation, left, top) = best;
    let [x, y] = last.center();
    let height = scale * last.height;
    let shift = |cells: usize| (cells as f32 - REACH as f32) * cell;
    let face = FaceBox {
        x: x + shift(left) - 0.5 * width,
        y: y + shift(top) - 0.5 * height,
        width,
        height,
        confidence: 0.0,
    };
    (correlation, face)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{FrameId, MediaHash};

    /// A blob of rings at a place, on a faint slope.
    fn frame(center_x: f32, center_y: f32) -> Frame {
        let pixels = (0..160 * 120).flat_map(|at| {
            let (x, y) = ((at % 160) as f32, (at / 160) as f32);
            let away = (x - center_x).hypot(1.3 * (y - center_y));
            let rings = if away < 24.0 {
                60.0 * (0.5 * away).cos()
            } else {
                0.0
            };
            [(100.0 + 0.2 * x + rings) as u8; 3]
        });
        Frame {
            id: FrameId {
                media: MediaHash::of(b"carry"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width: 160,
            height: 120,
            pixels: pixels.collect(),
        }
    }

    fn face_at(x: f32, y: f32) -> FaceBox {
        FaceBox {
            x: x - 24.0,
            y: y - 24.0,
            width: 48.0,
            height: 48.0,
            confidence: 5.0,
        }
    }

    #[test]
    fn a_moved_face_is_followed() {
        let face = face_at(70.0, 60.0);
        let looks = Looks::of(&frame(70.0, 60.0), &face);
        let [x, y] = carry(&frame(80.0, 55.0), &face, &looks).unwrap().center();
        assert!((x - 80.0).abs() < 2.5 && (y - 55.0).abs() < 2.5, "{x} {y}");
    }

    #[test]
    fn a_face_that_left_is_not_made_up() {
        let face = face_at(70.0, 60.0);
        let looks = Looks::of(&frame(70.0, 60.0), &face);
        assert_eq!(carry(&frame(-200.0, 60.0), &face, &looks), None);
    }
}
