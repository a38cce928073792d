//! What the end of a job on models makes of the state.

use std::path::PathBuf;

use seam_engine::Outcome;
use seam_engine::detectors::library::LibraryError;
use seam_engine::engine::JobError;
use seam_engine::job::JobId;
use seam_engine::nn::import::ImportError;

use crate::models::{Imported, Models};

impl Models {
    /// Takes in how a job ended.
    pub fn finished(&mut self, job: JobId, outcome: Outcome) {
        if self.testing.as_ref().is_some_and(|(own, _)| *own == job) {
            self.testing = None;
            match outcome {
                Outcome::SelfTested(tested) => {
                    let tested = tested.into_iter();
                    self.tested
                        .extend(tested.map(|model| (model.dir.clone(), model)));
                }
                Outcome::Failed(err) => self.notice = Some(err.to_string()),
                _ => self.notice = Some("The self-test was stopped".to_owned()),
            }
            return;
        }
        let is_import = |(own, _): &mut (JobId, PathBuf)| *own == job;
        let Some((_, file)) = self.importing.take_if(is_import) else {
            return;
        };
        let name = file.file_name().unwrap_or(file.as_os_str());
        let name = name.to_string_lossy().into_owned();
        self.imported = match outcome {
            Outcome::WeightsImported(imported) => Some(Imported {
                file: name,
                result: Ok(imported.path),
                report: Some(imported.report),
            }),
            Outcome::Failed(err) => Some(refused(name, err)),
            _ => None,
        };
    }
}

/// With the list of tensors where the file is no network that is known whole.
fn refused(file: String, err: JobError) -> Imported {
    match err {
        JobError::Weights(LibraryError::Import(ImportError::Mismatch { report, .. })) => Imported {
            file,
            result: Err(
                "These are not the weights of a network that Seam knows; nothing was kept"
                    .to_owned(),
            ),
            report: Some(*report),
        },
        err => Imported {
            file,
            result: Err(err.to_string()),
            report: None,
        },
    }
}
