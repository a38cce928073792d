//! Backbones say what torchvision's and `timm`'s say, with the same weights and pictures.
//!
//! `tests/reference/backbones.sh` makes those and runs this; without them, nothing is compared here.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use burn::prelude::{Device, Tensor, TensorData};
use seam_engine::nn::backbone::BackboneConfig;
use seam_engine::nn::import::architecture::Architecture;
use seam_engine::nn::import::{self, ImportOptions, Imported};
use seam_engine::nn::named::{self, HostTensor, NamedTensors, host_tensor};
use seam_engine::nn::pool::pool;
use seam_engine::nn::vgg16::{Vgg16, Vgg16FeaturesConfig};
use seam_engine::nn::weights;
use serde::Deserialize;

/// Relative to the largest value. Sums of some thousand products in another order differ by about 1e-6, and
/// a hundred layers after each other by ten times that.
const TOLERANCE: f32 = 1e-4;

#[derive(Deserialize)]
struct Case {
    name: String,
    architecture: String,
    weights: String,
    reference: String,
    /// How far `PyTorch` itself is from double precision.
    rounding: f32,
}

#[test]
fn features_and_logits_are_those_of_the_reference() {
    let Some(dir) = std::env::var_os("SEAM_PARITY") else {
        println!(
            "Nothing was compared: SEAM_PARITY names no folder; see tests/reference/backbones.sh"
        );
        return;
    };
    let dir = Path::new(&dir);
    let text = std::fs::read_to_string(dir.join("cases.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    assert!(!cases.is_empty());
    let mut failed = Vec::new();
    for case in &cases {
        let (features, logits) = differences(case, dir);
        let (name, rounding) = (&case.name, case.rounding);
        println!(
            "{name:<30} features {features:.1e} logits {logits:.1e} (PyTorch itself {rounding:.1e})"
        );
        if TOLERANCE < features.max(logits) {
            failed.push(name);
        }
    }
    assert!(
        failed.is_empty(),
        "{failed:?} differ by more than {TOLERANCE}"
    );
}

/// Largest differences of features and logits, relative to the largest value.
fn differences(case: &Case, dir: &Path) -> (f32, f32) {
    let device = Device::flex();
    let reference = weights::read(&dir.join(&case.reference)).unwrap();
    let images = tensor::<4>(&reference["images"], &device);
    let options = ImportOptions {
        architecture: None,
        keeps_head: true,
    };
    let imported = import::read(&dir.join(&case.weights), options).unwrap();
    assert_eq!(imported.architecture.name(), case.architecture);
    let (features, logits) = match imported.architecture {
        Architecture::Vgg16 => vgg16(imported, images, &device),
        Architecture::Backbone(kind) => {
            let backbone = BackboneConfig::new(kind).init(&device);
            let backbone = import::applied(backbone, imported.tensors).unwrap();
            let features = backbone.forward(images);
            let weight = tensor::<2>(&imported.head["head.weight"], &device);
            let bias = tensor::<1>(&imported.head["head.bias"], &device);
            let logits = pool(features.clone()).matmul(weight) + bias.unsqueeze();
            (features, logits)
        }
    };
    (
        difference(&host_tensor(features).unwrap(), &reference["features"]),
        difference(&host_tensor(logits).unwrap(), &reference["logits"]),
    )
}

/// The last `ReLU` before the last pool, and the logits.
fn vgg16(imported: Imported, images: Tensor<4>, device: &Device) -> (Tensor<4>, Tensor<2>) {
    let features = Vgg16FeaturesConfig::new().init(device);
    let features = named::apply(features, imported.tensors.clone()).unwrap();
    let inside = imported.tensors.into_iter();
    let inside = inside.map(|(path, tensor)| (format!("features.{path}"), tensor));
    let all: NamedTensors = inside.chain(imported.head).collect();
    let network = named::apply(Vgg16::new(1000, device), all).unwrap();
    (features.forward(images.clone()), network.forward(images))
}

fn tensor<const D: usize>(host: &HostTensor, device: &Device) -> Tensor<D> {
    let data = TensorData::new(host.values.clone(), host.shape.clone());
    Tensor::from_data(data, device)
}

fn difference(found: &HostTensor, expected: &HostTensor) -> f32 {
    assert_eq!(found.shape, expected.shape);
    let largest = expected
        .values
        .iter()
        .fold(0.0_f32, |max, v| max.max(v.abs()));
    assert!(0.0 < largest && largest.is_finite());
    let pairs = found.values.iter().zip(&expected.values);
    let apart = pairs.map(|(a, b)| (a - b).abs());
    // A NaN counts as infinite.
    let apart = apart.fold(0.0_f32, |max, d| {
        if d.is_nan() {
            f32::INFINITY
        } else {
            max.max(d)
        }
    });
    apart / largest
}
