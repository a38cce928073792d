//! What commands of the workspace for looking at clips make the program do.

use seam_engine::Request;
use seam_engine::analysis::applicable::Picture;
use seam_engine::analysis::intake::IntakeSettings;
use seam_engine::job::JobId;

use crate::app::App;
use crate::inspect::InspectCommand;
use crate::state::{AnalysisState, FileId, JobKind};

impl App {
    pub(super) fn inspect(&mut self, command: InspectCommand) {
        match command {
            InspectCommand::LookForFaces(file) => self.look_for_faces(file),
            command => self.state.inspect(command),
        }
    }

    /// Once a file is read and nothing was asked of it.
    fn look_for_faces(&mut self, file: FileId) {
        let Some(entry) = self.state.file(file) else {
            return;
        };
        let is_looking = self.state.job_of(file, JobKind::Look).is_some();
        let (Some(media), Some(info)) = (entry.hash, entry.info()) else {
            return;
        };
        if is_looking || !matches!(entry.analysis, AnalysisState::NotAsked) {
            return;
        }
        let settings = IntakeSettings {
            path: entry.path.clone(),
            media,
            picture: Picture::of(info),
            landmark_model: None,
        };
        self.submit(Some(file), JobKind::Look, Request::LookForFaces(settings));
    }

    /// An analysis finds the faces itself.
    pub(super) fn stop_looking(&self, file: FileId) {
        let looks: Vec<JobId> = (self.state.running())
            .filter(|job| job.file == Some(file) && job.kind == JobKind::Look)
            .map(|job| job.id)
            .collect();
        for job in looks {
            self.engine.cancel(job);
        }
    }
}
