//! The card of a model: how it came to be, how well it did, and what it must not be used for.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::detectors::DetectorError;
use crate::detectors::known_answer::KnownAnswer;
use crate::detectors::likelihood::LikelihoodReference;
use crate::faces::Aligner;
use crate::faces::align::CropRule;

/// Version of the format; fields may be added to it, never changed.
pub const SCHEMA: &str = "seam-card/1";

/// The card's file in a model folder, beside `weights.safetensors`.
pub const FILE: &str = "card.json";

/// Everything worth knowing about a trained model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub schema: String,
    /// For people: `dadd-laptop`.
    pub name: String,
    pub method: String,
    pub preset: String,
    /// Version of the program that trained it.
    pub engine: String,
    pub device: String,
    /// The command that makes it again.
    pub command: String,
    /// The training's configuration, all numbers.
    pub config: serde_json::Value,
    pub crop: CardCrop,
    pub data: CardData,
    pub training: CardTraining,
    pub metrics: CardMetrics,
    /// Whether the scores are probabilities, checked on clips that the training never saw.
    pub calibrated: bool,
    /// From logits to probabilities, where it was fitted; else the logistic function alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// Upper end of the fixed color scale of maps of the final score: Grad-CAM, or the cue.
    pub map_max: f32,
    /// The same for maps of partial scores.
    pub map_part_max: f32,
    /// Ends of the fixed color scales of other maps, by `MapKind::name`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub map_scales: BTreeMap<String, [f32; 2]>,
    /// How likely the model finds the validation's faces, pristine ones first, where it models a density.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub likelihoods: Vec<LikelihoodReference>,
    pub known_answers: Vec<KnownAnswer>,
    pub not_for: Vec<String>,
    /// Why scans run the model only when its method is asked for, in words; `None` where they run it unasked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_only: Option<String>,
}

/// How faces must be cut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardCrop {
    pub size_px: u32,
    /// The crop's side over the face's side.
    pub margin: f32,
    pub is_aligned: bool,
    /// Who placed the landmarks in training.
    pub aligner: Aligner,
}

/// What it was trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardData {
    /// SHA-256 of the list: a line `SHA-256  path` for each clip, in this order.
    pub list_sha256: String,
    pub clips: Vec<CardClip>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardClip {
    /// Below the data folder.
    pub path: String,
    pub sha256: String,
    pub faces: usize,
    /// Kept out of the training, for validation.
    pub is_held_back: bool,
    /// What was done to it; `None` for pristine clips.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardTraining {
    pub seed: u64,
    /// Steps trained in all.
    pub steps: u64,
    /// Steps after which the kept weights were the best in validation.
    pub best_step: u64,
    /// Of this program run; a resumed training counts from its last start.
    pub minutes: f64,
    pub images_per_second: f64,
    /// Numbers of the method's own at the best step; DADD: `row_norms`, how much each sub-task counts
    /// in the final score.
    #[serde(default)]
    pub facts: serde_json::Value,
    /// `None` where it learned from labels alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masks: Option<CardMasks>,
}

/// The masks that a training learned from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardMasks {
    /// Faces with a mask.
    pub faces: usize,
    /// Where they come from, in words.
    pub origin: String,
    /// How the training chose its faces: `active`, `uncertainty`, `random`; `None` where a person gave them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The channels that it chose by, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<u32>,
}

/// Validation on the held-back clips with artifacts made by the training's own generator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardMetrics {
    /// What the numbers are about, in words.
    pub about: String,
    pub auc: Option<Interval>,
    pub auc_by_category: Vec<CategoryAuc>,
    pub faces: usize,
    /// How the model takes pristine faces that its training did not see; what an uncalibrated score
    /// is compared with.
    #[serde(default)]
    pub pristine: Option<PristineScores>,
}

/// Final scores of pristine faces of held-back clips.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PristineScores {
    pub faces: usize,
    pub clips: usize,
    /// Share of the faces that the model objects to: logit above zero.
    pub share_objected: f64,
    /// The logit that 95 % of the faces stay below.
    pub logit_95: f32,
}

/// A number with its 95 % interval, from drawing clips anew.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    /// Clips it was drawn from.
    pub clips: usize,
}

/// From logits to probabilities: the logistic function of `a * logit + b`.
///
/// Fitted with equal weight for every clip of a kind and for the two kinds: the probability is right
/// where a manipulated clip is as likely as a pristine one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    pub kind: CalibrationKind,
    /// Above zero: calibration never turns an order around.
    pub a: f64,
    pub b: f64,
    /// The data in words, `val split of forge-standard`.
    pub fitted_on: String,
    /// Of the manifest of that data; empty for scores from elsewhere.
    pub manifest_sha256: String,
    pub faces: usize,
    pub clips: usize,
    /// Expected calibration error over 15 bins on the data of the fit, and the log-loss there.
    pub ece_before: f64,
    pub ece_after: f64,
    pub log_loss_before: f64,
    pub log_loss_after: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationKind {
    /// `a` alone; `b` is zero. The logit zero stays the middle.
    Temperature,
    Platt,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryAuc {
    pub category: String,
    /// By the final score; `None` where it cannot be told.
    pub auc: Option<f64>,
    /// By the category's own partial score.
    pub auc_of_part: Option<f64>,
}

impl Card {
    /// Reads the card of a model folder.
    pub fn read(dir: &Path) -> Result<Self, DetectorError> {
        let path = dir.join(FILE);
        let failed = |reason: String| DetectorError::Card {
            path: path.clone(),
            reason,
        };
        let text = std::fs::read_to_string(&path).map_err(|err| failed(err.to_string()))?;
        let card: Self = serde_json::from_str(&text).map_err(|err| failed(err.to_string()))?;
        if card.schema != SCHEMA {
            let reason = format!("the card is of version {:?}, not {SCHEMA:?}", card.schema);
            return Err(failed(reason));
        }
        let is_scale = |max: f32| max.is_finite() && 0.0 < max;
        if !(is_scale(card.map_max) && is_scale(card.map_part_max)) {
            return Err(failed("the scale of its maps is empty".to_owned()));
        }
        if !card.calibration.as_ref().is_none_or(Calibration::is_usable) {
            return Err(failed("its calibration turns scores around".to_owned()));
        }
        Ok(card)
    }

    /// Writes the card into a model folder, beside and renamed.
    pub fn write(&self, dir: &Path) -> std::io::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        let beside = dir.join(format!("{FILE}.{}.part", std::process::id()));
        std::fs::write(&beside, text)?;
        std::fs::rename(&beside, dir.join(FILE))
    }
}

impl Calibration {
    /// Of manipulation, from 0 to 1; not a number for such a logit.
    pub fn probability(&self, logit: f32) -> f64 {
        probability(self.a * f64::from(logit) + self.b)
    }

    /// Whether a larger logit gives a larger probability.
    pub fn is_usable(&self) -> bool {
        self.a.is_finite() && 0.0 < self.a && self.b.is_finite()
    }
}

/// The logistic function of a logit.
pub fn probability(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

impl CalibrationKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Platt => "platt",
        }
    }
}

impl CardCrop {
    pub fn rule(&self) -> CropRule {
        CropRule {
            size_px: self.size_px,
            margin: self.margin,
            is_aligned: self.is_aligned,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A card with nothing in it but what a reader insists on.
    pub fn empty_card() -> Card {
        Card {
            schema: SCHEMA.to_owned(),
            name: "test".to_owned(),
            method: "dadd".to_owned(),
            preset: "laptop".to_owned(),
            engine: "0".to_owned(),
            device: "cpu".to_owned(),
            command: String::new(),
            config: serde_json::Value::Null,
            crop: CardCrop {
                size_px: 48,
                margin: 1.3,
                is_aligned: true,
                aligner: Aligner::BoxEstimate,
            },
            data: CardData {
                list_sha256: String::new(),
                clips: Vec::new(),
            },
            training: CardTraining {
                seed: 0,
                steps: 0,
                best_step: 0,
                minutes: 0.0,
                images_per_second: 0.0,
                facts: serde_json::Value::Null,
                masks: None,
            },
            metrics: CardMetrics {
                about: String::new(),
                auc: None,
                auc_by_category: Vec::new(),
                faces: 0,
                pristine: None,
            },
            calibrated: false,
            calibration: None,
            map_max: 1.0,
            map_part_max: 1.0,
            map_scales: BTreeMap::new(),
            likelihoods: Vec::new(),
            known_answers: Vec::new(),
            not_for: Vec::new(),
            asked_only: None,
        }
    }

    /// The middle at the logit -2, half as steep.
    pub fn calibration() -> Calibration {
        Calibration {
            kind: CalibrationKind::Platt,
            a: 0.5,
            b: 1.0,
            fitted_on: "val split of made-up data".to_owned(),
            manifest_sha256: String::new(),
            faces: 40,
            clips: 10,
            ece_before: 0.2,
            ece_after: 0.1,
            log_loss_before: 0.6,
            log_loss_after: 0.4,
        }
    }

    #[test]
    fn a_card_reads_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut card = empty_card();
        card.write(dir.path()).unwrap();
        assert_eq!(Card::read(dir.path()).unwrap(), card);
        card.calibration = Some(calibration());
        card.write(dir.path()).unwrap();
        assert_eq!(Card::read(dir.path()).unwrap(), card);
    }

    #[test]
    fn a_calibration_that_turns_scores_around_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut card = empty_card();
        for a in [0.0, -1.0] {
            let calibration = Calibration { a, ..calibration() };
            card.calibration = Some(calibration);
            card.write(dir.path()).unwrap();
            let text = Card::read(dir.path()).unwrap_err().to_string();
            assert!(text.contains("calibration"), "{text}");
        }
    }

    #[test]
    fn probabilities_follow_the_calibration() {
        let calibration = calibration();
        assert_eq!(calibration.probability(-2.0), 0.5);
        assert!((calibration.probability(0.0) - probability(1.0)).abs() < 1e-15);
        assert_eq!(calibration.probability(f32::NEG_INFINITY), 0.0);
        assert!(calibration.probability(f32::NAN).is_nan());
    }

    #[test]
    fn another_version_and_a_missing_card_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let text = Card::read(dir.path()).unwrap_err().to_string();
        assert!(text.contains("card.json\""), "{text}");
        let mut card = empty_card();
        card.schema = "seam-card/9".to_owned();
        card.write(dir.path()).unwrap();
        let text = Card::read(dir.path()).unwrap_err().to_string();
        assert!(text.contains("seam-card/9"), "{text}");
    }
}
