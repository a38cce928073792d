//! Actions of the queue: which face is next, what became of it, and what is learned from the masks.

use egui::Key;

use crate::command::action::{Action, ActionInfo, Scope};
use crate::command::info::{ctrl, ctrl_shift, key, shift};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueAction {
    MarkFace,
    OpenFolder,
    NewQueue,
    Done,
    Skip,
    CannotTell,
    Reopen,
    Next,
    Previous,
    NextOpen,
    Comment,
    NextFilter,
    PreviousPainted,
    NextPainted,
    Midpoint,
    Carry,
    Retrain,
    CloseFolder,
}

/// Those of the menu `Queue`.
pub const MENU: &[Action] = &[
    Action::Queue(QueueAction::Done),
    Action::Queue(QueueAction::Skip),
    Action::Queue(QueueAction::CannotTell),
    Action::Queue(QueueAction::Reopen),
    Action::Queue(QueueAction::Next),
    Action::Queue(QueueAction::Previous),
    Action::Queue(QueueAction::NextOpen),
    Action::Queue(QueueAction::Comment),
    Action::Queue(QueueAction::NextFilter),
    Action::Queue(QueueAction::PreviousPainted),
    Action::Queue(QueueAction::NextPainted),
    Action::Queue(QueueAction::Midpoint),
    Action::Queue(QueueAction::Carry),
    Action::Queue(QueueAction::Retrain),
    Action::Queue(QueueAction::CloseFolder),
];

impl QueueAction {
    pub fn scope(self) -> Scope {
        match self {
            Self::MarkFace => Scope::Inspect,
            Self::OpenFolder => Scope::Everywhere,
            _ => Scope::Annotate,
        }
    }

    pub fn info(self) -> ActionInfo {
        let (text, tooltip, shortcut) = match self {
            Self::MarkFace => (
                "Mark this face",
                "Add the selected person on the frame on screen to your own annotations",
                key(Key::K),
            ),
            Self::OpenFolder => (
                "Open annotations…",
                "A folder of faces to mark and of masks",
                ctrl_shift(Key::O),
            ),
            Self::NewQueue => (
                "New queue…",
                "Let a model choose the faces it can learn most from, out of a manifest",
                ctrl(Key::N),
            ),
            Self::Done => (
                "Done and next",
                "The mask is complete; go to the next open face. Also Enter",
                key(Key::D),
            ),
            Self::Skip => (
                "Skip",
                "Leave this face out and go to the next open one",
                key(Key::S),
            ),
            Self::CannotTell => (
                "Cannot tell",
                "Nobody could say what was manipulated here; an answer, too",
                key(Key::Q),
            ),
            Self::Reopen => (
                "Open again",
                "Take back done, skipped or cannot tell",
                shift(Key::D),
            ),
            Self::Next => ("Next face", "The next one in the list", key(Key::PageDown)),
            Self::Previous => (
                "Previous face",
                "The one before in the list",
                key(Key::PageUp),
            ),
            Self::NextOpen => (
                "Next open face",
                "The next one that is not done, skipped or undecided",
                key(Key::N),
            ),
            Self::Comment => (
                "Write a comment",
                "A note that stays with the mask",
                key(Key::C),
            ),
            Self::NextFilter => ("Next filter", "Which faces the list shows", key(Key::Y)),
            Self::PreviousPainted => (
                "Previous painted frame",
                "Of the same face in this clip",
                key(Key::Comma),
            ),
            Self::NextPainted => (
                "Next painted frame",
                "Of the same face in this clip",
                key(Key::Period),
            ),
            Self::Midpoint => (
                "Frame in the middle",
                "Between the two painted frames around this one",
                key(Key::Slash),
            ),
            Self::Carry => (
                "Carry to the next frames",
                "Move this mask along with the face, as far as it fits",
                key(Key::V),
            ),
            Self::Retrain => (
                "Retrain",
                "Let the model learn from the masks so far, in the background",
                ctrl(Key::R),
            ),
            Self::CloseFolder => ("Close annotations", "Everything is saved already", None),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}
