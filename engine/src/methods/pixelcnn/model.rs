//! The background model and the classifier on its log-likelihood images, as one module for one file of
//! weights.

use std::path::Path;

use burn::prelude::{Device, Module};

use crate::detectors::DetectorError;
use crate::methods::pixelcnn::DETECTOR;
use crate::methods::pixelcnn::lenet::{LeNet, LeNetConfig};
use crate::methods::pixelcnn::network::{NetworkConfig, PixelCnn};
use crate::methods::pixelcnn::preset::PixelCnnSettings;
use crate::methods::trained::Trained;
use crate::methods::training::{TrainConfig, TrainError};
use crate::nn::initial::seeded;

/// Paths begin with `background` and `classifier`.
#[derive(Module, Debug)]
pub struct PixelCnnModel {
    pub background: PixelCnn,
    pub classifier: LeNet,
}

impl PixelCnnModel {
    /// From a folder with `weights.safetensors` and `card.json`, with what stands on the card.
    pub fn load(
        dir: &Path,
        device: &Device,
    ) -> Result<(Self, Trained, PixelCnnSettings), DetectorError> {
        let trained = Trained::read(dir, DETECTOR.name)?;
        let settings = trained.fitting(PixelCnnSettings::read(&trained.config))?;
        let fresh = trained.fitting(Self::new(&trained.config, &settings, device))?;
        let model = trained.filled(fresh, dir)?;
        Ok((model, trained, settings))
    }

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
