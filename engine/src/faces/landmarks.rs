//! The 68 points of a face: dlib's model where the user's system has it, else a guess from the box.

use std::path::{Path, PathBuf};

use crate::faces::{Aligner, FaceBox, Landmarks};
use crate::media::Frame;

/// Finds the points; cheap to share between threads (`&self`).
pub struct Landmarker {
    aligner: Aligner,
}

/// Why a landmark model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LandmarkError {
    #[error("Could not read the landmark model: {reason}\nFile: {path:?}")]
    Unreadable { path: PathBuf, reason: String },
}

impl Landmarker {
    /// dlib's model from `path`, else from the places where systems keep it; without any, the box
    /// estimate. An explicit path that cannot be read is an error.
    pub fn load(path: Option<&Path>) -> Result<Self, LandmarkError> {
        let _ = path;
        todo!("faces helper")
    }

    /// Needs no file.
    pub fn box_estimate() -> Self {
        Self {
            aligner: Aligner::BoxEstimate,
        }
    }

    pub fn aligner(&self) -> Aligner {
        self.aligner
    }

    /// Points in the frame's pixels.
    pub fn find(&self, frame: &Frame, face: &FaceBox) -> Landmarks {
        let _ = (frame, face);
        todo!("faces helper")
    }
}
