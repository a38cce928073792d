//! What one retraining with the finished masks changed, in numbers.

use serde::{Deserialize, Serialize};

use crate::data::annotations::{AnnotationError, AnnotationFolder};
use crate::detectors::card::Interval;

const ROUNDS_FILE: &str = "rounds.jsonl";

/// One retraining, as the folder of annotations keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Counts from 1.
    pub number: u32,
    /// Seconds since 1970.
    pub at_secs: u64,
    /// Finished masks that it learned from.
    pub masks: usize,
    /// Those of them that did not begin from an empty mask.
    pub assisted: usize,
    /// Steps of the training.
    pub steps: u64,
    pub seed: u64,
    /// Name and weights' hash of the model that it began from.
    pub begun_from: String,
    /// The new model's folder, below the folder of annotations.
    pub model: String,
    /// What was measured on: the manifest's split, in words.
    pub measured_on: String,
    /// The model that it began from, and the new one, on the same faces.
    pub before: Measured,
    pub after: Measured,
    /// How much each number rose, drawn in pairs: after less before.
    pub change: Change,
    /// A training from the same start with as many exact masks of faces that were drawn by chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub random: Option<RandomRound>,
    /// Why there is none, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_random: Option<String>,
    /// What it comes to, for a person to read.
    pub words: String,
}

/// One model on held-out faces. Intervals are of 95 % over draws of whole clips.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub faces: usize,
    pub clips: usize,
    /// Share of faces on the right side of undecided: the mean of that of pristine and of manipulated faces. `None`
    /// where one kind is missing.
    pub accuracy: Option<Interval>,
    /// Area under the ROC curve, by face.
    pub auc: Option<Interval>,
    /// Share of the attention of manipulated faces that lies inside their exact masks, its mean over faces. `None` without
    /// masks, or maps.
    pub attention_in_mask: Option<Interval>,
    /// What a map without a preference would have inside: the masks' share of the crop.
    pub mask_area: Option<f64>,
}

/// Differences of the numbers of [`Measured`] on the same faces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub accuracy: Option<Interval>,
    pub auc: Option<Interval>,
    pub attention_in_mask: Option<Interval>,
}

/// The same with masks of faces that nobody chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RandomRound {
    pub masks: usize,
    /// Its model's folder, below the folder of annotations.
    pub model: String,
    pub after: Measured,
    /// The chosen masks' model less this one.
    pub gain: Change,
}

impl AnnotationFolder {
    /// All retrainings, the first one first.
    pub fn rounds(&self) -> Result<Vec<Round>, AnnotationError> {
        self.lines(ROUNDS_FILE)
    }

    pub fn add_round(&self, round: &Round) -> Result<(), AnnotationError> {
        self.add_line(ROUNDS_FILE, round.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::annotations::{About, Order};

    #[test]
    fn rounds_are_kept_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let about = About::new(None, None, Order::Active, 1);
        let folder = AnnotationFolder::create(&dir.path().join("notes"), &about).unwrap();
        assert!(folder.rounds().unwrap().is_empty());
        let round = |number| Round {
            number,
            at_secs: 1,
            masks: 10,
            assisted: 0,
            steps: 20,
            seed: 1,
            begun_from: "lae-laptop@12345678".to_owned(),
            model: format!("models/round-{number}/model"),
            measured_on: "the split val".to_owned(),
            before: Measured::default(),
            after: Measured {
                faces: 4,
                auc: Some(Interval {
                    value: 0.9,
                    low: 0.8,
                    high: 1.0,
                    clips: 4,
                }),
                ..Measured::default()
            },
            change: Change::default(),
            random: None,
            without_random: Some("the data has no masks".to_owned()),
            words: "It is better".to_owned(),
        };
        for number in 1..3 {
            folder.add_round(&round(number)).unwrap();
        }
        assert_eq!(folder.rounds().unwrap(), [round(1), round(2)]);
    }
}
