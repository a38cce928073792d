//! Watches a training: from time to time the weights are loaded as any finished model's, and draw the watched
//! faces' maps.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use burn::prelude::Device;

use crate::detectors::card::Card;
use crate::detectors::known_answer::plain_face;
use crate::detectors::{Detector, DetectorError, FaceCrop, Map, MapKind};
use crate::job::{JobContext, panic_message};
use crate::methods::{MethodInfo, Trainer};
use crate::train::TrainError;
use crate::train::checkpoint::write_beside;
use crate::train::watch::choice::chosen;
use crate::train::watch::{FOLDER, Watchable, WatchedFace, WatchedStep, folder_of, kept, steps};

/// Between two looks, at least.
const INTERVAL: Duration = Duration::from_secs(30);

/// A look that took long waits this many times as long for the next: at most a twentieth of the time is spent so.
const TIMES_ITS_COST: u32 = 19;

/// Watched steps that a run keeps.
const MAX_KEPT: usize = 40;

/// What is looked at.
pub struct Watched<'a> {
    pub method: &'static MethodInfo,
    pub trainer: &'a dyn Trainer,
    /// What a detector needs to know of the model under way.
    pub card: &'a Card,
    /// Of the training.
    pub device: &'a Device,
    /// Steps done.
    pub step: u64,
    /// Whether no step follows.
    pub is_last: bool,
}

/// The faces that a training is watched by.
pub struct Watcher {
    run: PathBuf,
    faces: Vec<WatchedFace>,
    /// When the last look ended and how long it took.
    last: Option<(Instant, Duration)>,
    /// What is wrong was said; nothing is tried again.
    is_off: bool,
}

impl Watcher {
    /// Of a run that goes on after `step` steps: what was kept of later ones is removed.
    pub fn open(run: &Path, faces: &[Watchable<'_>], step: u64) -> Self {
        for later in steps(run).into_iter().filter(|kept| step < *kept) {
            // What stays is written over, or shown beside newer ones.
            fs::remove_dir_all(folder_of(run, later)).ok();
        }
        Self {
            run: run.to_owned(),
            faces: chosen(faces),
            last: None,
            is_off: false,
        }
    }

    /// Looks if it is time to; gives the folder of what was kept. A look that fails is warned of once, and is
    /// the last: it never ends a training.
    pub fn look(&mut self, watched: &Watched<'_>, job: &JobContext) -> Option<PathBuf> {
        let is_due = self.last.is_none_or(|(at, took)| {
            INTERVAL.max(TIMES_ITS_COST * took) <= at.elapsed() || watched.is_last
        });
        if self.is_off || self.faces.is_empty() || !is_due {
            return None;
        }
        let begun = Instant::now();
        let dir = folder_of(&self.run, watched.step);
        let looked = catch_unwind(AssertUnwindSafe(|| self.keep(watched, &dir)));
        let reason = match looked {
            Ok(Ok(())) => {
                let took = begun.elapsed();
                tracing::debug!("Drew the watched faces in {took:.2?}");
                self.last = Some((Instant::now(), took));
                self.thin_out();
                return Some(dir);
            }
            Ok(Err(err)) => err.to_string(),
            Err(payload) => panic_message(payload.as_ref()).to_owned(),
        };
        self.is_off = true;
        job.warn(format!(
            "The training goes on unwatched: its faces could not be drawn after {} steps: {reason}",
            watched.step
        ));
        None
    }

    fn keep(&self, watched: &Watched<'_>, dir: &Path) -> Result<(), TrainError> {
        let model = self.run.join(FOLDER).join("model.tmp");
        let drawn = self.drawn(watched, &model);
        // A run of before that was killed may have left it, too.
        fs::remove_dir_all(&model).ok();
        let faces = drawn?;
        let step = watched.step;
        write_beside(dir, |beside| {
            kept::write(&WatchedStep { step, faces }, beside)
        })
    }

    /// Draws with what others would load, not with what the training holds.
    fn drawn(&self, watched: &Watched<'_>, model: &Path) -> Result<Vec<WatchedFace>, TrainError> {
        let failed = |source| TrainError::Write {
            path: model.to_owned(),
            source,
        };
        fs::create_dir_all(model).map_err(failed)?;
        watched.trainer.save_weights(model)?;
        watched.card.write(model).map_err(failed)?;
        let device = watched.device.clone().without_autodiff();
        let load = watched.method.load;
        let mut detector = load(model, &device).map_err(|err| device_error(&err))?;
        let pictures: Vec<FaceCrop> = self
            .faces
            .iter()
            .map(|face| plain_face(face.crop.size_px, face.crop.rgb.clone()))
            .collect();
        let logits: Vec<f32> = if watched.trainer.has_scores(watched.step) {
            let scores = detector
                .score(&pictures)
                .map_err(|err| device_error(&err))?;
            scores.into_iter().map(|score| score.logit).collect()
        } else {
            vec![f32::NAN; pictures.len()]
        };
        let mut drawn = Vec::with_capacity(pictures.len());
        for ((face, picture), logit) in self.faces.iter().zip(&pictures).zip(logits) {
            drawn.push(WatchedFace {
                logit,
                maps: maps_of(&mut *detector, picture).map_err(|err| device_error(&err))?,
                ..face.clone()
            });
        }
        Ok(drawn)
    }

    /// Removes steps that lie closest together until few enough are left; the first and the last stay.
    fn thin_out(&self) {
        let mut steps = steps(&self.run);
        while MAX_KEPT < steps.len() {
            let gap = |at: &usize| steps[at + 1] - steps[at - 1];
            let Some(at) = (1..steps.len() - 1).min_by_key(gap) else {
                return;
            };
            let step = steps.remove(at);
            // One more on disk does no harm.
            fs::remove_dir_all(folder_of(&self.run, step)).ok();
        }
    }
}

/// All that the model draws, but for single parts and channels.
fn maps_of(detector: &mut dyn Detector, face: &FaceCrop) -> Result<Vec<Map>, DetectorError> {
    let is_watched = |kind: &MapKind| {
        !matches!(
            kind,
            MapKind::GradCamPart(_)
                | MapKind::DeepfakeAttentionChannel(_)
                | MapKind::DomainAttentionChannel(_)
                | MapKind::LogLikelihoodChannel(_)
        )
    };
    let kinds = detector.info().maps.iter().copied();
    let kinds: Vec<MapKind> = kinds.filter(is_watched).collect();
    match detector.maps(face, &kinds) {
        // A model without a part that only some have: what is left is drawn one by one.
        Err(DetectorError::NoSuchMap { .. }) => {
            let mut maps = Vec::new();
            for kind in kinds {
                match detector.map(face, kind) {
                    Err(DetectorError::NoSuchMap { .. }) => {}
                    map => maps.push(map?),
                }
            }
            Ok(maps)
        }
        maps => maps,
    }
}

fn device_error(err: &DetectorError) -> TrainError {
    TrainError::Device {
        detail: err.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_of_many_steps_stay_and_the_rest_thins_out_evenly() {
        let run = tempfile::tempdir().unwrap();
        let watcher = Watcher::open(run.path(), &[], 0);
        for step in (0..100_u64).map(|at| 10 + 5 * at) {
            fs::create_dir_all(folder_of(run.path(), step)).unwrap();
            watcher.thin_out();
        }
        let kept = steps(run.path());
        assert_eq!(kept.len(), MAX_KEPT);
        assert_eq!((kept[0], kept[MAX_KEPT - 1]), (10, 505));
        let widest = kept.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(widest <= Some(20), "{kept:?}");
    }

    #[test]
    fn a_resumed_run_drops_what_it_kept_of_later_steps() {
        let run = tempfile::tempdir().unwrap();
        for step in [100, 200, 300] {
            fs::create_dir_all(folder_of(run.path(), step)).unwrap();
        }
        Watcher::open(run.path(), &[], 200);
        assert_eq!(steps(run.path()), [100, 200]);
    }
}
