//! What every action is called, what it does in a sentence, and its key.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::command::action::{Action, ActionInfo};

impl Action {
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
            Self::Suspect => (
                "Mark what you suspect",
                "Note this moment, or the marked region, before or beside what the methods say",
                key(Key::N),
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
                "Play the clip, or the region marked by dragging over the lanes of the timeline, again and again",
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
            Self::ShowInspect => (
                "Inspect",
                "Look at clips and at what the methods find",
                ctrl(Key::Num1),
            ),
            Self::ShowTrain => (
                "Train",
                "Train detectors, measure them and see what they come to look at",
                ctrl(Key::Num2),
            ),
            Self::UseDark => (
                "Dark window",
                "The clip is the brightest thing on screen",
                None,
            ),
            Self::UseLight => ("Light window", "For bright rooms and for print", None),
            Self::UseSystemBrightness => (
                "As bright as the system",
                "Dark or light, as the system says",
                None,
            ),
            Self::ShowAnnotate => (
                "Annotate",
                "Mark what was manipulated, so that a method learns where to look",
                ctrl(Key::Num3),
            ),
            Self::Paint(action) => return action.info(),
            Self::Queue(action) => return action.info(),
            Self::Train(action) => return action.info(),
            Self::Shell(action) => return action.info(),
            Self::Picture(action) => return action.info(),
            Self::Pair(action) => return action.info(),
            Self::Files(action) => return action.info(),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}

pub fn key(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::NONE, key))
}

pub fn shift(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::SHIFT, key))
}

pub fn alt(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::ALT, key))
}

pub fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND, key))
}

pub fn ctrl_shift(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(
        Modifiers::COMMAND | Modifiers::SHIFT,
        key,
    ))
}
