//! Evaluations, as the window keeps them: the form of the next one, the one that runs, and results to look at.

mod ask;
pub mod clerk;
pub mod command_line;
mod finished;
pub mod form;
mod protocols;
mod table;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use seam_engine::eval::report::{Evaluation, MethodResult};
use seam_engine::job::JobId;

pub use ask::EvaluationAsk;
pub use form::{ChosenModel, Form, Training, What};
pub use protocols::{PROTOCOLS, protocol_line};
pub use table::table_text;

/// Results lie here, each in a folder of its own, under the program's data.
pub const EVALUATIONS_FOLDER: &str = "evaluations";

/// What the pane shows. Changed only by `App`.
#[derive(Debug, Default)]
pub struct Evaluations {
    pub form: Form,
    /// The form is shown, and not results.
    pub shows_form: bool,
    /// The newest first.
    pub open: Vec<OpenEvaluation>,
    /// Which of them is shown, and which is laid beside it.
    pub chosen: usize,
    pub beside: Option<usize>,
    /// Which result of the chosen one is shown in detail.
    pub result: usize,
    /// Curves by video instead of by frame.
    pub by_video: bool,
    pub running: Option<Running>,
    /// Why the last one gave nothing.
    pub error: Option<String>,
    /// What came of an export, in words.
    pub notice: Option<String>,
    pub brush: Option<Brush>,
    /// Methods that have a model, once they were looked for.
    pub with_model: Vec<String>,
}

/// An evaluation that is being made.
#[derive(Clone, Debug)]
pub struct Running {
    pub job: JobId,
    /// The manifest that is tested on.
    pub data: Option<PathBuf>,
}

/// The record of an evaluation.
#[derive(Clone, Debug)]
pub struct OpenEvaluation {
    /// The file `eval.json`.
    pub record: PathBuf,
    /// The manifest that was tested on, where it is known where that lies.
    pub data: Option<PathBuf>,
    pub evaluation: Arc<Evaluation>,
}

/// Items whose scores lie in one bar of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Brush {
    pub record: PathBuf,
    pub result: usize,
    pub bar: usize,
    /// `None` while the table is read.
    pub items: Option<Result<Vec<BrushedItem>, String>>,
}

/// Scored faces of one item in the bar: the one nearest to its middle stands for them.
#[derive(Clone, Debug, PartialEq)]
pub struct BrushedItem {
    /// As the manifest has it.
    pub path: String,
    pub technique: Option<String>,
    pub is_manipulated: bool,
    pub faces: usize,
    pub logit: f64,
    pub frame_index: Option<u32>,
    pub pts_secs: Option<f64>,
}

/// What the panes can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum EvaluationCommand {
    UseData(PathBuf),
    UseModel(PathBuf),
    UseScores(PathBuf),
    SetForm(Box<Form>),
    ShowForm(bool),
    Ask(EvaluationAsk),
    /// A dialog was answered.
    Chosen(EvaluationAsk, PathBuf),
    Start,
    /// Opens a record from disk.
    Open(PathBuf),
    /// Takes the chosen one off the list. Nothing on disk changes.
    Close,
    Choose(usize),
    Beside(Option<usize>),
    ChooseResult(usize),
    SetByVideo(bool),
    /// Lists the items of a bar of the histogram; the same bar again closes the list.
    Brush(usize),
    /// Opens a clip of the list in Inspect.
    OpenItem(Box<BrushedItem>),
    /// Writes the numbers and the curves beside the record.
    ExportTable,
    /// Writes what lies in this part of the window beside the record, in points.
    ExportPicture(egui::Rect),
}

impl Evaluations {
    pub fn chosen(&self) -> Option<&OpenEvaluation> {
        self.open.get(self.chosen)
    }

    pub fn beside(&self) -> Option<&OpenEvaluation> {
        self.open
            .get(self.beside?)
            .filter(|_| self.beside != Some(self.chosen))
    }

    /// The result that is shown in detail.
    pub fn result(&self) -> Option<&MethodResult> {
        let results = &self.chosen()?.evaluation.results;
        results.get(self.result).or(results.first())
    }

    /// The brush of the result that is shown.
    pub fn brush(&self) -> Option<&Brush> {
        let record = &self.chosen()?.record;
        let brush = self.brush.as_ref()?;
        (brush.record == *record && brush.result == self.result).then_some(brush)
    }

    /// Shows a record; one that is open already is replaced.
    pub fn show(&mut self, opened: OpenEvaluation) {
        self.open.retain(|own| own.record != opened.record);
        self.open.insert(0, opened);
        self.chosen = 0;
        self.beside = None;
        self.result = 0;
        self.brush = None;
        self.shows_form = false;
        self.error = None;
    }

    pub fn close(&mut self) {
        if self.chosen < self.open.len() {
            self.open.remove(self.chosen);
        }
        self.chosen = 0;
        self.beside = None;
        self.result = 0;
        self.brush = None;
    }
}

impl OpenEvaluation {
    /// What people know it by: its folder.
    pub fn name(&self) -> String {
        let folder = self.folder();
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        name.to_string_lossy().into_owned()
    }

    pub fn folder(&self) -> &Path {
        self.record.parent().unwrap_or(Path::new(""))
    }
}
