//! The loop: steps, validations, checkpoints, and the finished model.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use burn::prelude::Device;

use crate::detectors::card::CardMasks;
use crate::eval::metrics::auc_interval;
use crate::job::JobContext;
use crate::methods::{MethodInfo, Trainer};
use crate::nn::named::NamedTensors;
use crate::train::checkpoint::{self, Best, Progress};
use crate::train::choose::{self, Choice};
use crate::train::faces::Faces;
use crate::train::finish::{self, Course, Origin};
use crate::train::loader::{Loader, LoaderSettings};
use crate::train::masked::MaskedSet;
use crate::train::masks::Masks;
use crate::train::memory;
use crate::train::pace::Pace;
use crate::train::run_log::RunLog;
use crate::train::samples::write_grid;
use crate::train::validate::ValidationSet;
use crate::train::watch::{Watched, Watcher};
use crate::train::{Loss, TrainConfig, TrainError, TrainEvent};

/// At most five step reports a second leave a training.
const STEP_INTERVAL: Duration = Duration::from_millis(200);

/// Draws of whole clips for the interval of a validation; the finished model's has more.
const INTERVAL_DRAWS: usize = 200;

const BEST: &str = "best";
const WEIGHTS: &str = "weights.safetensors";

/// One training with its faces.
pub struct Session {
    pub method: &'static MethodInfo,
    pub config: TrainConfig,
    /// With gradients.
    pub device: Device,
    pub training: Faces,
    pub held_back: Faces,
    pub masks: Masks,
    /// Weights for the backbone of a run that begins.
    pub start: Option<NamedTensors>,
    pub origin: Origin,
    /// The run's folder.
    pub out: PathBuf,
    pub is_resumed: bool,
}

impl Session {
    /// The faces of a choice with the masks that the data has of them.
    fn exact_masks(&self, choice: &Choice, job: &mut JobContext) -> Result<MaskedSet, TrainError> {
        let (Masks::Exact { manifest, .. }, Faces::Labelled(faces)) = (&self.masks, &self.training)
        else {
            return Ok(MaskedSet::default());
        };
        choose::exact_masks(choice, faces, manifest, job)
    }
}

/// Trains; gives the folder of the finished model.
pub fn run(
    session: &Session,
    job: &mut JobContext,
    tell: &dyn Fn(TrainEvent),
) -> Result<PathBuf, TrainError> {
    let Session { method, config, .. } = session;
    std::fs::create_dir_all(&session.out).map_err(|source| TrainError::Write {
        path: session.out.clone(),
        source,
    })?;
    let mut trainer = (method.trainer)(config, &session.device)?;
    if let Some(weights) = session.start.clone() {
        trainer.start_backbone(weights)?;
    }
    let progress = if session.is_resumed {
        resumed(&mut *trainer, &session.out, job)?
    } else {
        Progress::default()
    };
    let set = ValidationSet::make(method, config, &session.held_back, job)?;
    let mut course = Running {
        session,
        trainer,
        log: RunLog::open(&session.out, progress.step)?,
        watcher: Watcher::open(&session.out, &set.watchable(), progress.step),
        saved_step: None,
        pace: Pace::start(progress.step),
        progress,
        masked: MaskedSet::default(),
        last_told: None,
        tell,
    };
    tell(TrainEvent::Begun {
        out: session.out.clone(),
        config: Box::new(config.clone()),
        faces: session.training.counts().iter().sum(),
        held_back: session.held_back.counts().iter().sum(),
    });
    match course.finish_steps(&set, job) {
        Ok(()) => {}
        Err(TrainError::Cancelled(cancelled)) => {
            course.save()?;
            return Err(cancelled.into());
        }
        Err(err) => return Err(err),
    }
    let (best_step, facts) = match course.progress.best.take() {
        Some(best) => (best.step, best.facts),
        None => (config.steps, serde_json::Value::Null),
    };
    finish::write_model(
        method,
        config,
        &session.device,
        &session.origin,
        Course {
            best_step,
            masks: course.masks_told(),
            facts,
            minutes: course.pace.worked_secs() / 60.0,
            images_per_second: course.pace.images_per_second(),
        },
        &set,
        &session.out.join(BEST).join(WEIGHTS),
        &session.out,
        job,
    )
}

/// Takes up the newest checkpoint; a run that was stopped before its first one begins anew.
fn resumed(
    trainer: &mut dyn Trainer,
    out: &Path,
    job: &JobContext,
) -> Result<Progress, TrainError> {
    let Some((dir, progress)) = checkpoint::newest(out)? else {
        job.warn(format!(
            "There is no checkpoint yet: the training begins anew\nFolder: {out:?}"
        ));
        return Ok(Progress::default());
    };
    trainer.resume(&dir)?;
    Ok(progress)
}

/// A training under way.
struct Running<'a> {
    session: &'a Session,
    trainer: Box<dyn Trainer>,
    progress: Progress,
    log: RunLog,
    watcher: Watcher,
    /// The step of the newest checkpoint.
    saved_step: Option<u64>,
    pace: Pace,
    /// The faces with masks of this stretch of the training.
    masked: MaskedSet,
    last_told: Option<Instant>,
    tell: &'a dyn Fn(TrainEvent),
}

impl Running<'_> {
    fn finish_steps(
        &mut self,
        set: &ValidationSet,
        job: &mut JobContext,
    ) -> Result<(), TrainError> {
        let config = &self.session.config;
        let choice = self
            .session
            .masks
            .chosen_before(self.progress.step, &self.session.out)?;
        if let Some(choice) = choice {
            self.masked = self.session.exact_masks(&choice, job)?;
        }
        let mut loader = self.loader(job)?;
        while self.progress.step < config.steps {
            job.tick("Training", self.progress.step, Some(config.steps))?;
            if self.take_masks(job)? {
                loader = self.loader(job)?;
            }
            let batch = loader.next_batch()?;
            let losses = self.trainer.step(self.progress.step, &batch)?;
            self.progress.step += 1;
            self.pace.step(batch.labels.len(), job.rested());
            let step = self.progress.step;
            let images_per_second = self.pace.newest_rate();
            self.log.step(step, &losses, images_per_second)?;
            self.tell_step(losses, images_per_second);
            let is_last = step == config.steps;
            if is_last || step.is_multiple_of(config.validate_every.max(1)) {
                self.validate(set, job)?;
            }
            if is_last || step.is_multiple_of(config.checkpoint_every.max(1)) {
                self.save()?;
            }
            self.pace.begin_step(job.rested());
        }
        Ok(())
    }

    /// Takes the masks that are due at this step; whether there are others than before.
    fn take_masks(&mut self, job: &mut JobContext) -> Result<bool, TrainError> {
        let step = self.progress.step;
        let session = self.session;
        if !session.masks.are_due(step, !self.masked.faces.is_empty()) {
            return Ok(false);
        }
        self.masked = match (&session.masks, &session.training) {
            (Masks::Given { set, .. }, _) => set.clone(),
            (Masks::Exact { plan, manifest }, Faces::Labelled(faces)) => {
                let trainer = &mut *self.trainer;
                let choice =
                    choose::choose(trainer, faces, manifest, &session.config, *plan, step, job)?;
                let masked = session.exact_masks(&choice, job)?;
                choose::keep(&session.out, choice)?;
                masked
            }
            _ => return Ok(false),
        };
        Ok(true)
    }

    /// For the model's card.
    fn masks_told(&self) -> Option<CardMasks> {
        let session = self.session;
        session.masks.told(self.masked.faces.len(), &session.out)
    }

    fn loader(&self, job: &JobContext) -> Result<Loader, TrainError> {
        let Session { method, config, .. } = self.session;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let settings = LoaderSettings {
            seed: config.seed,
            size_px: config.size_px,
            batch_size: config.batch_size,
            first_step: self.progress.step,
            num_threads: (cores / 2).clamp(1, 8),
        };
        let source = self.session.training.source(method, config, &self.masked)?;
        let name = thread::current().name().unwrap_or("train").to_owned();
        Loader::start(&name, source, settings, job.cancel_token()).map_err(|err| {
            TrainError::Config {
                reason: format!("no examples can be made: {err}"),
            }
        })
    }

    fn validate(&mut self, set: &ValidationSet, job: &mut JobContext) -> Result<(), TrainError> {
        let step = self.progress.step;
        let trainer = &mut self.trainer;
        let validation = set.validate(job, |batch| trainer.score(batch))?;
        let facts = self.trainer.facts()?;
        let interval = auc_interval(&validation.scored, INTERVAL_DRAWS, self.session.config.seed)
            .map(|interval| [interval.low, interval.high]);
        self.log
            .validation(step, &validation, interval, facts.clone())?;
        let auc = validation.auc.unwrap_or(0.0);
        let best = self.progress.best.as_ref();
        let is_better = best.is_none_or(|best| best.auc < auc);
        // A training that ends before its model scores still has a model.
        let is_all = best.is_none() && step == self.session.config.steps;
        if is_better && self.trainer.has_scores(step) || is_all {
            self.progress.best = Some(Best { step, auc, facts });
            checkpoint::write_beside(&self.session.out.join(BEST), |dir| {
                self.trainer.save_weights(dir)
            })?;
        }
        if !self.trainer.has_scores(step) {
            self.draw_samples(step)?;
        }
        let known = |auc: Option<f64>| auc.unwrap_or(f64::NAN);
        (self.tell)(TrainEvent::Validated {
            step,
            auc: known(validation.auc),
            interval,
            auc_by_category: validation
                .by_category
                .into_iter()
                .map(|category| (category.category, known(category.auc)))
                .collect(),
        });
        self.watch(job);
        Ok(())
    }

    /// Draws the watched faces, where it is time to.
    fn watch(&mut self, job: &JobContext) {
        let (step, session) = (self.progress.step, self.session);
        let Session { method, config, .. } = session;
        let watched = Watched {
            method,
            trainer: &*self.trainer,
            card: &finish::provisional_card(method, config, &session.origin, step),
            device: &session.device,
            step,
            is_last: step == config.steps,
        };
        if let Some(dir) = self.watcher.look(&watched, job) {
            (self.tell)(TrainEvent::Watched { step, dir });
        }
    }

    /// Keeps what a density model draws of itself, from the same random numbers each time.
    fn draw_samples(&self, step: u64) -> Result<(), TrainError> {
        let config = &self.session.config;
        let Some(pictures) = self.trainer.samples(config.seed)? else {
            return Ok(());
        };
        let name = format!("step-{step:08}.png");
        let path = self.session.out.join("samples").join(name);
        write_grid(&pictures, config.size_px, &path)
    }

    fn save(&mut self) -> Result<(), TrainError> {
        let step = self.progress.step;
        if self.saved_step == Some(step) {
            return Ok(());
        }
        let out: &Path = &self.session.out;
        let dir = checkpoint::save(out, &*self.trainer, &self.progress)?;
        self.saved_step = Some(step);
        (self.tell)(TrainEvent::Checkpoint { step, dir });
        Ok(())
    }

    fn tell_step(&mut self, losses: Vec<Loss>, images_per_second: f32) {
        let step = self.progress.step;
        let steps = self.session.config.steps;
        let is_due = self
            .last_told
            .is_none_or(|at| STEP_INTERVAL <= at.elapsed());
        if !is_due && step != steps {
            return;
        }
        self.last_told = Some(Instant::now());
        (self.tell)(TrainEvent::Step {
            step,
            steps,
            losses,
            images_per_second,
            seconds_left: self.pace.seconds_for(steps - step),
            memory_bytes: memory::in_use(&self.session.device),
        });
    }
}
