//! Color jitter on both classes (METHODS 10, step 6): brightness, contrast, saturation and sharpness, in
//! this order, as Pillow's `ImageEnhance` changes them.

use rand::RngExt as _;
use rand::rngs::StdRng;

/// Factors, 1 for no change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColorJitter {
    pub brightness: f32,
    pub contrast: f32,
    pub saturation: f32,
    pub sharpness: f32,
}

impl ColorJitter {
    /// Each factor from 0.8 to 1.2.
    pub fn draw(rng: &mut StdRng) -> Self {
        let [brightness, contrast, saturation, sharpness] =
            [(); 4].map(|()| rng.random_range(0.8..1.2));
        Self {
            brightness,
            contrast,
            saturation,
            sharpness,
        }
    }

    /// Changes an RGB8 square in place; `before` is a buffer.
    pub fn apply(&self, pixels: &mut [u8], size_px: usize, before: &mut Vec<u8>) {
        for value in pixels.iter_mut() {
            *value = away(0.0, *value, self.brightness);
        }
        let num_pixels = (pixels.len() / 3).max(1) as u64;
        let total: u64 = pixels.chunks_exact(3).map(|rgb| u64::from(gray(rgb))).sum();
        let mean = (total as f64 / num_pixels as f64 + 0.5).floor() as f32;
        for value in pixels.iter_mut() {
            *value = away(mean, *value, self.contrast);
        }
        for rgb in pixels.chunks_exact_mut(3) {
            let gray = f32::from(gray(rgb));
            for value in rgb {
                *value = away(gray, *value, self.saturation);
            }
        }
        sharpen(pixels, size_px, self.sharpness, before);
    }
}

/// Away from `dull` for factors above 1, toward it below.
fn away(dull: f32, value: u8, factor: f32) -> u8 {
    (dull + factor * (f32::from(value) - dull)).clamp(0.0, 255.0) as u8
}

/// Pillow's weights of red, green and blue, in 65536ths.
fn gray(rgb: &[u8]) -> u8 {
    let [red, green, blue] = [0, 1, 2].map(|at| u32::from(rgb[at]));
    ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16) as u8
}

/// Away from the picture smoothed by 3 x 3 ones around a five; the border is no smoother than it was.
fn sharpen(pixels: &mut [u8], size_px: usize, factor: f32, before: &mut Vec<u8>) {
    before.clear();
    before.extend_from_slice(pixels);
    let row_bytes = 3 * size_px;
    for y in 1..size_px.saturating_sub(1) {
        for x in 3..row_bytes.saturating_sub(3) {
            let at = y * row_bytes + x;
            let mut sum = 4 * u32::from(before[at]);
            for row in [at - row_bytes, at, at + row_bytes] {
                sum += u32::from(before[row - 3])
                    + u32::from(before[row])
                    + u32::from(before[row + 3]);
            }
            let smooth = (sum as f32 / 13.0 + 0.5).floor();
            pixels[at] = away(smooth, before[at], factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    const NONE: ColorJitter = ColorJitter {
        brightness: 1.0,
        contrast: 1.0,
        saturation: 1.0,
        sharpness: 1.0,
    };

    fn jittered(jitter: ColorJitter, picture: &[u8]) -> Vec<u8> {
        let mut pixels = picture.to_vec();
        jitter.apply(&mut pixels, 32, &mut Vec::new());
        pixels
    }

    /// Mean absolute distance of the bytes from those `step` further on.
    fn roughness(pixels: &[u8], step: usize) -> f32 {
        let pairs = pixels.iter().zip(&pixels[step..]);
        let sum: u32 = pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        sum as f32 / pixels.len() as f32
    }

    #[test]
    fn factors_of_one_change_nothing() {
        let picture = synthetic::noise(32, 1);
        assert_eq!(jittered(NONE, &picture), picture);
    }

    #[test]
    fn each_factor_moves_what_it_is_named_after() {
        let picture = synthetic::texture(32, 6);
        let mean = |pixels: &[u8]| pixels.iter().map(|v| f32::from(*v)).sum::<f32>() / 3072.0;
        let with = |change: fn(&mut ColorJitter)| {
            let mut jitter = NONE;
            change(&mut jitter);
            jittered(jitter, &picture)
        };
        let dark = with(|jitter| jitter.brightness = 0.8);
        assert!((mean(&dark) - 0.8 * mean(&picture)).abs() < 1.0);
        let spread = |pixels: &[u8]| {
            let mean = mean(pixels);
            pixels
                .iter()
                .map(|v| (f32::from(*v) - mean).abs())
                .sum::<f32>()
        };
        let dull = with(|jitter| jitter.contrast = 0.8);
        assert!(spread(&dull) < 0.9 * spread(&picture));
        let pale = with(|jitter| jitter.saturation = 0.8);
        assert!(roughness(&pale, 1) < 0.95 * roughness(&picture, 1));
        let noise = synthetic::noise(32, 2);
        let mut jitter = NONE;
        jitter.sharpness = 0.8;
        assert!(roughness(&jittered(jitter, &noise), 3) < 0.95 * roughness(&noise, 3));
    }

    #[test]
    fn gray_stays_gray() {
        let picture: Vec<u8> = (0..32 * 32u32)
            .flat_map(|at| [(at % 251) as u8; 3])
            .collect();
        let jitter = ColorJitter {
            brightness: 1.1,
            contrast: 0.9,
            saturation: 1.2,
            sharpness: 1.2,
        };
        let jittered = jittered(jitter, &picture);
        assert!(
            jittered
                .chunks_exact(3)
                .all(|rgb| rgb[0] == rgb[1] && rgb[1] == rgb[2])
        );
    }
}
