//! The background model and the classifier on its log-likelihood images, as one module for one file of
//! weights.

use burn::prelude::{Device, Module};

use crate::methods::pixelcnn::lenet::{LeNet, LeNetConfig};
use crate::methods::pixelcnn::network::{NetworkConfig, PixelCnn};
use crate::methods::pixelcnn::preset::PixelCnnSettings;
use crate::methods::training::{TrainConfig, TrainError};
use crate::nn::initial::seeded;

/// Paths begin with `background` and `classifier`.
#[derive(Module, Debug)]
pub struct PixelCnnModel {
    pub background: PixelCnn,
    pub classifier: LeNet,
}

impl PixelCnnModel {
    /// With first weights from the configuration's seed.
    pub fn new(
        config: &TrainConfig,
        settings: &PixelCnnSettings,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let background = NetworkConfig::new(settings.filters, settings.resnets)
            .with_mixtures(settings.mixtures)
            .with_dropout(settings.dropout);
        let classifier = LeNetConfig::new().with_side_px(config.size_px as usize);
        let classifier = classifier.init(device).map_err(|err| TrainError::Config {
            reason: err.to_string(),
        })?;
        Ok(Self {
            background: background.init(device, config.seed),
            classifier: seeded(classifier, config.seed),
        })
    }
}
