//! Everything the user can make the workbench do, as data. Panes push commands; only `App` runs them.

mod action;
mod info;
mod paint;
mod pair;
mod pictures;
mod queue;
mod shell;
mod train;

use std::path::PathBuf;

use seam_engine::faces::TrackId;
use seam_engine::job::JobId;

use crate::data::DataCommand;
use crate::evaluation::EvaluationCommand;
use crate::inspect::InspectCommand;
use crate::maps::MapsCommand;
use crate::maps::save::What;
use crate::models::ModelsCommand;
use crate::paint::PaintCommand;
use crate::pair::PairCommand;
use crate::queue::QueueCommand;
use crate::shell::ShellCommand;
use crate::state::FileId;
use crate::training::TrainCommand;
use crate::viewport::{TimeView, Zoom};

pub use action::{Action, Scope};
pub use paint::{PARTS, PaintAction};
pub use pair::{FilesAction, PairAction};
pub use pictures::PictureAction;
pub use queue::QueueAction;
pub use shell::ShellAction;
pub use train::TrainAction;

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Act(Action),
    Open(Vec<PathBuf>),
    /// Reads a file once more, after it failed or was cancelled.
    ReadAgain(FileId),
    Analyze(FileId),
    Select(FileId),
    Remove(FileId),
    CancelJob(JobId),
    /// Moves the playhead to a presentation time in nanoseconds.
    Seek(i64),
    SetSpeed(f64),
    /// The looped part of the clip, first and last time in nanoseconds.
    SetRegion(Option<(i64, i64)>),
    SelectPerson(Option<TrackId>),
    SetZoom(Zoom),
    SetTimeView(Option<TimeView>),
    Maps(MapsCommand),
    Inspect(InspectCommand),
    /// Asks for a folder, and writes pictures there.
    SaveMaps(What),
    /// Writes what was to be saved into this folder.
    SaveMapsTo(PathBuf),
    Pair(PairCommand),
    Paint(PaintCommand),
    Queue(QueueCommand),
    Models(ModelsCommand),
    Train(TrainCommand),
    Shell(ShellCommand),
    Data(DataCommand),
    Evaluation(EvaluationCommand),
    CopyText(String),
    /// Answers the question that closing the window asks while jobs run.
    CloseAnyway(bool),
}

/// Commands collected while the panes draw and run after they are drawn.
#[derive(Debug, Default)]
pub struct CommandQueue(Vec<Command>);

impl CommandQueue {
    pub fn push(&mut self, command: Command) {
        self.0.push(command);
    }

    pub fn act(&mut self, action: Action) {
        self.0.push(Command::Act(action));
    }

    pub fn extend(&mut self, commands: impl IntoIterator<Item = Command>) {
        self.0.extend(commands);
    }

    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.0)
    }
}
