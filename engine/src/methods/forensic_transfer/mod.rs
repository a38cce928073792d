//! `ForensicTransfer` (METHODS 9; Cozzolino et al. 2018, arXiv 1812.02510): an autoencoder whose code has one half
//! for pristine and one for manipulated faces; the half that is more active says which a face is. What LAE is
//! compared with.

pub mod detector;
pub mod high_pass;
pub mod loss;
pub mod model;
pub mod preset;
pub mod trainer;

use crate::detectors::{DetectorInfo, MapKind};
use crate::faces::align::CropRule;
use crate::methods::forensic_transfer::detector::ForensicTransferDetector;
use crate::methods::forensic_transfer::preset::ForensicTransferSettings;
use crate::methods::forensic_transfer::trainer::ForensicTransferTrainer;
use crate::methods::training::{LabelPlan, TrainConfig};
use crate::methods::{Examples, MethodInfo, Start};

pub static DETECTOR: DetectorInfo = DetectorInfo {
    name: "forensic-transfer",
    title: "Divided code (ForensicTransfer)",
    looks_at: "Which half of a small code is more active when a network writes the face down: it learned to use \
               one half for pristine faces and the other for manipulated ones",
    limits: "It knows the techniques, cameras and compression of its training clips, and was made to be trained \
             further on a few faces of a new technique; without that, new techniques are found little better \
             than by chance. Nothing asks where on the face the code is active: its map is coarse (a cell is 16 \
             pixels wide) and shows where, not why",
    parts: &[],
    maps: &[MapKind::ClassActivation, MapKind::Reconstruction],
};

pub const INFO: MethodInfo = MethodInfo {
    detector: &DETECTOR,
    paper: "ForensicTransfer: Weakly-supervised Domain Adaptation for Forgery Detection (Cozzolino et al. 2018)",
    is_baseline: true,
    presets: preset::PRESETS,
    preset: preset::preset,
    crop_rule,
    examples: Examples::Labelled(plan),
    masks: None,
    start: Start::Whole,
    trainer: |config, device| Ok(Box::new(ForensicTransferTrainer::new(config, device)?)),
    load: |dir, device| Ok(Box::new(ForensicTransferDetector::load(dir, device)?)),
};

/// Upright faces, as the plain classifiers have them.
fn crop_rule(config: &TrainConfig) -> CropRule {
    CropRule::upright(config.size_px)
}

fn plan(config: &TrainConfig, _: u64) -> LabelPlan {
    // A configuration is checked when its trainer is made.
    let settings = ForensicTransferSettings::read(config).unwrap_or_default();
    LabelPlan {
        sampling: settings.sampling,
        augmentation: settings.augmentation,
        batch_size: None,
        masked: 0,
    }
}
