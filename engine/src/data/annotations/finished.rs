//! What training reads: every finished mask with its face, cut alike, each from exactly the frame that was marked.

use std::collections::BTreeMap;

use crate::data::ManifestError;
use crate::data::annotations::named_frames::{FrameError, NamedFrames, hash_of};
use crate::data::annotations::{AnnotationError, AnnotationFolder, Mask, Task, TaskId, TaskState};
use crate::faces::align::{CropRule, crop, cut_again};
use crate::job::{Cancelled, JobContext};
use crate::media::Frame;

const STAGE: &str = "Cutting marked faces";

/// A face with the mask that a person finished.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskedFace {
    pub task: TaskId,
    /// As the task has it.
    pub item: String,
    /// RGB8, row by row, `3 * size_px * size_px` bytes.
    pub pixels: Vec<u8>,
    /// `size_px * size_px` bytes, row by row: 255 is manipulated.
    pub mask: Vec<u8>,
    /// Who or what was filmed, as the manifest has it; the item itself where none lists it.
    pub source: String,
}

/// Why finished masks cannot be trained on.
#[derive(Debug, thiserror::Error)]
pub enum FinishedError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Annotation(#[from] AnnotationError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("The mask of task {} cannot be used: {reason}", task.0)]
    Task { task: TaskId, reason: String },
}

/// The faces of all tasks that are done, in the order of their ids, cut by `rule` from the box and points that the
/// task keeps. Empty masks are warned of and left out: they say nothing of where to look.
///
/// # Errors
/// Where one frame is not the one that was marked, and where a clip or mask cannot be read: what is not beyond doubt
/// is not trained on.
pub fn finished_faces(
    folder: &AnnotationFolder,
    rule: CropRule,
    job: &mut JobContext,
) -> Result<Vec<MaskedFace>, FinishedError> {
    let mut wanted: BTreeMap<String, Vec<(Task, Mask)>> = BTreeMap::new();
    let mut num_wanted = 0;
    for task in folder.tasks()? {
        if folder.progress(task.id)?.state != TaskState::Done {
            continue;
        }
        let mask = folder.mask(&task)?;
        if mask.is_empty() {
            let number = task.id.0;
            job.warn(format!(
                "The mask of task {number} is finished and empty: it is left out"
            ));
            continue;
        }
        num_wanted += 1;
        let of_item = wanted.entry(task.item.clone()).or_default();
        of_item.push((task, mask));
    }
    let sources = sources(folder)?;
    let mut faces = Vec::with_capacity(num_wanted);
    for (item, mut tasks) in wanted {
        // In the order of time, so that the file is read in one pass.
        tasks.sort_by_key(|(task, _)| (task.frame.pts_nanos, task.id));
        let path = folder.item_path(&item);
        let source = sources.get(&item).unwrap_or(&item);
        let first = tasks.first().map_or(TaskId(0), |(task, _)| task.id);
        let failed = |task, err: FrameError| match err {
            FrameError::Cancelled(err) => FinishedError::Cancelled(err),
            err => FinishedError::Task {
                task,
                reason: err.to_string(),
            },
        };
        let media = hash_of(&path, job).map_err(|err| failed(first, err))?;
        let mut clip = NamedFrames::open(&path, media).map_err(|err| failed(first, err))?;
        for (task, mask) in tasks {
            job.tick(STAGE, faces.len() as u64, Some(num_wanted as u64))?;
            let frame = clip.frame(&task.frame, job);
            let frame = frame.map_err(|err| failed(task.id, err))?;
            let Some((pixels, mask)) = cut(&frame, &task, &mask, rule) else {
                return Err(FinishedError::Task {
                    task: task.id,
                    reason: format!("its face has {} points and not 68", task.face.points.len()),
                });
            };
            faces.push(MaskedFace {
                task: task.id,
                item: task.item,
                pixels,
                mask,
                source: source.clone(),
            });
        }
    }
    faces.sort_by_key(|face| face.task);
    Ok(faces)
}

/// Face and mask by the same map; `None` where the points are not 68.
fn cut(frame: &Frame, task: &Task, mask: &Mask, rule: CropRule) -> Option<(Vec<u8>, Vec<u8>)> {
    let face = crop(
        frame,
        &task.face.box_in_frame,
        &task.face.landmarks()?,
        rule,
    );
    let gray = Frame {
        id: frame.id,
        width: mask.width,
        height: mask.height,
        pixels: mask.values.iter().flat_map(|&value| [value; 3]).collect(),
    };
    let mask = cut_again(&gray, face.frame_from_crop, face.size_px);
    let (mask, _rest) = mask.as_chunks::<3>();
    let mask = mask.iter().map(|[value, ..]| *value).collect();
    Some((face.pixels, mask))
}

fn sources(folder: &AnnotationFolder) -> Result<BTreeMap<String, String>, ManifestError> {
    let items = folder.manifest()?.unwrap_or_default().items;
    Ok(items
        .into_iter()
        .map(|item| (item.path, item.source))
        .collect())
}

#[cfg(test)]
mod tests;
