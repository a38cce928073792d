//! DID, deep information decomposition (METHODS 2; paper 001, `CrossDF`): features are divided into what all
//! forging has in common and the rest, which alone may tell the technique; the two are kept from knowing
//! of each other.

pub mod attention;
pub mod decorrelation;
pub mod detector;
pub mod loss;
pub mod model;
pub mod picture;
pub mod preset;
pub mod trainer;

use crate::detectors::{DetectorInfo, MapKind};
use crate::faces::align::CropRule;
use crate::methods::did::detector::DidDetector;
use crate::methods::did::preset::DidSettings;
use crate::methods::did::trainer::DidTrainer;
use crate::methods::training::{LabelPlan, TrainConfig};
use crate::methods::{Examples, MethodInfo, Start};
use crate::nn::backbone_kind::BackboneKind;

pub static DETECTOR: DetectorInfo = DetectorInfo {
    name: "did",
    title: "Information decomposition (DID)",
    looks_at: "Traces that all techniques of its training have in common, apart from those that tell the \
               techniques from each other; in gray, so that color counts for nothing",
    limits: "What it calls common is common to the techniques of its training; another technique may have \
             none of it. It sees no color. The technique it names is a resemblance to those it was trained \
             on, also where the clip was forged in another way or not at all. Its maps show where it looks, \
             coarsely, not a reason",
    parts: &[],
    maps: &[
        MapKind::GradCam,
        MapKind::DeepfakeAttention,
        MapKind::DomainAttention,
        MapKind::DeepfakeAttentionChannel(0),
        MapKind::DomainAttentionChannel(0),
    ],
};

pub const INFO: MethodInfo = MethodInfo {
    detector: &DETECTOR,
    paper: "CrossDF: Improving Cross-Domain Deepfake Detection with Deep Information Decomposition (paper 001)",
    is_baseline: false,
    presets: preset::PRESETS,
    preset: preset::preset,
    crop_rule,
    examples: Examples::Labelled(plan),
    masks: None,
    start: Start::Backbone(backbone),
    trainer: |config, device| Ok(Box::new(DidTrainer::new(config, device)?)),
    load: |dir, device| Ok(Box::new(DidDetector::load(dir, device)?)),
};

/// A configuration is checked when its trainer is made.
fn settings(config: &TrainConfig) -> DidSettings {
    DidSettings::read(config).unwrap_or_default()
}

fn crop_rule(config: &TrainConfig) -> CropRule {
    CropRule {
        margin: settings(config).margin,
        ..CropRule::upright(config.size_px)
    }
}

fn plan(config: &TrainConfig, _: u64) -> LabelPlan {
    let settings = settings(config);
    LabelPlan {
        sampling: settings.sampling,
        augmentation: settings.augmentation,
        batch_size: None,
        masked: 0,
    }
}

fn backbone(config: &TrainConfig) -> BackboneKind {
    settings(config).backbone
}
