//! What commands of datasets make the program do.

use std::path::{Path, PathBuf};

use egui::Context;
use seam_engine::Request;
use seam_engine::data::MANIFEST_FILE;

use crate::app::App;
use crate::command::Command;
use crate::data::{DataAsk, DataCommand, Draft, Looked, name_of};
use crate::dialog::Asked;
use crate::evaluation::EvaluationCommand;
use crate::state::JobKind;
use crate::training::TrainCommand;
use crate::workspace::Workspace;

/// The record in the folder of an evaluation.
const RECORD_FILE: &str = "eval.json";
/// The card in the folder of a model.
const CARD_FILE: &str = "card.json";

impl App {
    /// Brings back the datasets of earlier sessions, and looks for those in the usual folder.
    pub(super) fn recall_datasets(&mut self) {
        let known = self.state.settings.datasets.clone();
        for path in known {
            self.state.datasets.add(&path);
        }
        if let Some(data_dir) = &self.state.data_dir {
            self.shelf.look_around(data_dir);
        }
    }

    pub(super) fn data(&mut self, ctx: &Context, command: DataCommand) {
        let datasets = &mut self.state.datasets;
        match command {
            DataCommand::Add(path) => {
                let path = datasets.add(&path);
                self.look_at_data(&path);
            }
            DataCommand::Forget(path) => {
                datasets.known.retain(|dataset| dataset.path != path);
                self.state.settings.datasets.retain(|own| *own != path);
            }
            DataCommand::Select(path) => {
                let is_new = datasets
                    .get(&path)
                    .is_some_and(|dataset| matches!(dataset.looked, Looked::NotYet));
                datasets.selected = Some(path.clone());
                if is_new {
                    self.look_at_data(&path);
                }
            }
            DataCommand::LookAgain(path) => self.look_at_data(&path),
            DataCommand::Ask(asked) => self.ask(ctx, Asked::Data(asked)),
            DataCommand::Chosen(asked, path) => self.data_chosen(asked, path),
            DataCommand::SetDraft(draft) => datasets.draft = Some(*draft),
            DataCommand::ForgetDraft => datasets.draft = None,
            DataCommand::MakeDraft => self.make_data(),
            DataCommand::TrainOn(path) => {
                self.commands
                    .push(Command::Train(TrainCommand::UseData(path)));
            }
            DataCommand::EvaluateOn(path) => {
                self.commands
                    .push(Command::Evaluation(EvaluationCommand::UseData(path)));
            }
        }
    }

    fn data_chosen(&mut self, asked: DataAsk, path: PathBuf) {
        if asked == DataAsk::Manifest {
            self.commands.push(Command::Data(DataCommand::Add(path)));
            return;
        }
        match (&mut self.state.datasets.draft, asked) {
            (Some(Draft::Import(draft)), DataAsk::ImportFrom) => draft.from = Some(path),
            (Some(Draft::Import(draft)), DataAsk::ImportTo) => draft.to = Some(path),
            (Some(Draft::Forge(draft)), DataAsk::ForgeFrom) => draft.from = Some(path),
            (Some(Draft::Forge(draft)), DataAsk::ForgeTo) => draft.to = Some(path),
            _ => {}
        }
    }

    /// Takes what was opened or dropped where it is a dataset, a model, scores, or the record of an evaluation.
    pub(super) fn opens_data(&mut self, path: &Path) -> bool {
        let has_name = |name: &str| path.file_name().is_some_and(|own| own == name);
        let has_ending = |ending: &str| path.extension().is_some_and(|own| own == ending);
        let command = if has_ending("jsonl") || path.join(MANIFEST_FILE).is_file() {
            Command::Data(DataCommand::Add(path.to_owned()))
        } else if has_name(RECORD_FILE) {
            Command::Evaluation(EvaluationCommand::Open(path.to_owned()))
        } else if path.join(RECORD_FILE).is_file() {
            Command::Evaluation(EvaluationCommand::Open(path.join(RECORD_FILE)))
        } else if path.join(CARD_FILE).is_file() {
            Command::Evaluation(EvaluationCommand::UseModel(path.to_owned()))
        } else if has_ending("csv") {
            Command::Evaluation(EvaluationCommand::UseScores(path.to_owned()))
        } else {
            return false;
        };
        self.state.settings.workspace = Workspace::Train;
        self.commands.push(command);
        true
    }

    /// Selects a manifest that is in the list and has it looked through.
    fn look_at_data(&mut self, path: &Path) {
        let is_looking = self
            .state
            .datasets
            .get(path)
            .is_none_or(|dataset| matches!(dataset.looked, Looked::Looking(_)));
        self.state.datasets.selected = Some(path.to_owned());
        let tested = &mut self.state.evaluations.form.data;
        tested.get_or_insert_with(|| path.to_owned());
        if !self.state.settings.datasets.iter().any(|own| own == path) {
            self.state.settings.datasets.push(path.to_owned());
        }
        if is_looking {
            return;
        }
        let request = Request::LookAtData {
            path: path.to_owned(),
        };
        let job = self.submit_named(name_of(path), JobKind::LookAtData, request);
        if let (Some(job), Some(dataset)) = (job, self.state.datasets.get_mut(path)) {
            dataset.looked = Looked::Looking(job);
        }
    }

    /// Imports or forges what was asked for.
    fn make_data(&mut self) {
        let data_dir = self.state.data_dir.as_deref();
        let (name, kind, request, below) = match &self.state.datasets.draft {
            Some(Draft::Import(draft)) => {
                let Some(settings) = draft.settings(data_dir) else {
                    return;
                };
                let below = settings.out.parent().map(Path::to_owned);
                let name = settings.kind.title().to_owned();
                let request = Request::ImportData(settings);
                (name, JobKind::ImportData, request, below)
            }
            Some(Draft::Forge(draft)) => {
                let Some(settings) = draft.settings(data_dir) else {
                    return;
                };
                let below = settings.out.parent().map(Path::to_owned);
                let name = format!("the recipe {}", settings.recipe);
                (name, JobKind::Forge, Request::Forge(settings), below)
            }
            None => return,
        };
        if let Some(below) = below
            && let Err(err) = std::fs::create_dir_all(&below)
        {
            let text = format!("Could not make the folder: {err}\nFolder: {below:?}");
            self.state.datasets.tell(text, true);
            return;
        }
        self.state.datasets.draft = None;
        self.state.datasets.notice = None;
        self.submit_named(name, kind, request);
    }
}
