//! The one list of methods, and what each must be able to do: train, save, load, score.

pub mod ce;
pub mod dadd;
pub mod did;
pub mod explained;
pub mod forensic_transfer;
pub mod gradcam;
pub mod intele;
pub mod lae;
pub mod learner;
pub mod lgsc;
mod loss;
pub mod pixelcnn;
pub mod schedule;
pub mod self_test;
pub mod shelf;
mod trained;
pub mod training;

use std::path::{Path, PathBuf};

use burn::prelude::Device;

use crate::detectors::models;
use crate::detectors::{Detector, DetectorError, DetectorInfo, FaceScore};
use crate::faces::align::CropRule;
use crate::forge::addg::Draw;
use crate::methods::training::{Batch, LabelPlan, Loss, MaskPlan, TrainConfig, TrainError};
use crate::nn::backbone_kind::BackboneKind;
use crate::nn::named::NamedTensors;

/// Every method: those of the papers in their order, then what they compare with.
pub static METHODS: &[MethodInfo] = &[
    intele::INFO,
    did::INFO,
    lae::INFO,
    pixelcnn::INFO,
    dadd::INFO,
    lgsc::INFO,
    forensic_transfer::INFO,
    ce::XCEPTION,
    ce::EFFICIENTNET_B4,
    ce::EFFICIENTNET_B5,
    ce::EFFICIENTNET_V2_L,
    ce::RESNET50,
];

/// A method as data: a list of functions instead of a plug-in system.
pub struct MethodInfo {
    pub detector: &'static DetectorInfo,
    pub paper: &'static str,
    /// Whether it is there to compare with: scans run it only when it is asked for.
    pub is_baseline: bool,
    /// Names that [`Self::preset`] knows.
    pub presets: &'static [&'static str],
    /// The configuration of a preset; `None` for another name.
    pub preset: fn(&str) -> Option<TrainConfig>,
    /// How faces are cut for it.
    pub crop_rule: fn(&TrainConfig) -> CropRule,
    pub examples: Examples,
    /// What masks it learns from; `None` is a method that learns from labels alone.
    pub masks: Option<fn(&TrainConfig) -> Option<MaskPlan>>,
    pub start: Start,
    /// A fresh training on an autodiff device.
    pub trainer: MakeTrainer,
    /// A trained model from a folder with `weights.safetensors` and `card.json`.
    pub load: LoadDetector,
}

/// What weights from elsewhere can start.
pub enum Start {
    /// The backbone, with those of a published network.
    Backbone(fn(&TrainConfig) -> BackboneKind),
    /// The whole network, with a model of the method that Seam trained: it goes on from there, on other clips.
    Whole,
    /// A part of the network, with that part of a model that Seam trained. Its paths begin so.
    Own {
        part: &'static str,
        /// The configuration without the steps that would train the part.
        started: fn(&mut TrainConfig),
        /// The configuration with those steps alone.
        alone: fn(&mut TrainConfig),
        /// The configuration with so many steps in all, in its own proportion.
        with_steps: fn(&mut TrainConfig, u64),
    },
}

/// What a method learns from.
pub enum Examples {
    /// Examples made of pristine faces while it trains (ADDG).
    MadeUp {
        /// Names of what it is validated on, by the number that batches carry.
        categories: &'static [&'static str],
        /// Which batch a step wants; pure, so that loaders can work ahead.
        draw: fn(&TrainConfig, step: u64) -> Draw,
    },
    /// Pristine and manipulated faces of a manifest.
    /// How the batch of a step is drawn; pure, so that loaders can work ahead.
    Labelled(fn(&TrainConfig, step: u64) -> LabelPlan),
}

type MakeTrainer = fn(&TrainConfig, &Device) -> Result<Box<dyn Trainer>, TrainError>;
type LoadDetector = fn(&Path, &Device) -> Result<Box<dyn Detector>, DetectorError>;

/// The training state of one method: its modules, optimizers and losses. Stays on its thread.
pub trait Trainer {
    /// One optimizer step on one batch; `step` counts from zero.
    fn step(&mut self, step: u64, batch: &Batch) -> Result<Vec<Loss>, TrainError>;

    /// Logits of the current model in evaluation mode, without gradients: the final one first, then
    /// the parts.
    fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError>;

    /// Numbers of the method's own that are worth keeping beside a validation, as JSON.
    fn facts(&self) -> Result<serde_json::Value, TrainError>;

    /// Pictures that the current model draws of itself, RGB8 squares; `None` where it draws none.
    fn samples(&self, _seed: u64) -> Result<Option<Vec<u8>>, TrainError> {
        Ok(None)
    }

    /// What the current model knows each face of the batch by, one vector a face: what masks are chosen by.
    /// `None` where faces are not chosen.
    fn features(&mut self, _batch: &Batch) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
        Ok(None)
    }

    /// Whether the model after so many steps is one that scores: a method in two stages has none before the
    /// second.
    fn has_scores(&self, _steps: u64) -> bool {
        true
    }

    /// Writes `weights.safetensors`: what a detector needs.
    fn save_weights(&self, dir: &Path) -> Result<(), TrainError>;

    /// Writes all that [`Self::resume`] needs to go on to the same numbers.
    fn save_state(&self, dir: &Path) -> Result<(), TrainError>;

    fn resume(&mut self, dir: &Path) -> Result<(), TrainError>;

    /// Starts the backbone from weights under its own names, before the first step; of [`Start::Own`] the
    /// part, of [`Start::Whole`] all.
    fn start_backbone(&mut self, weights: NamedTensors) -> Result<(), TrainError>;
}

/// The method of this name.
pub fn find(name: &str) -> Option<&'static MethodInfo> {
    METHODS.iter().find(|method| method.detector.name == name)
}

/// A method's name as sentences and narrow places have it: as its paper writes it.
pub fn short_name(name: &str) -> String {
    let written = match name {
        "intele" => "InTeLe",
        "pixelcnn" => "PixelCNN++",
        "forensic-transfer" => "ForensicTransfer",
        "ce-xception" => "Xception",
        "ce-efficientnet-b4" => "EfficientNet-B4",
        "ce-efficientnet-b5" => "EfficientNet-B5",
        "ce-efficientnet-v2-l" => "EfficientNetV2-L",
        "ce-resnet50" => "ResNet50",
        _ => return name.to_uppercase(),
    };
    written.to_owned()
}

/// The methods that a scan runs when nobody names any: those with a model in these folders or among the
/// installed ones that may run unasked, without baselines.
pub fn by_default(model_dirs: &[PathBuf]) -> Vec<&'static MethodInfo> {
    let with_model = models::methods_for_scans(model_dirs);
    let is_run = |method: &&MethodInfo| {
        !method.is_baseline && with_model.iter().any(|name| name == method.detector.name)
    };
    METHODS.iter().filter(is_run).collect()
}
