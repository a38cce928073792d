//! Actions of two clips in step, and of the list of files.

use egui::Key;

use crate::command::action::{Action, ActionInfo};
use crate::command::info::{alt, key, shift};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairAction {
    Toggle,
    NextMode,
    FrameEarlier,
    FrameLater,
    NoOffset,
    Swap,
}

/// Those of the menu `Compare`.
pub const MENU: &[Action] = &[
    Action::Pair(PairAction::Toggle),
    Action::Pair(PairAction::NextMode),
    Action::Pair(PairAction::FrameEarlier),
    Action::Pair(PairAction::FrameLater),
    Action::Pair(PairAction::NoOffset),
    Action::Pair(PairAction::Swap),
];

impl PairAction {
    pub fn info(self) -> ActionInfo {
        let (text, tooltip, shortcut) = match self {
            Self::Toggle => (
                "Compare with another clip",
                "Show the next clip of the list beside this one, in step with it; press again to end",
                key(Key::V),
            ),
            Self::NextMode => (
                "Next way to compare",
                "Side by side, under a wipe, or as the difference",
                shift(Key::V),
            ),
            Self::FrameEarlier => (
                "Second clip one frame earlier",
                "Move the second clip against the first one by one of its frames",
                key(Key::Comma),
            ),
            Self::FrameLater => (
                "Second clip one frame later",
                "Move the second clip against the first one by one of its frames",
                key(Key::Period),
            ),
            Self::NoOffset => (
                "Second clip without offset",
                "Both clips at the same time from their starts",
                shift(Key::Period),
            ),
            Self::Swap => (
                "Swap the two clips",
                "The second clip leads, and the first one follows",
                alt(Key::V),
            ),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilesAction {
    Next,
    Previous,
    AnalyzeAll,
    CancelAll,
}

impl FilesAction {
    pub fn info(self) -> ActionInfo {
        let (text, tooltip, shortcut) = match self {
            Self::Next => (
                "Next file",
                "The file below in the list",
                key(Key::PageDown),
            ),
            Self::Previous => (
                "Previous file",
                "The file above in the list",
                key(Key::PageUp),
            ),
            Self::AnalyzeAll => (
                "Analyze all",
                "Every file of the list that was not analyzed yet, from above",
                shift(Key::A),
            ),
            Self::CancelAll => (
                "Cancel all analyses",
                "Stop every analysis that runs or waits",
                None,
            ),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}
