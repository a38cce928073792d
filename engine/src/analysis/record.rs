//! The record of one analysis, in the shape of the JSON `seam-scan/1`. Fields may be added, never changed.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::analysis::likelihood::LikelihoodRecord;
use crate::detectors::card::Calibration;
use crate::faces::{Aligner, Gate, TrackId};
use crate::media::{MediaHash, MediaInfo};

/// The schema's name, first in every record.
pub const SCHEMA: &str = "seam-scan/1";

/// Everything that one analysis found, and everything it did not do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    pub schema: String,
    pub seam: SeamRecord,
    pub device: DeviceRecord,
    pub media: MediaRecord,
    pub sampling: SamplingRecord,
    pub aligner: Aligner,
    pub tracks: Vec<TrackRecord>,
    pub summary: Summary,
    pub ledger: Vec<LedgerEntry>,
    /// Damage and trouble that the analysis went on without.
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeamRecord {
    pub version: String,
}

/// What the tensors ran on: `cuda`, `wgpu` or `cpu`, and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRecord {
    pub kind: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaRecord {
    pub path: PathBuf,
    pub sha256: MediaHash,
    pub bytes: u64,
    pub container: String,
    pub video: VideoRecord,
    pub reencode_signs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoRecord {
    pub codec: String,
    pub width: u32,
    pub height: u32,
    pub rotation: u32,
    pub frames_decoded: u64,
    pub duration_secs: f64,
    pub fps_mean: f64,
    pub variable_rate: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplingRecord {
    pub frames_examined: u64,
    /// The rule in words: "8 frames a second of media time".
    pub rule: String,
}

/// One person and every check that was asked for on them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackRecord {
    pub id: TrackId,
    pub first_pts_secs: f64,
    pub last_pts_secs: f64,
    /// Frames in which the face was found or followed.
    pub frames: u64,
    pub median_box_px: f32,
    pub gate: Gate,
    pub checks: Vec<Check>,
}

/// One detector on one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub method: String,
    /// Name and weights' hash of the model, `dadd-laptop@1a2b3c4d`; empty where none was found.
    pub model: String,
    pub state: CheckState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Over the track: see `extra.aggregation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    pub calibrated: bool,
    /// What the calibration was fitted on, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibrated_on: Option<String>,
    /// The score beside those of pristine faces, where the model's card tells of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_rate: Option<BaseRate>,
    /// What the face is like if it was forged: only where this check found evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resembles: Option<Resemblance>,
    /// How likely the faces are, where the detector models a density.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likelihood: Option<LikelihoodRecord>,
    pub frames: Vec<FrameRecord>,
    pub extra: serde_json::Value,
}

/// How a track's score compares with pristine faces that the model's training did not see.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaseRate {
    pub pristine_faces: usize,
    pub pristine_clips: usize,
    /// Share of the pristine faces that the model objects to: logit above zero.
    pub share_objected: f64,
    /// The logit that 95 % of the pristine faces stay below.
    pub logit_95: f32,
    /// Mean logit over the track's examined frames.
    pub mean_logit: f32,
}

/// What a forged face is most like among the techniques of a model's training. No finding of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resemblance {
    /// In words, with the limits of it.
    pub sentence: String,
    /// Mean shares over the frames that lean to manipulation, pristine left out: most alike first, sum 1.
    pub techniques: Vec<TechniqueShare>,
    /// Mean share of pristine on the same frames, before it was left out.
    pub pristine: f32,
    /// Frames that lean to manipulation.
    pub frames: u64,
    /// What [`FrameRecord::domains`] counts: pristine, then the techniques in the order of the training.
    pub domains: Vec<String>,
}

/// A technique of a model's training, and how much a face is like it: 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TechniqueShare {
    pub name: String,
    pub share: f32,
}

/// What became of a check. The report prints nothing that has no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Ran,
    NotApplicable,
    Failed,
    Skipped,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameRecord {
    pub pts_secs: f64,
    pub index: u32,
    /// Above zero leans to manipulated; before calibration.
    pub logit: f32,
    pub score: Score,
    /// Logits of the method's parts, in the order of `extra.parts`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<f32>,
    /// How much the face is like pristine and like each technique, in the order of [`Resemblance::domains`]:
    /// shares that sum to 1. Only where the check found evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<f32>,
    /// What a color of a pixel costs on average, where the detector models a density.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits_per_dim: Option<f32>,
}

/// Probability of manipulation after calibration: 1 is manipulated. Never NaN, never outside 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f32", into = "f32")]
pub struct Score(f32);

/// How strong the evidence is. There is no word for "authentic".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Strong,
    Some,
    Little,
    CannotTell,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub verdict: Verdict,
    pub sentence: String,
    pub limits: Vec<String>,
}

/// One line of what was done, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub check: String,
    pub state: CheckState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub millis: u64,
}

impl Verdict {
    /// Whether there is evidence of manipulation.
    pub fn is_evidence(self) -> bool {
        matches!(self, Self::Strong | Self::Some)
    }
}

impl BaseRate {
    /// Whether the model objects more than to 95 % of the pristine faces.
    pub fn is_unusual(&self) -> bool {
        self.logit_95 < self.mean_logit
    }
}

impl Score {
    /// `None` unless `value` is in `0..=1`; NaN is not.
    pub fn new(value: f32) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The logistic function of a logit; `None` for NaN.
    pub fn from_logit(logit: f32) -> Option<Self> {
        Self::new(1.0 / (1.0 + (-logit).exp()))
    }

    /// The probability by the model's calibration, else the logistic function; `None` for NaN.
    pub fn calibrated(logit: f32, calibration: Option<&Calibration>) -> Option<Self> {
        match calibration {
            None => Self::from_logit(logit),
            Some(calibration) => Self::new(calibration.probability(logit) as f32),
        }
    }

    pub fn value(self) -> f32 {
        self.0
    }
}

impl TryFrom<f32> for Score {
    type Error = String;

    fn try_from(value: f32) -> Result<Self, String> {
        Self::new(value).ok_or_else(|| format!("{value} is not a score between 0 and 1"))
    }
}

impl From<Score> for f32 {
    fn from(score: Score) -> Self {
        score.0
    }
}

impl From<&MediaInfo> for MediaRecord {
    fn from(info: &MediaInfo) -> Self {
        let video = &info.video;
        Self {
            path: info.path.clone(),
            sha256: info.sha256,
            bytes: info.bytes,
            container: info.container.clone(),
            video: VideoRecord {
                codec: video.codec.clone(),
                width: video.width,
                height: video.height,
                rotation: video.rotation,
                frames_decoded: video.frames_decoded,
                duration_secs: video.duration_secs,
                fps_mean: video.fps_mean,
                variable_rate: video.variable_rate,
            },
            reencode_signs: info.reencode_signs.clone(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An analysis in which nobody was found.
    pub fn empty_analysis(verdict: Verdict) -> Analysis {
        Analysis {
            schema: SCHEMA.to_owned(),
            seam: SeamRecord {
                version: "0".to_owned(),
            },
            device: DeviceRecord {
                kind: "cpu".to_owned(),
                name: "test".to_owned(),
            },
            media: MediaRecord {
                path: PathBuf::new(),
                sha256: MediaHash::of(b"test"),
                bytes: 0,
                container: "mp4".to_owned(),
                video: VideoRecord {
                    codec: "h264".to_owned(),
                    width: 640,
                    height: 480,
                    rotation: 0,
                    frames_decoded: 25,
                    duration_secs: 1.0,
                    fps_mean: 25.0,
                    variable_rate: false,
                },
                reencode_signs: Vec::new(),
            },
            sampling: SamplingRecord {
                frames_examined: 8,
                rule: "every frame".to_owned(),
            },
            aligner: Aligner::BoxEstimate,
            tracks: Vec::new(),
            summary: Summary {
                verdict,
                sentence: String::new(),
                limits: Vec::new(),
            },
            ledger: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[track_caller]
    fn check(value: f32, is_score: bool) {
        assert_eq!(Score::new(value).is_some(), is_score, "{value}");
    }

    #[test]
    fn scores_are_probabilities() {
        check(0.0, true);
        check(1.0, true);
        check(-0.01, false);
        check(1.01, false);
        check(f32::NAN, false);
    }

    #[test]
    fn extreme_logits_are_still_scores() {
        for logit in [f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY, 0.0] {
            assert!(Score::from_logit(logit).is_some(), "{logit}");
        }
        assert_eq!(Score::from_logit(f32::NAN), None);
    }
}
