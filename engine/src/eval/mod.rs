//! Evaluation: metrics with intervals, calibration, protocols, and a page that shows them.

pub mod attention;
mod average;
pub mod by_technique;
pub mod calibration;
mod caveats;
pub mod confusion;
pub mod experiment;
mod facts;
mod folds;
mod foreign;
pub mod likelihoods;
pub mod metrics;
mod models;
pub mod page;
mod probe;
pub mod protocol;
pub mod report;
mod run;
pub mod scored_split;
pub mod scores;
mod scoring;
pub mod table;

use std::io;
use std::path::PathBuf;

use crate::data::ManifestError;
use crate::detectors::DetectorError;
use crate::device::{DeviceError, Preference};
use crate::eval::experiment::ExperimentSettings;
use crate::eval::protocol::Protocol;
use crate::eval::report::Evaluation;
use crate::eval::scored_split::ScoredSplit;
use crate::eval::table::TableError;
use crate::faces::landmarks::LandmarkError;
use crate::job::{Cancelled, JobContext};

pub use run::evaluate;

/// What to evaluate, as asked for by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct EvalSettings {
    pub work: EvalWork,
    /// The manifest: trained on, and tested on where there is no other.
    pub data: Option<PathBuf>,
    /// The manifest to test on, for [`Protocol::Cross`] and experiments.
    pub test_data: Option<PathBuf>,
    /// Folder of the results; made if missing.
    pub out: PathBuf,
    /// What is scored.
    pub split: ScoredSplit,
    /// Frames taken from each item at most, evenly spread.
    pub frames_per_item: usize,
    pub device: Preference,
    /// Of the draws behind intervals, of the probe's folds, and of trainings.
    pub seed: u64,
    pub landmark_model: Option<PathBuf>,
    /// Where face crops are kept between evaluations; `None` keeps none.
    pub crop_cache: Option<PathBuf>,
    /// Whether the page shows faces with their maps and masks. The numbers are there either way.
    pub has_pictures: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EvalWork {
    Methods {
        /// Names of methods; empty takes every method that has a model.
        names: Vec<String>,
        protocol: Protocol,
        model: ModelChoice,
        /// Writes the calibration fitted on the validation split into the model's card, and uses it.
        calibrate: bool,
    },
    /// One of [`experiment::EXPERIMENTS`]: several trainings compared.
    Experiment(ExperimentSettings),
    /// Scores of another program, or of an earlier evaluation.
    Scores(PathBuf),
    /// Only what the geometry of crops tells.
    Probe,
}

/// Whence the model of a method is.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelChoice {
    /// The user's, else the bundled one. It was trained on something else than the manifest.
    Installed,
    Folder(PathBuf),
    /// By the protocol, on the manifest's train split.
    Train {
        preset: String,
        steps: Option<u64>,
        /// Weights that the backbone starts from.
        init: Option<PathBuf>,
    },
}

/// A training that a protocol wants.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainWish {
    pub method: String,
    pub preset: String,
    /// Keys that replace those of the preset.
    pub overrides: toml::Table,
    pub seed: u64,
    pub init: Option<PathBuf>,
    /// Holds only what may be trained on: no item of the test split, none of the excluded techniques.
    pub manifest: PathBuf,
    /// What was left out of it.
    pub excluded_techniques: Vec<String>,
    /// The run's folder.
    pub out: PathBuf,
    /// Whether it goes on from a checkpoint that is there: of the same training, stopped before.
    pub goes_on: bool,
    pub device: Preference,
    pub landmark_model: Option<PathBuf>,
}

/// Trains, and gives the model's folder. Training stands above this module, so it is handed in.
pub type Train<'a> = &'a dyn Fn(&TrainWish, &mut JobContext) -> Result<PathBuf, EvalError>;

/// What an evaluation gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    pub evaluation: Evaluation,
    /// The page, beside the record and the scores.
    pub page: PathBuf,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Wishes that do not go together.
    #[error("The evaluation cannot be made: {reason}")]
    Settings { reason: String },
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("The data cannot be evaluated: {reason}\nFile: {path:?}")]
    Data { reason: String, path: PathBuf },
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Landmarks(#[from] LandmarkError),
    #[error(transparent)]
    Detector(#[from] DetectorError),
    #[error("The training that the protocol wants failed: {reason}")]
    Train { reason: String },
    #[error("Could not write the results: {source}\nFile: {path:?}")]
    Write { path: PathBuf, source: io::Error },
}

impl EvalError {
    fn settings(reason: impl Into<String>) -> Self {
        Self::Settings {
            reason: reason.into(),
        }
    }
}
