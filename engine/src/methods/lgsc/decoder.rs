//! LGSC's cue decoder (METHODS 7; `DeCoder` of VIS-VAR/LGSC-for-FAS): paints over a backbone's pyramid what
//! a face has that pristine ones have not.
//!
//! METHODS gives the count 5,146,071 over `ResNet18`. It comes out in one way alone: no convolution has a
//! bias, every instance norm has a scale and a shift, and the first block of every level has a 1x1
//! convolution of its own on its way around, beside the level's. The official code agrees.

use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::instance_norm::InstanceNorm;
use crate::nn::kernels::doubling::doubled;
use crate::nn::kernels::elementwise::{add, relu};
use crate::nn::norm::Activation;

/// Fewest channels of a level, however narrow the decoder is.
const MIN_CHANNELS: usize = 4;

#[derive(Config, Debug)]
pub struct CueDecoderConfig {
    /// Channels of the pyramid at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size.
    pub tap_channels: Vec<usize>,
    /// Scales the channels of the levels; at 1 each has as many as the tap of its size, the last as many
    /// as the first tap.
    #[config(default = 1.0)]
    pub width: f64,
}

#[derive(Module, Debug)]
pub struct CueDecoder {
    levels: Vec<Level>,
}

/// What a decoder paints.
#[derive(Debug)]
pub struct Painted {
    /// The five maps of the triplet losses: the pyramid's last tap and the levels but the last, at 1/32,
    /// 1/16, 1/8, 1/4 and 1/2 of the size.
    pub maps: Vec<Tensor<4>>,
    /// `[batch, 3, height, width]`, between -1 and 1, in the units of the pictures shown to the backbone.
    pub cue: Tensor<4>,
}

/// Twice the size, the skip beside it, and two residual blocks with one more way around both.
#[derive(Module, Debug)]
struct Level {
    enlarge: Step,
    blocks: Vec<Block>,
    around: Step,
}

/// Two 3x3 convolutions with a way around them; the last `ReLU` comes after both met.
#[derive(Module, Debug)]
struct Block {
    convs: Vec<Step>,
    shortcut: Option<Step>,
}

/// A convolution with its instance norm and activation.
#[derive(Module, Debug)]
struct Step {
    conv: Conv,
    norm: InstanceNorm,
    #[module(skip)]
    then: Activation,
}

impl CueDecoderConfig {
    /// Channels of the 2x2 convolutions, from the smallest size on.
    fn channels(&self) -> Vec<usize> {
        let scaled = |tap: usize| ((tap as f64 * self.width).round() as usize).max(MIN_CHANNELS);
        let skips = self.tap_channels.iter().rev().skip(1);
        let last = self.tap_channels.first();
        skips.chain(last).map(|&tap| scaled(tap)).collect()
    }

    pub fn init(&self, device: &Device) -> CueDecoder {
        let mut taps = self.tap_channels.iter().rev();
        let mut channels_in = taps.next().copied().unwrap_or_default();
        let mut levels = Vec::with_capacity(self.tap_channels.len());
        for enlarged in self.channels() {
            let skip = taps.next();
            // The last level has no skip and paints the cue.
            let channels_out = skip.map_or(3, |_| enlarged);
            let joined = enlarged + skip.copied().unwrap_or_default();
            levels.push(Level {
                // METHODS 7: a zero more at the right and at the bottom, which is what SAME gives it.
                enlarge: Step::new(
                    ConvConfig::new(channels_in, enlarged, 2).with_padding(Padding::Same),
                    Activation::Relu,
                    device,
                ),
                blocks: vec![
                    Block::new(joined, channels_out, device),
                    Block::new(channels_out, channels_out, device),
                ],
                around: Step::mixing(joined, channels_out, device),
            });
            channels_in = channels_out;
        }
        CueDecoder { levels }
    }
}

impl CueDecoder {
    /// # Shapes
    /// - `taps`: the pyramid of pictures `[batch, 3, height, width]`, both multiples of 32: each tap
    ///   `[batch, channels, height / n, width / n]` with n 2, 4, 8, 16 and 32
    pub fn forward(&self, mut taps: Vec<Tensor<4>>) -> Painted {
        let mut x = taps.pop().expect("a pyramid has five taps");
        let mut maps = Vec::with_capacity(self.levels.len());
        for level in &self.levels {
            maps.push(x.clone());
            x = level.forward(x, taps.pop());
        }
        Painted {
            maps,
            cue: x.tanh(),
        }
    }
}

impl Level {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - `skip`: `[batch, channels_skip, 2 height, 2 width]`
    /// - output: `[batch, channels_out, 2 height, 2 width]`
    fn forward(&self, input: Tensor<4>, skip: Option<Tensor<4>>) -> Tensor<4> {
        let mut x = self.enlarge.forward(doubled(input));
        if let Some(skip) = skip {
            x = Tensor::cat(vec![x, skip], 1);
        }
        let around = self.around.forward(x.clone());
        for block in &self.blocks {
            x = block.forward(x);
        }
        add(x, around)
    }
}

impl Block {
    fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        let three = |channels_in, then| {
            let conv = ConvConfig::new(channels_in, channels_out, 3);
            Step::new(conv.with_padding(Padding::Even(1)), then, device)
        };
        let is_projected = channels_in != channels_out;
        Self {
            convs: vec![
                three(channels_in, Activation::Relu),
                three(channels_out, Activation::None),
            ],
            shortcut: is_projected.then(|| Step::mixing(channels_in, channels_out, device)),
        }
    }

    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height, width]`, not negative
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let mut x = input.clone();
        for conv in &self.convs {
            x = conv.forward(x);
        }
        let skip = match &self.shortcut {
            Some(shortcut) => shortcut.forward(input),
            None => input,
        };
        relu(add(x, skip))
    }
}

impl Step {
    fn new(conv: ConvConfig, then: Activation, device: &Device) -> Self {
        Self {
            conv: conv.init(device),
            norm: InstanceNorm::new(conv.channels_out, device),
            then,
        }
    }

    /// A 1x1 convolution without activation.
    fn mixing(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        let conv = ConvConfig::new(channels_in, channels_out, 1);
        Self::new(conv, Activation::None, device)
    }

    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height, width]`
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.norm.forward(self.conv.forward(input), self.then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{host_tensor, num_trainable};
    use burn::prelude::TensorData;

    /// A pyramid of pictures of 64 pixels.
    fn taps(channels: [usize; 5], device: &Device) -> Vec<Tensor<4>> {
        let numbered = channels.into_iter().enumerate();
        let taps = numbered.map(|(at, channels)| {
            let side = 32 >> at;
            let count = 2 * channels * side * side;
            let values: Vec<f32> = (0..count).map(|i| (i * 37 % 101) as f32 * 0.05).collect();
            Tensor::from_data(TensorData::new(values, [2, channels, side, side]), device)
        });
        taps.collect()
    }

    #[test]
    fn the_count_over_resnet18_is_the_published_one() {
        let config = CueDecoderConfig::new(vec![64, 64, 128, 256, 512]);
        assert_eq!(config.channels(), [256, 128, 64, 64, 64]);
        assert_eq!(num_trainable(&config.init(&Device::flex())), 5_146_071);
    }

    #[test]
    fn maps_have_the_sizes_of_the_triplet_losses_and_the_cue_that_of_the_picture() {
        let device = Device::flex();
        let config = CueDecoderConfig::new(vec![6, 8, 10, 12, 16]).with_width(0.5);
        let decoder = seeded(config.init(&device), 1);
        let painted = decoder.forward(taps([6, 8, 10, 12, 16], &device));
        let shapes: Vec<[usize; 4]> = painted.maps.iter().map(Tensor::dims).collect();
        assert_eq!(
            shapes,
            [
                [2, 16, 2, 2],
                [2, 6, 4, 4],
                [2, 5, 8, 8],
                [2, 4, 16, 16],
                [2, 4, 32, 32]
            ]
        );
        assert_eq!(painted.cue.dims(), [2, 3, 64, 64]);
        let cue = host_tensor(painted.cue).unwrap().values;
        // METHODS 7 has them below 1; as floats, hyperbolic tangents from 9 on are 1.
        assert!(cue.iter().all(|value| value.abs() <= 1.0));
        assert!(cue.iter().any(|value| 0.1 < value.abs()));
    }

    #[test]
    fn a_convolution_of_two_sees_what_is_right_and_below() {
        let device = Device::flex();
        let conv = ConvConfig::new(1, 1, 2).with_padding(Padding::Same);
        let mut conv = conv.init(&device);
        conv.weight = conv.weight.map(|weight| weight.ones_like());
        let input = Tensor::from_data([[[[1.0_f32, 2.0], [4.0, 8.0]]]], &device);
        let output = host_tensor(conv.forward(input)).unwrap();
        assert_eq!(output.values, [15.0, 10.0, 12.0, 8.0]);
    }
}
