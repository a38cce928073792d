//! The tour: a few steps on the sample clip, each done by the user's own hand or passed by.

use crate::layout::Pane;
use crate::state::{AnalysisState, State};
use crate::workspace::Workspace;

/// What was done is looked at for so long before the next step comes.
const PAUSE_SECS: f64 = 1.6;

/// One card.
pub struct Step {
    pub title: &'static str,
    /// Two sentences.
    pub text: &'static str,
    pub workspace: Workspace,
    /// The pane that it speaks of.
    pub pane: Option<Pane>,
    is_done: fn(&State, &Before) -> bool,
}

/// How it was when the step began.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Before {
    position_nanos: i64,
    map_opacity: f32,
    wipe: f32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tour {
    /// The step, from 0.
    pub at: usize,
    before: Option<Before>,
    done_at_secs: Option<f64>,
}

pub const STEPS: [Step; 9] = [
    Step {
        title: "Look first",
        text: "This is a clip of rendered people; look at it before any machine says a word. Press Space to play it, and the arrow keys to step from frame to frame.",
        workspace: Workspace::Inspect,
        pane: Some(Pane::Player),
        is_done: |state, before| {
            state.playback.is_playing || state.playback.position_nanos != before.position_nanos
        },
    },
    Step {
        title: "What the file says",
        text: "On the left stand the facts of the file: how it was packed, how many frames were counted, the hash that names it in every record. Nothing is uploaded, and the original is only read.",
        workspace: Workspace::Inspect,
        pane: Some(Pane::Media),
        is_done: |_, _| false,
    },
    Step {
        title: "Ask the methods",
        text: "Press A, or the button Analyze: every face is followed, and every method looks at it in its own way. It takes a moment, and the window stays free.",
        workspace: Workspace::Inspect,
        pane: Some(Pane::Media),
        is_done: |state, _| {
            let analysis = state.selected_file().map(|file| &file.analysis);
            matches!(
                analysis,
                Some(AnalysisState::Running(_) | AnalysisState::Done(_))
            )
        },
    },
    Step {
        title: "Lanes over time",
        text: "A lane for each person, a strip for each method: from slate to vermilion, the more it objects. Click where a strip stands high, or press H to go to the strongest moment.",
        workspace: Workspace::Inspect,
        pane: Some(Pane::Timeline),
        is_done: |state, before| state.playback.position_nanos != before.position_nanos,
    },
    Step {
        title: "See what a method sees",
        text: "The maps show what a method looks at, beside a calm moment of the same face, with the scale next to them. Drag the wipe between two pictures and point at a map to read its value.",
        workspace: Workspace::Inspect,
        pane: Some(Pane::Maps),
        is_done: |state, before| state.maps.wipe != before.wipe,
    },
    Step {
        title: "What may be said",
        text: "Findings say for each person what each method found, in words, and what it cannot see on this clip. Methods may disagree, and \u{201c}cannot tell\u{201d} is an answer; nothing here proves a clip authentic.",
        workspace: Workspace::Inspect,
        pane: Some(Pane::Findings),
        is_done: |_, _| false,
    },
    Step {
        title: "Train",
        text: "Press Ctrl+2: here methods learn from clips of your own, and you see what they come to look at. Every setting has a line that says what it is for.",
        workspace: Workspace::Inspect,
        pane: None,
        is_done: |state, _| state.settings.workspace == Workspace::Train,
    },
    Step {
        title: "Annotate",
        text: "Press Ctrl+3: here you mark what was manipulated, and a method learns where to look. In Inspect, the key K brings the face on screen here.",
        workspace: Workspace::Train,
        pane: None,
        is_done: |state, _| state.settings.workspace == Workspace::Annotate,
    },
    Step {
        title: "Where to find everything",
        text: "Ctrl+K finds any command, file or person by a few letters; F1 shows every key. The tour is in the menu Help whenever you want it again.",
        workspace: Workspace::Annotate,
        pane: None,
        is_done: |state, _| state.shell.has_keyboard(),
    },
];

impl Tour {
    /// Goes on when the step was done a moment ago. Gives the step to go to.
    pub fn update(&mut self, state: &State) -> Option<usize> {
        let step = STEPS.get(self.at)?;
        let before = *self.before.get_or_insert_with(|| Before::of(state));
        let now = state.now_secs;
        if self.done_at_secs.is_none() && (step.is_done)(state, &before) {
            self.done_at_secs = Some(now);
        }
        let is_over = self.done_at_secs.is_some_and(|at| at + PAUSE_SECS < now);
        (is_over && self.at + 1 < STEPS.len()).then_some(self.at + 1)
    }

    /// The step at this place, not done yet.
    pub fn to(at: usize) -> Self {
        Self {
            at,
            ..Self::default()
        }
    }

    pub fn is_done(&self) -> bool {
        self.done_at_secs.is_some()
    }
}

impl Before {
    fn of(state: &State) -> Self {
        Self {
            position_nanos: state.playback.position_nanos,
            map_opacity: state.maps.opacity,
            wipe: state.maps.wipe,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_goes_on_by_itself_a_moment_after_it_was_done() {
        let mut state = State::default();
        let mut tour = Tour::default();
        assert_eq!(tour.update(&state), None);
        assert!(!tour.is_done());
        state.playback.is_playing = true;
        assert_eq!(tour.update(&state), None);
        assert!(tour.is_done());
        state.now_secs += 2.0;
        assert_eq!(tour.update(&state), Some(1));
    }

    #[test]
    fn the_last_step_waits_to_be_closed() {
        let mut state = State::default();
        state.shell.sheet = Some(String::new());
        let mut tour = Tour::to(STEPS.len() - 1);
        assert_eq!(tour.update(&state), None);
        state.now_secs += 60.0;
        assert_eq!(tour.update(&state), None);
    }

    #[test]
    fn cards_are_short() {
        for step in &STEPS {
            assert!(step.text.len() < 260, "{}", step.title);
            let sentences = step.text.matches(['.']).count();
            assert!((1..=3).contains(&sentences), "{}", step.title);
        }
    }
}
