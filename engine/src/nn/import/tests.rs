//! Whole files and whole lists of names.

use super::*;
use crate::nn::backbone::BackboneConfig;
use crate::nn::backbone_kind::BackboneKind;
use crate::nn::import::numbers::Number;
use crate::nn::import::source::Entry;
use crate::nn::named::collect;
use crate::nn::weights;
use burn::prelude::Device;
use sha2::{Digest as _, Sha256};

const RESNET18: Architecture = Architecture::Backbone(BackboneKind::ResNet18);
const EFFICIENT_NET_B0: Architecture = Architecture::Backbone(BackboneKind::EfficientNetB0);

fn layout(architecture: Architecture, style: KeyStyle) -> Layout {
    let mut layouts = Layout::of(architecture);
    layouts.find(|layout| layout.style == style).unwrap()
}

fn entry(shape: &[usize]) -> Entry {
    Entry {
        shape: shape.to_vec(),
        number: Some(Number::F32),
    }
}

/// What a file of this network holds, below `root`, with a classifier and a counter.
fn entries(layout: &Layout, root: &str) -> Entries {
    let wants = layout.wants.iter();
    let mut entries: Entries = wants
        .map(|(key, want)| (format!("{root}{key}"), entry(&want.shape)))
        .collect();
    let counter = Entry {
        shape: Vec::new(),
        number: None,
    };
    entries.insert(format!("{root}bn1.num_batches_tracked"), counter);
    entries.insert(format!("{root}fc.weight"), entry(&[1000, 512]));
    entries.insert(format!("{root}fc.bias"), entry(&[1000]));
    entries
}

#[test]
fn all_names_and_shapes_are_those_of_timm_and_torchvision() {
    #[derive(serde::Deserialize)]
    struct Reference {
        architecture: String,
        style: String,
        keys: usize,
        sha256: String,
    }
    // reference/backbones.py --keys
    let text = include_str!("../../../tests/reference/backbone_keys.json");
    let references: Vec<Reference> = serde_json::from_str(text).unwrap();
    for reference in &references {
        let architecture: Architecture = reference.architecture.parse().unwrap();
        let style = match (architecture.family(), reference.style.as_str()) {
            (Family::Xception, _) => KeyStyle::Cadene,
            (Family::EfficientNet, "timm") => KeyStyle::Timm,
            _ => KeyStyle::Torchvision,
        };
        let wants = layout(architecture, style).wants;
        assert_eq!(wants.len(), architecture.shapes().len());
        assert_eq!(wants.len(), reference.keys, "{architecture}");
        let lines: String = wants
            .iter()
            .map(|(key, want)| format!("{key} {:?}\n", want.shape))
            .collect();
        let digest: String = Sha256::digest(lines)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(digest, reference.sha256, "{architecture} {style:?}");
    }
    for architecture in Architecture::all() {
        let name = architecture.name();
        assert!(references.iter().any(|other| other.architecture == name));
    }
}

#[test]
fn every_network_is_recognized_by_its_names() {
    for architecture in Architecture::all() {
        for layout in Layout::of(architecture) {
            let wants = layout.wants.iter();
            let entries: Entries = wants
                .map(|(key, want)| (key.clone(), entry(&want.shape)))
                .collect();
            let reading = reading_of(&entries, None).unwrap();
            assert_eq!(reading.layout.architecture, architecture);
            assert_eq!(reading.layout.style, layout.style);
            assert!(account(&reading, &entries, FileKind::Safetensors).is_complete());
        }
    }
}

#[test]
fn levels_before_the_names_are_found_and_what_lies_beside_is_left_out() {
    let layout = layout(RESNET18, KeyStyle::Torchvision);
    for root in [
        "",
        "module.",
        "state_dict.",
        "state_dict.module.",
        "model.backbone.",
    ] {
        let mut entries = entries(&layout, root);
        if !root.is_empty() {
            entries.insert("optimizer.state.0.exp_avg".to_owned(), entry(&[3]));
        }
        let reading = reading_of(&entries, Some(RESNET18)).unwrap();
        assert_eq!(reading.root, root);
        let report = account(&reading, &entries, FileKind::PyTorch);
        assert!(report.is_complete(), "{}", report.in_words());
        assert_eq!(report.matched, 100);
        assert_eq!(report.renamed.len(), 100);
        let of = |why| report.ignored.iter().filter(|item| item.why == why).count();
        assert_eq!((of(Why::Classifier), of(Why::Integers)), (2, 1));
        assert_eq!(of(Why::Elsewhere), usize::from(!root.is_empty()));
    }
}

#[test]
fn matrices_of_the_legacy_xception_become_convolutions() {
    let layout = layout(
        Architecture::Backbone(BackboneKind::Xception),
        KeyStyle::Cadene,
    );
    let mut entries = entries(&layout, "");
    for (key, entry) in &mut entries {
        if key.contains("pointwise") {
            entry.shape.truncate(2);
        }
    }
    let reading = reading_of(&entries, None).unwrap();
    let report = account(&reading, &entries, FileKind::PyTorch);
    assert!(report.is_complete(), "{}", report.in_words());
    // 3 * 2 + 8 * 3 + 2 in blocks, and 2 after them.
    assert_eq!(report.reshaped.len(), 34);
    let first = report.reshaped.first().unwrap();
    assert_eq!(first.from, [128, 64]);
    assert_eq!(first.to, [128, 64, 1, 1]);
}

#[test]
fn every_difference_is_listed() {
    let layout = layout(RESNET18, KeyStyle::Torchvision);
    let mut entries = entries(&layout, "");
    entries.remove("layer4.1.bn2.weight");
    entries.insert("layer1.0.conv1.weight".to_owned(), entry(&[64, 64, 1, 1]));
    entries.insert("layer4.2.conv1.weight".to_owned(), entry(&[512, 512, 3, 3]));
    let reading = reading_of(&entries, None).unwrap();
    assert_eq!(reading.layout.architecture, RESNET18);
    let report = account(&reading, &entries, FileKind::PyTorch);
    assert!(!report.is_complete());
    assert_eq!(report.missing, ["layers.3.1.convs.1.norm.gamma"]);
    assert_eq!(report.unexpected, ["layer4.2.conv1.weight"]);
    assert_eq!(report.wrong_shape.len(), 1);
    let text = report.refusal();
    let expected = "as resnet18, 98 of its tensors fit, 1 are missing, 1 are unexpected, \
                    1 have another shape\nmissing     1\n            layers.3.1.convs.1.norm.gamma\n\
                    shape       1\n            layer1.0.conv1.weight is [64, 64, 1, 1] instead of \
                    [64, 64, 3, 3]\nunexpected  1\n            layer4.2.conv1.weight";
    assert_eq!(text, expected);
}

#[test]
fn a_file_of_another_network_is_refused_with_its_names() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("other.safetensors");
    let one = HostTensor {
        shape: vec![1],
        values: vec![1.0],
    };
    let tensors = ["patch_embed.weight", "norm.bias"].map(|key| (key.to_owned(), one.clone()));
    weights::write(&NamedTensors::from(tensors), &path).unwrap();
    let text = read(&path, ImportOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        text.starts_with("Could not use the weights: the names and shapes"),
        "{text}"
    );
    assert!(
        text.contains("unexpected  2\n            norm.bias\n            patch_embed"),
        "{text}"
    );
    assert!(text.ends_with(&format!("\nFile: {path:?}")), "{text}");
    let failure = load_backbone_weights(&path, RESNET18).unwrap_err();
    assert!(matches!(failure, ImportError::Mismatch { .. }), "{failure}");
}

/// A file of torchvision's B0, its numbers small and all different.
fn write_torchvision_b0(path: &std::path::Path) {
    let layout = layout(EFFICIENT_NET_B0, KeyStyle::Torchvision);
    let mut number = 0_u32;
    let mut tensors = NamedTensors::new();
    let mut put = |key: &str, shape: &[usize]| {
        let count = shape.iter().product();
        let values = std::iter::repeat_with(|| {
            number += 1;
            number as f32 / 1e8
        });
        let tensor = HostTensor {
            shape: shape.to_vec(),
            values: values.take(count).collect(),
        };
        tensors.insert(key.to_owned(), tensor);
    };
    for (key, want) in &layout.wants {
        put(key, &want.shape);
    }
    put("classifier.1.weight", &[3, 1280]);
    put("classifier.1.bias", &[3]);
    weights::write(&tensors, path).unwrap();
}

#[test]
fn a_file_is_imported_kept_and_put_into_a_network() {
    let dir = tempfile::tempdir().unwrap();
    let theirs = dir.path().join("b0.safetensors");
    write_torchvision_b0(&theirs);
    let options = ImportOptions {
        keeps_head: true,
        ..ImportOptions::default()
    };
    let imported = read(&theirs, options).unwrap();
    assert_eq!(imported.architecture, EFFICIENT_NET_B0);
    let original = weights::read(&theirs).unwrap();

    let classes = &original["classifier.1.weight"].values;
    let head = &imported.head["head.weight"];
    assert_eq!(head.shape, [1280, 3]);
    assert_eq!(
        head.values[..4],
        [classes[0], classes[1280], classes[2560], classes[1]]
    );

    // The same scale in spite of another epsilon.
    let scale = |tensors: &NamedTensors, gamma: &str, variance: &str, epsilon: f32| {
        tensors[gamma].values[5] / (tensors[variance].values[5] + epsilon).sqrt()
    };
    let before = scale(
        &original,
        "features.0.1.weight",
        "features.0.1.running_var",
        1e-5,
    );
    let after = scale(
        &imported.tensors,
        "stem.norm.gamma",
        "stem.norm.running_var",
        1e-3,
    );
    assert!((before / after - 1.0).abs() < 1e-5, "{before} {after}");
    assert_eq!(imported.report.notes.len(), 2);

    let origin = Origin {
        file: "b0.safetensors".to_owned(),
        sha256: "00".repeat(32),
    };
    let ours = dir.path().join("new/efficientnet-b0.safetensors");
    write(&imported, &origin, &ours).unwrap();
    let folder = ours.parent().unwrap();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
    let again = read(&ours, ImportOptions::default()).unwrap();
    assert_eq!(again.report.source_kind, Some(KeyStyle::Seam));
    assert!(again.report.renamed.is_empty());
    assert_eq!(again.tensors, imported.tensors);

    let tensors = load_backbone_weights(&ours, EFFICIENT_NET_B0).unwrap();
    let device = Device::flex();
    let backbone = BackboneConfig::new(BackboneKind::EfficientNetB0).init(&device);
    let backbone = applied(backbone, tensors).unwrap();
    let found = collect(&backbone).unwrap();
    let (_, stem) = found
        .iter()
        .find(|(path, _)| path.ends_with("stem.conv.weight"))
        .unwrap();
    assert_eq!(*stem, imported.tensors["stem.conv.weight"]);
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("b0.safetensors");
    write_torchvision_b0(&path);
    let mut tensors = weights::read(&path).unwrap();
    tensors.get_mut("features.0.0.weight").unwrap().values[7] = f32::NAN;
    weights::write(&tensors, &path).unwrap();
    let text = read(&path, ImportOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("features.0.0.weight: it holds numbers that are not finite"),
        "{text}"
    );
}
