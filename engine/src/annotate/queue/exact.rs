//! Fills tasks with the exact masks of the data, for experiments and to show what the room does.

use crate::annotate::carry::now_secs;
use crate::annotate::queue::QueueError;
use crate::data::annotations::{AnnotationFolder, Delta, Mask, Progress, Task, TaskState};
use crate::data::{CropPlace, Item, Manifest, masks_at};
use crate::job::JobContext;

/// Said of every mask that was filled.
pub const COMMENT: &str = "Filled with the exact mask of the data, not painted by a person";

/// Writes the exact mask of each task of one item as one stroke and marks it done; gives how many there were. Tasks
/// whose frame has no mask, or an empty one, stay open.
pub fn fill(
    folder: &AnnotationFolder,
    manifest: &Manifest,
    item: &Item,
    tasks: &[&Task],
    job: &mut JobContext,
) -> Result<usize, QueueError> {
    let places: Vec<CropPlace> = tasks.iter().map(|task| whole_frame(task)).collect();
    let masks = masks_at(manifest, item, &places, job, &mut |job| job.check())?;
    let mut count = 0;
    for (task, square) in tasks.iter().zip(masks) {
        let empty = Mask::empty(task.frame.width, task.frame.height);
        let mask = square.map(|square| cut(&square, &empty));
        let Some(delta) = mask.and_then(|mask| Delta::between(&empty, &mask)) else {
            continue;
        };
        folder.write_stroke(task.id, 0, &delta)?;
        let progress = Progress {
            state: TaskState::Done,
            comment: COMMENT.to_owned(),
            is_assisted: true,
            drift: None,
            changed_secs: now_secs(),
        };
        folder.set_progress(task.id, &progress)?;
        count += 1;
    }
    Ok(count)
}

/// The smallest square from the frame's corner that covers it, pixel by pixel.
fn whole_frame(task: &Task) -> CropPlace {
    let (width, height) = (task.frame.width, task.frame.height);
    CropPlace {
        frame_index: task.frame.index,
        frame_size: [width, height],
        frame_from_crop: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        size_px: width.max(height),
    }
}

/// The part of the square that is the frame.
fn cut(square: &[u8], size: &Mask) -> Mask {
    let (width, height) = (size.width as usize, size.height as usize);
    let rows = square.chunks_exact(width.max(height).max(1)).take(height);
    Mask {
        width: size.width,
        height: size.height,
        values: rows.flat_map(|row| &row[..width]).copied().collect(),
    }
}
