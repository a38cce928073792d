//! One experiment from start to end: every row is trained once for each seed, scored, and measured.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use burn::prelude::Device;

use crate::detectors::card::Card;
use crate::device;
use crate::eval::experiment::inputs::Inputs;
use crate::eval::experiment::kept::Told;
use crate::eval::experiment::outcome;
use crate::eval::experiment::plan::{PlannedRow, Wish};
use crate::eval::experiment::record::{FailureRecord, RunRecord};
use crate::eval::report::Evaluation;
use crate::eval::run::make_dir;
use crate::eval::scoring::Crops;
use crate::eval::{EvalError, EvalSettings, Train};
use crate::job::JobContext;
use crate::methods::training::TrainConfig;

/// What all trainings of an experiment share.
pub struct Bench<'a> {
    pub settings: &'a EvalSettings,
    pub wish: &'a Wish,
    pub inputs: Inputs,
    /// What every training reads.
    pub manifest: PathBuf,
    pub crops: Crops,
    pub device: Device,
    /// By seed, why the shared training failed: it is not tried anew for every row.
    pub failed_starts: RefCell<BTreeMap<u64, String>>,
}

/// One training with what its model says of the second manifest, then of the items at home.
pub struct Run {
    pub record: RunRecord,
    pub told: Told,
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
        failed_starts: RefCell::default(),
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
}
