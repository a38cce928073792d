//! Numbers of `ForensicTransfer`: the paper's, and those that a laptop can train in minutes (METHODS 9).

use burn::prelude::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::forge::labelled::LabelledAugmentation;
use crate::methods::forensic_transfer::high_pass::high_passed;
use crate::methods::forensic_transfer::model::STRIDE;
use crate::methods::training::{Sampling, TrainConfig, TrainError};
use crate::nn::backbone_kind::Normalization;

/// Names that [`preset`] knows.
pub const PRESETS: &[&str] = &["laptop", "paper"];

/// What only this method knows: [`TrainConfig::method_config`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForensicTransferSettings {
    /// What the network sees, and paints again.
    pub input: Input,
    /// Gamma, the weight of `L_rec` against `L_act`.
    pub reconstruction_weight: f64,
    /// Steps over which the learning rate rises from zero.
    pub warmup_steps: u64,
    /// The learning rate falls along a cosine to this share of itself; 1 keeps it.
    pub final_rate_share: f64,
    /// How batches are drawn.
    pub sampling: Sampling,
    pub augmentation: LabelledAugmentation,
}

/// What pixels become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Colors from -1 to 1.
    Colors,
    /// Third-order differences of them (`high_pass`).
    HighPass,
}

impl Default for ForensicTransferSettings {
    /// The paper's.
    fn default() -> Self {
        Self {
            input: Input::Colors,
            reconstruction_weight: 0.1,
            warmup_steps: 0,
            final_rate_share: 1.0,
            sampling: Sampling::Balanced,
            augmentation: LabelledAugmentation::None,
        }
    }
}

impl ForensicTransferSettings {
    /// From the method's table of a configuration; refuses unknown keys and impossible numbers.
    pub fn read(config: &TrainConfig) -> Result<Self, TrainError> {
        let settings: Self = config.own_settings()?;
        config.check([
            (
                !config.size_px.is_multiple_of(STRIDE),
                "size_px must be a multiple of 16",
            ),
            (
                !(0.0..=1e3).contains(&settings.reconstruction_weight),
                "reconstruction_weight must be between 0 and 1000",
            ),
            (
                !(0.0..=1.0).contains(&settings.final_rate_share),
                "final_rate_share must be between 0 and 1",
            ),
        ])?;
        Ok(settings)
    }

    /// What the network sees of square RGB8 pictures, one after the other.
    ///
    /// # Shapes
    /// - `pixels`: `batch * size_px * size_px * 3` bytes
    /// - output: `[batch, 3, size_px, size_px]`
    pub fn pictures(&self, pixels: &[u8], size_px: u32, device: &Device) -> Tensor<4> {
        match self.input {
            Input::Colors => Normalization::HALF.pictures(pixels, size_px, device),
            Input::HighPass => {
                let size = size_px as usize;
                let values = high_passed(pixels, size_px);
                let shape = [values.len() / (3 * size * size), 3, size, size];
                Tensor::from_data(TensorData::new(values, shape), device)
            }
        }
    }

    /// What it paints, for a screen: colors as they are, differences around a middle gray.
    ///
    /// # Shapes
    /// - `painted` and output: `[batch, 3, height, width]`; from 0 to 1, but for what is beyond
    pub fn shown(&self, painted: Tensor<4>) -> Tensor<4> {
        // Both run from -1 to 1.
        Normalization::HALF.undo(painted)
    }

    fn table(&self) -> toml::Table {
        toml::Table::try_from(self).expect("plain numbers and names fit a table")
    }
}

/// A preset's numbers; `None` for another name than [`PRESETS`].
pub fn preset(name: &str) -> Option<TrainConfig> {
    match name {
        "laptop" => Some(laptop()),
        "paper" => Some(paper()),
        _ => None,
    }
}

/// The paper's optimizer, batch and weight of the loss. Clips, frames and length are those of LAE's comparison, at
/// its size (METHODS 3.4); it states no number of epochs.
fn paper() -> TrainConfig {
    // 720 clips of each of pristine and one technique, 200 frames each, in batches of 64.
    let epoch = 2 * 720 * 200 / 64;
    TrainConfig {
        method: super::DETECTOR.name.to_owned(),
        preset: "paper".to_owned(),
        seed: 1,
        size_px: 256,
        batch_size: 64,
        steps: 20 * epoch,
        learning_rate: 1e-3,
        weight_decay: 0.0,
        frames_per_clip: 200,
        validation_share: 0.15,
        validate_every: epoch,
        // 3200 faces of each technique and of pristine clips.
        validation_batches: 50,
        checkpoint_every: epoch / 4,
        init: None,
        techniques: Vec::new(),
        method_config: ForensicTransferSettings::default().table(),
    }
}

/// The published network, which is small, from random numbers, for a few hundred forged clips and two cores: size,
/// batches, steps and augmentation of the plain classifier's `laptop`, so that they compare.
fn laptop() -> TrainConfig {
    TrainConfig {
        preset: "laptop".to_owned(),
        size_px: 128,
        batch_size: 24,
        steps: 2_400,
        frames_per_clip: 16,
        validation_share: 0.2,
        validate_every: 300,
        validation_batches: 4,
        checkpoint_every: 100,
        method_config: ForensicTransferSettings {
            warmup_steps: 36,
            final_rate_share: 0.02,
            augmentation: LabelledAugmentation::Strong,
            ..ForensicTransferSettings::default()
        }
        .table(),
        ..paper()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::ce;
    use crate::nn::backbone_kind::BackboneKind;
    use crate::nn::named::host_tensor;

    #[test]
    fn presets_read_back() {
        for name in PRESETS {
            let config = preset(name).unwrap();
            let settings = ForensicTransferSettings::read(&config).unwrap();
            assert_eq!(settings.table(), config.method_config);
            assert_eq!(
                (config.method.as_str(), &config.preset[..]),
                ("forensic-transfer", *name)
            );
            assert_eq!(settings.input, Input::Colors);
            assert_eq!(settings.reconstruction_weight, 0.1);
            assert_eq!(config.learning_rate, 1e-3);
        }
        assert!(preset("desktop").is_none());
        assert_eq!((paper().batch_size, paper().steps), (64, 90_000));
    }

    #[test]
    fn the_laptop_trains_as_the_plain_classifier_does() {
        let plain = ce::preset::laptop(BackboneKind::Xception);
        let own = laptop();
        assert_eq!(
            [own.size_px as usize, own.batch_size, own.steps as usize],
            [
                plain.size_px as usize,
                plain.batch_size,
                plain.steps as usize
            ]
        );
        assert_eq!(own.frames_per_clip, plain.frames_per_clip);
        for key in ["sampling", "augmentation"] {
            assert_eq!(own.method_config[key], plain.method_config[key], "{key}");
        }
    }

    #[test]
    fn colors_and_differences_have_their_own_middle() {
        let device = Device::flex();
        let gray = vec![255; 2 * 3 * 16 * 16];
        for (input, expected) in [(Input::Colors, 1.0), (Input::HighPass, 0.0)] {
            let settings = ForensicTransferSettings {
                input,
                ..ForensicTransferSettings::default()
            };
            let pictures = settings.pictures(&gray, 16, &device);
            assert_eq!(pictures.dims(), [2, 3, 16, 16]);
            let shown = host_tensor(settings.shown(pictures.clone()))
                .unwrap()
                .values;
            assert_eq!(host_tensor(pictures).unwrap().values[40], expected);
            assert_eq!(shown[40], 0.5 * (expected + 1.0));
        }
    }

    #[test]
    fn wrong_numbers_are_refused_with_the_key() {
        let check = |key: &str, value: toml::Value| {
            let mut config = laptop();
            config.method_config.insert(key.to_owned(), value);
            let text = ForensicTransferSettings::read(&config)
                .unwrap_err()
                .to_string();
            assert!(text.contains(key), "{text}");
        };
        check("input", "gray".into());
        check("reconstruction_weight", (-1.0).into());
        check("final_rate_share", f64::NAN.into());
        check("gamma", 0.1.into());
        let config = TrainConfig {
            size_px: 100,
            ..laptop()
        };
        let text = ForensicTransferSettings::read(&config).unwrap_err();
        assert!(text.to_string().contains("size_px"));
    }
}
