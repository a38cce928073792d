//! Masks for other programs, each with the whole identity of its frame.

mod coco;
mod npz;
mod png;

use std::path::{Path, PathBuf};

use crate::annotate::exchange::{MaskFormat, MaskRecord};
use crate::data::annotations::{AnnotationError, AnnotationFolder, Mask, TaskState};
use crate::job::{Cancelled, JobContext};

const STAGE: &str = "Writing masks";

/// What to export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportSettings {
    /// The folder of annotations.
    pub folder: PathBuf,
    pub format: MaskFormat,
    /// A folder for [`MaskFormat::Png`], else a file; one that is there is replaced.
    pub out: PathBuf,
    /// Masks that were begun and not finished too, marked as such.
    pub with_unfinished: bool,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    pub num_masks: u64,
    pub out: PathBuf,
    /// What the format could not keep, in words.
    pub notes: Vec<String>,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Annotation(#[from] AnnotationError),
    #[error("There is no mask to export: none is finished\nFolder: {folder:?}")]
    Nothing { folder: PathBuf },
    #[error("Could not write masks: {reason}\nFile: {path:?}")]
    Write { path: PathBuf, reason: String },
}

/// Takes masks one by one.
enum Writer {
    Png(png::PngWriter),
    Coco(coco::CocoWriter),
    Npz(Box<npz::NpzWriter>),
}

/// Writes all finished masks; those that cannot be read are warned of and left out.
///
/// # Errors
/// Where there is none, and where nothing can be written.
pub fn export(settings: &ExportSettings, job: &mut JobContext) -> Result<Exported, ExportError> {
    let folder = AnnotationFolder::open(&settings.folder)?;
    let mut wanted = Vec::new();
    for task in folder.tasks()? {
        let progress = folder.progress(task.id)?;
        let is_wanted = match progress.state {
            TaskState::Done => true,
            TaskState::Begun => settings.with_unfinished,
            TaskState::Open | TaskState::CannotTell | TaskState::Skipped => false,
        };
        if is_wanted {
            wanted.push((task, progress));
        }
    }
    let mut writer = Writer::create(settings)?;
    let (mut num_masks, mut num_soft) = (0, 0);
    let total = wanted.len() as u64;
    for (done, (task, progress)) in (0..).zip(wanted) {
        job.tick(STAGE, done, Some(total))?;
        let mask = match folder.mask(&task) {
            Ok(mask) => mask,
            Err(err) => {
                job.warn(format!("The mask of task {} is left out: {err}", task.id.0));
                continue;
            }
        };
        num_masks += 1;
        num_soft += u64::from(is_soft(&mask));
        writer.push(MaskRecord::of(&task, &progress), &mask)?;
    }
    if num_masks == 0 {
        return Err(ExportError::Nothing {
            folder: settings.folder.clone(),
        });
    }
    writer.finish()?;
    job.tick(STAGE, total, Some(total))?;
    let mut notes = Vec::new();
    if settings.format == MaskFormat::Coco && 0 < num_soft {
        notes.push(format!(
            "{num_soft} of {num_masks} masks have soft edges: COCO keeps yes and no only, they are cut at half"
        ));
    }
    Ok(Exported {
        num_masks,
        out: settings.out.clone(),
        notes,
    })
}

fn is_soft(mask: &Mask) -> bool {
    mask.values.iter().any(|value| !matches!(value, 0 | 255))
}

impl Writer {
    fn create(settings: &ExportSettings) -> Result<Self, ExportError> {
        let out = settings.out.clone();
        Ok(match settings.format {
            MaskFormat::Png => Self::Png(png::PngWriter::create(out)?),
            MaskFormat::Coco => Self::Coco(coco::CocoWriter::new(out)),
            MaskFormat::Npz => Self::Npz(Box::new(npz::NpzWriter::new(out))),
        })
    }

    fn push(&mut self, record: MaskRecord, mask: &Mask) -> Result<(), ExportError> {
        match self {
            Self::Png(writer) => writer.push(record, mask),
            Self::Coco(writer) => {
                writer.push(&record, mask);
                Ok(())
            }
            Self::Npz(writer) => writer.push(record, mask),
        }
    }

    fn finish(self) -> Result<(), ExportError> {
        match self {
            Self::Png(writer) => writer.finish(),
            Self::Coco(writer) => writer.finish(),
            Self::Npz(writer) => writer.finish(),
        }
    }
}

impl ExportError {
    fn write(path: &Path, err: &dyn std::fmt::Display) -> Self {
        Self::Write {
            path: path.to_owned(),
            reason: err.to_string(),
        }
    }
}
