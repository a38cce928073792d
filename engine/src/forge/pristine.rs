//! Pristine faces to forge from: cut once from the clips of a folder, then shared by loader threads.

use std::path::Path;

use crate::faces::align::{Crop, CropRule};
use crate::faces::landmarks::Landmarker;
use crate::forge::ForgeError;
use crate::job::JobContext;

/// Which faces are taken.
#[derive(Clone, Debug, PartialEq)]
pub struct GatherSettings {
    pub rule: CropRule,
    /// Frames taken from each clip, evenly spread over those where the face is usable.
    pub frames_per_clip: usize,
}

/// One pristine face.
#[derive(Clone, Debug)]
pub struct PristineFace {
    pub crop: Crop,
    /// Which clip, an index into [`PristineFaces::clips`].
    pub clip: usize,
    pub frame_index: u32,
}

/// Faces of whole clips.
#[derive(Clone, Debug, Default)]
pub struct PristineFaces {
    /// Paths below the folder, sorted.
    pub clips: Vec<String>,
    pub faces: Vec<PristineFace>,
}

/// Decodes every clip and picture below `dir`, follows its faces and cuts those of the largest person.
/// Files that cannot be read are warned of and left out.
pub fn gather(
    dir: &Path,
    settings: &GatherSettings,
    landmarker: &Landmarker,
    job: &mut JobContext,
) -> Result<PristineFaces, ForgeError> {
    let _ = (dir, settings, landmarker, job);
    todo!("forge helper")
}

impl PristineFaces {
    /// Splits by whole clips: about `share` of the clips, chosen by `seed`, go to the second part.
    /// Both parts keep the full list of clips.
    pub fn split(self, share: f64, seed: u64) -> (Self, Self) {
        let _ = (share, seed);
        todo!("forge helper")
    }
}
