//! What one evaluation found, in the shape of the JSON `seam-eval/1`. Fields may be added, never changed.

use serde::{Deserialize, Serialize};

use crate::detectors::card::Interval;
use crate::eval::attention::Attention;
pub use crate::eval::average::Average;
use crate::eval::calibration::CalibrationFit;
pub use crate::eval::confusion::Confusion;
use crate::eval::experiment::record::ExperimentRecord;
use crate::eval::likelihoods::Likelihoods;
use crate::eval::metrics::{Metrics, Ranked, ReliabilityBin, RocPoint, Scored, reliability};
pub use crate::eval::scores::Missed;
use crate::eval::scores::ScoreSet;

/// The schema's name, first in every record.
pub const SCHEMA: &str = "seam-eval/1";

/// Bars of a histogram of scores.
const NUM_BARS: usize = 36;

/// Share of the scores at either end that the axis of a histogram does not reach; they are counted in
/// its last bars.
const CUT_SHARE: f64 = 0.005;

/// Points of a ROC curve that are kept, about.
const ROC_POINTS: usize = 300;

/// Everything that one evaluation found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub schema: String,
    /// Version of the program.
    pub seam: String,
    pub protocol: ProtocolRecord,
    pub seed: u64,
    /// What the tensors ran on: kind and name; `None` for scores from elsewhere.
    pub device: Option<String>,
    /// Who placed the landmarks that faces were cut by.
    pub aligner: Option<String>,
    /// What was tested on.
    pub data: Option<DataRecord>,
    /// What was trained on, where that is another manifest.
    pub train_data: Option<DataRecord>,
    pub results: Vec<MethodResult>,
    /// Over the techniques left out, one for each method.
    pub averages: Vec<Average>,
    pub probe: Option<ProbeRecord>,
    /// Several trainings compared, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment: Option<ExperimentRecord>,
    /// What would make the numbers worthless, in words.
    pub warnings: Vec<String>,
    /// What must be known to read the numbers, in words.
    pub caveats: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtocolRecord {
    /// `within`, `cross`, `leave-one-out`, `scores`, `probe`, `experiment`.
    pub name: String,
    pub in_words: String,
}

/// One manifest, and which part of it was scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataRecord {
    /// The manifest's folder and file.
    pub name: String,
    pub manifest_sha256: String,
    pub datasets: Vec<String>,
    /// The split that was scored.
    pub scored_split: String,
    pub splits: Vec<SplitCount>,
    /// `pristine` first.
    pub techniques: Vec<TechniqueCount>,
    /// Frames taken from each item at most.
    pub frames_per_item: usize,
    /// How frames were chosen and decoded, in words.
    pub sampling: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitCount {
    /// `train`, `val`, `test` or `none`.
    pub split: String,
    pub items: usize,
    pub manipulated: usize,
    pub sources: usize,
}

/// Items of one technique in `train`, `val`, `test` and without a split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechniqueCount {
    pub technique: String,
    pub items: [usize; 4],
}

/// One method, or one fold of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodResult {
    /// `dadd`, or the name of a table of scores.
    pub method: String,
    pub title: String,
    /// The technique that was left out of the training, or that alone was tested.
    pub left_out: Option<String>,
    /// The only technique of the training, which alone was tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trained_on: Option<String>,
    pub model: Option<ModelRecord>,
    pub frames: Metrics,
    /// `None` where scores do not tell which video they are of.
    pub videos: Option<Metrics>,
    pub techniques: Vec<TechniqueResult>,
    pub roc_frames: Vec<RocPoint>,
    pub roc_videos: Vec<RocPoint>,
    pub histogram: Histogram,
    /// By frame; `None` where scores are no probabilities.
    pub reliability: Option<Vec<ReliabilityBin>>,
    /// What faces were taken for, where the method tells.
    pub confusion: Option<Confusion>,
    pub calibration: CalibrationRecord,
    /// Where the detector looked; `None` without a detector, or without masks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<Attention>,
    /// Where its two reconstructions of a face differ (`InTeLe`), against the masks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differences: Option<Attention>,
    /// Where its own attention lies (DID: `M_df`, `M_dom`), against the masks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_attention: Vec<Attention>,
    /// How likely its faces are, where it models a density. Folds that share one model of it have this once,
    /// in the first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likelihoods: Option<Likelihoods>,
    pub missed: Vec<Missed>,
    /// The table of its scores, beside this file.
    pub scores_file: String,
}

/// The model that made the scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// The method's title.
    pub method: String,
    /// Name and weights' hash, `dadd-laptop@1a2b3c4d`.
    pub label: String,
    /// Whence it is and what it was trained on, in words.
    pub origin: String,
    /// Whether this evaluation trained it.
    pub is_trained_here: bool,
    /// Items of the scored split whose very files its training used.
    pub items_seen_in_training: usize,
    /// The card without its long lists.
    pub card: serde_json::Value,
}

/// One technique against everything pristine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TechniqueResult {
    pub technique: String,
    pub frames: Metrics,
    pub videos: Option<Metrics>,
    pub roc_frames: Vec<RocPoint>,
}

/// Scores of both kinds over one axis of equal bars; those beyond its ends are counted in the last bars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// What the axis shows: `logit` or `score`.
    pub axis: String,
    pub low: f64,
    pub high: f64,
    pub pristine: Vec<u64>,
    pub manipulated: Vec<u64>,
}

/// How logits became probabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationRecord {
    /// In words.
    pub applied: String,
    pub is_calibrated: bool,
    /// What was fitted on the validation split.
    pub fit: Option<CalibrationFit>,
    /// Why nothing was fitted.
    pub not_fitted: Option<String>,
    /// Whether the fit was written into the model's card.
    pub is_in_card: bool,
}

/// What the place and size of crops alone tell about the label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeRecord {
    pub auc: Interval,
    pub is_leak: bool,
    pub in_words: String,
}

impl MethodResult {
    /// Measures a set of scores; what is known of the method besides is put in by the caller. `None`
    /// without scores of both kinds.
    pub fn measure(method: &str, set: &ScoreSet, has_videos: bool, seed: u64) -> Option<Self> {
        let level = set.frame_level();
        let frames = Metrics::measure(&level.ranks, level.probabilities.as_deref(), seed)?;
        let videos = has_videos.then(|| video_metrics(set, seed)).flatten();
        let names = set.techniques();
        let techniques = names
            .iter()
            .filter_map(|name| TechniqueResult::measure(name, &set.only(name), has_videos, seed))
            .collect();
        Some(Self {
            method: method.to_owned(),
            title: method.to_owned(),
            left_out: None,
            trained_on: None,
            model: None,
            frames,
            videos,
            techniques,
            roc_frames: roc(&level.ranks),
            roc_videos: if has_videos {
                roc(&set.video_level().ranks)
            } else {
                Vec::new()
            },
            histogram: Histogram::of(&level.ranks, set.has_probabilities()),
            reliability: level.probabilities.as_deref().map(reliability),
            confusion: Confusion::of(set),
            calibration: CalibrationRecord {
                applied: String::new(),
                is_calibrated: false,
                fit: None,
                not_fitted: None,
                is_in_card: false,
            },
            attention: None,
            differences: None,
            own_attention: Vec::new(),
            likelihoods: Likelihoods::of(set, seed),
            missed: set.missed.clone(),
            scores_file: String::new(),
        })
    }

    /// The method, and the fold where there is one.
    pub fn name(&self) -> String {
        self.with_fold(&self.method)
    }

    /// A name of the method with the fold, where there is one.
    pub fn with_fold(&self, method: &str) -> String {
        match (&self.left_out, &self.trained_on) {
            (Some(technique), _) => format!("{method} on {technique}"),
            (None, Some(technique)) => format!("{method} on {technique}, known"),
            (None, None) => method.to_owned(),
        }
    }
}

impl TechniqueResult {
    fn measure(technique: &str, set: &ScoreSet, has_videos: bool, seed: u64) -> Option<Self> {
        let level = set.frame_level();
        Some(Self {
            technique: technique.to_owned(),
            frames: Metrics::measure(&level.ranks, level.probabilities.as_deref(), seed)?,
            videos: has_videos.then(|| video_metrics(set, seed)).flatten(),
            roc_frames: roc(&level.ranks),
        })
    }
}

fn video_metrics(set: &ScoreSet, seed: u64) -> Option<Metrics> {
    let level = set.video_level();
    Metrics::measure(&level.ranks, level.probabilities.as_deref(), seed)
}

fn roc(scored: &[Scored]) -> Vec<RocPoint> {
    Ranked::new(scored).map_or_else(Vec::new, |ranked| ranked.roc(ROC_POINTS))
}

/// The bar that counts a score; the last ones count what is beyond them.
fn bar_of(score: f64, [low, high]: [f64; 2], num_bars: usize) -> usize {
    let place = (score - low) / (high - low) * num_bars as f64;
    place.clamp(0.0, num_bars.saturating_sub(1) as f64) as usize
}

impl Histogram {
    /// The bar that counts a score, which is a logit where [`Self::axis`] says so.
    pub fn bar_of(&self, score: f64) -> usize {
        bar_of(score, [self.low, self.high], self.pristine.len())
    }

    /// Both ends of a bar.
    pub fn ends_of(&self, bar: usize) -> [f64; 2] {
        let width = (self.high - self.low) / self.pristine.len().max(1) as f64;
        [0.0, 1.0].map(|end| self.low + width * (bar as f64 + end))
    }

    fn of(scored: &[Scored], is_logit: bool) -> Self {
        let mut sorted: Vec<f64> = scored.iter().map(|face| face.score).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
            sorted.get(place).copied().unwrap_or(0.0)
        };
        let (mut low, mut high) = (at(CUT_SHARE), at(1.0 - CUT_SHARE));
        if high <= low {
            (low, high) = (low - 0.5, high + 0.5);
        }
        let mut bars = [vec![0; NUM_BARS], vec![0; NUM_BARS]];
        for face in scored {
            let bar = bar_of(face.score, [low, high], NUM_BARS);
            bars[usize::from(face.is_manipulated)][bar] += 1;
        }
        let [pristine, manipulated] = bars;
        Self {
            axis: if is_logit { "logit" } else { "score" }.to_owned(),
            low,
            high,
            pristine,
            manipulated,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::eval::scores::tests::row;

    /// Thirty made-up videos of four frames: pristine, and two techniques of which one is harder.
    pub fn made_up_scores() -> ScoreSet {
        let techniques = [None, Some("swap"), Some("recolor")];
        let rows = (0..30_u32)
            .flat_map(|video| {
                let technique = techniques[video as usize % 3];
                (0..4).map(move |frame| {
                    let lift = match technique {
                        None => 0.0,
                        Some("swap") => 3.0,
                        Some(_) => 1.0,
                    };
                    let noise = f64::from((video * 37 + frame * 11) % 23) / 23.0 - 0.5;
                    let mut row = row(&format!("v{video:02}.mp4"), technique, lift + 5.0 * noise);
                    row.frame_index = Some(frame);
                    row
                })
            })
            .collect();
        ScoreSet {
            rows,
            ..ScoreSet::default()
        }
    }

    pub fn made_up_result() -> MethodResult {
        MethodResult::measure("dadd", &made_up_scores(), true, 1).unwrap()
    }

    #[test]
    fn every_score_is_in_one_bar_and_every_technique_has_a_row() {
        let result = made_up_result();
        let histogram = &result.histogram;
        assert_eq!(histogram.pristine.iter().sum::<u64>(), 40);
        assert_eq!(histogram.manipulated.iter().sum::<u64>(), 80);
        let [low, high] = histogram.ends_of(7);
        assert_eq!(histogram.bar_of(0.5 * (low + high)), 7);
        assert_eq!(
            histogram.bar_of(f64::INFINITY),
            histogram.pristine.len() - 1
        );
        assert_eq!(histogram.bar_of(-1e9), 0);
        let names: Vec<&str> = result
            .techniques
            .iter()
            .map(|technique| technique.technique.as_str())
            .collect();
        assert_eq!(names, ["recolor", "swap"]);
        let auc = |at: usize| result.techniques[at].frames.auc.value;
        assert!(auc(0) < auc(1), "the harder technique scores higher");
        assert_eq!(result.videos.as_ref().map(|videos| videos.count), Some(30));
        let binned: u64 = result
            .reliability
            .unwrap()
            .iter()
            .map(|bin| bin.count)
            .sum();
        assert_eq!(binned, 120);
    }
}
