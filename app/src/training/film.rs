//! What a training sees, step by step: which steps are on screen, and whether they play.

use std::path::PathBuf;
use std::sync::Arc;

use egui::TextureId;
use seam_engine::train::watch::WatchedStep;

use crate::training::run::RunEntry;

/// A step of the film stays for so long.
pub const SECS_A_STEP: f64 = 0.45;

#[derive(Debug)]
pub struct Film {
    /// The step on screen; `None` follows the newest one.
    pub step: Option<u64>,
    pub is_playing: bool,
    /// When the next step comes, on the window's clock.
    pub next_secs: f64,
    pub beside: Beside,
    /// Where the handle of the wipe is, 0 to 1.
    pub wipe: f32,
    /// Left of the handle, and right of it where something is compared.
    pub drawn: [Option<DrawnStep>; 2],
    /// Why the step could not be read.
    pub error: Option<String>,
}

/// What lies right of the wipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    #[default]
    Nothing,
    /// Another step of the same run.
    Step(u64),
    /// Another run, at the same step or the last one before.
    Run(PathBuf),
}

/// Names one watched step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub run: PathBuf,
    pub step: u64,
}

/// A watched step with its textures.
#[derive(Clone, Debug)]
pub struct DrawnStep {
    pub place: Place,
    pub watched: Arc<WatchedStep>,
    /// In the order of the step's faces.
    pub faces: Vec<DrawnFace>,
}

#[derive(Clone, Debug)]
pub struct DrawnFace {
    pub face: TextureId,
    /// In the order of the face's maps.
    pub maps: Vec<TextureId>,
}

impl Default for Film {
    fn default() -> Self {
        Self {
            step: None,
            is_playing: false,
            next_secs: 0.0,
            beside: Beside::Nothing,
            wipe: 0.5,
            drawn: [None, None],
            error: None,
        }
    }
}

impl Film {
    /// Another run is shown.
    pub fn forget_place(&mut self) {
        self.step = None;
        self.is_playing = false;
        self.beside = Beside::Nothing;
        self.error = None;
    }

    /// The step of this run that is on screen: the wished one, or the last before it.
    pub fn step_of(&self, run: &RunEntry) -> Option<u64> {
        match self.step {
            None => run.watched.last().copied(),
            Some(wished) => nearest(&run.watched, wished),
        }
    }

    /// What lies on both sides of the wipe.
    pub fn places(&self, shown: &RunEntry, other: Option<&RunEntry>) -> [Option<Place>; 2] {
        let place = |run: &RunEntry, step: u64| Place {
            run: run.dir.clone(),
            step,
        };
        let Some(step) = self.step_of(shown) else {
            return [None, None];
        };
        let beside = match &self.beside {
            Beside::Nothing => None,
            Beside::Step(step) => Some(place(
                shown,
                nearest(&shown.watched, *step).unwrap_or(*step),
            )),
            Beside::Run(_) => other.and_then(|run| Some(place(run, nearest(&run.watched, step)?))),
        };
        [Some(place(shown, step)), beside]
    }

    /// Goes `by` steps along the film, never beyond its ends.
    pub fn go(&mut self, run: &RunEntry, by: isize) {
        let Some(now) = self.step_of(run) else {
            return;
        };
        let at = run
            .watched
            .iter()
            .position(|step| *step == now)
            .unwrap_or(0);
        let last = run.watched.len() - 1;
        let to = at.saturating_add_signed(by).min(last);
        // The newest one goes on growing under the eyes.
        self.step = (to < last).then(|| run.watched[to]);
        self.is_playing = false;
    }

    /// Starts to play from the first step where it is at the end, or stops.
    pub fn play_or_stop(&mut self, run: &RunEntry, now_secs: f64) {
        self.is_playing = !self.is_playing && 1 < run.watched.len();
        if self.is_playing && self.step_of(run) == run.watched.last().copied() {
            self.step = run.watched.first().copied();
        }
        self.next_secs = now_secs + SECS_A_STEP;
    }

    /// Goes on where it is time, and gives the seconds until the next step.
    pub fn tick(&mut self, run: &RunEntry, now_secs: f64) -> Option<f64> {
        if !self.is_playing {
            return None;
        }
        if self.next_secs <= now_secs {
            self.go(run, 1);
            self.is_playing = self.step.is_some();
            self.next_secs = now_secs + SECS_A_STEP;
        }
        self.is_playing
            .then(|| (self.next_secs - now_secs).max(0.0))
    }
}

/// The last step that is not after the wished one, or the first.
fn nearest(watched: &[u64], wished: u64) -> Option<u64> {
    let after = watched.partition_point(|step| *step <= wished);
    let at = after.saturating_sub(1);
    watched.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::tests::entry;

    #[test]
    fn the_film_follows_the_newest_step_and_stops_at_its_ends() {
        let run = entry("a", &[10, 20, 30]);
        let mut film = Film::default();
        assert_eq!(film.step_of(&run), Some(30));
        film.go(&run, -1);
        assert_eq!(film.step_of(&run), Some(20));
        film.go(&run, -5);
        assert_eq!(film.step_of(&run), Some(10));
        film.go(&run, 9);
        assert_eq!(film.step, None, "it follows the newest again");
    }

    #[test]
    fn playing_goes_from_the_first_to_the_last_step_once() {
        let run = entry("a", &[10, 20]);
        let mut film = Film::default();
        film.play_or_stop(&run, 0.0);
        assert_eq!(film.step_of(&run), Some(10));
        assert!(film.tick(&run, 0.1).is_some());
        assert_eq!(film.step_of(&run), Some(10));
        assert!(film.tick(&run, SECS_A_STEP).is_none());
        assert_eq!(film.step_of(&run), Some(20));
        assert!(!film.is_playing);
    }

    #[test]
    fn two_runs_are_compared_at_the_same_step_or_the_last_one_before() {
        let (a, b) = (entry("a", &[10, 20, 30]), entry("b", &[15, 25]));
        let film = Film {
            step: Some(20),
            beside: Beside::Run(b.dir.clone()),
            ..Film::default()
        };
        let [left, right] = film.places(&a, Some(&b));
        assert_eq!(left.unwrap().step, 20);
        assert_eq!(right.unwrap().step, 15);
        let [left, right] = film.places(&entry("c", &[]), None);
        assert_eq!((left, right), (None, None));
    }
}
