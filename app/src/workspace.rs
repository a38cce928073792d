//! The workspaces: what the window is arranged for.

use serde::{Deserialize, Serialize};

use crate::command::Action;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workspace {
    /// Looking at clips and at what the methods find.
    #[default]
    Inspect,
    /// Training detectors and measuring them.
    Train,
    /// Marking what was manipulated.
    Annotate,
}

impl Workspace {
    pub const ALL: [Self; 3] = [Self::Inspect, Self::Train, Self::Annotate];

    /// What switches to it.
    pub fn action(self) -> Action {
        match self {
            Self::Inspect => Action::ShowInspect,
            Self::Train => Action::ShowTrain,
            Self::Annotate => Action::ShowAnnotate,
        }
    }
}
