//! Weights that others trained: files of `timm`, torchvision and the legacy Xception, tensor by tensor to
//! our networks (METHODS 6). Every tensor is mapped or listed, and a file that does not fit is refused.

pub mod architecture;
mod efficient_net;
pub mod keys;
mod layout;
mod numbers;
mod pytorch;
pub mod report;
mod resnet;
mod safetensors;
pub mod source;
mod vgg16;
mod write;
mod xception;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::nn::backbone::Backbone;
use crate::nn::import::architecture::{Architecture, Family};
use crate::nn::import::keys::{KeyStyle, roots};
use crate::nn::import::layout::{Layout, Reading, best_reading};
use crate::nn::import::report::{Ignored, ImportReport, Renamed, Reshaped, Why, WrongShape};
use crate::nn::import::source::{Entries, FileKind, Source};
use crate::nn::named::{self, HostTensor, NamedTensors};

pub use crate::nn::import::write::{Origin, write};

/// What the norms of our `EfficientNet` add to the variance.
const EFFICIENT_NET_EPSILON: f32 = 1e-3;

/// A classifier with more numbers than this is no classifier.
const MAX_HEAD_NUMBERS: usize = 1 << 28;

/// Why weights could not be brought along.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("Could not read the weights: {source}\nFile: {path:?}")]
    Io {
        source: std::io::Error,
        path: PathBuf,
    },
    #[error("Could not read the weights: {reason}\nFile: {path:?}")]
    Format { reason: String, path: PathBuf },
    #[error("Could not use the weights: {}\nFile: {path:?}", report.refusal())]
    Mismatch {
        report: Box<ImportReport>,
        path: PathBuf,
    },
    #[error("Could not write the weights: {reason}\nFile: {path:?}")]
    Write { reason: String, path: PathBuf },
}

#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// None finds it by names and shapes.
    pub architecture: Option<Architecture>,
    /// Also keep the classifier, `head.weight` `[inputs, classes]`, for comparisons.
    pub keeps_head: bool,
}

/// Weights of a published network.
#[derive(Clone, Debug)]
pub struct Imported {
    pub architecture: Architecture,
    /// By path in the network itself: `blocks.0.convs.1.depthwise.weight`; all of them.
    pub tensors: NamedTensors,
    /// The classifier where it was asked for: `head.weight` `[inputs, classes]` and `head.bias`; of VGG16
    /// `linears.0.weight` and so on.
    pub head: NamedTensors,
    pub report: ImportReport,
}

/// Reads a file of ours, of `timm`, torchvision or of the legacy Xception, safetensors or `PyTorch`.
pub fn read(path: &Path, options: ImportOptions) -> Result<Imported, ImportError> {
    let source = Source::open(path)?;
    let reading = reading_of(&source.entries, options.architecture);
    let refused = |report| ImportError::Mismatch {
        report: Box::new(report),
        path: path.to_owned(),
    };
    let Some(reading) = reading else {
        return Err(refused(nothing_known(&source.entries, source.kind)));
    };
    let mut report = account(&reading, &source.entries, source.kind);
    if !report.is_complete() {
        return Err(refused(report));
    }
    let Reading { layout, root } = reading;
    let mut tensors = NamedTensors::new();
    for (key, want) in &layout.wants {
        let values = source.read(&format!("{root}{key}"))?;
        let shape = want.shape.clone();
        tensors.insert(want.path.clone(), HostTensor { shape, values });
    }
    adapt(&layout, &mut tensors, &mut report);
    let head = if options.keeps_head {
        head(&layout, &root, &source)?
    } else {
        NamedTensors::new()
    };
    Ok(Imported {
        architecture: layout.architecture,
        tensors,
        head,
        report,
    })
}

/// The weights of a network from a file of ours or of others, by path in the network itself.
pub fn load_backbone_weights(
    path: &Path,
    architecture: Architecture,
) -> Result<NamedTensors, ImportError> {
    let options = ImportOptions {
        architecture: Some(architecture),
        keeps_head: false,
    };
    Ok(read(path, options)?.tensors)
}

/// Puts what `load_backbone_weights` gave into a backbone at its published size.
pub fn applied(backbone: Backbone, tensors: NamedTensors) -> Result<Backbone, String> {
    Ok(match backbone {
        Backbone::Xception(network) => Backbone::Xception(named::apply(network, tensors)?),
        Backbone::EfficientNet(network) => Backbone::EfficientNet(named::apply(network, tensors)?),
        Backbone::ResNet(network) => Backbone::ResNet(named::apply(network, tensors)?),
    })
}

/// As which network the file fits best; only as the wanted one, where one is wanted.
fn reading_of(entries: &Entries, wanted: Option<Architecture>) -> Option<Reading> {
    let roots = roots(entries);
    match wanted {
        Some(architecture) => best_reading(Layout::of(architecture), &roots, entries),
        None => best_reading(Architecture::all().flat_map(Layout::of), &roots, entries),
    }
}

/// Says what becomes of every key and of every tensor of the network; reads no numbers.
fn account(
    Reading { layout, root }: &Reading,
    entries: &Entries,
    file_kind: FileKind,
) -> ImportReport {
    let mut report = ImportReport {
        architecture: Some(layout.architecture),
        source_kind: Some(layout.style),
        root: root.clone(),
        ..nothing(file_kind)
    };
    for (full_key, entry) in entries {
        let key = full_key.strip_prefix(root.as_str());
        let want = key.and_then(|key| layout.wants.get(key));
        let is_head = |key| layout.style.head_path(layout.architecture, key).is_some();
        let ignored = |why| Ignored {
            key: full_key.clone(),
            why,
        };
        match (key, want) {
            (None, _) => report.ignored.push(ignored(Why::Elsewhere)),
            _ if entry.number.is_none() => report.ignored.push(ignored(Why::Integers)),
            (_, Some(want)) if want.is_fit(&entry.shape) => {
                report.matched += 1;
                if want.path != *full_key {
                    report.renamed.push(Renamed {
                        key: full_key.clone(),
                        path: want.path.clone(),
                    });
                }
                if want.shape != entry.shape {
                    report.reshaped.push(Reshaped {
                        key: full_key.clone(),
                        from: entry.shape.clone(),
                        to: want.shape.clone(),
                    });
                }
            }
            (_, Some(want)) => report.wrong_shape.push(WrongShape {
                key: full_key.clone(),
                found: entry.shape.clone(),
                expected: want.shape.clone(),
            }),
            (Some(key), None) if is_head(key) => report.ignored.push(ignored(Why::Classifier)),
            (Some(_), None) => report.unexpected.push(full_key.clone()),
        }
    }
    for (key, want) in &layout.wants {
        let found = entries.get(&format!("{root}{key}"));
        if found.is_none_or(|entry| entry.number.is_none()) {
            report.missing.push(want.path.clone());
        }
    }
    report
}

fn nothing(file_kind: FileKind) -> ImportReport {
    ImportReport {
        architecture: None,
        file_kind,
        source_kind: None,
        root: String::new(),
        matched: 0,
        renamed: Vec::new(),
        reshaped: Vec::new(),
        ignored: Vec::new(),
        missing: Vec::new(),
        unexpected: Vec::new(),
        wrong_shape: Vec::new(),
        notes: Vec::new(),
    }
}

fn nothing_known(entries: &Entries, file_kind: FileKind) -> ImportReport {
    ImportReport {
        unexpected: entries.keys().cloned().collect(),
        ..nothing(file_kind)
    }
}

/// Makes up for differences that names do not show, as far as numbers can, and tells of the others.
fn adapt(layout: &Layout, tensors: &mut NamedTensors, report: &mut ImportReport) {
    let style = layout.style;
    if layout.architecture.family() != Family::EfficientNet || style == KeyStyle::Seam {
        return;
    }
    let note = match style {
        KeyStyle::Torchvision => {
            "torchvision pads evenly, this network as TensorFlow does: outputs are the same only where \
             the picture's sides are 32 n + 1, and elsewhere differ much; take these weights as a start \
             for training, or timm's tf_efficientnet, which is the same at every size"
        }
        _ => {
            "names do not tell timm's tf_efficientnet from its efficientnet: this network is the former; \
             weights of the latter, which pads evenly, are only a start for training"
        }
    };
    report.notes.push(note.to_owned());
    let epsilon = efficient_net::torchvision_epsilon(layout.architecture);
    if let (KeyStyle::Torchvision, Some(theirs)) = (style, epsilon) {
        rescale_norms(tensors, theirs, EFFICIENT_NET_EPSILON);
        report.notes.push(format!(
            "norms were trained with {theirs:e} added to the variance; their scales were changed so that \
             {EFFICIENT_NET_EPSILON:e} gives the same"
        ));
    }
}

/// `gamma / sqrt(var + theirs)` becomes `gamma' / sqrt(var + ours)`.
fn rescale_norms(tensors: &mut NamedTensors, theirs: f32, ours: f32) {
    let paths: Vec<String> = tensors.keys().cloned().collect();
    for norm in paths.iter().filter_map(|path| path.strip_suffix(".gamma")) {
        let Some(variances) = tensors.get(&format!("{norm}.running_var")) else {
            continue;
        };
        let ratio = |variance: &f32| {
            let variance = variance.max(0.0);
            ((variance + ours) / (variance + theirs)).sqrt()
        };
        let factors: Vec<f32> = variances.values.iter().map(ratio).collect();
        if let Some(scales) = tensors.get_mut(&format!("{norm}.gamma")) {
            let pairs = scales.values.iter_mut().zip(factors);
            pairs.for_each(|(scale, factor)| *scale *= factor);
        }
    }
}

/// The classifier, its weights turned to `[inputs, classes]`, as burn's linear layers have them.
fn head(layout: &Layout, root: &str, source: &Source) -> Result<NamedTensors, ImportError> {
    let mut head = NamedTensors::new();
    for (full_key, entry) in head_entries(&source.entries, root) {
        let key = &full_key[root.len()..];
        let Some(path) = layout.style.head_path(layout.architecture, key) else {
            continue;
        };
        let numbers = entry
            .shape
            .iter()
            .try_fold(1, |n: usize, &side| n.checked_mul(side));
        if entry.number.is_none() || numbers.is_none_or(|numbers| MAX_HEAD_NUMBERS < numbers) {
            continue;
        }
        let values = source.read(full_key)?;
        let tensor = match entry.shape[..] {
            // `timm`'s VGG16 has convolutions here, which are linear layers of what they cover.
            [outputs, ..] if 1 < entry.shape.len() => turned(&values, outputs),
            _ => HostTensor {
                shape: entry.shape.clone(),
                values,
            },
        };
        head.insert(path, tensor);
    }
    Ok(head)
}

fn head_entries<'a>(
    entries: &'a Entries,
    root: &'a str,
) -> impl Iterator<Item = (&'a String, &'a source::Entry)> {
    entries.iter().filter(move |(key, _)| key.starts_with(root))
}

/// `[outputs, inputs]` to `[inputs, outputs]`.
fn turned(values: &[f32], outputs: usize) -> HostTensor {
    let inputs = values.len() / outputs.max(1);
    let columns = (0..inputs).flat_map(|input| values.iter().skip(input).step_by(inputs));
    HostTensor {
        values: columns.copied().collect(),
        shape: vec![inputs, outputs],
    }
}

impl ImportError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        Self::Io { source, path }
    }

    fn format(path: &Path, reason: impl fmt::Display) -> Self {
        Self::Format {
            reason: format!("it is not a whole file of tensors: {reason}"),
            path: path.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
