//! Numbers of LGSC: those of the recipe it was published with, those of `InTeLe`'s comparison, and those
//! that a laptop can train in minutes (METHODS 7).

use serde::{Deserialize, Serialize};

use crate::forge::labelled::LabelledAugmentation;
use crate::methods::training::{Sampling, TrainConfig, TrainError};
use crate::nn::backbone_kind::{BackboneKind, Normalization};

/// What only this method knows: [`TrainConfig::method_config`].
///
/// The published augmentation is brightness within 32 levels, contrast .5 to 1.5, saturation .8 to 1.2, hue
/// within 16 degrees, erased and cut-out rectangles, a turn within 30 degrees and a crop of 12 %.
/// [`LabelledAugmentation::Strong`], the same for every method compared here, stands for its turns, crops
/// (zoom and shift) and brightness and contrast, all of them gentler; it adds mirroring, blur and JPEG, and
/// has no colors and no erasing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LgscSettings {
    /// The encoder. Xception is used with every size exactly half of the one before.
    pub backbone: BackboneKind,
    /// Scales the encoder's channels, and with them the decoder's; 1 is the published network.
    pub width: f64,
    /// Xception's middle blocks; 8 in the published network. Other backbones do not look at it.
    pub middle_blocks: usize,
    /// Scales the decoder's channels once more; at 1 they follow the encoder's.
    pub decoder_width: f64,
    /// Scales the channels of the `ResNet18` that classifies; scoring does without it.
    pub classifier_width: f64,
    /// How likely a pooled feature of the classifier is dropped in training.
    pub dropout: f64,
    /// How pixels become what the encoder sees.
    pub input: Input,
    /// Weights of the losses: cross entropy, cue of pristine faces, each of the five triplet losses.
    pub classifier_weight: f64,
    pub cue_weight: f64,
    pub triplet_weight: f64,
    /// Share of all steps, from the first on, in which a linear layer on the encoder's last features learns
    /// as well, as a plain classifier does, with the weight of the other one: stands for the `ImageNet`
    /// weights that the published network starts from, where there are none of the network's size. 0 as
    /// published.
    pub encoder_share: f64,
    /// Share of all steps over which `cue_weight` rises from zero, so that there is a cue before pristine
    /// faces lose it; 0 as published. From random numbers the cue else fades on all faces before it tells
    /// them apart.
    pub cue_rise_share: f64,
    /// By how much manipulated faces are to be farther away than pristine ones, of distances up to 2.
    pub margin: f64,
    /// Steps over which the learning rate rises from zero.
    pub warmup_steps: u64,
    /// The learning rate falls along a cosine to this share of itself; 1 keeps it.
    pub final_rate_share: f64,
    /// Steps at which the learning rate is multiplied by `rate_drop`.
    pub rate_drops: Vec<u64>,
    pub rate_drop: f64,
    /// How batches are drawn.
    pub sampling: Sampling,
    pub augmentation: LabelledAugmentation,
}

/// How pixels become what the encoder sees, and the classifier with the cue added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// (level - 100) / 80, as LGSC was published.
    Published,
    /// As the backbone was published.
    Backbone,
}

impl Default for LgscSettings {
    /// The published network and losses, trained at an even rate.
    fn default() -> Self {
        Self {
            backbone: BackboneKind::ResNet18,
            width: 1.0,
            middle_blocks: 8,
            decoder_width: 1.0,
            classifier_width: 1.0,
            dropout: 0.5,
            input: Input::Published,
            encoder_share: 0.0,
            cue_rise_share: 0.0,
            classifier_weight: 5.0,
            cue_weight: 5.0,
            triplet_weight: 1.0,
            margin: 0.5,
            warmup_steps: 0,
            final_rate_share: 1.0,
            rate_drops: Vec::new(),
            rate_drop: 0.3,
            sampling: Sampling::Balanced,
            augmentation: LabelledAugmentation::Strong,
        }
    }
}

impl LgscSettings {
    /// From the method's table of a configuration; refuses unknown keys and impossible numbers.
    pub fn read(config: &TrainConfig) -> Result<Self, TrainError> {
        let settings: Self = config.own_settings()?;
        let is_width = |width: f64| 0.0 < width && width <= 4.0;
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        let is_weight = |weight: f64| (0.0..=1e3).contains(&weight);
        config.check([
            (
                !config.size_px.is_multiple_of(32),
                "size_px must be a multiple of 32",
            ),
            (
                !is_width(settings.width),
                "width must be above 0 and at most 4",
            ),
            (
                !is_width(settings.decoder_width) || !is_width(settings.classifier_width),
                "decoder_width and classifier_width must be above 0 and at most 4",
            ),
            (
                !(0.0..1.0).contains(&settings.dropout),
                "dropout must be at least 0 and below 1",
            ),
            (
                ![
                    settings.classifier_weight,
                    settings.cue_weight,
                    settings.triplet_weight,
                ]
                .into_iter()
                .all(is_weight),
                "classifier_weight, cue_weight and triplet_weight must be between 0 and 1000",
            ),
            (
                !(0.0..=2.0).contains(&settings.margin),
                "margin must be between 0 and 2",
            ),
            (
                ![
                    settings.encoder_share,
                    settings.cue_rise_share,
                    settings.final_rate_share,
                    settings.rate_drop,
                ]
                .into_iter()
                .all(is_share),
                "encoder_share, cue_rise_share, final_rate_share and rate_drop must be between 0 and 1",
            ),
        ])?;
        Ok(settings)
    }

    /// How pixel values from 0 to 1 become the encoder's.
    pub fn normalization(&self) -> Normalization {
        match self.input {
            Input::Published => Normalization {
                mean: [100.0 / 255.0; 3],
                deviation: [80.0 / 255.0; 3],
            },
            Input::Backbone => self.backbone.normalization(),
        }
    }

    fn table(&self) -> toml::Table {
        toml::Table::try_from(self).expect("plain numbers and names fit a table")
    }
}

/// The configuration of a preset.
pub fn preset(name: &str) -> Option<TrainConfig> {
    match name {
        "laptop" => Some(laptop()),
        "paper" => Some(paper()),
        "paper-xception" => Some(paper_xception()),
        _ => None,
    }
}

/// The published recipe, on the two techniques that swap faces as in `InTeLe`'s comparison.
pub fn paper() -> TrainConfig {
    // 720 clips of each of pristine and two techniques, 32 frames each (METHODS names no number), pristine
    // ones repeated until both sides are even, in batches of 96.
    let epoch = 2 * 2 * 720 * 32 / 96;
    TrainConfig {
        method: super::DETECTOR.name.to_owned(),
        preset: "paper".to_owned(),
        seed: 1,
        size_px: 224,
        batch_size: 96,
        steps: 15 * epoch,
        learning_rate: 5e-4,
        weight_decay: 5e-4,
        frames_per_clip: 32,
        validation_share: 0.15,
        validate_every: epoch,
        validation_batches: 34,
        checkpoint_every: epoch / 4,
        init: None,
        techniques: Vec::new(),
        method_config: LgscSettings {
            warmup_steps: 1_000,
            rate_drops: [5, 8, 12].map(|epochs| epochs * epoch).to_vec(),
            ..LgscSettings::default()
        }
        .table(),
    }
}

/// `InTeLe`'s comparison: its Xception at its size and batch, the rest as published (METHODS 1.4 and 7).
pub fn paper_xception() -> TrainConfig {
    let published = paper();
    let epoch = published.validate_every * 96 / 20;
    TrainConfig {
        preset: "paper-xception".to_owned(),
        size_px: 320,
        batch_size: 20,
        steps: 15 * epoch,
        validate_every: epoch,
        validation_batches: 160,
        checkpoint_every: epoch / 8,
        method_config: LgscSettings {
            backbone: BackboneKind::Xception,
            input: Input::Backbone,
            warmup_steps: 1_000,
            rate_drops: [5, 8, 12].map(|epochs| epochs * epoch).to_vec(),
            ..LgscSettings::default()
        }
        .table(),
        ..published
    }
}

/// A narrow network from random numbers, for a few hundred forged clips and two cores: encoder, size,
/// batches, steps and augmentation of the plain classifier's `laptop`.
pub fn laptop() -> TrainConfig {
    TrainConfig {
        preset: "laptop".to_owned(),
        size_px: 128,
        batch_size: 24,
        steps: 2_400,
        learning_rate: 1e-3,
        weight_decay: 5e-4,
        frames_per_clip: 16,
        validation_share: 0.2,
        validate_every: 300,
        validation_batches: 4,
        checkpoint_every: 100,
        method_config: LgscSettings {
            backbone: BackboneKind::Xception,
            width: 0.25,
            middle_blocks: 4,
            decoder_width: 0.5,
            classifier_width: 0.25,
            input: Input::Backbone,
            encoder_share: 0.3,
            cue_rise_share: 0.3,
            warmup_steps: 36,
            final_rate_share: 0.02,
            ..LgscSettings::default()
        }
        .table(),
        ..paper()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::ce;

    #[test]
    fn presets_read_back() {
        for config in [paper(), paper_xception(), laptop()] {
            let settings = LgscSettings::read(&config).unwrap();
            assert_eq!(settings.table(), config.method_config);
            assert_eq!(preset(&config.preset), Some(config));
        }
        assert_eq!(preset("desktop"), None);
        let settings = LgscSettings::read(&paper()).unwrap();
        assert_eq!(settings.rate_drops, [4_800, 7_680, 11_520]);
        assert_eq!(paper().steps, 14_400);
    }

    #[test]
    fn a_level_of_100_is_nothing_and_80_more_is_one() {
        let Normalization { mean, deviation } = LgscSettings::default().normalization();
        let value = |level: f32| (level / 255.0 - mean[0]) / deviation[0];
        assert!(value(100.0).abs() < 1e-6 && (value(180.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_laptop_trains_as_the_plain_classifier_does() {
        let plain = ce::preset::laptop(BackboneKind::Xception);
        let own = laptop();
        assert_eq!(own.size_px, plain.size_px);
        assert_eq!(own.batch_size, plain.batch_size);
        assert_eq!(own.steps, plain.steps);
        assert_eq!(own.frames_per_clip, plain.frames_per_clip);
        assert_eq!(own.validation_share, plain.validation_share);
        for key in ["width", "middle_blocks", "sampling", "augmentation"] {
            assert_eq!(own.method_config[key], plain.method_config[key], "{key}");
        }
    }

    #[test]
    fn wrong_numbers_are_refused_with_the_key() {
        let check = |key: &str, value: toml::Value| {
            let mut config = laptop();
            config.method_config.insert(key.to_owned(), value);
            let text = LgscSettings::read(&config).unwrap_err().to_string();
            assert!(text.contains(key), "{text}");
        };
        check("backbone", "vgg".into());
        check("decoder_width", 0.0.into());
        check("dropout", 1.0.into());
        check("cue_weight", f64::NAN.into());
        check("encoder_share", 2.0.into());
        check("margin", 3.0.into());
        check("rate_drop", 2.0.into());
        check("wdith", 1.0.into());
        let config = TrainConfig {
            size_px: 100,
            ..laptop()
        };
        assert!(LgscSettings::read(&config).is_err());
    }
}
