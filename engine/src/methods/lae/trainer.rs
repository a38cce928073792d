//! LAE's training (METHODS 3.4; Algorithm 1): first the autoencoder and the discriminator in turn, then the
//! encoder alone, whose maps masks draw to what was manipulated.
//!
//! Decoder and discriminator rest in the second stage. The encoder's norms go on as in the first: they take the
//! batch's own statistics, of all its faces together, and their running ones follow. Its optimizer begins
//! anew, so that a second stage on an earlier run's autoencoder takes the same steps as one that follows at once.

use std::path::{Path, PathBuf};

use burn::prelude::{Device, Module as _, Tensor, TensorData};

use crate::detectors::FaceScore;
use crate::detectors::library::WeightsLibrary;
use crate::methods::Trainer;
use crate::methods::lae::attention::masks;
use crate::methods::lae::choice::ComparatorOrigin;
use crate::methods::lae::comparator::Comparator;
use crate::methods::lae::detector::latents;
use crate::methods::lae::discriminator::Discriminator;
use crate::methods::lae::latent::logit;
use crate::methods::lae::loss::discriminator_loss;
use crate::methods::lae::model::LaeModel;
use crate::methods::lae::network::Autoencoder;
use crate::methods::lae::objective::{Masked, Seen, second_stage};
use crate::methods::lae::preset::LaeSettings;
use crate::methods::learner::{Learner, device_error, misfit};
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError, facts_of_losses};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::backbone_kind::Normalization;
use crate::nn::named::{self, NamedTensors, host_tensor};
use crate::nn::pool::pool;
use crate::nn::weights;

/// Folders of the two networks in a checkpoint, and what its comparator is.
const AUTOENCODER_DIR: &str = "autoencoder";
const DISCRIMINATOR_DIR: &str = "discriminator";
const COMPARATOR: &str = "comparator.json";

pub struct LaeTrainer {
    config: TrainConfig,
    settings: LaeSettings,
    autoencoder: Learner<Autoencoder>,
    discriminator: Learner<Discriminator>,
    /// None where no loss asks for it.
    comparator: Option<(Comparator, ComparatorOrigin)>,
    /// Of the last step, with their weights.
    last_losses: Vec<Loss>,
}

impl LaeTrainer {
    /// Fresh networks, and the comparator that the user's library of weights has; `device` must be an autodiff
    /// device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        // A system without folders of the user's has no library.
        Self::with_library(config, WeightsLibrary::of_user().ok().as_ref(), device)
    }

    /// As [`Self::new`] with another library.
    pub fn with_library(
        config: &TrainConfig,
        library: Option<&WeightsLibrary>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let settings = LaeSettings::read(config)?;
        let model = LaeModel::new(config, &settings, device);
        let is_compared = 0 < settings.stage1_steps && 0.0 < settings.alpha1 * settings.beta2;
        let comparator = if is_compared {
            Some(settings.comparator.made(&settings, library, device)?)
        } else {
            None
        };
        Ok(Self {
            autoencoder: Learner::new(model.autoencoder, adam(config), device)?,
            discriminator: Learner::new(model.discriminator, adam(config), device)?,
            comparator,
            last_losses: Vec::new(),
            config: config.clone(),
            settings,
        })
    }

    /// Both networks, ready to score.
    pub fn model(&self) -> LaeModel {
        LaeModel {
            autoencoder: self.autoencoder.model().valid(),
            discriminator: self.discriminator.model().valid(),
        }
    }

    /// What the comparator is, where there is one.
    pub fn origin(&self) -> Option<&ComparatorOrigin> {
        self.comparator.as_ref().map(|(_, origin)| origin)
    }

    /// The discriminator learns from what was painted, then the autoencoder from what it says now (DCGAN's
    /// order); faces are painted once for both.
    fn first_stage(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let device = self.autoencoder.device().clone();
        let pictures = pictures(&batch.pixels, batch.size_px, &device);
        let seen = Seen::of(self.autoencoder.model(), &self.settings, pictures);
        let mut losses = Vec::new();
        if 0.0 < self.settings.alpha1 * self.settings.beta3 {
            let judge = self.discriminator.model();
            let loss = discriminator_loss(
                judge.logits(seen.wanted.clone()),
                judge.logits(seen.painted.clone().detach()),
            );
            let rate = self.settings.discriminator_rate;
            let parts = vec![("discriminator", loss)];
            losses = self.discriminator.step(step, parts, rate, &batch.sources)?;
        }
        let parts = seen.first_stage(
            &self.settings,
            &labels(batch, &device),
            self.comparator.as_ref().map(|(comparator, _)| comparator),
            self.discriminator.model(),
        );
        let rate = self.settings.rate(&self.config, step);
        losses.extend(self.autoencoder.step(step, parts, rate, &batch.sources)?);
        Ok(losses)
    }

    fn second_stage(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let device = self.autoencoder.device().clone();
        if step == self.settings.stage1_steps {
            let model = self.autoencoder.model().clone();
            self.autoencoder = Learner::new(model, adam(&self.config), &device)?;
        }
        let masked = batch
            .masked
            .as_ref()
            .filter(|masked| !masked.masks.is_empty());
        let masked = masked.map(|masked| Masked {
            pictures: pictures(&masked.pixels, batch.size_px, &device),
            masks: masks(
                &masked.masks,
                batch.size_px as usize,
                self.settings.mask_size,
                &device,
            ),
        });
        let parts = second_stage(
            &self.autoencoder.model().encoder,
            &self.settings,
            pictures(&batch.pixels, batch.size_px, &device),
            labels(batch, &device),
            masked,
        );
        let rate = self.settings.rate(&self.config, step);
        self.autoencoder.step(step, parts, rate, &batch.sources)
    }
}

impl Trainer for LaeTrainer {
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let losses = if step < self.settings.stage1_steps {
            self.first_stage(step, batch)?
        } else {
            self.second_stage(step, batch)?
        };
        self.last_losses.clone_from(&losses);
        Ok(losses)
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let encoder = self.autoencoder.model().encoder.valid();
        let device = self.autoencoder.device().clone().without_autodiff();
        let features = encoder.features(pictures(&batch.pixels, batch.size_px, &device));
        let latents = latents(&encoder, &features).map_err(|err| device_error(&err))?;
        let logit = |latent: Vec<f32>| logit(&latent, self.settings.pristine_units);
        Ok(latents.into_iter().map(logit).map(FaceScore::of).collect())
    }

    /// u: how active each channel of the encoder's last convolution is (METHODS 3.3).
    fn features(&mut self, batch: &Batch) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
        let encoder = self.autoencoder.model().encoder.valid();
        let device = self.autoencoder.device().clone().without_autodiff();
        let features = encoder.features(pictures(&batch.pixels, batch.size_px, &device));
        let pooled = pool(features);
        let [_, channels] = pooled.dims();
        let values = host_tensor(pooled)
            .map_err(|err| device_error(&err))?
            .values;
        let rows = values.chunks_exact(channels).map(<[f32]>::to_vec);
        Ok(Some(rows.collect()))
    }

    fn facts(&self) -> Result<serde_json::Value, TrainError> {
        let mut facts = facts_of_losses(&self.last_losses);
        facts["comparator"] = serde_json::json!(self.origin());
        Ok(facts)
    }

    /// The model that is kept has been through both stages, where there are both: the first alone often scores
    /// better on what it was trained on (METHODS 3.5).
    fn has_scores(&self, steps: u64) -> bool {
        self.settings.stage1_steps < steps || self.config.steps <= self.settings.stage1_steps
    }

    fn save_weights(&self, dir: &Path) -> Result<(), TrainError> {
        let path = dir.join("weights.safetensors");
        weights::save(&self.model(), &path)
            .map_err(|err| device_error(&format!("{err}\nFile: {path:?}")))
    }

    fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
        self.save_weights(dir)?;
        let write = |path: PathBuf, written: std::io::Result<()>| match written {
            Ok(()) => Ok(path),
            Err(source) => Err(TrainError::Write { path, source }),
        };
        let made = |name: &str| {
            let path = dir.join(name);
            let written = std::fs::create_dir_all(&path);
            write(path, written)
        };
        self.autoencoder.save_state(&made(AUTOENCODER_DIR)?)?;
        self.discriminator.save_state(&made(DISCRIMINATOR_DIR)?)?;
        let path = dir.join(COMPARATOR);
        let origin = serde_json::json!(self.origin()).to_string();
        let written = std::fs::write(&path, origin + "\n");
        write(path, written).map(|_| ())
    }

    /// Refuses a run whose comparator cannot be had again.
    fn resume(&mut self, dir: &Path) -> Result<(), TrainError> {
        let failed = |reason: String| TrainError::Resume {
            path: dir.to_owned(),
            reason,
        };
        let read = std::fs::read_to_string(dir.join(COMPARATOR));
        let read = read.map_err(|err| failed(format!("{COMPARATOR}: {err}")))?;
        let kept: Option<ComparatorOrigin> =
            serde_json::from_str(&read).map_err(|err| failed(format!("{COMPARATOR}: {err}")))?;
        let device = self.autoencoder.device().clone();
        if let (Some(kept), Some((_, found))) = (kept, &self.comparator) {
            let again = kept.again(found, &self.settings, &device).map_err(failed)?;
            if let Some(comparator) = again {
                self.comparator = Some((comparator, kept));
            }
        }
        let fresh = LaeModel::new(&self.config, &self.settings, &device);
        self.autoencoder
            .resume(fresh.autoencoder, &dir.join(AUTOENCODER_DIR))?;
        self.discriminator
            .resume(fresh.discriminator, &dir.join(DISCRIMINATOR_DIR))
    }

    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError> {
        self.autoencoder
            .replace(|model| named::apply(model, weights).map_err(|reason| misfit(&reason)))
    }
}

fn adam(config: &TrainConfig) -> Adam {
    Adam::new(AdamSettings {
        weight_decay: config.weight_decay as f32,
        ..AdamSettings::default()
    })
}

/// # Shapes
/// - output: `[batch, 3, side, side]`, RGB, `ImageNet` mean and deviation
fn pictures(pixels: &[u8], size_px: u32, device: &Device) -> Tensor<4> {
    Normalization::IMAGE_NET.pictures(pixels, size_px, device)
}

/// # Shapes
/// - output: `[batch]`, 1 is manipulated
fn labels(batch: &Batch, device: &Device) -> Tensor<1> {
    let labels = TensorData::new(batch.labels.clone(), [batch.labels.len()]);
    Tensor::from_data(labels, device)
}
