//! "Regular augmentation on all data" (paper 004): mirror, brightness and contrast, JPEG; after blending,
//! and drawn alike for pristine and manipulated pictures.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::{ExtendedColorType, ImageDecoder as _};
use rand::RngExt as _;
use rand::rngs::StdRng;

/// Largest change of brightness and of contrast, as a share.
const MAX_CHANGE: f32 = 0.1;

/// Buffers of [`Augmentation::apply`].
#[derive(Default)]
pub struct AugmentScratch {
    file: Vec<u8>,
}

/// What is done to one picture, drawn in full before anything is done, so that the numbers drawn
/// never depend on the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augmentation {
    pub is_mirrored: bool,
    /// Factor and offset of every level, the offset in levels.
    pub contrast_and_brightness: Option<[f32; 2]>,
    pub jpeg_quality: Option<u8>,
}

impl Augmentation {
    /// Each part with a probability of one half; qualities from 40 to 100.
    pub fn draw(rng: &mut StdRng) -> Self {
        let [mirror, change, compress] = [(); 3].map(|()| rng.random_bool(0.5));
        let contrast = 1.0 + rng.random_range(-MAX_CHANGE..=MAX_CHANGE);
        let brightness = 255.0 * rng.random_range(-MAX_CHANGE..=MAX_CHANGE);
        let quality = rng.random_range(40..=100);
        Self {
            is_mirrored: mirror,
            contrast_and_brightness: change.then_some([contrast, brightness]),
            jpeg_quality: compress.then_some(quality),
        }
    }

    /// Changes an RGB8 square in place; the mask is mirrored with it.
    pub fn apply(
        &self,
        pixels: &mut [u8],
        mask: &mut [u8],
        size_px: usize,
        scratch: &mut AugmentScratch,
    ) {
        if self.is_mirrored {
            mirror(pixels, mask, size_px);
        }
        if let Some([contrast, brightness]) = self.contrast_and_brightness {
            let levels: [u8; 256] = std::array::from_fn(|level| {
                (contrast * level as f32 + brightness)
                    .round()
                    .clamp(0.0, 255.0) as u8
            });
            for value in pixels.iter_mut() {
                *value = levels[usize::from(*value)];
            }
        }
        if let Some(quality) = self.jpeg_quality {
            recompress(pixels, size_px, quality, &mut scratch.file);
        }
    }
}

/// Left and right change places in an RGB8 square and its mask.
pub fn mirror(pixels: &mut [u8], mask: &mut [u8], size_px: usize) {
    for row in pixels.chunks_exact_mut(3 * size_px) {
        let (mut left, mut right) = (0, 3 * (size_px - 1));
        while left < right {
            for channel in 0..3 {
                row.swap(left + channel, right + channel);
            }
            left += 3;
            right -= 3;
        }
    }
    for row in mask.chunks_exact_mut(size_px) {
        row.reverse();
    }
}

/// Through a JPEG file and back; qualities from 1 to 100.
pub fn recompress(pixels: &mut [u8], size_px: usize, quality: u8, file: &mut Vec<u8>) {
    let side = size_px as u32;
    file.clear();
    JpegEncoder::new_with_quality(&mut *file, quality)
        .encode(pixels, side, side, ExtendedColorType::Rgb8)
        .expect("memory takes any picture of a size that JPEG knows");
    JpegDecoder::new(Cursor::new(&file))
        .and_then(|decoder| decoder.read_image(pixels))
        .expect("the file was just written with this size and color type");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    const NOTHING: Augmentation = Augmentation {
        is_mirrored: false,
        contrast_and_brightness: None,
        jpeg_quality: None,
    };

    fn applied(augmentation: &Augmentation, picture: &[u8], size_px: usize) -> Vec<u8> {
        let mut pixels = picture.to_vec();
        let mut mask = vec![0; size_px * size_px];
        augmentation.apply(
            &mut pixels,
            &mut mask,
            size_px,
            &mut AugmentScratch::default(),
        );
        pixels
    }

    #[test]
    fn mirroring_twice_gives_the_picture_back_and_takes_the_mask_along() {
        let picture = synthetic::noise(7, 1);
        let mut pixels = picture.clone();
        let mut mask = vec![0; 49];
        mask[1] = 255;
        let flip = Augmentation {
            is_mirrored: true,
            ..NOTHING
        };
        let mut scratch = AugmentScratch::default();
        flip.apply(&mut pixels, &mut mask, 7, &mut scratch);
        assert_eq!(pixels[0..3], picture[18..21]);
        assert_eq!((mask[1], mask[5]), (0, 255));
        flip.apply(&mut pixels, &mut mask, 7, &mut scratch);
        assert_eq!(pixels, picture);
    }

    #[test]
    fn jpeg_changes_little_and_less_at_high_quality() {
        let picture = synthetic::texture(64, 3);
        let error = |quality| {
            let jpeg = Augmentation {
                jpeg_quality: Some(quality),
                ..NOTHING
            };
            let pairs = picture.iter().zip(applied(&jpeg, &picture, 64));
            let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(b))).sum();
            sum as f64 / picture.len() as f64
        };
        assert!(0.0 < error(40) && error(40) < 12.0, "{}", error(40));
        assert!(error(100) < error(40), "{}", error(100));
        assert_eq!(applied(&NOTHING, &picture, 64), picture);
    }

    #[test]
    fn every_part_comes_half_of_the_time_and_all_qualities_from_40_to_100() {
        let draws: Vec<Augmentation> = (0..4000)
            .map(|seed| Augmentation::draw(&mut example_rng(seed, 0, 0)))
            .collect();
        let half = 1850..2150;
        assert!(half.contains(&draws.iter().filter(|draw| draw.is_mirrored).count()));
        let changed = draws
            .iter()
            .filter(|draw| draw.contrast_and_brightness.is_some());
        assert!(half.contains(&changed.count()));
        let mut qualities: Vec<u8> = draws.iter().filter_map(|draw| draw.jpeg_quality).collect();
        assert!(half.contains(&qualities.len()));
        qualities.sort_unstable();
        qualities.dedup();
        assert!(qualities.iter().copied().eq(40..=100));
    }
}
