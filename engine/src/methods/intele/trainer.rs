//! Training of `InTeLe`: all modules together, one loss, one optimizer (METHODS 1.2 and 1.4).

use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor, TensorData};

use crate::detectors::FaceScore;
use crate::methods::Trainer;
use crate::methods::ce::detector::scores;
use crate::methods::intele::loss::Losses;
use crate::methods::intele::model::Intele;
use crate::methods::intele::preset::{InteleSettings, OptimizerKind};
use crate::methods::learner::{Learner, device_error, started};
use crate::methods::schedule::learning_rate;
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError, facts_of_losses};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::initial;
use crate::nn::named::NamedTensors;
use crate::nn::noise::Noise;
use crate::nn::optimizer::Optimizer;
use crate::nn::sgd::{Sgd, SgdSettings};

pub struct InteleTrainer {
    config: TrainConfig,
    settings: InteleSettings,
    learner: Learner<Intele>,
    /// Of the last step, with their weights.
    last_losses: Vec<Loss>,
}

impl InteleTrainer {
    /// A fresh network; `device` must be an autodiff device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let settings = InteleSettings::read(config)?;
        let model = initial::seeded(Intele::new(&settings, device), config.seed);
        let weight_decay = config.weight_decay as f32;
        let optimizer: Optimizer = match settings.optimizer {
            OptimizerKind::Sgd => Sgd::new(SgdSettings {
                momentum: settings.momentum as f32,
                weight_decay,
            })
            .into(),
            OptimizerKind::Adam => Adam::new(AdamSettings {
                weight_decay,
                ..AdamSettings::default()
            })
            .into(),
        };
        Ok(Self {
            config: config.clone(),
            settings,
            learner: Learner::new(model, optimizer, device)?,
            last_losses: Vec::new(),
        })
    }

    /// The network in training.
    pub fn model(&self) -> &Intele {
        self.learner.model()
    }

    fn pictures(&self, batch: &Batch, device: &Device) -> Tensor<4> {
        self.settings
            .backbone
            .normalization()
            .pictures(&batch.pixels, batch.size_px, device)
    }
}

impl Trainer for InteleTrainer {
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let device = self.learner.device();
        let labels = TensorData::new(batch.labels.clone(), [batch.labels.len()]);
        let losses = Losses::of(
            self.model(),
            &self.settings,
            &self.pictures(batch, device),
            &Tensor::from_data(labels, device),
            &mut Noise::of_step(self.config.seed, step),
        );
        let rate = learning_rate(
            self.config.learning_rate,
            step,
            self.config.steps,
            self.settings.warmup_steps,
            self.settings.final_rate_share,
        );
        let parts = losses.weighted(&self.settings);
        let losses = self.learner.step(step, parts, rate, &batch.sources)?;
        self.last_losses.clone_from(&losses);
        Ok(losses)
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let device = self.learner.device().clone().without_autodiff();
        let model = self.model();
        let features = model.encoder.valid().forward(self.pictures(batch, &device));
        scores(&model.classifier.valid(), &features).map_err(|err| device_error(&err))
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
        let fresh = Intele::new(&self.settings, self.learner.device());
        self.learner.resume(fresh, dir)
    }

    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError> {
        self.learner.replace(|model| {
            Ok(Intele {
                encoder: started(model.encoder, weights)?,
                ..model
            })
        })
    }
}
