//! Transposed convolution with its weights: how decoders enlarge.

use burn::module::Param;
use burn::nn::{BatchNorm, Initializer};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::kernels::transposed::{TransposedShape, transposed_conv2d};

#[derive(Config, Debug)]
pub struct TransposedConvConfig {
    pub channels_in: usize,
    pub channels_out: usize,
    /// Side of the square kernel.
    pub kernel: usize,
    #[config(default = 1)]
    pub stride: usize,
    /// Rows and columns cut off on every side.
    #[config(default = 0)]
    pub padding: usize,
}

/// Weight `[channels_in, channels_out, kernel, kernel]`, bias `[channels_out]`, as `PyTorch` has them.
#[derive(Module, Debug)]
pub struct TransposedConv {
    pub weight: Param<Tensor<4>>,
    pub bias: Param<Tensor<1>>,
    stride: usize,
    padding: usize,
}

impl TransposedConvConfig {
    pub fn init(&self, device: &Device) -> TransposedConv {
        // PyTorch's default counts the inputs of the convolution that this turns round.
        let fan_in = self.channels_out * self.kernel * self.kernel;
        let bound = 1.0 / (fan_in.max(1) as f64).sqrt();
        let start = Initializer::Uniform {
            min: -bound,
            max: bound,
        };
        let shape = [
            self.channels_in,
            self.channels_out,
            self.kernel,
            self.kernel,
        ];
        TransposedConv {
            weight: start.init(shape, device),
            bias: start.init([self.channels_out], device),
            stride: self.stride,
            padding: self.padding,
        }
    }
}

impl TransposedConv {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`, neither side 0
    /// - output: `[batch, channels_out, height', width']`, each side
    ///   `(side - 1) * stride + kernel - 2 * padding`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = input.dims();
        let [_, _, kernel, _] = self.weight.shape().dims();
        let reached = |side: usize| (side - 1) * self.stride + kernel - 2 * self.padding;
        let shape = TransposedShape {
            stride: self.stride,
            before: [self.padding; 2],
            output: [reached(height), reached(width)],
        };
        transposed_conv2d(input, self.weight.val(), self.bias.val(), shape)
    }

    /// With the work of the norm after it done by its weights: see `fold`.
    pub fn folded(mut self, norm: &BatchNorm) -> Self {
        let variance = norm.running_var.value_sync();
        let scale = norm.gamma.val() / (variance + norm.epsilon).sqrt();
        let [channels] = scale.dims();
        let mean = norm.running_mean.value_sync();
        let bias = norm.beta.val() + (self.bias.val() - mean) * scale.clone();
        let weight = self.weight.val() * scale.reshape([1, channels, 1, 1]);
        self.weight = Param::from_tensor(weight);
        self.bias = Param::from_tensor(bias);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{host_tensor, num_trainable};
    use burn::nn::BatchNormConfig;

    #[test]
    fn sizes_are_those_of_pytorch() {
        let device = Device::flex();
        let check = |kernel, stride, padding, side: usize, expected| {
            let conv = TransposedConvConfig::new(2, 3, kernel)
                .with_stride(stride)
                .with_padding(padding)
                .init(&device);
            let output = conv.forward(Tensor::zeros([1, 2, side, side], &device));
            assert_eq!(output.dims(), [1, 3, expected, expected]);
        };
        check(4, 1, 0, 1, 4);
        check(4, 2, 1, 4, 8);
        check(4, 2, 1, 128, 256);
        check(3, 1, 1, 5, 5);
        let conv = TransposedConvConfig::new(128, 256, 4).init(&device);
        assert_eq!(num_trainable(&conv), 128 * 256 * 16 + 256);
    }

    #[test]
    fn a_folded_norm_changes_nothing() {
        let device = Device::flex();
        let config = TransposedConvConfig::new(2, 3, 4)
            .with_stride(2)
            .with_padding(1);
        let conv = seeded(config.init(&device), 1);
        let norm = BatchNormConfig::new(3).init(&device);
        let moved = norm.gamma.val() * 3.0 + 0.5;
        let norm = BatchNorm {
            gamma: Param::from_tensor(moved),
            ..norm
        };
        norm.running_mean
            .update(Tensor::from_floats([0.2, -0.1, 0.4], &device));
        norm.running_var
            .update(Tensor::from_floats([0.3, 2.0, 1.4], &device));
        let norm = burn::prelude::Module::valid(&norm);
        let input = Tensor::<4>::ones([1, 2, 3, 3], &device) * 0.7;
        let expected = host_tensor(norm.forward(conv.forward(input.clone()))).unwrap();
        let found = host_tensor(conv.folded(&norm).forward(input)).unwrap();
        for (found, expected) in found.values.iter().zip(&expected.values) {
            assert!((found - expected).abs() < 1e-5, "{found}, {expected}");
        }
    }
}
