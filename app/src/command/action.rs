//! Commands that need nothing but a name: those of the menus, the keys and the palette.

use egui::KeyboardShortcut;

use crate::command::paint::{self, PaintAction};
use crate::command::pair::{self, FilesAction, PairAction};
use crate::command::pictures::{self, PictureAction};
use crate::command::queue::{self, QueueAction};
use crate::command::shell::{self, ShellAction};
use crate::command::train::{self, TrainAction};
use crate::workspace::Workspace;

/// One of them. Matched in `Action::info`, so that none can be without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    OpenFiles,
    AnalyzeFile,
    CancelAnalysis,
    Suspect,
    CopyHash,
    RemoveFile,
    Quit,
    PlayPause,
    StepForward,
    StepBack,
    SecondForward,
    SecondBack,
    GoToStart,
    GoToEnd,
    GoToStrongest,
    ToggleLoop,
    ClearRegion,
    Faster,
    Slower,
    NormalSpeed,
    Fit,
    ZoomToFace,
    ActualSize,
    ToggleBoxes,
    ToggleMaps,
    ToggleMapOnClip,
    ToggleResiduals,
    ToggleColors,
    ToggleCostliest,
    ToggleEvenColors,
    WipeLeft,
    WipeRight,
    GoToCalmest,
    WholeTimeline,
    ToggleAnalyzeOnOpen,
    ToggleEveryFrame,
    ToggleCpuOnly,
    ResetLayout,
    Palette,
    ShowInspect,
    ShowTrain,
    ShowAnnotate,
    UseDark,
    UseLight,
    UseSystemBrightness,
    Paint(PaintAction),
    Queue(QueueAction),
    Train(TrainAction),
    Shell(ShellAction),
    Picture(PictureAction),
    Pair(PairAction),
    Files(FilesAction),
}

/// How an action is shown.
pub struct ActionInfo {
    pub text: &'static str,
    pub tooltip: &'static str,
    pub shortcut: Option<KeyboardShortcut>,
}

/// Where an action can be used: a key may mean one thing in one workspace and another in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Everywhere,
    Inspect,
    Train,
    Annotate,
    /// Inspect and Train.
    BesidePaint,
}

impl Action {
    /// Every action, once.
    pub fn all() -> impl Iterator<Item = Self> {
        let menus = Self::MENUS.into_iter();
        menus.flat_map(|(_, actions)| actions.iter().copied())
    }

    /// Those that can be used in a workspace.
    pub fn within(workspace: Workspace) -> impl Iterator<Item = Self> {
        Self::all().filter(move |action| action.scope().is_in(workspace))
    }

    /// The menus, in order: title and entries.
    pub const MENUS: [(&'static str, &'static [Self]); 11] = [
        (
            "File",
            &[
                Self::OpenFiles,
                Self::AnalyzeFile,
                Self::CancelAnalysis,
                Self::Suspect,
                Self::CopyHash,
                Self::RemoveFile,
                Self::Files(FilesAction::Next),
                Self::Files(FilesAction::Previous),
                Self::Files(FilesAction::AnalyzeAll),
                Self::Files(FilesAction::CancelAll),
                Self::Queue(QueueAction::MarkFace),
                Self::Queue(QueueAction::OpenFolder),
                Self::Queue(QueueAction::NewQueue),
                Self::ToggleAnalyzeOnOpen,
                Self::ToggleEveryFrame,
                Self::ToggleCpuOnly,
                Self::Quit,
            ],
        ),
        ("Edit", shell::EDIT_MENU),
        (
            "Play",
            &[
                Self::PlayPause,
                Self::StepForward,
                Self::StepBack,
                Self::SecondForward,
                Self::SecondBack,
                Self::GoToStart,
                Self::GoToEnd,
                Self::GoToStrongest,
                Self::GoToCalmest,
                Self::ToggleLoop,
                Self::ClearRegion,
                Self::Faster,
                Self::Slower,
                Self::NormalSpeed,
            ],
        ),
        (
            "View",
            &[
                Self::Fit,
                Self::ZoomToFace,
                Self::ActualSize,
                Self::ToggleBoxes,
                Self::WholeTimeline,
                Self::ShowInspect,
                Self::ShowTrain,
                Self::ShowAnnotate,
                Self::UseDark,
                Self::UseLight,
                Self::UseSystemBrightness,
                Self::Shell(ShellAction::LargerText),
                Self::Shell(ShellAction::SmallerText),
                Self::Shell(ShellAction::NormalText),
                Self::ResetLayout,
            ],
        ),
        ("Train", train::MENU),
        ("Pictures", pictures::MENU),
        ("Compare", pair::MENU),
        ("Queue", queue::MENU),
        ("Paint", paint::MENU),
        ("Canvas", paint::CANVAS_MENU),
        ("Help", shell::HELP_MENU),
    ];

    /// Where it can be used.
    pub fn scope(self) -> Scope {
        match self {
            Self::OpenFiles
            | Self::Quit
            | Self::ToggleCpuOnly
            | Self::ResetLayout
            | Self::Palette
            | Self::ShowInspect
            | Self::ShowTrain
            | Self::ShowAnnotate
            | Self::UseDark
            | Self::UseLight
            | Self::UseSystemBrightness => Scope::Everywhere,
            Self::Paint(_) => Scope::Annotate,
            Self::Queue(action) => action.scope(),
            Self::Train(action) => action.scope(),
            Self::Shell(action) => action.scope(),
            _ => Scope::Inspect,
        }
    }
}

impl Scope {
    pub fn is_in(self, workspace: Workspace) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Inspect => workspace == Workspace::Inspect,
            Self::Train => workspace == Workspace::Train,
            Self::Annotate => workspace == Workspace::Annotate,
            Self::BesidePaint => workspace != Workspace::Annotate,
        }
    }

    /// Where to go to use it; `None` for what can be used everywhere.
    pub fn home(self) -> Option<Workspace> {
        match self {
            Self::Everywhere => None,
            Self::Inspect | Self::BesidePaint => Some(Workspace::Inspect),
            Self::Train => Some(Workspace::Train),
            Self::Annotate => Some(Workspace::Annotate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_shortcut_or_a_text() {
        for workspace in Workspace::ALL {
            let actions: Vec<Action> = Action::within(workspace).collect();
            for (at, a) in actions.iter().enumerate() {
                for b in &actions[at + 1..] {
                    assert_ne!(a, b);
                    assert_ne!(a.info().text, b.info().text);
                    let both = a.info().shortcut.zip(b.info().shortcut);
                    assert!(both.is_none_or(|(a, b)| a != b), "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn digits_are_left_to_people_and_to_parts_of_the_face() {
        let plain = |action: Action| {
            action
                .info()
                .shortcut
                .filter(|keys| keys.modifiers.is_none())
        };
        let digits = crate::keys::DIGITS;
        let taken = |workspace| {
            let keys = Action::within(workspace).filter_map(plain);
            keys.filter(|keys| digits.contains(&keys.logical_key))
                .count()
        };
        assert_eq!(taken(Workspace::Inspect), 0);
        assert_eq!(taken(Workspace::Annotate), paint::PARTS.len());
    }
}
