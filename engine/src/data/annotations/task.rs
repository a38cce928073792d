//! One face to mark: which frame it is of, beyond doubt, why it is asked for, and how far the work on it is.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::faces::{Aligner, FaceBox, Landmarks};
use crate::media::{Frame, FrameId, MediaHash};

/// Counts from 1 in the order of the queue; never used twice within a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(pub u32);

/// One face of one frame that a person is asked to mark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    /// The clip or picture: as the manifest of the folder has it, or whole where none lists it.
    pub item: String,
    pub frame: FrameName,
    pub face: Face,
    pub why: Why,
    /// What was done to the item, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<String>,
    /// The pristine clip that the item was made of, frame by frame, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<String>,
    /// The painted frame that this one's mask was carried from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_from: Option<TaskId>,
}

/// A frame's whole identity: a mask counts for exactly these pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameName {
    /// SHA-256 of the file.
    pub media: MediaHash,
    pub stream: u32,
    /// Presentation time since the start of the media.
    pub pts_nanos: i64,
    /// Place among the decoded frames in presentation order, from zero.
    pub index: u32,
    /// Pixels, upright.
    pub width: u32,
    pub height: u32,
    /// [`pixel_hash`] of the decoded frame, in hexadecimal.
    pub pixels_sha256: String,
}

/// Where the face is, in pixels of the frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Face {
    pub box_in_frame: FaceBox,
    /// The 68 points of the iBUG scheme.
    pub points: Vec<[f32; 2]>,
    pub aligner: Aligner,
}

/// Why a face stands in the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Why {
    pub order: Order,
    /// What the order sorts by; larger comes first. Not a probability.
    pub value: f32,
    /// Channels of the detector's last layer that fire most on this face, strongest first; empty for other orders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Chosen>,
    /// For a person to read: "Channel 17 fires 3.1 deviations above its mean".
    pub text: String,
}

/// A channel concept (METHODS 3.3) as it fires on one face.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    pub channel: u32,
    /// Weight of the channel in the logistic regression, towards manipulated.
    pub weight: f32,
    /// Standard deviations above the mean over all faces looked at.
    pub deviations: f32,
}

/// What a queue is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Activation of the channels that tell manipulated faces (the paper's active selection).
    Active,
    /// How close the score is to undecided.
    Uncertainty,
    /// By chance, from a seed.
    Random,
    /// A person put it there: another frame of a clip, a file of their own.
    Asked,
}

impl Order {
    /// Stable name, for files, records and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Uncertainty => "uncertainty",
            Self::Random => "random",
            Self::Asked => "asked",
        }
    }
}

/// How far the work on a task is. Saved apart from the strokes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub state: TaskState,
    #[serde(default)]
    pub comment: String,
    /// The mask began as a model's own map, the difference to the pristine frame, or another frame's mask.
    #[serde(default)]
    pub is_assisted: bool,
    /// How badly a carried mask fits, 0 to 1, where it was carried; `None` for painted ones.
    #[serde(default)]
    pub drift: Option<f32>,
    /// Seconds since 1970 at the last change.
    #[serde(default)]
    pub changed_secs: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    #[default]
    Open,
    /// There are strokes, and nobody said that they are all.
    Begun,
    Done,
    CannotTell,
    Skipped,
}

/// SHA-256 of a frame's size and RGB8 pixels, in hexadecimal.
pub fn pixel_hash(frame: &Frame) -> String {
    let mut hasher = Sha256::new();
    hasher.update(frame.width.to_le_bytes());
    hasher.update(frame.height.to_le_bytes());
    hasher.update(&frame.pixels);
    let digest = hasher.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl FrameName {
    /// The identity of a decoded frame.
    pub fn of(frame: &Frame) -> Self {
        Self {
            media: frame.id.media,
            stream: frame.id.stream,
            pts_nanos: frame.id.pts_nanos,
            index: frame.id.index,
            width: frame.width,
            height: frame.height,
            pixels_sha256: pixel_hash(frame),
        }
    }

    /// Without the pixels.
    pub fn id(&self) -> FrameId {
        FrameId {
            media: self.media,
            stream: self.stream,
            pts_nanos: self.pts_nanos,
            index: self.index,
        }
    }
}

impl Face {
    pub fn new(box_in_frame: FaceBox, landmarks: &Landmarks) -> Self {
        Self {
            box_in_frame,
            points: landmarks.points.to_vec(),
            aligner: landmarks.aligner,
        }
    }

    /// The points as the rest of the program has them; `None` where there are not 68.
    pub fn landmarks(&self) -> Option<Landmarks> {
        Some(Landmarks {
            points: self.points.clone().try_into().ok()?,
            aligner: self.aligner,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_named_by_its_pixels_and_their_shape() {
        let id = FrameId {
            media: MediaHash::of(b"test"),
            stream: 0,
            pts_nanos: 40_000_000,
            index: 1,
        };
        let frame = |width: u32, height: u32, pixels: Vec<u8>| Frame {
            id,
            width,
            height,
            pixels,
        };
        let wide = FrameName::of(&frame(2, 1, vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(wide.id(), id);
        let high = FrameName::of(&frame(1, 2, vec![1, 2, 3, 4, 5, 6]));
        assert_ne!(wide.pixels_sha256, high.pixels_sha256);
        let other = FrameName::of(&frame(2, 1, vec![1, 2, 3, 4, 5, 7]));
        assert_ne!(wide.pixels_sha256, other.pixels_sha256);
        let text = serde_json::to_string(&wide).unwrap();
        assert_eq!(serde_json::from_str::<FrameName>(&text).unwrap(), wide);
    }
}
