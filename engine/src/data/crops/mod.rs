//! The face crops of one item of a manifest: cut once, then read from disk.

mod cache;
mod entry;
mod follow;
mod footage;
mod mask;

use std::io;
use std::path::{Path, PathBuf};

pub use cache::CropCache;
use follow::Found;
pub(crate) use footage::Footage;
pub(super) use mask::place_in;
pub use mask::{CropPlace, masks_at, masks_of_item};

use crate::data::{FrameRule, Item, Manifest};
use crate::faces::FaceBox;
use crate::faces::align::{Crop, CropRule};
use crate::faces::landmarks::Landmarker;
use crate::job::{Cancelled, JobContext};
use crate::media::{MediaError, MediaHash};

/// Raised whenever faces are found, chosen or cut otherwise, so that older crops are not taken for them.
const RECIPE: u32 = 1;

/// Which crops are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct CropSettings {
    pub rule: CropRule,
    /// Frames taken from each item at most, evenly spread over those where the face is usable.
    pub frames_per_item: usize,
}

/// One face in one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceSample {
    /// Place of the frame in the item, from zero; for a folder, among its pictures in name order.
    pub frame_index: u32,
    /// Since the start of the item. Pictures of a folder are taken to be 1/25 s apart.
    pub pts_secs: f64,
    pub box_in_frame: FaceBox,
    /// Width and height in pixels.
    pub frame_size: [u32; 2],
    pub crop: Crop,
}

/// Why an item gave no faces.
#[derive(Debug, thiserror::Error)]
pub enum CropError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error("Could not start looking for faces: {source}\nFile: {path:?}")]
    Threads { path: PathBuf, source: io::Error },
    #[error("The folder holds no pictures\nFolder: {path:?}")]
    NoPictures { path: PathBuf },
    #[error("There is no frame {} in it, it ends before that\nFile: {path:?}", first_of(*rule))]
    NoFrames { path: PathBuf, rule: FrameRule },
    #[error("No face fit for use was found\nFile: {path:?}")]
    NoFace { path: PathBuf },
    #[error(
        "The file is not the one that the manifest lists: its SHA-256 is {found}\nFile: {path:?}"
    )]
    OtherFile { path: PathBuf, found: MediaHash },
    #[error(
        "The mask has another shape than what it is the mask of: {} x {} pixels, not {} x {}\nFile: {path:?}",
        mask[0], mask[1], frame[0], frame[1]
    )]
    OtherShape {
        path: PathBuf,
        /// Width and height in pixels, of either.
        mask: [u32; 2],
        frame: [u32; 2],
    },
}

/// Crops of the person with the most usable frames in an item, in the order of frames: at least one, at
/// most `frames_per_item`.
///
/// The item is read whole once to hash it; what the cache holds is then read without decoding. Otherwise
/// its frames are counted by decoding, and about three times as many as are wanted are looked at, evenly
/// spread over those that the item's [`FrameRule`] allows; what was found, a face or none, is kept in the
/// cache. Damage that did not end the reading is warned of either way. `tick` is called for every frame.
pub fn crops_of_item(
    manifest: &Manifest,
    item: &Item,
    settings: &CropSettings,
    landmarker: &Landmarker,
    cache: Option<&CropCache>,
    job: &mut JobContext,
    tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
) -> Result<Vec<FaceSample>, CropError> {
    let path = manifest.full_path(&item.path);
    let footage = Footage::of(&path)?;
    let media = footage.hash(job, tick)?;
    if let Some(listed) = &item.sha256
        && footage.is_one_file()
        && !listed.eq_ignore_ascii_case(&media.to_string())
    {
        return Err(CropError::OtherFile { path, found: media });
    }
    let key = key_of(media, item.frames, settings, landmarker);
    let found = match cache.and_then(|cache| cache.load(&key)) {
        Some(found) => found,
        None => {
            let found = follow::faces(
                &footage,
                media,
                item.frames,
                settings,
                landmarker,
                job,
                tick,
            )?;
            if let Some(cache) = cache {
                cache.store(&key, &found, job);
            }
            found
        }
    };
    told(found, &path, job)
}

/// The same for a file or folder that no manifest lists, always cut anew.
pub fn crops_of_file(
    path: &Path,
    settings: &CropSettings,
    landmarker: &Landmarker,
    job: &mut JobContext,
    tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
) -> Result<Vec<FaceSample>, CropError> {
    let footage = Footage::of(path)?;
    let media = footage.hash(job, tick)?;
    let rule = FrameRule::Spread;
    let found = follow::faces(&footage, media, rule, settings, landmarker, job, tick)?;
    told(found, path, job)
}

fn told(found: Found, path: &Path, job: &JobContext) -> Result<Vec<FaceSample>, CropError> {
    for warning in found.warnings {
        job.warn(format!("{warning}\nFile: {path:?}"));
    }
    if found.samples.is_empty() {
        return Err(CropError::NoFace {
            path: path.to_owned(),
        });
    }
    Ok(found.samples)
}

/// Everything that the crops of an item depend on, in words.
fn key_of(
    media: MediaHash,
    frames: FrameRule,
    settings: &CropSettings,
    landmarker: &Landmarker,
) -> String {
    let CropRule {
        size_px,
        margin,
        is_aligned,
    } = settings.rule;
    let num_frames = settings.frames_per_item;
    let aligner = landmarker.aligner();
    format!(
        "recipe {RECIPE}, {media}, {frames:?}, {num_frames} frames, {aligner:?}, {size_px} px, \
         margin {margin}, aligned {is_aligned}"
    )
}

fn first_of(rule: FrameRule) -> u32 {
    match rule {
        FrameRule::Spread => 0,
        FrameRule::Only(index) | FrameRule::Between(index, _) => index,
    }
}

#[cfg(test)]
mod tests;
