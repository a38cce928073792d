//! Numbers of the `PixelCNN++` background model and its classifier: the paper's, and those that a laptop
//! can train (METHODS 4.7).

use serde::{Deserialize, Serialize};

use crate::methods::training::{Sampling, TrainConfig, TrainError};

pub const PRESETS: &[&str] = &["laptop", "paper"];

/// What only this method knows: [`TrainConfig::method_config`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PixelCnnSettings {
    /// Channels of every feature map; 160 in the published network.
    pub filters: usize,
    /// Gated blocks at each of the three resolutions; 5 in the published network.
    pub resnets: usize,
    /// Logistics of a pixel's mixture.
    pub mixtures: usize,
    /// How likely an element is dropped inside a block, in training alone.
    pub dropout: f64,
    /// Steps of the background model, which come first; what is left of `steps` is the classifier's.
    pub background_steps: u64,
    /// The background's learning rate falls along a cosine to this share of itself; 1 keeps it.
    pub final_rate_share: f64,
    /// Multiplies the background's learning rate in every step.
    pub rate_decay: f64,
    /// Of the running mean of the background's weights, which is what scores; 0 takes the weights themselves.
    pub polyak_decay: f64,
    /// Adam's, of the background.
    pub beta_1: f64,
    pub beta_2: f64,
    pub classifier_rate: f64,
    pub classifier_batch: usize,
    /// How the classifier's batches are drawn.
    pub sampling: Sampling,
    pub input: ClassifierInput,
    /// The classifier sees each image moved by so many pixels at most, its edge repeated; 0 as published.
    #[serde(default)]
    pub shift_px: usize,
    /// Added to the classifier's gradients, times the weights; 0 as published.
    #[serde(default)]
    pub classifier_decay: f64,
}

/// What the classifier sees of a log-likelihood image (METHODS 4.5, 4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassifierInput {
    /// The chain rule's three maps, whose sum is the joint one.
    Chain3,
    /// The joint map three times.
    JointReplicated,
}

impl Default for PixelCnnSettings {
    /// The published network and its training.
    fn default() -> Self {
        Self {
            filters: 160,
            resnets: 5,
            mixtures: 10,
            dropout: 0.5,
            background_steps: 0,
            final_rate_share: 1.0,
            rate_decay: 0.999_995,
            polyak_decay: 0.9995,
            beta_1: 0.95,
            beta_2: 0.9995,
            classifier_rate: 1e-3,
            classifier_batch: 64,
            sampling: Sampling::Balanced,
            input: ClassifierInput::Chain3,
            shift_px: 0,
            classifier_decay: 0.0,
        }
    }
}

impl PixelCnnSettings {
    /// From the method's table of a configuration; refuses unknown keys and impossible numbers.
    pub fn read(config: &TrainConfig) -> Result<Self, TrainError> {
        let settings: Self = config.own_settings()?;
        let is_share = |value: f64| (0.0..1.0).contains(&value);
        config.check([
            (
                !config.size_px.is_multiple_of(4),
                "size_px must be a multiple of 4: the network halves it twice",
            ),
            (
                !(1..=512).contains(&settings.filters) || !(1..=16).contains(&settings.resnets),
                "filters must be 1 to 512 and resnets 1 to 16",
            ),
            (
                !(1..=64).contains(&settings.mixtures),
                "mixtures must be 1 to 64",
            ),
            (
                !is_share(settings.dropout) || !is_share(settings.polyak_decay),
                "dropout and polyak_decay must be at least 0 and below 1",
            ),
            (
                !is_share(settings.beta_1) || !is_share(settings.beta_2),
                "beta_1 and beta_2 must be at least 0 and below 1",
            ),
            (
                !(0.0..=1.0).contains(&settings.final_rate_share),
                "final_rate_share must be between 0 and 1",
            ),
            (
                !(0.0 < settings.rate_decay && settings.rate_decay <= 1.0),
                "rate_decay must be above 0 and at most 1",
            ),
            (
                config.steps < settings.background_steps,
                "background_steps must be at most steps",
            ),
            (
                config.size_px as usize <= settings.shift_px
                    || !(0.0..=1.0).contains(&settings.classifier_decay),
                "shift_px must be below size_px, classifier_decay between 0 and 1",
            ),
            (
                settings.classifier_batch < 2,
                "classifier_batch must be at least 2",
            ),
        ])?;
        Ok(settings)
    }

    fn table(&self) -> toml::Table {
        toml::Table::try_from(self).expect("plain numbers and names fit a table")
    }
}

/// The configuration of a preset; `None` for another name.
pub fn preset(name: &str) -> Option<TrainConfig> {
    match name {
        "laptop" => Some(laptop()),
        "paper" => Some(paper()),
        _ => None,
    }
}

/// With the classifier's steps alone: for a background model that is trained already.
pub fn without_background(config: &mut TrainConfig) {
    let Ok(mut settings) = PixelCnnSettings::read(config) else {
        return; // Refused when its trainer is made.
    };
    // `read` checks that there are so many.
    config.steps -= settings.background_steps;
    settings.background_steps = 0;
    config.method_config = settings.table();
}

/// With the background's steps alone.
pub fn background_only(config: &mut TrainConfig) {
    if let Ok(settings) = PixelCnnSettings::read(config) {
        config.steps = settings.background_steps;
    }
}

/// With so many steps in all, of both stages in the same proportion as before.
pub fn with_steps(config: &mut TrainConfig, steps: u64) {
    if let Ok(mut settings) = PixelCnnSettings::read(config) {
        let share = settings.background_steps as f64 / config.steps.max(1) as f64;
        settings.background_steps = (share * steps as f64).round() as u64;
        config.steps = steps;
        config.method_config = settings.table();
    }
}

fn paper() -> TrainConfig {
    // 720 pristine clips of 270 frames in batches of 16, five times.
    let background_steps = 5 * 720 * 270 / 16;
    // The same clips of five kinds in batches of 64, 25 times.
    let classifier_epoch = 5 * 720 * 270 / 64;
    TrainConfig {
        method: "pixelcnn".to_owned(),
        preset: "paper".to_owned(),
        seed: 1,
        size_px: 64,
        batch_size: 16,
        steps: background_steps + 25 * classifier_epoch,
        learning_rate: 1e-4,
        weight_decay: 0.0,
        frames_per_clip: 270,
        validation_share: 0.15,
        validate_every: classifier_epoch,
        validation_batches: 20,
        checkpoint_every: 2_000,
        init: None,
        techniques: Vec::new(),
        method_config: PixelCnnSettings {
            background_steps,
            ..PixelCnnSettings::default()
        }
        .table(),
    }
}

/// A million parameters, for rendered people and two cores.
fn laptop() -> TrainConfig {
    TrainConfig {
        preset: "laptop".to_owned(),
        // 30 minutes at 11 pictures a second, then 5 of the classifier.
        steps: 1_800,
        learning_rate: 2e-3,
        frames_per_clip: 16,
        validation_share: 0.2,
        validate_every: 200,
        validation_batches: 3,
        checkpoint_every: 100,
        method_config: PixelCnnSettings {
            filters: 32,
            resnets: 2,
            // Few steps: it never learns its faces by heart.
            dropout: 0.0,
            background_steps: 1_200,
            final_rate_share: 0.05,
            rate_decay: 1.0,
            polyak_decay: 0.99,
            // A few thousand images are learned by heart else.
            shift_px: 6,
            classifier_decay: 1e-3,
            ..PixelCnnSettings::default()
        }
        .table(),
        ..paper()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_read_back() {
        for name in PRESETS {
            let config = preset(name).unwrap();
            let settings = PixelCnnSettings::read(&config).unwrap();
            assert_eq!(settings.table(), config.method_config);
            assert_eq!((config.preset.as_str(), config.size_px), (*name, 64));
        }
        assert_eq!(preset("desktop"), None);
        assert_eq!(paper().steps - 25 * 15_187, 60_750);
    }

    #[test]
    fn the_two_stages_come_apart() {
        let whole = laptop();
        let mut config = whole.clone();
        without_background(&mut config);
        assert_eq!(config.steps, 600);
        assert_eq!(PixelCnnSettings::read(&config).unwrap().background_steps, 0);
        let mut config = whole;
        with_steps(&mut config, 180);
        background_only(&mut config);
        assert_eq!(config.steps, 120);
    }

    #[test]
    fn wrong_numbers_are_refused_with_the_key() {
        let check = |key: &str, value: toml::Value| {
            let mut config = laptop();
            config.method_config.insert(key.to_owned(), value);
            let text = PixelCnnSettings::read(&config).unwrap_err().to_string();
            assert!(text.contains(key), "{text}");
        };
        check("filters", 0.into());
        check("mixtures", 65.into());
        check("shift_px", 64.into());
        check("dropout", 1.0.into());
        check("background_steps", 5_000.into());
        check("input", "joint".into());
        check("fliters", 32.into());
        let odd = TrainConfig {
            size_px: 66,
            ..laptop()
        };
        let text = PixelCnnSettings::read(&odd).unwrap_err().to_string();
        assert!(text.contains("multiple of 4"), "{text}");
    }
}
