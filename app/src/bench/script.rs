//! The script: what a person does in the window, phase by phase.

use std::f64::consts::TAU;

use egui::{Key, Modifiers};

use crate::bench::hand::Hand;
use crate::command::{Action, QueueAction};
use crate::layout::Pane;
use crate::state::State;

/// What is done for a while. `play` is given the state, the share of the phase that has passed, and the number of the
/// frame.
pub struct Phase {
    pub name: &'static str,
    /// Of the whole time, in parts.
    pub share: f64,
    pub play: fn(&mut Hand<'_>, &State, f64, usize),
    /// Goes on as soon as this is so, and a while after its time at the latest.
    pub until: Option<fn(&State) -> bool>,
}

pub const PHASES: [Phase; 13] = [
    Phase {
        name: "open",
        share: 1.0,
        play: |hand, _, _, num| {
            if num == 0 {
                hand.open_clip();
            }
        },
        until: Some(|state| state.shown.is_some()),
    },
    timed("follow", 2.0, |hand, _, t, _| {
        hand.point(Some(Pane::Timeline), 0.2 + 0.7 * t, 0.5);
    }),
    timed("step", 1.5, |hand, _, _, num| {
        if num % 3 == 0 {
            hand.key(Key::ArrowRight, Modifiers::NONE);
        }
    }),
    timed("play", 2.0, |hand, state, _, num| {
        if num == 0 || !state.playback.is_playing && num % 10 == 0 {
            hand.key(Key::Space, Modifiers::NONE);
        }
    }),
    timed("scrub", 2.0, |hand, state, t, num| {
        if num == 0 && state.playback.is_playing {
            hand.key(Key::Space, Modifiers::NONE);
        }
        let pos = hand.point(
            Some(Pane::Timeline),
            0.55 + 0.35 * (3.0 * TAU * t).sin(),
            0.06,
        );
        if num == 0 {
            hand.press(pos, true);
        }
    }),
    timed("hover", 2.0, |hand, _, t, num| {
        if num == 0 {
            hand.act(Action::ClearRegion);
        }
        hand.point(None, 0.5 + 0.48 * (5.0 * TAU * t).sin(), 0.02 + 0.96 * t);
    }),
    timed("maps", 2.0, |hand, _, t, num| {
        if num == 0 {
            hand.act(Action::ToggleMapOnClip);
            hand.act(Action::ToggleResiduals);
        }
        if num % 20 == 0 {
            hand.key(Key::ArrowRight, Modifiers::NONE);
        }
        hand.point(
            Some(Pane::Maps),
            0.1 + 0.8 * t,
            0.5 + 0.3 * (8.0 * TAU * t).sin(),
        );
        hand.act(if num % 2 == 0 {
            Action::WipeLeft
        } else {
            Action::WipeRight
        });
    }),
    timed("zoom", 1.0, |hand, _, _, num| match num % 40 {
        0 => hand.act(Action::ZoomToFace),
        20 => hand.act(Action::Fit),
        _ => {}
    }),
    timed("palette", 1.5, |hand, _, _, num| match num {
        0 => hand.key(Key::K, Modifiers::COMMAND),
        num if num % 8 == 0 => {
            let letters = ["z", "o", "o", "m", " "];
            hand.type_text(letters[num / 8 % letters.len()]);
        }
        num if num % 3 == 0 => hand.key(Key::ArrowDown, Modifiers::NONE),
        _ => {}
    }),
    timed("workspaces", 2.0, |hand, state, _, num| {
        if num == 0 && state.shell.palette.is_some() {
            hand.key(Key::Escape, Modifiers::NONE);
        }
        let keys = [Key::Num2, Key::Num3, Key::Num1];
        if num % 12 == 11 {
            hand.key(keys[num / 12 % keys.len()], Modifiers::COMMAND);
        }
    }),
    timed("themes", 1.0, |hand, _, _, num| match num % 24 {
        0 => hand.act(Action::UseLight),
        12 => hand.act(Action::UseDark),
        _ => {}
    }),
    Phase {
        name: "mark",
        share: 1.0,
        play: |hand, _, _, num| {
            if num == 0 {
                hand.act(Action::UseDark);
                hand.act(Action::ShowInspect);
            }
            // Until the face on this frame was found.
            if num % 10 == 5 {
                hand.act(Action::Queue(QueueAction::MarkFace));
            }
        },
        until: Some(|state| state.paint.easel.is_some()),
    },
    timed("paint", 2.0, |hand, _, t, num| {
        let turn = 6.0 * TAU * t;
        let pos = hand.point(
            Some(Pane::Canvas),
            0.5 + 0.15 * turn.cos(),
            0.5 + 0.2 * turn.sin(),
        );
        // Strokes of some forty frames.
        match num % 48 {
            0 => hand.press(pos, true),
            40 => hand.press(pos, false),
            _ => {}
        }
    }),
];

const fn timed(
    name: &'static str,
    share: f64,
    play: fn(&mut Hand<'_>, &State, f64, usize),
) -> Phase {
    Phase {
        name,
        share,
        play,
        until: None,
    }
}

/// All shares together.
pub fn whole() -> f64 {
    PHASES.iter().map(|phase| phase.share).sum()
}
