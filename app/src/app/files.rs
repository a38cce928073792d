//! What commands on the list of files, and on pictures that are saved, make the program do.

use std::path::PathBuf;

use egui::Context;

use crate::app::App;
use crate::command::{FilesAction, PictureAction};
use crate::dialog::Asked;
use crate::maps::save::{Notice, SaveWish, What};
use crate::maps::view::View;
use crate::state::{AnalysisState, FileId, Intake};

impl App {
    pub(super) fn files_act(&mut self, action: FilesAction) {
        let state = &mut self.state;
        let at = (state.files.iter()).position(|file| Some(file.id) == state.selected);
        match action {
            FilesAction::Next => {
                let to = at.map_or(0, |at| at + 1);
                if let Some(id) = state.files.get(to).map(|file| file.id) {
                    state.select(id);
                }
            }
            FilesAction::Previous => {
                let to = at.and_then(|at| at.checked_sub(1));
                if let Some(id) = to.map(|to| state.files[to].id) {
                    state.select(id);
                }
            }
            FilesAction::AnalyzeAll => {
                let open: Vec<FileId> = (state.files.iter())
                    .filter(|file| !matches!(file.intake, Intake::Failed(_)))
                    .filter(|file| {
                        let analysis = &file.analysis;
                        matches!(analysis, AnalysisState::NotAsked | AnalysisState::Cancelled)
                    })
                    .map(|file| file.id)
                    .collect();
                open.into_iter().for_each(|file| self.analyze(file));
            }
            FilesAction::CancelAll => {
                let jobs = (state.files.iter()).filter_map(|file| match file.analysis {
                    AnalysisState::Running(job) => Some(job),
                    _ => None,
                });
                jobs.for_each(|job| self.engine.cancel(job));
            }
        }
    }

    pub(super) fn picture_act(&mut self, ctx: &Context, action: PictureAction) {
        let maps = &mut self.state.maps;
        match action {
            PictureAction::Show(view) => {
                self.state.settings.shows_maps = true;
                maps.view = view;
            }
            PictureAction::FullScreen => maps.toggle_full(),
            PictureAction::SaveMoment => self.ask_to_save(ctx, What::Moment),
        }
    }

    /// Notes what is on screen now, because it may change while the dialog is open.
    pub(super) fn ask_to_save(&mut self, ctx: &Context, what: What) {
        let state = &mut self.state;
        let style = state.maps.style(state.settings.likelihood_colors);
        let name = state.selected_file().map(|file| file.name.clone());
        let wish = name.and_then(|name| SaveWish::new(&state.maps, what, style, &name));
        if wish.is_none() {
            let text = match state.maps.view {
                View::All => "No method has looked at this face yet",
                View::Strip | View::Sides => "The method has not looked at this face yet",
            };
            state.maps.notice = Some(Notice {
                text: text.to_owned(),
                is_error: true,
            });
            return;
        }
        state.maps.to_save = wish;
        self.ask(ctx, Asked::Pictures);
    }

    pub(super) fn save_maps(&mut self, dir: PathBuf) {
        if let Some(wish) = self.state.maps.to_save.take() {
            self.looks.save(&mut self.state, wish, dir);
        }
    }
}
