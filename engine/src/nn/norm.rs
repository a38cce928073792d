//! Batch normalization with the activation that follows it.

use burn::nn::BatchNorm;
use burn::prelude::Tensor;
use burn::tensor::activation::{relu, silu};

use crate::nn::kernels::batch_norm::{batch_norm, takes};

/// What follows a normalization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    None,
    Relu,
    /// `x * sigmoid(x)`, also called swish.
    Silu,
}

/// Normalizes by the batch's statistics in training and by the running ones otherwise.
///
/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`
pub fn normalized(norm: &BatchNorm, input: Tensor<4>, then: Activation) -> Tensor<4> {
    if takes(norm, &input) {
        return batch_norm(norm, input, then);
    }
    let output = norm.forward(input);
    match then {
        Activation::None => output,
        Activation::Relu => relu(output),
        Activation::Silu => silu(output),
    }
}
