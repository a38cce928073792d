//! Training of DID: all parts together, the backbone at its own rate (METHODS 2.4 to 2.6).

use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor, TensorData};

use crate::detectors::FaceScore;
use crate::methods::Trainer;
use crate::methods::did::detector::logits;
use crate::methods::did::loss::{Decorrelation, Truth, weighted};
use crate::methods::did::model::Did;
use crate::methods::did::preset::DidSettings;
use crate::methods::learner::{Learner, device_error, started};
use crate::methods::schedule::learning_rate;
use crate::methods::training::{Batch, Loss, TrainConfig, TrainError, facts_of_losses};
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::gradient_reversal;
use crate::nn::initial;
use crate::nn::named::NamedTensors;
use crate::nn::noise::{Noise, SplitMix};

/// Paths of the parameters of G and of T begin so.
const BACKBONE: &str = "backbone.";
const ESTIMATOR: &str = "estimator.";

pub struct DidTrainer {
    config: TrainConfig,
    settings: DidSettings,
    learner: Learner<Did>,
    /// Of the last step, with their weights.
    last_losses: Vec<Loss>,
}

impl DidTrainer {
    /// A fresh network; `device` must be an autodiff device.
    pub fn new(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let settings = DidSettings::read(config)?;
        let model = fresh(config, &settings, device);
        let adam = Adam::new(AdamSettings {
            weight_decay: config.weight_decay as f32,
            ..AdamSettings::default()
        });
        Ok(Self {
            learner: Learner::new(initial::seeded(model, config.seed), adam, device)?,
            config: config.clone(),
            settings,
            last_losses: Vec::new(),
        })
    }

    /// The network in training.
    pub fn model(&self) -> &Did {
        self.learner.model()
    }

    fn pictures(&self, batch: &Batch, device: &Device) -> Tensor<4> {
        self.settings.pictures(&batch.pixels, batch.size_px, device)
    }

    /// Labels and domains of a batch; refuses a technique that the configuration does not name.
    fn truth(&self, batch: &Batch) -> Result<Truth, TrainError> {
        let device = self.learner.device();
        let length = batch.labels.len();
        let domains: Vec<i32> = batch
            .categories
            .iter()
            .map(|category| category.map_or(0, |technique| 1 + i32::from(technique)))
            .collect();
        let num_techniques = self.config.techniques.len() as i32;
        if domains.iter().any(|domain| num_techniques < *domain) {
            return Err(TrainError::Config {
                reason: format!(
                    "a face has another technique than the {num_techniques} of the configuration"
                ),
            });
        }
        let labels = TensorData::new(batch.labels.clone(), [length]);
        Ok(Truth {
            labels: Tensor::from_data(labels, device),
            domains: Tensor::from_data(TensorData::new(domains, [length]), device),
        })
    }

    /// The strength of the reversal on features, and by what T's own rate is multiplied.
    fn schedule(&self, step: u64) -> (f64, f64) {
        let progress = step as f64 / self.config.steps.max(1) as f64;
        let beta = gradient_reversal::strength(progress);
        if self.settings.schedule_on_estimator {
            (1.0, beta)
        } else {
            (beta, 1.0)
        }
    }
}

fn fresh(config: &TrainConfig, settings: &DidSettings, device: &Device) -> Did {
    Did::new(
        settings,
        config.size_px,
        1 + config.techniques.len(),
        device,
    )
}

/// How far faces are moved on in a step: any distance but none is as likely.
fn shift(seed: u64, step: u64, batch: usize) -> usize {
    let drawn = SplitMix::new(seed ^ step.wrapping_mul(0x9e37_79b9)).draw();
    1 + (drawn % (batch.max(2) as u64 - 1)) as usize
}

impl Trainer for DidTrainer {
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError> {
        let TrainConfig { seed, steps, .. } = self.config;
        let (strength, estimator_share) = self.schedule(step);
        let images = self.pictures(batch, self.learner.device());
        let truth = self.truth(batch)?;
        let decorrelation = Decorrelation {
            strength,
            shift: shift(seed, step, batch.labels.len()),
        };
        let seen = self
            .model()
            .forward(images, &mut Noise::of_step(seed, step));
        let parts = weighted(&seen, &truth, &self.settings, decorrelation);
        let parts = parts.map_err(|reason| TrainError::Config { reason })?;
        let rate = learning_rate(
            self.config.learning_rate,
            step,
            steps,
            self.settings.warmup_steps,
            self.settings.final_rate_share,
        );
        let head_rate = rate * self.settings.head_rate;
        let rate_of = |path: &str| {
            if path.starts_with(BACKBONE) {
                rate
            } else if path.starts_with(ESTIMATOR) {
                head_rate * estimator_share
            } else {
                head_rate
            }
        };
        let losses = self
            .learner
            .step_with_rates(step, parts, rate_of, &batch.sources)?;
        self.last_losses.clone_from(&losses);
        Ok(losses)
    }

    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
        let device = self.learner.device().clone().without_autodiff();
        let model = self.model();
        let features = model
            .backbone
            .valid()
            .forward(self.pictures(batch, &device));
        let logits = logits(&model.scorer.valid(), &features).map_err(|err| device_error(&err))?;
        Ok(logits.into_iter().map(FaceScore::of).collect())
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
        let fresh = fresh(&self.config, &self.settings, self.learner.device());
        self.learner.resume(fresh, dir)
    }

    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError> {
        self.learner.replace(|model| {
            Ok(Did {
                backbone: started(model.backbone, weights)?,
                ..model
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::did::preset::preset;
    use crate::nn::named::collect;

    fn config() -> TrainConfig {
        let mut config = preset("laptop").unwrap();
        let own = "size_px = 32\nbatch_size = 6\nsteps = 100\nlearning_rate = 0.004\n[method_config]\nwidth = 0.05\n\
                   middle_blocks = 1\nhidden = 8\nestimator_channels = [8, 8, 8]\nwarmup_steps = 0";
        config = config.replaced(own.parse().unwrap()).unwrap();
        config.techniques = vec!["recolor".to_owned(), "swap".to_owned()];
        config
    }

    /// Dark pristine faces, and two kinds of bright ones: with a stripe down or across.
    fn batch() -> Batch {
        let (mut pixels, mut labels, mut categories) = (Vec::new(), Vec::new(), Vec::new());
        for face in 0..6_usize {
            let kind = face % 3;
            for at in 0..32 * 32_usize {
                let (x, y) = (at % 32, at / 32);
                let is_stripe = match kind {
                    1 => (12..20).contains(&x),
                    2 => (12..20).contains(&y),
                    _ => false,
                };
                let level = if is_stripe {
                    250
                } else {
                    40 + (at * 7 % 31) as u8
                };
                pixels.extend([level; 3]);
            }
            labels.push(f32::from(u8::from(kind != 0)));
            categories.push(kind.checked_sub(1).map(|kind| kind as u8));
        }
        Batch {
            size_px: 32,
            pixels,
            labels,
            categories,
            sources: vec![String::new(); 6],
            masked: None,
        }
    }

    fn trainer(config: &TrainConfig) -> DidTrainer {
        DidTrainer::new(config, &Device::flex().autodiff()).unwrap()
    }

    #[test]
    fn it_learns_faces_and_their_domains() {
        let mut trainer = trainer(&config());
        let batch = batch();
        let names: Vec<&str> = {
            let losses = trainer.step(0, &batch).unwrap();
            losses.iter().map(|loss| loss.name).collect()
        };
        assert_eq!(
            names,
            ["cross-entropy", "ranking", "domain", "decorrelation"]
        );
        let first: Vec<Loss> = trainer.step(1, &batch).unwrap();
        let last = (2..100)
            .map(|step| trainer.step(step, &batch).unwrap())
            .last()
            .unwrap();
        for at in [0, 2] {
            assert!(last[at].value < 0.5 * first[at].value, "{first:?} {last:?}");
        }
        // T tells some pairs of one face from those of two: below 2 ln 2.
        assert!((0.0..1.38).contains(&last[3].value), "{last:?}");
    }

    #[test]
    fn features_feel_the_same_of_t_wherever_its_weight_is() {
        let mut config = config();
        // The schedule starts at nothing.
        config.steps = 1;
        let gradients = |on_estimator: bool| {
            let mut config = config.clone();
            let key = "lambda_on_estimator".to_owned();
            config.method_config.insert(key, on_estimator.into());
            let trainer = trainer(&config);
            let (batch, device) = (batch(), trainer.learner.device());
            let images = trainer.pictures(&batch, device);
            let seen = trainer.model().forward(images, &mut Noise::off());
            let decorrelation = Decorrelation {
                strength: 0.5,
                shift: 1,
            };
            let truth = trainer.truth(&batch).unwrap();
            let parts = weighted(&seen, &truth, &trainer.settings, decorrelation).unwrap();
            let loss = parts.into_iter().find(|(name, _)| *name == "decorrelation");
            let gradients = loss.unwrap().1.backward();
            let of =
                |path: &str| crate::nn::descent::gradient_norm(trainer.model(), &gradients, path);
            [of("scorer.attention."), of("estimator.")]
        };
        let ([features, estimator], [same, whole]) = (gradients(true), gradients(false));
        assert!(
            0.0 < same && (features / same - 1.0).abs() < 1e-3,
            "{features} {same}"
        );
        assert!(
            (estimator / whole - 0.01).abs() < 1e-4,
            "{estimator} {whole}"
        );
    }

    #[test]
    fn a_run_taken_up_again_goes_on_to_the_same_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let (config, batch) = (config(), batch());
        let mut straight = trainer(&config);
        for step in 0..2 {
            straight.step(step, &batch).unwrap();
        }
        straight.save_state(dir.path()).unwrap();
        let mut resumed = trainer(&config);
        resumed.resume(dir.path()).unwrap();
        for step in 2..4 {
            assert_eq!(
                straight.step(step, &batch).unwrap(),
                resumed.step(step, &batch).unwrap()
            );
        }
        let all = |trainer: &DidTrainer| collect(&trainer.model().valid()).unwrap();
        assert!(all(&straight) == all(&resumed));
    }

    #[test]
    fn the_backbone_moves_a_tenth_as_fast_where_the_heads_have_ten_times_its_rate() {
        let mut config = config();
        config
            .method_config
            .insert("head_rate".to_owned(), 10.0.into());
        config.weight_decay = 0.0;
        let mut trainer = trainer(&config);
        let before = collect(&trainer.model().valid()).unwrap();
        trainer.step(0, &batch()).unwrap();
        let after = collect(&trainer.model().valid()).unwrap();
        // Adam's first step moves every parameter by its rate.
        let largest = |start: &str| {
            let paths = before
                .keys()
                .filter(|path| path.starts_with(start) && path.ends_with("weight"));
            let moved = paths.flat_map(|path| {
                let pairs = before[path].values.iter().zip(&after[path].values);
                pairs
                    .map(|(before, after)| (before - after).abs())
                    .collect::<Vec<_>>()
            });
            f64::from(moved.fold(0.0, f32::max))
        };
        let rate = config.learning_rate;
        assert!((largest("backbone.") / rate - 1.0).abs() < 0.01);
        for start in ["scorer.", "domain."] {
            assert!((largest(start) / rate - 10.0).abs() < 0.1, "{start}");
        }
    }

    #[test]
    fn techniques_that_nobody_named_are_refused() {
        let mut config = config();
        config.techniques.pop();
        let refused = trainer(&config).step(0, &batch());
        assert!(matches!(refused, Err(TrainError::Config { .. })));
    }

    #[test]
    fn every_shift_moves_every_face() {
        let shifts: Vec<usize> = (0..200).map(|step| shift(3, step, 6)).collect();
        assert!(shifts.iter().all(|shift| (1..6).contains(shift)));
        assert!((1..6).all(|shift| shifts.contains(&shift)));
        assert_eq!(shift(1, 1, 2), 1);
    }

    #[test]
    fn the_literal_schedule_slows_t_and_leaves_features_alone() {
        let mut config = config();
        let half = config.steps / 2;
        let (beta, one) = trainer(&config).schedule(half);
        assert!((beta - 0.848_284).abs() < 1e-6 && one == 1.0);
        let key = "schedule_on_estimator".to_owned();
        config.method_config.insert(key, true.into());
        assert_eq!(trainer(&config).schedule(half), (1.0, beta));
    }
}
