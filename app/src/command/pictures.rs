//! Actions of the maps pane: how pictures are laid out, and where they go.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::command::action::{Action, ActionInfo};
use crate::command::info::{ctrl, key};
use crate::maps::view::View;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureAction {
    Show(View),
    FullScreen,
    SaveMoment,
}

/// Those of the menu `Pictures`.
pub const MENU: &[Action] = &[
    Action::ToggleMaps,
    Action::Picture(PictureAction::Show(View::Strip)),
    Action::Picture(PictureAction::Show(View::Sides)),
    Action::Picture(PictureAction::Show(View::All)),
    Action::Picture(PictureAction::FullScreen),
    Action::Picture(PictureAction::SaveMoment),
    Action::ToggleMapOnClip,
    Action::ToggleResiduals,
    Action::ToggleColors,
    Action::ToggleCostliest,
    Action::ToggleEvenColors,
    Action::WipeLeft,
    Action::WipeRight,
];

impl PictureAction {
    pub fn info(self) -> ActionInfo {
        let (text, tooltip, shortcut) = match self {
            Self::Show(View::Strip) => (
                "Pictures of one method",
                "Every picture of one method, and two of them under a wipe",
                key(Key::T),
            ),
            Self::Show(View::Sides) => (
                "Pictures side by side",
                "One picture in large: of this frame, and of the calmest one",
                key(Key::S),
            ),
            Self::Show(View::All) => (
                "Pictures of all methods",
                "A row for each method, all of the same face",
                key(Key::G),
            ),
            Self::FullScreen => (
                "Picture on the whole window",
                "The picture on the right of the wipe; arrow keys go through the others",
                Some(KeyboardShortcut::new(Modifiers::NONE, Key::F11)),
            ),
            Self::SaveMoment => (
                "Save pictures of this moment…",
                "Pictures, raw values and where they are from, in a folder of their own",
                ctrl(Key::S),
            ),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}
