//! Which frames are scored.

use crate::analysis::Sampling;

/// Walks through presentation times and says which frames are due.
#[derive(Clone, Debug)]
pub struct Sampler {
    sampling: Sampling,
    next_due_nanos: Option<i64>,
}

impl Sampler {
    pub fn new(sampling: Sampling) -> Self {
        Self {
            sampling,
            next_due_nanos: None,
        }
    }

    /// Whether the frame that starts at this time is scored. Times must not go back. The first frame
    /// always is; after a gap in the times the next frame is, once.
    pub fn is_due(&mut self, pts_nanos: i64) -> bool {
        let Sampling::PerSecond(rate) = self.sampling else {
            return true;
        };
        let step_nanos = (1e9 / f64::from(rate.max(1e-3))) as i64;
        let due = self.next_due_nanos.unwrap_or(pts_nanos);
        if pts_nanos < due {
            return false;
        }
        let behind = (pts_nanos - due) / step_nanos;
        self.next_due_nanos = Some(due + (behind + 1) * step_nanos);
        true
    }
}

impl Sampling {
    /// The rule in words, for the record.
    pub fn rule(self) -> String {
        match self {
            Self::EveryFrame => "every frame".to_owned(),
            Self::PerSecond(rate) => {
                format!("at most {rate} frames a second of media time, evenly spread")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rate: f32, pts_millis: &[i64], expected: &[i64]) {
        let mut sampler = Sampler::new(Sampling::PerSecond(rate));
        let due: Vec<i64> = pts_millis
            .iter()
            .copied()
            .filter(|millis| sampler.is_due(millis * 1_000_000))
            .collect();
        assert_eq!(due, expected);
    }

    #[test]
    fn frames_are_spread_evenly() {
        check(10.0, &[0, 40, 80, 120, 160, 200, 240], &[0, 120, 200]);
        check(100.0, &[0, 40, 80], &[0, 40, 80]);
    }

    #[test]
    fn a_gap_in_the_times_is_not_caught_up_with() {
        check(10.0, &[0, 5000, 5040, 5080, 5120], &[0, 5000, 5120]);
    }

    #[test]
    fn every_frame_is_every_frame() {
        let mut sampler = Sampler::new(Sampling::EveryFrame);
        assert!((0..5).all(|pts| sampler.is_due(pts)));
    }
}
