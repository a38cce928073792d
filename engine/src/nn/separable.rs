//! Depthwise-separable convolution: a 3x3 filter for each channel, then a 1x1 mix of the channels
//! (METHODS 6.1).

use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::prelude::{Config, Device, Module, Tensor};

#[derive(Config, Debug)]
pub struct SeparableConvConfig {
    pub channels_in: usize,
    pub channels_out: usize,
}

/// 3x3 depthwise, stride 1, padding 1, then 1x1; no bias and nothing between the two.
#[derive(Module, Debug)]
pub struct SeparableConv {
    /// Weight `[channels_in, 1, 3, 3]`.
    depthwise: Conv2d,
    /// Weight `[channels_out, channels_in, 1, 1]`.
    pointwise: Conv2d,
}

impl SeparableConvConfig {
    pub fn init(&self, device: &Device) -> SeparableConv {
        let depthwise = Conv2dConfig::new([self.channels_in, self.channels_in], [3, 3])
            .with_groups(self.channels_in)
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_bias(false);
        let pointwise =
            Conv2dConfig::new([self.channels_in, self.channels_out], [1, 1]).with_bias(false);
        SeparableConv {
            depthwise: depthwise.init(device),
            pointwise: pointwise.init(device),
        }
    }
}

impl SeparableConv {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height, width]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        mix_channels(self.depthwise.forward(input), self.pointwise.weight.val())
    }
}

/// A 1x1 convolution as one matrix product a picture: the same numbers, and gradients that are
/// products too. On the CPU device burn's convolution takes five times as long there and back.
///
/// # Shapes
/// - `input`: `[batch, channels_in, height, width]`
/// - `weight`: `[channels_out, channels_in, 1, 1]`
/// - output: `[batch, channels_out, height, width]`
pub fn mix_channels(input: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
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
    use burn::prelude::TensorData;

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
