//! Detectors: each scores face crops and can show what it looked at.

pub mod card;
pub mod known_answer;
pub mod library;
pub mod models;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::faces::align::{Crop, CropRule};
use crate::faces::{Landmarks, TrackId};
use crate::media::FrameId;

/// One trained way to tell pristine from manipulated.
///
/// Scores are logits: above zero leans to manipulated, for every detector. A detector stays on the
/// thread that loaded it, because its tensors do.
pub trait Detector {
    fn info(&self) -> &'static DetectorInfo;

    /// How faces must be cut for this model.
    fn crop_rule(&self) -> CropRule;

    /// One score per face, in the order given. Each must not depend on the others in the batch.
    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError>;

    /// What the detector looked at on one face.
    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError>;
}

/// What is known about a detector before it runs.
#[derive(Debug)]
pub struct DetectorInfo {
    /// Stable, because saved cases hold it: `dadd`.
    pub name: &'static str,
    pub title: &'static str,
    /// What it looks at, in words for the user.
    pub looks_at: &'static str,
    /// When not to trust it, in words for the user.
    pub limits: &'static str,
    /// Names of the partial scores, in the order of [`FaceScore::parts`].
    pub parts: &'static [&'static str],
    pub maps: &'static [MapKind],
}

/// A face as a detector takes it.
#[derive(Clone, Debug)]
pub struct FaceCrop {
    pub frame: FrameId,
    pub track: TrackId,
    pub crop: Crop,
}

/// What a detector says of one face.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceScore {
    /// Above zero leans to manipulated.
    pub logit: f32,
    /// Logits of the method's parts (DADD: nine sub-tasks); may be empty.
    pub parts: Vec<f32>,
}

/// A picture a detector can draw of its attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapKind {
    /// Grad-CAM of the final score.
    GradCam,
    /// Grad-CAM of one partial score, by its place in [`DetectorInfo::parts`].
    GradCamPart(u8),
}

/// One value per pixel, row by row; the scale is the kind's own and fixed, never stretched per picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    pub kind: MapKind,
    pub width: u32,
    pub height: u32,
    pub values: Vec<f32>,
    /// Ends of the kind's fixed color scale.
    pub range: (f32, f32),
}

/// Why a detector could not answer.
#[derive(Debug, thiserror::Error)]
pub enum DetectorError {
    #[error("The weights do not fit the model {name:?}: {detail}")]
    Weights { name: String, detail: String },
    #[error("Could not read the model: {reason}\nFile: {path:?}")]
    Card { path: PathBuf, reason: String },
    #[error("The face is cut at {given_px} px; this model needs {needed_px} px")]
    Crop { needed_px: u32, given_px: u32 },
    #[error("{name:?} cannot draw a map of kind {kind:?}")]
    NoSuchMap { name: &'static str, kind: MapKind },
    #[error("The compute device failed: {detail}")]
    Device { detail: String },
}

impl FaceCrop {
    pub fn landmarks(&self) -> &Landmarks {
        &self.crop.landmarks
    }
}
