//! Which comparator a training has: VGG16 with the user's weights, or the substitute. A run keeps its own.

use burn::prelude::Device;
use serde::{Deserialize, Serialize};

use crate::detectors::library::WeightsLibrary;
use crate::media::{MediaError, hash};
use crate::methods::lae::comparator::Comparator;
use crate::methods::lae::preset::LaeSettings;
use crate::methods::training::TrainError;
use crate::nn::import::architecture::Architecture;
use crate::nn::import::load_backbone_weights;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparatorChoice {
    /// VGG16 where its weights were imported, else the substitute.
    Auto,
    Vgg16,
    /// The same layers with random numbers that are always the same.
    Substitute,
}

/// What a comparator is, for cards and checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "network", rename_all = "snake_case")]
pub enum ComparatorOrigin {
    Vgg16 {
        /// Of the file with the weights.
        sha256: String,
    },
    Substitute,
}

impl ComparatorChoice {
    /// The comparator of a training's settings; VGG16's weights are looked for in `library`.
    pub fn made(
        self,
        settings: &LaeSettings,
        library: Option<&WeightsLibrary>,
        device: &Device,
    ) -> Result<(Comparator, ComparatorOrigin), TrainError> {
        if self == Self::Substitute {
            return Ok((substitute(settings, device), ComparatorOrigin::Substitute));
        }
        let path = match library {
            None => None,
            Some(library) => {
                let path = library.path_of(Architecture::Vgg16);
                Some(path.map_err(|err| wrong(&err))?).filter(|path| path.is_file())
            }
        };
        let Some(path) = path else {
            if self == Self::Auto {
                return Self::Substitute.made(settings, library, device);
            }
            let reason = "the comparator is to be VGG16, whose weights were not imported: `seam import-weights \
                          FILE` does so, or choose comparator = \"substitute\"";
            return Err(TrainError::Config {
                reason: reason.to_owned(),
            });
        };
        let sha256 =
            hash::hash_file::<MediaError>(&path, |_, _| Ok(())).map_err(|err| wrong(&err))?;
        let weights =
            load_backbone_weights(&path, Architecture::Vgg16).map_err(|err| wrong(&err))?;
        let comparator = Comparator::vgg16(weights, settings.comparator_px, device);
        let comparator = comparator.map_err(|reason| TrainError::Config {
            reason: format!("the comparator's weights do not fit: {reason}\nFile: {path:?}"),
        })?;
        let sha256 = sha256.to_string();
        Ok((comparator, ComparatorOrigin::Vgg16 { sha256 }))
    }
}

impl ComparatorOrigin {
    /// The comparator of a run that had this one and now finds `found`; `None` where it has it already. The
    /// reason, where it cannot be had again.
    pub fn again(
        &self,
        found: &Self,
        settings: &LaeSettings,
        device: &Device,
    ) -> Result<Option<Comparator>, String> {
        if self == found {
            return Ok(None);
        }
        match self {
            Self::Substitute => Ok(Some(substitute(settings, device))),
            Self::Vgg16 { sha256 } => Err(format!(
                "its comparator was VGG16 with the weights {sha256}, and it must keep it; now it found {}. \
                 `seam import-weights` brings the former ones back",
                match found {
                    Self::Vgg16 { sha256 } => sha256,
                    Self::Substitute => "none",
                }
            )),
        }
    }
}

fn substitute(settings: &LaeSettings, device: &Device) -> Comparator {
    Comparator::substitute(settings.comparator_width, settings.comparator_px, device)
}

fn wrong(err: &dyn std::error::Error) -> TrainError {
    TrainError::Config {
        reason: err.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::vgg16::Vgg16FeaturesConfig;
    use crate::nn::weights;

    const SETTINGS: fn() -> LaeSettings = || LaeSettings {
        comparator_width: 0.02,
        comparator_px: 16,
        ..LaeSettings::default()
    };

    #[test]
    fn imported_weights_are_taken_and_a_run_keeps_what_it_had() {
        let device = Device::flex();
        let root = tempfile::tempdir().unwrap();
        let library = WeightsLibrary::at(
            root.path().join("settings.json"),
            root.path().join("weights"),
        );
        let settings = SETTINGS();
        let made = |choice: ComparatorChoice| choice.made(&settings, Some(&library), &device);
        let (_, without) = made(ComparatorChoice::Auto).unwrap();
        assert_eq!(without, ComparatorOrigin::Substitute);
        let refused = made(ComparatorChoice::Vgg16).unwrap_err().to_string();
        assert!(refused.contains("seam import-weights"), "{refused}");

        std::fs::create_dir(root.path().join("weights")).unwrap();
        let path = library.path_of(Architecture::Vgg16).unwrap();
        weights::save(&Vgg16FeaturesConfig::new().init(&device), &path).unwrap();
        let (_, with) = made(ComparatorChoice::Auto).unwrap();
        let ComparatorOrigin::Vgg16 { sha256 } = &with else {
            panic!("{with:?}");
        };
        assert_eq!(sha256.len(), 64);
        let (_, chosen) = made(ComparatorChoice::Substitute).unwrap();
        assert_eq!(chosen, ComparatorOrigin::Substitute);

        assert!(with.again(&with, &settings, &device).unwrap().is_none());
        let kept = without.again(&with, &settings, &device).unwrap();
        assert!(kept.is_some(), "the substitute can always be had again");
        let refused = with.again(&without, &settings, &device).unwrap_err();
        assert!(refused.contains(sha256), "{refused}");
    }

    #[test]
    fn an_origin_is_read_as_it_is_written() {
        let origin = ComparatorOrigin::Vgg16 {
            sha256: "ab".to_owned(),
        };
        let json = serde_json::to_string(&origin).unwrap();
        assert_eq!(json, r#"{"network":"vgg16","sha256":"ab"}"#);
        assert_eq!(
            serde_json::from_str::<ComparatorOrigin>(&json).unwrap(),
            origin
        );
    }
}
