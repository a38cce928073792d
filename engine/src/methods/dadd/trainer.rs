//! DADD's alternate training (METHODS 5.4; paper 004, algorithm 1): sub-task steps change the
//! backbone, one projection and its head; final steps change the backbone, all projections and W.

use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor, TensorData};

use crate::detectors::FaceScore;
use crate::forge::addg::{CATEGORIES, Draw};
use crate::methods::Trainer;
use crate::methods::dadd::loss::{cross_entropy, l21, row_norms};
use crate::methods::dadd::model::{Dadd, DaddConfig};
use crate::methods::dadd::preset::DaddSettings;
use crate::methods::dadd::{NUM_SUBTASKS, detector, draw};
use crate::methods::learner::{Learner, device_error, misfit};
use crate::methods::schedule::learning_rate;
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::initial;
use crate::nn::named::{self, NamedTensors, host_tensor};
use crate::tensor::pictures;

pub struct DaddTrainer {
    config: TrainConfig,
    settings: DaddSettings,
    learner: Learner<Dadd>,
}

impl DaddTrainer {
    /// A fresh network; `device` must be an autodiff device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let settings = DaddSettings::read(config)?;
        let model = initial::seeded(DaddConfig::from(&settings).init(device), config.seed);
        let adam = Adam::new(AdamSettings {
            weight_decay: config.weight_decay as f32,
            ..AdamSettings::default()
        });
        Ok(Self {
            learner: Learner::new(model, adam, device)?,
            config: config.clone(),
            settings,
        })
    }

    /// The network in training.
    pub fn model(&self) -> &Dadd {
        self.learner.model()
    }

    /// The losses of one batch, as tensors and by name: their sum is minimized.
    fn losses(&self, step: u64, batch: &Batch) -> Vec<(&'static str, Tensor<1>)> {
        let model = self.model();
        let labels = TensorData::new(batch.labels.clone(), [batch.labels.len()]);
        let labels = Tensor::from_data(labels, self.learner.device());
        let pooled = model.pooled(pictures(
            &batch.pixels,
            batch.size_px,
            self.learner.device(),
        ));
        match draw(&self.config, step) {
            Draw::Category(subtask) => {
                let subtask = usize::from(subtask);
                let logits = model.heads.subtask(&pooled, subtask);
                vec![(CATEGORIES[subtask], cross_entropy(logits, labels))]
            }
            Draw::Mixed => {
                let loss = cross_entropy(model.heads.fused(&pooled), labels);
                let norm = l21(model.heads.fusion.weight.val(), NUM_SUBTASKS);
                vec![("final", loss), ("l21", norm * self.settings.lambda)]
            }
        }
    }
}

impl Trainer for DaddTrainer {
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let parts = self.losses(step, batch);
        let rate = learning_rate(
            self.config.learning_rate,
            step,
            self.config.steps,
            self.settings.warmup_steps,
            self.settings.final_rate_share,
        );
        self.learner.step(step, parts, rate, &batch.sources)
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let device = self.learner.device().clone().without_autodiff();
        let model = self.model().valid();
        let pooled = model.pooled(pictures(&batch.pixels, batch.size_px, &device));
        detector::scores(&model.heads, &pooled).map_err(|err| device_error(&err))
    }

    /// `row_norms`: how much each sub-task counts in the final score (paper 004, figure 4).
    fn facts(&self) -> Result<serde_json::Value, TrainError> {
        let weight = self.model().heads.fusion.weight.val().inner();
        let norms = host_tensor(row_norms(weight, NUM_SUBTASKS));
        let norms = norms.map_err(|err| device_error(&err))?.values;
        Ok(serde_json::json!({ "row_norms": norms }))
    }

    fn save_weights(&self, dir: &Path) -> Result<(), TrainError> {
        self.learner.save_weights(dir)
    }

    fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
        self.learner.save_state(dir)
    }

    fn resume(&mut self, dir: &Path) -> Result<(), TrainError> {
        let fresh = DaddConfig::from(&self.settings).init(self.learner.device());
        self.learner.resume(fresh, dir)
    }

    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError> {
        self.learner.replace(|model| {
            let backbone = named::apply(model.backbone, weights);
            Ok(Dadd {
                backbone: backbone.map_err(|reason| misfit(&reason))?,
                heads: model.heads,
            })
        })
    }
}
