//! A hull mask, distorted, made smaller or larger (steps 3 to 5).

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::deform::Grid;
use crate::forge::addg::hull::HullScratch;
use crate::forge::blended::Shape;
use crate::forge::blended::morphology::Morph;

/// Standard deviation of the nodes of a distortion, as a share of the picture's side.
const NODE_SCALES: std::ops::Range<f32> = 0.01..0.15;

/// A mask smaller than this share of the picture would label a picture that has hardly changed.
const MIN_SHARE: f64 = 0.005;

/// Masks drawn before the hull is taken as it is.
const MAX_TRIES: usize = 8;

/// Buffers of [`draw_mask`].
#[derive(Default)]
pub struct MaskScratch {
    hull: HullScratch,
    plain: Vec<u8>,
    before: Vec<u8>,
}

/// Draws a mask of 0 and 255, a square of `size_px` in whose pixels the points are.
pub fn draw_mask(
    points: &[[f32; 2]; 68],
    shape: Shape,
    size_px: usize,
    rng: &mut StdRng,
    mask: &mut Vec<u8>,
    scratch: &mut MaskScratch,
) {
    let num_pixels = size_px * size_px;
    let MaskScratch {
        hull,
        plain,
        before,
    } = scratch;
    plain.resize(num_pixels, 0);
    mask.resize(num_pixels, 0);
    shape.fill(points, size_px, plain, hull);
    for _ in 0..MAX_TRIES {
        let scale = rng.random_range(NODE_SCALES);
        Grid::draw_within(rng, size_px, scale).deform(plain, size_px, mask);
        Morph::draw(rng).apply(mask, size_px, before);
        let num_inside = mask.iter().filter(|value| **value == 255).count();
        if MIN_SHARE * num_pixels as f64 <= num_inside as f64 {
            return;
        }
    }
    mask.copy_from_slice(plain);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    #[test]
    fn masks_have_two_values_and_are_never_empty() {
        let points = synthetic::landmarks(96, 2).points;
        let (mut mask, mut scratch) = (Vec::new(), MaskScratch::default());
        let mut sizes = Vec::new();
        for seed in 0..60 {
            for shape in Shape::ALL {
                let mut rng = example_rng(seed, shape as u64, 0);
                draw_mask(&points, shape, 96, &mut rng, &mut mask, &mut scratch);
                assert!(mask.iter().all(|value| [0, 255].contains(value)));
                sizes.push(mask.iter().filter(|value| **value == 255).count());
            }
        }
        assert!(sizes.iter().all(|size| 46 <= *size));
        sizes.sort_unstable();
        sizes.dedup();
        assert!(200 < sizes.len(), "distorted in many ways: {}", sizes.len());
    }
}
