//! What there is to look at: a person's face on the frame on screen, or why there is none.

use seam_engine::faces::{FaceBox, TrackId};
use seam_engine::media::FrameId;

use crate::evidence::Person;
use crate::state::{AnalysisState, Intake, MediaFile, State};

/// A face that can be looked at.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub file: &'a MediaFile,
    pub track: TrackId,
    pub person: &'a Person,
    pub face: FaceBox,
}

/// Why there is nothing to look at, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Faces are known only after an analysis.
    NotAnalyzed,
    Because(String),
}

/// The selected person's face on a frame, else the first one's.
pub fn wanted(state: &State, frame: FrameId) -> Result<Wanted<'_>, Absence> {
    let because = |text: &str| Absence::Because(text.to_owned());
    let file = state
        .selected_file()
        .ok_or_else(|| because("Open a clip to see what the methods see"))?;
    if let Intake::Failed(_) = file.intake {
        return Err(because("The file could not be read"));
    }
    match state.maps.methods.as_deref() {
        None => return Err(because("Looking for models…")),
        Some([]) => return Err(because("No method with maps has a trained model here")),
        Some(_) => {}
    }
    // Faces may be known from the intake: a method looks at them only when asked.
    if matches!(file.analysis, AnalysisState::NotAsked) {
        return Err(Absence::NotAnalyzed);
    }
    let people = &file.evidence.people;
    if people.is_empty() {
        return Err(match &file.analysis {
            AnalysisState::NotAsked | AnalysisState::Cancelled => Absence::NotAnalyzed,
            AnalysisState::Running(_) => because("Looking for faces…"),
            AnalysisState::Done(_) => because("No face was found in this clip"),
            AnalysisState::Failed(_) => because("The analysis failed, so no face is known"),
        });
    }
    let on_frame = |(&track, person)| -> Option<Wanted<'_>> {
        let person: &Person = person;
        let face = person.box_at(frame.pts_nanos, 0)?.face;
        Some(Wanted {
            file,
            track,
            person,
            face,
        })
    };
    let found = match state.person {
        Some(track) => people.get_key_value(&track).and_then(on_frame),
        None => people.iter().find_map(on_frame),
    };
    found.ok_or_else(|| {
        let is_ahead = file.evidence.followed_to_nanos < Some(frame.pts_nanos);
        let is_running = matches!(file.analysis, AnalysisState::Running(_));
        match (is_ahead && is_running, state.person) {
            (true, _) => because("Faces have not been followed up to this frame yet"),
            (false, Some(TrackId(number))) => {
                Absence::Because(format!("Person {number} is not on this frame"))
            }
            (false, None) => because("No face on this frame"),
        }
    })
}
