//! The pristine faces of a training: from a folder of clips, or from the pristine items of a manifest.

use std::path::{Path, PathBuf};

use crate::data::{CropCache, Item, Manifest, Split};
use crate::faces::landmarks::Landmarker;
use crate::forge::ForgeError;
use crate::forge::pristine::{GatherSettings, PristineFaces, gather, gather_items};
use crate::job::JobContext;
use crate::train::{TrainConfig, TrainError};

/// Crops kept on disk between trainings.
const MAX_CACHE_BYTES: u64 = 2 << 30;

/// The folder that paths are below, faces to train on, and faces held back for validation.
///
/// A manifest's `test` items are never read. Its `val` items are held back; where it has none, or
/// names no splits, whole clips are held back as from a folder.
pub fn faces(
    data: &Path,
    config: &TrainConfig,
    gathering: &GatherSettings,
    landmarker: &Landmarker,
    job: &mut JobContext,
) -> Result<(PathBuf, PristineFaces, PristineFaces), TrainError> {
    if !data.is_file() {
        let faces = gather(data, gathering, landmarker, job).map_err(|err| failed(err, data))?;
        let (training, held_back) = faces.split(config.validation_share, config.seed);
        return Ok((data.to_owned(), training, held_back));
    }
    let manifest = Manifest::read(data).map_err(|err| TrainError::Config {
        reason: err.to_string(),
    })?;
    if !manifest.items.iter().any(is_to_learn) {
        return Err(TrainError::Data {
            path: data.to_owned(),
            reason: "it lists no pristine item in the split train".to_owned(),
        });
    }
    let cache = CropCache::user_default().and_then(|dir| {
        // Without a cache everything is only slower.
        CropCache::open(&dir, MAX_CACHE_BYTES).ok()
    });
    let wanted = |item: &Item| item.split != Some(Split::Test);
    let faces = gather_items(
        &manifest,
        wanted,
        gathering,
        landmarker,
        cache.as_ref(),
        job,
    )
    .map_err(|err| failed(err, data))?;
    let held_back_clips: Vec<bool> = faces
        .clips
        .iter()
        .map(|clip| {
            let is_it = |item: &Item| item.path == *clip && item.split == Some(Split::Val);
            manifest.items.iter().any(is_it)
        })
        .collect();
    let (training, held_back) = if held_back_clips.contains(&true) {
        faces.divide(|clip| held_back_clips[clip])
    } else {
        faces.split(config.validation_share, config.seed)
    };
    Ok((manifest.dir, training, held_back))
}

fn is_to_learn(item: &Item) -> bool {
    item.label == 0 && matches!(item.split, Some(Split::Train) | None)
}

fn failed(err: ForgeError, data: &Path) -> TrainError {
    match err {
        ForgeError::Cancelled(err) => TrainError::Cancelled(err),
        ForgeError::Landmarks(err) => TrainError::Landmarks(err),
        ForgeError::NoFaces { path, reason } => TrainError::Data { path, reason },
        other => TrainError::Data {
            path: data.to_owned(),
            reason: other.to_string(),
        },
    }
}
