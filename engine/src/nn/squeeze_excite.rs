//! Squeeze and excite: the picture as a whole decides how much each channel counts.
//! Hu et al., Squeeze-and-Excitation Networks, 2018; with `SiLU` as in `EfficientNet` (METHODS 6.2).

use burn::prelude::{Device, Module, Tensor};
use burn::tensor::activation::sigmoid;

use crate::nn::conv::{Conv, ConvConfig};
use crate::nn::kernels::silu::silu;
use crate::nn::pool::pool;

/// Mean, 1x1 down to a few channels, `SiLU`, 1x1 up again, sigmoid: a factor for each channel.
#[derive(Module, Debug)]
pub struct SqueezeExcite {
    reduce: Conv,
    expand: Conv,
}

impl SqueezeExcite {
    pub fn new(channels: usize, reduced: usize, device: &Device) -> Self {
        let conv = |channels_in, channels_out| {
            ConvConfig::new(channels_in, channels_out, 1)
                .with_bias(true)
                .init(device)
        };
        Self {
            reduce: conv(channels, reduced),
            expand: conv(reduced, channels),
        }
    }

    /// # Shapes
    /// - `input` and output: `[batch, channels, height, width]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let [batch, channels, _, _] = input.dims();
        let mean = pool(input.clone()).reshape([batch, channels, 1, 1]);
        let gate = self.expand.forward(silu(self.reduce.forward(mean)));
        input * sigmoid(gate)
    }
}
