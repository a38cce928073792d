//! Why annotations could not be read or written.

use std::io;
use std::path::{Path, PathBuf};

use crate::data::annotations::TaskId;

#[derive(Debug, thiserror::Error)]
pub enum AnnotationError {
    #[error("Could not read the annotations: {source}\nFile: {path:?}")]
    Read { path: PathBuf, source: io::Error },
    #[error("Could not write the annotations: {source}\nFile: {path:?}")]
    Write { path: PathBuf, source: io::Error },
    #[error("The annotations are damaged: {reason}\nFile: {path:?}")]
    Damaged { path: PathBuf, reason: String },
    #[error("Could not begin annotations: the folder holds some already\nFolder: {path:?}")]
    Exists { path: PathBuf },
    #[error("The folder holds no annotations: there is no {file} in it\nFolder: {path:?}")]
    NotThere { path: PathBuf, file: &'static str },
    #[error(
        "Could not write the annotations: another window or program of Seam is writing to them{by}\nFolder: {path:?}"
    )]
    InUse {
        path: PathBuf,
        /// " (process 17)", where that is known.
        by: String,
    },
    #[error("There is no task {} in these annotations\nFolder: {path:?}", task.0)]
    NoTask { task: TaskId, path: PathBuf },
}

impl AnnotationError {
    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }
}
