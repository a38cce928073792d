//! How fast a training goes, rests left out.

use std::time::{Duration, Instant};

/// Share of the newest step in the running mean of step times.
const NEWEST_SHARE: f64 = 0.1;

/// How fast it goes.
pub struct Pace {
    begun: Instant,
    first_step: u64,
    steps_done: u64,
    images_done: u64,
    last: Instant,
    /// Rests since `begun`.
    rested: Duration,
    /// Rests before `last`.
    rested_before: Duration,
    /// Running mean of the time of one picture.
    image_secs: Option<f64>,
}

impl Pace {
    /// Of a training that goes on after so many steps.
    pub fn start(step: u64) -> Self {
        let now = Instant::now();
        Self {
            begun: now,
            first_step: step,
            steps_done: step,
            images_done: 0,
            last: now,
            rested: Duration::ZERO,
            rested_before: Duration::ZERO,
            image_secs: None,
        }
    }

    /// After a step on so many pictures; `rested` is how long the training has rested in all.
    pub fn step(&mut self, images: usize, rested: Duration) {
        let rest = rested.saturating_sub(self.rested_before);
        let took = self.last.elapsed().saturating_sub(rest).as_secs_f64();
        let took = took / images.max(1) as f64;
        self.rested = rested;
        self.steps_done += 1;
        self.images_done += images as u64;
        self.image_secs = Some(match self.image_secs {
            None => took,
            Some(mean) => mean + NEWEST_SHARE * (took - mean),
        });
        self.begin_step(rested);
    }

    /// The next step begins now: what was between is none of its time.
    pub fn begin_step(&mut self, rested: Duration) {
        self.last = Instant::now();
        self.rested = rested;
        self.rested_before = rested;
    }

    /// Pictures a second of late.
    pub fn newest_rate(&self) -> f32 {
        self.image_secs
            .map_or(0.0, |secs| (1.0 / secs.max(1e-6)) as f32)
    }

    /// Steps a second since the start, validations included.
    fn steps_per_second(&self) -> f64 {
        (self.steps_done - self.first_step) as f64 / self.worked_secs().max(1e-6)
    }

    /// Pictures a second since the start, validations included.
    pub fn images_per_second(&self) -> f64 {
        self.images_done as f64 / self.worked_secs().max(1e-6)
    }

    /// Seconds since the start, without rests.
    pub fn worked_secs(&self) -> f64 {
        let worked = self.begun.elapsed().saturating_sub(self.rested);
        worked.as_secs_f64()
    }

    pub fn seconds_for(&self, steps: u64) -> f32 {
        (steps as f64 / self.steps_per_second().max(1e-6)) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn rests_do_not_count() {
        let mut pace = Pace::start(10);
        let rest = Duration::from_millis(40);
        thread::sleep(rest);
        // All but the time of a few calls was rest.
        pace.step(8, rest);
        assert!(pace.worked_secs() < 0.03, "{}", pace.worked_secs());
        assert!(200.0 < pace.newest_rate(), "{}", pace.newest_rate());
        thread::sleep(rest);
        pace.step(8, rest);
        assert!(0.04 <= pace.worked_secs() && pace.worked_secs() < 5.0);
        assert!(0.01 < pace.seconds_for(2) && pace.seconds_for(2) < 5.0);
    }
}
