//! What masks carry with them between programs: which frame each is of, beyond doubt, and how it came about.
//!
//! Three formats. PNG and npz keep every byte of a mask; COCO keeps yes and no, cut at half.

pub mod npy;
pub mod rle;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::data::annotations::{Face, FrameName, Progress, Task, TaskId, TaskState};

/// The schema of the listing that lies beside PNG masks and within npz files.
pub const SCHEMA: &str = "seam-masks/1";
/// The name of the listing beside PNG masks.
pub const LISTING_FILE: &str = "masks.json";
/// The name of the listing within an npz file.
pub const IDENTITY_ENTRY: &str = "identity.json";

/// The program as it names itself in files.
pub const PROGRAM: &str = concat!("seam ", env!("CARGO_PKG_VERSION"));

/// A format that masks are exchanged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskFormat {
    /// A folder of 8-bit gray pictures, one a task, and their listing.
    Png,
    /// One JSON file with run lengths as pycocotools writes them.
    Coco,
    /// One file of arrays for `numpy`.
    Npz,
}

/// What is known of one mask besides its pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskRecord {
    /// In the annotations that it comes from.
    pub task: Option<TaskId>,
    pub item: Option<String>,
    pub frame: FrameName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face: Option<Face>,
    #[serde(default = "done")]
    pub state: TaskState,
    #[serde(default)]
    pub comment: String,
    /// The mask began as a model's own map, the difference to the pristine frame, or another frame's mask.
    #[serde(default)]
    pub is_assisted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<String>,
}

/// A record with the name of the file or array that holds its mask.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    pub mask: String,
    #[serde(flatten)]
    pub record: MaskRecord,
}

/// All masks of an export.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    pub schema: &'static str,
    pub made_by: &'static str,
    pub note: &'static str,
    pub masks: Vec<Listed>,
}

/// Masks of other programs are taken to be finished.
fn done() -> TaskState {
    TaskState::Done
}

impl MaskFormat {
    pub const ALL: [Self; 3] = [Self::Png, Self::Coco, Self::Npz];

    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Coco => "coco",
            Self::Npz => "npz",
        }
    }
}

impl FromStr for MaskFormat {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let mut formats = Self::ALL.into_iter();
        formats.find(|format| format.name() == name).ok_or_else(|| {
            format!(
                "there is no format {name:?}; there are {}",
                Self::ALL.map(Self::name).join(", ")
            )
        })
    }
}

impl MaskRecord {
    pub fn of(task: &Task, progress: &Progress) -> Self {
        Self {
            task: Some(task.id),
            item: Some(task.item.clone()),
            frame: task.frame.clone(),
            face: Some(task.face.clone()),
            state: progress.state,
            comment: progress.comment.clone(),
            is_assisted: progress.is_assisted,
            technique: task.technique.clone(),
        }
    }
}

impl Listing {
    pub fn new(masks: Vec<Listed>) -> Self {
        Self {
            schema: SCHEMA,
            made_by: PROGRAM,
            note: "One byte a pixel of the whole frame: 0 is not manipulated, 255 is, between is a soft edge. A mask \
                   counts only for the frame with this SHA-256 of file and pixels.",
            masks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_names() {
        for format in MaskFormat::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        let err = "gif".parse::<MaskFormat>().unwrap_err();
        assert!(err.contains("png, coco, npz"), "{err}");
    }
}
