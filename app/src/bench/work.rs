//! What the engine does while the window is timed: a training on freshly forged clips, and analyses one after the other.

use std::path::PathBuf;

use seam_engine::device::Preference;
use seam_engine::forge::ForgeSettings;
use seam_engine::job::JobId;
use seam_engine::train::{TrainEvent, TrainSettings};
use seam_engine::{Engine, Event, Outcome, Request, Update};

use crate::command::{Command, CommandQueue};
use crate::state::{AnalysisState, State};
use crate::training::TrainCommand;

/// A network from random numbers that never comes to an end here.
const CONFIG: &str = "\
steps = 1000000
size_px = 64
batch_size = 8
frames_per_clip = 4
validate_every = 200
validation_batches = 2
checkpoint_every = 1000000
";
const METHOD: &str = "ce-xception";

pub struct Work {
    dir: PathBuf,
    stage: Stage,
    steps: u64,
    analyses: u32,
}

enum Stage {
    NotBegun,
    Forging(JobId),
    /// The clips are there.
    Forged,
    Training,
    Failed(String),
}

impl Work {
    pub fn new(dir: PathBuf) -> Self {
        Self {
            dir,
            stage: Stage::NotBegun,
            steps: 0,
            analyses: 0,
        }
    }

    /// Starts what comes next.
    pub fn keep_busy(&mut self, engine: &mut Engine, commands: &mut CommandQueue) {
        let next = match &self.stage {
            Stage::NotBegun => {
                let forge = ForgeSettings {
                    recipe: "tiny".to_owned(),
                    from: None,
                    out: self.dir.join("data"),
                    seed: 1,
                    per_category: 16,
                    people: None,
                    techniques: None,
                    as_pictures: false,
                    landmark_model: None,
                };
                engine.submit(Request::Forge(forge)).map(Stage::Forging)
            }
            Stage::Forged => {
                let config = self.dir.join("own.toml");
                let train = TrainSettings {
                    method: METHOD.to_owned(),
                    data: self.dir.join("data"),
                    out: self.dir.join("run"),
                    preset: "laptop".to_owned(),
                    config: Some(config.clone()),
                    seed: Some(1),
                    init: None,
                    masks: None,
                    device: Preference::Cpu,
                    resume: false,
                    landmark_model: None,
                };
                let train = TrainCommand::Submit(Box::new(train));
                std::fs::write(config, CONFIG).map(|()| {
                    commands.push(Command::Train(train));
                    Stage::Training
                })
            }
            Stage::Forging(_) | Stage::Training | Stage::Failed(_) => return,
        };
        self.stage =
            next.unwrap_or_else(|err| Stage::Failed(format!("Could not start work: {err}")));
    }

    /// Analyzes the clip once more whenever an analysis has ended.
    pub fn keep_analyzing(&mut self, state: &State, commands: &mut CommandQueue) {
        let Some(file) = state.selected_file() else {
            return;
        };
        // One that is analyzed on being opened is so as soon as it was hashed.
        let is_new = file.hash.is_some() && !state.settings.analyze_on_open;
        let is_idle = match file.analysis {
            AnalysisState::NotAsked => is_new,
            AnalysisState::Done(_) | AnalysisState::Cancelled => true,
            AnalysisState::Running(_) | AnalysisState::Failed(_) => false,
        };
        if is_idle {
            self.analyses += u32::from(matches!(file.analysis, AnalysisState::Done(_)));
            commands.push(Command::Analyze(file.id));
        }
    }

    pub fn hear(&mut self, event: &Event) {
        if let Update::Train(TrainEvent::Step { step, .. }) = &event.update {
            self.steps = *step;
        }
        let is_forging = matches!(self.stage, Stage::Forging(job) if job == event.job);
        match &event.update {
            Update::Finished(Outcome::Forged { .. }) if is_forging => self.stage = Stage::Forged,
            Update::Finished(Outcome::Failed(err)) if is_forging => {
                self.stage = Stage::Failed(format!("The data could not be made: {err}"));
            }
            Update::Finished(Outcome::Trained(_) | Outcome::Failed(_))
                if matches!(self.stage, Stage::Training) && self.steps == 0 =>
            {
                self.stage = Stage::Failed("The training did not begin".to_owned());
            }
            _ => {}
        }
    }

    /// The training has taken its first steps.
    pub fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Training) && 0 < self.steps
    }

    pub fn num_steps(&self) -> u64 {
        self.steps
    }

    /// Analyses that came to an end.
    pub fn num_analyses(&self) -> u32 {
        self.analyses
    }

    pub fn failure(&self) -> Option<&str> {
        match &self.stage {
            Stage::Failed(reason) => Some(reason),
            _ => None,
        }
    }
}
