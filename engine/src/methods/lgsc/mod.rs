//! LGSC, learning generalized spoof cues (METHODS 7; Feng et al. 2020, from face anti-spoofing): a decoder
//! paints what a face has that pristine ones have not, and is to paint nothing on those. What `InTeLe` is
//! compared with.

pub mod decoder;
pub mod detector;
mod loss;
pub mod model;
pub mod preset;
pub mod scale;
pub mod trainer;

use crate::detectors::{DetectorInfo, MapKind};
use crate::faces::align::CropRule;
use crate::methods::lgsc::detector::LgscDetector;
use crate::methods::lgsc::preset::LgscSettings;
use crate::methods::lgsc::trainer::LgscTrainer;
use crate::methods::training::{LabelPlan, TrainConfig};
use crate::methods::{Examples, MethodInfo, Start};
use crate::nn::backbone_kind::BackboneKind;

pub static DETECTOR: DetectorInfo = DetectorInfo {
    name: "lgsc",
    title: "Spoof cues (LGSC)",
    looks_at: "How strong a cue it paints over a face: it learned to paint nothing on pristine faces, and \
               on manipulated ones whatever helps to tell them apart",
    limits: "It knows pristine faces from the cameras and compression of its training clips; clean clips of \
             another kind can draw a cue as well, and other techniques can draw none. Its map shows where \
             the cue is, not a reason for it",
    parts: &[],
    maps: &[MapKind::SpoofCue],
};

pub const INFO: MethodInfo = MethodInfo {
    detector: &DETECTOR,
    paper: "Learning Generalized Spoof Cues for Face Anti-spoofing (Feng et al. 2020)",
    is_baseline: true,
    presets: &["laptop", "paper", "paper-xception"],
    preset: preset::preset,
    crop_rule,
    examples: Examples::Labelled(plan),
    masks: None,
    start: Start::Backbone(backbone),
    trainer: |config, device| Ok(Box::new(LgscTrainer::new(config, device)?)),
    load: |dir, device| Ok(Box::new(LgscDetector::load(dir, device)?)),
};

/// Upright faces, as the plain classifiers have them.
fn crop_rule(config: &TrainConfig) -> CropRule {
    CropRule::upright(config.size_px)
}

fn backbone(config: &TrainConfig) -> BackboneKind {
    LgscSettings::read(config).unwrap_or_default().backbone
}

fn plan(config: &TrainConfig, _: u64) -> LabelPlan {
    // A configuration is checked when its trainer is made.
    let settings = LgscSettings::read(config).unwrap_or_default();
    LabelPlan {
        sampling: settings.sampling,
        augmentation: settings.augmentation,
        batch_size: None,
        masked: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_presets_it_names() {
        for name in INFO.presets {
            let config = (INFO.preset)(name).unwrap();
            assert_eq!(config.method, DETECTOR.name);
            assert_eq!(config.preset, *name);
        }
    }
}
