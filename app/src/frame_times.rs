//! How long the window's last frames took, to show that background work does not slow it.

use std::time::Duration;

/// Frames remembered.
const NUM_FRAMES: usize = 1024;

/// A ring of the last frame times: the window thread's work on one frame, without waiting for the
/// display.
#[derive(Debug, Default)]
pub struct FrameTimes {
    millis: Vec<f32>,
    next: usize,
}

/// Middle, 99th percentile and longest of the remembered frame times, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameSummary {
    pub frames: usize,
    pub median_millis: f32,
    pub p99_millis: f32,
    pub longest_millis: f32,
}

impl FrameTimes {
    pub fn push(&mut self, time: Duration) {
        let millis = time.as_secs_f32() * 1e3;
        if self.millis.len() < NUM_FRAMES {
            self.millis.push(millis);
        } else {
            self.millis[self.next] = millis;
            self.next = (self.next + 1) % NUM_FRAMES;
        }
    }

    /// Forgets all, to measure a stretch of its own.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub fn summary(&self) -> Option<FrameSummary> {
        let mut sorted = self.millis.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let at = |share: f64| sorted[(share * (sorted.len() - 1) as f64).round() as usize];
        (!sorted.is_empty()).then(|| FrameSummary {
            frames: sorted.len(),
            median_millis: at(0.5),
            p99_millis: at(0.99),
            longest_millis: at(1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_come_from_the_newest_frames() {
        let mut times = FrameTimes::default();
        assert_eq!(times.summary(), None);
        for _ in 0..50 {
            times.push(Duration::from_millis(900));
        }
        for millis in 0..NUM_FRAMES as u64 {
            times.push(Duration::from_micros(millis));
        }
        let summary = times.summary().unwrap();
        assert_eq!(summary.frames, NUM_FRAMES);
        assert!(summary.longest_millis < 2.0, "{summary:?}");
        assert!(summary.median_millis < summary.p99_millis);
    }
}
