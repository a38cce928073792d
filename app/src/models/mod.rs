//! The models there are, which of them is looked at, and what the self-test and an import of weights said.

pub mod about;
mod finished;
pub mod keeper;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seam_engine::Outcome;
use seam_engine::detectors::models::Origin;
use seam_engine::job::JobId;
use seam_engine::methods::self_test::TestedModel;
use seam_engine::methods::shelf::ShelfModel;
use seam_engine::nn::import::report::ImportReport;
use seam_engine::train::runs;

/// What the pane of models shows.
#[derive(Debug, Default)]
pub struct Models {
    pub shelf: Shelf,
    /// There may be another model since the list was read.
    pub is_stale: bool,
    /// The folder of the model whose card is shown.
    pub selected: Option<PathBuf>,
    /// What the self-test said of each model's folder, in this session.
    pub tested: BTreeMap<PathBuf, TestedModel>,
    /// The self-test that runs, and the folders it asks.
    pub testing: Option<(JobId, Vec<PathBuf>)>,
    /// The import of weights that runs, and its file.
    pub importing: Option<(JobId, PathBuf)>,
    /// The last import of weights.
    pub imported: Option<Imported>,
    /// What went wrong with the last wish.
    pub notice: Option<String>,
}

/// The list, which is read on a thread.
#[derive(Clone, Debug, Default)]
pub enum Shelf {
    /// Nobody looked at the pane yet.
    #[default]
    NotRead,
    /// With what was there before.
    Reading(Arc<Vec<ShelfModel>>),
    Read(Arc<Vec<ShelfModel>>),
}

/// What became of the tensors of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The file's name.
    pub file: String,
    /// Where the weights are kept now, or why they are not.
    pub result: Result<PathBuf, String>,
    /// `None` where the file could not even be read.
    pub report: Option<ImportReport>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ModelsCommand {
    /// Reads the list, once more where it was read.
    Look,
    Select(PathBuf),
    /// Asks for a file of weights.
    AskWeights,
    /// Asks for a folder with models.
    AskFolder,
    Chosen(ModelsAsk, PathBuf),
    /// Takes a folder that was opened off the list.
    CloseFolder(PathBuf),
    /// Asks these models for the answers on their cards; all of the list where it is empty.
    SelfTest(Vec<PathBuf>),
    /// Whether scans use this model for its method, before the one that came with the program.
    SetInScans(PathBuf, bool),
    ForgetImport,
}

/// What a file dialog asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelsAsk {
    Weights,
    Folder,
}

/// Where a model is from, as the list is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Bundled,
    Yours,
    Trained,
    Opened,
}

impl Models {
    pub fn all(&self) -> &[ShelfModel] {
        match &self.shelf {
            Shelf::NotRead => &[],
            Shelf::Reading(models) | Shelf::Read(models) => models,
        }
    }

    /// The model whose card is shown.
    pub fn selected(&self) -> Option<&ShelfModel> {
        let dir = self.selected.as_ref()?;
        self.all().iter().find(|model| model.dir == *dir)
    }

    /// Whether the self-test has this model before it.
    pub fn is_being_tested(&self, dir: &Path) -> bool {
        self.testing
            .as_ref()
            .is_some_and(|(_, dirs)| dirs.iter().any(|own| own == dir))
    }

    /// Takes in a list that was read.
    pub fn take(&mut self, models: Vec<ShelfModel>) {
        self.shelf = Shelf::Read(Arc::new(models));
        if self.selected().is_none() {
            self.selected = self.all().first().map(|model| model.dir.clone());
        }
    }

    /// Whether the list is to be read when it is next looked at.
    pub fn wants_reading(&self) -> bool {
        self.is_stale || matches!(self.shelf, Shelf::NotRead)
    }

    /// Notes that a job ended which may have written a model.
    pub fn hear_of(&mut self, outcome: &Outcome) {
        self.is_stale |= matches!(outcome, Outcome::Trained(_) | Outcome::Retrained(_));
    }

    /// The list is being read.
    pub fn begin_reading(&mut self) {
        self.is_stale = false;
        let before = match std::mem::take(&mut self.shelf) {
            Shelf::NotRead => Arc::default(),
            Shelf::Reading(models) | Shelf::Read(models) => models,
        };
        self.shelf = Shelf::Reading(before);
    }
}

impl ModelsAsk {
    /// Shows the dialog and waits for the answer.
    pub fn ask(self) -> Option<PathBuf> {
        let dialog = rfd::FileDialog::new();
        match self {
            Self::Weights => dialog
                .set_title("Import weights that others trained")
                .add_filter("Weights", &["safetensors", "pth", "pt", "bin"])
                .add_filter("All files", &["*"])
                .pick_file(),
            Self::Folder => dialog
                .set_title("Open a model, or a folder of models")
                .pick_folder(),
        }
    }
}

impl Group {
    pub const ALL: [Self; 4] = [Self::Bundled, Self::Yours, Self::Trained, Self::Opened];

    pub fn of(model: &ShelfModel) -> Self {
        match model.origin {
            Origin::Bundled => Self::Bundled,
            Origin::Yours => Self::Yours,
            Origin::Elsewhere => {
                let is_trained = runs::usual_folder().is_some_and(|dir| model.dir.starts_with(dir));
                if is_trained {
                    Self::Trained
                } else {
                    Self::Opened
                }
            }
        }
    }

    /// The heading of its part of the list.
    pub fn title(self) -> &'static str {
        match self {
            Self::Bundled => "Came with Seam",
            Self::Yours => "Yours",
            Self::Trained => "Trained here",
            Self::Opened => "Opened",
        }
    }
}
