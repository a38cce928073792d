//! Asks models for the answers that their cards know: whether this machine computes what the one did that
//! trained them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::prelude::Device;
use serde::Serialize;

use crate::detectors::DetectorError;
use crate::detectors::card::Card;
use crate::detectors::known_answer::{TOLERANCE, largest_difference};
use crate::device::{self, DeviceError, Preference};
use crate::job::{Cancelled, JobContext, panic_message};
use crate::methods::{self, shelf};

/// Which models to ask, as wished by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfTestSettings {
    /// Model folders; none asks every model that the program finds by itself.
    pub models: Vec<PathBuf>,
    pub device: Preference,
}

/// Why no model could be asked.
#[derive(Debug, thiserror::Error)]
pub enum SelfTestError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// A model that was asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestedModel {
    pub dir: PathBuf,
    /// `None` where the card cannot be read.
    pub method: Option<String>,
    /// Made-up pictures that its card answers for.
    pub answers: usize,
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What loading and answering took.
    pub seconds: f64,
}

/// How a model's answers compare with those on its card.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Verdict {
    /// All lie within [`TOLERANCE`].
    Passed {
        /// The largest difference, in logits.
        difference: f32,
    },
    /// It loads, and says something else: the weights are not those of its card, or this machine computes
    /// otherwise.
    Drifted {
        /// The largest difference, in logits; infinite, and `null` in JSON, where an answer is no number.
        difference: f32,
    },
    /// It could not be asked.
    Failed { reason: String },
}

impl Verdict {
    pub fn is_passed(&self) -> bool {
        matches!(self, Self::Passed { .. })
    }
}

/// Asks the models that were wished for.
pub fn run_as_asked(
    settings: &SelfTestSettings,
    job: &mut JobContext,
) -> Result<Vec<TestedModel>, SelfTestError> {
    let device = device::choose(settings.device)?.device;
    let models = if settings.models.is_empty() {
        let found = shelf::list(&[]).into_iter();
        found.map(|model| model.dir).collect()
    } else {
        settings.models.clone()
    };
    Ok(run(&models, &device, job)?)
}

/// Asks each model in turn; one that fails does not stop the others.
pub fn run(
    models: &[PathBuf],
    device: &Device,
    job: &mut JobContext,
) -> Result<Vec<TestedModel>, Cancelled> {
    let total = models.len() as u64;
    let mut tested = Vec::with_capacity(models.len());
    for (dir, done) in models.iter().zip(0..) {
        job.tick("Asking models", done, Some(total))?;
        tested.push(ask(dir, device));
    }
    Ok(tested)
}

/// Asks one model.
pub fn ask(dir: &Path, device: &Device) -> TestedModel {
    let begun = Instant::now();
    let card = Card::read(dir);
    let (method, answers, verdict) = match &card {
        Err(err) => (None, 0, failed(err)),
        Ok(card) => {
            let asked = catch_unwind(AssertUnwindSafe(|| verdict_of(card, dir, device)));
            let verdict = asked.unwrap_or_else(|payload| Verdict::Failed {
                reason: format!(
                    "It panicked, which is a bug: {}",
                    panic_message(payload.as_ref())
                ),
            });
            (Some(card.method.clone()), card.known_answers.len(), verdict)
        }
    };
    TestedModel {
        dir: dir.to_owned(),
        method,
        answers,
        verdict,
        seconds: begun.elapsed().as_secs_f64(),
    }
}

fn verdict_of(card: &Card, dir: &Path, device: &Device) -> Verdict {
    let Some(method) = methods::find(&card.method) else {
        return Verdict::Failed {
            reason: format!(
                "This version of the program does not know its method, {:?}",
                card.method
            ),
        };
    };
    if card.known_answers.is_empty() {
        return Verdict::Failed {
            reason: "Its card knows no answers to compare with".to_owned(),
        };
    }
    let asked = (method.load)(dir, device)
        .and_then(|mut model| largest_difference(&mut *model, &card.known_answers));
    match asked {
        Ok(difference) if difference <= TOLERANCE => Verdict::Passed { difference },
        Ok(difference) => Verdict::Drifted { difference },
        Err(err) => failed(&err),
    }
}

fn failed(err: &DetectorError) -> Verdict {
    Verdict::Failed {
        reason: err.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A bundled model, copied, with its card changed.
    fn copied(to: &Path, change: impl FnOnce(&mut Card)) -> PathBuf {
        let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/dadd-laptop");
        fs::create_dir_all(to).unwrap();
        let weights = "weights.safetensors";
        fs::copy(bundled.join(weights), to.join(weights)).unwrap();
        let mut card = Card::read(&bundled).unwrap();
        change(&mut card);
        card.write(to).unwrap();
        to.to_owned()
    }

    #[test]
    fn models_pass_drift_or_fail_and_none_stops_the_others() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let models = [
            copied(&at("whole"), |_| ()),
            copied(&at("drifted"), |card| card.known_answers[1].logit += 0.5),
            copied(&at("silent"), |card| card.known_answers.clear()),
            copied(&at("misfit"), |card| "did".clone_into(&mut card.method)),
            at("missing"),
        ];
        let tested = run(&models, &Device::flex(), &mut JobContext::detached()).unwrap();
        let [whole, drifted, silent, misfit, missing] = &tested[..] else {
            panic!("{tested:?}");
        };
        assert!(whole.verdict.is_passed() && whole.answers == 4, "{whole:?}");
        let Verdict::Drifted { difference } = drifted.verdict else {
            panic!("{drifted:?}");
        };
        assert!((difference - 0.5).abs() < 0.02, "{difference}");
        for (tested, words) in [(silent, "no answers"), (misfit, ""), (missing, "card.json")] {
            let Verdict::Failed { reason } = &tested.verdict else {
                panic!("{tested:?}");
            };
            assert!(reason.contains(words), "{reason}");
        }
        let json = serde_json::to_value(&tested[1]).unwrap();
        assert_eq!(json["result"], "drifted");
        assert!(json["difference"].is_number(), "{json}");
    }

    #[test]
    fn a_cancelled_test_ends() {
        let token = crate::job::CancelToken::default();
        token.cancel();
        let mut job = JobContext::new(token, |_| ());
        let models = [PathBuf::from("none")];
        assert_eq!(run(&models, &Device::flex(), &mut job), Err(Cancelled));
    }
}
