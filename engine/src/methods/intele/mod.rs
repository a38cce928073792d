//! `InTeLe`, invariant texture learning (METHODS 1; paper 000): an autoencoder with a decoder for pristine and
//! one for manipulated faces. A shallow classifier drives the decoders' pictures apart, so that obvious
//! artifacts are left to them and the encoder's features tell by what remains.

pub mod detector;
pub mod loss;
pub mod model;
pub mod preset;
pub mod reconstruction;
pub mod semantic;
pub mod trainer;

use crate::detectors::{DetectorInfo, MapKind};
use crate::faces::align::CropRule;
use crate::methods::intele::detector::InteleDetector;
use crate::methods::intele::preset::InteleSettings;
use crate::methods::intele::trainer::InteleTrainer;
use crate::methods::training::{LabelPlan, TrainConfig};
use crate::methods::{Examples, MethodInfo, Start};
use crate::nn::backbone_kind::BackboneKind;

pub static DETECTOR: DetectorInfo = DetectorInfo {
    name: "intele",
    title: "Invariant texture (InTeLe)",
    looks_at: "The fine texture of the face, after two networks that repaint it, one as a pristine and one \
               as a manipulated face, were left to account for the obvious traces of forging",
    limits: "It learned from faces put into real ones; a face that was made as a whole, with nothing \
             transferred from another person, is not what it knows. It knows the techniques, cameras and \
             compression of its training clips best. Its pictures show what the two repaintings differ \
             in, which is not proof that it is in the clip; small or strongly compressed faces have \
             little texture left",
    parts: &[],
    maps: &[
        MapKind::GradCam,
        MapKind::PristineReconstruction,
        MapKind::ManipulatedReconstruction,
        MapKind::ReconstructionDifference,
        MapKind::PristineResidual,
        MapKind::ManipulatedResidual,
    ],
};

pub const INFO: MethodInfo = MethodInfo {
    detector: &DETECTOR,
    paper: "Identifying Invariant Texture Violation for Robust Deepfake Detection (paper 000)",
    is_baseline: false,
    presets: preset::PRESETS,
    preset: preset::preset,
    crop_rule,
    examples: Examples::Labelled(plan),
    masks: None,
    start: Start::Backbone(backbone),
    trainer: |config, device| Ok(Box::new(InteleTrainer::new(config, device)?)),
    load: |dir, device| Ok(Box::new(InteleDetector::load(dir, device)?)),
};

/// Upright faces, as the plain classifiers take them.
fn crop_rule(config: &TrainConfig) -> CropRule {
    CropRule::upright(config.size_px)
}

fn plan(config: &TrainConfig, _: u64) -> LabelPlan {
    // A configuration is checked when its trainer is made.
    let settings = InteleSettings::read(config).unwrap_or_default();
    LabelPlan {
        sampling: settings.sampling,
        augmentation: settings.augmentation,
        batch_size: None,
        masked: 0,
    }
}

fn backbone(config: &TrainConfig) -> BackboneKind {
    InteleSettings::read(config).unwrap_or_default().backbone
}
