//! MesoNet, two small classifiers of pictures (METHODS 8; Afchar et al., `MesoNet`, 2018, and the
//! authors' Keras networks).

use burn::nn::pool::{AdaptiveAvgPool2dConfig, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig};
use burn::prelude::{Config, Device, Module, Tensor};
use burn::tensor::activation::leaky_relu;

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::dropout::Dropout;
use crate::nn::kernels::max_pool::max_pool2d;
use crate::nn::meso_inception::{MesoInception, MesoInceptionConfig};
use crate::nn::noise::Noise;
use crate::nn::norm::{Activation, normalized};

/// Side of the features before the linear layers: that of the published input of 256.
const SIDE: usize = 8;
/// Channels there.
const CHANNELS: usize = 16;
/// Outputs of the first linear layer.
const HIDDEN: usize = 16;

#[derive(Config, Debug)]
pub struct MesonetConfig {
    pub kind: MesonetKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum MesonetKind {
    /// Four plain convolutions.
    Meso4,
    /// The first two replaced by convolutions of several reaches side by side.
    MesoInception4,
}

/// Keras starts it from Glorot's uniform numbers: see `initial::glorot`.
#[derive(Module, Debug)]
pub struct Mesonet {
    stages: Vec<Stage>,
    dropout: Dropout,
    hidden: Linear,
    output: Linear,
}

/// Convolution, `ReLU`, norm, and the largest pixel of each square.
#[derive(Module, Debug)]
struct Stage {
    front: Front,
    norm: BatchNorm,
    /// Side of the squares.
    pool: usize,
}

#[derive(Module, Debug)]
enum Front {
    Plain(Conv),
    Inception(MesoInception),
}

impl MesonetConfig {
    pub fn init(&self, device: &Device) -> Mesonet {
        let stages = match self.kind {
            MesonetKind::Meso4 => vec![
                plain(3, 8, 3, 2, device),
                plain(8, 8, 5, 2, device),
                plain(8, CHANNELS, 5, 2, device),
                plain(CHANNELS, CHANNELS, 5, 4, device),
            ],
            MesonetKind::MesoInception4 => vec![
                inception(3, [1, 4, 4, 2], device),
                inception(11, [2, 4, 4, 2], device),
                plain(12, CHANNELS, 5, 2, device),
                plain(CHANNELS, CHANNELS, 5, 4, device),
            ],
        };
        Mesonet {
            stages,
            dropout: Dropout::new(0.5),
            hidden: LinearConfig::new(CHANNELS * SIDE * SIDE, HIDDEN).init(device),
            output: LinearConfig::new(HIDDEN, 1).init(device),
        }
    }
}

fn plain(inputs: usize, outputs: usize, kernel: usize, pool: usize, device: &Device) -> Stage {
    let conv = ConvConfig::new(inputs, outputs, kernel)
        .with_padding(Padding::Even(kernel / 2))
        .with_bias(true);
    stage(Front::Plain(conv.init(device)), outputs, pool, device)
}

fn inception(inputs: usize, outputs: [usize; 4], device: &Device) -> Stage {
    let front = MesoInceptionConfig { inputs, outputs }.init(device);
    let outputs = outputs.into_iter().sum();
    stage(Front::Inception(front), outputs, 2, device)
}

fn stage(front: Front, channels: usize, pool: usize, device: &Device) -> Stage {
    // Keras's defaults; its momentum of 0.99 is what stays.
    let norm = BatchNormConfig::new(channels)
        .with_epsilon(1e-3)
        .with_momentum(0.01);
    Stage {
        front,
        norm: norm.init(device),
        pool,
    }
}

impl Mesonet {
    /// # Shapes
    /// - `pictures`: `[batch, 3, height, width]`, RGB, 0 to 1, at least 32 high and wide; published for 256
    /// - output: `[batch]`, logits of being manipulated
    pub fn forward(&self, pictures: Tensor<4>, noise: &mut Noise) -> Tensor<1> {
        let features = self.features(pictures);
        let [batch, channels, height, width] = features.dims();
        let x = features.reshape([batch, channels * height * width]);
        let x = self.hidden.forward(self.dropout.forward(x, noise));
        let x = self.dropout.forward(leaky_relu(x, 0.1), noise);
        self.output.forward(x).reshape([batch])
    }

    /// What the linear layers see.
    ///
    /// # Shapes
    /// - `pictures`: as in [`Self::forward`]
    /// - output: `[batch, 16, 8, 8]`
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<4> {
        let mut x = pictures;
        for stage in &self.stages {
            x = stage.forward(x);
        }
        sized(x)
    }
}

/// Means of equal parts, or copies where there are too few; METHODS 1.3, for pictures of any size.
///
/// # Shapes
/// - `features`: `[batch, channels, height, width]`
/// - output: `[batch, channels, 8, 8]`
fn sized(features: Tensor<4>) -> Tensor<4> {
    let [.., height, width] = features.dims();
    if [height, width] == [SIDE, SIDE] {
        return features;
    }
    let pool = AdaptiveAvgPool2dConfig::new([SIDE, SIDE]).init();
    pool.forward(features)
}

impl Stage {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height / pool, width / pool]`
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let x = match &self.front {
            Front::Plain(conv) => conv.forward_then(input, Activation::Relu),
            Front::Inception(inception) => inception.forward(&input),
        };
        let side = [self.pool, self.pool];
        let pool = MaxPool2dConfig::new(side).with_strides(side).init();
        max_pool2d(&pool, normalized(&self.norm, x, Activation::None))
    }
}

#[cfg(test)]
mod tests;
