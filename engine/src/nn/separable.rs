//! Depthwise-separable convolution: a 3x3 filter for each channel, then a 1x1 mix of the channels
//! (METHODS 6.1).

use burn::nn::BatchNorm;
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::fold::folded;
use crate::nn::norm::Activation;

#[derive(Config, Debug)]
pub struct SeparableConvConfig {
    pub channels_in: usize,
    pub channels_out: usize,
}

/// 3x3 depthwise, stride 1, padding 1, then 1x1; no bias and nothing between the two.
#[derive(Module, Debug)]
pub struct SeparableConv {
    /// Weight `[channels_in, 1, 3, 3]`.
    depthwise: Conv,
    /// Weight `[channels_out, channels_in, 1, 1]`.
    pointwise: Conv,
}

impl SeparableConvConfig {
    pub fn init(&self, device: &Device) -> SeparableConv {
        let depthwise = ConvConfig::depthwise(self.channels_in, 3).with_padding(Padding::Even(1));
        SeparableConv {
            depthwise: depthwise.init(device),
            pointwise: ConvConfig::new(self.channels_in, self.channels_out, 1).init(device),
        }
    }
}

impl SeparableConv {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height, width]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.forward_normalized(input, None, Activation::None)
    }

    /// With its normalization, if that is not folded into it already (`fold`), and the activation.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height, width]`
    pub fn forward_normalized(
        &self,
        input: Tensor<4>,
        norm: Option<&BatchNorm>,
        then: Activation,
    ) -> Tensor<4> {
        let x = self.depthwise.forward(input);
        self.pointwise.forward_normalized(x, norm, then)
    }

    /// With the norm that follows folded into the 1x1 part: see `fold`.
    pub fn folded(self, norm: Option<BatchNorm>) -> (Self, Option<BatchNorm>) {
        let (pointwise, norm) = folded(self.pointwise, norm);
        let conv = Self { pointwise, ..self };
        (conv, norm)
    }
}
