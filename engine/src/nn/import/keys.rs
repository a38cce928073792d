//! Names of tensors in other people's files: ways of naming, and what stands before the names.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::nn::import::architecture::{Architecture, Family, Shapes};
use crate::nn::import::source::Entries;
use crate::nn::import::{efficient_net, resnet, vgg16, xception};

/// Whose names the tensors of a file have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyStyle {
    /// This program's own paths.
    Seam,
    Timm,
    /// For `ResNet` and VGG16 also `timm`'s.
    Torchvision,
    /// Of Xception: the legacy file's, also those of `timm`'s `legacy_xception`.
    Cadene,
}

/// Levels of dictionaries and wrappers that stand before a network's own names.
const LEVELS: [&str; 20] = [
    "backbone",
    "ema",
    "encoder",
    "feature_extractor",
    "features_extractor",
    "model",
    "model_ema",
    "model_state_dict",
    "module",
    "net",
    "network",
    "params",
    "params_ema",
    "state_dict",
    "state_dict_ema",
    "weights",
    // Of this program's own files: the kinds of backbones.
    "EfficientNet",
    "ResNet",
    "Vgg16",
    "Xception",
];

impl KeyStyle {
    pub fn words(self) -> &'static str {
        match self {
            Self::Seam => "seam",
            Self::Timm => "timm",
            Self::Torchvision => "torchvision",
            Self::Cadene => "legacy Xception",
        }
    }

    /// The styles in which networks of a family are found.
    pub fn of(family: Family) -> &'static [Self] {
        match family {
            Family::Xception => &[Self::Seam, Self::Cadene],
            Family::EfficientNet => &[Self::Seam, Self::Timm, Self::Torchvision],
            Family::ResNet | Family::Vgg16 => &[Self::Seam, Self::Torchvision],
        }
    }

    /// What this style calls the tensor at one of our paths.
    pub fn key(self, architecture: Architecture, path: &str, shapes: &Shapes) -> Option<String> {
        match (self, architecture.family()) {
            (Self::Seam, _) => Some(path.to_owned()),
            (_, Family::Xception) => xception::theirs(path),
            (Self::Torchvision, Family::EfficientNet) => efficient_net::torchvision(path, shapes),
            (_, Family::EfficientNet) => efficient_net::timm(path, shapes),
            (_, Family::ResNet) => resnet::theirs(path),
            (_, Family::Vgg16) => vgg16::theirs(path),
        }
    }

    /// Our path of a tensor of the classifier, `head.weight`; none where the key is no classifier's.
    pub fn head_path(self, architecture: Architecture, key: &str) -> Option<String> {
        match (self, architecture.family()) {
            (Self::Seam, _) => None,
            (_, Family::Xception) => xception::head(key),
            (_, Family::EfficientNet) => efficient_net::head(key),
            (_, Family::ResNet) => resnet::head(key),
            (_, Family::Vgg16) => vgg16::head(key),
        }
    }
}

pub fn segments(path: &str) -> Vec<&str> {
    path.split('.').collect()
}

/// `PyTorch`'s name of the last part of a norm's path.
pub fn leaf(ours: &str) -> &str {
    match ours {
        "gamma" => "weight",
        "beta" => "bias",
        other => other,
    }
}

/// What may stand before a network's own names in this file, sorted, the empty one first:
/// `["", "state_dict.", "state_dict.module."]`.
pub fn roots(entries: &Entries) -> Vec<String> {
    let mut roots = BTreeSet::from([String::new()]);
    for key in entries.keys() {
        let mut end = 0;
        for segment in key.split('.') {
            if !LEVELS.contains(&segment) {
                break;
            }
            end += segment.len() + 1;
            if let Some(root) = key.get(..end) {
                roots.insert(root.to_owned());
            }
        }
    }
    roots.into_iter().collect()
}
