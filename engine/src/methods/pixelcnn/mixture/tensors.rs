//! The mixture in burn's own operations: for devices without a kernel of ours, and to check that one.

use burn::prelude::Tensor;
use burn::tensor::activation::{log_sigmoid, log_softmax};

use super::NUMBERS;

const HALF_BIN: f64 = 1.0 / 255.0;
const LEAST_LOG_SCALE: f64 = -7.0;
/// Narrower bins by the series, wider ones by the formula.
const NARROW: f64 = 0.5;

/// # Shapes
/// - as [`super::chain_maps`]
pub fn chain_maps(outputs: &Tensor<4>, pictures: &Tensor<4>) -> Tensor<4> {
    let [red, green, blue] = sums(outputs, pictures);
    let maps = vec![red.clone(), green.clone() - red, blue - green];
    Tensor::cat(maps, 1)
}

/// # Shapes
/// - as [`super::nll`]
pub fn nll(outputs: &Tensor<4>, pictures: &Tensor<4>) -> Tensor<1> {
    let [_, _, joint] = sums(outputs, pictures);
    joint.sum().neg()
}

/// Log-likelihood of red alone, of red and green, and of all three.
///
/// # Shapes
/// - `outputs`: `[batch, 10 * mixtures, height, width]`; `pictures`: `[batch, 3, height, width]`
/// - each output: `[batch, 1, height, width]`
fn sums(outputs: &Tensor<4>, pictures: &Tensor<4>) -> [Tensor<4>; 3] {
    let [_, channels, ..] = outputs.dims();
    let mixtures = channels / NUMBERS;
    let part = |kind: usize| outputs.clone().narrow(1, kind * mixtures, mixtures);
    let value = |channel: usize| pictures.clone().narrow(1, channel, 1);
    let share = |channel: usize| part(3 * channel + 3).tanh();
    let means = [
        part(1),
        part(4) + share(0) * value(0),
        part(7) + share(1) * value(0) + share(2) * value(1),
    ];
    let mut sum = log_softmax(part(0), 1);
    let mut channel = 0;
    means.map(|mean| {
        let log_scale = part(3 * channel + 2).clamp_min(LEAST_LOG_SCALE);
        sum = sum.clone() + log_bin(value(channel), mean, log_scale);
        channel += 1;
        log_sum_exp(sum.clone())
    })
}

/// See `exact`: the same form, which neither cancels nor overflows.
///
/// # Shapes
/// - `value`: `[batch, 1, height, width]`; the others and the output: `[batch, mixtures, height, width]`
fn log_bin(value: Tensor<4>, mean: Tensor<4>, log_scale: Tensor<4>) -> Tensor<4> {
    let has_upper = value.clone().lower_equal_elem(0.999).float();
    let has_lower = value.clone().greater_equal_elem(-0.999).float();
    let is_inner = has_upper.clone() * has_lower.clone();
    let sharpness = log_scale.clone().clamp_max(80.0).neg().exp();
    let centered = value - mean;
    let upper = (centered.clone() + HALF_BIN) * sharpness.clone();
    let lower = (centered - HALF_BIN) * sharpness.clone();
    let ends = log_sigmoid(upper) * has_upper + log_sigmoid(lower.neg()) * has_lower;
    let width = sharpness * (2.0 * HALF_BIN);
    let filled = log_filled(width) - log_scale + (2.0 * HALF_BIN).ln();
    ends + filled * is_inner
}

/// `ln((1 - exp(-width)) / width)`.
///
/// # Shapes
/// - `width` and output: `[batch, mixtures, height, width]`
fn log_filled(width: Tensor<4>) -> Tensor<4> {
    let narrow = width.clone().clamp_max(NARROW);
    let square = narrow.clone() * narrow.clone();
    let fourth = square.clone() * square.clone();
    let series = narrow * -0.5 + square / 24.0 - fourth / 2880.0;
    let wide = width.clamp_min(NARROW);
    let formula = (wide.clone().neg().exp().neg() + 1.0).log() - wide.log();
    let at_border = ((1.0 - (-NARROW).exp()) / NARROW).ln();
    series + formula - at_border
}

/// # Shapes
/// - `terms`: `[batch, mixtures, height, width]`
/// - output: `[batch, 1, height, width]`
fn log_sum_exp(terms: Tensor<4>) -> Tensor<4> {
    let largest = terms.clone().detach().max_dim(1);
    (terms - largest.clone()).exp().sum_dim(1).log() + largest
}
