//! Augmentation of faces that carry their label already: drawn alike for pristine and manipulated ones.

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::forge::addg::augment::{AugmentScratch, Augmentation};
use crate::forge::addg::blur::{BlurScratch, Kernel, blur, draw_num_taps};

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
}

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
            Self::Deepfakebench => {
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
    fn mirroring_alone_gives_two_pictures() {
        let mut seen: Vec<Vec<u8>> = (0..20)
            .map(|at| changed(LabelledAugmentation::Mirror, at))
            .collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 2);
    }
}
