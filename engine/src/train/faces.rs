//! The pristine faces of a training: cut once from the clips, then read by loader threads.

use std::path::Path;

use crate::faces::align::Crop;
use crate::faces::landmarks::Landmarker;
use crate::job::JobContext;
use crate::train::{TrainConfig, TrainError};

/// One pristine face.
#[derive(Clone, Debug)]
pub struct PristineFace {
    pub crop: Crop,
    /// Which clip, an index into [`PristineFaces::clips`].
    pub clip: usize,
    pub frame_index: u32,
}

/// Faces of whole clips; a clip is in one split only.
#[derive(Clone, Debug, Default)]
pub struct PristineFaces {
    /// Paths below the data folder, sorted.
    pub clips: Vec<String>,
    pub train: Vec<PristineFace>,
    pub validation: Vec<PristineFace>,
}

/// Decodes every clip below `dir`, follows its faces and cuts `frames_per_clip` of them.
/// Clips that cannot be read are warned of and left out.
pub fn gather(
    dir: &Path,
    config: &TrainConfig,
    landmarker: &Landmarker,
    job: &mut JobContext,
) -> Result<PristineFaces, TrainError> {
    let _ = (dir, config, landmarker, job);
    todo!("addg helper")
}
