//! Key names of VGG16's features, which torchvision and `timm` number with their `ReLU`s and pools.

use crate::nn::import::keys::segments;

/// Places of the 13 convolutions in `features`.
const PLACES: [usize; 13] = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];

/// `convs.2.weight` is `features.5.weight`.
pub fn theirs(path: &str) -> Option<String> {
    let ["convs", at, last] = segments(path)[..] else {
        return None;
    };
    let place = PLACES.get(at.parse::<usize>().ok()?)?;
    Some(format!("features.{place}.{last}"))
}

/// The three linear layers, which `timm` keeps as convolutions; named as in `Vgg16`.
pub fn head(key: &str) -> Option<String> {
    let (layer, last) = key.rsplit_once('.')?;
    let at = match layer {
        "classifier.0" | "pre_logits.fc1" => 0,
        "classifier.3" | "pre_logits.fc2" => 1,
        "classifier.6" | "head.fc" => 2,
        _ => return None,
    };
    matches!(last, "weight" | "bias").then(|| format!("linears.{at}.{last}"))
}
