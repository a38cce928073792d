//! One experiment from start to end: every row is trained once for each seed, scored, and measured.

use std::path::{Path, PathBuf};

use burn::prelude::Device;

use crate::detectors::card::Card;
use crate::detectors::models as folders;
use crate::device;
use crate::eval::experiment::inputs::Inputs;
use crate::eval::experiment::kept::{Kept, ScoredBy};
use crate::eval::experiment::outcome;
use crate::eval::experiment::plan::{PlannedRow, Wish};
use crate::eval::experiment::record::{FailureRecord, RunRecord};
use crate::eval::models;
use crate::eval::report::Evaluation;
use crate::eval::run::{aligner_words, make_dir};
use crate::eval::scores::ScoreSet;
use crate::eval::scoring::Crops;
use crate::eval::{EvalError, EvalSettings, Train, TrainWish};
use crate::job::JobContext;
use crate::methods::MethodInfo;
use crate::methods::training::TrainConfig;

/// What all trainings of an experiment share.
pub struct Bench<'a> {
    pub settings: &'a EvalSettings,
    pub wish: &'a Wish,
    pub inputs: Inputs,
    manifest: PathBuf,
    pub crops: Crops,
    device: Device,
}

/// One training with its scores: of the second manifest, then of those at home.
pub struct Run {
    pub record: RunRecord,
    pub sets: Vec<ScoreSet>,
    pub card: Card,
}

/// A row with what its trainings gave.
pub struct Done {
    pub runs: Vec<Run>,
    pub failures: Vec<FailureRecord>,
}

/// Trains what is not trained yet, scores, and measures.
pub fn run(
    settings: &EvalSettings,
    wish: &Wish,
    train: Train<'_>,
    job: &mut JobContext,
) -> Result<Evaluation, EvalError> {
    let inputs = Inputs::read(settings, wish.experiment)?;
    let planned = wish.plan()?;
    check_plan(&planned)?;
    let chosen = device::choose(settings.device)?;
    let crops = Crops::open(settings, job)?;
    make_dir(&settings.out)?;
    let manifest = Inputs::training_manifest(&settings.out);
    inputs.write_training_manifest(wish.experiment, &manifest)?;
    let bench = Bench {
        settings,
        wish,
        inputs,
        manifest,
        crops,
        device: chosen.device.clone(),
    };
    let done = bench.all(&planned, train, job)?;
    let mut evaluation = outcome::evaluation(&bench, &planned, &done, job)?;
    evaluation.device = Some(format!("{} ({})", chosen.kind.name(), chosen.name));
    Ok(evaluation)
}

/// Refuses a plan of which nothing can be trained.
fn check_plan(planned: &[PlannedRow]) -> Result<(), EvalError> {
    let reasons: Result<Vec<String>, ()> = planned
        .iter()
        .map(|row| match &row.found {
            Ok(_) => Err(()),
            Err(reason) => Ok(format!("{}: {reason}", row.row.id)),
        })
        .collect();
    match reasons {
        Ok(reasons) => Err(EvalError::settings(format!(
            "no row can be trained: {}",
            reasons.join("; ")
        ))),
        Err(()) => Ok(()),
    }
}

impl Bench<'_> {
    /// Seed by seed over all rows, so that a first answer is there after one seed. A row that fails is
    /// told of, and the others go on.
    fn all(
        &self,
        planned: &[PlannedRow],
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<Vec<Done>, EvalError> {
        let mut done: Vec<Done> = planned
            .iter()
            .map(|row| Done {
                runs: Vec::new(),
                failures: Vec::from_iter(row.found.as_ref().err().map(|reason| FailureRecord {
                    seed: None,
                    reason: reason.clone(),
                })),
            })
            .collect();
        for (row, done) in planned.iter().zip(&done) {
            for failure in &done.failures {
                job.warn(format!("Left out {}: {}", row.row.label, failure.reason));
            }
        }
        let trained = planned.iter().filter(|row| row.found.is_ok());
        let total = trained.count() * self.wish.seeds.len();
        let mut number = 0;
        for &seed in &self.wish.seeds {
            for (row, done) in planned.iter().zip(&mut done) {
                let Ok((method, config)) = &row.found else {
                    continue;
                };
                number += 1;
                job.part(format!(
                    "Training {number} of {total}: {}, seed {seed}",
                    row.row.label
                ));
                let config = TrainConfig {
                    seed,
                    ..config.clone()
                };
                match self.one(row, method, &config, train, job) {
                    Ok(run) => done.runs.push(run),
                    Err(
                        err @ (EvalError::Train { .. }
                        | EvalError::Detector(_)
                        | EvalError::Settings { .. }),
                    ) => {
                        let reason = err.to_string().trim_end().to_owned();
                        job.warn(format!("{}, seed {seed}: {reason}", row.row.label));
                        done.failures.push(FailureRecord {
                            seed: Some(seed),
                            reason,
                        });
                    }
                    Err(err) => return Err(err),
                }
            }
        }
        match done.iter().flat_map(|row| &row.failures).next() {
            Some(failure) if done.iter().all(|row| row.runs.is_empty()) => Err(EvalError::Train {
                reason: failure.reason.clone(),
            }),
            _ => Ok(done),
        }
    }

    /// One training and its scores; either is taken from an earlier run where it is the same.
    fn one(
        &self,
        row: &PlannedRow,
        method: &'static MethodInfo,
        config: &TrainConfig,
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<Run, EvalError> {
        let (dir, model) = self.trained(row, config, train, job)?;
        let folder = models::read_folder(&model)?;
        let card = Card::read(&model)?;
        let by = ScoredBy {
            model: folder.label(),
            manifests: vec![self.inputs.test.hash.clone(), self.inputs.data.hash.clone()],
            split: self.settings.split.name().to_owned(),
            frames_per_item: self.settings.frames_per_item,
            aligner: aligner_words(self.crops.landmarker.aligner()),
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
        let sets = match kept.read(&by) {
            Some(sets) => sets,
            None => {
                let mut detector = (method.load)(&folder.dir, &self.device)?;
                let Inputs {
                    data,
                    test,
                    places,
                    home,
                } = &self.inputs;
                let mut sets = Vec::new();
                for (data, places) in [(test, places), (data, home)] {
                    if places.is_empty() {
                        continue;
                    }
                    let scored = self.crops.score(data, places, &mut *detector, None, job)?;
                    scored.check(data, "what is scored")?;
                    sets.push(scored.set);
                }
                kept.write(&by, &sets)?;
                sets
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
            },
            sets,
            card,
        })
    }

    /// The training's folder and that of its model: trained now, gone on with, or there already.
    fn trained(
        &self,
        row: &PlannedRow,
        config: &TrainConfig,
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<(PathBuf, PathBuf), EvalError> {
        let aligner = self.crops.landmarker.aligner();
        let hash = &self.inputs.data.hash;
        let (wanted, name) = self.wish.known_by(row.row, config, aligner, hash);
        let dir = self.settings.out.join("trainings").join(name);
        let out = dir.join("run");
        let model = out.join("model");
        let note = dir.join("wanted.json");
        let is_known = std::fs::read_to_string(&note).is_ok_and(|text| text == wanted);
        if is_known && is_finished(&model, config) {
            job.part("It is there already, from an earlier run");
            return Ok((dir, model));
        }
        make_dir(&dir)?;
        std::fs::write(&note, wanted).map_err(|source| EvalError::Write { path: note, source })?;
        let wish = TrainWish {
            method: config.method.clone(),
            preset: config.preset.clone(),
            overrides: row.overrides.clone(),
            seed: config.seed,
            init: self.wish.init.clone(),
            manifest: self.manifest.clone(),
            excluded_techniques: Vec::new(),
            out,
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

/// Whether a model stands there whole. Its folder is written beside and renamed, so a stopped one does not.
fn is_finished(model: &Path, config: &TrainConfig) -> bool {
    let is_it = |card: Card| {
        card.method == config.method
            && card.training.seed == config.seed
            && card.training.steps == config.steps
    };
    folders::read(model).is_ok() && Card::read(model).is_ok_and(is_it)
}
