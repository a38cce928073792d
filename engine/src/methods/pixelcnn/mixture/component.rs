//! A run of pixels under one component of the mixture.

use super::terms::{Term, tanh, term};
use crate::nn::kernels::vector::{exp, ln};

/// Pixels handled at a time.
pub const BLOCK: usize = 64;

pub type Run = [f32; BLOCK];

/// Planes of one picture.
#[derive(Clone, Copy)]
pub struct Planes<'a> {
    pub values: &'a [f32],
    pub area: usize,
}

impl Planes<'_> {
    /// From pixel `at` of a plane on; zeros stand behind the last pixel.
    #[inline(always)]
    pub fn run(self, plane: usize, at: usize) -> Run {
        let plane = &self.values[plane * self.area..][..self.area];
        let mut run = [0.0; BLOCK];
        if let Some(whole) = plane.get(at..at + BLOCK) {
            run.copy_from_slice(whole);
        } else {
            let rest = &plane[at..];
            run[..rest.len()].copy_from_slice(rest);
        }
        run
    }
}

/// The numbers of one component for a run of pixels.
pub struct Component {
    logit: Run,
    means: [Run; 3],
    log_scales: [Run; 3],
    coefficients: [Run; 3],
}

impl Component {
    #[inline(always)]
    pub fn load(outputs: Planes<'_>, mixtures: usize, mixture: usize, at: usize) -> Self {
        let run = |kind: usize| outputs.run(kind * mixtures + mixture, at);
        Self {
            logit: run(0),
            means: [run(1), run(4), run(7)],
            log_scales: [run(2), run(5), run(8)],
            coefficients: [run(3), run(6), run(9)],
        }
    }

    /// Logit plus logarithm of the pixel's probability, and the derivatives of the latter by mean,
    /// log-scale and coefficient of each channel.
    #[inline(always)]
    pub fn joint<const FMA: bool>(&self, values: &[Run; 3], lane: usize) -> (f32, [f32; 9]) {
        let (red, green) = (values[0][lane], values[1][lane]);
        let ([r, g, b], [c0, c1, c2]) = self.terms::<FMA>(values, lane);
        let product = ln::<FMA>(r.factor * g.factor * b.factor);
        let joint = self.logit[lane] + (r.linear + g.linear + b.linear) + product;
        let slopes = [
            r.to_mean,
            r.to_log_scale,
            g.to_mean * red * (1.0 - c0 * c0),
            g.to_mean,
            g.to_log_scale,
            b.to_mean * red * (1.0 - c1 * c1),
            b.to_mean,
            b.to_log_scale,
            b.to_mean * green * (1.0 - c2 * c2),
        ];
        (joint, slopes)
    }

    /// The terms of red, of green given red and of blue given both, and the coefficients that give them.
    #[inline(always)]
    fn terms<const FMA: bool>(&self, values: &[Run; 3], lane: usize) -> ([Term; 3], [f32; 3]) {
        let [red, green, blue] = [values[0][lane], values[1][lane], values[2][lane]];
        let c0 = tanh::<FMA>(self.coefficients[0][lane]);
        let c1 = tanh::<FMA>(self.coefficients[1][lane]);
        let c2 = tanh::<FMA>(self.coefficients[2][lane]);
        let r = term::<FMA>(red, self.means[0][lane], self.log_scales[0][lane]);
        let mean = self.means[1][lane] + c0 * red;
        let g = term::<FMA>(green, mean, self.log_scales[1][lane]);
        let mean = self.means[2][lane] + c1 * red + c2 * green;
        let b = term::<FMA>(blue, mean, self.log_scales[2][lane]);
        ([r, g, b], [c0, c1, c2])
    }

    /// Logit plus logarithm of the probability of red, of red and green, and of all three.
    #[inline(always)]
    pub fn steps<const FMA: bool>(&self, values: &[Run; 3], lane: usize) -> [f32; 3] {
        let ([r, g, b], _) = self.terms::<FMA>(values, lane);
        let first = self.logit[lane] + r.linear + ln::<FMA>(r.factor);
        let second = first + g.linear + ln::<FMA>(g.factor);
        [first, second, second + b.linear + ln::<FMA>(b.factor)]
    }
}

/// `ln` of the sum of `exp` of the terms, pixel by pixel.
#[inline(always)]
pub fn log_sum_exp<const FMA: bool>(terms: impl Iterator<Item = Run> + Clone) -> Run {
    let mut largest = [f32::MIN; BLOCK];
    for term in terms.clone() {
        for lane in 0..BLOCK {
            largest[lane] = largest[lane].max(term[lane]);
        }
    }
    let mut sum = [0.0; BLOCK];
    for term in terms {
        for lane in 0..BLOCK {
            sum[lane] += exp::<FMA>(term[lane] - largest[lane]);
        }
    }
    for lane in 0..BLOCK {
        sum[lane] = largest[lane] + ln::<FMA>(sum[lane]);
    }
    sum
}
