//! The discretized mixture of logistics for one pixel, as written in METHODS 4.4, in 64 bits.

/// Where a bin of a component is improbable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tails {
    /// The probability of the bin, however small: all 256 of a channel add up to one.
    Exact,
    /// Below 1e-5 the density at its center times its width, as the published network was trained.
    Published,
}

/// Smallest log-scale.
const LEAST_LOG_SCALE: f64 = -7.0;

/// Log-likelihood of red, of green given red, and of blue given both, in nats: METHODS 4.5. Their sum is
/// that of the pixel.
///
/// `outputs` are what the network says about the pixel, `10 * mixtures` numbers in the order of METHODS
/// 4.4; `levels` its red, green and blue.
pub fn chain(outputs: &[f64], levels: [u8; 3], tails: Tails) -> [f64; 3] {
    let [red, green, blue] = sums(outputs, levels, tails);
    [red, green - red, blue - green]
}

/// Probability of each level of a channel (0 to 2 for red to blue), given the channels before it. Of
/// `levels` only those are read.
pub fn conditional(
    outputs: &[f64],
    mut levels: [u8; 3],
    channel: usize,
    tails: Tails,
) -> [f64; 256] {
    std::array::from_fn(|level| {
        levels[channel] = level as u8;
        chain(outputs, levels, tails)[channel].exp()
    })
}

/// Log-likelihood of red alone, of red and green, and of all three.
fn sums(outputs: &[f64], levels: [u8; 3], tails: Tails) -> [f64; 3] {
    let mixtures = outputs.len() / 10;
    let values = levels.map(|level| (f64::from(level) - 127.5) / 127.5);
    let (logits, rest) = outputs.split_at(mixtures);
    let total = log_sum_exp(logits);
    let mut terms = [const { Vec::new() }; 3];
    for at in 0..mixtures {
        let number = |channel: usize, kind: usize| rest[(3 * channel + kind) * mixtures + at];
        let share = |channel| number(channel, 2).tanh();
        let means = [
            number(0, 0),
            number(1, 0) + share(0) * values[0],
            number(2, 0) + share(1) * values[0] + share(2) * values[1],
        ];
        let mut sum = logits[at] - total;
        for (channel, terms) in terms.iter_mut().enumerate() {
            let log_scale = number(channel, 1).max(LEAST_LOG_SCALE);
            sum += log_bin(values[channel], means[channel], log_scale, tails);
            terms.push(sum);
        }
    }
    terms.map(|terms| log_sum_exp(&terms))
}

/// Logarithm of the probability of a bin: `value` is its center, -1 to 1, its width 2/255; the first and
/// the last reach to infinity.
fn log_bin(value: f64, mean: f64, log_scale: f64, tails: Tails) -> f64 {
    let sharpness = (-log_scale).exp();
    let upper = (value - mean + 1.0 / 255.0) * sharpness;
    let lower = (value - mean - 1.0 / 255.0) * sharpness;
    if value < -0.999 {
        return -softplus(-upper);
    }
    if value > 0.999 {
        return -softplus(lower);
    }
    let is_likely = sigmoid(upper) - sigmoid(lower) > 1e-5;
    if tails == Tails::Published && !is_likely {
        let middle = (value - mean) * sharpness;
        return middle - log_scale - 2.0 * softplus(middle) - 127.5_f64.ln();
    }
    // s(a) - s(b) = s(a) s(-b) (1 - exp(b - a)): no difference of numbers that are almost the same.
    let width = 2.0 / 255.0 * sharpness;
    -softplus(-upper) - softplus(lower) + (-(-width).exp_m1()).ln()
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn log_sum_exp(terms: &[f64]) -> f64 {
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = terms.iter().map(|term| (term - largest).exp()).sum();
    largest + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::pixelcnn::mixture::tests::{random_outputs, sharp_outputs};

    fn check(outputs: &[f64], levels: [u8; 3], tails: Tails, expected: [f64; 3]) {
        let found = chain(outputs, levels, tails);
        for (found, expected) in found.iter().zip(expected) {
            // Printed to six digits.
            assert!((found - expected).abs() < 6e-7, "{levels:?}: {found:?}");
        }
    }

    /// METHODS 4.9, check 5.
    #[test]
    fn the_vectors_of_the_description_come_out() {
        let (flat, sharp) = ([0.0; 100], sharp_outputs());
        let exact = Tails::Exact;
        check(&flat, [128; 3], exact, [-18.703_248 / 3.0; 3]);
        check(&flat, [0; 3], exact, [-3.931_189 / 3.0; 3]);
        check(&flat, [255; 3], exact, [-3.931_189 / 3.0; 3]);
        let mixed = chain(&flat, [0, 128, 255], exact);
        assert!((mixed.iter().sum::<f64>() + 8.855_208).abs() < 6e-7);
        let expected = [-3.973_140, -4.297_027, -10.623_752];
        check(&sharp, [140, 104, 170], exact, expected);
        let expected = [-1.909_786, -1.310_396, -6.463_876];
        check(&sharp, [0, 255, 3], exact, expected);
        let published = chain(&sharp, [140, 104, 170], Tails::Published);
        assert!((published.iter().sum::<f64>() + 18.896_664).abs() < 6e-7);
    }

    /// METHODS 4.9, check 3.
    #[test]
    fn levels_of_each_channel_add_up_to_one() {
        for outputs in [vec![0.0; 100], sharp_outputs(), random_outputs(1, 4.0)] {
            for channel in 0..3 {
                let levels = [140, 3, 77];
                let sum: f64 = conditional(&outputs, levels, channel, Tails::Exact)
                    .iter()
                    .sum();
                assert!((sum - 1.0).abs() < 1e-12, "channel {channel}: {sum}");
            }
        }
    }

    /// METHODS 4.9, check 4: against the joint, summed over components without the chain.
    #[test]
    fn the_chain_adds_up_to_the_joint() {
        for seed in 0..20 {
            let outputs = random_outputs(seed, 2.0);
            let levels = [(seed * 37) as u8, 255 - (seed * 11) as u8, 128];
            let joint: f64 = (0..10)
                .map(|at| {
                    let one: Vec<f64> = (0..10).map(|kind| outputs[10 * kind + at]).collect();
                    let share = outputs[at].exp();
                    share * chain(&one, levels, Tails::Exact).iter().sum::<f64>().exp()
                })
                .sum::<f64>();
            let total: f64 = outputs[..10].iter().map(|logit| logit.exp()).sum();
            let sum: f64 = chain(&outputs, levels, Tails::Exact).iter().sum();
            assert!((sum - (joint / total).ln()).abs() < 1e-10, "{sum}");
        }
    }

    #[test]
    fn far_from_every_mean_the_logarithm_stays_finite() {
        let mut outputs = [0.0; 100];
        outputs[10..].iter_mut().for_each(|output| *output = 1e4);
        for log_scale in [-1e4, 700.0] {
            for channel in 0..3 {
                outputs[20 + 30 * channel..][..10].fill(log_scale);
            }
            for levels in [[0; 3], [255; 3], [1, 128, 254]] {
                let found = chain(&outputs, levels, Tails::Exact);
                assert!(found.iter().all(|value| value.is_finite()), "{found:?}");
            }
        }
    }
}
