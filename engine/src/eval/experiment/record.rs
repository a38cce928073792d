//! What one experiment found, as a part of the JSON `seam-eval/1`. Fields may be added, never changed.
//! AUCs are from 0 to 1 here; pages and tables show percent as papers do.

use serde::{Deserialize, Serialize};

use crate::detectors::MapKind;
use crate::detectors::card::Interval;
use crate::eval::confusion::MeanConfusion;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentRecord {
    pub method: String,
    pub name: String,
    pub title: String,
    pub question: String,
    pub preset: String,
    pub seeds: Vec<u64>,
    /// What all rows share: keys of a training's configuration.
    pub budget: serde_json::Value,
    /// What was trained on, in words.
    pub trained_on: String,
    /// The row that the others are compared with.
    pub reference: String,
    /// The experiment's own question first.
    pub groups: Vec<GroupRecord>,
    pub rows: Vec<RowRecord>,
    pub published: PublishedRecord,
    /// Items of the scored split whose very files the trainings used.
    pub items_seen_in_training: usize,
    /// What comes out, in words.
    pub reading: Vec<String>,
    /// What must be known to read it.
    pub caveats: Vec<String>,
}

/// A part of the scored items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRecord {
    pub name: String,
    /// Whose items they are: the second manifest's, or those of the split `test` of the one trained on.
    pub is_home: bool,
    /// Whether it holds only techniques that were trained on.
    #[serde(default)]
    pub is_source: bool,
    pub in_words: String,
    pub videos: usize,
    pub manipulated: usize,
    /// Different people in them, faces swapped in included.
    pub people: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowRecord {
    pub id: String,
    pub label: String,
    pub about: String,
    pub method: String,
    /// The configuration of its first training, all numbers; null where there is none.
    pub config: serde_json::Value,
    pub runs: Vec<RunRecord>,
    /// Trainings that gave no model.
    pub failures: Vec<FailureRecord>,
    /// One for each of the experiment's groups; empty without a run.
    pub groups: Vec<RowGroup>,
    /// Its place in a curve over numbers of masks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointRecord>,
    /// Whether its trainings go on from one that other rows of the same seed go on from too; their last step is
    /// kept.
    #[serde(default)]
    pub goes_on: bool,
}

/// A point of a curve over numbers of masks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointRecord {
    pub masks: u32,
    /// How the masks were chosen; `None` where there are none.
    pub order: Option<String>,
    /// The id of the row of as many masks that it is compared with.
    pub against: Option<String>,
}

/// One training with its model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    pub seed: u64,
    /// Folder and hash of the weights.
    pub model: String,
    pub best_step: u64,
    /// On clips held back from the training; what chose the step.
    pub validation_auc: Option<f64>,
    pub seconds: f64,
    pub images_per_second: f64,
    /// Tables of its scores, beside the record.
    pub scores_files: Vec<String>,
    /// By group, in the experiment's order; `None` without faces of both kinds.
    pub auc_frames: Vec<Option<f64>>,
    pub auc_videos: Vec<Option<f64>>,
    /// Faces with masks that it learned from: fewer than wanted where there were no more, near-duplicates left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masks: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// `None` where the whole row could not be trained.
    pub seed: Option<u64>,
    pub reason: String,
}

/// One row on one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowGroup {
    pub frames: Option<LevelRecord>,
    pub videos: Option<LevelRecord>,
    pub roc_frames: Vec<RocBand>,
    pub roc_videos: Vec<RocBand>,
    /// Each technique of the group against everything pristine, by frame: its name, and the mean AUC over seeds.
    pub techniques: Vec<(String, f64)>,
    /// What faces were taken for, where the row's models tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confusion: Option<MeanConfusion>,
    /// Accuracy by frame of the models' own decision, a logit above zero: the mean of how often manipulated and
    /// how often pristine faces are told as what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<NumberRecord>,
    /// Where the models look, where the experiment measures it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<AttentionRecord>,
}

/// Maps against the exact masks of the scored faces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttentionRecord {
    /// What is compared: the models' main map.
    pub map: MapKind,
    /// Faces of each training, with an empty map or not, and the clips they are of.
    pub faces: usize,
    pub clips: usize,
    /// Faces whose map is nowhere above zero, on average over trainings; not in the means.
    pub empty_maps: f64,
    /// Share of a map's mass inside the mask, the mean over faces.
    pub mass_in_mask: NumberRecord,
    /// Share of the crop that the mask covers, the mean over the same faces: what a map without a preference has.
    pub mask_area: f64,
}

/// One number of a row over its trainings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberRecord {
    pub by_seed: Vec<f64>,
    pub mean: f64,
    /// Of the sample, as in [`LevelRecord`].
    pub deviation: Option<f64>,
    pub interval: Interval,
    /// The mean less the reference row's, on the same draws of videos; `None` for that row itself.
    pub difference: Option<Interval>,
    /// The mean less that of the row of [`PointRecord::against`], on the same draws of videos and seeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paired: Option<Interval>,
}

/// One row at one level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelRecord {
    /// AUC by seed.
    pub auc: Vec<f64>,
    pub mean: f64,
    /// Of the sample, with one less than the number of seeds below; `None` for one seed.
    pub deviation: Option<f64>,
    /// Of the mean, from drawing videos and seeds anew.
    pub interval: Interval,
    /// The mean less the reference row's, on the same draws of videos; `None` for that row itself.
    pub difference: Option<Interval>,
    /// As in [`NumberRecord`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paired: Option<Interval>,
}

/// A point of the mean curve of several trainings: rates at one false-positive rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RocBand {
    pub fpr: f64,
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedRecord {
    pub about: String,
    pub columns: Vec<String>,
    pub rows: Vec<PublishedRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedRow {
    pub id: String,
    /// Mean and standard deviation in percent, one for each column; `None` where the paper has none.
    pub numbers: Vec<Option<(f64, Option<f64>)>>,
}

impl RowRecord {
    /// Its numbers on the experiment's own question.
    pub fn main(&self) -> Option<&RowGroup> {
        self.groups.first()
    }
}

impl ExperimentRecord {
    pub fn row(&self, id: &str) -> Option<&RowRecord> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// Published numbers of a row.
    pub fn published_of(&self, id: &str) -> Option<&PublishedRow> {
        self.published.rows.iter().find(|row| row.id == id)
    }

    /// The group on data like that of the training.
    pub fn home(&self) -> Option<usize> {
        self.groups.iter().position(|group| group.is_home)
    }

    /// The group of what was trained on: at home, else among the scored items.
    pub fn source(&self) -> Option<usize> {
        let source = || self.groups.iter().position(|group| group.is_source);
        self.home().or_else(source)
    }
}
