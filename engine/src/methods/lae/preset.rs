//! Numbers of LAE: the paper's, and those that a laptop can train (METHODS 3.2 to 3.4).

use crate::forge::labelled::LabelledAugmentation;
use crate::methods::lae::attention::MaskSize;
use crate::methods::lae::choice::ComparatorChoice;
pub use crate::methods::lae::settings::{FirstWeights, LaeSettings};
use crate::methods::training::{Sampling, TrainConfig};

pub const PRESETS: &[&str] = &["laptop", "paper"];

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
    use crate::data::annotations::Order;
    use crate::methods::training::MaskPlan;

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
        assert_eq!(config.steps, 800);
        assert_eq!(LaeSettings::read(&config).unwrap().stage1_steps, 0);
        let mut config = whole;
        with_steps(&mut config, 210);
        first_stage_only(&mut config);
        assert_eq!(config.steps, 170);
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
