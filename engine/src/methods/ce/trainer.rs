//! Training of the plain classifiers (METHODS 6.5): Adam, cross entropy, first the linear layer alone
//! where the backbone starts from weights.

use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor, TensorData};

use crate::detectors::FaceScore;
use crate::methods::Trainer;
use crate::methods::ce::detector::scores;
use crate::methods::ce::kind_of;
use crate::methods::ce::loss::cross_entropy;
use crate::methods::ce::model::Classifier;
use crate::methods::ce::preset::CeSettings;
use crate::methods::learner::{Learner, device_error, started};
use crate::methods::schedule::learning_rate;
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::backbone_kind::BackboneKind;
use crate::nn::initial;
use crate::nn::named::NamedTensors;
use crate::nn::noise::Noise;

pub struct CeTrainer {
    kind: BackboneKind,
    config: TrainConfig,
    settings: CeSettings,
    learner: Learner<Classifier>,
}

impl CeTrainer {
    /// A fresh network; `device` must be an autodiff device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let settings = CeSettings::read(config)?;
        let kind = kind_of(&config.method)?;
        let model = initial::seeded(Classifier::new(kind, &settings, device), config.seed);
        let adam = Adam::new(AdamSettings {
            weight_decay: config.weight_decay as f32,
            ..AdamSettings::default()
        });
        Ok(Self {
            kind,
            config: config.clone(),
            settings,
            learner: Learner::new(model, adam, device)?,
        })
    }

    /// The network in training.
    pub fn model(&self) -> &Classifier {
        self.learner.model()
    }

    fn pictures(&self, batch: &Batch, device: &Device) -> Tensor<4> {
        self.kind
            .normalization()
            .pictures(&batch.pixels, batch.size_px, device)
    }
}

impl Trainer for CeTrainer {
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let device = self.learner.device();
        let labels = TensorData::new(batch.labels.clone(), [batch.labels.len()]);
        let labels = Tensor::from_data(labels, device);
        let mut noise = Noise::of_step(self.config.seed, step);
        let model = self.model();
        let features = if step < self.settings.head_steps {
            // Neither weights nor running statistics of the backbone may move.
            let frozen = device.clone().without_autodiff();
            let features = model
                .backbone
                .valid()
                .forward(self.pictures(batch, &frozen));
            Tensor::from_inner(features)
        } else {
            model
                .backbone
                .forward_with_noise(self.pictures(batch, device), &mut noise)
        };
        let logits = model.head.logit(features, &mut noise);
        let loss = cross_entropy(logits, labels, self.settings.pristine_weight);
        let rate = learning_rate(
            self.config.learning_rate,
            step,
            self.config.steps,
            self.settings.warmup_steps,
            self.settings.final_rate_share,
        );
        self.learner
            .step(step, vec![("cross-entropy", loss)], rate, &batch.sources)
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let device = self.learner.device().clone().without_autodiff();
        let model = self.model().valid();
        let features = model.backbone.forward(self.pictures(batch, &device));
        scores(&model.head, &features).map_err(|err| device_error(&err))
    }

    fn facts(&self) -> Result<serde_json::Value, TrainError> {
        Ok(serde_json::Value::Null)
    }

    fn save_weights(&self, dir: &Path) -> Result<(), TrainError> {
        self.learner.save_weights(dir)
    }

    fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
        self.learner.save_state(dir)
    }

    fn resume(&mut self, dir: &Path) -> Result<(), TrainError> {
        let fresh = Classifier::new(self.kind, &self.settings, self.learner.device());
        self.learner.resume(fresh, dir)
    }

    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError> {
        self.learner.replace(|model| {
            Ok(Classifier {
                backbone: started(model.backbone, weights)?,
                head: model.head,
            })
        })
    }
}
