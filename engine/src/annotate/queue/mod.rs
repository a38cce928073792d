//! The queue: which faces of a manifest a person is asked to mark, in which order, and why each of them.

mod asked;
mod counterpart;
mod exact;
mod gather;
mod run;
mod tasks;
#[cfg(test)]
mod tests;
mod words;

use std::path::PathBuf;

use crate::data::annotations::{AnnotationError, FrameError, Order, Task};
use crate::data::{CropError, ManifestError, Split};
use crate::detectors::DetectorError;
use crate::device::{DeviceError, Preference};
use crate::faces::landmarks::LandmarkError;
use crate::job::Cancelled;
use crate::methods::lae::selection::{Concept, SelectionError};

pub use asked::asked_task;
pub use run::queue;

/// What to ask for, as wished by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueSettings {
    /// A manifest, or a folder with a `manifest.jsonl`.
    pub data: PathBuf,
    /// Of these splits; the split `test` only where it is named.
    pub splits: Vec<Split>,
    /// The model that knows the faces: its folder, that of its run, or the name of an installed one. Without one faces
    /// can only be drawn by chance.
    pub model: Option<PathBuf>,
    /// A folder of annotations. One that is there already gets further tasks, for other faces.
    pub folder: PathBuf,
    pub order: Order,
    /// So many faces at most.
    pub count: usize,
    /// So many of one clip at most, so that more clips come in; `None` goes by the order alone, as the paper does.
    pub per_clip: Option<usize>,
    pub seed: u64,
    /// Frames of each clip that are looked at, evenly spread.
    pub frames_per_clip: usize,
    pub device: Preference,
    pub landmark_model: Option<PathBuf>,
    /// Where face crops are kept between runs; `None` keeps none.
    pub crop_cache: Option<PathBuf>,
    /// Fills every task with the exact mask of the data, for experiments and to show what it is like.
    pub is_filled: bool,
}

impl QueueSettings {
    /// Active selection of 100 faces of the split `train`.
    pub fn new(data: PathBuf, folder: PathBuf) -> Self {
        Self {
            data,
            splits: vec![Split::Train],
            model: None,
            folder,
            order: Order::Active,
            count: 100,
            per_clip: None,
            seed: 1,
            frames_per_clip: 8,
            device: Preference::default(),
            landmark_model: None,
            crop_cache: None,
            is_filled: false,
        }
    }
}

/// What came into the queue, and what did not.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    pub folder: PathBuf,
    /// In the order of the queue.
    pub tasks: Vec<Task>,
    /// Faces that were looked at.
    pub candidates: usize,
    /// Reasons in words with how many faces or clips each left out, the most first.
    pub left_out: Vec<(String, usize)>,
    /// The channels that active selection went by, strongest first.
    pub channels: Vec<Concept>,
    /// Tasks that were filled with an exact mask.
    pub filled: usize,
}

/// Why there is no queue.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("The queue cannot be made: {reason}")]
    Settings { reason: String },
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Annotation(#[from] AnnotationError),
    #[error(transparent)]
    Landmarks(#[from] LandmarkError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Detector(#[from] DetectorError),
    #[error(transparent)]
    Selection(#[from] SelectionError),
    #[error(transparent)]
    Frame(FrameError),
    #[error(transparent)]
    Crops(CropError),
}

impl QueueError {
    fn settings(reason: impl Into<String>) -> Self {
        Self::Settings {
            reason: reason.into(),
        }
    }
}

impl From<FrameError> for QueueError {
    fn from(err: FrameError) -> Self {
        match err {
            FrameError::Cancelled(err) => Self::Cancelled(err),
            err => Self::Frame(err),
        }
    }
}

impl From<CropError> for QueueError {
    fn from(err: CropError) -> Self {
        match err {
            CropError::Cancelled(err) => Self::Cancelled(err),
            err => Self::Crops(err),
        }
    }
}
