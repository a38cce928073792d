//! One training in the list: what is on disk of it, and what it tells while it runs.

use std::path::{Path, PathBuf};

use seam_engine::job::JobId;
use seam_engine::train::runs::{Run, RunState};
use seam_engine::train::{TrainConfig, TrainEvent};

use crate::training::history::{History, Validation};
use crate::words;

#[derive(Clone, Debug, PartialEq)]
pub struct RunEntry {
    pub dir: PathBuf,
    pub name: String,
    pub status: Status,
    /// `None` before it is known.
    pub config: Option<TrainConfig>,
    pub history: History,
    /// Steps at which held-out faces were looked at.
    pub watched: Vec<u64>,
    /// The folder of the finished model.
    pub model: Option<PathBuf>,
    /// Of the training that runs.
    pub job: Option<JobId>,
    /// The last step that a running training told.
    pub now: Option<Now>,
    /// Faces it learns from and faces held back.
    pub faces: Option<[usize; 2]>,
}

/// Where a training stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was started, and reads its data.
    Preparing,
    Training,
    Paused,
    /// It was asked to stop, and writes its checkpoint.
    Stopping,
    /// It has a checkpoint and can go on.
    Stopped {
        step: u64,
    },
    /// It was begun and has no checkpoint.
    Begun,
    Done,
    Failed(String),
}

/// What the last step told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Now {
    pub step: u64,
    pub steps: u64,
    pub images_per_second: f32,
    pub seconds_left: f32,
    pub memory_bytes: Option<u64>,
}

impl RunEntry {
    /// A run that is being started.
    pub fn started(dir: PathBuf, job: JobId) -> Self {
        Self {
            name: name_of(&dir),
            dir,
            status: Status::Preparing,
            config: None,
            history: History::default(),
            watched: Vec::new(),
            model: None,
            job: Some(job),
            now: None,
            faces: None,
        }
    }

    /// A run as it lies on disk.
    pub fn of(run: Run) -> Self {
        Self {
            name: run.name,
            status: match run.state {
                RunState::Finished => Status::Done,
                RunState::Stopped { step } => Status::Stopped { step },
                RunState::Begun => Status::Begun,
            },
            config: Some(run.config),
            history: History::of(&run.lines),
            watched: run.watched,
            model: run.model,
            job: None,
            now: None,
            faces: None,
            dir: run.dir,
        }
    }

    /// Takes in what its training told.
    pub fn hear(&mut self, event: TrainEvent) {
        match event {
            TrainEvent::Begun {
                config,
                faces,
                held_back,
                ..
            } => {
                self.config = Some(*config);
                self.faces = Some([faces, held_back]);
                if self.status == Status::Preparing {
                    self.status = Status::Training;
                }
            }
            TrainEvent::Step {
                step,
                steps,
                losses,
                images_per_second,
                seconds_left,
                memory_bytes,
            } => {
                if self.status == Status::Preparing {
                    self.status = Status::Training;
                }
                if self.now.is_none() {
                    // A run that goes on begins at its checkpoint, which may be older than its last line.
                    self.history.cut(step.saturating_sub(1));
                    self.watched.retain(|watched| *watched < step);
                }
                self.history.step(step, steps, &losses, images_per_second);
                self.now = Some(Now {
                    step,
                    steps,
                    images_per_second,
                    seconds_left,
                    memory_bytes,
                });
            }
            TrainEvent::Validated {
                step,
                auc,
                interval,
                auc_by_category,
            } => self.history.validated(Validation {
                step,
                auc: Some(auc).filter(|auc| !auc.is_nan()),
                interval,
                by_category: (auc_by_category.into_iter())
                    .map(|(name, auc)| (name, Some(auc).filter(|auc| !auc.is_nan())))
                    .collect(),
            }),
            TrainEvent::Watched { step, .. } => {
                if !self.watched.contains(&step) {
                    self.watched.push(step);
                    self.watched.sort_unstable();
                }
            }
            TrainEvent::Checkpoint { .. } => {}
        }
    }

    pub fn is_running(&self) -> bool {
        self.job.is_some()
    }

    pub fn can_resume(&self) -> bool {
        matches!(self.status, Status::Stopped { .. }) && !self.is_running()
    }

    /// Steps done and steps in all, as far as they are known.
    pub fn steps(&self) -> (u64, Option<u64>) {
        let total = self.config.as_ref().map(|config| config.steps);
        match (&self.now, &self.status) {
            (Some(now), _) => (now.step, Some(now.steps)),
            (None, Status::Done) => (total.unwrap_or_default(), total),
            (None, Status::Stopped { step }) => (*step, total),
            _ => (self.history.last_step(), total),
        }
    }

    /// Share of its steps that are done.
    pub fn share(&self) -> Option<f32> {
        let (done, total) = self.steps();
        let total = total.filter(|total| 0 < *total)?;
        Some(done as f32 / total as f32)
    }

    /// Its state in a word or two.
    pub fn word(&self) -> String {
        match &self.status {
            Status::Preparing => "preparing".to_owned(),
            Status::Training => "training".to_owned(),
            Status::Paused => "paused".to_owned(),
            Status::Stopping => "stopping".to_owned(),
            Status::Stopped { step } => format!("stopped at step {}", words::count(*step)),
            Status::Begun => "begun, without a checkpoint".to_owned(),
            Status::Done => "done".to_owned(),
            Status::Failed(why) => {
                let why = why.lines().next().unwrap_or_default();
                format!("failed: {why}")
            }
        }
    }

    /// What it trains, from its numbers or from the name of its folder.
    pub fn method(&self) -> Option<&str> {
        self.config.as_ref().map(|config| config.method.as_str())
    }
}

/// Seconds in words: `40 s`, `12 min`, `3 h 05 min`.
pub fn duration(secs: f32) -> String {
    if !secs.is_finite() {
        return "some time".to_owned();
    }
    let secs = secs.max(0.0).round() as u64;
    match secs {
        0..90 => format!("{secs} s"),
        90..5400 => format!("{} min", (secs + 30) / 60),
        _ => format!("{} h {:02} min", secs / 3600, secs / 60 % 60),
    }
}

/// The last part of a path.
pub fn name_of(dir: &Path) -> String {
    let name = dir.file_name().unwrap_or(dir.as_os_str());
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::methods;
    use seam_engine::train::Loss;

    fn job() -> JobId {
        let mut engine = seam_engine::Engine::new(|| ());
        let request = seam_engine::Request::Open {
            path: PathBuf::from("no such file"),
        };
        engine.submit(request).unwrap()
    }

    fn step(step: u64) -> TrainEvent {
        TrainEvent::Step {
            step,
            steps: 10,
            losses: vec![Loss {
                name: "final",
                value: 1.0,
            }],
            images_per_second: 8.0,
            seconds_left: 3.0,
            memory_bytes: Some(1),
        }
    }

    #[test]
    fn a_run_tells_what_its_training_told() {
        let mut run = RunEntry::started(PathBuf::from("runs/dadd-3"), job());
        assert_eq!(
            (run.name.as_str(), run.word().as_str()),
            ("dadd-3", "preparing")
        );
        let config = (methods::find("dadd").unwrap().preset)("laptop").unwrap();
        run.hear(TrainEvent::Begun {
            out: run.dir.clone(),
            config: Box::new(config),
            faces: 40,
            held_back: 8,
        });
        assert_eq!(run.word(), "training");
        (1..=4).for_each(|at| run.hear(step(at)));
        run.hear(TrainEvent::Validated {
            step: 4,
            auc: f64::NAN,
            interval: None,
            auc_by_category: Vec::new(),
        });
        run.hear(TrainEvent::Watched {
            step: 4,
            dir: PathBuf::new(),
        });
        assert_eq!(run.steps(), (4, Some(10)));
        assert_eq!(run.share(), Some(0.4));
        assert_eq!(run.watched, [4]);
        assert_eq!(run.history.validations[0].auc, None);
        assert_eq!(run.history.losses[0].points.len(), 4);
    }

    #[test]
    fn times_are_as_exact_as_they_can_be() {
        assert_eq!(duration(39.6), "40 s");
        assert_eq!(duration(700.0), "12 min");
        assert_eq!(duration(11_100.0), "3 h 05 min");
        assert_eq!(duration(f32::INFINITY), "some time");
    }

    #[test]
    fn a_run_that_goes_on_forgets_what_came_after_its_checkpoint() {
        let mut run = RunEntry::started(PathBuf::from("runs/dadd-3"), job());
        (1..=6).for_each(|at| run.hear(step(at)));
        run.watched = vec![2, 5];
        run.now = None;
        run.hear(step(4));
        assert_eq!(run.history.last_step(), 4);
        assert_eq!(run.watched, [2]);
    }
}
