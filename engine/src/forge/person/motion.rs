//! How a person moves in a shot: pose, expression, speech, blinks and gaze as functions of time.

use super::expression::Expression;
use super::noise::{hash3, unit};
use super::space::{bell, cos, ramp};

/// All from a seed; any moment can be asked for.
#[derive(Clone, Debug)]
pub struct Motion {
    seed: u64,
    /// Mean yaw, pitch and roll, radians.
    resting: [f32; 3],
    /// How far the head swings around it.
    swing: [f32; 3],
    mood: f32,
    talks: f32,
}

/// Where the head is: radians, and centimeters of sway.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    pub yaw: f32,
    pub pitch: f32,
    pub roll: f32,
    pub sway: [f32; 2],
}

impl Motion {
    /// `liveliness` scales the head's swings; 1 reaches about ±30 degrees of yaw at times.
    pub fn new(seed: u64, liveliness: f32) -> Self {
        let draw = |place: u64| 2.0 * unit(hash3(seed, 50, place)) - 1.0;
        Self {
            seed,
            resting: [
                0.16 * draw(0) * liveliness,
                0.05 * draw(1) + 0.02,
                0.04 * draw(2),
            ],
            swing: [
                (0.24 + 0.16 * draw(3)) * liveliness,
                0.13 * liveliness,
                0.09 * liveliness,
            ],
            mood: 0.25 + 0.3 * draw(4),
            talks: 0.5 + 0.5 * draw(5),
        }
    }

    pub fn pose(&self, seconds: f32) -> Pose {
        let along = |part: u64, pace: f32| {
            0.75 * self.wave(60 + part, seconds * pace)
                + 0.25 * self.wave(70 + part, seconds * pace * 3.1)
        };
        Pose {
            yaw: self.resting[0] + self.swing[0] * along(0, 0.42),
            pitch: self.resting[1] + self.swing[1] * along(1, 0.5),
            roll: self.resting[2] + self.swing[2] * along(2, 0.36),
            sway: [0.9 * along(3, 0.3), 0.5 * along(4, 0.3)],
        }
    }

    pub fn expression(&self, seconds: f32) -> Expression {
        let pose = self.pose(seconds);
        let (jaw, pucker, wide) = self.speech(seconds);
        let smile = (self.mood + 0.55 * self.wave(80, seconds * 0.25)).clamp(-0.3, 1.0);
        let raise = 0.5 * self.wave(81, seconds * 0.5).max(-0.2) + 0.2 * jaw;
        let blink = self.blink(seconds);
        let (gaze_x, gaze_y) = self.gaze(seconds);
        Expression {
            jaw_open: jaw,
            smile: (smile * (1.0 - 0.5 * pucker) + 0.25 * wide).clamp(-0.5, 1.0),
            pucker,
            part: (0.35 * jaw.min(0.3) / 0.3 + ramp(0.4, 0.9, smile)).min(1.0),
            brows: [raise, raise + 0.12 * self.wave(82, seconds * 0.3)],
            frown: (0.5 * self.wave(83, seconds * 0.3)).max(0.0),
            squint: 0.6 * smile.max(0.0) * smile.max(0.0),
            blink: [blink, blink],
            gaze: [
                (gaze_x - 0.85 * pose.yaw).clamp(-0.5, 0.5),
                (gaze_y - 0.8 * pose.pitch).clamp(-0.35, 0.3),
            ],
        }
    }

    /// Jaw, pucker and width of the mouth: syllables of random shape, with pauses.
    fn speech(&self, seconds: f32) -> (f32, f32, f32) {
        let talking = ramp(
            -0.1,
            0.15,
            self.wave(90, seconds * 0.45) + 1.1 * self.talks - 0.55,
        );
        let at = seconds * 4.4 + 0.5 * self.wave(91, seconds);
        let first = at.floor();
        let shape = |syllable: f32| {
            let draw = |stream: u64| unit(hash3(self.seed, stream, syllable as i64 as u64));
            let loud = draw(92);
            (
                0.12 + 0.55 * loud * loud,
                (draw(93) - 0.62).max(0.0) * 2.4,
                (draw(94) - 0.5).max(0.0),
            )
        };
        let mut mouth = (0.0, 0.0, 0.0);
        for step in -1..=2 {
            let syllable = first + step as f32;
            let (jaw, pucker, wide) = shape(syllable);
            let near = bell((at - syllable - 0.5) / 0.42);
            mouth.0 += jaw * near;
            mouth.1 += pucker * near;
            mouth.2 += wide * near;
        }
        (
            talking * mouth.0,
            talking * mouth.1.min(0.9),
            talking * mouth.2,
        )
    }

    /// One blink in each span of about three seconds.
    fn blink(&self, seconds: f32) -> f32 {
        const SPAN: f32 = 2.8;
        let at = (seconds / SPAN).floor();
        let start = SPAN * (at + 0.1 + 0.75 * unit(hash3(self.seed, 95, at as i64 as u64)));
        let since = seconds - start;
        let closing = ramp(0.0, 0.09, since);
        let opening = ramp(0.12, 0.27, since);
        1.05 * closing * (1.0 - opening)
    }

    /// Saccades around the camera, with pauses.
    fn gaze(&self, seconds: f32) -> (f32, f32) {
        const SPAN: f32 = 1.1;
        let at = (seconds / SPAN).floor();
        let target = |span: f32| {
            let draw = |stream: u64| 2.0 * unit(hash3(self.seed, stream, span as i64 as u64)) - 1.0;
            let far = if 0.35 < draw(96) { 0.28 } else { 0.04 };
            (far * draw(97), 0.5 * far * draw(98))
        };
        let start = SPAN * 0.8 * unit(hash3(self.seed, 99, at as i64 as u64));
        let moved = ramp(0.0, 0.05, seconds - SPAN * at - start);
        let (a, b) = (target(at - 1.0), target(at));
        (a.0 + (b.0 - a.0) * moved, a.1 + (b.1 - a.1) * moved)
    }

    /// Smooth noise in -1..1 over time.
    fn wave(&self, stream: u64, at: f32) -> f32 {
        wave(self.seed, stream, at)
    }
}

/// Smooth noise in -1..1 of one variable.
pub fn wave(seed: u64, stream: u64, at: f32) -> f32 {
    let first = at.floor();
    let value = |place: f32| 2.0 * unit(hash3(seed, stream, place as i64 as u64)) - 1.0;
    let share = 0.5 - 0.5 * cos(std::f32::consts::PI * (at - first));
    value(first) * (1.0 - share) + value(first + 1.0) * share
}
