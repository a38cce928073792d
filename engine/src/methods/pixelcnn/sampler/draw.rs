//! A pixel drawn from a mixture of logistics (`sample_from_discretized_mix_logistic` of openai/pixel-cnn).

use crate::nn::noise::SplitMix;

/// Red, green and blue. `output` gives the network's numbers for the pixel, `count` of them, in the order
/// of METHODS 4.4.
///
/// Each channel is rounded to its level before the next sees it, so that levels come with exactly the
/// probabilities by which the likelihood is computed. At a `temperature` of 0 the most likely component's
/// mean is taken.
pub fn drawn(
    output: impl Fn(usize) -> f64,
    count: usize,
    temperature: f64,
    noise: &mut SplitMix,
) -> [u8; 3] {
    let mixtures = count / 10;
    let mut best = (f64::NEG_INFINITY, 0);
    for mixture in 0..mixtures {
        // The largest of logits with Gumbel noise is distributed as their softmax.
        let gumbel = -(-open_uniform(noise).ln()).ln();
        let height = output(mixture) + temperature * gumbel;
        if best.0 < height {
            best = (height, mixture);
        }
    }
    let number = |channel: usize, kind: usize| output((1 + 3 * channel + kind) * mixtures + best.1);
    let share = |channel: usize| number(channel, 2).tanh();
    let mut value = |mean: f64, channel: usize| {
        let scale = number(channel, 1).max(-7.0).exp();
        let uniform = open_uniform(noise);
        let logistic = uniform.ln() - (-uniform).ln_1p();
        let level = level(mean + temperature * scale * logistic);
        (level, f64::from(level) / 127.5 - 1.0)
    };
    let (red, x) = value(number(0, 0), 0);
    let (green, y) = value(number(1, 0) + share(0) * x, 1);
    let (blue, _) = value(number(2, 0) + share(1) * x + share(2) * y, 2);
    [red, green, blue]
}

/// The nearest level; values beyond -1 and 1 are cut off.
fn level(value: f64) -> u8 {
    // A cast of a number that is too large gives the largest, and of none 0.
    ((value + 1.0) * 127.5).round() as u8
}

/// Above 0 and below 1.
fn open_uniform(noise: &mut SplitMix) -> f64 {
    ((noise.draw() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::pixelcnn::mixture::exact::{Tails, conditional};
    use crate::methods::pixelcnn::mixture::tests::{random_outputs, sharp_outputs};

    /// Frequencies against the probabilities of METHODS 4.4.
    #[test]
    fn levels_come_as_often_as_they_are_likely() {
        for outputs in [vec![0.0; 100], sharp_outputs(), random_outputs(3, 3.0)] {
            let mut noise = SplitMix::new(1);
            let draws = 40_000;
            let mut found = vec![0_u32; 256];
            let mut greens = 0.0;
            for _ in 0..draws {
                let [red, green, _] = drawn(|at| outputs[at], 100, 1.0, &mut noise);
                found[usize::from(red)] += 1;
                greens += f64::from(green);
            }
            let chances = conditional(&outputs, [0; 3], 0, Tails::Exact);
            for (level, (found, chance)) in found.iter().zip(chances).enumerate() {
                let expected = chance * f64::from(draws);
                let error = (f64::from(*found) - expected).abs();
                // Five standard deviations, of counts that may be small.
                assert!(
                    error < 5.0 * (expected + 1.0).sqrt(),
                    "{level}: {found}, {expected}"
                );
            }
            let mut mean = 0.0;
            for (red, chance) in chances.into_iter().enumerate() {
                let green = conditional(&outputs, [red as u8, 0, 0], 1, Tails::Exact);
                let of_red: f64 = green
                    .iter()
                    .zip(0..)
                    .map(|(p, level)| p * f64::from(level))
                    .sum();
                mean += chance * of_red;
            }
            // A standard deviation is at most half of 255 over the root of the draws.
            let error = (greens / f64::from(draws) - mean).abs();
            assert!(error < 5.0 * 127.5 / 200.0, "green {mean}");
        }
    }

    #[test]
    fn without_temperature_the_likeliest_components_mean_is_taken() {
        let outputs = sharp_outputs();
        let mut noise = SplitMix::new(9);
        let [red, green, _] = drawn(|at| outputs[at], 100, 0.0, &mut noise);
        assert_eq!(red, 140);
        let expected = -0.2 + 0.5_f64.tanh() * (140.0 / 127.5 - 1.0);
        assert_eq!(green, ((expected + 1.0) * 127.5).round() as u8);
    }

    #[test]
    fn values_beyond_the_last_levels_are_cut() {
        assert_eq!(
            [-9.0, -1.0, 0.999, 1.0, 1e9].map(level),
            [0, 0, 255, 255, 255]
        );
    }
}
