//! Key names of Xception: the legacy file `xception-b5690688`, Cadene's models, `timm`'s
//! `legacy_xception` and what `FaceForensics` trained from them.
//!
//! `timm`'s `xception41`, `65` and `71` are other networks, with wider strides and more norms.

use crate::nn::import::keys::{leaf, segments};

/// `blocks.1.convs.0.pointwise.weight` is `block2.rep.1.pointwise.weight`.
pub fn theirs(path: &str) -> Option<String> {
    let parts = segments(path);
    match parts[..] {
        ["blocks", block, "convs", at, "depthwise", "weight"] => {
            Some(format!("{}.conv1.weight", step(block, at, 0)?))
        }
        ["blocks", block, "convs", at, "pointwise", "weight"] => {
            Some(format!("{}.pointwise.weight", step(block, at, 0)?))
        }
        ["blocks", block, "norms", at, last] => {
            Some(format!("{}.{}", step(block, at, 1)?, leaf(last)))
        }
        ["blocks", block, "skip_conv", "weight"] => {
            Some(format!("block{}.skip.weight", number(block)? + 1))
        }
        ["blocks", block, "skip_norm", last] => {
            Some(format!("block{}.skipbn.{}", number(block)? + 1, leaf(last)))
        }
        [conv, "depthwise", "weight"] => Some(format!("{conv}.conv1.weight")),
        [conv, "pointwise", "weight"] => Some(format!("{conv}.pointwise.weight")),
        [norm, last] => Some(match norm.strip_prefix("norm") {
            Some(at) => format!("bn{at}.{}", leaf(last)),
            None => format!("{norm}.{last}"),
        }),
        _ => None,
    }
}

/// `rep` lists `ReLU`, convolution and norm in turn; the first block has no first `ReLU`.
fn step(block: &str, at: &str, offset: usize) -> Option<String> {
    let (block, at) = (number(block)? + 1, number(at)?);
    let first = usize::from(block != 1);
    Some(format!("block{block}.rep.{}", first + 3 * at + offset))
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok()
}

/// The classifier: `fc` in files, `last_linear` in Cadene's newer models.
pub fn head(key: &str) -> Option<String> {
    let last = key
        .strip_prefix("fc.")
        .or_else(|| key.strip_prefix("last_linear."))?;
    matches!(last, "weight" | "bias").then(|| format!("head.{last}"))
}
