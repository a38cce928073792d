//! The plain types that a method's training takes and gives.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::data::annotations::Order;
use crate::forge::labelled::LabelledAugmentation;

/// All numbers of one training. Written into the run card; the same numbers give the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    pub method: String,
    pub preset: String,
    pub seed: u64,
    /// Side of the square input, pixels.
    pub size_px: u32,
    pub batch_size: usize,
    pub steps: u64,
    pub learning_rate: f64,
    pub weight_decay: f64,
    /// Frames taken from each clip, evenly spread.
    pub frames_per_clip: usize,
    /// Share of the clips held back whole for validation.
    pub validation_share: f64,
    pub validate_every: u64,
    /// Batches of each category that a validation scores.
    pub validation_batches: u64,
    pub checkpoint_every: u64,
    /// What `--init` named; `None` starts from random numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<InitialWeights>,
    /// Techniques of the data in the order of [`Batch::categories`]; a training fills them in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// Keys that only the method knows (DADD: width, feature size, lambda, alternation).
    pub method_config: toml::Table,
}

impl TrainConfig {
    /// These numbers with the keys of a table in place of their own, those of the method's own table one by
    /// one. The reason, where a key is unknown, its value does not fit, or it names another method.
    pub fn replaced(&self, own: toml::Table) -> Result<Self, String> {
        let mut table = toml::Table::try_from(self).map_err(|err| err.to_string())?;
        merge(&mut table, own);
        let config: Self = table
            .try_into()
            .map_err(|err: toml::de::Error| err.message().to_owned())?;
        if config.method != self.method {
            return Err(format!("it is for the method {:?}", config.method));
        }
        Ok(config)
    }

    /// The method's own table as its settings; refuses unknown keys.
    pub fn own_settings<S: DeserializeOwned>(&self) -> Result<S, TrainError> {
        let table = self.method_config.clone();
        table
            .try_into()
            .map_err(|err: toml::de::Error| TrainError::Config {
                reason: err.to_string(),
            })
    }

    /// Refuses pictures and batches too small for any network, and the first of `faults` that is one.
    pub fn check<const N: usize>(&self, faults: [(bool, &str); N]) -> Result<(), TrainError> {
        let common = [
            (self.size_px < 32, "size_px must be at least 32"),
            (self.batch_size < 2, "batch_size must be at least 2"),
        ];
        let mut all = faults.into_iter().chain(common);
        match all.find(|(is_fault, _)| *is_fault) {
            None => Ok(()),
            Some((_, reason)) => Err(TrainError::Config {
                reason: reason.to_owned(),
            }),
        }
    }
}

/// Puts the keys of `own` in place of those of `table`, in tables below one by one.
pub fn merge(table: &mut toml::Table, own: toml::Table) {
    for (key, value) in own {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

/// How batches of labelled faces are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelPlan {
    pub sampling: Sampling,
    pub augmentation: LabelledAugmentation,
    /// Instead of the configuration's.
    pub batch_size: Option<usize>,
    /// So many manipulated faces with their masks beside those, where the training has any.
    pub masked: usize,
}

/// What masks a training wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskPlan {
    /// The step that is the first to learn from masks.
    pub from_step: u64,
    /// So many faces, where nobody gave masks and those of the data are exact.
    pub count: usize,
    /// How they are chosen.
    pub order: Order,
    /// Chosen anew every so many steps; `None` chooses once.
    pub every: Option<u64>,
}

/// Which faces a batch of labelled faces holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Half pristine; of the manipulated half an equal share of each technique; clips alike in each.
    Balanced,
    /// Every face as likely as any other: the shares of the data.
    Natural,
    /// Pristine faces and those of each technique in equal shares; clips alike in each.
    PerDomain,
    /// Pristine faces alone; clips alike.
    Pristine,
}

/// Weights that a training starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitialWeights {
    /// The file's name, without its folder.
    pub file: String,
    pub sha256: String,
}

/// Pictures and labels of one step, as plain data.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub size_px: u32,
    /// RGB8, one picture after the other, `3 * size_px * size_px` bytes each, row by row.
    pub pixels: Vec<u8>,
    /// 1 is manipulated.
    pub labels: Vec<f32>,
    /// What was done to each picture; `None` for pristine ones.
    pub categories: Vec<Option<u8>>,
    /// Where each picture comes from, for errors: clip and frame.
    pub sources: Vec<String>,
    /// Manipulated faces beside those, with where they are.
    pub masked: Option<MaskedFaces>,
}

impl Batch {
    /// With room for so many pictures.
    pub fn empty(size_px: u32, room: usize) -> Self {
        let picture_bytes = 3 * size_px as usize * size_px as usize;
        Self {
            size_px,
            pixels: Vec::with_capacity(picture_bytes * room),
            labels: Vec::with_capacity(room),
            categories: Vec::with_capacity(room),
            sources: Vec::with_capacity(room),
            masked: None,
        }
    }
}

/// Manipulated faces with their masks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaskedFaces {
    /// As [`Batch::pixels`].
    pub pixels: Vec<u8>,
    /// `size_px * size_px` bytes each, row by row: 255 is manipulated, less is a soft edge.
    pub masks: Vec<u8>,
}

/// One named part of the loss of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    pub name: &'static str,
    pub value: f32,
}

/// Losses as a method's own facts of a step.
pub fn facts_of_losses(losses: &[Loss]) -> serde_json::Value {
    // The shortest decimals, which a checkpoint that is read gives back bit for bit.
    let short = |value: f32| value.to_string().parse::<f64>().unwrap_or(f64::NAN);
    let losses = losses.iter();
    let losses = losses.map(|loss| (loss.name.to_owned(), short(loss.value).into()));
    serde_json::json!({
        "losses_of_last_step": serde_json::Map::from_iter(losses),
    })
}

/// Why a training ended early.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error(transparent)]
    Cancelled(#[from] crate::job::Cancelled),
    #[error("Could not read the training data: {reason}\nFolder: {path:?}")]
    Data { path: PathBuf, reason: String },
    #[error("The configuration does not fit: {reason}")]
    Config { reason: String },
    #[error("Could not write the run: {source}\nFile: {path:?}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("Could not read the run: {reason}\nFolder: {path:?}")]
    Run { path: PathBuf, reason: String },
    #[error("Could not go on from the checkpoint: {reason}\nFolder: {path:?}")]
    Resume { path: PathBuf, reason: String },
    #[error("The loss is not finite at step {step}; the batch was made of {}", sources.join(", "))]
    Diverged { step: u64, sources: Vec<String> },
    #[error("Could not make the next batch: {detail}")]
    Loader { detail: String },
    #[error("The compute device failed: {detail}")]
    Device { detail: String },
    #[error(transparent)]
    Landmarks(#[from] crate::faces::landmarks::LandmarkError),
}
