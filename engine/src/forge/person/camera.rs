//! From light to a picture: lens, sensor with a Bayer pattern and noise, color, tone and sharpening.

use image::RgbImage;
use rayon::prelude::*;

use super::noise::{Dice, hash, hash3};
use super::space::{V3, mix, pow, v3};

/// One camera with its faults.
#[derive(Clone, Debug)]
pub struct Camera {
    seed: u64,
    exposure: f32,
    /// Gains by which the sensor's channels are wrong, and what is done about it.
    cast: V3,
    balance: V3,
    vignette: f32,
    /// Share of each neighbor in the lens's blur.
    blur: f32,
    /// Photons at full scale decide the shot noise; the rest is read noise.
    shot_noise: f32,
    read_noise: f32,
    saturation: f32,
    sharpening: f32,
    /// Display values over the square root of linear ones, 0..2.
    tone: Vec<f32>,
}

/// Buffers that frames of a size reuse.
#[derive(Debug, Default)]
pub struct Film {
    /// Linear light, row by row.
    pub light: Vec<V3>,
    raw: Vec<f32>,
    color: Vec<V3>,
}

impl Camera {
    /// `metered` scales the exposure.
    pub fn new(seed: u64, metered: f32) -> Self {
        let mut dice = Dice::new(seed, 5);
        let cast = v3(dice.range(0.5, 0.65), 1.0, dice.range(0.55, 0.75));
        let wrong = 0.05;
        let contrast = dice.range(0.95, 1.15);
        Self {
            seed,
            tone: tone_curve(contrast),
            exposure: metered * dice.range(0.66, 1.0),
            cast,
            balance: v3(
                (1.0 + wrong * dice.normal()) / cast.x,
                1.0,
                (1.0 + wrong * dice.normal()) / cast.z,
            ),
            vignette: dice.range(0.0, 0.35),
            blur: dice.range(0.075, 0.135),
            shot_noise: dice.range(0.003, 0.014),
            read_noise: dice.range(0.001, 0.004),
            saturation: dice.range(0.72, 0.98),
            sharpening: dice.range(0.2, 0.7),
        }
    }

    /// Develops `film.light` (`picture.width()` times `picture.height()`), noise by frame.
    pub fn develop(&self, film: &mut Film, frame: u32, picture: &mut RgbImage) {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        film.raw.resize(width * height, 0.0);
        film.color.resize(width * height, V3::ZERO);
        let light = &film.light;
        let noise_seed = hash3(self.seed, 6, u64::from(frame));
        film.raw
            .par_chunks_mut(width)
            .enumerate()
            .for_each(|(y, line)| {
                for (x, raw) in line.iter_mut().enumerate() {
                    *raw = self.exposed(light, width, height, x, y, noise_seed);
                }
            });
        let raw = &film.raw;
        film.color
            .par_chunks_mut(width)
            .enumerate()
            .for_each(|(y, line)| {
                for (x, color) in line.iter_mut().enumerate() {
                    *color = self.toned(demosaiced(raw, width, height, x, y).by(self.balance));
                }
            });
        let color = &film.color;
        picture
            .par_chunks_mut(3 * width)
            .enumerate()
            .for_each(|(y, line)| {
                let up = &color[y.saturating_sub(1) * width..][..width];
                let own = &color[y * width..][..width];
                let down = &color[(y + 1).min(height - 1) * width..][..width];
                for (x, pixel) in line.chunks_exact_mut(3).enumerate() {
                    let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
                    let around = (up[x] + down[x] + own[left] + own[right]) * 0.25;
                    let sharp = own[x] + (own[x] - around) * self.sharpening;
                    pixel.copy_from_slice(
                        &[sharp.x, sharp.y, sharp.z]
                            .map(|v| (v * 255.0 + 0.5).clamp(0.0, 255.0) as u8),
                    );
                }
            });
    }

    /// The sensor's reading at one pixel, 0..1.
    fn exposed(
        &self,
        light: &[V3],
        width: usize,
        height: usize,
        x: usize,
        y: usize,
        seed: u64,
    ) -> f32 {
        let channel = bayer(x, y);
        let part = |x: usize, y: usize| {
            let color = light[y * width + x];
            [color.x, color.y, color.z][channel]
        };
        let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
        let (up, down) = (y.saturating_sub(1), (y + 1).min(height - 1));
        let straight = part(left, y) + part(right, y) + part(x, up) + part(x, down);
        let slant = part(left, up) + part(right, up) + part(left, down) + part(right, down);
        let own = part(x, y) * (1.0 - 6.0 * self.blur) + self.blur * (straight + 0.5 * slant);
        let dx = (x as f32 / width as f32 - 0.5) * 2.0;
        let dy = (y as f32 / height as f32 - 0.5) * 2.0;
        let fall = 1.0 - self.vignette * 0.5 * (dx * dx + dy * dy);
        let cast = [self.cast.x, self.cast.y, self.cast.z][channel];
        let value = own * fall * self.exposure * cast * 0.5;
        let bits = hash(seed ^ (y * width + x) as u64);
        let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
        let normal = (sum as f32 / 65535.0 - 2.0) * 1.732;
        let variance =
            value.max(0.0) * self.shot_noise * self.shot_noise + self.read_noise * self.read_noise;
        (value + normal * variance.sqrt()).clamp(-0.02, 1.0)
    }

    /// Linear to display.
    fn toned(&self, color: V3) -> V3 {
        let gray = color.dot(v3(0.25, 0.65, 0.1));
        let color = V3::splat(gray).mix(color, self.saturation) * 2.0;
        let last = (TONES - 1) as f32;
        let channel = |x: f32| {
            let at = (x.clamp(0.0, 2.0) * 0.5).sqrt() * last;
            let first = (at as usize).min(TONES - 2);
            mix(self.tone[first], self.tone[first + 1], at - first as f32)
        };
        v3(channel(color.x), channel(color.y), channel(color.z))
    }
}

const TONES: usize = 1024;

/// A filmic curve, then sRGB's, over the square root of half of linear light.
fn tone_curve(contrast: f32) -> Vec<f32> {
    let display = |at: usize| {
        let root = at as f32 / (TONES - 1) as f32;
        let x = 2.0 * root * root * 0.62;
        // The shoulder is Narkowicz's fit (2015) of the ACES curve.
        let filmic = (x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)).clamp(0.0, 1.0);
        let display = encoded(mix(x.min(1.0), filmic, 0.75));
        (0.5 + (display - 0.5) * contrast).clamp(0.0, 1.0)
    };
    (0..TONES).map(display).collect()
}

fn encoded(linear: f32) -> f32 {
    if linear < 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * pow(linear, 1.0 / 2.4) - 0.055
    }
}

/// Red, green, blue as 0, 1, 2 in the pattern RGGB.
fn bayer(x: usize, y: usize) -> usize {
    x % 2 + y % 2
}

/// The three channels at a pixel, missing ones from their neighbors.
fn demosaiced(raw: &[f32], width: usize, height: usize, x: usize, y: usize) -> V3 {
    // Mirrored at the border, so that the pattern stays.
    let mirror = |at: i64, len: usize| {
        let last = len as i64 - 1;
        let at = at.abs();
        (if last < at { 2 * last - at } else { at }).max(0) as usize
    };
    let (left, right) = (mirror(x as i64 - 1, width), mirror(x as i64 + 1, width));
    let (up, down) = (mirror(y as i64 - 1, height), mirror(y as i64 + 1, height));
    let at = |x: usize, y: usize| raw[y * width + x];
    let own = at(x, y);
    let sides = 0.5 * (at(left, y) + at(right, y));
    let ends = 0.5 * (at(x, up) + at(x, down));
    let slant = 0.25 * (at(left, up) + at(right, up) + at(left, down) + at(right, down));
    match (x % 2, y % 2) {
        (0, 0) => v3(own, 0.5 * (sides + ends), slant),
        (1, 1) => v3(slant, 0.5 * (sides + ends), own),
        (1, 0) => v3(sides, own, ends),
        _ => v3(ends, own, sides),
    }
}
