//! Scaling: shrink, then enlarge back, which loses fine texture (METHODS 5.1, categories 3 and 4).

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::sampling::{ResizeScratch, resize};

/// Buffers of [`scale_down_and_up`].
#[derive(Default)]
pub struct ScalingScratch {
    small: Vec<u8>,
    resize: ResizeScratch,
}

/// A factor drawn uniformly from 0.2, 0.3, ... 0.8.
pub fn draw_factor(rng: &mut StdRng) -> f32 {
    rng.random_range(2..=8u8) as f32 / 10.0
}

/// Shrinks an RGB8 square by `factor` and enlarges it back, bilinearly both ways.
pub fn scale_down_and_up(
    source: &[u8],
    size_px: usize,
    factor: f32,
    target: &mut [u8],
    scratch: &mut ScalingScratch,
) {
    let small_px = ((size_px as f32 * factor).round() as usize).max(1);
    scratch.small.resize(3 * small_px * small_px, 0);
    resize(
        source,
        size_px,
        &mut scratch.small,
        small_px,
        &mut scratch.resize,
    );
    resize(
        &scratch.small,
        small_px,
        target,
        size_px,
        &mut scratch.resize,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    #[test]
    fn a_flat_picture_is_unchanged_at_every_factor() {
        let mut scratch = ScalingScratch::default();
        for size_px in [16, 64, 113] {
            let flat: Vec<u8> = [17, 130, 255].repeat(size_px * size_px);
            let mut scaled = vec![0; flat.len()];
            for tenths in 2..=8 {
                let factor = tenths as f32 / 10.0;
                scale_down_and_up(&flat, size_px, factor, &mut scaled, &mut scratch);
                assert_eq!(scaled, flat, "factor {factor} at {size_px} px");
            }
        }
    }

    #[test]
    fn smaller_factors_lose_more() {
        let picture = synthetic::noise(64, 2);
        let mut scaled = vec![0; picture.len()];
        let mut losses = [0.2, 0.5, 0.8].map(|factor| {
            let mut scratch = ScalingScratch::default();
            scale_down_and_up(&picture, 64, factor, &mut scaled, &mut scratch);
            let roughness = scaled.iter().zip(&scaled[3..]);
            roughness
                .map(|(a, b)| u64::from(a.abs_diff(*b)))
                .sum::<u64>()
        });
        let sorted = losses;
        losses.sort_unstable();
        assert_eq!(losses, sorted);
    }

    #[test]
    fn all_seven_factors_come() {
        let mut rng = example_rng(4, 0, 0);
        let mut counts = [0; 9];
        for _ in 0..7_000 {
            counts[(draw_factor(&mut rng) * 10.0).round() as usize] += 1;
        }
        assert!(
            counts[2..].iter().all(|count| (800..1200).contains(count)),
            "{counts:?}"
        );
    }
}
