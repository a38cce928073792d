//! A model's card in plain words.

use std::collections::BTreeMap;

use seam_engine::detectors::card::{Calibration, Card, CardClip, CardTraining, Interval};
use seam_engine::methods::self_test::{TestedModel, Verdict};

use crate::words;

/// What it was trained on: clips by kind, and how many were kept for validation.
pub fn trained_on(card: &Card) -> String {
    let (held_back, learned): (Vec<&CardClip>, Vec<&CardClip>) =
        card.data.clips.iter().partition(|clip| clip.is_held_back);
    if learned.is_empty() && held_back.is_empty() {
        return "The card does not list its clips".to_owned();
    }
    let faces: usize = learned.iter().map(|clip| clip.faces).sum();
    let mut text = format!(
        "{} clips, {} faces: {}",
        words::count(learned.len() as u64),
        words::count(faces as u64),
        kinds(&learned)
    );
    if !held_back.is_empty() {
        text.push_str(&format!(
            ". {} more clips were kept for validation",
            words::count(held_back.len() as u64)
        ));
    }
    text
}

/// `40 pristine, 12 swap`.
fn kinds(clips: &[&CardClip]) -> String {
    let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for clip in clips {
        *counts.entry(clip.technique.as_deref()).or_default() += 1;
    }
    let each = counts
        .into_iter()
        .map(|(technique, count)| format!("{count} {}", technique.unwrap_or("pristine")));
    each.collect::<Vec<_>>().join(", ")
}

/// How long it learned: steps, the best of them, minutes.
pub fn trained_for(training: &CardTraining) -> String {
    let steps = words::count(training.steps);
    let time = match training.minutes {
        ..1.0 => "under a minute".to_owned(),
        ..90.0 => format!("{:.0} minutes", training.minutes),
        minutes => format!("{:.1} hours", minutes / 60.0),
    };
    let best = if training.best_step == training.steps {
        "the last one was the best".to_owned()
    } else {
        format!(
            "the best was after {}, and is kept",
            words::count(training.best_step)
        )
    };
    format!(
        "{steps} steps in {time} ({:.0} pictures a second); {best}",
        training.images_per_second
    )
}

/// `0.934 (0.91 to 0.95)`.
pub fn auc(interval: &Interval) -> String {
    let Interval {
        value, low, high, ..
    } = interval;
    format!("{value:.3} ({low:.2} to {high:.2})")
}

/// Whether scores are probabilities, and where that was checked.
pub fn calibration(calibration: Option<&Calibration>) -> String {
    match calibration {
        Some(Calibration {
            fitted_on, clips, ..
        }) => format!(
            "Yes, on {fitted_on} ({} clips): a score reads as a probability for clips like those",
            words::count(*clips as u64)
        ),
        None => "No: scores put faces in an order and are no probabilities".to_owned(),
    }
}

/// Where the self-test of a model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    NotAsked,
    Asking,
    Passed,
    Drifted,
    Failed,
}

impl Test {
    pub fn of(tested: Option<&TestedModel>, is_asking: bool) -> Self {
        match tested.map(|tested| &tested.verdict) {
            _ if is_asking => Self::Asking,
            None => Self::NotAsked,
            Some(Verdict::Passed { .. }) => Self::Passed,
            Some(Verdict::Drifted { .. }) => Self::Drifted,
            Some(Verdict::Failed { .. }) => Self::Failed,
        }
    }

    /// For the list.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "not asked",
            Self::Asking => "asking…",
            Self::Passed => "passed",
            Self::Drifted => "drifted",
            Self::Failed => "failed",
        }
    }
}

/// What the self-test found, and what that means.
pub fn tested(tested: Option<&TestedModel>, tolerance: f32) -> String {
    match tested.map(|own| (&own.verdict, own.answers)) {
        None => {
            "Not asked yet: the self-test shows this model pictures whose scores are on its card"
                .to_owned()
        }
        Some((Verdict::Passed { difference }, answers)) => format!(
            "It gives the {answers} answers on its card; the largest difference is {difference:.5}, {tolerance} is allowed"
        ),
        Some((Verdict::Drifted { difference }, _)) => format!(
            "Its answers differ by {difference:.3} from those on its card, {tolerance} is allowed: do not rely on its \
             scores on this computer"
        ),
        Some((Verdict::Failed { reason }, _)) => format!("It could not be asked. {reason}"),
    }
}
