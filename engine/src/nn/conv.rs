//! Two-dimensional convolution with its weights: what every backbone is made of.

use burn::module::Param;
use burn::nn::{BatchNorm, Initializer};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::kernels::conv::{ConvShape, conv2d_then};
use crate::nn::norm::{Activation, normalized};

/// What is added around a picture before it is convolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Padding {
    /// So many zeros on every side.
    Even(usize),
    /// TensorFlow's SAME: output `ceil(input / stride)`; where the zeros do not divide, one more at the
    /// bottom and at the right.
    Same,
}

#[derive(Config, Debug)]
pub struct ConvConfig {
    pub channels_in: usize,
    pub channels_out: usize,
    /// Side of the square kernel.
    pub kernel: usize,
    #[config(default = 1)]
    pub stride: usize,
    #[config(default = "Padding::Even(0)")]
    pub padding: Padding,
    #[config(default = 1)]
    pub groups: usize,
    #[config(default = false)]
    pub bias: bool,
}

/// Weight `[channels_out, channels_in / groups, kernel, kernel]`, bias `[channels_out]`.
#[derive(Module, Debug)]
pub struct Conv {
    pub weight: Param<Tensor<4>>,
    pub bias: Option<Param<Tensor<1>>>,
    stride: usize,
    groups: usize,
    #[module(skip)]
    padding: Padding,
}

impl ConvConfig {
    /// Each channel by itself, without bias.
    pub fn depthwise(channels: usize, kernel: usize) -> Self {
        Self::new(channels, channels, kernel).with_groups(channels)
    }

    pub fn init(&self, device: &Device) -> Conv {
        let inputs = self.channels_in / self.groups;
        let fan_in = inputs * self.kernel * self.kernel;
        // PyTorch's and burn's default: uniform within 1 / sqrt(fan_in).
        let bound = 1.0 / (fan_in.max(1) as f64).sqrt();
        let start = Initializer::Uniform {
            min: -bound,
            max: bound,
        };
        let shape = [self.channels_out, inputs, self.kernel, self.kernel];
        Conv {
            weight: start.init(shape, device),
            bias: self.bias.then(|| start.init([self.channels_out], device)),
            stride: self.stride,
            groups: self.groups,
            padding: self.padding,
        }
    }
}

impl Conv {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height', width']`, by kernel, stride and padding
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.forward_then(input, Activation::None)
    }

    /// As `forward`, with the activation after it.
    ///
    /// # Shapes
    /// - as `forward`
    pub fn forward_then(&self, input: Tensor<4>, then: Activation) -> Tensor<4> {
        let [_, _, height, width] = input.dims();
        let [_, _, kernel, _] = self.weight.shape().dims();
        let (top, bottom) = self.padding.ends(height, kernel, self.stride);
        let (left, right) = self.padding.ends(width, kernel, self.stride);
        let shape = ConvShape {
            stride: self.stride,
            padding: [top, bottom, left, right],
            groups: self.groups,
        };
        let bias = self.bias.as_ref().map(Param::val);
        conv2d_then(input, self.weight.val(), bias, shape, then)
    }

    /// With its normalization, if that is not folded into it already (`fold`), and the activation.
    ///
    /// # Shapes
    /// - as `forward`
    pub fn forward_normalized(
        &self,
        input: Tensor<4>,
        norm: Option<&BatchNorm>,
        then: Activation,
    ) -> Tensor<4> {
        match norm {
            Some(norm) => normalized(norm, self.forward(input), then),
            None => self.forward_then(input, then),
        }
    }
}

impl Padding {
    /// Zeros before and after `length` pixels.
    fn ends(self, length: usize, kernel: usize, stride: usize) -> (usize, usize) {
        match self {
            Self::Even(padding) => (padding, padding),
            Self::Same => {
                let covered = (length.div_ceil(stride).max(1) - 1) * stride + kernel;
                let missing = covered.saturating_sub(length);
                (missing / 2, missing - missing / 2)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_padding_puts_the_odd_zero_last() {
        assert_eq!(Padding::Same.ends(224, 3, 2), (0, 1));
        assert_eq!(Padding::Same.ends(299, 3, 2), (1, 1));
        assert_eq!(Padding::Same.ends(56, 5, 1), (2, 2));
        assert_eq!(Padding::Same.ends(7, 1, 2), (0, 0));
        assert_eq!(Padding::Even(3).ends(7, 7, 2), (3, 3));
    }

    #[test]
    fn sizes_follow_the_padding() {
        let device = Device::flex();
        let side = |padding, stride, size| {
            let conv = ConvConfig::new(2, 3, 3)
                .with_stride(stride)
                .with_padding(padding)
                .init(&device);
            conv.forward(Tensor::zeros([1, 2, size, size], &device))
                .dims()
        };
        assert_eq!(side(Padding::Even(0), 2, 9), [1, 3, 4, 4]);
        assert_eq!(side(Padding::Even(1), 2, 9), [1, 3, 5, 5]);
        assert_eq!(side(Padding::Same, 2, 8), [1, 3, 4, 4]);
    }
}
