//! The queue of faces to mark, as the window keeps it.

pub mod clerk;
mod keyframes;
pub mod mark;
pub mod room;
#[cfg(test)]
mod tests;
mod thumbs;
pub mod walk;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use egui::TextureId;
use seam_engine::data::annotations::{AnnotationFolder, Progress, Round, Task, TaskId, TaskState};

use crate::settings::Settings;
pub use keyframes::{Keyframe, Midpoint};

/// What the panes beside the canvas show. Changed only by `App`.
#[derive(Debug, Default)]
pub struct Queue {
    pub folder: FolderState,
    pub filter: Filter,
    pub current: Option<TaskId>,
    pub saving: Saving,
    /// Pictures of the faces, once they were made.
    pub thumbs: BTreeMap<TaskId, TextureId>,
    /// Rows of the list that are on screen.
    pub visible: Range<usize>,
    /// The comment field is to get the keyboard.
    pub wants_comment: bool,
    /// What is asked for a new queue, while it is being chosen.
    pub draft: Option<Draft>,
    /// What came of the last work on this folder, in words.
    pub notice: Option<String>,
}

#[derive(Debug, Default)]
pub enum FolderState {
    #[default]
    Closed,
    Opening,
    Open(Box<OpenFolder>),
    Failed(String),
}

/// A folder of annotations that was read.
#[derive(Clone, Debug)]
pub struct OpenFolder {
    pub folder: AnnotationFolder,
    pub name: String,
    /// In the order of the queue.
    pub items: Vec<Item>,
    /// Retrainings, the first one first.
    pub rounds: Vec<Round>,
}

/// One face and how far the work on it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub task: Task,
    pub progress: Progress,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    Open,
    Done,
    /// Skipped, or nobody can tell.
    Left,
}

/// What became of the last strokes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Saving {
    #[default]
    Nothing,
    Saved,
    /// So many changes are not on disk yet.
    Waiting(usize),
    Failed(String),
}

/// What a new queue is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub manifest: Option<PathBuf>,
    pub model: Option<PathBuf>,
    /// So many faces at most.
    pub count: usize,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            manifest: None,
            model: None,
            count: 100,
        }
    }
}

/// What the panes can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueCommand {
    /// Opens a folder, or answers a dialog.
    Open(PathBuf),
    /// The open folder, after a job changed it.
    ReadAgain,
    Choose(TaskId),
    SetFilter(Filter),
    SetComment(String),
    /// These rows of the list are on screen.
    Saw(Range<usize>),
    CommentHasFocus,
    AskManifest,
    AskModel,
    SetManifest(PathBuf),
    SetModel(PathBuf),
    SetCount(usize),
    AskLearner,
    /// The model that learns from the open folder's masks.
    SetLearner(PathBuf),
    MakeQueue,
    ForgetDraft,
}

impl Queue {
    pub fn open(&self) -> Option<&OpenFolder> {
        match &self.folder {
            FolderState::Open(open) => Some(open),
            _ => None,
        }
    }

    pub fn open_mut(&mut self) -> Option<&mut OpenFolder> {
        match &mut self.folder {
            FolderState::Open(open) => Some(open),
            _ => None,
        }
    }

    /// The item that is on the easel, or is coming there.
    pub fn current(&self) -> Option<&Item> {
        self.open()?.item(self.current?)
    }

    /// Those that the filter lets through, in order.
    pub fn shown(&self) -> Vec<&Item> {
        let items = self.open().map_or(&[][..], |open| &open.items);
        items
            .iter()
            .filter(|item| self.filter.lets_through(item.progress.state))
            .collect()
    }

    /// How saving goes, in words; `None` before anything was painted.
    pub fn saving_words(&self) -> Option<String> {
        match &self.saving {
            Saving::Nothing => None,
            Saving::Saved => Some("Saved".to_owned()),
            Saving::Waiting(1) => Some("1 stroke waiting".to_owned()),
            Saving::Waiting(num) => Some(format!("{num} strokes waiting")),
            Saving::Failed(error) => {
                let line = error.lines().next().unwrap_or_default();
                Some(format!("Not saved: {line}"))
            }
        }
    }

    pub fn has_save_error(&self) -> bool {
        matches!(self.saving, Saving::Failed(_))
    }
}

impl OpenFolder {
    pub fn item(&self, id: TaskId) -> Option<&Item> {
        self.items.iter().find(|item| item.task.id == id)
    }

    pub fn item_mut(&mut self, id: TaskId) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.task.id == id)
    }

    /// The model that learns from these masks, and whose maps are shown: the newest round's, else the one that the
    /// user chose, else the one that ordered the queue by its name, for installed ones.
    pub fn learner(&self, settings: &Settings) -> Option<PathBuf> {
        match self.rounds.last() {
            Some(round) => Some(self.folder.dir().join(&round.model)),
            None => self.first_learner(settings),
        }
    }

    /// The model that the newest round began from.
    pub fn learner_before(&self, settings: &Settings) -> Option<PathBuf> {
        match self.rounds.as_slice() {
            [] => None,
            [.., before, _] => Some(self.folder.dir().join(&before.model)),
            [_] => self.first_learner(settings),
        }
    }

    fn first_learner(&self, settings: &Settings) -> Option<PathBuf> {
        let chosen = settings.learners.get(self.folder.dir()).cloned();
        let named = || {
            let label = self.folder.about().model.as_ref()?;
            let (name, _hash) = label.rsplit_once('@')?;
            Some(PathBuf::from(name))
        };
        chosen.or_else(named)
    }

    /// Masks that are complete.
    pub fn num_done(&self) -> usize {
        self.count(|state| state == TaskState::Done)
    }

    pub fn count(&self, is_counted: impl Fn(TaskState) -> bool) -> usize {
        let states = self.items.iter().map(|item| item.progress.state);
        states.filter(|state| is_counted(*state)).count()
    }
}

impl Filter {
    pub const ALL: [Self; 4] = [Self::All, Self::Open, Self::Done, Self::Left];

    pub fn name(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Open => "Open",
            Self::Done => "Done",
            Self::Left => "Left out",
        }
    }

    pub fn lets_through(self, state: TaskState) -> bool {
        match self {
            Self::All => true,
            Self::Open => is_open(state),
            Self::Done => state == TaskState::Done,
            Self::Left => matches!(state, TaskState::Skipped | TaskState::CannotTell),
        }
    }

    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|filter| *filter == self);
        Self::ALL[(at.unwrap_or(0) + 1) % Self::ALL.len()]
    }
}

/// Somebody still has to look at it.
pub fn is_open(state: TaskState) -> bool {
    matches!(state, TaskState::Open | TaskState::Begun)
}
