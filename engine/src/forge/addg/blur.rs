//! Gaussian blur as Albumentations 0.5.2 draws it and `OpenCV` computes it on bytes.

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::sampling::reflect;

/// The widest kernel anything here asks for: the soft edge of a mask at 512 pixels and beyond.
const MAX_TAPS: usize = 127;

/// Weights of one side in 256ths, summing to exactly 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    weights: [u16; MAX_TAPS],
    num_taps: usize,
}

/// Buffers of [`blur`].
#[derive(Default)]
pub struct BlurScratch {
    padded_row: Vec<u8>,
    rows: Vec<u16>,
    sums: Vec<u32>,
}

/// A kernel size as `GaussianBlur()` draws it: uniform from 3 to 7, made odd upward; so 3, 5 and 7
/// come with 0.2, 0.4 and 0.4.
pub fn draw_num_taps(rng: &mut StdRng) -> usize {
    rng.random_range(3..=7usize) | 1
}

impl Kernel {
    /// `OpenCV`'s kernel of an odd size with sigma left to it: fixed weights up to seven taps, else
    /// sigma = 0.3 ((k - 1) / 2 - 1) + 0.8. Even sizes count as the next odd one, and
    /// sizes over 127 as 127.
    pub fn of_size(num_taps: usize) -> Self {
        let num_taps = (num_taps | 1).min(MAX_TAPS);
        let mut weights = [0; MAX_TAPS];
        match num_taps {
            1 => weights[0] = 256,
            3 => weights[..3].copy_from_slice(&[64, 128, 64]),
            5 => weights[..5].copy_from_slice(&[16, 64, 96, 64, 16]),
            7 => weights[..7].copy_from_slice(&[8, 28, 56, 72, 56, 28, 8]),
            _ => {
                let radius = (num_taps / 2) as f64;
                let sigma = 0.3 * (radius - 1.0) + 0.8;
                let bell = |at: usize| (-0.5 * ((at as f64 - radius) / sigma).powi(2)).exp();
                let total: f64 = (0..num_taps).map(bell).sum();
                for (at, weight) in weights[..num_taps].iter_mut().enumerate() {
                    *weight = (256.0 * bell(at) / total).round() as u16;
                }
                // The center takes what rounding lost or won.
                let sum: u16 = weights.iter().sum();
                weights[num_taps / 2] = weights[num_taps / 2] + 256 - sum;
            }
        }
        Self { weights, num_taps }
    }
}

/// Blurs a square picture of `CHANNELS` bytes a pixel; its border is mirrored (reflect-101).
pub fn blur<const CHANNELS: usize>(
    source: &[u8],
    size_px: usize,
    kernel: &Kernel,
    target: &mut [u8],
    scratch: &mut BlurScratch,
) {
    let weights = &kernel.weights[..kernel.num_taps];
    let radius = kernel.num_taps / 2;
    let row_bytes = CHANNELS * size_px;
    let BlurScratch {
        padded_row,
        rows,
        sums,
    } = scratch;
    padded_row.resize(row_bytes + 2 * CHANNELS * radius, 0);
    rows.resize(row_bytes * size_px, 0);
    sums.resize(row_bytes, 0);
    for (row, blurred) in source
        .chunks_exact(row_bytes)
        .zip(rows.chunks_exact_mut(row_bytes))
    {
        pad_row::<CHANNELS>(row, size_px, radius, padded_row);
        blurred.fill(0);
        for (tap, weight) in weights.iter().enumerate() {
            let shifted = &padded_row[CHANNELS * tap..];
            for (sum, value) in blurred.iter_mut().zip(shifted) {
                *sum += weight * u16::from(*value);
            }
        }
    }
    for (y, row) in target.chunks_exact_mut(row_bytes).enumerate() {
        sums.fill(1 << 15);
        for (tap, weight) in weights.iter().enumerate() {
            let at = reflect((y + tap) as i32 - radius as i32, size_px as i32);
            let source_row = &rows[row_bytes * at..row_bytes * (at + 1)];
            for (sum, value) in sums.iter_mut().zip(source_row) {
                *sum += u32::from(*weight) * u32::from(*value);
            }
        }
        for (value, sum) in row.iter_mut().zip(sums.iter()) {
            *value = (sum >> 16) as u8;
        }
    }
}

fn pad_row<const CHANNELS: usize>(row: &[u8], size_px: usize, radius: usize, padded: &mut [u8]) {
    padded[CHANNELS * radius..CHANNELS * (radius + size_px)].copy_from_slice(row);
    for step in 1..=radius {
        let left = CHANNELS * reflect(-(step as i32), size_px as i32);
        let at = CHANNELS * (radius - step);
        padded[at..at + CHANNELS].copy_from_slice(&row[left..left + CHANNELS]);
        let right = CHANNELS * reflect((size_px - 1 + step) as i32, size_px as i32);
        let at = CHANNELS * (radius + size_px - 1 + step);
        padded[at..at + CHANNELS].copy_from_slice(&row[right..right + CHANNELS]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    #[test]
    fn kernel_sizes_come_with_the_frequencies_of_the_library() {
        let mut rng = example_rng(1, 0, 0);
        let mut counts = [0; 8];
        for _ in 0..50_000 {
            counts[draw_num_taps(&mut rng)] += 1;
        }
        assert_eq!(
            counts.iter().sum::<i32>(),
            counts[3] + counts[5] + counts[7]
        );
        // Five standard deviations of a count of 20,000 among 50,000 are 550.
        for (taps, share) in [(3, 10_000), (5, 20_000), (7, 20_000)] {
            assert!(
                (counts[taps] - share).abs() < 550,
                "{taps}: {}",
                counts[taps]
            );
        }
    }

    #[test]
    fn kernels_sum_to_one_and_are_symmetric() {
        for num_taps in (1..=127).step_by(2) {
            let kernel = Kernel::of_size(num_taps);
            let weights = &kernel.weights[..num_taps];
            assert_eq!(weights.iter().sum::<u16>(), 256, "{num_taps}");
            assert!(weights.iter().eq(weights.iter().rev()), "{num_taps}");
        }
    }

    #[test]
    fn a_point_becomes_the_kernel() {
        let mut point = vec![0; 81];
        point[9 * 4 + 4] = 255;
        let mut blurred = vec![0; 81];
        let kernel = Kernel::of_size(3);
        blur::<1>(
            &point,
            9,
            &kernel,
            &mut blurred,
            &mut BlurScratch::default(),
        );
        // 255/16 = 15.94, 255/8 = 31.88, 255/4 = 63.75, rounded.
        assert_eq!(blurred[9 * 3 + 3..9 * 3 + 6], [16, 32, 16]);
        assert_eq!(blurred[9 * 4 + 3..9 * 4 + 6], [32, 64, 32]);
    }

    #[test]
    fn a_flat_picture_stays_and_a_texture_gets_smoother() {
        let mut scratch = BlurScratch::default();
        let kernel = Kernel::of_size(7);
        let flat = vec![201; 3 * 20 * 20];
        let mut blurred = vec![0; flat.len()];
        blur::<3>(&flat, 20, &kernel, &mut blurred, &mut scratch);
        assert_eq!(blurred, flat);
        let noisy = synthetic::noise(20, 3);
        blur::<3>(&noisy, 20, &kernel, &mut blurred, &mut scratch);
        let roughness = |picture: &[u8]| -> u64 {
            let pairs = picture.iter().zip(&picture[3..]);
            pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
        };
        assert!(3 * roughness(&blurred) < roughness(&noisy));
    }
}
