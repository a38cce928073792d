//! Key names of `ResNet18` and `ResNet50`, the same in torchvision and `timm`.

use crate::nn::import::keys::{leaf, segments};

/// `layers.0.1.convs.2.norm.gamma` is `layer1.1.bn3.weight`.
pub fn theirs(path: &str) -> Option<String> {
    match segments(path)[..] {
        ["stem", "conv", last] => Some(format!("conv1.{last}")),
        ["stem", "norm", last] => Some(format!("bn1.{}", leaf(last))),
        ["layers", layer, block, "convs", at, part, last] => {
            let layer = layer.parse::<usize>().ok()? + 1;
            let at = at.parse::<usize>().ok()? + 1;
            Some(match part {
                "conv" => format!("layer{layer}.{block}.conv{at}.{last}"),
                _ => format!("layer{layer}.{block}.bn{at}.{}", leaf(last)),
            })
        }
        ["layers", layer, block, "shortcut", part, last] => {
            let layer = layer.parse::<usize>().ok()? + 1;
            Some(match part {
                "conv" => format!("layer{layer}.{block}.downsample.0.{last}"),
                _ => format!("layer{layer}.{block}.downsample.1.{}", leaf(last)),
            })
        }
        _ => None,
    }
}

pub fn head(key: &str) -> Option<String> {
    let last = key.strip_prefix("fc.")?;
    matches!(last, "weight" | "bias").then(|| format!("head.{last}"))
}
