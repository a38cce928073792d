//! What the workspace for training can ask for.

use std::path::PathBuf;

use seam_engine::train::TrainSettings;

use crate::training::film::Beside;
use crate::training::form::Field;

/// What can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum TrainCommand {
    Show(PathBuf),
    /// Draws a run beside the shown one, or no more.
    Mark(PathBuf),
    /// Adds runs, or folders of runs.
    Open(Vec<PathBuf>),
    Pause(PathBuf),
    GoOn(PathBuf),
    Stop(PathBuf),
    /// Names the data that a run of the command line learns from, and resumes it.
    ResumeWith(PathBuf),
    /// Opens the form with the numbers of a run.
    FormFrom(PathBuf),
    CloseForm,
    Set(Field),
    /// From the pane of data sets: opens the form with this data.
    UseData(PathBuf),
    Ask(TrainAsked),
    /// Renders people to learn from, by this recipe.
    Forge(&'static str),
    ChooseLoss(String),
    GoToStep(u64),
    Beside(Beside),
    MoveWipe(f32),
    /// The run's folder is made.
    Submit(Box<TrainSettings>),
    /// Reads a run once more.
    ReadAgain(PathBuf),
    Dismiss,
}

/// What a file dialog asks for in this workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainAsked {
    DataFolder,
    Manifest,
    Out,
    Init,
    Masks,
    Runs,
    /// The data that the shown run goes on with.
    ResumeData,
}

impl TrainAsked {
    /// What follows from the answer.
    pub fn command(self, path: PathBuf) -> TrainCommand {
        let text = || path.display().to_string();
        match self {
            Self::DataFolder | Self::Manifest => TrainCommand::Set(Field::Data(text())),
            Self::Out => TrainCommand::Set(Field::Out(text())),
            Self::Init => TrainCommand::Set(Field::Init(text())),
            Self::Masks => TrainCommand::Set(Field::Masks(text())),
            Self::Runs => TrainCommand::Open(vec![path]),
            Self::ResumeData => TrainCommand::ResumeWith(path),
        }
    }
}
