//! `PixelCNN++` as a universal background model with a small classifier on its log-likelihood images
//! (METHODS 4; paper 003): an exact density of pristine faces, pixel by pixel, and a `LeNet` that tells
//! from what it costs where whether a face was forged.

pub mod detector;
pub mod lenet;
pub mod likelihood;
pub mod map_store;
pub mod mixture;
pub mod model;
pub mod network;
pub mod preset;
pub mod sampler;
mod shift;
pub mod trainer;

use std::path::Path;

use burn::prelude::Device;

use crate::detectors::{DetectorError, DetectorInfo, MapKind};
use crate::faces::align::CropRule;
use crate::forge::labelled::LabelledAugmentation;
use crate::methods::pixelcnn::detector::PixelCnnDetector;
use crate::methods::pixelcnn::model::PixelCnnModel;
use crate::methods::pixelcnn::network::PixelCnn;
use crate::methods::pixelcnn::preset::PixelCnnSettings;
use crate::methods::pixelcnn::trainer::PixelCnnTrainer;
use crate::methods::training::{LabelPlan, Sampling, TrainConfig};
use crate::methods::{Examples, MethodInfo, Start};

/// The part of the model that every classifier can share.
pub const BACKGROUND: &str = "background";

pub static DETECTOR: DetectorInfo = DetectorInfo {
    name: "pixelcnn",
    title: "PixelCNN++ background model",
    looks_at: "How likely each pixel of the face is, given the pixels above and left of it, in the pristine faces of \
               its training; a small classifier tells from where that is unusual",
    limits: "Faces from other cameras, coders and sizes than in its training are unlikely too, and smooth faces are \
             likely whatever was done to them. The classifier knows the techniques of its training. A map says \
             where pixels surprise the model, not what was forged",
    parts: &[],
    maps: &[
        MapKind::LogLikelihood,
        MapKind::LogLikelihoodChannel(0),
        MapKind::LogLikelihoodChannel(1),
        MapKind::LogLikelihoodChannel(2),
    ],
};

pub const INFO: MethodInfo = MethodInfo {
    detector: &DETECTOR,
    paper: "A Generalizable Deepfake Detector based on Neural Conditional Distribution Modelling (paper 003)",
    is_baseline: false,
    presets: preset::PRESETS,
    preset: preset::preset,
    crop_rule: |config| CropRule::upright(config.size_px),
    examples: Examples::Labelled(plan),
    masks: None,
    start: Start::Own {
        part: BACKGROUND,
        started: preset::without_background,
        alone: preset::background_only,
        with_steps: preset::with_steps,
    },
    trainer: |config, device| Ok(Box::new(PixelCnnTrainer::new(config, device)?)),
    load: |dir, device| Ok(Box::new(PixelCnnDetector::load(dir, device)?)),
};

/// First pristine faces alone, then the classifier's batches, whose faces are never changed: their
/// log-likelihood images are made once.
fn plan(config: &TrainConfig, step: u64) -> LabelPlan {
    // A configuration is checked when its trainer is made.
    let settings = PixelCnnSettings::read(config).unwrap_or_default();
    if step < settings.background_steps {
        LabelPlan {
            sampling: Sampling::Pristine,
            augmentation: LabelledAugmentation::Mirror,
            batch_size: None,
            masked: 0,
        }
    } else {
        LabelPlan {
            sampling: settings.sampling,
            augmentation: LabelledAugmentation::None,
            batch_size: Some(settings.classifier_batch),
            masked: 0,
        }
    }
}

/// The background model of a folder, and the side of its pictures in pixels.
pub fn background(dir: &Path, device: &Device) -> Result<(PixelCnn, u32), DetectorError> {
    let (model, trained, _) = PixelCnnModel::load(dir, device)?;
    Ok((model.background, trained.card.crop.size_px))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_changes_where_the_classifier_begins() {
        let config = preset::preset("laptop").unwrap();
        let settings = PixelCnnSettings::read(&config).unwrap();
        let last = plan(&config, settings.background_steps - 1);
        assert_eq!((last.sampling, last.batch_size), (Sampling::Pristine, None));
        let first = plan(&config, settings.background_steps);
        assert_eq!(first.batch_size, Some(64));
        assert_eq!(first.augmentation, LabelledAugmentation::None);
    }
}
