//! Masks from other programs, each put onto exactly the frame that it names, or refused with the reason.

mod coco;
mod file;
mod matching;
mod npz;
mod png;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::annotate::exchange::MaskRecord;
use crate::annotate::import::file::MaskFile;
use crate::annotate::import::matching::{Found, Matcher};
use crate::data::ManifestError;
use crate::data::annotations::{
    AnnotationError, AnnotationFolder, Delta, Mask, Progress, Task, TaskId,
};
use crate::job::{Cancelled, JobContext};

const STAGE: &str = "Reading masks";

/// What to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportMasksSettings {
    /// The folder of annotations.
    pub folder: PathBuf,
    /// `masks.json` or the folder with it, COCO JSON, or npz: told apart by what is in it.
    pub file: PathBuf,
    /// dlib's, for faces of frames that no task is of; `None` looks where systems keep it.
    pub landmark_model: Option<PathBuf>,
}

/// What became of each mask of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImportedMasks {
    pub taken: Vec<TakenMask>,
    pub refused: Vec<RefusedMask>,
}

/// A mask that a task has now, as one stroke on top of what it had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakenMask {
    /// Its name in the file.
    pub record: String,
    pub task: TaskId,
    /// No task was of this frame; one was added.
    pub is_new_task: bool,
    /// The task had another mask before.
    pub is_changed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedMask {
    /// Its name in the file.
    pub record: String,
    pub reason: String,
}

/// Why nothing was imported, or nothing further.
#[derive(Debug, thiserror::Error)]
pub enum ImportMasksError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Annotation(#[from] AnnotationError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("Could not read masks: {reason}\nFile: {path:?}")]
    Read { path: PathBuf, reason: String },
}

/// One mask of a file, its pixels still unread.
struct Incoming {
    /// As a person finds it in the file.
    name: String,
    /// Which frame it is of; in words what is wrong with that.
    record: Result<MaskRecord, String>,
}

/// Puts every mask of a file into the annotations that is of a frame of theirs.
///
/// A frame of the manifest that no task is of yet becomes a task. Masks come as one stroke each, which can be undone;
/// those that do not say otherwise are taken to be finished. Whoever has a task open must open it again.
///
/// # Errors
/// Where the file is none of masks, where the annotations cannot be written, and when cancelled: what was put in
/// until then stays.
pub fn import(
    settings: &ImportMasksSettings,
    job: &mut JobContext,
) -> Result<ImportedMasks, ImportMasksError> {
    let folder = AnnotationFolder::open(&settings.folder)?;
    folder.begin_writing()?;
    let unreadable = |reason| ImportMasksError::Read {
        path: settings.file.clone(),
        reason,
    };
    let mut file = MaskFile::open(&settings.file).map_err(unreadable)?;
    let program = file.program();
    let incoming = file.take_records();
    let mut matcher = Matcher::open(&folder, settings.landmark_model.as_deref())?;
    let mut imported = ImportedMasks::default();
    let mut given: BTreeMap<TaskId, String> = BTreeMap::new();
    let total = incoming.len() as u64;
    for (at, Incoming { name, record }) in incoming.into_iter().enumerate() {
        job.tick(STAGE, at as u64, Some(total))?;
        let mut refuse = |reason| {
            let record = name.clone();
            imported.refused.push(RefusedMask { record, reason });
        };
        let read = record.and_then(|record| {
            let mask = file.mask(at, record.frame.width, record.frame.height)?;
            Ok((record, mask))
        });
        let (record, mask) = match read {
            Ok(read) => read,
            Err(reason) => {
                refuse(reason);
                continue;
            }
        };
        let Found { task, is_new } = match matcher.task_for(&record, &mask, &program, job)? {
            Ok(found) => found,
            Err(reason) => {
                refuse(reason);
                continue;
            }
        };
        if let Some(other) = given.get(&task.id) {
            refuse(format!("{other} is of the same face, and came before"));
            continue;
        }
        match put_in(&folder, &task, &record, &mask, &program)? {
            Err(reason) => refuse(reason),
            Ok(is_changed) => {
                given.insert(task.id, name.clone());
                imported.taken.push(TakenMask {
                    record: name,
                    task: task.id,
                    is_new_task: is_new,
                    is_changed,
                });
            }
        }
    }
    job.tick(STAGE, total, Some(total))?;
    Ok(imported)
}

/// Adds one stroke that makes the task's mask this one. `false` where it was this one already; an error in words
/// where the task's own strokes cannot be read.
fn put_in(
    folder: &AnnotationFolder,
    task: &Task,
    record: &MaskRecord,
    mask: &Mask,
    program: &str,
) -> Result<Result<bool, String>, AnnotationError> {
    let stored = folder.strokes(task.id)?;
    if let Some(damage) = stored.damage {
        return Ok(Err(format!(
            "task {} cannot be painted on: {damage}",
            task.id.0
        )));
    }
    let before = folder.mask(task)?;
    let delta = Delta::between(&before, mask);
    if let Some(delta) = &delta {
        folder.write_stroke(task.id, stored.applied, delta)?;
    }
    let progress = folder.progress(task.id)?;
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let progress = Progress {
        state: record.state,
        comment: comment(&record.comment, program),
        is_assisted: record.is_assisted,
        changed_secs: since_1970.map_or(progress.changed_secs, |time| time.as_secs()),
        // It was carried from elsewhere only as long as nobody drew it anew.
        drift: progress.drift.filter(|_| delta.is_none()),
    };
    folder.set_progress(task.id, &progress)?;
    Ok(Ok(delta.is_some()))
}

/// The comment that came along, and where it comes from.
fn comment(comment: &str, program: &str) -> String {
    let origin = format!("Imported from {program}");
    match comment.trim() {
        "" => origin,
        comment if comment.ends_with(&origin) => comment.to_owned(),
        comment => format!("{comment}\n{origin}"),
    }
}

#[cfg(test)]
mod tests;
