//! Rotation: a slight turn about the face, which leaves artifacts at the boundary (METHODS 5.1, category 7).

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::sampling::Affine;

/// Smallest and largest turn, degrees.
const DEGREES: std::ops::Range<f32> = 2.0..6.0;

/// Largest shift as a share of the picture's side.
const MAX_SHIFT: f32 = 0.02;

/// A turn to either side about `center` with a slight shift, as a map from the turned picture to
/// the one before.
pub fn draw_turn(rng: &mut StdRng, center: [f32; 2], size_px: usize) -> Affine {
    let degrees = rng.random_range(DEGREES);
    let radians = if rng.random_bool(0.5) {
        degrees
    } else {
        -degrees
    }
    .to_radians();
    let max_shift = MAX_SHIFT * size_px as f32;
    let [shift_x, shift_y] = [(); 2].map(|()| rng.random_range(-max_shift..=max_shift));
    let (sin, cos) = radians.sin_cos();
    let [x, y] = center;
    [
        cos,
        -sin,
        x - cos * (x + shift_x) + sin * (y + shift_y),
        sin,
        cos,
        y - sin * (x + shift_x) - cos * (y + shift_y),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;

    #[test]
    fn turns_keep_lengths_stay_small_and_move_the_center_only_by_the_shift() {
        let center = [60.0, 50.0];
        for seed in 0..200 {
            let [a, b, c, d, e, f] = draw_turn(&mut example_rng(seed, 0, 0), center, 100);
            assert!((a * e - b * d - 1.0).abs() < 1e-5);
            let degrees = d.atan2(a).to_degrees().abs();
            assert!((1.999..6.001).contains(&degrees), "{degrees}");
            let moved_x = a * center[0] + b * center[1] + c - center[0];
            let moved_y = d * center[0] + e * center[1] + f - center[1];
            // A shift of at most 2 pixels on each axis, turned.
            assert!(moved_x.hypot(moved_y) < 2.84, "{moved_x} {moved_y}");
        }
    }
}
