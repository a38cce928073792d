//! The faces of a training: from a manifest, or for methods that learn from pristine clips alone from a
//! folder of those.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::data::labelled::{LabelledError, gather_labelled};
use crate::data::{CropCache, CropSettings, Item, MANIFEST_FILE, Manifest, Split, hold_back};
use crate::faces::landmarks::Landmarker;
use crate::forge::ForgeError;
use crate::forge::pristine::{GatherSettings, PristineFaces, gather, gather_items};
use crate::job::JobContext;
use crate::methods::{Examples, MethodInfo};
use crate::train::faces::Faces;
use crate::train::{TrainConfig, TrainError};

/// Crops kept on disk between trainings.
const MAX_CACHE_BYTES: u64 = 2 << 30;

/// The file in the run's folder for labelled faces that do not fit into memory.
const SPILL: &str = "faces.part";

/// The folder that paths are below, faces to train on, and faces held back for validation.
pub struct Gathered {
    pub dir: PathBuf,
    /// Of labelled faces.
    pub manifest: Option<Manifest>,
    pub training: Faces,
    pub held_back: Faces,
}

/// Cuts the faces that a method learns from.
///
/// A manifest's `test` items are never read. Its `val` items are held back; where it has none, or
/// names no splits, whole clips are held back: of labelled clips so that nobody is on both sides.
pub fn faces(
    data: &Path,
    method: &MethodInfo,
    config: &TrainConfig,
    landmarker: &Landmarker,
    out: &Path,
    job: &mut JobContext,
) -> Result<Gathered, TrainError> {
    let settings = GatherSettings {
        rule: (method.crop_rule)(config),
        frames_per_clip: config.frames_per_clip,
    };
    let has_manifest = data.is_file() || data.join(MANIFEST_FILE).is_file();
    if !has_manifest {
        if let Examples::Labelled(_) = method.examples {
            return Err(TrainError::Data {
                path: data.to_owned(),
                reason: format!(
                    "{:?} learns from labelled clips, and there is no {MANIFEST_FILE} that tells pristine \
                     from manipulated ones. `seam data import` writes one for datasets on disk, and \
                     `seam forge` for clips it makes",
                    method.detector.name
                ),
            });
        }
        let faces = gather(data, &settings, landmarker, job).map_err(|err| failed(err, data))?;
        let (training, held_back) = faces.split(config.validation_share, config.seed);
        return Ok(pristine(data.to_owned(), training, held_back));
    }
    let manifest = Manifest::read(data).map_err(|err| TrainError::Config {
        reason: err.to_string(),
    })?;
    let cache = CropCache::user_default().and_then(|dir| {
        // Without a cache everything is only slower.
        CropCache::open(&dir, MAX_CACHE_BYTES).ok()
    });
    match method.examples {
        Examples::MadeUp { .. } => of_pristine_items(
            data,
            &manifest,
            config,
            &settings,
            landmarker,
            cache.as_ref(),
            job,
        ),
        Examples::Labelled(_) => {
            let wanted = CropSettings {
                rule: settings.rule,
                frames_per_item: settings.frames_per_clip,
            };
            let spill = out.join(SPILL);
            let faces = gather_labelled(
                &manifest,
                is_not_test,
                &wanted,
                landmarker,
                cache.as_ref(),
                &spill,
                job,
            )
            .map_err(|err| labelled_failed(err, data))?;
            let held_back = held_back_items(&manifest, config);
            let items: Vec<usize> = faces.clips.iter().map(|clip| clip.item).collect();
            let (training, held_back) = faces.divide(|clip| held_back[items[clip]]);
            for (faces, place) in [(&training, "to train on"), (&held_back, "to validate on")] {
                let checked = faces.check(place);
                checked.map_err(|err| labelled_failed(err, data))?;
            }
            Ok(Gathered {
                dir: manifest.dir.clone(),
                manifest: Some(manifest),
                training: Faces::Labelled(Arc::new(training)),
                held_back: Faces::Labelled(Arc::new(held_back)),
            })
        }
    }
}

fn is_not_test(item: &Item) -> bool {
    item.split != Some(Split::Test)
}

/// For each item of the manifest whether it is held back for validation.
fn held_back_items(manifest: &Manifest, config: &TrainConfig) -> Vec<bool> {
    if manifest.of_split(Split::Val).next().is_some() {
        let items = manifest.items.iter();
        return items.map(|item| item.split == Some(Split::Val)).collect();
    }
    let items: Vec<&Item> = manifest.items.iter().collect();
    hold_back(&items, config.validation_share, config.seed)
}

fn of_pristine_items(
    data: &Path,
    manifest: &Manifest,
    config: &TrainConfig,
    settings: &GatherSettings,
    landmarker: &Landmarker,
    cache: Option<&CropCache>,
    job: &mut JobContext,
) -> Result<Gathered, TrainError> {
    if !manifest.items.iter().any(is_to_learn) {
        return Err(TrainError::Data {
            path: data.to_owned(),
            reason: "it lists no pristine item in the split train".to_owned(),
        });
    }
    let faces = gather_items(manifest, is_not_test, settings, landmarker, cache, job)
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
    Ok(pristine(manifest.dir.clone(), training, held_back))
}

fn pristine(dir: PathBuf, training: PristineFaces, held_back: PristineFaces) -> Gathered {
    Gathered {
        dir,
        manifest: None,
        training: Faces::Pristine(Arc::new(training)),
        held_back: Faces::Pristine(Arc::new(held_back)),
    }
}

fn is_to_learn(item: &Item) -> bool {
    item.label == 0 && matches!(item.split, Some(Split::Train) | None)
}

fn labelled_failed(err: LabelledError, data: &Path) -> TrainError {
    match err {
        LabelledError::Cancelled(err) => TrainError::Cancelled(err),
        LabelledError::Store { path, source } => TrainError::Write { path, source },
        LabelledError::NoFaces { reason } => TrainError::Data {
            path: data.to_owned(),
            reason,
        },
    }
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
