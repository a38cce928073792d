//! Two clips in step: the second follows the first one's playhead.

mod difference;
pub mod second;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use egui::TextureId;
use seam_engine::media::Frame;

use crate::command::PairAction;
use crate::playback::frame_at;
use crate::state::{FileId, MediaFile, Shown, State};

/// Ends of the amplification of the difference.
pub const AMPLIFICATIONS: std::ops::RangeInclusive<f32> = 1.0..=32.0;

/// Some containers count time in thousandths of a second: so much later still is the same moment.
const TOLERANCE_NANOS: i64 = 1_000_000;

/// The clip beside the selected one. Changed only by `App`.
#[derive(Debug)]
pub struct Pair {
    pub second: FileId,
    pub mode: Mode,
    /// The second clip's time is the first one's and this, in nanoseconds.
    pub offset_nanos: i64,
    /// Where the handle is, 0 to 1.
    pub wipe: f32,
    /// The difference is drawn so many times as strong.
    pub amplification: f32,
    /// The second clip's frame on screen.
    pub shown: Option<Shown>,
    /// Both frames, once both are decoded; for values under the pointer.
    pub frames: Option<[Arc<Frame>; 2]>,
    pub difference: Option<Difference>,
    /// Why there is no frame of the second clip.
    pub error: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Sides,
    Wipe,
    Difference,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::Sides, Self::Wipe, Self::Difference];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sides => "Side by side",
            Self::Wipe => "Wipe",
            Self::Difference => "Difference",
        }
    }

    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|mode| *mode == self);
        Self::ALL[(at.unwrap_or(0) + 1) % Self::ALL.len()]
    }
}

/// The difference of both frames as a picture. Levels of 255, the mean over red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    pub texture: TextureId,
    pub mean: f32,
    pub largest: f32,
}

/// What the comparison can ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PairCommand {
    With(FileId),
    Close,
    SetMode(Mode),
    SetOffset(i64),
    MoveWipe(f32),
    Amplify(f32),
}

impl Pair {
    pub fn new(second: FileId) -> Self {
        Self {
            second,
            mode: Mode::default(),
            offset_nanos: 0,
            wipe: 0.5,
            amplification: 4.0,
            shown: None,
            frames: None,
            difference: None,
            error: None,
        }
    }

    /// Which frame of the second clip belongs to a time of the first one, and whether the second clip has ended or
    /// not begun there. The time itself where its frames are not known yet.
    pub fn wish(&self, first_nanos: i64, frames: &[i64]) -> (i64, Reach) {
        let at = first_nanos.saturating_add(self.offset_nanos);
        let (Some(&start), Some(&last)) = (frames.first(), frames.last()) else {
            return (at.max(0), Reach::Inside);
        };
        let length = match frames {
            [.., before, _] => last - before,
            _ => 0,
        };
        let reach = if at + TOLERANCE_NANOS < start {
            Reach::Before
        } else if last + length <= at && 1 < frames.len() {
            Reach::After
        } else {
            Reach::Inside
        };
        let index = frame_at(frames, at + TOLERANCE_NANOS);
        (index.map_or(at, |index| frames[index]), reach)
    }
}

/// Where a time lies in the second clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Before,
    Inside,
    After,
}

impl State {
    pub fn run_pair(&mut self, command: PairCommand) {
        if let PairCommand::With(second) = command {
            let is_other = self.selected.is_some() && self.selected != Some(second);
            if is_other && self.file(second).is_some() {
                self.pair = Some(Pair::new(second));
            }
            return;
        }
        let Some(pair) = &mut self.pair else {
            return;
        };
        match command {
            PairCommand::With(_) => {}
            PairCommand::Close => self.pair = None,
            PairCommand::SetMode(mode) => pair.mode = mode,
            PairCommand::SetOffset(nanos) => pair.offset_nanos = nanos,
            PairCommand::MoveWipe(to) => pair.wipe = to.clamp(0.0, 1.0),
            PairCommand::Amplify(times) => {
                let (least, most) = (*AMPLIFICATIONS.start(), *AMPLIFICATIONS.end());
                pair.amplification = times.clamp(least, most);
            }
        }
    }

    pub fn act_on_pair(&mut self, action: PairAction) {
        let next = self.next_other();
        let frame_nanos = self.second_file().map_or(0, MediaFile::frame_nanos);
        let Some(pair) = &mut self.pair else {
            if let (PairAction::Toggle, Some(next)) = (action, next) {
                self.pair = Some(Pair::new(next));
            }
            return;
        };
        match action {
            PairAction::Toggle => self.pair = None,
            PairAction::NextMode => pair.mode = pair.mode.next(),
            PairAction::FrameEarlier => pair.offset_nanos -= frame_nanos,
            PairAction::FrameLater => pair.offset_nanos += frame_nanos,
            PairAction::NoOffset => pair.offset_nanos = 0,
            PairAction::Swap => {
                let second = pair.second;
                self.select(second);
            }
        }
    }

    pub fn second_file(&self) -> Option<&MediaFile> {
        self.file(self.pair.as_ref()?.second)
    }

    /// Another file was selected: where it is the second clip, the two change places and stay in step.
    pub fn selected_in_pair(&mut self, before: Option<FileId>) {
        let selected = self.selected;
        let Some(pair) = self.pair.take_if(|pair| Some(pair.second) == selected) else {
            return;
        };
        let Some(before) = before else {
            return;
        };
        self.pair = Some(Pair {
            offset_nanos: pair.offset_nanos.saturating_neg(),
            mode: pair.mode,
            wipe: pair.wipe,
            amplification: pair.amplification,
            ..Pair::new(before)
        });
    }

    /// The file after the selected one in the list, and the first one after the last.
    fn next_other(&self) -> Option<FileId> {
        let selected = self.selected?;
        let at = self.files.iter().position(|file| file.id == selected)?;
        let around = self.files[at + 1..].iter().chain(&self.files[..at]);
        around.map(|file| file.id).next()
    }
}
