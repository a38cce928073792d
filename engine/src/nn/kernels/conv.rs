//! Chooses how a convolution is computed.

use super::depthwise::{depthwise_conv2d, depthwise_conv2d_then};
use super::planes::is_ours;
use burn::prelude::Tensor;
use burn::tensor::module;
use burn::tensor::ops::ConvOptions;

use super::dense;
use crate::nn::norm::Activation;

/// Everything about a convolution but its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// The same down and across.
    pub stride: usize,
    /// Zeros above, below, left and right.
    pub padding: [usize; 4],
    pub groups: usize,
}

/// # Shapes
/// - `input`: `[batch, channels_in, height, width]`
/// - `weight`: `[channels_out, channels_in / groups, kernel, kernel]`
/// - `bias`: `[channels_out]`
/// - output: `[batch, channels_out, height', width']`
pub fn conv2d(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    shape: ConvShape,
) -> Tensor<4> {
    let ConvShape {
        stride,
        padding: [top, bottom, left, right],
        groups,
    } = shape;
    // Faster than burn's in all ten sizes measured, forward and with both gradients:
    // `cargo bench --bench convolutions`.
    if groups == 1 && is_ours(&input) {
        return dense::dense_conv2d(input, weight, bias, shape);
    }
    let is_unpadded = shape.padding == [0; 4];
    if weight.dims()[2..] == [1, 1] && groups == 1 && stride == 1 && is_unpadded && bias.is_none() {
        return mix_channels(input, weight);
    }
    if bias.is_none()
        && let Some(output) = depthwise_conv2d(&input, &weight, shape)
    {
        return output;
    }
    let options = ConvOptions::new_with_padding(
        [stride, stride],
        [(top, bottom), (left, right)],
        [1, 1],
        groups,
    );
    module::conv2d(input, weight, bias, options)
}

/// As [`conv2d`] with the activation after it. Where no gradient comes back, the CPU device does both
/// in one pass over memory.
///
/// # Shapes
/// - as [`conv2d`]
pub fn conv2d_then(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    shape: ConvShape,
    then: Activation,
) -> Tensor<4> {
    let has_gradients = input.device().is_autodiff() || weight.device().is_autodiff();
    if !has_gradients && is_ours(&input) && is_ours(&weight) {
        if shape.groups == 1 {
            return dense::dense_conv2d_then(input, weight, bias, shape, then);
        }
        let output = depthwise_conv2d_then(&input, &weight, bias.as_ref(), shape, then);
        if let Some(output) = output {
            return output;
        }
    }
    then.apply(conv2d(input, weight, bias, shape))
}

/// A 1x1 convolution as one matrix product a picture: the same numbers, and gradients that are
/// products too. On the CPU device burn's convolution takes five times as long there and back.
///
/// # Shapes
/// - `input`: `[batch, channels_in, height, width]`
/// - `weight`: `[channels_out, channels_in, 1, 1]`
/// - output: `[batch, channels_out, height, width]`
fn mix_channels(input: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
    let [batch, channels_in, height, width] = input.dims();
    let [channels_out, ..] = weight.dims();
    weight
        .reshape([1, channels_out, channels_in])
        .matmul(input.reshape([batch, channels_in, height * width]))
        .reshape([batch, channels_out, height, width])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::host_tensor;
    use burn::nn::conv::Conv2dConfig;
    use burn::prelude::{Device, TensorData};

    #[test]
    fn mixing_equals_the_convolution_and_so_do_its_gradients() {
        let device = Device::flex().autodiff();
        let conv = Conv2dConfig::new([3, 5], [1, 1])
            .with_bias(false)
            .init(&device);
        let conv = seeded(conv, 2);
        let values: Vec<f32> = (0..2 * 3 * 4 * 6).map(|i| (i % 13) as f32 * 0.1).collect();
        let input = Tensor::<4>::from_data(TensorData::new(values, [2, 3, 4, 6]), &device);
        let check = |forward: &dyn Fn(Tensor<4>) -> Tensor<4>| {
            let input = input.clone().require_grad();
            let output = forward(input.clone());
            let mut gradients = output.clone().square().sum().backward();
            let to_input = input.grad_remove(&mut gradients).unwrap();
            let to_weight = conv.weight.val().grad_remove(&mut gradients).unwrap();
            [output.inner(), to_input, to_weight].map(|tensor| host_tensor(tensor).unwrap())
        };
        let expected = check(&|input| conv.forward(input));
        let found = check(&|input| mix_channels(input, conv.weight.val()));
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected.shape, found.shape);
            for (expected, found) in expected.values.iter().zip(&found.values) {
                // Sums of at most 48 terms in another order.
                assert!((expected - found).abs() < 1e-4, "{expected} and {found}");
            }
        }
    }
}
