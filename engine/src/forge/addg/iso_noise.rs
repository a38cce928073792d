//! Sensor noise: `ISONoise` of Albumentations 0.5.2, exactly (METHODS 5.1; later versions differ much).

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand_distr::StandardNormal;

/// Strength of the noise, drawn once for a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IsoNoise {
    /// Spread of the hue noise, in turns at intensity 1; 0.01 to 0.05.
    pub color_shift: f32,
    /// 0.1 to 0.5.
    pub intensity: f32,
}

/// Buffers of [`IsoNoise::apply`].
#[derive(Default)]
pub struct IsoNoiseScratch {
    /// Hue in degrees, lightness and saturation from 0 to 1.
    hls: Vec<[f32; 3]>,
    poisson: PoissonTable,
}

impl IsoNoise {
    pub fn draw(rng: &mut StdRng) -> Self {
        Self {
            color_shift: rng.random_range(0.01..0.05),
            intensity: rng.random_range(0.1..0.5),
        }
    }

    /// Adds Poisson noise to the lightness and normal noise to the hue of an RGB8 picture. The
    /// lightness never falls, but for the truncation to whole levels at the end.
    pub fn apply(
        self,
        source: &[u8],
        target: &mut [u8],
        rng: &mut StdRng,
        scratch: &mut IsoNoiseScratch,
    ) {
        let IsoNoiseScratch { hls, poisson } = scratch;
        hls.clear();
        hls.extend(
            source
                .chunks_exact(3)
                .map(|rgb| hls_from_rgb([0, 1, 2].map(|i| rgb[i]))),
        );
        poisson.prepare(lightness_deviation(hls) * f64::from(self.intensity) * 255.0);
        let hue_deviation = self.color_shift * 360.0 * self.intensity;
        for ([hue, lightness, saturation], pixel) in hls.iter().zip(target.chunks_exact_mut(3)) {
            let normal: f32 = rng.sample(StandardNormal);
            let mut hue = hue + hue_deviation * normal;
            if hue < 0.0 {
                hue += 360.0;
            } else if 360.0 < hue {
                hue -= 360.0;
            }
            let count = poisson.draw(rng) as f32;
            let lightness = lightness + count / 255.0 * (1.0 - lightness);
            let rgb = rgb_from_hls([hue, lightness, *saturation]);
            for (value, level) in pixel.iter_mut().zip(rgb) {
                *value = (255.0 * level) as u8;
            }
        }
    }
}

/// Standard deviation of the lightness over the picture.
fn lightness_deviation(hls: &[[f32; 3]]) -> f64 {
    let count = hls.len().max(1) as f64;
    let sum: f64 = hls.iter().map(|pixel| f64::from(pixel[1])).sum();
    let mean = sum / count;
    let square = |pixel: &[f32; 3]| (f64::from(pixel[1]) - mean).powi(2);
    (hls.iter().map(square).sum::<f64>() / count).sqrt()
}

/// `OpenCV`'s conversion on floats: hue in degrees, lightness (max + min) / 2, saturation.
fn hls_from_rgb(rgb: [u8; 3]) -> [f32; 3] {
    let [red, green, blue] = rgb.map(|level| f32::from(level) / 255.0);
    let high = red.max(green).max(blue);
    let low = red.min(green).min(blue);
    let lightness = (high + low) / 2.0;
    let range = high - low;
    if range <= f32::EPSILON {
        return [0.0, lightness, 0.0];
    }
    let saturation = if lightness < 0.5 {
        range / (high + low)
    } else {
        range / (2.0 - high - low)
    };
    let hue = if high == red {
        (green - blue) / range
    } else if high == green {
        (blue - red) / range + 2.0
    } else {
        (red - green) / range + 4.0
    };
    let degrees = 60.0 * hue;
    let degrees = if degrees < 0.0 {
        degrees + 360.0
    } else {
        degrees
    };
    [degrees, lightness, saturation]
}

/// The way back, 0 to 1.
fn rgb_from_hls([hue, lightness, saturation]: [f32; 3]) -> [f32; 3] {
    if saturation == 0.0 {
        return [lightness; 3];
    }
    let high = if lightness <= 0.5 {
        lightness * (1.0 + saturation)
    } else {
        lightness + saturation - lightness * saturation
    };
    let low = 2.0 * lightness - high;
    let sixths = (hue / 60.0).rem_euclid(6.0);
    let part = sixths.fract();
    let rising = low + (high - low) * part;
    let falling = low + (high - low) * (1.0 - part);
    match sixths as u8 {
        0 => [high, rising, low],
        1 => [falling, high, low],
        2 => [low, high, rising],
        3 => [low, falling, high],
        4 => [rising, low, high],
        _ => [high, low, falling],
    }
}

/// Poisson numbers by looking up where a uniform number falls in the distribution, found quickly with
/// one entry point for each 256th.
#[derive(Default)]
struct PoissonTable {
    /// Probability of a count up to the index.
    up_to: Vec<f64>,
    entries: Vec<u16>,
}

impl PoissonTable {
    /// `mean` is at most 64: the lightness deviates by at most 0.5, and the intensity is at most 0.5.
    fn prepare(&mut self, mean: f64) {
        self.up_to.clear();
        self.entries.clear();
        let mut probability = (-mean).exp();
        let mut sum = probability;
        self.up_to.push(sum);
        // The tail beyond a part in 10^12 is cut.
        while sum < 1.0 - 1e-12 && self.up_to.len() < 1024 {
            probability *= mean / self.up_to.len() as f64;
            sum += probability;
            self.up_to.push(sum);
        }
        let mut count = 0;
        for entry in 0..256 {
            while count + 1 < self.up_to.len() && self.up_to[count] <= f64::from(entry) / 256.0 {
                count += 1;
            }
            self.entries.push(count as u16);
        }
    }

    fn draw(&self, rng: &mut StdRng) -> usize {
        let uniform: f64 = rng.random();
        let mut count = usize::from(self.entries[(256.0 * uniform) as usize]);
        while count + 1 < self.up_to.len() && self.up_to[count] <= uniform {
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    #[test]
    fn colors_survive_the_way_to_hls_and_back() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let rgb = [red, green, blue].map(|level: u16| level as u8);
                    let back = rgb_from_hls(hls_from_rgb(rgb)).map(|v| (255.0 * v).round() as u8);
                    assert_eq!(back, rgb);
                }
            }
        }
        assert_eq!(hls_from_rgb([0, 0, 255]), [240.0, 0.5, 1.0]);
    }

    #[test]
    fn the_mean_lightness_never_falls_by_more_than_the_truncated_level() {
        let mut scratch = IsoNoiseScratch::default();
        for seed in 0..40 {
            let mut rng = example_rng(seed, 0, 0);
            let picture = synthetic::texture(48, seed);
            let mut noisy = vec![0; picture.len()];
            IsoNoise::draw(&mut rng).apply(&picture, &mut noisy, &mut rng, &mut scratch);
            let mean = |picture: &[u8]| {
                let lightness = picture.chunks_exact(3).map(|rgb| {
                    let high = rgb.iter().max().unwrap();
                    let low = rgb.iter().min().unwrap();
                    (f64::from(*high) + f64::from(*low)) / 2.0
                });
                lightness.sum::<f64>() / (48.0 * 48.0)
            };
            assert!(mean(&picture) - 1.0 <= mean(&noisy), "seed {seed}");
            assert_ne!(picture, noisy);
        }
    }

    #[test]
    fn poisson_numbers_have_their_mean_and_variance() {
        let mut rng = example_rng(3, 0, 0);
        let mut table = PoissonTable::default();
        for mean in [0.0, 0.3, 4.0, 63.0] {
            table.prepare(mean);
            let draws: Vec<f64> = (0..40_000).map(|_| table.draw(&mut rng) as f64).collect();
            let average = draws.iter().sum::<f64>() / 40_000.0;
            let squares = draws.iter().map(|d| (d - average).powi(2)).sum::<f64>();
            // Five standard errors of the mean, and of the variance (which is about mean^2 * 2 / n).
            let error = 5.0 * (mean / 40_000.0f64).sqrt();
            assert!((average - mean).abs() <= error, "{average} for {mean}");
            let error = 5.0 * ((mean + 2.0 * mean * mean) / 40_000.0).sqrt();
            let variance = squares / 40_000.0;
            assert!((variance - mean).abs() <= error, "{variance} for {mean}");
        }
    }

    #[test]
    fn a_flat_picture_gets_no_lightness_noise() {
        let mut rng = example_rng(9, 0, 0);
        let gray = vec![90; 3 * 100];
        let mut noisy = vec![0; gray.len()];
        let noise = IsoNoise::draw(&mut rng);
        noise.apply(&gray, &mut noisy, &mut rng, &mut IsoNoiseScratch::default());
        assert!(noisy.iter().all(|level| (89..=90).contains(level)));
    }
}
