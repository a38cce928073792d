//! One retraining round: train with the finished masks, and measure on held-out faces what that changed.

mod held_out;
mod run;
#[cfg(test)]
mod tests;
mod words;

use std::path::PathBuf;

use crate::data::annotations::{AnnotationError, TaskId};
use crate::data::{CropError, ManifestError, Split};
use crate::detectors::DetectorError;
use crate::device::{DeviceError, Preference};
use crate::faces::landmarks::LandmarkError;
use crate::job::Cancelled;
use crate::train::TrainError;

pub use run::retrain;

/// A round as asked for by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundSettings {
    /// A folder of annotations.
    pub folder: PathBuf,
    /// The model that it begins from: its folder, that of its run, or the name of an installed one.
    pub model: PathBuf,
    /// The manifest: trained on by its split `train`, measured on by [`Self::measured`].
    pub data: PathBuf,
    /// Steps of the training.
    pub steps: u64,
    pub seed: u64,
    /// Keys that replace those of the model's own training.
    pub overrides: toml::Table,
    /// Trains once more with as many exact masks of faces drawn by chance, where the data has masks.
    pub random_baseline: bool,
    /// Held out from the training.
    pub measured: Split,
    /// Frames of each clip that are measured.
    pub frames_per_clip: usize,
    pub device: Preference,
    pub landmark_model: Option<PathBuf>,
    /// Where face crops are kept between rounds; `None` keeps none.
    pub crop_cache: Option<PathBuf>,
}

impl RoundSettings {
    /// A hundred steps, measured on the split `val` and beside random masks.
    pub fn new(folder: PathBuf, model: PathBuf, data: PathBuf) -> Self {
        Self {
            folder,
            model,
            data,
            steps: 100,
            seed: 1,
            overrides: toml::Table::new(),
            random_baseline: true,
            measured: Split::Val,
            frames_per_clip: 4,
            device: Preference::default(),
            landmark_model: None,
            crop_cache: None,
        }
    }
}

/// Why there is no round.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("The model cannot be retrained: {reason}")]
    Settings { reason: String },
    #[error(transparent)]
    Annotation(#[from] AnnotationError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Landmarks(#[from] LandmarkError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Detector(#[from] DetectorError),
    #[error(transparent)]
    Crops(CropError),
    #[error(transparent)]
    Train(TrainError),
    #[error("Could not write what the training needs: {source}\nFile: {path:?}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("There is no finished mask to learn from: {}", waiting(.0))]
    NoMasks(Vec<TaskId>),
}

/// What there is instead.
fn waiting(tasks: &[TaskId]) -> String {
    match tasks.len() {
        0 => "the queue is empty".to_owned(),
        1 => "its one task is not done".to_owned(),
        count => format!("none of its {count} tasks is done"),
    }
}

impl RoundError {
    fn settings(reason: impl Into<String>) -> Self {
        Self::Settings {
            reason: reason.into(),
        }
    }
}

impl From<CropError> for RoundError {
    fn from(err: CropError) -> Self {
        match err {
            CropError::Cancelled(err) => Self::Cancelled(err),
            err => Self::Crops(err),
        }
    }
}

impl From<TrainError> for RoundError {
    fn from(err: TrainError) -> Self {
        match err {
            TrainError::Cancelled(err) => Self::Cancelled(err),
            err => Self::Train(err),
        }
    }
}
