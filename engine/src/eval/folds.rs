//! The results of one method: over the folds of a protocol, scored and calibrated.

use std::path::{Path, PathBuf};

use burn::prelude::Device;

use crate::data::Split;
use crate::detectors::MapKind;
use crate::eval::attention::{Attention, Chosen};
use crate::eval::calibration::{self, CalibrationFit};
use crate::eval::facts::Data;
use crate::eval::likelihoods::AllFolds;
use crate::eval::models::{self, Opened};
use crate::eval::protocol::{Fold, Protocol};
use crate::eval::report::{CalibrationRecord, MethodResult};
use crate::eval::scores::ScoreRow;
use crate::eval::scoring::{Crops, Scored};
use crate::eval::{EvalError, EvalSettings, ModelChoice, Train, table};
use crate::job::JobContext;
use crate::methods::{self, MethodInfo, Start};

/// Validation clips of each kind without which nothing is written into a card: a scan takes what stands
/// there for probabilities.
const MIN_CLIPS_OF_KIND: usize = 5;

/// Everything that the methods of one evaluation share.
pub struct Bench<'a> {
    pub settings: &'a EvalSettings,
    pub protocol: Protocol,
    pub model: &'a ModelChoice,
    pub calibrate: bool,
    /// What is trained and calibrated on.
    pub data: &'a Data,
    pub test: &'a Data,
    /// Items of the scored split.
    pub places: Vec<usize>,
    pub crops: Crops,
    pub device: Device,
    /// Where the faces of the scored split lie, once they were seen.
    pub framing: Option<Scored>,
}

/// A model with all its scores.
struct Judged {
    opened: Opened,
    test: Scored,
    /// Of the validation split.
    known: Vec<ScoreRow>,
    /// The main map first.
    attention: Vec<Attention>,
    items_seen_in_training: usize,
}

impl Bench<'_> {
    /// One result for each fold; `None` where no model of the method is installed.
    pub fn results(
        &mut self,
        method: &'static MethodInfo,
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<Option<Vec<MethodResult>>, EvalError> {
        let techniques = self.test.techniques(self.settings.split);
        let folds = self.protocol.folds(&techniques);
        if folds.is_empty() {
            return Err(self.test.wrong(format!(
                "no item of {} has a technique that could be left out",
                self.settings.split.in_words()
            )));
        }
        let is_trained = matches!(self.model, ModelChoice::Train { .. });
        let background = self.background(method, &folds, train, job)?;
        let mut results = Vec::new();
        let mut likelihoods = AllFolds::default();
        let mut shared: Option<Judged> = None;
        for fold in &folds {
            // A model that stays the same scores everything once.
            let scored = if is_trained {
                fold.clone()
            } else {
                Fold::whole()
            };
            if is_trained || shared.is_none() {
                shared = self.judge(method, &scored, background.as_deref(), train, job)?;
            }
            let Some(judged) = &mut shared else {
                return Ok(None);
            };
            if let Some(technique) = &fold.technique
                && !judged.test.set.has_technique(technique)
            {
                job.warn(format!(
                    "Left out: no usable face was found in any item of {technique}"
                ));
                continue;
            }
            job.tick("Measuring", results.len() as u64, Some(folds.len() as u64))?;
            results.push(self.result(method, judged, fold, &mut likelihoods)?);
        }
        likelihoods.share(&mut results, self.settings.seed);
        if results.is_empty() {
            return Err(self
                .test
                .wrong("no usable face was found in an item of any technique"));
        }
        Ok(Some(results))
    }

    /// The folder of what all trainings of a method share, trained once; `None` where they share nothing or
    /// start from other weights.
    fn background(
        &self,
        method: &'static MethodInfo,
        folds: &[Fold],
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<Option<PathBuf>, EvalError> {
        match (self.model, &method.start) {
            (
                ModelChoice::Train {
                    preset,
                    steps,
                    init: None,
                },
                Start::Own { .. },
            ) if 1 < folds.len() => {
                job.part("Training what all folds share".to_owned());
                models::train_background(
                    method,
                    preset,
                    *steps,
                    self.data,
                    self.settings,
                    train,
                    job,
                )
                .map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Opens or trains the model of a fold and scores what the fold needs.
    fn judge(
        &mut self,
        method: &'static MethodInfo,
        fold: &Fold,
        background: Option<&Path>,
        train: Train<'_>,
        job: &mut JobContext,
    ) -> Result<Option<Judged>, EvalError> {
        let (data, test) = (self.data, self.test);
        let opened = models::open(
            method,
            self.model,
            fold,
            background,
            data,
            self.settings,
            &self.device,
            train,
            job,
        )?;
        let Some(mut opened) = opened else {
            return Ok(None);
        };
        let tested = |at: &usize| fold.is_tested(&test.manifest.items[*at]);
        let places: Vec<usize> = self.places.iter().copied().filter(tested).collect();
        let mut chosen = Chosen::of(test, &places, self.settings.has_pictures);
        let detector = &mut *opened.detector;
        let scored = self
            .crops
            .score(test, &places, detector, Some(&mut chosen), job)?;
        if fold.technique.is_none() {
            scored.check(test, &self.settings.split.in_words())?;
        }
        let is_scored_split_val = self.settings.split == Split::Val.into();
        let known: Vec<usize> = data
            .manifest
            .of_split(Split::Val)
            .filter(|(_, item)| fold.is_known(item) && !is_scored_split_val)
            .map(|(at, _)| at)
            .collect();
        let known = if known.is_empty() {
            Vec::new()
        } else {
            let scored = self.crops.score(data, &known, detector, None, job)?;
            scored.set.rows
        };
        let attention = chosen.look(test, detector, job)?;
        self.remember_framing(&scored);
        let hashes = opened.training_hashes();
        let items_seen_in_training = test.count_known(&places, &hashes, job)?;
        Ok(Some(Judged {
            items_seen_in_training,
            opened,
            test: scored,
            known,
            attention,
        }))
    }

    /// Keeps the framing of every face of the scored split once: of everything in the first fold, then of
    /// the techniques that other folds add.
    fn remember_framing(&mut self, scored: &Scored) {
        let framing = self.framing.get_or_insert_default();
        let seen = framing.set.techniques();
        let is_first = framing.set.rows.is_empty();
        for (row, geometry) in scored.set.rows.iter().zip(&scored.geometry) {
            let is_new = row
                .technique
                .as_ref()
                .is_some_and(|name| !seen.contains(name));
            if is_first || is_new {
                framing.set.rows.push(row.clone());
                framing.geometry.push(*geometry);
            }
        }
    }

    fn result(
        &self,
        method: &MethodInfo,
        judged: &mut Judged,
        fold: &Fold,
        likelihoods: &mut AllFolds,
    ) -> Result<MethodResult, EvalError> {
        let name = method.detector.name;
        let mut set = match &fold.technique {
            Some(technique) => judged.test.set.only(technique),
            None => judged.test.set.clone(),
        };
        let mut known = judged.known.clone();
        known.retain(|row| {
            let is_same = fold.technique == row.technique;
            !row.is_manipulated || fold.technique.is_none() || is_same == fold.is_known
        });
        let fitted_on = format!("the split val of {}", self.data.name());
        let fit = if known.is_empty() {
            Err("there is no validation split with faces, or it is what was scored".to_owned())
        } else {
            calibration::fit(&known, &fitted_on, &self.data.hash)
        };
        let calibration = self.calibrate(fit, &mut judged.opened)?;
        let used = judged.opened.calibration().cloned();
        set.calibrate(used.as_ref());
        let mut result =
            MethodResult::measure(name, &set, true, self.settings.seed).ok_or_else(|| {
                self.test.wrong(format!(
                    "the scores of {} cannot be compared",
                    method.detector.title
                ))
            })?;
        likelihoods.add(&set);
        result.title = methods::short_name(name);
        if fold.is_known {
            result.trained_on = fold.technique.clone();
        } else {
            result.left_out = fold.technique.clone();
        }
        result.model = Some(judged.opened.record(judged.items_seen_in_training));
        result.calibration = calibration;
        for all in &judged.attention {
            let of_fold = match &fold.technique {
                Some(technique) => all.only(technique),
                None => Some(all.clone()),
            };
            match all.kind {
                MapKind::ReconstructionDifference => result.differences = of_fold,
                MapKind::DeepfakeAttention | MapKind::DomainAttention => {
                    result.own_attention.extend(of_fold);
                }
                _ => result.attention = of_fold,
            }
        }
        result.scores_file = format!("scores-{name}{}.csv", fold.suffix());
        set.rows.extend(known);
        set.calibrate(used.as_ref());
        table::write(&set, &self.settings.out.join(&result.scores_file))?;
        Ok(result)
    }

    /// Writes a fit into the model's card where that is wished; tells what was done.
    fn calibrate(
        &self,
        fit: Result<CalibrationFit, String>,
        opened: &mut Opened,
    ) -> Result<CalibrationRecord, EvalError> {
        let (fit, not_fitted) = match fit {
            Ok(fit) => (Some(fit), None),
            Err(reason) if self.calibrate => {
                return Err(self
                    .data
                    .wrong(format!("nothing can be calibrated: {reason}")));
            }
            Err(reason) => (None, Some(reason)),
        };
        let fewest = fit.iter().flat_map(|fit| fit.clips_of_kind).min();
        if self.calibrate && fewest.is_some_and(|fewest| fewest < MIN_CLIPS_OF_KIND) {
            return Err(self.data.wrong(format!(
                "nothing can be calibrated: there are too few validation clips with a face, \
                 {MIN_CLIPS_OF_KIND} of each kind are needed"
            )));
        }
        let is_in_card = self.calibrate && fit.is_some();
        if let Some(fit) = fit.as_ref().filter(|_| self.calibrate) {
            opened.keep(&fit.calibration)?;
        }
        let applied = match opened.calibration() {
            Some(own) if is_in_card => {
                format!("The {} scaling below, which now stands in the model's card", own.kind.name())
            }
            Some(own) => format!(
                "The {} scaling of the model's card, fitted on {}; what is below was not used",
                own.kind.name(),
                own.fitted_on
            ),
            None => "None: probabilities are the logistic function of the logits. What is below was fitted and not used"
                .to_owned(),
        };
        Ok(CalibrationRecord {
            applied,
            is_calibrated: opened.card.calibrated,
            fit,
            not_fitted,
            is_in_card,
        })
    }
}
