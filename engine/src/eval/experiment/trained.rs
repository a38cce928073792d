//! One training of an experiment with its scores; either is taken from an earlier run where it is the same.

use std::path::{Path, PathBuf};

use crate::detectors::Detector;
use crate::detectors::card::Card;
use crate::detectors::models as folders;
use crate::eval::attention::Chosen;
use crate::eval::experiment::Begins;
use crate::eval::experiment::bench::{Bench, Run};
use crate::eval::experiment::inputs::Inputs;
use crate::eval::experiment::kept::{Kept, ScoredBy, Told};
use crate::eval::experiment::plan::PlannedRow;
use crate::eval::experiment::record::RunRecord;
use crate::eval::experiment::start;
use crate::eval::models;
use crate::eval::run::{aligner_words, make_dir};
use crate::eval::{EvalError, Train, TrainWish};
use crate::job::JobContext;
use crate::methods::MethodInfo;
use crate::methods::training::TrainConfig;

/// What one training is to be.
struct Wanted<'a> {
    /// What its folder's name begins with.
    id: &'a str,
    config: &'a TrainConfig,
    overrides: &'a toml::Table,
    /// The shared training that it goes on from.
    starts_from: Option<PathBuf>,
}

impl Bench<'_> {
    /// One training of a row and its scores.
    pub fn one(
        &self,
        row: &PlannedRow,
        method: &'static MethodInfo,
        config: &TrainConfig,
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<Run, EvalError> {
        let (dir, model) = self.trained_row(row, config, train, job)?;
        let folder = models::read_folder(&model)?;
        let card = Card::read(&model)?;
        let by = ScoredBy {
            model: folder.label(),
            manifests: vec![self.inputs.test.hash.clone(), self.inputs.data.hash.clone()],
            split: self.settings.split.name().to_owned(),
            frames_per_item: self.settings.frames_per_item,
            aligner: aligner_words(self.crops.landmarker.aligner()),
            has_attention: self.wish.experiment.has_attention,
        };
        let files = self.score_files(row, config.seed);
        let tables: Vec<PathBuf> = files
            .iter()
            .map(|file| self.settings.out.join(file))
            .collect();
        let kept = Kept {
            dir: &dir,
            tables: &tables,
        };
        let told = match kept.read(&by) {
            Some(told) => told,
            None => {
                let mut detector = (method.load)(&folder.dir, &self.device)?;
                let told = self.told(&mut *detector, job)?;
                kept.write(&by, &told)?;
                told
            }
        };
        let training = &card.training;
        Ok(Run {
            record: RunRecord {
                seed: config.seed,
                model: folder.label(),
                best_step: training.best_step,
                validation_auc: card.metrics.auc.as_ref().map(|auc| auc.value),
                seconds: 60.0 * training.minutes,
                images_per_second: training.images_per_second,
                scores_files: files,
                auc_frames: Vec::new(),
                auc_videos: Vec::new(),
                masks: training.masks.as_ref().map(|masks| masks.faces),
            },
            told,
            card,
        })
    }

    /// Scores of the second manifest, then of those at home; maps of some faces of the second.
    fn told(&self, detector: &mut dyn Detector, job: &mut JobContext) -> Result<Told, EvalError> {
        let Inputs {
            data,
            test,
            places,
            home,
        } = &self.inputs;
        let mut chosen = Chosen::of(test, places, false);
        let mut sets = Vec::new();
        for (data, places, chosen) in [(test, places, Some(&mut chosen)), (data, home, None)] {
            if places.is_empty() {
                continue;
            }
            let scored = self.crops.score(data, places, detector, chosen, job)?;
            scored.check(data, "what is scored")?;
            sets.push(scored.set);
        }
        let overlaps = if self.wish.experiment.has_attention {
            chosen.overlaps(test, detector, job)?
        } else {
            None
        };
        Ok(Told { sets, overlaps })
    }

    /// The row's training, after what it goes on from.
    fn trained_row(
        &self,
        row: &PlannedRow,
        config: &TrainConfig,
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<(PathBuf, PathBuf), EvalError> {
        let wanted = Wanted {
            id: match row.row.begins {
                Begins::IsShared => start::ID,
                Begins::Afresh | Begins::FromShared => row.row.id,
            },
            config,
            overrides: &row.overrides,
            starts_from: None,
        };
        // What a person named is the start that all share.
        if row.row.begins != Begins::FromShared || self.wish.init.is_some() {
            return self.trained(&wanted, train, job);
        }
        let shared = self.wish.start().map_err(EvalError::settings)?;
        let of_seed = TrainConfig {
            seed: config.seed,
            ..shared.config
        };
        let shared = Wanted {
            id: start::ID,
            config: &of_seed,
            overrides: &shared.overrides,
            starts_from: None,
        };
        let from_shared = Wanted {
            starts_from: Some(self.place(&shared).1),
            ..wanted
        };
        if !self.is_there(&from_shared) {
            let known = self.failed_starts.borrow().get(&config.seed).cloned();
            if let Some(reason) = known {
                return Err(EvalError::Train { reason });
            }
            if !self.is_there(&shared) {
                job.part(format!(
                    "Training what the rows share, seed {}",
                    config.seed
                ));
            }
            let trained = self.trained(&shared, train, job);
            if let Err(EvalError::Train { reason }) = &trained {
                let mut failed = self.failed_starts.borrow_mut();
                failed.insert(config.seed, reason.clone());
            }
            trained?;
            job.part(format!("{}, seed {}", row.row.label, config.seed));
        }
        self.trained(&from_shared, train, job)
    }

    /// What a training is known by, and its folder.
    fn place(&self, wanted: &Wanted<'_>) -> (String, PathBuf) {
        let aligner = self.crops.landmarker.aligner();
        let starts_from = wanted.starts_from.as_ref().and_then(|dir| dir.file_name());
        let starts_from = starts_from.map(|name| name.to_string_lossy());
        let (text, name) = self.wish.known_by(
            wanted.id,
            wanted.config,
            starts_from.as_deref(),
            aligner,
            &self.inputs.data.hash,
        );
        (text, self.settings.out.join("trainings").join(name))
    }

    /// Whether it was trained to its end before.
    fn is_there(&self, wanted: &Wanted<'_>) -> bool {
        let (text, dir) = self.place(wanted);
        is_known(&dir, &text) && is_finished(&model_of(&dir), wanted.config)
    }

    /// The training's folder and that of its model: trained now, gone on with, or there already.
    fn trained(
        &self,
        wanted: &Wanted<'_>,
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<(PathBuf, PathBuf), EvalError> {
        let (text, dir) = self.place(wanted);
        let model = model_of(&dir);
        if self.is_there(wanted) {
            job.part("It is there already, from an earlier run");
            return Ok((dir, model));
        }
        let is_known = is_known(&dir, &text);
        make_dir(&dir)?;
        let note = dir.join(NOTE);
        std::fs::write(&note, text).map_err(|source| EvalError::Write { path: note, source })?;
        let init = match &wanted.starts_from {
            Some(start) => Some(model_of(start)),
            None => self.wish.init.clone(),
        };
        let wish = TrainWish {
            method: wanted.config.method.clone(),
            preset: wanted.config.preset.clone(),
            overrides: wanted.overrides.clone(),
            seed: wanted.config.seed,
            init,
            manifest: self.manifest.clone(),
            excluded_techniques: Vec::new(),
            out: dir.join(RUN),
            goes_on: is_known,
            device: self.settings.device,
            landmark_model: self.settings.landmark_model.clone(),
        };
        Ok((dir, train(&wish, job)?))
    }

    /// Tables of scores beside the record, one for each part that is scored.
    fn score_files(&self, row: &PlannedRow, seed: u64) -> Vec<String> {
        let name = format!("scores-{}-seed{seed}", row.row.id);
        let mut files = vec![format!("{name}.csv")];
        if !self.inputs.home.is_empty() {
            files.push(format!("{name}-home.csv"));
        }
        files
    }
}

/// In a training's folder: what it is known by, and the run.
const NOTE: &str = "wanted.json";
const RUN: &str = "run";

fn model_of(dir: &Path) -> PathBuf {
    dir.join(RUN).join("model")
}

/// Whether the folder is that of the training of this text.
fn is_known(dir: &Path, text: &str) -> bool {
    std::fs::read_to_string(dir.join(NOTE)).is_ok_and(|own| own == text)
}

/// Whether a model stands there whole. Its folder is written beside and renamed, so a stopped one does not.
fn is_finished(model: &Path, config: &TrainConfig) -> bool {
    let is_it = |card: Card| {
        card.method == config.method
            && card.training.seed == config.seed
            && card.training.steps == config.steps
    };
    folders::read(model).is_ok() && Card::read(model).is_ok_and(is_it)
}
