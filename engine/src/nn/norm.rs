//! Batch normalization with the activation that follows it.

use burn::nn::BatchNorm;
use burn::prelude::Tensor;

use crate::nn::kernels::batch_norm::{batch_norm, takes};
use crate::nn::kernels::elementwise::relu;
use crate::nn::kernels::silu::silu;

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
    then.apply(norm.forward(input))
}

impl Activation {
    pub fn apply(self, input: Tensor<4>) -> Tensor<4> {
        match self {
            Self::None => input,
            Self::Relu => relu(input),
            Self::Silu => silu(input),
        }
    }
}
