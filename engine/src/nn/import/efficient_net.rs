//! Key names of `EfficientNet` and `EfficientNetV2`: `timm`'s `tf_efficientnet_b0` to `b7` and
//! `tf_efficientnetv2_s`, `m` and `l`, and torchvision's, which name layers by their place.

use crate::nn::backbone_kind::BackboneKind;
use crate::nn::import::architecture::{Architecture, Shapes};
use crate::nn::import::keys::{leaf, segments};

/// Parts of a block in their order.
const PARTS: [&str; 4] = ["expand", "depthwise", "squeeze", "project"];

/// `stages.1.0.expand.conv.weight` is `blocks.1.0.conv_pw.weight`.
pub fn timm(path: &str, shapes: &Shapes) -> Option<String> {
    match segments(path)[..] {
        ["stem", "conv", last] => Some(format!("conv_stem.{last}")),
        ["stem", "norm", last] => Some(format!("bn1.{}", leaf(last))),
        ["head", "conv", last] => Some(format!("conv_head.{last}")),
        ["head", "norm", last] => Some(format!("bn2.{}", leaf(last))),
        ["stages", stage, block, "squeeze", way, last] => {
            Some(format!("blocks.{stage}.{block}.se.conv_{way}.{last}"))
        }
        ["stages", stage, block, part, layer, last] => {
            let parts = parts_of(stage, block, shapes);
            // The convolution's name tells its place in the block.
            let conv = match (parts.as_slice(), part) {
                (["expand"], _) => "conv",
                (["expand", "project"], "expand") => "conv_exp",
                (["depthwise", ..], "project") => "conv_pw",
                (_, "expand") => "conv_pw",
                (_, "depthwise") => "conv_dw",
                _ => "conv_pwl",
            };
            let convolutions = parts.iter().filter(|part| **part != "squeeze");
            let at = convolutions.take_while(|other| **other != part).count() + 1;
            Some(match layer {
                "conv" => format!("blocks.{stage}.{block}.{conv}.{last}"),
                _ => format!("blocks.{stage}.{block}.bn{at}.{}", leaf(last)),
            })
        }
        _ => None,
    }
}

/// `stages.1.0.expand.conv.weight` is `features.2.0.block.0.0.weight`.
pub fn torchvision(path: &str, shapes: &Shapes) -> Option<String> {
    let pair = |layer: &str, last: &str| match layer {
        "conv" => format!("0.{last}"),
        _ => format!("1.{}", leaf(last)),
    };
    match segments(path)[..] {
        ["stem", layer, last] => Some(format!("features.0.{}", pair(layer, last))),
        ["head", layer, last] => {
            let stages = shapes.keys().filter_map(|path| match segments(path)[..] {
                ["stages", stage, ..] => stage.parse::<usize>().ok(),
                _ => None,
            });
            let place = stages.max()? + 2;
            Some(format!("features.{place}.{}", pair(layer, last)))
        }
        ["stages", stage, block, part, layer, last] => {
            let parts = parts_of(stage, block, shapes);
            let at = parts.iter().position(|other| *other == part)?;
            let stage = stage.parse::<usize>().ok()? + 1;
            let inside = match (part, layer) {
                ("squeeze", "reduce") => format!("fc1.{last}"),
                ("squeeze", _) => format!("fc2.{last}"),
                _ => pair(layer, last),
            };
            Some(format!("features.{stage}.{block}.block.{at}.{inside}"))
        }
        _ => None,
    }
}

/// Which parts a block has.
fn parts_of(stage: &str, block: &str, shapes: &Shapes) -> Vec<&'static str> {
    let has = |part: &&str| {
        let prefix = format!("stages.{stage}.{block}.{part}.");
        let mut after = shapes.range(prefix.clone()..);
        after
            .next()
            .is_some_and(|(path, _)| path.starts_with(&prefix))
    };
    PARTS.into_iter().filter(has).collect()
}

/// The classifier: `classifier` in `timm`, after a dropout in torchvision.
pub fn head(key: &str) -> Option<String> {
    let last = key.strip_prefix("classifier.")?;
    let last = last.strip_prefix("1.").unwrap_or(last);
    matches!(last, "weight" | "bias").then(|| format!("head.{last}"))
}

/// What torchvision's norms add to the variance, where it is not the published 1e-3: B0 to B4 were
/// trained with the library's default.
pub fn torchvision_epsilon(architecture: Architecture) -> Option<f32> {
    let Architecture::Backbone(kind) = architecture else {
        return None;
    };
    let has_default = matches!(
        kind,
        BackboneKind::EfficientNetB0
            | BackboneKind::EfficientNetB1
            | BackboneKind::EfficientNetB2
            | BackboneKind::EfficientNetB3
            | BackboneKind::EfficientNetB4
    );
    has_default.then_some(1e-5)
}
