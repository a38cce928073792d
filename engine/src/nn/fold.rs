//! Inference form: a batch norm is a scale and a shift for each channel, and the convolution before it
//! can do both, so that one pass over the features goes away.
//!
//! Folded networks give the same scores within rounding (1e-4) and cannot be trained or saved.

use burn::module::{Param, ParamId};
use burn::nn::BatchNorm;

use crate::nn::conv::Conv;

/// The convolution that does the work of both: weight `w * g / sqrt(v + e)`, bias
/// `b + (bias - m) * g / sqrt(v + e)`, with the norm's scale g, shift b, running mean m and variance v.
///
/// Without a norm the convolution stays as it is. Give it parts of `module.valid()`: nothing here is
/// for training. The norm that comes back is always none; it is there to be put into the module.
pub fn folded(mut conv: Conv, norm: Option<BatchNorm>) -> (Conv, Option<BatchNorm>) {
    let Some(norm) = norm else {
        return (conv, None);
    };
    let variance = norm.running_var.value_sync();
    let scale = norm.gamma.val() / (variance + norm.epsilon).sqrt();
    let [channels] = scale.dims();
    let mean = norm.running_mean.value_sync();
    let shift = match &conv.bias {
        Some(bias) => bias.val() - mean,
        None => mean.neg(),
    };
    let bias = norm.beta.val() + shift * scale.clone();
    let weight = conv.weight.val() * scale.reshape([channels, 1, 1, 1]);
    conv.weight = Param::initialized(ParamId::new(), weight);
    conv.bias = Some(Param::initialized(ParamId::new(), bias));
    (conv, None)
}
