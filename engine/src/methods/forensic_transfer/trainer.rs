//! Training of `ForensicTransfer`: Adam on both losses from one pass (METHODS 9).

use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor, TensorData};

use crate::detectors::FaceScore;
use crate::methods::Trainer;
use crate::methods::forensic_transfer::detector::scores;
use crate::methods::forensic_transfer::loss::Losses;
use crate::methods::forensic_transfer::model::ForensicTransfer;
use crate::methods::forensic_transfer::preset::ForensicTransferSettings;
use crate::methods::learner::{Learner, device_error};
use crate::methods::schedule::learning_rate;
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError, facts_of_losses};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::initial;
use crate::nn::named::{self, NamedTensors};

pub struct ForensicTransferTrainer {
    config: TrainConfig,
    settings: ForensicTransferSettings,
    learner: Learner<ForensicTransfer>,
    /// Of the last step, with their weights.
    last_losses: Vec<Loss>,
}

impl ForensicTransferTrainer {
    /// A fresh network; `device` must be an autodiff device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let settings = ForensicTransferSettings::read(config)?;
        let model = initial::seeded(ForensicTransfer::new(device), config.seed);
        let adam = Adam::new(AdamSettings {
            weight_decay: config.weight_decay as f32,
            ..AdamSettings::default()
        });
        Ok(Self {
            config: config.clone(),
            settings,
            learner: Learner::new(model, adam, device)?,
            last_losses: Vec::new(),
        })
    }

    /// The network in training.
    pub fn model(&self) -> &ForensicTransfer {
        self.learner.model()
    }

    fn pictures(&self, batch: &Batch, device: &Device) -> Tensor<4> {
        self.settings.pictures(&batch.pixels, batch.size_px, device)
    }
}

impl Trainer for ForensicTransferTrainer {
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let device = self.learner.device();
        let labels = TensorData::new(batch.labels.clone(), [batch.labels.len()]);
        let labels = Tensor::from_data(labels, device);
        let losses = Losses::of(self.model(), &self.pictures(batch, device), &labels);
        let weight = self.settings.reconstruction_weight;
        let parts = vec![
            ("activation", losses.activation),
            ("reconstruction", losses.reconstruction * weight),
        ];
        let rate = learning_rate(
            self.config.learning_rate,
            step,
            self.config.steps,
            self.settings.warmup_steps,
            self.settings.final_rate_share,
        );
        let losses = self.learner.step(step, parts, rate, &batch.sources)?;
        self.last_losses.clone_from(&losses);
        Ok(losses)
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let device = self.learner.device().clone().without_autodiff();
        let encoder = self.model().encoder.valid();
        let code = encoder.forward(self.pictures(batch, &device));
        scores(&code).map_err(|err| device_error(&err))
    }

    fn facts(&self) -> Result<serde_json::Value, TrainError> {
        Ok(facts_of_losses(&self.last_losses))
    }

    fn save_weights(&self, dir: &Path) -> Result<(), TrainError> {
        self.learner.save_weights(dir)
    }

    fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
        self.learner.save_state(dir)
    }

    fn resume(&mut self, dir: &Path) -> Result<(), TrainError> {
        let fresh = ForensicTransfer::new(self.learner.device());
        self.learner.resume(fresh, dir)
    }

    /// All of the network, as the paper goes on from one technique to the next.
    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError> {
        self.learner.replace(|model| {
            named::apply(model, weights).map_err(|reason| TrainError::Config {
                reason: format!("the weights are not those of such a network: {reason}"),
            })
        })
    }
}
