//! Numbers of the plain classifiers: those of the recipes they were published with, and those that a
//! laptop can train in minutes (METHODS 6.5).

use serde::{Deserialize, Serialize};

use crate::forge::labelled::LabelledAugmentation;
use crate::methods::training::{Sampling, TrainConfig, TrainError};
use crate::nn::backbone_kind::BackboneKind;

/// What only these methods know: [`TrainConfig::method_config`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CeSettings {
    /// Scales the backbone's channels; 1 is the published network.
    pub width: f64,
    /// Xception's middle blocks; 8 in the published network. Other backbones do not look at it.
    pub middle_blocks: usize,
    /// Zeros around Xception's first two convolutions, as where a decoder hangs on it (METHODS 1.3): for
    /// comparisons that want the same encoder. The published classifier has none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_aligned: bool,
    /// 2, pristine and manipulated, as published; 1 is a single logit.
    pub outputs: usize,
    /// How likely a pooled feature is dropped in training.
    pub dropout: f64,
    /// How likely the last block is skipped in training; earlier ones less, in a line (`EfficientNet`).
    pub drop_path: f64,
    /// First steps, in which the linear layer alone is trained: for backbones that start from weights.
    pub head_steps: u64,
    /// Steps over which the learning rate rises from zero.
    pub warmup_steps: u64,
    /// The learning rate falls along a cosine to this share of itself; 1 keeps it.
    pub final_rate_share: f64,
    /// How batches are drawn.
    pub sampling: Sampling,
    pub augmentation: LabelledAugmentation,
    /// How many times a pristine picture counts in the loss.
    pub pristine_weight: f64,
}

impl Default for CeSettings {
    /// The published network, trained as it is.
    fn default() -> Self {
        Self {
            width: 1.0,
            middle_blocks: 8,
            is_aligned: false,
            outputs: 2,
            dropout: 0.0,
            drop_path: 0.0,
            head_steps: 0,
            warmup_steps: 0,
            final_rate_share: 1.0,
            sampling: Sampling::Natural,
            augmentation: LabelledAugmentation::None,
            pristine_weight: 1.0,
        }
    }
}

impl CeSettings {
    /// From the method's table of a configuration; refuses unknown keys and impossible numbers.
    pub fn read(config: &TrainConfig) -> Result<Self, TrainError> {
        let settings: Self = config.own_settings()?;
        let is_rate = |rate: f64| (0.0..1.0).contains(&rate);
        config.check([
            (
                !(0.0 < settings.width && settings.width <= 4.0),
                "width must be above 0 and at most 4",
            ),
            (!matches!(settings.outputs, 1 | 2), "outputs must be 1 or 2"),
            (
                !is_rate(settings.dropout) || !is_rate(settings.drop_path),
                "dropout and drop_path must be at least 0 and below 1",
            ),
            (
                !(0.0..=1.0).contains(&settings.final_rate_share),
                "final_rate_share must be between 0 and 1",
            ),
            (
                !(0.0 < settings.pristine_weight && settings.pristine_weight <= 1e6),
                "pristine_weight must be above 0",
            ),
        ])?;
        Ok(settings)
    }

    fn table(&self) -> toml::Table {
        toml::Table::try_from(self).expect("plain numbers and names fit a table")
    }
}

/// The name of the method with this backbone.
pub fn method_name(kind: BackboneKind) -> String {
    format!("ce-{}", kind.name())
}

/// The recipe of the `FaceForensics++` paper, at the backbone's own size.
pub fn paper(kind: BackboneKind) -> TrainConfig {
    // 720 clips of each of pristine and four techniques, 270 frames each, in batches of 32.
    let epoch = 5 * 720 * 270 / 32;
    TrainConfig {
        method: method_name(kind),
        preset: "paper".to_owned(),
        seed: 1,
        size_px: kind.resolution(),
        batch_size: 32,
        // 3 epochs of the linear layer, then 15 of everything.
        steps: 18 * epoch,
        learning_rate: 2e-4,
        weight_decay: 0.0,
        frames_per_clip: 270,
        validation_share: 0.15,
        validate_every: epoch,
        // 3200 faces of each technique and of pristine clips.
        validation_batches: 100,
        checkpoint_every: epoch / 4,
        init: None,
        techniques: Vec::new(),
        method_config: CeSettings {
            head_steps: 3 * epoch,
            // Four manipulated clips to a pristine one.
            pristine_weight: 4.0,
            dropout: dropout(kind),
            drop_path: drop_path(kind),
            ..CeSettings::default()
        }
        .table(),
    }
}

/// Before the linear layer, as each network was published (METHODS 6.2, 6.3).
fn dropout(kind: BackboneKind) -> f64 {
    match kind {
        BackboneKind::Xception | BackboneKind::ResNet18 | BackboneKind::ResNet50 => 0.0,
        BackboneKind::EfficientNetB0
        | BackboneKind::EfficientNetB1
        | BackboneKind::EfficientNetV2S => 0.2,
        BackboneKind::EfficientNetB2
        | BackboneKind::EfficientNetB3
        | BackboneKind::EfficientNetV2M => 0.3,
        BackboneKind::EfficientNetB4
        | BackboneKind::EfficientNetB5
        | BackboneKind::EfficientNetV2L => 0.4,
        BackboneKind::EfficientNetB6 | BackboneKind::EfficientNetB7 => 0.5,
    }
}

/// Stochastic depth, of `EfficientNet` alone (METHODS 6.2, 6.3).
fn drop_path(kind: BackboneKind) -> f64 {
    match kind {
        BackboneKind::Xception | BackboneKind::ResNet18 | BackboneKind::ResNet50 => 0.0,
        _ => 0.2,
    }
}

/// The recipe of `DeepfakeBench`: 10 epochs of 32 frames a clip at 256 pixels.
pub fn deepfakebench(kind: BackboneKind) -> TrainConfig {
    let epoch = 5 * 720 * 32 / 32;
    TrainConfig {
        preset: "deepfakebench".to_owned(),
        size_px: 256,
        steps: 10 * epoch,
        weight_decay: 5e-4,
        frames_per_clip: 32,
        validate_every: epoch,
        checkpoint_every: epoch / 4,
        method_config: CeSettings {
            augmentation: LabelledAugmentation::Deepfakebench,
            dropout: dropout(kind),
            drop_path: drop_path(kind),
            ..CeSettings::default()
        }
        .table(),
        ..paper(kind)
    }
}

/// A narrow network from random numbers, for a few hundred forged clips and two cores.
pub fn laptop(kind: BackboneKind) -> TrainConfig {
    TrainConfig {
        method: method_name(kind),
        preset: "laptop".to_owned(),
        seed: 1,
        size_px: 128,
        batch_size: 24,
        // 7 minutes at the 140 pictures a second that two cores were measured to take.
        steps: 2_400,
        // Five times the recipes': the narrow network starts from scratch and has few steps.
        learning_rate: 1e-3,
        weight_decay: 5e-4,
        frames_per_clip: 16,
        validation_share: 0.2,
        validate_every: 300,
        validation_batches: 4,
        checkpoint_every: 100,
        init: None,
        techniques: Vec::new(),
        method_config: CeSettings {
            width: 0.25,
            middle_blocks: 4,
            warmup_steps: 36,
            final_rate_share: 0.02,
            sampling: Sampling::Balanced,
            augmentation: LabelledAugmentation::Strong,
            ..CeSettings::default()
        }
        .table(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_read_back() {
        for kind in [BackboneKind::Xception, BackboneKind::EfficientNetB5] {
            for config in [paper(kind), laptop(kind), deepfakebench(kind)] {
                let settings = CeSettings::read(&config).unwrap();
                assert_eq!(settings.table(), config.method_config);
                assert!(
                    !config.method_config.contains_key("is_aligned"),
                    "old cards have none"
                );
                assert_eq!(config.method, method_name(kind));
            }
        }
        assert_eq!(paper(BackboneKind::Xception).size_px, 299);
        assert_eq!(paper(BackboneKind::EfficientNetB5).size_px, 456);
        assert_eq!(paper(BackboneKind::Xception).steps, 546_750);
    }

    #[test]
    fn wrong_numbers_are_refused_with_the_key() {
        let check = |key: &str, value: toml::Value| {
            let mut config = laptop(BackboneKind::Xception);
            config.method_config.insert(key.to_owned(), value);
            let text = CeSettings::read(&config).unwrap_err().to_string();
            assert!(text.contains(key), "{text}");
        };
        check("outputs", 3.into());
        check("dropout", 1.0.into());
        check("pristine_weight", 0.0.into());
        check("sampling", "sorted".into());
        check("wdith", 1.0.into());
    }
}
