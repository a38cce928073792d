//! Files of the list and the work on them: opening, reading, analyzing, and starting jobs at all.

use std::path::PathBuf;

use seam_engine::Request;
use seam_engine::job::JobId;

use crate::app::App;
use crate::notices::Weight;
use crate::state::{AnalysisState, FileId, JobKind};

impl App {
    pub(super) fn open(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let (file, is_new) = self.state.add_file(path);
            if is_new {
                self.read(file);
            }
            self.state.select(file);
            self.state.settings.opened(path);
        }
    }

    pub(super) fn read(&mut self, file: FileId) {
        if let Some(entry) = self.state.file_mut(file) {
            entry.intake = crate::state::Intake::Reading(None);
            let path = entry.path.clone();
            self.submit(Some(file), JobKind::Intake, Request::Open { path });
        }
    }

    pub(super) fn analyze(&mut self, file: FileId) {
        let Some(entry) = self.state.file(file) else {
            return;
        };
        if matches!(entry.analysis, AnalysisState::Running(_)) {
            return;
        }
        let settings = self.state.settings.scan(entry.path.clone());
        self.stop_looking(file);
        self.state.frame_times.clear();
        self.submit(Some(file), JobKind::Analysis, Request::Analyze(settings));
    }

    pub(super) fn submit(
        &mut self,
        file: Option<FileId>,
        kind: JobKind,
        request: Request,
    ) -> Option<JobId> {
        match self.engine.submit(request) {
            Ok(job) => {
                self.state.job_started(job, file, kind);
                Some(job)
            }
            Err(err) => {
                let text = format!("Could not start the work: {err}");
                self.tell(Weight::Error, text);
                None
            }
        }
    }

    /// Starts work that is on no file, under its own name.
    pub(super) fn submit_named(
        &mut self,
        name: String,
        kind: JobKind,
        request: Request,
    ) -> Option<JobId> {
        let job = self.submit(None, kind, request)?;
        self.state.name_job(job, name);
        Some(job)
    }

    pub(super) fn stop_work_on(&self, file: FileId) {
        let jobs: Vec<JobId> = self
            .state
            .running()
            .filter(|job| job.file == Some(file))
            .map(|job| job.id)
            .collect();
        for job in jobs {
            self.engine.cancel(job);
        }
    }
}
