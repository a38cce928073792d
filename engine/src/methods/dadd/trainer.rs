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
use crate::methods::schedule::learning_rate;
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::initial;
use crate::nn::named::host_tensor;
use crate::nn::weights::{self, WeightsError};
use crate::tensor::pictures;

const WEIGHTS: &str = "weights.safetensors";
const OPTIMIZER: &str = "optimizer.safetensors";

pub struct DaddTrainer {
    config: TrainConfig,
    settings: DaddSettings,
    device: Device,
    /// `None` only inside a step, while the optimizer holds it.
    model: Option<Dadd>,
    adam: Adam,
}

impl DaddTrainer {
    /// A fresh network; `device` must be an autodiff device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let settings = DaddSettings::read(config)?;
        if !device.is_autodiff() {
            return Err(TrainError::Device {
                detail: "training needs a device with gradients".to_owned(),
            });
        }
        let model = DaddConfig::from(&settings).init(device);
        Ok(Self {
            model: Some(initial::seeded(model, config.seed)),
            adam: Adam::new(AdamSettings {
                weight_decay: config.weight_decay as f32,
                ..AdamSettings::default()
            }),
            config: config.clone(),
            settings,
            device: device.clone(),
        })
    }

    /// The network in training.
    pub fn model(&self) -> &Dadd {
        self.model
            .as_ref()
            .expect("the model is only away inside `step`, which cannot be interrupted")
    }

    /// The losses of one batch, as tensors and by name: their sum is minimized.
    fn losses(&self, step: u64, batch: &Batch) -> Vec<(&'static str, Tensor<1>)> {
        let model = self.model();
        let labels = TensorData::new(batch.labels.clone(), [batch.labels.len()]);
        let labels = Tensor::from_data(labels, &self.device);
        let pooled = model.pooled(pictures(&batch.pixels, batch.size_px, &self.device));
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
        let mut losses = Vec::with_capacity(parts.len());
        let mut sum: Option<Tensor<1>> = None;
        for (name, tensor) in parts {
            let value = tensor
                .clone()
                .try_into_scalar::<f32>()
                .map_err(|err| device_error(&format!("{err:?}")))?;
            losses.push(Loss { name, value });
            sum = Some(match sum {
                None => tensor,
                Some(sum) => sum + tensor,
            });
        }
        if losses.iter().any(|loss| !loss.value.is_finite()) {
            return Err(TrainError::Diverged {
                step,
                sources: batch.sources.clone(),
            });
        }
        let rate = learning_rate(
            self.config.learning_rate,
            step,
            self.config.steps,
            self.settings.warmup_steps,
            self.settings.final_rate_share,
        );
        if let (Some(sum), Some(model)) = (sum, self.model.take()) {
            self.model = Some(self.adam.step(model, sum.backward(), rate));
        }
        Ok(losses)
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let device = self.device.clone().without_autodiff();
        let model = self.model().valid();
        let pooled = model.pooled(pictures(&batch.pixels, batch.size_px, &device));
        detector::scores(&model.heads, &pooled).map_err(|detail| TrainError::Device { detail })
    }

    /// `row_norms`: how much each sub-task counts in the final score (paper 004, figure 4).
    fn facts(&self) -> Result<serde_json::Value, TrainError> {
        let weight = self.model().heads.fusion.weight.val().inner();
        let norms = host_tensor(row_norms(weight, NUM_SUBTASKS));
        let norms = norms.map_err(|err| device_error(&err))?.values;
        Ok(serde_json::json!({ "row_norms": norms }))
    }

    fn save_weights(&self, dir: &Path) -> Result<(), TrainError> {
        let path = dir.join(WEIGHTS);
        weights::save(&self.model().valid(), &path).map_err(|err| write_error(&path, err))
    }

    fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
        self.save_weights(dir)?;
        let path = dir.join(OPTIMIZER);
        let state = self.adam.state().map_err(|err| device_error(&err))?;
        weights::write(&state, &path).map_err(|err| write_error(&path, err))
    }

    fn resume(&mut self, dir: &Path) -> Result<(), TrainError> {
        let failed = |reason: String| TrainError::Resume {
            path: dir.to_owned(),
            reason,
        };
        let fresh = DaddConfig::from(&self.settings).init(&self.device);
        let model =
            weights::load(fresh, &dir.join(WEIGHTS)).map_err(|err| failed(err.to_string()))?;
        let state = weights::read(&dir.join(OPTIMIZER)).map_err(|err| failed(err.to_string()))?;
        self.adam.restore(state, &self.device).map_err(failed)?;
        self.model = Some(model);
        Ok(())
    }
}

fn device_error(detail: &str) -> TrainError {
    TrainError::Device {
        detail: detail.to_owned(),
    }
}

fn write_error(path: &Path, err: WeightsError) -> TrainError {
    match err {
        WeightsError::Io { source } => TrainError::Write {
            path: path.to_owned(),
            source,
        },
        other => device_error(&other.to_string()),
    }
}
