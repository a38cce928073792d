//! Detectors: each scores face crops and can show what it looked at.

pub mod card;
pub mod known_answer;
pub mod library;
pub mod likelihood;
pub mod models;

use std::borrow::Cow;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::detectors::likelihood::{FaceLikelihood, LikelihoodReference};
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

    /// What faces can resemble, pristine first, then the techniques of its training; empty where it does
    /// not tell.
    fn domains(&self) -> &[String] {
        &[]
    }

    /// Likelihoods of its validation's faces, pristine ones first; empty where it models no density.
    fn likelihood_references(&self) -> &[LikelihoodReference] {
        &[]
    }

    /// Multiplications with additions that one face takes, where that is so much that a clip's faces are
    /// scored one after the other, the most telling first, up to a budget.
    fn multiply_adds(&self) -> Option<u64> {
        None
    }

    /// As [`Self::score`], with all else that the same pass tells of each face.
    fn score_in_detail(&mut self, faces: &[FaceCrop]) -> Result<Vec<DetailedScore>, DetectorError> {
        let scores = self.score(faces)?.into_iter();
        Ok(scores.map(DetailedScore::from).collect())
    }

    /// One vector a face, in the order given, that the detector judges by: the global average pool of its last
    /// convolution. `None` where it does not tell.
    fn pooled_features(
        &mut self,
        _faces: &[FaceCrop],
    ) -> Result<Option<Vec<Vec<f32>>>, DetectorError> {
        Ok(None)
    }

    /// What the detector looked at on one face.
    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError>;

    /// Several maps of one face, in the order of `kinds`: at once, where they share work.
    fn maps(&mut self, face: &FaceCrop, kinds: &[MapKind]) -> Result<Vec<Map>, DetectorError> {
        kinds.iter().map(|&kind| self.map(face, kind)).collect()
    }
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

impl DetectorInfo {
    /// The map that shows best where the final score comes from: Grad-CAM, or else the cue or the activation that is
    /// scored.
    pub fn main_map(&self) -> Option<MapKind> {
        let kinds = [
            MapKind::GradCam,
            MapKind::SpoofCue,
            MapKind::ClassActivation,
        ];
        kinds.into_iter().find(|kind| self.maps.contains(kind))
    }

    /// The maps that say where it looks, the main one first: what is compared with masks.
    pub fn attention_maps(&self) -> impl Iterator<Item = MapKind> {
        let kinds = [
            MapKind::GradCam,
            MapKind::SpoofCue,
            MapKind::ClassActivation,
            MapKind::ReconstructionDifference,
            MapKind::DeepfakeAttention,
            MapKind::DomainAttention,
            MapKind::LogLikelihood,
        ];
        kinds.into_iter().filter(|kind| self.maps.contains(kind))
    }

    /// Whether it draws maps of this kind. Single channels of attention are listed by their first.
    pub fn draws(&self, kind: MapKind) -> bool {
        let listed = match kind {
            MapKind::DeepfakeAttentionChannel(_) => MapKind::DeepfakeAttentionChannel(0),
            MapKind::DomainAttentionChannel(_) => MapKind::DomainAttentionChannel(0),
            other => other,
        };
        self.maps.contains(&listed)
    }
}

/// A score with all else that the same pass tells of the face.
#[derive(Clone, Debug, PartialEq)]
pub struct DetailedScore {
    pub score: FaceScore,
    /// How much the face is like each of [`Detector::domains`]: shares that sum to 1; may be empty. A
    /// resemblance to what the detector was trained on, not a finding of its own.
    pub domains: Vec<f32>,
    /// How likely the face is, where the detector models a density.
    pub likelihood: Option<FaceLikelihood>,
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

impl FaceScore {
    /// A score without parts.
    pub fn of(logit: f32) -> Self {
        Self {
            logit,
            parts: Vec::new(),
        }
    }
}

impl From<FaceScore> for DetailedScore {
    fn from(score: FaceScore) -> Self {
        Self {
            score,
            domains: Vec::new(),
            likelihood: None,
        }
    }
}

/// A picture a detector can draw of its attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapKind {
    /// Grad-CAM of the final score.
    GradCam,
    /// Grad-CAM of one partial score, by its place in [`DetectorInfo::parts`].
    GradCamPart(u8),
    /// `InTeLe`: the face as the decoder of pristine faces, f0, paints it. A picture.
    PristineReconstruction,
    /// `InTeLe`: the face as the decoder of manipulated faces, f1, paints it. A picture.
    ManipulatedReconstruction,
    /// `InTeLe`: |f1 - f0|, what the method takes for artifacts.
    ReconstructionDifference,
    /// `InTeLe`: |x - f0|, what the face has beyond its pristine reconstruction.
    PristineResidual,
    /// `InTeLe`: |x - f1|.
    ManipulatedResidual,
    /// LGSC: |C|, the cue that is zero for pristine faces.
    SpoofCue,
    /// DID: `M_df`, the mean over channels of what is taken for forging as such.
    DeepfakeAttention,
    /// DID: `M_dom`, the mean over channels of what is taken, of the rest, for the way of forging.
    DomainAttention,
    /// DID: one channel of `M_df`, by its place when this face's channels are sorted by their mean, largest
    /// first.
    DeepfakeAttentionChannel(u16),
    /// DID: one channel of `M_dom`, likewise.
    DomainAttentionChannel(u16),
    /// `PixelCNN++`: log p of each pixel given those above and left of it, all colors together, in nats.
    LogLikelihood,
    /// `PixelCNN++`: the part of one color, 0 to 2, given the colors before it.
    LogLikelihoodChannel(u8),
}

/// One value per pixel, or a picture; the scale is the kind's own and fixed, never stretched per picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    pub kind: MapKind,
    pub width: u32,
    pub height: u32,
    /// Row by row, a pixel's channels ([`MapKind::channels`]) beside each other. Pictures, differences, residuals and cues are in
    /// shares of the full range of a color channel: 1/255 is one level of an 8-bit picture. Attention is
    /// from 0 to 1. Class activations have no bounds, and below zero they speak against. Log-likelihoods are in nats,
    /// at most 0.
    pub values: Vec<f32>,
    /// Ends of the kind's fixed color scale.
    pub range: (f32, f32),
}

/// What the values of a map's pixel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapChannels {
    /// One value, shown on a color scale.
    Value,
    /// Red, green and blue, shown as they are.
    Rgb,
}

impl MapKind {
    /// Stable name, for files and records: `grad-cam`, `f0`.
    pub fn name(self) -> Cow<'static, str> {
        let name = match self {
            Self::GradCam => "grad-cam",
            Self::GradCamPart(part) => return Cow::Owned(format!("grad-cam-{part}")),
            Self::PristineReconstruction => "f0",
            Self::ManipulatedReconstruction => "f1",
            Self::ReconstructionDifference => "f1-f0",
            Self::PristineResidual => "x-f0",
            Self::ManipulatedResidual => "x-f1",
            Self::SpoofCue => "cue",
            Self::DeepfakeAttention => "m-df",
            Self::DomainAttention => "m-dom",
            Self::DeepfakeAttentionChannel(rank) => return Cow::Owned(format!("m-df-{rank}")),
            Self::DomainAttentionChannel(rank) => return Cow::Owned(format!("m-dom-{rank}")),
            Self::LogLikelihood => "log-likelihood",
            Self::LogLikelihoodChannel(0) => "log-likelihood-red",
            Self::LogLikelihoodChannel(1) => "log-likelihood-green",
            Self::LogLikelihoodChannel(_) => "log-likelihood-blue",
        };
        Cow::Borrowed(name)
    }

    /// What one pixel of such a map holds.
    pub fn channels(self) -> MapChannels {
        match self {
            Self::PristineReconstruction
            | Self::ManipulatedReconstruction
            | Self::Reconstruction => MapChannels::Rgb,
            _ => MapChannels::Value,
        }
    }
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
