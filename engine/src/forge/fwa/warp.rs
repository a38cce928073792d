//! Shrinks the face, blurs it, and warps it back onto the picture (METHODS 10, steps 2 and 3).

use crate::faces::similarity::Similarity;
use crate::forge::addg::blur::{BlurScratch, Kernel, blur};
use crate::forge::addg::sampling::{read, warp_into};

/// What is done to one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceWarp {
    /// The unit square is what becomes the small face.
    pub unit_from_picture: Similarity,
    /// Side of the small face, pixels.
    pub side_px: usize,
    /// Of the blur of the small face, odd; 1 leaves it as it is.
    pub num_taps: usize,
}

/// Buffers of [`FaceWarp::apply`].
#[derive(Default)]
pub struct WarpScratch {
    small: Vec<u8>,
    blurred: Vec<u8>,
    pub blur: BlurScratch,
}

impl FaceWarp {
    /// Fills `target` with the picture whose face was shrunk, blurred and enlarged, and `mask` with 255
    /// where that is so and 0 where the pixels are those of `source`. RGB8 squares of `size_px`.
    pub fn apply(
        &self,
        source: &[u8],
        size_px: usize,
        target: &mut [u8],
        mask: &mut [u8],
        scratch: &mut WarpScratch,
    ) {
        target.copy_from_slice(source);
        mask.fill(0);
        let Some(picture_from_unit) = self.unit_from_picture.inverse() else {
            return;
        };
        let WarpScratch {
            small,
            blurred,
            blur: blurring,
        } = scratch;
        let side_px = self.side_px;
        small.resize(3 * side_px * side_px, 0);
        blurred.resize(3 * side_px * side_px, 0);
        let scale = 1.0 / side_px as f32;
        let Similarity { a, b, shift } = picture_from_unit;
        let picture_from_small = [
            scale * a,
            -scale * b,
            shift[0],
            scale * b,
            scale * a,
            shift[1],
        ];
        warp_into(source, size_px, picture_from_small, small, side_px);
        let kernel = Kernel::of_size(self.num_taps);
        blur::<3>(small, side_px, &kernel, blurred, blurring);

        let last = (side_px - 1) as f32;
        let inside = 0.0..=last;
        for (at, (pixel, mask)) in target.chunks_exact_mut(3).zip(mask).enumerate() {
            let place = [(at % size_px) as f32, (at / size_px) as f32];
            let [x, y] = self
                .unit_from_picture
                .point(place)
                .map(|v| side_px as f32 * v);
            if inside.contains(&x) && inside.contains(&y) {
                read(blurred, side_px, [x, y], pixel);
                *mask = 255;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::fwa::template::unit_from_picture;
    use crate::forge::synthetic;

    fn warped(side_px: usize, num_taps: usize) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let picture = synthetic::texture(128, 4);
        let points = synthetic::landmarks(128, 4).points;
        let warp = FaceWarp {
            unit_from_picture: unit_from_picture(&points),
            side_px,
            num_taps,
        };
        let mut target = vec![0; picture.len()];
        let mut mask = vec![7; 128 * 128];
        let scratch = &mut WarpScratch::default();
        warp.apply(&picture, 128, &mut target, &mut mask, scratch);
        (picture, target, mask)
    }

    fn largest_difference(a: &[u8], b: &[u8]) -> u8 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    }

    #[test]
    fn a_large_face_without_blur_is_the_picture_again() {
        let (picture, target, mask) = warped(700, 1);
        let num_warped = mask.iter().filter(|value| **value == 255).count();
        assert!(128 * 128 / 8 < num_warped, "{num_warped}");
        // Two bilinear readings of a smooth picture, each rounded.
        let difference = largest_difference(&picture, &target);
        assert!(difference <= 3, "{difference}");
        let (_, target, _) = warped(32, 5);
        assert!(6 < largest_difference(&picture, &target));
    }

    #[test]
    fn outside_of_the_warped_square_every_byte_is_kept() {
        let (picture, target, mask) = warped(70, 5);
        for (at, value) in mask.iter().enumerate() {
            let pixel = 3 * at..3 * at + 3;
            assert!(*value == 255 || (*value == 0 && picture[pixel.clone()] == target[pixel]));
        }
        for corner in [0, 127, 127 * 128, 128 * 128 - 1] {
            assert_eq!(mask[corner], 0);
        }
    }

    #[test]
    fn points_that_are_one_change_nothing_beyond_a_pixel() {
        let picture = synthetic::texture(32, 1);
        let warp = FaceWarp {
            unit_from_picture: unit_from_picture(&[[9.0, 9.0]; 68]),
            side_px: 64,
            num_taps: 5,
        };
        let mut target = vec![0; picture.len()];
        let mut mask = vec![0; 32 * 32];
        let scratch = &mut WarpScratch::default();
        warp.apply(&picture, 32, &mut target, &mut mask, scratch);
        assert!(mask.iter().filter(|value| **value == 255).count() <= 4);
    }
}
