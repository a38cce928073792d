//! The standard networks behind one type: what a method is built on, chosen by its settings.

use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::backbone_kind::BackboneKind;
use crate::nn::efficient_net::{EfficientNet, EfficientNetConfig};
use crate::nn::noise::Noise;
use crate::nn::resnet::{ResNet, ResNetConfig};
use crate::nn::xception::{Xception, XceptionConfig};

#[derive(Config, Debug)]
pub struct BackboneConfig {
    pub kind: BackboneKind,
    /// Scales channel counts; 1 is the published network.
    #[config(default = 1.0)]
    pub width: f64,
    /// Of Xception: blocks at the smallest but one size; the published network has 8.
    #[config(default = 8)]
    pub middle_blocks: usize,
    /// Of Xception: every size is exactly half of the one before, as U-Net needs. The others always are.
    #[config(default = false)]
    pub is_aligned: bool,
    /// Of `EfficientNet`: how likely its last block is skipped in training, earlier ones less.
    #[config(default = 0.2)]
    pub drop_path: f64,
}

/// A network up to its last feature map, without pooling and classifier.
#[derive(Module, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there are few, and burn wants the modules themselves"
)]
pub enum Backbone {
    Xception(Xception),
    EfficientNet(EfficientNet),
    ResNet(ResNet),
}

/// What a backbone saw at every size.
#[derive(Debug)]
pub struct Pyramid {
    /// At 1/2, 1/4, 1/8, 1/16 and 1/32 of the size; channels: `BackboneConfig::tap_channels`. The last is
    /// taken before Xception's last `ReLU` and before `EfficientNet`'s head (METHODS 1.3).
    pub taps: Vec<Tensor<4>>,
    /// The last feature map, as of `Backbone::forward`.
    pub features: Tensor<4>,
}

enum FamilyConfig {
    Xception(XceptionConfig),
    EfficientNet(EfficientNetConfig),
    ResNet(ResNetConfig),
}

impl BackboneConfig {
    /// Channels of the last feature map.
    pub fn features(&self) -> usize {
        match self.family() {
            FamilyConfig::Xception(config) => config.features(),
            FamilyConfig::EfficientNet(config) => config.head,
            FamilyConfig::ResNet(config) => config.features(),
        }
    }

    /// Channels of `Pyramid::taps`.
    pub fn tap_channels(&self) -> Vec<usize> {
        match self.family() {
            FamilyConfig::Xception(config) => config.tap_channels(),
            FamilyConfig::EfficientNet(config) => config.tap_channels(),
            FamilyConfig::ResNet(config) => config.tap_channels(),
        }
    }

    pub fn init(&self, device: &Device) -> Backbone {
        match self.family() {
            FamilyConfig::Xception(config) => Backbone::Xception(config.init(device)),
            FamilyConfig::EfficientNet(config) => Backbone::EfficientNet(config.init(device)),
            FamilyConfig::ResNet(config) => Backbone::ResNet(config.init(device)),
        }
    }

    fn family(&self) -> FamilyConfig {
        let efficient = |config: EfficientNetConfig| {
            FamilyConfig::EfficientNet(config.with_drop_path(self.drop_path))
        };
        let compound = |width: f64, depth: f64| {
            efficient(EfficientNetConfig::compound(width * self.width, depth))
        };
        let residual = |config: ResNetConfig| {
            let channels = (config.channels as f64 * self.width).round().max(1.0);
            FamilyConfig::ResNet(config.with_channels(channels as usize))
        };
        match self.kind {
            BackboneKind::Xception => FamilyConfig::Xception(
                XceptionConfig::new()
                    .with_width(self.width)
                    .with_middle_blocks(self.middle_blocks)
                    .with_is_aligned(self.is_aligned),
            ),
            BackboneKind::EfficientNetB0 => compound(1.0, 1.0),
            BackboneKind::EfficientNetB1 => compound(1.0, 1.1),
            BackboneKind::EfficientNetB2 => compound(1.1, 1.2),
            BackboneKind::EfficientNetB3 => compound(1.2, 1.4),
            BackboneKind::EfficientNetB4 => compound(1.4, 1.8),
            BackboneKind::EfficientNetB5 => compound(1.6, 2.2),
            BackboneKind::EfficientNetB6 => compound(1.8, 2.6),
            BackboneKind::EfficientNetB7 => compound(2.0, 3.1),
            BackboneKind::EfficientNetV2S => efficient(EfficientNetConfig::v2_s(self.width)),
            BackboneKind::EfficientNetV2M => efficient(EfficientNetConfig::v2_m(self.width)),
            BackboneKind::EfficientNetV2L => efficient(EfficientNetConfig::v2_l(self.width)),
            BackboneKind::ResNet18 => residual(ResNetConfig::resnet18()),
            BackboneKind::ResNet50 => residual(ResNetConfig::resnet50()),
        }
    }
}

impl Backbone {
    /// The last feature map, which Grad-CAM looks at: Xception's last `ReLU`, the `SiLU` of
    /// `EfficientNet`'s head, `ResNet`'s last layer. No block is skipped.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, by `BackboneKind::normalization`
    /// - output: `[batch, features, about height / 32, about width / 32]`
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        self.forward_with_noise(images, &mut Noise::off())
    }

    /// As `forward`; in training `noise` decides which blocks are skipped.
    ///
    /// # Shapes
    /// - as `forward`
    pub fn forward_with_noise(&self, images: Tensor<4>, noise: &mut Noise) -> Tensor<4> {
        self.run(images, noise, None)
    }

    /// All sizes; in training `noise` decides which blocks are skipped.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, by `BackboneKind::normalization`
    pub fn pyramid(&self, images: Tensor<4>, noise: &mut Noise) -> Pyramid {
        let mut taps = Vec::with_capacity(5);
        let features = self.run(images, noise, Some(&mut taps));
        Pyramid { taps, features }
    }

    fn run(
        &self,
        images: Tensor<4>,
        noise: &mut Noise,
        taps: Option<&mut Vec<Tensor<4>>>,
    ) -> Tensor<4> {
        match self {
            Self::Xception(network) => network.run(images, taps),
            Self::EfficientNet(network) => network.run(images, noise, taps),
            Self::ResNet(network) => network.run(images, taps),
        }
    }

    /// The inference form: see `fold`. Give it `module.valid()`.
    pub fn folded(self) -> Self {
        match self {
            Self::Xception(network) => Self::Xception(network.folded()),
            Self::EfficientNet(network) => Self::EfficientNet(network.folded()),
            Self::ResNet(network) => Self::ResNet(network.folded()),
        }
    }
}

#[cfg(test)]
mod tests;
