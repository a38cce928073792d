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
        self.pointwise.forward(self.depthwise.forward(input))
    }
}
