//! The mixture for one picture, a run of pixels at a time, laid out so that the compiler vectorizes it.

use super::NUMBERS;
use super::component::{BLOCK, Component, Planes, Run, log_sum_exp};
use crate::nn::kernels::vector::{Vectored, exp, vectored};

/// Negative log-likelihood of a picture in nats.
///
/// # Shapes
/// - `outputs`: `[10 * mixtures, area]`; `picture`: `[3, area]`
pub fn nll(outputs: &[f32], picture: &[f32]) -> f64 {
    vectored(Nll::<false> {
        outputs,
        picture,
        gradient: &mut [],
    })
}

/// As [`nll`], and writes its gradient to the outputs.
///
/// # Shapes
/// - `gradient`: as `outputs`
pub fn nll_with_gradient(outputs: &[f32], picture: &[f32], gradient: &mut [f32]) -> f64 {
    vectored(Nll::<true> {
        outputs,
        picture,
        gradient,
    })
}

/// Log-likelihood of each channel given those before it, in nats.
///
/// # Shapes
/// - `outputs`: `[10 * mixtures, area]`; `picture` and `maps`: `[3, area]`
pub fn chain(outputs: &[f32], picture: &[f32], maps: &mut [f32]) {
    vectored(Chain {
        outputs,
        picture,
        maps,
    });
}

#[inline(always)]
fn store(values: &mut [f32], area: usize, plane: usize, at: usize, run: &Run) {
    let plane = &mut values[plane * area..][..area];
    let count = BLOCK.min(area - at);
    plane[at..][..count].copy_from_slice(&run[..count]);
}

/// Outputs and picture by plane, and how many components a pixel has.
#[inline(always)]
fn planes<'a>(outputs: &'a [f32], picture: &'a [f32]) -> ([Planes<'a>; 2], usize) {
    let area = picture.len() / 3;
    let mixtures = outputs.len() / (NUMBERS * area).max(1);
    (
        [outputs, picture].map(|values| Planes { values, area }),
        mixtures,
    )
}

struct Nll<'a, const GRADIENT: bool> {
    outputs: &'a [f32],
    picture: &'a [f32],
    gradient: &'a mut [f32],
}

impl<const GRADIENT: bool> Vectored for Nll<'_, GRADIENT> {
    type Output = f64;

    #[inline(always)]
    fn run<const FMA: bool>(self) -> f64 {
        let ([outputs, picture], mixtures) = planes(self.outputs, self.picture);
        let area = picture.area;
        let gradient = self.gradient;
        let mut joints = vec![[0.0; BLOCK]; mixtures];
        let mut total = 0.0;
        let mut at = 0;
        while at < area {
            let values = [0, 1, 2].map(|channel| picture.run(channel, at));
            for (mixture, joint) in joints.iter_mut().enumerate() {
                let component = Component::load(outputs, mixtures, mixture, at);
                let mut slopes = [[0.0; BLOCK]; 9];
                for lane in 0..BLOCK {
                    let found = component.joint::<FMA>(&values, lane);
                    joint[lane] = found.0;
                    if GRADIENT {
                        for (slope, found) in slopes.iter_mut().zip(found.1) {
                            slope[lane] = found;
                        }
                    }
                }
                if GRADIENT {
                    for (kind, slope) in slopes.iter().enumerate() {
                        store(gradient, area, (1 + kind) * mixtures + mixture, at, slope);
                    }
                }
            }
            let joint = log_sum_exp::<FMA>(joints.iter().copied());
            let prior = log_sum_exp::<FMA>((0..mixtures).map(|plane| outputs.run(plane, at)));
            for lane in 0..BLOCK.min(area - at) {
                total += f64::from(prior[lane] - joint[lane]);
            }
            if GRADIENT {
                for (mixture, of_this) in joints.iter().enumerate() {
                    let logit = outputs.run(mixture, at);
                    let mut slope = [0.0; BLOCK];
                    let mut shares = [0.0; BLOCK];
                    for lane in 0..BLOCK {
                        let share = exp::<FMA>(of_this[lane] - joint[lane]);
                        slope[lane] = exp::<FMA>(logit[lane] - prior[lane]) - share;
                        shares[lane] = share;
                    }
                    store(gradient, area, mixture, at, &slope);
                    scale(gradient, area, mixtures, mixture, at, &shares);
                }
            }
            at += BLOCK;
        }
        total
    }
}

/// The gradient of the negative logarithm: every number of the component times minus its share.
#[inline(always)]
fn scale(
    gradient: &mut [f32],
    area: usize,
    mixtures: usize,
    mixture: usize,
    at: usize,
    shares: &Run,
) {
    let count = BLOCK.min(area - at);
    for kind in 1..NUMBERS {
        let run = &mut gradient[(kind * mixtures + mixture) * area + at..][..count];
        for (number, share) in run.iter_mut().zip(shares) {
            *number *= -share;
        }
    }
}

struct Chain<'a> {
    outputs: &'a [f32],
    picture: &'a [f32],
    maps: &'a mut [f32],
}

impl Vectored for Chain<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let ([outputs, picture], mixtures) = planes(self.outputs, self.picture);
        let area = picture.area;
        let maps = self.maps;
        let mut sums = [const { Vec::new() }; 3];
        for sums in &mut sums {
            sums.resize(mixtures, [0.0; BLOCK]);
        }
        let mut at = 0;
        while at < area {
            let values = [0, 1, 2].map(|channel| picture.run(channel, at));
            for mixture in 0..mixtures {
                let component = Component::load(outputs, mixtures, mixture, at);
                let mut found = [[0.0; BLOCK]; 3];
                for lane in 0..BLOCK {
                    let steps = component.steps::<FMA>(&values, lane);
                    for (found, step) in found.iter_mut().zip(steps) {
                        found[lane] = step;
                    }
                }
                for (sums, found) in sums.iter_mut().zip(found) {
                    sums[mixture] = found;
                }
            }
            let mut before = log_sum_exp::<FMA>((0..mixtures).map(|plane| outputs.run(plane, at)));
            for (channel, sums) in sums.iter().enumerate() {
                let sum = log_sum_exp::<FMA>(sums.iter().copied());
                let mut step = [0.0; BLOCK];
                for lane in 0..BLOCK {
                    step[lane] = sum[lane] - before[lane];
                }
                store(maps, area, channel, at, &step);
                before = sum;
            }
            at += BLOCK;
        }
    }
}
