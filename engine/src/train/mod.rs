//! Training: configuration, pristine faces, loader threads, the loop, checkpoints, the run card.

pub mod checkpoint;
pub mod choose;
pub mod config;
mod data;
pub mod faces;
pub mod finish;
mod init;
pub mod loader;
pub mod masked;
pub mod masks;
mod memory;
mod pace;
pub mod run;
pub mod run_log;
pub mod runs;
pub mod samples;
pub mod session;
pub mod validate;
pub mod watch;

use std::path::PathBuf;

use crate::device::Preference;

pub use crate::methods::training::{Batch, Loss, TrainConfig, TrainError};

/// What to train, as asked for by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainSettings {
    pub method: String,
    /// A manifest, or a folder with a `manifest.jsonl`, of which the splits `train` and `val` are read; for
    /// methods that learn from pristine clips alone also a folder of those, searched with its subfolders.
    pub data: PathBuf,
    /// The run's folder; made if missing.
    pub out: PathBuf,
    /// `laptop`, `paper`, or what else the method has.
    pub preset: String,
    /// A TOML file whose keys replace those of the preset.
    pub config: Option<PathBuf>,
    pub seed: Option<u64>,
    /// Weights that the backbone starts from: a file, or the name of an architecture in the folder of
    /// the user's weights.
    pub init: Option<PathBuf>,
    /// A folder of annotations whose finished masks are learned from, instead of the exact ones of the data.
    pub masks: Option<PathBuf>,
    pub device: Preference,
    /// Go on from the last checkpoint in `out`.
    pub resume: bool,
    pub landmark_model: Option<PathBuf>,
}

/// What a training tells while it runs.
#[derive(Clone, Debug)]
pub enum TrainEvent {
    /// Its faces are cut and its first step is next.
    Begun {
        /// The run's folder.
        out: PathBuf,
        /// All its numbers.
        config: Box<TrainConfig>,
        /// Faces to train on.
        faces: usize,
        /// Faces held back for validation.
        held_back: usize,
    },
    Step {
        step: u64,
        steps: u64,
        losses: Vec<Loss>,
        images_per_second: f32,
        seconds_left: f32,
        /// On the CPU the resident memory of the whole program, on other devices what is reserved there;
        /// `None` where the system does not tell.
        memory_bytes: Option<u64>,
    },
    Validated {
        step: u64,
        /// Not a number where it cannot be told, for lack of faces of both kinds.
        auc: f64,
        /// Of 95 %, from drawing whole clips anew; `None` where it cannot be told.
        interval: Option<[f64; 2]>,
        /// One for each category of the method.
        auc_by_category: Vec<(String, f64)>,
    },
    /// What the model makes of the watched faces was drawn: [`watch::read`].
    Watched {
        step: u64,
        dir: PathBuf,
    },
    Checkpoint {
        step: u64,
        dir: PathBuf,
    },
}
