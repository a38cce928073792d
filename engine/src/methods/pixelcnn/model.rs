//! The background model and the classifier on its log-likelihood images, as one module for one file of
//! weights.

use burn::prelude::{Device, Module};

use crate::methods::pixelcnn::lenet::{LeNet, LeNetConfig};
use crate::methods::pixelcnn::network::{PixelCnn, NetworkConfig};
use crate::methods::pixelcnn::preset::PixelCnnSettings;
use crate::methods::training::TrainConfig;

/// Paths begin with `background` and `classifier`.
#[derive(Module, Debug)]
pub struct PixelCnnModel {
    pub background: PixelCnn,
    pub classifier: LeNet,
}

impl PixelCnnModel {
    /// With first weights from the configuration's seed.
    pub fn new(config: &TrainConfig, settings: &PixelCnnSettings, device: &Device) -> Self {
        let background = NetworkConfig::new(settings.filters, settings.resnets)
            .with_mixtures(settings.mixtures)
            .with_dropout(settings.dropout);
        Self {
            background: background.init(device, config.seed),
            classifier: LeNetConfig::new(config.size_px as usize).init(device, config.seed),
        }
    }
}
