//! What the network says about a picture: per pixel a mixture of logistic distributions over 256 levels,
//! and how likely the picture is under it (METHODS 4.4 and 4.5).
//!
//! `exact` is the definition; `kernel` computes it on the CPU device, `tensors` on every other.

mod blocks;
mod component;
pub mod exact;
mod kernel;
mod tensors;
mod terms;

use burn::prelude::Tensor;

use crate::nn::kernels::planes::is_ours;

/// Numbers of the network for a pixel and component: a logit, and for each of three channels mean,
/// log-scale and coefficient.
pub const NUMBERS: usize = 10;

/// Log-likelihood in nats of red, of green given red, and of blue given both: summed over the channels it
/// is the pixel's. Carries no gradient.
///
/// # Shapes
/// - `outputs`: `[batch, 10 * mixtures, height, width]`, in the order of METHODS 4.4
/// - `pictures`: `[batch, 3, height, width]`, RGB, -1 to 1, on the same device
/// - output: `[batch, 3, height, width]`
pub fn chain_maps(outputs: Tensor<4>, pictures: Tensor<4>) -> Tensor<4> {
    if is_ours(&outputs) && is_ours(&pictures) {
        kernel::chain_maps(outputs, pictures)
    } else {
        tensors::chain_maps(&outputs.detach(), &pictures)
    }
}

/// Negative log-likelihood in nats, of all pictures together. The gradient goes to the outputs alone.
///
/// # Shapes
/// - `outputs`, `pictures`: as for [`chain_maps`]
/// - output: `[1]`
pub fn nll(outputs: Tensor<4>, pictures: Tensor<4>) -> Tensor<1> {
    if is_ours(&outputs) && is_ours(&pictures) {
        kernel::nll(outputs, pictures)
    } else {
        tensors::nll(&outputs, &pictures)
    }
}

/// Bits a number of the picture costs, from the negative log-likelihood of all of them: `3 * side * side`
/// for a picture, `side * side` for one of its channels.
pub fn bits_per_dim(nll_nats: f64, numbers: usize) -> f64 {
    nll_nats / (std::f64::consts::LN_2 * numbers as f64)
}

#[cfg(test)]
pub mod tests;
