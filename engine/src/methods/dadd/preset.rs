//! DADD's numbers: those of the paper, and those that a laptop can train in less than an hour.

use serde::{Deserialize, Serialize};

use crate::methods::training::{TrainConfig, TrainError};

/// What only DADD knows: [`TrainConfig::method_config`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaddSettings {
    /// Scales Xception's channels; 1 is the paper's network.
    pub width: f64,
    /// Xception's middle blocks; the paper's network has 8.
    pub middle_blocks: usize,
    /// Length F of each private feature. METHODS 5.3: 128, not stated in the paper.
    pub features: usize,
    /// Weight of the l2,1 norm. Paper 4.5: .1 was the best of a sweep.
    pub lambda: f64,
    /// k of Algorithm 1. METHODS 5.4: 1, not stated.
    pub subtask_rounds: u64,
    /// t of Algorithm 1. METHODS 5.4: 9 keeps both kinds of steps balanced.
    pub final_batches: u64,
    /// Steps over which the learning rate rises from zero.
    pub warmup_steps: u64,
    /// The learning rate falls along a cosine to this share of itself; 1 keeps it.
    pub final_rate_share: f64,
}

impl Default for DaddSettings {
    /// The paper's, where it says them.
    fn default() -> Self {
        Self {
            width: 1.0,
            middle_blocks: 8,
            features: 128,
            lambda: 0.1,
            subtask_rounds: 1,
            final_batches: 9,
            warmup_steps: 0,
            final_rate_share: 1.0,
        }
    }
}

impl DaddSettings {
    /// From the method's table of a configuration; refuses unknown keys and impossible numbers.
    pub fn read(config: &TrainConfig) -> Result<Self, TrainError> {
        let settings: Self = config.own_settings()?;
        let is_cycle_empty = settings.subtask_rounds + settings.final_batches == 0;
        config.check([
            (
                !(0.0 < settings.width && settings.width <= 4.0),
                "width must be above 0 and at most 4",
            ),
            (settings.features == 0, "features must be at least 1"),
            (
                !(0.0..=1e6).contains(&settings.lambda),
                "lambda must be 0 or more",
            ),
            (
                is_cycle_empty,
                "subtask_rounds and final_batches are both 0",
            ),
            (
                !(0.0..=1.0).contains(&settings.final_rate_share),
                "final_rate_share must be between 0 and 1",
            ),
        ])?;
        Ok(settings)
    }

    fn table(&self) -> toml::Table {
        toml::Table::try_from(self).expect("plain numbers fit a table")
    }
}

/// The configuration of this name, `paper` or `laptop`.
pub fn preset(name: &str) -> Option<TrainConfig> {
    match name {
        "paper" => Some(paper()),
        "laptop" => Some(laptop()),
        _ => None,
    }
}

fn paper() -> TrainConfig {
    TrainConfig {
        method: "dadd".to_owned(),
        preset: "paper".to_owned(),
        seed: 1,
        // METHODS 5.4: Xception's own size.
        size_px: 299,
        batch_size: 32,
        // Not stated. 720 clips of 20 frames are 450 batches: about 40 passes.
        steps: 18_000,
        // METHODS 5.4: the usual recipe for Xception; the optimizer is not stated.
        learning_rate: 2e-4,
        weight_decay: 0.0,
        // Paper 4.1.
        frames_per_clip: 20,
        // Paper 4.1: 140 of 1000 for validation, 140 for the test, here of one folder.
        validation_share: 0.15,
        validate_every: 900,
        validation_batches: 4,
        checkpoint_every: 900,
        init: None,
        techniques: Vec::new(),
        method_config: DaddSettings::default().table(),
    }
}

fn laptop() -> TrainConfig {
    TrainConfig {
        method: "dadd".to_owned(),
        preset: "laptop".to_owned(),
        seed: 1,
        // Less than a fifth of the paper's pixels: a step of 24 pictures takes under a second.
        size_px: 128,
        batch_size: 24,
        // 17 minutes at the 38 pictures a second that two cores were measured to take.
        steps: 1_600,
        // Five times the paper's: the narrow network starts from scratch and has few steps.
        learning_rate: 1e-3,
        weight_decay: 0.0,
        frames_per_clip: 24,
        // Of about twenty clips, five are enough to compare and few enough to miss.
        validation_share: 0.25,
        validate_every: 200,
        validation_batches: 2,
        checkpoint_every: 100,
        init: None,
        techniques: Vec::new(),
        method_config: DaddSettings {
            width: 0.25,
            middle_blocks: 4,
            features: 32,
            // A tenth of the paper's: at .1, W falls to zero before these short features can hold it
            // (final loss still .692 after 108 steps, the norm a sixth of its start).
            lambda: 0.01,
            warmup_steps: 36,
            final_rate_share: 0.02,
            ..DaddSettings::default()
        }
        .table(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_read_back_and_other_names_are_unknown() {
        assert_eq!(
            DaddSettings::read(&preset("paper").unwrap()).unwrap(),
            DaddSettings::default()
        );
        let laptop = DaddSettings::read(&preset("laptop").unwrap()).unwrap();
        assert!(laptop.width < 1.0);
        assert!(preset("desktop").is_none());
    }

    #[test]
    fn wrong_numbers_are_refused_with_the_key() {
        let check = |key: &str, value: toml::Value, expected: &str| {
            let mut config = preset("laptop").unwrap();
            config.method_config.insert(key.to_owned(), value);
            let text = DaddSettings::read(&config).unwrap_err().to_string();
            assert!(text.contains(expected), "{text}");
        };
        check("width", 0.0.into(), "width");
        check("features", 0.into(), "features");
        check("wdith", 1.0.into(), "wdith");
        check("final_rate_share", 2.0.into(), "final_rate_share");
    }
}
