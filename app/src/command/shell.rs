//! Actions of the window as a whole: taking back, the size of words, help.

use egui::Key;

use crate::command::action::{Action, ActionInfo, Scope};
use crate::command::info::{ctrl, ctrl_shift, key};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellAction {
    Undo,
    Redo,
    LargerText,
    SmallerText,
    NormalText,
    Shortcuts,
    Tour,
    OpenSample,
    Notices,
}

/// Those of the menu `Edit`.
pub const EDIT_MENU: &[Action] = &[
    Action::Shell(ShellAction::Undo),
    Action::Shell(ShellAction::Redo),
];

/// Those of the menu `Help`.
pub const HELP_MENU: &[Action] = &[
    Action::Palette,
    Action::Shell(ShellAction::Shortcuts),
    Action::Shell(ShellAction::Tour),
    Action::Shell(ShellAction::OpenSample),
    Action::Shell(ShellAction::Notices),
];

impl ShellAction {
    pub fn scope(self) -> Scope {
        match self {
            // Paint has a history of its own.
            Self::Undo | Self::Redo => Scope::BesidePaint,
            _ => Scope::Everywhere,
        }
    }

    pub fn info(self) -> ActionInfo {
        let (text, tooltip, shortcut) = match self {
            Self::Undo => (
                "Undo",
                "Take back the last change: a file taken off the list, a cleared region, a reset layout",
                ctrl(Key::Z),
            ),
            Self::Redo => (
                "Redo",
                "What was taken back happens again",
                ctrl_shift(Key::Z),
            ),
            Self::LargerText => (
                "Larger text",
                "Everything in the window a step larger, up to 200 %",
                ctrl(Key::Plus),
            ),
            Self::SmallerText => (
                "Smaller text",
                "Everything in the window a step smaller, down to 80 %",
                ctrl(Key::Minus),
            ),
            Self::NormalText => (
                "Normal text",
                "Everything in the window at 100 %",
                ctrl(Key::Num0),
            ),
            Self::Shortcuts => (
                "Shortcuts…",
                "Every key, and what the pointer does. Also the question mark",
                key(Key::F1),
            ),
            Self::Tour => ("Tour", "A few steps on a sample clip, three minutes", None),
            Self::OpenSample => (
                "Open sample clip",
                "Rendered people; of one, the middle third is manipulated",
                None,
            ),
            Self::Notices => ("Notices…", "What the program told since it started", None),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}
