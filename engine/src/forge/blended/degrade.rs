//! What is done to both classes after blending (step 9): lower resolution, JPEG, mirror.

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::augment::{mirror, recompress};
use crate::forge::part::{Filter, Part, cut};

/// Sides that a picture is shrunk or enlarged to before it is brought back, pixels.
const SIDES_PX: std::ops::RangeInclusive<usize> = 64..=317;

/// Everything drawn before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Degrade {
    /// Side that the picture goes through, and how it is read on the way there.
    pub side: Option<(usize, Filter)>,
    pub jpeg_quality: Option<u8>,
    pub is_mirrored: bool,
}

impl Degrade {
    /// Each part with one half; qualities from 60 to 100.
    pub fn draw(rng: &mut StdRng) -> Self {
        let [resize, compress, is_mirrored, is_nearest] = [(); 4].map(|()| rng.random_bool(0.5));
        let side_px = rng.random_range(SIDES_PX);
        let quality = rng.random_range(60..=100);
        let filter = if is_nearest {
            Filter::Nearest
        } else {
            Filter::Bilinear
        };
        Self {
            side: resize.then_some((side_px, filter)),
            jpeg_quality: compress.then_some(quality),
            is_mirrored,
        }
    }

    /// Lower resolution and JPEG, in place; the picture stays an RGB8 square of `size_px`. (The mirror
    /// comes after the window is cut: [`Self::mirror`].)
    pub fn apply(&self, pixels: &mut Vec<u8>, size_px: usize, small: &mut Vec<u8>) {
        if let Some((side_px, filter)) = self.side {
            let whole = Part::whole(size_px);
            cut::<3>(pixels, size_px, whole, filter, side_px, small);
            let whole = Part::whole(side_px);
            cut::<3>(small, side_px, whole, Filter::Bilinear, size_px, pixels);
        }
        if let Some(quality) = self.jpeg_quality {
            recompress(pixels, size_px, quality, small);
        }
    }

    /// Picture and mask alike.
    pub fn mirror(&self, pixels: &mut [u8], mask: &mut [u8], size_px: usize) {
        if self.is_mirrored {
            mirror(pixels, mask, size_px);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    #[test]
    fn every_part_comes_half_of_the_time() {
        let draws: Vec<Degrade> = (0..4000)
            .map(|seed| Degrade::draw(&mut example_rng(seed, 0, 0)))
            .collect();
        let half = 1850..2150;
        assert!(half.contains(&draws.iter().filter(|draw| draw.is_mirrored).count()));
        let qualities = draws.iter().filter_map(|draw| draw.jpeg_quality);
        assert!(half.contains(&qualities.clone().count()));
        assert_eq!(qualities.min(), Some(60));
        let sides: Vec<(usize, Filter)> = draws.iter().filter_map(|draw| draw.side).collect();
        assert!(half.contains(&sides.len()));
        assert!(sides.iter().all(|(side_px, _)| SIDES_PX.contains(side_px)));
        let nearest = sides
            .iter()
            .filter(|(_, filter)| *filter == Filter::Nearest);
        assert!((850..1150).contains(&nearest.count()));
    }

    #[test]
    fn a_smaller_side_loses_more() {
        let picture = synthetic::noise(96, 1);
        let loss = |side_px| {
            let degrade = Degrade {
                side: Some((side_px, Filter::Bilinear)),
                jpeg_quality: None,
                is_mirrored: false,
            };
            let mut pixels = picture.clone();
            degrade.apply(&mut pixels, 96, &mut Vec::new());
            let pairs = pixels.iter().zip(&picture);
            pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
        };
        assert_eq!(loss(96), 0);
        assert!(0 < loss(90) && loss(90) < loss(64));
    }
}
