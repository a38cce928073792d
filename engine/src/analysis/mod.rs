//! From a clip to checked findings: media, faces, detectors, a ledger of checks, a sentence.

pub mod applicable;
mod detect;
pub mod disagreement;
pub mod intake;
mod intake_sample;
pub mod likelihood;
pub mod look;
pub mod next_steps;
pub mod progressive;
mod read_ahead;
pub mod record;
pub mod resemblance;
mod sampling;
pub mod scan;
pub mod spread;
pub mod summary;
mod tally;
pub mod unchecked;

use std::path::PathBuf;
use std::sync::Arc;

use crate::analysis::progressive::FaceBudget;
use crate::detectors::FaceScore;
use crate::detectors::likelihood::{FaceLikelihood, LikelihoodReference};
use crate::device::Preference;
use crate::faces::gate::FaceQuality;
use crate::faces::{Gate, TrackId, TrackedFace};
use crate::media::{FrameId, MediaInfo};

pub use record::Analysis;

/// What to analyze and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ScanSettings {
    pub path: PathBuf,
    /// Names of methods, `dadd`; empty takes every method that has a model.
    pub methods: Vec<String>,
    pub sampling: Sampling,
    pub device: Preference,
    /// Folders that hold model folders, first match wins; the bundled ones come last by themselves.
    pub model_dirs: Vec<PathBuf>,
    /// dlib's landmark model; `None` looks where systems keep it.
    pub landmark_model: Option<PathBuf>,
    /// How many faces a slow detector scores.
    pub budget: FaceBudget,
}

/// Which frames are scored. Faces are followed on every frame in any case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sampling {
    EveryFrame,
    /// At most this many frames a second of media time, evenly spread.
    PerSecond(f32),
}

/// What an analysis tells while it runs. The final [`Analysis`] holds all of it again.
#[derive(Clone, Debug)]
pub enum Partial {
    /// The facts of the file; comes first.
    Probed(Box<MediaInfo>),
    /// The faces of one frame; may be empty. Frames come in order.
    Faces {
        frame: FrameId,
        faces: Vec<TrackedFace>,
    },
    /// How fit one face is for scoring; comes before its score.
    Measured {
        track: TrackId,
        frame: FrameId,
        quality: FaceQuality,
    },
    /// The gate's answer on a track so far.
    Gated { track: TrackId, gate: Gate },
    /// New scores of one detector.
    Scored {
        method: &'static str,
        /// What faces can resemble, pristine first: what [`TrackScore::domains`] counts.
        domains: Arc<[String]>,
        /// Of the model's validation faces, pristine ones first; empty where it models no density.
        likelihoods: Arc<[LikelihoodReference]>,
        scores: Vec<TrackScore>,
    },
}

/// One face, one detector, one score.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackScore {
    pub track: TrackId,
    pub frame: FrameId,
    pub raw: FaceScore,
    /// Probability after calibration; for strips and chips.
    pub score: record::Score,
    /// Of each domain of the detector ([`Partial::Scored`]), how much the face is like it: shares that sum
    /// to 1; empty where it does not tell.
    pub domains: Vec<f32>,
    /// How likely the face is, where the detector models a density.
    pub likelihood: Option<FaceLikelihood>,
}

impl ScanSettings {
    /// Every method, eight frames a second, the best device.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            methods: Vec::new(),
            sampling: Sampling::PerSecond(8.0),
            device: Preference::Auto,
            model_dirs: Vec::new(),
            landmark_model: None,
            budget: FaceBudget::default(),
        }
    }
}
