//! Makes labelled manipulations of pristine faces, with exact masks.

pub mod addg;
pub mod pristine;

use std::path::PathBuf;

use crate::job::{Cancelled, JobContext};

/// What `seam forge` was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ForgeSettings {
    /// `addg`; later recipes join it.
    pub recipe: String,
    /// Folder of pristine clips, searched with its subfolders.
    pub from: PathBuf,
    pub out: PathBuf,
    pub seed: u64,
    /// Examples of each category.
    pub per_category: usize,
    pub landmark_model: Option<PathBuf>,
}

/// Why nothing was forged.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("There is no recipe {name:?}; there is: addg")]
    NoSuchRecipe { name: String },
    #[error("No usable pristine face: {reason}\nFolder: {path:?}")]
    NoFaces { path: PathBuf, reason: String },
    #[error("Could not write the example: {source}\nFile: {path:?}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Landmarks(#[from] crate::faces::landmarks::LandmarkError),
}

/// Writes labelled examples, their masks, a manifest and a contact sheet; gives their number.
pub fn forge(settings: &ForgeSettings, job: &mut JobContext) -> Result<u64, ForgeError> {
    let _ = (settings, job);
    todo!("forge helper")
}
