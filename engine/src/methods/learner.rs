//! A network in training with its optimizer: steps that refuse losses that are not finite, and files to
//! go on from.

use std::path::Path;

use burn::prelude::{Device, Module, Tensor};

use crate::methods::training::{Loss, TrainError};
use crate::nn::backbone::Backbone;
use crate::nn::import;
use crate::nn::named::NamedTensors;
use crate::nn::optimizer::Optimizer;
use crate::nn::weights::{self, WeightsError};

const WEIGHTS: &str = "weights.safetensors";
const OPTIMIZER: &str = "optimizer.safetensors";

pub struct Learner<M> {
    /// `None` only inside a step, while the optimizer holds it.
    model: Option<M>,
    optimizer: Optimizer,
    device: Device,
}

impl<M: Module> Learner<M> {
    /// Fails where `device` keeps no gradients.
    pub fn new(
        model: M,
        optimizer: impl Into<Optimizer>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        if !device.is_autodiff() {
            return Err(TrainError::Device {
                detail: "training needs a device with gradients".to_owned(),
            });
        }
        Ok(Self {
            model: Some(model),
            optimizer: optimizer.into(),
            device: device.clone(),
        })
    }

    /// The network in training.
    pub fn model(&self) -> &M {
        self.model
            .as_ref()
            .expect("the model is only away inside `step`, which cannot be interrupted")
    }

    /// Puts another network in its place, of the same form.
    pub fn replace(
        &mut self,
        change: impl FnOnce(M) -> Result<M, TrainError>,
    ) -> Result<(), TrainError> {
        let model = change(self.model().clone())?;
        self.model = Some(model);
        Ok(())
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// One optimizer step towards a smaller sum of `parts`, each of shape `[1]`. Nothing changes where a
    /// part is not finite; the error then names `sources`.
    pub fn step(
        &mut self,
        step: u64,
        parts: Vec<(&'static str, Tensor<1>)>,
        rate: f64,
        sources: &[String],
    ) -> Result<Vec<Loss>, TrainError> {
        self.step_with_rates(step, parts, |_| rate, sources)
    }

    /// As [`Self::step`], with the learning rate of each parameter by its path.
    pub fn step_with_rates(
        &mut self,
        step: u64,
        parts: Vec<(&'static str, Tensor<1>)>,
        rate: impl Fn(&str) -> f64,
        sources: &[String],
    ) -> Result<Vec<Loss>, TrainError> {
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
                sources: sources.to_vec(),
            });
        }
        if let (Some(sum), Some(model)) = (sum, self.model.take()) {
            self.model = Some(self.optimizer.step_with_rates(model, sum.backward(), rate));
        }
        Ok(losses)
    }

    /// Writes `weights.safetensors`.
    pub fn save_weights(&self, dir: &Path) -> Result<(), TrainError> {
        let path = dir.join(WEIGHTS);
        weights::save(&self.model().valid(), &path).map_err(|err| write_error(&path, err))
    }

    /// Writes weights and the optimizer's memory.
    pub fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
        self.save_weights(dir)?;
        let path = dir.join(OPTIMIZER);
        let state = self.optimizer.state().map_err(|err| device_error(&err))?;
        weights::write(&state, &path).map_err(|err| write_error(&path, err))
    }

    /// Takes up what [`Self::save_state`] wrote; `fresh` is a network of the same form.
    pub fn resume(&mut self, fresh: M, dir: &Path) -> Result<(), TrainError> {
        let failed = |reason: String| TrainError::Resume {
            path: dir.to_owned(),
            reason,
        };
        let model =
            weights::load(fresh, &dir.join(WEIGHTS)).map_err(|err| failed(err.to_string()))?;
        let state = weights::read(&dir.join(OPTIMIZER)).map_err(|err| failed(err.to_string()))?;
        self.optimizer
            .restore(state, &self.device)
            .map_err(failed)?;
        self.model = Some(model);
        Ok(())
    }
}

/// A backbone with weights from elsewhere, by path in the network itself.
pub fn started(backbone: Backbone, weights: NamedTensors) -> Result<Backbone, TrainError> {
    import::applied(backbone, weights).map_err(|reason| misfit(&reason))
}

/// Weights that are not for a network.
pub fn misfit(reason: &str) -> TrainError {
    TrainError::Config {
        reason: format!(
            "the weights do not fit the network, which must have its published size (preset `paper`, width \
             1) to start from them: {reason}"
        ),
    }
}

pub fn device_error(detail: &str) -> TrainError {
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
