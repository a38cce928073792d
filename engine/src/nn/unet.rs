//! U-Net's decoder over a backbone's pyramid: paints a picture of the size that the backbone was shown
//! (METHODS 1.3; Ronneberger et al., U-Net, 2015, as `segmentation_models.pytorch` builds it).

use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::conv_norm::{ConvNorm, ConvNormConfig};
use crate::nn::kernels::doubling::{doubled, doubled_beside};
use crate::nn::kernels::tanh::tanh;
use crate::nn::norm::Activation;

/// Channels after each block at full width, from the smallest size on.
const CHANNELS: [usize; 5] = [256, 128, 64, 32, 16];

#[derive(Config, Debug)]
pub struct UnetConfig {
    /// Channels of the pyramid at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size.
    pub tap_channels: Vec<usize>,
    /// Ends with a hyperbolic tangent, for pictures from -1 to 1; else with nothing, for standardized
    /// ones.
    pub has_tanh: bool,
    /// Scales the channels after each block; 1 is METHODS 1.3.
    #[config(default = 1.0)]
    pub width: f64,
}

#[derive(Module, Debug)]
pub struct UnetDecoder {
    blocks: Vec<UnetBlock>,
    head: Conv,
    has_tanh: bool,
}

/// Twice the size, the skip beside it, and two 3x3 convolutions.
#[derive(Module, Debug)]
struct UnetBlock {
    convs: Vec<ConvNorm>,
}

impl UnetConfig {
    /// Channels after each block at this width: the nearest multiples of 8, at least 8.
    pub fn channels(&self) -> [usize; 5] {
        CHANNELS.map(|at_full_width| {
            let eighths = (at_full_width as f64 * self.width / 8.0).round();
            8 * (eighths as usize).max(1)
        })
    }

    pub fn init(&self, device: &Device) -> UnetDecoder {
        let three = |channels_in, channels_out| {
            ConvConfig::new(channels_in, channels_out, 3).with_padding(Padding::Even(1))
        };
        let step = |channels_in, channels_out| {
            let config = ConvNormConfig {
                conv: three(channels_in, channels_out),
                epsilon: 1e-5,
                then: Activation::Relu,
            };
            config.init(device)
        };
        let mut smaller = self.tap_channels.iter().rev();
        let mut channels_in = smaller.next().copied().unwrap_or_default();
        let mut blocks = Vec::with_capacity(CHANNELS.len());
        for channels in self.channels() {
            let skip = smaller.next().copied().unwrap_or_default();
            blocks.push(UnetBlock {
                convs: vec![step(channels_in + skip, channels), step(channels, channels)],
            });
            channels_in = channels;
        }
        UnetDecoder {
            blocks,
            head: three(channels_in, 3).with_bias(true).init(device),
            has_tanh: self.has_tanh,
        }
    }
}

impl UnetDecoder {
    /// # Shapes
    /// - `taps`: the pyramid of pictures `[batch, 3, height, width]`, both multiples of 32: each tap
    ///   `[batch, channels, height / n, width / n]` with n 2, 4, 8, 16 and 32
    /// - output: `[batch, 3, height, width]`
    pub fn forward(&self, mut taps: Vec<Tensor<4>>) -> Tensor<4> {
        let mut x = taps.pop().expect("a pyramid has five taps");
        for block in &self.blocks {
            x = block.forward(x, taps.pop());
        }
        let picture = self.head.forward(x);
        if self.has_tanh {
            tanh(picture)
        } else {
            picture
        }
    }

    /// The inference form: see `fold`.
    pub fn folded(self) -> Self {
        Self {
            blocks: self.blocks.into_iter().map(UnetBlock::folded).collect(),
            ..self
        }
    }
}

impl UnetBlock {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - `skip`: `[batch, channels_skip, 2 height, 2 width]`
    /// - output: `[batch, channels_out, 2 height, 2 width]`
    fn forward(&self, input: Tensor<4>, skip: Option<Tensor<4>>) -> Tensor<4> {
        let mut x = match skip {
            Some(skip) => doubled_beside(input, skip),
            None => doubled(input),
        };
        for conv in &self.convs {
            x = conv.forward(x);
        }
        x
    }

    fn folded(self) -> Self {
        Self {
            convs: self.convs.into_iter().map(ConvNorm::folded).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::{host_tensor, num_trainable};

    #[test]
    fn counts_are_those_of_the_reference() {
        let check = |tap_channels: [usize; 5], expected| {
            let decoder = UnetConfig::new(tap_channels.to_vec(), true).init(&Device::flex());
            assert_eq!(num_trainable(&decoder), expected);
        };
        // Xception; B5; B5 with its head.
        check([64, 128, 256, 728, 2048], 7_962_739);
        check([48, 40, 64, 176, 512], 2_875_507);
        check([48, 40, 64, 176, 2048], 6_414_451);
    }

    #[test]
    fn widths_round_to_multiples_of_eight() {
        let check = |width, expected: [usize; 5]| {
            let config = UnetConfig::new(vec![8; 5], true).with_width(width);
            assert_eq!(config.channels(), expected);
        };
        check(1.0, CHANNELS);
        check(0.25, [64, 32, 16, 8, 8]);
        check(0.3, [80, 40, 16, 8, 8]);
        let narrow = UnetConfig::new(vec![8; 5], true).with_width(0.25);
        // torch: 64 * 16 * 9 + 64 * 64 * 9 + 128 and so on, and 8 * 3 * 9 + 3.
        let blocks = [(16, 64), (72, 32), (40, 16), (24, 8), (8, 8)];
        let block =
            |(inputs, outputs): (usize, usize)| 9 * outputs * (inputs + outputs) + 4 * outputs;
        let expected = blocks.into_iter().map(block).sum::<usize>() + 219;
        assert_eq!(num_trainable(&narrow.init(&Device::flex())), expected);
    }

    #[test]
    fn the_painted_picture_has_the_size_of_the_shown_one() {
        let device = Device::flex();
        let taps = |height: usize, width: usize| {
            [2, 4, 8, 16, 32]
                .map(|n| Tensor::<4>::ones([1, 4, height / n, width / n], &device) * 50.0)
                .to_vec()
        };
        let decoder = |has_tanh| UnetConfig::new(vec![4; 5], has_tanh).init(&device);
        let picture = decoder(true).forward(taps(64, 96));
        assert_eq!(picture.dims(), [1, 3, 64, 96]);
        let values = host_tensor(picture).unwrap().values;
        assert!(values.iter().all(|value| value.abs() <= 1.0));
        let picture = decoder(false).forward(taps(32, 32));
        assert_eq!(picture.dims(), [1, 3, 32, 32]);
    }
}
