//! What commands of evaluations make the program do.

use std::path::{Path, PathBuf};

use egui::Context;
use seam_engine::Request;

use crate::app::App;
use crate::command::Command;
use crate::dialog::Asked;
use crate::evaluation::clerk::Wish;
use crate::evaluation::{
    Brush, BrushedItem, EVALUATIONS_FOLDER, EvaluationAsk, EvaluationCommand, Running, What,
};
use crate::state::JobKind;
use crate::workspace::Workspace;

const TABLE_FILE: &str = "numbers.csv";
const PICTURE_FILE: &str = "charts.png";

impl App {
    pub(super) fn evaluation(&mut self, ctx: &Context, command: EvaluationCommand) {
        let evaluations = &mut self.state.evaluations;
        match command {
            EvaluationCommand::UseData(path) => {
                evaluations.form.data = Some(path);
                evaluations.shows_form = true;
            }
            EvaluationCommand::UseModel(path) => {
                evaluations.form.what = What::Model;
                evaluations.shows_form = true;
                self.clerk.ask(Wish::Model(path));
            }
            EvaluationCommand::UseScores(path) => {
                evaluations.form.what = What::Scores;
                evaluations.form.scores = Some(path);
                evaluations.shows_form = true;
            }
            EvaluationCommand::SetForm(form) => evaluations.form = *form,
            EvaluationCommand::ShowForm(shows) => evaluations.shows_form = shows,
            EvaluationCommand::Ask(asked) => self.ask(ctx, Asked::Evaluation(asked)),
            EvaluationCommand::Chosen(asked, path) => self.evaluation_chosen(asked, path),
            EvaluationCommand::Start => self.evaluate(),
            EvaluationCommand::Open(path) => {
                self.clerk.ask(Wish::Record(path));
            }
            EvaluationCommand::Close => evaluations.close(),
            EvaluationCommand::Choose(at) => {
                evaluations.chosen = at;
                evaluations.result = 0;
                evaluations.shows_form = false;
            }
            EvaluationCommand::Beside(at) => evaluations.beside = at,
            EvaluationCommand::ChooseResult(at) => evaluations.result = at,
            EvaluationCommand::SetByVideo(by_video) => evaluations.by_video = by_video,
            EvaluationCommand::Brush(bar) => self.brush(bar),
            EvaluationCommand::OpenItem(item) => self.open_item(&item),
            EvaluationCommand::ExportTable => {
                if let Some(open) = evaluations.chosen() {
                    self.clerk.ask(Wish::Table {
                        path: open.folder().join(TABLE_FILE),
                        evaluation: open.evaluation.clone(),
                    });
                }
            }
            EvaluationCommand::ExportPicture(part) => {
                if let Some(open) = evaluations.chosen() {
                    let path = open.folder().join(PICTURE_FILE);
                    self.clerk.picture(ctx, path, part);
                }
            }
        }
    }

    fn evaluation_chosen(&mut self, asked: EvaluationAsk, path: PathBuf) {
        let form = &mut self.state.evaluations.form;
        match asked {
            EvaluationAsk::Scores => form.scores = Some(path),
            EvaluationAsk::Data => form.data = Some(path),
            EvaluationAsk::TestData => form.test_data = Some(path),
            EvaluationAsk::Model => {
                self.clerk.ask(Wish::Model(path));
            }
            EvaluationAsk::Record => {
                self.clerk.ask(Wish::Record(path));
            }
        }
    }

    /// Starts what the form says, in a folder of its own.
    fn evaluate(&mut self) {
        if self.state.evaluations.running.is_some() {
            return;
        }
        let device = self.state.settings.scan(PathBuf::new()).device;
        let form = &self.state.evaluations.form;
        let data = form.tested().cloned();
        let below = self.state.data_dir.as_deref();
        let Some(out) = below.and_then(|dir| next_folder(&dir.join(EVALUATIONS_FOLDER))) else {
            self.state.evaluations.error = Some("There is no folder for the results".to_owned());
            return;
        };
        let Some(settings) = form.settings(out, device) else {
            return;
        };
        let name = out_name(&settings.out);
        let job = self.submit_named(name, JobKind::Evaluate, Request::Evaluate(settings));
        self.state.evaluations.error = None;
        self.state.evaluations.running = job.map(|job| Running { job, data });
    }

    /// Lists the items of a bar, or puts the list away.
    fn brush(&mut self, bar: usize) {
        let evaluations = &mut self.state.evaluations;
        if evaluations.brush().is_some_and(|brush| brush.bar == bar) {
            evaluations.brush = None;
            return;
        }
        let (Some(open), Some(result)) = (evaluations.chosen(), evaluations.result()) else {
            return;
        };
        let brush = Brush {
            record: open.record.clone(),
            result: evaluations.result,
            bar,
            items: None,
        };
        let wish = Wish::Brush {
            brush: Box::new(brush.clone()),
            scores: open.folder().join(&result.scores_file),
            histogram: Box::new(result.histogram.clone()),
        };
        if self.clerk.ask(wish) {
            evaluations.brush = Some(brush);
        }
    }

    /// Opens a scored clip in Inspect, on the scored frame.
    fn open_item(&mut self, item: &BrushedItem) {
        let evaluations = &self.state.evaluations;
        let manifest = evaluations.chosen().and_then(|open| open.data.as_deref());
        let dir = manifest.and_then(Path::parent).unwrap_or(Path::new(""));
        let path = dir.join(&item.path);
        if !path.is_file() {
            let text = if manifest.is_none() {
                "Where this clip lies is not known: open its dataset in the pane Datasets, then this evaluation again"
                    .to_owned()
            } else {
                format!("The clip is not a file on disk\nFile: {path:?}")
            };
            self.state.evaluations.notice = Some(text);
            return;
        }
        self.state.settings.workspace = Workspace::Inspect;
        self.open(&[path]);
        if let Some(secs) = item.pts_secs {
            self.commands
                .push(Command::Seek((secs * 1e9).round() as i64));
        }
    }
}

/// What an evaluation is known by: its folder.
fn out_name(out: &Path) -> String {
    let name = out.file_name().unwrap_or(out.as_os_str());
    name.to_string_lossy().into_owned()
}

/// `evaluation-1`, or the first number that is not there yet.
fn next_folder(below: &Path) -> Option<PathBuf> {
    let folders = (1..10_000).map(|at| below.join(format!("evaluation-{at}")));
    folders.into_iter().find(|path| !path.exists())
}
