//! What lies behind the people: rooms, walls and gardens, out of focus.

use rayon::prelude::*;

use super::identity::linear;
use super::noise::{Dice, fractal};
use super::space::{V3, ramp, v3};

/// A linear picture a little larger than the frame, at half its resolution.
#[derive(Debug)]
pub struct Background {
    width: usize,
    height: usize,
    pixels: Vec<V3>,
}

/// Room around the frame for the camera's shake, as a share of its width.
const MARGIN: f32 = 0.06;

impl Background {
    pub fn new(seed: u64, width: u32, height: u32, light: V3) -> Self {
        let mut dice = Dice::new(seed, 4);
        let own_width = (width as f32 * (0.5 + MARGIN)) as usize + 2;
        let own_height = (height as f32 * 0.5 + width as f32 * MARGIN) as usize + 2;
        let mut picture = Self {
            width: own_width,
            height: own_height,
            pixels: vec![V3::ZERO; own_width * own_height],
        };
        match dice.index(4) {
            0 => picture.wall(&mut dice),
            1 | 2 => picture.room(&mut dice),
            _ => picture.garden(&mut dice),
        }
        let level = 0.35 + 0.4 * light.dot(V3::splat(0.333));
        for pixel in &mut picture.pixels {
            *pixel = *pixel * level;
        }
        picture
    }

    /// A plain wall, lit from one side.
    fn wall(&mut self, dice: &mut Dice) {
        let base = linear([
            dice.range(90.0, 220.0),
            dice.range(90.0, 215.0),
            dice.range(90.0, 210.0),
        ]);
        let gray = V3::splat(base.dot(V3::splat(0.333)));
        let base = base.mix(gray, 0.6);
        let slope = dice.range(-0.5, 0.5);
        let seed = dice.bits() as u32;
        self.paint(|x, y| {
            base * (1.0 + slope * (x - 0.5) - 0.25 * y
                + 0.04 * fractal(v3(x * 3.0, y * 3.0, 0.0), 3, seed))
        });
    }

    /// A wall with furniture, pictures, a window and lamps.
    fn room(&mut self, dice: &mut Dice) {
        self.wall(dice);
        for _ in 0..14 + dice.index(12) {
            let center = [dice.unit(), dice.range(0.0, 1.1)];
            let half = [dice.range(0.02, 0.22), dice.range(0.03, 0.3)];
            let hue = v3(dice.unit(), dice.unit(), dice.unit());
            let color = v3(0.36, 0.25, 0.16).mix(hue, 0.4) * dice.range(0.15, 1.4);
            self.cover(dice.range(0.5, 1.0), color, |x, y| {
                (x - center[0]).abs() < half[0] && (y - center[1]).abs() < half[1]
            });
        }
        if dice.chance(0.4) {
            let left = dice.range(-0.1, 0.9);
            let wide = dice.range(0.1, 0.25);
            self.cover(1.0, v3(1.9, 2.1, 2.4), |x, y| {
                left < x && x < left + wide && y < 0.55 && 0.01 < (x - left - 0.5 * wide).abs()
            });
        }
        self.blur(self.width / 34 + 1);
        self.bokeh(dice, 6, v3(2.6, 1.9, 1.1));
    }

    /// Sky, leaves and light between them.
    fn garden(&mut self, dice: &mut Dice) {
        let horizon = dice.range(0.35, 0.8);
        let (sky, leaf) = (
            v3(0.75, 0.9, 1.15),
            v3(0.1, 0.17, 0.05) * dice.range(0.6, 1.6),
        );
        let ground = v3(0.22, 0.2, 0.15);
        let seed = dice.bits() as u32;
        self.paint(|x, y| {
            let leaves = fractal(v3(x * 7.0, y * 7.0, 0.0), 4, seed);
            let trees = ramp(-0.25, 0.3, leaves + 1.6 * (y - 0.4 * horizon));
            let color = sky.mix(leaf * (1.0 + 1.3 * leaves), trees);
            color.mix(
                ground * (1.0 + 0.5 * leaves),
                ramp(horizon, horizon + 0.1, y),
            )
        });
        self.bokeh(dice, 40, v3(0.9, 1.1, 0.6));
        self.blur(self.width / 60 + 1);
    }

    /// Discs of light that are out of focus.
    fn bokeh(&mut self, dice: &mut Dice, count: usize, color: V3) {
        for _ in 0..count {
            let center = [dice.unit(), dice.range(0.0, 0.7)];
            let radius = dice.range(0.012, 0.04);
            let strength = dice.range(0.1, 0.5);
            let own = color.mix(v3(dice.unit(), dice.unit(), dice.unit()) * 2.0, 0.35);
            let tall = self.height as f32 / self.width as f32;
            self.cover(strength, own, |x, y| {
                let (dx, dy) = (x - center[0], (y - center[1]) * tall);
                dx * dx + dy * dy < radius * radius
            });
        }
        self.blur(self.width / 150 + 1);
    }

    fn paint(&mut self, color: impl Fn(f32, f32) -> V3 + Sync) {
        let (width, height) = (self.width, self.height);
        self.pixels
            .par_iter_mut()
            .enumerate()
            .for_each(|(at, pixel)| {
                *pixel = color(
                    (at % width) as f32 / width as f32,
                    (at / width) as f32 / height as f32,
                );
            });
    }

    fn cover(&mut self, share: f32, color: V3, covers: impl Fn(f32, f32) -> bool) {
        for at in 0..self.pixels.len() {
            let x = (at % self.width) as f32 / self.width as f32;
            let y = (at / self.width) as f32 / self.height as f32;
            if covers(x, y) {
                self.pixels[at] = self.pixels[at].mix(color, share);
            }
        }
    }

    /// Three box blurs, close to a Gaussian.
    fn blur(&mut self, radius: usize) {
        for _ in 0..3 {
            let (width, height) = (self.width, self.height);
            let mut turned = vec![V3::ZERO; self.pixels.len()];
            for (row, line) in self.pixels.chunks_exact(width).enumerate() {
                box_blur(line, radius, |x, value| turned[x * height + row] = value);
            }
            for (column, line) in turned.chunks_exact(height).enumerate() {
                box_blur(line, radius, |y, value| {
                    self.pixels[y * width + column] = value;
                });
            }
        }
    }

    /// The color behind a pixel of the frame, with the camera shifted by `shake` pixels.
    pub fn sample(&self, x: f32, y: f32, shake: [f32; 2]) -> V3 {
        let margin = 0.5 * MARGIN * self.width as f32 / (0.5 + MARGIN);
        let x = (0.5 * (x + 0.4 * shake[0]) + margin).clamp(0.0, self.width as f32 - 1.01);
        let y = (0.5 * (y + 0.4 * shake[1]) + margin).clamp(0.0, self.height as f32 - 1.01);
        let (i, j) = (x as usize, y as usize);
        let at = j * self.width + i;
        let line = |at: usize| self.pixels[at].mix(self.pixels[at + 1], x - i as f32);
        line(at).mix(line(at + self.width), y - j as f32)
    }
}

fn box_blur(line: &[V3], radius: usize, mut put: impl FnMut(usize, V3)) {
    let len = line.len() as i64;
    let at = |place: i64| line[place.clamp(0, len - 1) as usize];
    let reach = radius as i64;
    let mut sum = (-reach..=reach).fold(V3::ZERO, |sum, place| sum + at(place));
    let scale = 1.0 / (2 * radius + 1) as f32;
    for place in 0..len {
        put(place as usize, sum * scale);
        sum = sum + at(place + reach + 1) - at(place - reach);
    }
}
