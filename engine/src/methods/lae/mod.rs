//! LAE, the locality-aware autoencoder (METHODS 3; paper 002): the latent vector of an autoencoder has a part for
//! pristine and a part for manipulated faces, and a few masks teach it to find the latter where faces were
//! manipulated.

pub mod attention;
pub mod choice;
pub mod comparator;
pub mod detector;
pub mod discriminator;
pub mod latent;
pub mod loss;
pub mod model;
pub mod network;
pub mod objective;
pub mod preset;
pub mod selection;
pub mod settings;
pub mod target;
pub mod trainer;

use crate::detectors::{DetectorInfo, MapKind};
use crate::faces::align::CropRule;
use crate::methods::lae::detector::LaeDetector;
use crate::methods::lae::preset::LaeSettings;
use crate::methods::lae::trainer::LaeTrainer;
use crate::methods::training::{LabelPlan, TrainConfig};
use crate::methods::{Examples, MethodInfo, Start};

/// The part of the model that a second stage can begin from.
pub const AUTOENCODER: &str = "autoencoder";

pub static DETECTOR: DetectorInfo = DetectorInfo {
    name: "lae",
    title: "Locality-aware autoencoder (LAE)",
    looks_at: "What a small description of the whole face says of forging, after a few painted masks taught the \
               network to take it from the places that were forged",
    limits: "It knows the techniques of its training best. Its map is coarse, 16 by 16 places for the whole face, and \
             shows what speaks for forging and against it; trained on few masks, or none, it can point beside what was \
             forged. Its reconstruction is made from that small description and is blurred on every face, pristine \
             ones too: what it leaves out is not a trace of forging",
    parts: &[],
    maps: &[
        MapKind::ClassActivation,
        MapKind::Reconstruction,
        MapKind::ReconstructionResidual,
    ],
};

pub const INFO: MethodInfo = MethodInfo {
    detector: &DETECTOR,
    paper: "Towards Generalizable Forgery Detection with Locality-aware AutoEncoder (paper 002)",
    is_baseline: false,
    presets: preset::PRESETS,
    preset: preset::preset,
    crop_rule: |config| CropRule::upright(config.size_px),
    examples: Examples::Labelled(plan),
    masks: Some(|config| settings(config).mask_plan()),
    start: Start::Own {
        part: AUTOENCODER,
        started: preset::without_first_stage,
        alone: preset::first_stage_only,
        with_steps: preset::with_steps,
    },
    trainer: |config, device| Ok(Box::new(LaeTrainer::new(config, device)?)),
    load: |dir, device| Ok(Box::new(LaeDetector::load(dir, device)?)),
};

/// A configuration is checked when its trainer is made.
fn settings(config: &TrainConfig) -> LaeSettings {
    LaeSettings::read(config).unwrap_or_default()
}

/// Faces with masks stand beside the batches of the second stage.
fn plan(config: &TrainConfig, step: u64) -> LabelPlan {
    let settings = settings(config);
    let has_masks = settings
        .mask_plan()
        .is_some_and(|plan| plan.from_step <= step);
    LabelPlan {
        sampling: settings.sampling,
        augmentation: settings.augmentation,
        batch_size: None,
        masked: if has_masks { settings.masked_batch } else { 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_stand_beside_the_batches_of_the_second_stage() {
        let config = preset::preset("laptop").unwrap();
        let settings = LaeSettings::read(&config).unwrap();
        assert_eq!(plan(&config, settings.stage1_steps - 1).masked, 0);
        let first = plan(&config, settings.stage1_steps).masked;
        assert_eq!(first, settings.masked_batch);
        let wanted = INFO.masks.unwrap()(&config).unwrap();
        assert_eq!(wanted.from_step, settings.stage1_steps);
    }
}
