//! Faces: found, followed as people over time, landmarked, cut out upright, and judged for use.

pub mod align;
mod carry;
pub(crate) mod cuts;
mod dlib;
mod dlib_numbers;
pub mod find;
pub mod follow;
pub mod gate;
mod gray;
pub mod landmarks;
mod looks;
mod matching;
pub mod mean_face;
mod person;
pub(crate) mod similarity;
mod track;
#[cfg(test)]
mod track_tests;

use serde::{Deserialize, Serialize};

use crate::media::FrameId;

/// A face in a frame: corner and size in pixels of that frame; may reach over its border.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceBox {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    /// The detector's own confidence, larger is surer; 0 where the box was tracked, not found.
    pub confidence: f32,
}

/// One person over time. Ids count from 1 in the order of appearance, as the window shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TrackId(pub u32);

/// One person's face in one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackedFace {
    pub track: TrackId,
    pub frame: FrameId,
    pub box_in_frame: FaceBox,
    /// `false` where the box was carried over from neighboring frames.
    pub is_detected: bool,
}

/// Who said where the 68 points are. Scores from different aligners do not compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aligner {
    /// dlib's 68-point shape predictor, from the user's system.
    Dlib68,
    /// A mean face laid into the box: a guess.
    BoxEstimate,
}

/// The 68 points of the iBUG scheme, in pixels of the frame or crop they belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmarks {
    pub points: [[f32; 2]; 68],
    pub aligner: Aligner,
}

/// Whether a face is fit for scoring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    NotUsable,
    Weak,
    Usable,
}

/// The gate's answer with its reasons in words, for one face or summed up over a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    pub state: GateState,
    /// Empty when usable: "the face is 41 px wide; 64 are needed".
    pub reasons: Vec<String>,
}

impl FaceBox {
    pub fn center(&self) -> [f32; 2] {
        [self.x + 0.5 * self.width, self.y + 0.5 * self.height]
    }

    /// Intersection over union, 0 to 1.
    pub fn iou(&self, other: &Self) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        let both = width.max(0.0) * height.max(0.0);
        let either = self.width * self.height + other.width * other.height - both;
        if 0.0 < either { both / either } else { 0.0 }
    }
}
