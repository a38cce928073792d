//! What the next evaluation is to be: filled in by the user, checked before it starts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use seam_engine::data::{CropCache, Split};
use seam_engine::device::Preference;
use seam_engine::eval::experiment::{EXPERIMENTS, Experiment, ExperimentSettings, NUM_SEEDS};
use seam_engine::eval::protocol::Protocol;
use seam_engine::eval::scored_split::ScoredSplit;
use seam_engine::eval::{EvalSettings, EvalWork, ModelChoice};

/// What is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Methods with the models that are installed, or trained by the protocol.
    Methods,
    /// One model from a folder, or a training's run.
    Model,
    /// A table of scores.
    Scores,
    /// What the framing of faces alone tells.
    Probe,
    Experiment,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub what: What,
    /// Empty takes every method that has a model.
    pub methods: BTreeSet<String>,
    /// Trained anew by the protocol, and not as installed.
    pub training: Option<Training>,
    pub model: Option<ChosenModel>,
    pub scores: Option<PathBuf>,
    /// A place in [`EXPERIMENTS`].
    pub experiment: usize,
    pub preset: &'static str,
    pub num_seeds: usize,
    pub protocol: Protocol,
    pub data: Option<PathBuf>,
    pub test_data: Option<PathBuf>,
    pub split: ScoredSplit,
    pub frames: usize,
    pub seed: u64,
    pub calibrates: bool,
}

/// A training that the protocol asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Training {
    pub preset: &'static str,
    /// Instead of the preset's.
    pub steps: Option<u64>,
}

/// A model's folder that was looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenModel {
    pub dir: PathBuf,
    pub name: String,
    pub method: String,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            what: What::Methods,
            methods: BTreeSet::new(),
            training: None,
            model: None,
            scores: None,
            experiment: 0,
            preset: "laptop",
            num_seeds: NUM_SEEDS,
            protocol: Protocol::Within,
            data: None,
            test_data: None,
            split: ScoredSplit::One(Split::Test),
            frames: 16,
            seed: 1,
            calibrates: false,
        }
    }
}

impl What {
    pub const ALL: [Self; 5] = [
        Self::Methods,
        Self::Model,
        Self::Scores,
        Self::Probe,
        Self::Experiment,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Methods => "Methods",
            Self::Model => "One model",
            Self::Scores => "Scores of another program",
            Self::Probe => "The framing of faces",
            Self::Experiment => "An experiment of a paper",
        }
    }

    pub fn line(self) -> &'static str {
        match self {
            Self::Methods => {
                "The detectors that are installed, or trained anew as the protocol says"
            }
            Self::Model => "A model's folder, or a run that gave one",
            Self::Scores => {
                "A table (csv) with the columns label and score, and path where it is known: measured the same way"
            }
            Self::Probe => {
                "Whether place and size of the crops alone tell the label: if so, no number on this data can be trusted"
            }
            Self::Experiment => {
                "Several trainings compared as in a paper, with its published numbers beside them"
            }
        }
    }
}

impl Form {
    pub fn experiment(&self) -> &'static Experiment {
        EXPERIMENTS.get(self.experiment).unwrap_or(&EXPERIMENTS[0])
    }

    /// Methods or a model are scored, so that a protocol is chosen.
    pub fn has_protocol(&self) -> bool {
        matches!(self.what, What::Methods | What::Model)
    }

    /// A second manifest to test on is part of it.
    pub fn has_test_data(&self) -> bool {
        let is_cross = self.has_protocol() && self.protocol == Protocol::Cross;
        is_cross || self.what == What::Experiment
    }

    /// The manifest whose items are scored.
    pub fn tested(&self) -> Option<&PathBuf> {
        let other = self.test_data.as_ref().filter(|_| self.has_test_data());
        other.or(self.data.as_ref())
    }

    /// Why it cannot start yet, in words; `None` where it can.
    pub fn missing(&self) -> Option<&'static str> {
        let is_cross = self.has_protocol() && self.protocol == Protocol::Cross;
        match self.what {
            What::Model if self.model.is_none() => Some("Choose a model first"),
            What::Scores if self.scores.is_none() => Some("Choose a table of scores first"),
            What::Scores => None,
            _ if self.data.is_none() => Some("Choose the data first"),
            _ if is_cross && self.test_data.is_none() => Some("Choose the data to test on first"),
            What::Experiment if self.test_data.is_none() && !self.experiment().is_within => {
                Some("Choose the data to test on first")
            }
            _ if self.split == ScoredSplit::All && !self.has_test_data() && self.has_protocol() => {
                Some("All splits are scored only with other data to test on")
            }
            _ if self.calibrates && self.protocol.is_by_technique() && self.has_protocol() => {
                Some("A model is calibrated once, not anew for every technique")
            }
            _ => None,
        }
    }

    /// What to ask the engine for; `None` where something is missing.
    pub fn settings(&self, out: PathBuf, device: Preference) -> Option<EvalSettings> {
        if self.missing().is_some() {
            return None;
        }
        Some(EvalSettings {
            work: self.work()?,
            data: self.data.clone(),
            test_data: self.test_data.clone().filter(|_| self.has_test_data()),
            out,
            split: self.split,
            frames_per_item: self.frames,
            device,
            seed: self.seed,
            landmark_model: None,
            crop_cache: CropCache::user_default(),
            has_pictures: true,
        })
    }

    fn work(&self) -> Option<EvalWork> {
        let experiment = self.experiment();
        Some(match self.what {
            What::Methods => EvalWork::Methods {
                names: self.methods.iter().cloned().collect(),
                protocol: self.protocol,
                model: match self.training {
                    None => ModelChoice::Installed,
                    Some(training) => ModelChoice::Train {
                        preset: training.preset.to_owned(),
                        steps: training.steps,
                        init: None,
                    },
                },
                calibrate: self.calibrates,
            },
            What::Model => {
                let model = self.model.as_ref()?;
                EvalWork::Methods {
                    names: vec![model.method.clone()],
                    protocol: self.protocol,
                    model: ModelChoice::Folder(model.dir.clone()),
                    calibrate: self.calibrates,
                }
            }
            What::Scores => EvalWork::Scores(self.scores.clone()?),
            What::Probe => EvalWork::Probe,
            What::Experiment => EvalWork::Experiment(ExperimentSettings {
                method: experiment.method.to_owned(),
                name: experiment.name.to_owned(),
                preset: self.preset.to_owned(),
                steps: None,
                num_seeds: self.num_seeds,
                rows: Vec::new(),
                init: None,
            }),
        })
    }
}
