//! Training in two stages (METHODS 4.7): the background model on pristine faces alone, by likelihood; then,
//! with its averaged weights at rest, the classifier on log-likelihood images.

use std::collections::BTreeMap;
use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor, TensorData};

use crate::detectors::FaceScore;
use crate::methods::Trainer;
use crate::methods::learner::{Learner, device_error, misfit};
use crate::methods::loss::cross_entropies;
use crate::methods::pixelcnn::lenet::LeNet;
use crate::methods::pixelcnn::likelihood::{
    classifier_input, face_likelihood, log_likelihoods, logits,
};
use crate::methods::pixelcnn::map_store::MapStore;
use crate::methods::pixelcnn::mixture::{bits_per_dim, nll};
use crate::methods::pixelcnn::model::PixelCnnModel;
use crate::methods::pixelcnn::network::PixelCnn;
use crate::methods::pixelcnn::preset::PixelCnnSettings;
use crate::methods::pixelcnn::sampler::{Sampler, Wish};
use crate::methods::pixelcnn::shift::move_images;
use crate::methods::schedule::learning_rate;
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::named::{self, NamedTensors, host_tensor};
use crate::nn::noise::Noise;
use crate::nn::polyak::Polyak;
use crate::nn::weights;
use crate::tensor::pictures;

/// Faces whose log-likelihood images are made in one pass.
const MAX_BATCH: usize = 16;

/// Faces that the background draws at a validation.
const NUM_SAMPLES: usize = 8;

/// Folders of the two networks in a checkpoint, and the file of the averaged background.
const BACKGROUND_DIR: &str = "background";
const CLASSIFIER_DIR: &str = "classifier";
const AVERAGE: &str = "average.safetensors";
/// How many steps it has taken in.
const UPDATES: &str = "average-updates.txt";

pub struct PixelCnnTrainer {
    config: TrainConfig,
    settings: PixelCnnSettings,
    background: Learner<PixelCnn>,
    classifier: Learner<LeNet>,
    /// What scores; begins with the first step, after the start from data.
    average: Option<Polyak<PixelCnn>>,
    /// Whether the background began with weights from elsewhere.
    is_given: bool,
    maps: MapStore,
    /// Bits per dimension of the validation since the last step, by category.
    bits: BTreeMap<Option<u8>, Vec<f32>>,
}

impl PixelCnnTrainer {
    /// Fresh networks; `device` must be an autodiff device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let settings = PixelCnnSettings::read(config)?;
        let model = PixelCnnModel::new(config, &settings, device)?;
        let adam = |beta_1: f64, beta_2: f64, weight_decay: f64| {
            Adam::new(AdamSettings {
                beta_1: beta_1 as f32,
                beta_2: beta_2 as f32,
                weight_decay: weight_decay as f32,
                ..AdamSettings::default()
            })
        };
        let of_background = adam(settings.beta_1, settings.beta_2, config.weight_decay);
        let of_classifier = adam(0.9, 0.999, settings.classifier_decay);
        Ok(Self {
            background: Learner::new(model.background, of_background, device)?,
            classifier: Learner::new(model.classifier, of_classifier, device)?,
            average: None,
            is_given: false,
            maps: MapStore::default(),
            bits: BTreeMap::new(),
            config: config.clone(),
            settings,
        })
    }

    /// The network whose likelihoods count.
    fn background(&self) -> PixelCnn {
        match &self.average {
            Some(average) => average.average().clone(),
            None => self.background.model().valid(),
        }
    }

    /// One step of the background model; the first one starts it from its batch (METHODS 4.2).
    fn background_step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let device = self.background.device().clone();
        let mut noise = Noise::of_step(self.config.seed, step);
        let pixels = pictures(&batch.pixels, batch.size_px, &device);
        if step == 0 && !self.is_given {
            let mut noise = noise.clone();
            let pixels = pixels.clone();
            self.background
                .replace(|model| Ok(model.started_from_data(pixels, &mut noise)))?;
        }
        if self.average.is_none() && 0.0 < self.settings.polyak_decay {
            self.average = Some(Polyak::new(
                self.background.model(),
                self.settings.polyak_decay,
            ));
        }
        self.maps.clear();
        let outputs = self.background.model().forward(pixels.clone(), &mut noise);
        let numbers = batch.pixels.len();
        // The mean over all numbers, not the sum: Adam takes the same steps, and the loss can be read.
        let loss = nll(outputs, pixels) * bits_per_dim(1.0, numbers);
        let rate = learning_rate(
            self.config.learning_rate,
            step,
            self.settings.background_steps,
            0,
            self.settings.final_rate_share,
        );
        let rate = rate * self.settings.rate_decay.powf(step as f64);
        let losses = self.background.step(
            step,
            vec![("bits per dimension", loss)],
            rate,
            &batch.sources,
        )?;
        if let Some(average) = &mut self.average {
            average.update(self.background.model());
        }
        Ok(losses)
    }

    fn classifier_step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let device = self.classifier.device().clone();
        let side = batch.size_px as usize;
        let mut maps = self.maps_of(batch)?;
        move_images(
            &mut maps,
            side,
            self.settings.shift_px,
            self.config.seed,
            step,
        );
        let maps = images(maps, side, &device);
        let inputs = classifier_input(maps, self.settings.input);
        let labels = TensorData::new(batch.labels.clone(), [batch.labels.len()]);
        let labels = Tensor::from_data(labels, &device);
        let logits = self.classifier.model().logit(inputs);
        let loss = cross_entropies(logits, labels).mean();
        self.classifier.step(
            step,
            vec![("cross-entropy", loss)],
            self.settings.classifier_rate,
            &batch.sources,
        )
    }

    /// The log-likelihood images of a batch, one after the other, three planes each: those that are kept, and
    /// the others made now.
    fn maps_of(&mut self, batch: &Batch) -> Result<Vec<f32>, TrainError> {
        let device = self.background.device().clone().without_autodiff();
        let side = batch.size_px as usize;
        let length = 3 * side * side;
        let mut all = vec![0.0; batch.pixels.len()];
        let mut missing = Vec::new();
        for ((at, source), target) in
            (batch.sources.iter().enumerate()).zip(all.chunks_exact_mut(length))
        {
            match self.maps.find(source) {
                Some(map) => target.copy_from_slice(map),
                None => missing.push(at),
            }
        }
        if missing.is_empty() {
            return Ok(all);
        }
        let background = self.background();
        for places in missing.chunks(MAX_BATCH) {
            let pixels: Vec<u8> = places
                .iter()
                .flat_map(|at| &batch.pixels[at * length..][..length])
                .copied()
                .collect();
            let faces = pictures(&pixels, batch.size_px, &device);
            let maps = host_tensor(log_likelihoods(&background, faces))
                .map_err(|err| device_error(&err))?;
            for (&at, map) in places.iter().zip(maps.values.chunks_exact(length)) {
                all[at * length..][..length].copy_from_slice(map);
                self.maps.keep(&batch.sources[at], map);
            }
        }
        Ok(all)
    }

    fn model(&self) -> PixelCnnModel {
        PixelCnnModel {
            background: self.background(),
            classifier: self.classifier.model().valid(),
        }
    }
}

impl Trainer for PixelCnnTrainer {
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        self.bits.clear();
        if step < self.settings.background_steps {
            self.background_step(step, batch)
        } else {
            self.classifier_step(step, batch)
        }
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let side = batch.size_px as usize;
        let length = 3 * side * side;
        let maps = self.maps_of(batch)?;
        let faces = maps.chunks_exact(length);
        for ((map, pixels), category) in faces
            .zip(batch.pixels.chunks_exact(length))
            .zip(&batch.categories)
        {
            let face = face_likelihood(map, pixels, side);
            let bits = self.bits.entry(*category).or_default();
            bits.push(face.bits_per_dim);
        }
        let classifier = self.classifier.model().valid();
        let device = self.classifier.device().clone().without_autodiff();
        let maps = images(maps, side, &device);
        let logits =
            logits(&classifier, maps, self.settings.input).map_err(|err| device_error(&err))?;
        Ok(logits.into_iter().map(FaceScore::of).collect())
    }

    /// Mean bits per dimension of the validation's faces: of pristine ones, and of each technique.
    fn facts(&self) -> Result<serde_json::Value, TrainError> {
        let mean = |bits: &[f32]| {
            let sum: f64 = bits.iter().map(|&bits| f64::from(bits)).sum();
            sum / bits.len().max(1) as f64
        };
        let of_category = |(category, bits): (&Option<u8>, &Vec<f32>)| {
            let name = match category {
                None => "pristine".to_owned(),
                Some(at) => {
                    let name = self.config.techniques.get(usize::from(*at));
                    name.cloned().unwrap_or_else(|| at.to_string())
                }
            };
            (name, mean(bits).into())
        };
        let bits = self.bits.iter().map(of_category);
        Ok(serde_json::json!({
            "bits_per_dim": serde_json::Map::from_iter(bits),
        }))
    }

    fn samples(&self, seed: u64) -> Result<Option<Vec<u8>>, TrainError> {
        let sampler = Sampler::new(&self.background()).map_err(|err| device_error(&err))?;
        let wish = Wish {
            count: NUM_SAMPLES,
            side_px: self.config.size_px as usize,
            seed,
            temperature: 1.0,
        };
        let drawn = sampler.sample::<TrainError>(wish, &mut |_, _| Ok(()))?;
        Ok(Some(drawn))
    }

    fn has_scores(&self, steps: u64) -> bool {
        self.settings.background_steps < steps
    }

    fn save_weights(&self, dir: &Path) -> Result<(), TrainError> {
        save(&self.model(), &dir.join("weights.safetensors"))
    }

    fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
        self.save_weights(dir)?;
        let made = |name: &str| {
            let path = dir.join(name);
            match std::fs::create_dir_all(&path) {
                Ok(()) => Ok(path),
                Err(source) => Err(TrainError::Write { path, source }),
            }
        };
        self.background.save_state(&made(BACKGROUND_DIR)?)?;
        self.classifier.save_state(&made(CLASSIFIER_DIR)?)?;
        match &self.average {
            Some(average) => {
                save(average.average(), &dir.join(AVERAGE))?;
                let path = dir.join(UPDATES);
                std::fs::write(&path, format!("{}\n", average.updates()))
                    .map_err(|source| TrainError::Write { path, source })
            }
            None => Ok(()),
        }
    }

    fn resume(&mut self, dir: &Path) -> Result<(), TrainError> {
        let device = self.background.device().clone();
        let fresh = PixelCnnModel::new(&self.config, &self.settings, &device)?;
        let average = dir.join(AVERAGE);
        if average.is_file() {
            let fresh = fresh.background.valid();
            let failed = |reason: String| TrainError::Resume {
                path: dir.to_owned(),
                reason,
            };
            let kept = weights::load(fresh, &average).map_err(|err| failed(err.to_string()))?;
            let updates = std::fs::read_to_string(dir.join(UPDATES))
                .map_err(|err| failed(err.to_string()))?
                .trim()
                .parse()
                .map_err(|err| failed(format!("{UPDATES} is not a number: {err}")))?;
            self.average = Some(Polyak::resumed(kept, self.settings.polyak_decay, updates));
        }
        self.background
            .resume(fresh.background, &dir.join(BACKGROUND_DIR))?;
        self.classifier
            .resume(fresh.classifier, &dir.join(CLASSIFIER_DIR))?;
        self.maps.clear();
        Ok(())
    }

    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError> {
        self.background
            .replace(|model| named::apply(model, weights).map_err(|reason| misfit(&reason)))?;
        self.is_given = true;
        Ok(())
    }
}

/// # Shapes
/// - output: `[batch, 3, side, side]`
fn images(maps: Vec<f32>, side: usize, device: &Device) -> Tensor<4> {
    let count = maps.len() / (3 * side * side);
    Tensor::from_data(TensorData::new(maps, [count, 3, side, side]), device)
}

fn save<M: burn::prelude::Module>(model: &M, path: &Path) -> Result<(), TrainError> {
    weights::save(model, path).map_err(|err| device_error(&format!("{err}\nFile: {path:?}")))
}
