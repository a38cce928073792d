//! Plain classifiers: a standard backbone with a linear layer, trained by cross entropy on labelled faces
//! (METHODS 6). What every paper is compared with.

pub mod detector;
mod loss;
pub mod model;
pub mod preset;
pub mod trainer;

use crate::detectors::{DetectorInfo, MapKind};
use crate::faces::align::CropRule;
use crate::methods::ce::detector::CeDetector;
use crate::methods::ce::preset::CeSettings;
use crate::methods::ce::trainer::CeTrainer;
use crate::methods::training::{LabelPlan, TrainConfig, TrainError};
use crate::methods::{Examples, MethodInfo, Start};
use crate::nn::backbone_kind::{BackboneKind, UnknownBackbone};

const LOOKS_AT: &str = "Anything that told pristine from manipulated faces in the clips it was trained on; \
                        nobody chose what";

const LIMITS: &str = "It knows the techniques of its training clips, and their cameras and compression; \
                      others can pass as pristine, and clean clips of another kind can be objected to. \
                      Its map shows where the score comes from, not a reason for it";

const PAPERS: &str = "FaceForensics++: Learning to Detect Manipulated Facial Images (Rössler et al. 2019), \
                      and DeepfakeBench (Yan et al. 2023)";

/// A method's description for the user.
macro_rules! detector {
    ($name:literal, $title:literal) => {
        DetectorInfo {
            name: $name,
            title: $title,
            looks_at: LOOKS_AT,
            limits: LIMITS,
            parts: &[],
            maps: &[MapKind::GradCam],
        }
    };
}

/// A method from its description, backbone and presets beyond `laptop` and `paper`.
macro_rules! method {
    ($detector:ident, $kind:expr, [$($preset:ident),*]) => {
        MethodInfo {
            detector: &$detector,
            paper: PAPERS,
            is_baseline: true,
            presets: &[$(stringify!($preset)),*],
            preset: |name| match name {
                $(stringify!($preset) => Some(preset::$preset($kind)),)*
                _ => None,
            },
            crop_rule,
            examples: Examples::Labelled(plan),
            masks: None,
            start: Start::Backbone(|_| $kind),
            trainer: |config, device| Ok(Box::new(CeTrainer::new(config, device)?)),
            load: |dir, device| Ok(Box::new(CeDetector::load(dir, &$detector, device)?)),
        }
    };
}

static XCEPTION_INFO: DetectorInfo = detector!("ce-xception", "Plain classifier (Xception)");
static B4_INFO: DetectorInfo =
    detector!("ce-efficientnet-b4", "Plain classifier (EfficientNet-B4)");
static B5_INFO: DetectorInfo =
    detector!("ce-efficientnet-b5", "Plain classifier (EfficientNet-B5)");
static V2_L_INFO: DetectorInfo = detector!(
    "ce-efficientnet-v2-l",
    "Plain classifier (EfficientNetV2-L)"
);
static RESNET50_INFO: DetectorInfo = detector!("ce-resnet50", "Plain classifier (ResNet50)");

pub const XCEPTION: MethodInfo = method!(
    XCEPTION_INFO,
    BackboneKind::Xception,
    [laptop, paper, deepfakebench]
);
pub const EFFICIENTNET_B4: MethodInfo = method!(
    B4_INFO,
    BackboneKind::EfficientNetB4,
    [laptop, paper, deepfakebench]
);
pub const EFFICIENTNET_B5: MethodInfo =
    method!(B5_INFO, BackboneKind::EfficientNetB5, [laptop, paper]);
pub const EFFICIENTNET_V2_L: MethodInfo =
    method!(V2_L_INFO, BackboneKind::EfficientNetV2L, [laptop, paper]);
pub const RESNET50: MethodInfo = method!(RESNET50_INFO, BackboneKind::ResNet50, [laptop, paper]);

/// Upright faces, as `DeepfakeBench` cuts them.
fn crop_rule(config: &TrainConfig) -> CropRule {
    CropRule::upright(config.size_px)
}

fn plan(config: &TrainConfig, _: u64) -> LabelPlan {
    // A configuration is checked when its trainer is made.
    let settings = CeSettings::read(config).unwrap_or_default();
    LabelPlan {
        sampling: settings.sampling,
        augmentation: settings.augmentation,
        batch_size: None,
        masked: 0,
    }
}

/// The backbone that a method is named after.
fn kind_of(method: &str) -> Result<BackboneKind, TrainError> {
    let name = method.strip_prefix("ce-").unwrap_or(method);
    name.parse()
        .map_err(|err: UnknownBackbone| TrainError::Config {
            reason: err.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_the_presets_it_names_and_its_own_backbone() {
        for method in [
            &XCEPTION,
            &EFFICIENTNET_B4,
            &EFFICIENTNET_B5,
            &EFFICIENTNET_V2_L,
            &RESNET50,
        ] {
            for name in method.presets {
                let config = (method.preset)(name).unwrap();
                assert_eq!(config.method, method.detector.name);
                assert_eq!(config.preset, *name);
                assert!(kind_of(&config.method).is_ok());
            }
            assert!((method.preset)("desktop").is_none());
        }
    }
}
