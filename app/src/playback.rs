//! The playhead: where it is, how it moves with the clock, and which frame that is.

/// Playback speeds that the speed keys step through.
pub const SPEEDS: [f64; 8] = [0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0];

/// The clock is not followed over longer pauses than this, in seconds: a hidden window, a stall.
const LONGEST_STEP_SECS: f64 = 2.0;

/// Where the playhead is and how it moves. Times are presentation times in nanoseconds.
#[derive(Debug)]
pub struct Playback {
    pub position_nanos: i64,
    pub is_playing: bool,
    pub speed: f64,
    pub loops: bool,
    /// The part of the clip that is looped, first and last time; the whole clip without.
    pub region: Option<(i64, i64)>,
    /// Time of the window's clock at the last advance, in seconds.
    last_secs: Option<f64>,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            position_nanos: 0,
            is_playing: false,
            speed: 1.0,
            loops: false,
            region: None,
            last_secs: None,
        }
    }
}

impl Playback {
    /// Moves the playhead by the time that passed on the window's clock. `frames` are the clip's
    /// presentation times, in order; empty while they are not known.
    pub fn advance(&mut self, now_secs: f64, frames: &[i64]) {
        let passed = now_secs - self.last_secs.unwrap_or(now_secs);
        self.last_secs = Some(now_secs);
        if !self.is_playing {
            return;
        }
        let passed = passed.clamp(0.0, LONGEST_STEP_SECS);
        self.position_nanos += (passed * self.speed * 1e9) as i64;
        let Some((start, end)) = self.ends(frames) else {
            return;
        };
        if self.position_nanos < end {
            return;
        }
        if self.loops && start < end {
            self.position_nanos = start + (self.position_nanos - start) % (end - start);
        } else {
            self.position_nanos = *frames.last().unwrap_or(&end);
            self.is_playing = false;
        }
    }

    /// Starts or stops. At the end of the clip it starts over.
    pub fn toggle(&mut self, frames: &[i64]) {
        self.is_playing = !self.is_playing;
        self.last_secs = None;
        if let Some((start, _)) = self.ends(frames)
            && self.is_playing
            && frames
                .last()
                .is_some_and(|&last| last <= self.position_nanos)
        {
            self.position_nanos = start;
        }
    }

    pub fn seek(&mut self, pts_nanos: i64, frames: &[i64]) {
        let last = frames.last().copied().unwrap_or(i64::MAX);
        let first = frames.first().copied().unwrap_or(0);
        self.position_nanos = pts_nanos.clamp(first, last);
    }

    /// Goes by whole frames from the one under the playhead, and stops there.
    pub fn step(&mut self, by: i64, frames: &[i64]) {
        self.is_playing = false;
        if let Some(at) = frame_at(frames, self.position_nanos) {
            let to = (at as i64 + by).clamp(0, frames.len() as i64 - 1);
            self.position_nanos = frames[to as usize];
        }
    }

    /// To the next slower or faster speed of [`SPEEDS`].
    pub fn change_speed(&mut self, is_faster: bool) {
        let next = if is_faster {
            SPEEDS.iter().find(|&&speed| self.speed < speed)
        } else {
            SPEEDS.iter().rev().find(|&&speed| speed < self.speed)
        };
        self.speed = *next.unwrap_or(&self.speed);
    }

    /// Seconds on the clock until another frame is due; `None` when standing still.
    pub fn secs_to_next_frame(&self, frames: &[i64]) -> Option<f64> {
        if !self.is_playing {
            return None;
        }
        let next = frames.get(frames.partition_point(|&pts| pts <= self.position_nanos));
        let nanos = next.map_or(20_000_000, |&pts| pts - self.position_nanos);
        Some((nanos as f64 * 1e-9 / self.speed).clamp(0.002, 0.1))
    }

    /// First time, and the time at which playing ends: a region's end, or one frame after the last.
    fn ends(&self, frames: &[i64]) -> Option<(i64, i64)> {
        if let (true, Some(region)) = (self.loops, self.region) {
            return Some(region);
        }
        let (&first, &last) = (frames.first()?, frames.last()?);
        let frame = match frames {
            [.., before, _] => last - before,
            _ => 0,
        };
        Some((first, last + frame))
    }
}

/// The frame on screen at this time: the last that starts at or before it, else the first.
/// `None` without frames.
pub fn frame_at(frames: &[i64], pts_nanos: i64) -> Option<usize> {
    if frames.is_empty() {
        return None;
    }
    Some(
        frames
            .partition_point(|&pts| pts <= pts_nanos)
            .saturating_sub(1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: [i64; 4] = [0, 40_000_000, 80_000_000, 120_000_000];

    fn playing(at: i64) -> Playback {
        Playback {
            position_nanos: at,
            is_playing: true,
            last_secs: Some(0.0),
            ..Playback::default()
        }
    }

    #[test]
    fn playing_follows_the_clock_and_stops_at_the_end() {
        let mut playback = playing(0);
        playback.advance(0.05, &FRAMES);
        assert_eq!(playback.position_nanos, 50_000_000);
        assert_eq!(frame_at(&FRAMES, playback.position_nanos), Some(1));
        playback.advance(0.3, &FRAMES);
        assert_eq!(playback.position_nanos, 120_000_000);
        assert!(!playback.is_playing);
    }

    #[test]
    fn a_loop_goes_round_within_its_region() {
        let mut playback = playing(40_000_000);
        playback.loops = true;
        playback.region = Some((40_000_000, 80_000_000));
        playback.advance(0.05, &FRAMES);
        assert_eq!(playback.position_nanos, 50_000_000);
        assert!(playback.is_playing);
    }

    #[test]
    fn half_speed_takes_twice_as_long() {
        let mut playback = playing(0);
        playback.speed = 0.5;
        playback.advance(0.05, &FRAMES);
        assert_eq!(playback.position_nanos, 25_000_000);
    }

    #[test]
    fn a_long_pause_of_the_window_does_not_jump_the_clip() {
        let frames: Vec<i64> = (0..1000).map(|i| i * 40_000_000).collect();
        let mut playback = playing(0);
        playback.advance(60.0, &frames);
        assert_eq!(playback.position_nanos, 2_000_000_000);
    }

    #[test]
    fn steps_land_on_exact_frame_times_and_stop_at_the_ends() {
        let mut playback = playing(50_000_000);
        playback.step(1, &FRAMES);
        assert_eq!(playback.position_nanos, 80_000_000);
        playback.step(9, &FRAMES);
        assert_eq!(playback.position_nanos, 120_000_000);
        playback.step(-9, &FRAMES);
        assert_eq!(playback.position_nanos, 0);
        playback.step(1, &[]);
        assert_eq!(playback.position_nanos, 0);
    }

    #[test]
    fn playing_again_at_the_end_starts_over() {
        let mut playback = playing(120_000_000);
        playback.is_playing = false;
        playback.toggle(&FRAMES);
        assert_eq!((playback.position_nanos, playback.is_playing), (0, true));
    }

    #[test]
    fn speeds_step_and_stay_within_their_ends() {
        let mut playback = Playback::default();
        playback.change_speed(false);
        assert_eq!(playback.speed, 0.75);
        for _ in 0..20 {
            playback.change_speed(true);
        }
        assert_eq!(playback.speed, 4.0);
    }
}
