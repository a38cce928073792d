//! Training of LGSC (METHODS 7): Adam on cross entropy of the classifier, no cue on pristine faces, and five
//! triplet losses, from one pass.

use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor, TensorData};

use crate::detectors::FaceScore;
use crate::methods::Trainer;
use crate::methods::learner::{Learner, device_error, started};
use crate::methods::lgsc::detector::scores;
use crate::methods::lgsc::loss::{regression, triplet};
use crate::methods::lgsc::model::{Lgsc, strength};
use crate::methods::lgsc::preset::LgscSettings;
use crate::methods::loss::cross_entropies;
use crate::methods::schedule::{dropped, learning_rate};
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::initial;
use crate::nn::named::{NamedTensors, host_tensor};
use crate::nn::noise::Noise;
use crate::nn::pool::pool;

pub struct LgscTrainer {
    config: TrainConfig,
    settings: LgscSettings,
    learner: Learner<Lgsc>,
}

impl LgscTrainer {
    /// A fresh network; `device` must be an autodiff device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let settings = LgscSettings::read(config)?;
        let model = initial::seeded(Lgsc::new(&settings, device), config.seed);
        let adam = Adam::new(AdamSettings {
            weight_decay: config.weight_decay as f32,
            ..AdamSettings::default()
        });
        Ok(Self {
            config: config.clone(),
            settings,
            learner: Learner::new(model, adam, device)?,
        })
    }

    /// The network in training.
    pub fn model(&self) -> &Lgsc {
        self.learner.model()
    }

    fn pictures(&self, batch: &Batch, device: &Device) -> Tensor<4> {
        self.settings
            .normalization()
            .pictures(&batch.pixels, batch.size_px, device)
    }

    /// How far the training is, 0 to 1.
    fn progress(&self, step: u64) -> f64 {
        (step as f64 / self.config.steps.max(1) as f64).min(1.0)
    }

    fn cue_weight(&self, step: u64) -> f64 {
        let full = self.settings.cue_weight;
        let rise = self.settings.cue_rise_share;
        let progress = self.progress(step + 1);
        if progress < rise {
            full * progress / rise
        } else {
            full
        }
    }

    fn rate(&self, step: u64) -> f64 {
        let rate = learning_rate(
            self.config.learning_rate,
            step,
            self.config.steps,
            self.settings.warmup_steps,
            self.settings.final_rate_share,
        );
        dropped(
            rate,
            step,
            &self.settings.rate_drops,
            self.settings.rate_drop,
        )
    }
}

impl Trainer for LgscTrainer {
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let settings = &self.settings;
        let device = self.learner.device();
        let labels = TensorData::new(batch.labels.clone(), [batch.labels.len()]);
        let labels = Tensor::from_data(labels, device);
        let mut noise = Noise::of_step(self.config.seed, step);
        let model = self.learner.model();

        let pictures = self.pictures(batch, device);
        let pyramid = model.encoder.pyramid(pictures.clone(), &mut noise);
        let start = (self.progress(step) < settings.encoder_share)
            .then(|| model.start_logit(pyramid.features))
            .flatten();
        let painted = model.decoder.forward(pyramid.taps);
        let logits = model
            .classifier
            .logit(pictures + painted.cue.clone(), &mut noise);
        let strengths = strength(painted.cue);
        let triplets: Tensor<1> = painted
            .maps
            .into_iter()
            .map(|map| triplet(pool(map), &batch.labels, settings.margin))
            .fold(Tensor::zeros([1], device), |sum, loss| sum + loss);
        let cross_entropy =
            |logits| cross_entropies(logits, labels.clone()).mean() * settings.classifier_weight;
        let mut parts = vec![
            ("cross-entropy", cross_entropy(logits)),
            (
                "cue",
                regression(strengths.clone(), &batch.labels) * self.cue_weight(step),
            ),
            ("triplets", triplets * settings.triplet_weight),
        ];
        parts.extend(start.map(|logits| ("encoder", cross_entropy(logits))));
        let rate = self.rate(step);
        let losses = self.learner.step(step, parts, rate, &batch.sources)?;
        let strengths = host_tensor(strengths.inner()).map_err(|err| device_error(&err))?;
        self.model()
            .scale
            .observe(step, &strengths.values, &batch.labels)
            .map_err(|err| device_error(&err))?;
        Ok(losses)
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let device = self.learner.device().clone().without_autodiff();
        let model = self.model().valid();
        let line = model.scale.line().map_err(|err| device_error(&err))?;
        let painted = model.paint(self.pictures(batch, &device), &mut Noise::off());
        scores(painted.cue, line).map_err(|err| device_error(&err))
    }

    /// `strength`: mean |C| of pristine and of manipulated training faces, its deviations, and the line from
    /// it to the logit.
    fn facts(&self) -> Result<serde_json::Value, TrainError> {
        let scale = &self.model().valid().scale;
        let failed = |err: String| device_error(&err);
        let [means, variances] = scale.numbers().map_err(failed)?;
        let line = scale.line().map_err(failed)?;
        Ok(serde_json::json!({
            "strength": {
                "means": means,
                "deviations": variances.map(f32::sqrt),
                "threshold": line.threshold,
                "slope": line.slope,
            }
        }))
    }

    fn save_weights(&self, dir: &Path) -> Result<(), TrainError> {
        self.learner.save_weights(dir)
    }

    fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
        self.learner.save_state(dir)
    }

    fn resume(&mut self, dir: &Path) -> Result<(), TrainError> {
        let fresh = Lgsc::new(&self.settings, self.learner.device());
        self.learner.resume(fresh, dir)
    }

    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError> {
        self.learner.replace(|model| {
            Ok(Lgsc {
                encoder: started(model.encoder, weights)?,
                ..model
            })
        })
    }
}
