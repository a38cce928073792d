//! The shallow classifier `f_SC`, which sees pictures instead of features and so only what is obvious in
//! them (METHODS 1.3).

use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::prelude::{Device, Module, Tensor};
use serde::{Deserialize, Serialize};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::dropout::Dropout;
use crate::nn::kernels::max_pool::max_pool2d;
use crate::nn::mesonet::{Mesonet, MesonetConfig, MesonetKind};
use crate::nn::noise::Noise;
use crate::nn::norm::{Activation, normalized};
use crate::nn::pool::pool;

/// Which network `f_SC` is; the paper does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SemanticKind {
    /// What the paper cites as a shallow network that sees the artifacts.
    Meso4,
    /// The small classifier of LGSC's code.
    ClsLite,
}

#[derive(Module, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one in a model, and burn wants the modules themselves"
)]
pub enum Semantic {
    Meso4(Mesonet),
    ClsLite(ClsLite),
}

impl SemanticKind {
    pub fn init(self, device: &Device) -> Semantic {
        match self {
            Self::Meso4 => Semantic::Meso4(MesonetConfig::new(MesonetKind::Meso4).init(device)),
            Self::ClsLite => Semantic::ClsLite(ClsLite::new(device)),
        }
    }
}

impl Semantic {
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, 0 to 1, at least 32 pixels a side
    /// - output: `[batch]`, above zero leans to manipulated
    pub fn forward(&self, images: Tensor<4>, noise: &mut Noise) -> Tensor<1> {
        match self {
            Self::Meso4(network) => network.forward(images, noise),
            Self::ClsLite(network) => network.forward(images, noise),
        }
    }
}

/// Two convolutions with norms and a pool between, and no activation at all: the reference's forward pass
/// has none.
#[derive(Module, Debug)]
pub struct ClsLite {
    conv1: Conv,
    norm1: BatchNorm,
    pool: MaxPool2d,
    conv2: Conv,
    norm2: BatchNorm,
    dropout: Dropout,
    /// Two outputs: pristine, manipulated.
    linear: Linear,
}

impl ClsLite {
    pub fn new(device: &Device) -> Self {
        let halving = |channels_in, channels_out, kernel: usize| {
            ConvConfig::new(channels_in, channels_out, kernel)
                .with_stride(2)
                .with_padding(Padding::Even(kernel / 2))
                .init(device)
        };
        let norm = |channels| BatchNormConfig::new(channels).init(device);
        Self {
            conv1: halving(3, 64, 7),
            norm1: norm(64),
            pool: MaxPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(),
            conv2: halving(64, 128, 3),
            norm2: norm(128),
            dropout: Dropout::new(0.5),
            linear: LinearConfig::new(128, 2).init(device),
        }
    }

    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`
    /// - output: `[batch]`: of the two outputs their difference, above zero leaning to manipulated
    fn forward(&self, images: Tensor<4>, noise: &mut Noise) -> Tensor<1> {
        let [batch, ..] = images.dims();
        let x = normalized(&self.norm1, self.conv1.forward(images), Activation::None);
        let x = self.conv2.forward(max_pool2d(&self.pool, x));
        let x = normalized(&self.norm2, x, Activation::None);
        let outputs = self.linear.forward(self.dropout.forward(pool(x), noise));
        let output = |at| outputs.clone().narrow(1, at, 1).reshape([batch]);
        output(1) - output(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::{host_tensor, num_trainable};

    #[test]
    fn counts_are_those_of_the_references() {
        let check = |kind: SemanticKind, expected| {
            assert_eq!(num_trainable(&kind.init(&Device::flex())), expected);
        };
        check(SemanticKind::Meso4, 27_977);
        check(SemanticKind::ClsLite, 83_778);
    }

    #[test]
    fn pictures_of_any_size_give_one_logit_each() {
        let device = Device::flex();
        for kind in [SemanticKind::Meso4, SemanticKind::ClsLite] {
            let network = kind.init(&device);
            for size in [32, 96, 160] {
                let images = Tensor::ones([2, 3, size, size], &device) * 0.5;
                let logits = network.forward(images, &mut Noise::off());
                let logits = host_tensor(logits).unwrap();
                assert_eq!(logits.shape, [2]);
                assert!(logits.values.iter().all(|logit| logit.is_finite()));
            }
        }
    }
}
