//! The detectors of one analysis: opened once, fed in fixed batches, kept apart from each other's faults.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::analysis::progressive::Held;
use crate::analysis::record::{Check, CheckState, LedgerEntry, Score};
use crate::analysis::tally::{Budget, DetectorRun};
use crate::analysis::{Partial, ScanSettings, TrackScore};
use crate::detectors::card::Calibration;
use crate::detectors::{DetailedScore, Detector, FaceCrop, models};
use crate::device::Chosen;
use crate::faces::align::CropRule;
use crate::job::{Cancelled, JobContext};
use crate::methods::{self, METHODS, MethodInfo};

/// Faces in one forward pass: one at first, so that a score is seen soon, then twice as many each time
/// up to this. By count alone, never by time: the same file is cut into the same batches.
const BATCH_FACES: usize = 8;

/// The detectors that could be opened, and a check for each that could not.
pub struct Detectors {
    pub running: Vec<Running>,
    pub absent: Vec<Check>,
    pub ledger: Vec<LedgerEntry>,
}

/// What all detectors found, and what became of each.
pub struct Finished {
    pub runs: Vec<DetectorRun>,
    pub absent: Vec<Check>,
    pub ledger: Vec<LedgerEntry>,
}

/// One opened detector.
pub struct Running {
    pub run: DetectorRun,
    detector: Box<dyn Detector>,
    waiting: Vec<FaceCrop>,
    /// Where faces wait for the end of the clip.
    held: Option<Held>,
    /// Faces in the next forward pass.
    batch_faces: usize,
    busy: Duration,
}

impl Detectors {
    /// Opens the model of every method that was asked for; without a wish, of every method but baselines
    /// that has one, and where none has, says so of each.
    pub fn open(settings: &ScanSettings, device: &Chosen, job: &JobContext) -> Self {
        let mut detectors = Self {
            running: Vec::new(),
            absent: Vec::new(),
            ledger: Vec::new(),
        };
        let mut methods: Vec<&'static MethodInfo> = if settings.methods.is_empty() {
            methods::by_default(&settings.model_dirs)
        } else {
            let is_wished = |method: &&MethodInfo| {
                let mut wishes = settings.methods.iter();
                wishes.any(|wish| wish == method.detector.name)
            };
            METHODS.iter().filter(is_wished).collect()
        };
        if settings.methods.is_empty() && methods.is_empty() {
            methods = METHODS
                .iter()
                .filter(|method| !method.is_baseline)
                .collect();
        }
        for method in methods {
            detectors.open_one(method, settings, device, job);
        }
        for wish in &settings.methods {
            if methods::find(wish).is_none() {
                let reason = format!("there is no method {wish:?}");
                detectors.leave_out(wish, "", CheckState::Failed, reason, Duration::ZERO);
            }
        }
        detectors
    }

    fn open_one(
        &mut self,
        method: &'static MethodInfo,
        settings: &ScanSettings,
        device: &Chosen,
        job: &JobContext,
    ) {
        let start = Instant::now();
        let info = method.detector;
        let Some(model) = models::find_model(info.name, &settings.model_dirs, job) else {
            let reason = "no trained model of this method was found".to_owned();
            self.leave_out(info.name, "", CheckState::Skipped, reason, start.elapsed());
            return;
        };
        match (method.load)(&model.dir, &device.device) {
            Ok(detector) => self.running.push(Running {
                held: Held::wanted(detector.multiply_adds(), device.kind, settings.budget),
                run: DetectorRun {
                    info,
                    model: model.label(),
                    calibrated: model.calibrated,
                    calibration: model.calibration,
                    pristine: model.pristine,
                    domains: detector.domains().into(),
                    likelihoods: detector.likelihood_references().into(),
                    error: None,
                    scores: Vec::new(),
                    budget: None,
                },
                detector,
                waiting: Vec::new(),
                batch_faces: 1,
                busy: start.elapsed(),
            }),
            Err(err) => {
                let (label, reason) = (model.label(), err.to_string());
                self.leave_out(
                    info.name,
                    &label,
                    CheckState::Failed,
                    reason,
                    start.elapsed(),
                );
            }
        }
    }

    fn leave_out(
        &mut self,
        method: &str,
        model: &str,
        state: CheckState,
        reason: String,
        took: Duration,
    ) {
        self.ledger.push(LedgerEntry {
            check: method.to_owned(),
            state,
            reason: Some(reason.clone()),
            millis: millis(took),
        });
        self.absent.push(Check {
            method: method.to_owned(),
            model: model.to_owned(),
            state,
            reason: Some(reason),
            score: None,
            calibrated: false,
            calibrated_on: None,
            base_rate: None,
            resembles: None,
            likelihood: None,
            frames: Vec::new(),
            extra: serde_json::Value::Null,
        });
    }

    /// Ends the feeding and gives the ledger its lines.
    pub fn finish(
        mut self,
        job: &mut JobContext,
        tell: &dyn Fn(Partial),
    ) -> Result<Finished, Cancelled> {
        for running in &mut self.running {
            running.score_held(job, tell)?;
            running.flush(tell);
            // Records are in order of time, whatever was scored first.
            let by_time = |score: &TrackScore| (score.frame.pts_nanos, score.track);
            running.run.scores.sort_by_key(by_time);
            let run = &running.run;
            let (state, reason) = match &run.error {
                Some(error) => (CheckState::Failed, Some(error.clone())),
                None if run.scores.is_empty() => (
                    CheckState::NotApplicable,
                    Some("no usable face was found".to_owned()),
                ),
                None => (CheckState::Ran, None),
            };
            self.ledger.push(LedgerEntry {
                check: run.info.name.to_owned(),
                state,
                reason,
                millis: millis(running.busy),
            });
        }
        let runs = self
            .running
            .into_iter()
            .map(|running| running.run)
            .collect();
        Ok(Finished {
            runs,
            absent: self.absent,
            ledger: self.ledger,
        })
    }
}

impl Running {
    pub fn crop_rule(&self) -> CropRule {
        self.detector.crop_rule()
    }

    /// Takes one face; scores when a batch is full.
    pub fn feed(&mut self, face: FaceCrop, tell: &dyn Fn(Partial)) {
        match &mut self.held {
            Some(held) => held.push(face),
            None => self.take(face, tell),
        }
    }

    /// Scores faces that were held back, the most telling first.
    fn score_held(
        &mut self,
        job: &mut JobContext,
        tell: &dyn Fn(Partial),
    ) -> Result<(), Cancelled> {
        let Some(mut held) = self.held.take() else {
            return Ok(());
        };
        let faces = held.in_order();
        let total = faces.len();
        let usable: usize = held.usable().values().sum();
        if total < usable {
            self.run.budget = Some(Budget {
                usable: held.usable().clone(),
                reason: held.reason(),
            });
        }
        for (done, face) in faces.into_iter().enumerate() {
            job.tick(
                "Scoring faces, the most telling first",
                done as u64,
                Some(total as u64),
            )?;
            self.take(face, tell);
        }
        Ok(())
    }

    fn take(&mut self, face: FaceCrop, tell: &dyn Fn(Partial)) {
        self.waiting.push(face);
        if self.waiting.len() == self.batch_faces {
            self.flush(tell);
            self.batch_faces = (2 * self.batch_faces).min(BATCH_FACES);
        }
    }

    fn flush(&mut self, tell: &dyn Fn(Partial)) {
        if self.waiting.is_empty() || self.run.error.is_some() {
            self.waiting.clear();
            return;
        }
        let start = Instant::now();
        let scored = self.detector.score_in_detail(&self.waiting);
        self.busy += start.elapsed();
        let scores = scored.map_err(|err| err.to_string()).and_then(|raw| {
            let calibration = self.run.calibration.as_ref();
            let faces = self.waiting.iter().zip(raw);
            faces
                .map(|(face, found)| track_score(face, found, calibration))
                .collect()
        });
        self.waiting.clear();
        match scores {
            Ok(scores) => {
                let scores: Vec<TrackScore> = scores;
                self.run.scores.extend_from_slice(&scores);
                tell(Partial::Scored {
                    method: self.run.info.name,
                    domains: Arc::clone(&self.run.domains),
                    likelihoods: Arc::clone(&self.run.likelihoods),
                    scores,
                });
            }
            Err(error) => self.run.error = Some(error),
        }
    }
}

fn track_score(
    face: &FaceCrop,
    found: DetailedScore,
    calibration: Option<&Calibration>,
) -> Result<TrackScore, String> {
    let DetailedScore {
        score: raw,
        domains,
        likelihood,
    } = found;
    let score = Score::calibrated(raw.logit, calibration)
        .ok_or_else(|| format!("the score of frame {} is not a number", face.frame.index))?;
    Ok(TrackScore {
        track: face.track,
        frame: face.frame,
        raw,
        score,
        domains,
        likelihood,
    })
}

pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::FaceScore;
    use crate::detectors::card::CalibrationKind;
    use crate::detectors::known_answer::pattern;

    #[test]
    fn a_score_is_the_calibrated_probability_where_the_card_has_one() {
        let face = pattern(0, 8);
        let raw = || DetailedScore::from(FaceScore::of(2.0));
        let calibration = Calibration {
            kind: CalibrationKind::Platt,
            a: 0.5,
            b: -1.0,
            fitted_on: String::new(),
            manifest_sha256: String::new(),
            faces: 1,
            clips: 1,
            ece_before: 0.0,
            ece_after: 0.0,
            log_loss_before: 0.0,
            log_loss_after: 0.0,
        };
        let calibrated = track_score(&face, raw(), Some(&calibration)).unwrap();
        assert_eq!(calibrated.score.value(), 0.5);
        assert_eq!(calibrated.raw.logit, 2.0, "the logit stays as it was");
        let plain = track_score(&face, raw(), None).unwrap();
        assert_eq!(Some(plain.score), Score::from_logit(2.0));
    }
}
