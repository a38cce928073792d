//! Numbers of LAE: the paper's, and those that a laptop can train (METHODS 3.2 to 3.4).

use serde::{Deserialize, Serialize};

use crate::data::annotations::Order;
use crate::forge::labelled::LabelledAugmentation;
use crate::methods::lae::attention::{MapScale, MaskSize};
use crate::methods::lae::choice::ComparatorChoice;
use crate::methods::lae::discriminator::{DiscriminatorConfig, Extent};
use crate::methods::lae::loss::Difference;
use crate::methods::lae::network::AutoencoderConfig;
use crate::methods::lae::target::Target;
use crate::methods::schedule::{dropped, learning_rate};
use crate::methods::training::{MaskPlan, Sampling, TrainConfig, TrainError};

pub const PRESETS: &[&str] = &["laptop", "paper"];

/// What only this method knows: [`TrainConfig::method_config`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaeSettings {
    /// Scale the channels; 1 are the published networks.
    pub width: f64,
    pub decoder_width: f64,
    pub discriminator_width: f64,
    pub discriminator: Extent,
    /// Numbers of the latent vector, `d_z`.
    pub latent: usize,
    /// So many of them, the first, are to be active on pristine faces; the rest on manipulated ones.
    pub pristine_units: usize,
    /// What painted faces are held against.
    pub comparator: ComparatorChoice,
    /// Scales the substitute's channels; VGG16 has its own.
    pub comparator_width: f64,
    /// Side of the pictures that the comparator sees.
    pub comparator_px: usize,
    /// Weights of `L_rec` and `L_latent` in the first stage.
    pub alpha1: f64,
    pub alpha2: f64,
    /// Weights in `L_rec` of pixels, of the comparator's features, and of the discriminator.
    pub beta1: f64,
    pub beta2: f64,
    pub beta3: f64,
    /// Weights of `L_latent` and `L_att` in the second stage.
    pub lambda1: f64,
    pub lambda2: f64,
    /// How pixels and features are compared.
    pub difference: Difference,
    /// What the decoder is to paint.
    pub target: Target,
    pub map_scale: MapScale,
    pub mask_size: MaskSize,
    /// How first weights are drawn.
    pub autoencoder_start: FirstWeights,
    pub discriminator_start: FirstWeights,
    pub discriminator_rate: f64,
    /// Steps of the first stage; what is left of `steps` is the second's.
    pub stage1_steps: u64,
    /// Steps over which the first stage's rate rises from zero.
    pub warmup_steps: u64,
    /// The first stage's rate falls along a cosine to this share of itself; 1 keeps it.
    pub final_rate_share: f64,
    /// The second stage's rate; `learning_rate` is the first's.
    pub stage2_rate: f64,
    /// It is multiplied by this at the start of each of so many equal parts of the stage but the first.
    pub stage2_drop: f64,
    pub stage2_parts: u64,
    /// Faces with masks beside a batch of the second stage.
    pub masked_batch: usize,
    /// Faces whose masks a training asks for, where nobody gave any.
    pub num_masks: usize,
    /// How they are chosen.
    pub order: Order,
    /// Chosen anew every so many steps; 0 chooses once.
    pub reselect_every: u64,
    pub sampling: Sampling,
    pub augmentation: LabelledAugmentation,
}

/// How weights are drawn before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstWeights {
    /// `PyTorch`'s own way.
    Default,
    /// DCGAN's.
    Dcgan,
}

impl Default for LaeSettings {
    /// The published networks and their training.
    fn default() -> Self {
        Self {
            width: 1.0,
            decoder_width: 1.0,
            discriminator_width: 1.0,
            discriminator: Extent::Whole,
            latent: 128,
            pristine_units: 64,
            comparator: ComparatorChoice::Auto,
            comparator_width: 1.0,
            comparator_px: 224,
            alpha1: 1.0,
            alpha2: 1.0,
            beta1: 1.0,
            beta2: 1.0,
            beta3: 0.01,
            lambda1: 0.5,
            lambda2: 1.0,
            difference: Difference::Mae,
            target: Target::Symmetric,
            map_scale: MapScale::Sum,
            mask_size: MaskSize::Picture,
            autoencoder_start: FirstWeights::Default,
            discriminator_start: FirstWeights::Dcgan,
            discriminator_rate: 1e-3,
            stage1_steps: 0,
            warmup_steps: 0,
            final_rate_share: 1.0,
            stage2_rate: 1e-4,
            stage2_drop: 0.1,
            stage2_parts: 3,
            masked_batch: 64,
            num_masks: 100,
            order: Order::Active,
            reselect_every: 0,
            sampling: Sampling::Natural,
            augmentation: LabelledAugmentation::None,
        }
    }
}

impl LaeSettings {
    /// From the method's table of a configuration; refuses unknown keys and impossible numbers.
    pub fn read(config: &TrainConfig) -> Result<Self, TrainError> {
        let settings: Self = config.own_settings()?;
        let is_width = |width: f64| 0.0 < width && width <= 4.0;
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        let is_rate = |rate: f64| 0.0 < rate && rate <= 1.0;
        let weights = [
            settings.alpha1,
            settings.alpha2,
            settings.beta1,
            settings.beta2,
            settings.beta3,
            settings.lambda1,
            settings.lambda2,
        ];
        let are_weights = weights.iter().all(|weight| (0.0..=1e6).contains(weight));
        config.check([
            (
                !config.size_px.is_power_of_two() || !(32..=512).contains(&config.size_px),
                "size_px must be 32, 64, 128, 256 or 512: the networks halve it down to 16 and 4",
            ),
            (
                !is_width(settings.width)
                    || !is_width(settings.decoder_width)
                    || !is_width(settings.discriminator_width),
                "width, decoder_width and discriminator_width must be above 0 and at most 4",
            ),
            (
                !(0.0..=1.0).contains(&settings.comparator_width)
                    || settings.comparator_width == 0.0,
                "comparator_width must be above 0 and at most 1",
            ),
            (
                !settings.comparator_px.is_multiple_of(8)
                    || !(16..=512).contains(&settings.comparator_px),
                "comparator_px must be a multiple of 8 from 16 to 512",
            ),
            (
                !(2..=4096).contains(&settings.latent),
                "latent must be 2 to 4096",
            ),
            (
                !(1..settings.latent).contains(&settings.pristine_units),
                "pristine_units must be at least 1 and below latent",
            ),
            (
                !are_weights,
                "alpha1, alpha2, beta1, beta2, beta3, lambda1 and lambda2 must be 0 to a million",
            ),
            (
                !is_rate(settings.discriminator_rate) || !is_rate(settings.stage2_rate),
                "discriminator_rate and stage2_rate must be above 0 and at most 1",
            ),
            (
                !is_share(settings.final_rate_share) || !is_share(settings.stage2_drop),
                "final_rate_share and stage2_drop must be between 0 and 1",
            ),
            (
                settings.stage2_parts == 0 || 1000 < settings.stage2_parts,
                "stage2_parts must be 1 to 1000",
            ),
            (
                config.steps < settings.stage1_steps,
                "stage1_steps must be at most steps",
            ),
            (
                settings.order == Order::Asked,
                "order must be active, uncertainty or random: nobody is there to be asked",
            ),
        ])?;
        Ok(settings)
    }

    pub fn autoencoder(&self, size_px: u32) -> AutoencoderConfig {
        AutoencoderConfig {
            side_px: size_px as usize,
            width: self.width,
            decoder_width: self.decoder_width,
            latent: self.latent,
        }
    }

    pub fn discriminator(&self, size_px: u32) -> DiscriminatorConfig {
        DiscriminatorConfig {
            side_px: size_px as usize,
            width: self.discriminator_width,
            extent: self.discriminator,
        }
    }

    /// The autoencoder's learning rate at a step of a training.
    pub fn rate(&self, config: &TrainConfig, step: u64) -> f64 {
        let Some(step) = step.checked_sub(self.stage1_steps) else {
            return learning_rate(
                config.learning_rate,
                step,
                self.stage1_steps,
                self.warmup_steps,
                self.final_rate_share,
            );
        };
        let steps = config.steps.saturating_sub(self.stage1_steps);
        let part = |part: u64| (part * steps).div_ceil(self.stage2_parts);
        let drops: Vec<u64> = (1..self.stage2_parts).map(part).collect();
        dropped(self.stage2_rate, step, &drops, self.stage2_drop)
    }

    /// The masks that the second stage learns from, where it does.
    pub fn mask_plan(&self) -> Option<MaskPlan> {
        let wants = 0 < self.num_masks && 0 < self.masked_batch && 0.0 < self.lambda2;
        wants.then(|| MaskPlan {
            from_step: self.stage1_steps,
            count: self.num_masks,
            order: self.order,
            every: (0 < self.reselect_every).then_some(self.reselect_every),
        })
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

/// With the second stage alone: for an autoencoder that is trained already.
pub fn without_first_stage(config: &mut TrainConfig) {
    let Ok(mut settings) = LaeSettings::read(config) else {
        return; // Refused when its trainer is made.
    };
    // `read` checks that there are so many.
    config.steps -= settings.stage1_steps;
    settings.stage1_steps = 0;
    config.method_config = settings.table();
}

/// With the first stage alone.
pub fn first_stage_only(config: &mut TrainConfig) {
    if let Ok(settings) = LaeSettings::read(config) {
        config.steps = settings.stage1_steps;
    }
}

/// With so many steps in all, of both stages in the same proportion as before.
pub fn with_steps(config: &mut TrainConfig, steps: u64) {
    if let Ok(mut settings) = LaeSettings::read(config) {
        let share = settings.stage1_steps as f64 / config.steps.max(1) as f64;
        settings.stage1_steps = (share * steps as f64).round() as u64;
        config.steps = steps;
        config.method_config = settings.table();
    }
}

/// `Face2Face` of `FaceForensics++`. Epochs and crops are not stated.
fn paper() -> TrainConfig {
    // 720 clips of each kind, 200 frames each, in batches of 64.
    let epoch = 2 * 720 * 200 / 64;
    let stage1_steps = 20 * epoch;
    TrainConfig {
        method: "lae".to_owned(),
        preset: "paper".to_owned(),
        seed: 1,
        size_px: 256,
        batch_size: 64,
        // Three times three epochs at a rate of their own.
        steps: stage1_steps + 9 * epoch,
        learning_rate: 1e-3,
        weight_decay: 0.0,
        frames_per_clip: 200,
        validation_share: 0.15,
        validate_every: epoch,
        validation_batches: 22,
        checkpoint_every: epoch / 4,
        init: None,
        techniques: Vec::new(),
        method_config: LaeSettings {
            stage1_steps,
            ..LaeSettings::default()
        }
        .table(),
    }
}

/// Narrow networks, for a few hundred forged clips and two cores.
fn laptop() -> TrainConfig {
    TrainConfig {
        preset: "laptop".to_owned(),
        size_px: 128,
        batch_size: 32,
        steps: 4_200,
        frames_per_clip: 16,
        validation_share: 0.2,
        validate_every: 300,
        validation_batches: 8,
        checkpoint_every: 300,
        method_config: LaeSettings {
            width: 0.5,
            decoder_width: 0.5,
            discriminator_width: 0.25,
            comparator: ComparatorChoice::Substitute,
            comparator_width: 0.125,
            comparator_px: 64,
            mask_size: MaskSize::Map,
            stage1_steps: 3_400,
            warmup_steps: 36,
            final_rate_share: 0.1,
            num_masks: 400,
            masked_batch: 16,
            sampling: Sampling::Balanced,
            augmentation: LabelledAugmentation::Mirror,
            ..LaeSettings::default()
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
            let settings = LaeSettings::read(&config).unwrap();
            assert_eq!(settings.table(), config.method_config);
            assert_eq!((config.method.as_str(), &config.preset[..]), ("lae", *name));
            // METHODS 3.4.
            assert_eq!([settings.alpha1, settings.alpha2], [1.0, 1.0]);
            assert_eq!(
                [settings.beta1, settings.beta2, settings.beta3],
                [1.0, 1.0, 0.01]
            );
            assert_eq!([settings.lambda1, settings.lambda2], [0.5, 1.0]);
            assert_eq!(config.learning_rate, 1e-3);
        }
        assert!(preset("desktop").is_none());
        let paper = preset("paper").unwrap();
        assert_eq!((paper.size_px, paper.batch_size), (256, 64));
        assert_eq!(paper.steps, 29 * 4_500);
    }

    #[test]
    fn the_rate_starts_anew_in_the_second_stage_and_drops_every_third_of_it() {
        let mut config = paper();
        config.steps = 19;
        let settings = LaeSettings {
            stage1_steps: 9,
            ..LaeSettings::default()
        };
        let rates: Vec<f64> = (0..19).map(|step| settings.rate(&config, step)).collect();
        assert!(rates[..9].iter().all(|rate| *rate == 1e-3));
        // Ten steps: the parts begin at 0, 4 and 7.
        let part = |places: std::ops::Range<usize>, rate: f64| {
            let mut rates = rates[places].iter();
            assert!(
                rates.all(|found| (found / rate - 1.0).abs() < 1e-9),
                "{rate}"
            );
        };
        part(9..13, 1e-4);
        part(13..16, 1e-5);
        part(16..19, 1e-6);
    }

    #[test]
    fn masks_are_wanted_from_the_second_stage_on() {
        let mut settings = LaeSettings {
            stage1_steps: 7,
            ..LaeSettings::default()
        };
        let expected = MaskPlan {
            from_step: 7,
            count: 100,
            order: Order::Active,
            every: None,
        };
        assert_eq!(settings.mask_plan(), Some(expected));
        settings.reselect_every = 5;
        assert_eq!(settings.mask_plan().unwrap().every, Some(5));
        settings.num_masks = 0;
        assert_eq!(settings.mask_plan(), None);
    }

    #[test]
    fn the_two_stages_come_apart() {
        let whole = laptop();
        let mut config = whole.clone();
        without_first_stage(&mut config);
        assert_eq!(config.steps, 600);
        assert_eq!(LaeSettings::read(&config).unwrap().stage1_steps, 0);
        let mut config = whole;
        with_steps(&mut config, 240);
        first_stage_only(&mut config);
        assert_eq!(config.steps, 180);
    }

    #[test]
    fn wrong_numbers_are_refused_with_the_key() {
        let check = |key: &str, value: toml::Value| {
            let mut config = laptop();
            config.method_config.insert(key.to_owned(), value);
            let text = LaeSettings::read(&config).unwrap_err().to_string();
            assert!(text.contains(key), "{text}");
        };
        check("width", 0.0.into());
        check("comparator_width", 0.0.into());
        check("comparator_px", 100.into());
        check("latent", 1.into());
        check("pristine_units", 128.into());
        check("beta3", (-1.0).into());
        check("stage2_rate", 0.0.into());
        check("stage2_drop", 2.0.into());
        check("stage2_parts", 0.into());
        check("stage1_steps", 5_000.into());
        check("order", "asked".into());
        check("comparator", "vgg19".into());
        check("target", "rgb".into());
        check("witdh", 1.0.into());
        let odd = TrainConfig {
            size_px: 96,
            ..laptop()
        };
        let text = LaeSettings::read(&odd).unwrap_err().to_string();
        assert!(text.contains("size_px"), "{text}");
    }
}
