//! What one experiment found, as a part of the JSON `seam-eval/1`. Fields may be added, never changed.
//! AUCs are from 0 to 1 here; pages and tables show percent as papers do.

use serde::{Deserialize, Serialize};

use crate::detectors::card::Interval;

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
    /// Mean and standard deviation in percent, one for each column.
    pub numbers: Vec<(f64, Option<f64>)>,
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
}
