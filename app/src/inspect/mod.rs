//! Looking at a clip: what the intake found, what the person suspects, and what is under the pointer.

pub mod digest;
pub mod faces;
mod notes;
mod peek;
pub mod suspicion;

use egui::Context;
use seam_engine::analysis::Analysis;

pub use digest::Digest;
pub use peek::Peek;
pub use suspicion::Suspicion;

use crate::inspect::notes::Notes;
use crate::inspect::peek::Peeker;
use crate::state::{AnalysisState, FileId, State};

/// What panes of this workspace ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum InspectCommand {
    /// Finds the faces of a file; nothing is scored.
    LookForFaces(FileId),
    /// The frame under the pointer on the timeline, as a presentation time in nanoseconds.
    Peek(Option<i64>),
    /// What is suspected of the selected file, in the person's own words.
    Suspect(String),
    /// Marks the region, or the moment under the playhead.
    MarkSuspicion,
    /// Takes away a mark by its place.
    Unmark(usize),
}

/// The threads behind it. Lives in `App`.
pub struct Inspector {
    notes: Notes,
    peeker: Peeker,
}

impl Inspector {
    /// # Errors
    ///
    /// When a thread could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        Ok(Self {
            notes: Notes::new(ctx)?,
            peeker: Peeker::new(ctx)?,
        })
    }

    /// Brings what the threads told to the screen. Never waits.
    pub fn update(&mut self, ctx: &Context, state: &mut State) {
        self.notes.update(&mut state.files);
        self.peeker.update(ctx, state);
        for file in &mut state.files {
            match &file.analysis {
                AnalysisState::Done(analysis) if file.digest.is_none() => {
                    file.digest = Some(digest_of(analysis));
                }
                AnalysisState::Done(_) => {}
                _ => file.digest = None,
            }
        }
    }
}

fn digest_of(analysis: &Analysis) -> Box<Digest> {
    Box::new(Digest::of(analysis))
}

impl State {
    /// Runs what needs no engine.
    pub fn inspect(&mut self, command: InspectCommand) {
        let (position, region) = (self.playback.position_nanos, self.playback.region);
        if let InspectCommand::Peek(wish) = command {
            self.peek.wish = wish;
            return;
        }
        let Some(file) = self.selected.and_then(|id| self.file_mut(id)) else {
            return;
        };
        let has_answer = !matches!(file.analysis, AnalysisState::NotAsked);
        match command {
            InspectCommand::Suspect(text) => file.suspicion.write(text, has_answer),
            InspectCommand::MarkSuspicion => {
                let (start, end) = region.unwrap_or((position, position));
                file.suspicion.mark(start, end, has_answer);
            }
            InspectCommand::Unmark(place) => file.suspicion.unmark(place, has_answer),
            InspectCommand::LookForFaces(_) | InspectCommand::Peek(_) => {}
        }
    }
}
