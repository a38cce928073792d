//! Everything the user can make the workbench do, as data. Panes push commands; only `App` runs them.

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};
use seam_engine::faces::TrackId;
use seam_engine::job::JobId;

use crate::maps::MapsCommand;
use crate::state::FileId;
use crate::viewport::{TimeView, Zoom};

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
    SetPaletteText(String),
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

    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.0)
    }
}

/// Commands that need nothing but a name: those of the menus, the keys and the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    OpenFiles,
    AnalyzeFile,
    CancelAnalysis,
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
}

/// How an action is shown.
pub struct ActionInfo {
    pub text: &'static str,
    pub tooltip: &'static str,
    pub shortcut: Option<KeyboardShortcut>,
}

impl Action {
    pub const ALL: [Self; 38] = [
        Self::OpenFiles,
        Self::AnalyzeFile,
        Self::CancelAnalysis,
        Self::CopyHash,
        Self::RemoveFile,
        Self::Quit,
        Self::PlayPause,
        Self::StepForward,
        Self::StepBack,
        Self::SecondForward,
        Self::SecondBack,
        Self::GoToStart,
        Self::GoToEnd,
        Self::GoToStrongest,
        Self::ToggleLoop,
        Self::ClearRegion,
        Self::Faster,
        Self::Slower,
        Self::NormalSpeed,
        Self::Fit,
        Self::ZoomToFace,
        Self::ActualSize,
        Self::ToggleBoxes,
        Self::ToggleMaps,
        Self::ToggleMapOnClip,
        Self::ToggleResiduals,
        Self::ToggleColors,
        Self::ToggleCostliest,
        Self::ToggleEvenColors,
        Self::WipeLeft,
        Self::WipeRight,
        Self::GoToCalmest,
        Self::WholeTimeline,
        Self::ToggleAnalyzeOnOpen,
        Self::ToggleEveryFrame,
        Self::ToggleCpuOnly,
        Self::ResetLayout,
        Self::Palette,
    ];

    /// The menus, in order: title and entries.
    pub const MENUS: [(&'static str, &'static [Self]); 3] = [
        (
            "File",
            &[
                Self::OpenFiles,
                Self::AnalyzeFile,
                Self::CancelAnalysis,
                Self::CopyHash,
                Self::RemoveFile,
                Self::ToggleAnalyzeOnOpen,
                Self::ToggleEveryFrame,
                Self::ToggleCpuOnly,
                Self::Quit,
            ],
        ),
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
                Self::ToggleMaps,
                Self::ToggleMapOnClip,
                Self::ToggleResiduals,
                Self::ToggleColors,
                Self::ToggleCostliest,
                Self::ToggleEvenColors,
                Self::WipeLeft,
                Self::WipeRight,
                Self::WholeTimeline,
                Self::ResetLayout,
                Self::Palette,
            ],
        ),
    ];

    /// The one table of texts, tooltips and shortcuts.
    pub fn info(self) -> ActionInfo {
        let (text, tooltip, shortcut) = match self {
            Self::OpenFiles => (
                "Open files…",
                "Clips and pictures; originals are only read",
                ctrl(Key::O),
            ),
            Self::AnalyzeFile => (
                "Analyze",
                "Follow every face and let every method score it",
                key(Key::A),
            ),
            Self::CancelAnalysis => (
                "Cancel analysis",
                "Stop the analysis of the selected file",
                None,
            ),
            Self::CopyHash => (
                "Copy SHA-256",
                "The hash that names the selected file in every record",
                None,
            ),
            Self::RemoveFile => (
                "Remove from list",
                "The file itself is not touched",
                key(Key::Delete),
            ),
            Self::Quit => ("Quit", "Asks first while work is running", ctrl(Key::Q)),
            Self::PlayPause => ("Play or pause", "Play or pause the clip", key(Key::Space)),
            Self::StepForward => ("Next frame", "One frame forward", key(Key::ArrowRight)),
            Self::StepBack => ("Previous frame", "One frame back", key(Key::ArrowLeft)),
            Self::SecondForward => (
                "Forward one second",
                "One second forward",
                shift(Key::ArrowRight),
            ),
            Self::SecondBack => ("Back one second", "One second back", shift(Key::ArrowLeft)),
            Self::GoToStart => ("Go to start", "To the first frame", key(Key::Home)),
            Self::GoToEnd => ("Go to end", "To the last frame", key(Key::End)),
            Self::GoToStrongest => (
                "Go to the strongest moment",
                "To the frame a method objects to most, on the selected person if there is one",
                key(Key::H),
            ),
            Self::ToggleLoop => (
                "Loop",
                "Play the clip, or the region marked with shift and drag on the timeline, again and again",
                key(Key::L),
            ),
            Self::ClearRegion => ("Clear region", "Loop the whole clip again", shift(Key::L)),
            Self::Faster => ("Faster", "Next higher speed", key(Key::CloseBracket)),
            Self::Slower => ("Slower", "Next lower speed", key(Key::OpenBracket)),
            Self::NormalSpeed => ("Normal speed", "Play at 1×", key(Key::Backslash)),
            Self::Fit => ("Fit to window", "Show the whole picture", key(Key::F)),
            Self::ZoomToFace => (
                "Zoom to face",
                "Follow the selected person, or the first one",
                key(Key::Z),
            ),
            Self::ActualSize => (
                "Actual size",
                "One pixel of the clip on one of the screen",
                shift(Key::Z),
            ),
            Self::ToggleBoxes => (
                "Face boxes",
                "Show where faces were found and followed",
                key(Key::B),
            ),
            Self::ToggleMaps => (
                "Maps",
                "What a method sees in the face: under the clip, beside a calm moment",
                key(Key::M),
            ),
            Self::ToggleMapOnClip => (
                "Map on the clip",
                "Lay the picture on the right of the wipe over the face it was cut from",
                shift(Key::M),
            ),
            Self::ToggleResiduals => (
                "Residuals",
                "What reconstructions leave out of the face",
                key(Key::R),
            ),
            Self::ToggleColors => (
                "Color channels",
                "Log-likelihoods of red, of green given red, and of blue given both, beside that of the pixel",
                shift(Key::R),
            ),
            Self::ToggleCostliest => (
                "Costliest pixels",
                "Mark the least likely pixels on the face and, with the map on the clip, in the frame",
                key(Key::P),
            ),
            Self::ToggleEvenColors => (
                "Colorblind-safe likelihoods",
                "Draw log-likelihoods evenly darker from yellow to blue, instead of from red over green to blue",
                shift(Key::P),
            ),
            Self::WipeLeft => (
                "Wipe to the left",
                "Show more of the right one of the two pictures that are compared",
                alt(Key::ArrowLeft),
            ),
            Self::WipeRight => (
                "Wipe to the right",
                "Show more of the left one of the two pictures that are compared",
                alt(Key::ArrowRight),
            ),
            Self::GoToCalmest => (
                "Go to the calmest moment",
                "To the frame that maps are compared with: the one the method objects to least",
                key(Key::C),
            ),
            Self::WholeTimeline => (
                "Whole timeline",
                "Show the clip from start to end",
                shift(Key::F),
            ),
            Self::ToggleAnalyzeOnOpen => (
                "Analyze on open",
                "Off: look first, unbiased, and let the machine speak when asked",
                None,
            ),
            Self::ToggleEveryFrame => (
                "Score every frame",
                "Instead of eight frames a second; slower",
                None,
            ),
            Self::ToggleCpuOnly => (
                "Use the CPU only",
                "Even where a graphics card could be used",
                None,
            ),
            Self::ResetLayout => ("Reset layout", "Put all panes back in their places", None),
            Self::Palette => ("All commands…", "Find a command by name", ctrl(Key::K)),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}

fn key(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::NONE, key))
}

fn shift(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::SHIFT, key))
}

fn alt(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::ALT, key))
}

fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_shortcut_or_a_text() {
        for (at, a) in Action::ALL.iter().enumerate() {
            for b in &Action::ALL[at + 1..] {
                assert_ne!(a.info().text, b.info().text);
                let both = a.info().shortcut.zip(b.info().shortcut);
                assert!(both.is_none_or(|(a, b)| a != b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn every_action_is_in_a_menu() {
        for action in Action::ALL {
            let is_in_menu = Action::MENUS
                .iter()
                .any(|(_, actions)| actions.contains(&action));
            assert!(is_in_menu, "{action:?}");
        }
    }
}
