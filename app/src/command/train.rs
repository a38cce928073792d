//! Actions of the workspace for training: a new run, how it goes on, what it came to see.

use egui::Key;

use crate::command::action::{Action, ActionInfo, Scope};
use crate::command::info::{ctrl, ctrl_shift, key, shift};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainAction {
    NewRun,
    NewFromThis,
    OpenRuns,
    Start,
    PauseOrGoOn,
    Stop,
    Resume,
    PreviousStep,
    NextStep,
    FirstStep,
    LastStep,
    PlaySteps,
    WipeLeft,
    WipeRight,
    ToggleSmooth,
    ToggleLog,
    CopyPath,
    CopyCommand,
    RemoveRun,
}

/// Those of the menu `Train`.
pub const MENU: &[Action] = &[
    Action::Train(TrainAction::NewRun),
    Action::Train(TrainAction::NewFromThis),
    Action::Train(TrainAction::OpenRuns),
    Action::Train(TrainAction::Start),
    Action::Train(TrainAction::PauseOrGoOn),
    Action::Train(TrainAction::Stop),
    Action::Train(TrainAction::Resume),
    Action::Train(TrainAction::PreviousStep),
    Action::Train(TrainAction::NextStep),
    Action::Train(TrainAction::FirstStep),
    Action::Train(TrainAction::LastStep),
    Action::Train(TrainAction::PlaySteps),
    Action::Train(TrainAction::WipeLeft),
    Action::Train(TrainAction::WipeRight),
    Action::Train(TrainAction::ToggleSmooth),
    Action::Train(TrainAction::ToggleLog),
    Action::Train(TrainAction::CopyPath),
    Action::Train(TrainAction::CopyCommand),
    Action::Train(TrainAction::RemoveRun),
];

impl TrainAction {
    pub fn scope(self) -> Scope {
        Scope::Train
    }

    pub fn info(self) -> ActionInfo {
        let (text, tooltip, shortcut) = match self {
            Self::NewRun => (
                "New run…",
                "Choose a method, data and numbers, and start",
                ctrl(Key::N),
            ),
            Self::NewFromThis => (
                "New run from this",
                "A new run that begins with the numbers of the shown one",
                ctrl_shift(Key::N),
            ),
            Self::OpenRuns => (
                "Open runs…",
                "A run's folder, or a folder of runs, that lies elsewhere",
                ctrl_shift(Key::R),
            ),
            Self::Start => (
                "Start training",
                "Start the run that is set up",
                ctrl(Key::Enter),
            ),
            Self::PauseOrGoOn => (
                "Pause or go on",
                "The shown run rests, and keeps its memory, until it goes on",
                key(Key::P),
            ),
            Self::Stop => (
                "Stop training",
                "Write a checkpoint and stop the shown run; it can be resumed at any time",
                shift(Key::S),
            ),
            Self::Resume => (
                "Resume from checkpoint",
                "Go on from the last checkpoint, to the same numbers as without a stop",
                key(Key::R),
            ),
            Self::PreviousStep => (
                "Previous watched step",
                "What the model saw before",
                key(Key::ArrowLeft),
            ),
            Self::NextStep => (
                "Next watched step",
                "What the model saw after that",
                key(Key::ArrowRight),
            ),
            Self::FirstStep => ("First watched step", "Where it began", key(Key::Home)),
            Self::LastStep => (
                "Newest watched step",
                "What it sees now, followed as it trains",
                key(Key::End),
            ),
            Self::PlaySteps => (
                "Play the steps",
                "What the model sees, step by step, as a film",
                key(Key::Space),
            ),
            Self::WipeLeft => (
                "Wipe to the left",
                "Show more of the right one of the two steps or runs that are compared",
                shift(Key::ArrowLeft),
            ),
            Self::WipeRight => (
                "Wipe to the right",
                "Show more of the left one of the two steps or runs that are compared",
                shift(Key::ArrowRight),
            ),
            Self::ToggleSmooth => (
                "Smooth",
                "Draw losses calmed over a few hundredths of the steps, with what was measured behind",
                key(Key::M),
            ),
            Self::ToggleLog => (
                "Log scale",
                "Draw losses on a scale where each step up is as many times as much",
                key(Key::L),
            ),
            Self::CopyPath => ("Copy folder path", "Where the shown run lies", None),
            Self::CopyCommand => (
                "Copy command line",
                "The same training for a terminal",
                None,
            ),
            Self::RemoveRun => (
                "Remove run from list",
                "Its folder is not touched",
                key(Key::Delete),
            ),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}
