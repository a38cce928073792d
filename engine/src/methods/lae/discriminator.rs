//! DCGAN's discriminator (METHODS 3.1; Radford et al., Unsupervised Representation Learning with Deep
//! Convolutional Generative Adversarial Networks, 2016): tells faces from those that the decoder painted.

use burn::nn::{BatchNorm, BatchNormConfig};
use burn::prelude::{Config, Device, Module, Tensor};
use serde::{Deserialize, Serialize};

use crate::methods::lae::network::{going_on, scaled};
use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::kernels::elementwise::{add, relu};
use crate::nn::norm::{Activation, normalized};

/// Channels of the halving convolutions; further ones have as many as the last.
const CHANNELS: [usize; 4] = [64, 128, 256, 512];

/// What is left of numbers below zero.
const LEAK: f32 = 0.2;

/// How it looks at pictures larger than DCGAN's own 64 px, which the paper does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Halves until 4x4 are left: one answer a picture.
    Whole,
    /// Halves four times, as at 64 px: an answer for each part of a larger picture, 13x13 at 256 px.
    Patch,
}

#[derive(Config, Debug)]
pub struct DiscriminatorConfig {
    /// Side of the pictures: a power of two, at least 32.
    #[config(default = 256)]
    pub side_px: usize,
    /// Scales the channels; 1 is DCGAN.
    #[config(default = 1.0)]
    pub width: f64,
    #[config(default = "Extent::Whole")]
    pub extent: Extent,
}

/// Without biases, as DCGAN's code has it.
#[derive(Module, Debug)]
pub struct Discriminator {
    first: Conv,
    stages: Vec<Stage>,
    last: Conv,
}

#[derive(Module, Debug)]
struct Stage {
    conv: Conv,
    norm: BatchNorm,
}

impl DiscriminatorConfig {
    pub fn init(&self, device: &Device) -> Discriminator {
        let halvings = (self.side_px / 4).max(2).ilog2() as usize;
        let halvings = match self.extent {
            Extent::Whole => halvings,
            Extent::Patch => halvings.min(4),
        };
        let channels = |at| scaled(going_on(&CHANNELS, at), self.width);
        let halving = |channels_in, channels_out| {
            ConvConfig::new(channels_in, channels_out, 4)
                .with_stride(2)
                .with_padding(Padding::Even(1))
                .init(device)
        };
        let stage = |at| Stage {
            conv: halving(channels(at - 1), channels(at)),
            norm: BatchNormConfig::new(channels(at)).init(device),
        };
        Discriminator {
            first: halving(3, channels(0)),
            stages: (1..halvings).map(stage).collect(),
            last: ConvConfig::new(channels(halvings - 1), 1, 4).init(device),
        }
    }
}

impl Discriminator {
    /// Logits: above zero where it takes the picture for a face from a clip.
    ///
    /// # Shapes
    /// - `pictures`: `[batch, 3, side, side]`, RGB, -1 to 1
    /// - output: `[batch, answers]`, one of a whole picture
    pub fn logits(&self, pictures: Tensor<4>) -> Tensor<2> {
        let mut x = leaky(self.first.forward(pictures));
        for Stage { conv, norm } in &self.stages {
            x = leaky(normalized(norm, conv.forward(x), Activation::None));
        }
        let answers = self.last.forward(x);
        let [batch, _, height, width] = answers.dims();
        answers.reshape([batch, height * width])
    }
}

/// Leaky `ReLU`: `x` above zero, a fifth of it below.
///
/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`
fn leaky(input: Tensor<4>) -> Tensor<4> {
    let above = relu(input.clone()) * (1.0 - LEAK);
    add(above, input * LEAK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::{host_tensor, num_trainable};

    #[test]
    fn counts_are_those_of_dcgan_and_of_methods() {
        let device = Device::flex();
        let at = |side_px| DiscriminatorConfig::new().with_side_px(side_px);
        assert_eq!(num_trainable(&at(64).init(&device)), 2_765_568);
        let large = at(256);
        assert_eq!(num_trainable(&large.init(&device)), 11_156_224);
        let patch = large.with_extent(Extent::Patch);
        assert_eq!(num_trainable(&patch.init(&device)), 2_765_568);
    }

    #[test]
    fn it_answers_once_a_picture_or_for_each_part() {
        let device = Device::flex();
        let config = DiscriminatorConfig::new().with_width(0.02);
        let check = |side_px, extent, answers| {
            let network = config.clone().with_side_px(side_px).with_extent(extent);
            let pictures = Tensor::zeros([2, 3, side_px, side_px], &device);
            let logits = network.init(&device).logits(pictures);
            assert_eq!(logits.dims(), [2, answers]);
        };
        check(32, Extent::Whole, 1);
        check(128, Extent::Whole, 1);
        check(256, Extent::Whole, 1);
        check(64, Extent::Patch, 1);
        check(256, Extent::Patch, 169);
    }

    #[test]
    fn a_fifth_is_left_below_zero() {
        let input = Tensor::<4>::from_floats([[[[-5.0, -0.5, 0.0, 2.0]]]], &Device::flex());
        let found = host_tensor(leaky(input)).unwrap().values;
        for (found, expected) in found.iter().zip([-1.0, -0.1, 0.0, 2.0]) {
            assert!((found - expected).abs() < 1e-6, "{found}");
        }
    }
}
