//! Augmentation of faces that carry their label already: drawn alike for pristine and manipulated ones.

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::forge::addg::augment::{AugmentScratch, Augmentation};
use crate::forge::addg::blur::{BlurScratch, Kernel, blur, draw_num_taps};
use crate::forge::addg::sampling::{Affine, warp};

/// Which changes a training makes to its pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelledAugmentation {
    /// None (METHODS 6.5: the `FaceForensics++` recipe).
    None,
    /// A mirrored picture and nothing else.
    Mirror,
    /// METHODS 6.5: mirrored, blurred with 3 to 7 taps, brightness and contrast within a tenth, JPEG of
    /// quality 40 to 100, each with a probability of one half.
    #[default]
    Deepfakebench,
    /// [`Self::Deepfakebench`] after a turn, zoom and shift of every picture: for small sets of clips,
    /// whose faces a network otherwise learns by heart.
    Strong,
}

/// Largest turn, degrees.
const MAX_TURN: f32 = 12.0;

/// Smallest and largest zoom.
const ZOOM: std::ops::RangeInclusive<f32> = 0.85..=1.2;

/// Largest shift as a share of the picture's side.
const MAX_SHIFT: f32 = 0.06;

/// Buffers of [`LabelledAugmentation::apply`].
#[derive(Default)]
pub struct LabelledScratch {
    blur: BlurScratch,
    blurred: Vec<u8>,
    augment: AugmentScratch,
}

impl LabelledAugmentation {
    /// Changes an RGB8 square in place; what is drawn never depends on the picture.
    pub fn apply(
        self,
        pixels: &mut Vec<u8>,
        size_px: usize,
        rng: &mut StdRng,
        scratch: &mut LabelledScratch,
    ) {
        let drawn = match self {
            Self::None => return,
            Self::Mirror => Augmentation {
                contrast_and_brightness: None,
                jpeg_quality: None,
                ..Augmentation::draw(rng)
            },
            Self::Deepfakebench | Self::Strong => {
                if self == Self::Strong {
                    scratch.blurred.resize(pixels.len(), 0);
                    warp(
                        pixels,
                        size_px,
                        draw_place(rng, size_px),
                        &mut scratch.blurred,
                    );
                    std::mem::swap(pixels, &mut scratch.blurred);
                }
                let is_blurred = rng.random_bool(0.5);
                let kernel = Kernel::of_size(draw_num_taps(rng));
                if is_blurred {
                    let LabelledScratch {
                        blur: buffers,
                        blurred,
                        ..
                    } = scratch;
                    blurred.resize(pixels.len(), 0);
                    blur::<3>(pixels, size_px, &kernel, blurred, buffers);
                    std::mem::swap(pixels, blurred);
                }
                Augmentation::draw(rng)
            }
        };
        drawn.apply(pixels, &mut [], size_px, &mut scratch.augment);
    }
}

/// A turn about the center with a zoom and a shift, as a map from the new picture to the one before.
fn draw_place(rng: &mut StdRng, size_px: usize) -> Affine {
    let radians = rng.random_range(-MAX_TURN..=MAX_TURN).to_radians();
    let scale = 1.0 / rng.random_range(ZOOM);
    let max_shift = MAX_SHIFT * size_px as f32;
    let [shift_x, shift_y] = [(); 2].map(|()| rng.random_range(-max_shift..=max_shift));
    let (sin, cos) = (scale * libm::sinf(radians), scale * libm::cosf(radians));
    let center = (size_px as f32 - 1.0) / 2.0;
    let (x, y) = (center + shift_x, center + shift_y);
    [
        cos,
        -sin,
        center - cos * x + sin * y,
        sin,
        cos,
        center - sin * x - cos * y,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic::texture;

    fn changed(how: LabelledAugmentation, index: u64) -> Vec<u8> {
        let mut pixels = texture(32, 1);
        let mut scratch = LabelledScratch::default();
        how.apply(&mut pixels, 32, &mut example_rng(1, 2, index), &mut scratch);
        pixels
    }

    #[test]
    fn nothing_is_nothing_and_the_same_draw_gives_the_same_bytes() {
        assert_eq!(changed(LabelledAugmentation::None, 0), texture(32, 1));
        let all = |how| (0..12).map(|at| changed(how, at)).collect::<Vec<_>>();
        let bench = all(LabelledAugmentation::Deepfakebench);
        assert_eq!(bench, all(LabelledAugmentation::Deepfakebench));
        let untouched = bench.iter().filter(|p| **p == texture(32, 1)).count();
        // One in sixteen is left alone.
        assert!(untouched <= 3, "{untouched}");
    }

    #[test]
    fn strong_changes_move_every_picture_but_not_far() {
        for seed in 0..100 {
            let [a, b, c, d, e, f] = draw_place(&mut example_rng(seed, 0, 0), 101);
            let zoom = 1.0 / (a * e - b * d).sqrt();
            assert!((0.849..1.201).contains(&zoom), "{zoom}");
            // The center comes from a place at most the shift away, enlarged.
            let from = [
                a * 50.0 + b * 50.0 + c - 50.0,
                d * 50.0 + e * 50.0 + f - 50.0,
            ];
            assert!(from[0].hypot(from[1]) < 6.06 * 1.5 / 0.85, "{from:?}");
        }
        let moved = changed(LabelledAugmentation::Strong, 3);
        assert_eq!(moved.len(), texture(32, 1).len());
        assert_ne!(moved, texture(32, 1));
    }

    #[test]
    fn mirroring_alone_gives_two_pictures() {
        let mut seen: Vec<Vec<u8>> = (0..20)
            .map(|at| changed(LabelledAugmentation::Mirror, at))
            .collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 2);
    }
}
