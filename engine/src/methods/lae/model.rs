//! Autoencoder and discriminator as one module for one file of weights.

use burn::prelude::{Device, Module};

use crate::methods::lae::discriminator::Discriminator;
use crate::methods::lae::network::Autoencoder;
use crate::methods::lae::preset::{FirstWeights, LaeSettings};
use crate::methods::training::TrainConfig;
use crate::nn::initial::{dcgan, seeded};

/// Paths begin with `autoencoder` and `discriminator`.
#[derive(Module, Debug)]
pub struct LaeModel {
    pub autoencoder: Autoencoder,
    pub discriminator: Discriminator,
}

impl LaeModel {
    /// With first weights from the configuration's seed.
    pub fn new(config: &TrainConfig, settings: &LaeSettings, device: &Device) -> Self {
        let autoencoder = settings.autoencoder(config.size_px).init(device);
        let discriminator = settings.discriminator(config.size_px).init(device);
        Self {
            autoencoder: settings.autoencoder_start.draw(autoencoder, config.seed),
            discriminator: settings
                .discriminator_start
                .draw(discriminator, config.seed),
        }
    }
}

impl FirstWeights {
    fn draw<M: Module>(self, module: M, seed: u64) -> M {
        match self {
            Self::Default => seeded(module, seed),
            Self::Dcgan => dcgan(module, seed),
        }
    }
}
