//! What one experiment found, as a part of the JSON `seam-eval/1`. Fields may be added, never changed.
//! AUCs are from 0 to 1 here; pages and tables show percent as papers do.

use serde::{Deserialize, Serialize};

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
    /// What faces were taken for, where the row's models tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confusion: Option<MeanConfusion>,
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
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::eval::experiment::measure::measure;
    use crate::eval::experiment::reading;
    use crate::eval::scores::ScoreSet;
    use crate::eval::scores::tests::row;

    /// Forty videos of three faces: pristine, and two techniques of which one is harder.
    fn set(lift: f64, seed: u32) -> ScoreSet {
        let rows = (0..40_u32).flat_map(|video| {
            (0..3).map(move |frame| {
                let (technique, lift) = match video % 4 {
                    0 | 2 => (None, 0.0),
                    1 => (Some("swap"), lift),
                    _ => (Some("inpaint"), 0.5 * lift),
                };
                let noise = f64::from((video * 37 + frame * 11 + seed * 59) % 101) / 101.0;
                row(&format!("v{video:02}.mp4"), technique, 4.0 * noise + lift)
            })
        });
        ScoreSet {
            rows: rows.collect(),
            ..ScoreSet::default()
        }
    }

    /// A face is as much like a swap as it is like a manipulated one.
    fn told(mut set: ScoreSet) -> ScoreSet {
        set.domains = ["pristine", "swap"].map(str::to_owned).to_vec();
        for row in &mut set.rows {
            let share = row.probability.unwrap_or_default() as f32;
            row.domains = vec![1.0 - share, share];
        }
        set
    }

    /// Four rows of three trainings, of which the third tells what faces are like, the last one failed; `lifts` say how good each is. `name` stands
    /// wherever names from outside go.
    pub fn made_up_experiment(name: &str, lifts: [f64; 3]) -> ExperimentRecord {
        let sets = |lift: f64| (1..4).map(|seed| set(lift, seed)).collect::<Vec<_>>();
        let mut all = lifts.map(sets).to_vec();
        all[2] = all[2].drain(..).map(told).collect();
        all.push(Vec::new());
        let groups: [Vec<Vec<ScoreSet>>; 2] = [true, false].map(|is_swap| {
            let among = |set: &ScoreSet| set.among(|own| !is_swap || own == "swap");
            let row = |sets: &Vec<ScoreSet>| sets.iter().map(among).collect();
            all.iter().map(row).collect()
        });
        let measured = groups.map(|rows| measure(&rows, Some(0), 1));
        let ids = ["ce", "lgsc", "intele-without-sc", "intele"];
        let rows = ids.iter().enumerate().map(|(at, id)| RowRecord {
            id: (*id).to_owned(),
            label: format!("{id} {name}"),
            about: format!("What {name} is"),
            method: name.to_owned(),
            config: if at < 3 {
                serde_json::json!({ "method": name, "steps": 1200, "learning_rate": 0.1 * at as f64 })
            } else {
                serde_json::Value::Null
            },
            runs: (1..4)
                .filter(|_| at < 3)
                .map(|seed| RunRecord {
                    seed,
                    model: "model@1a2b3c4d".to_owned(),
                    best_step: 900,
                    validation_auc: Some(0.97),
                    seconds: 300.0,
                    images_per_second: 96.0,
                    scores_files: vec![format!("scores-{id}-seed{seed}.csv")],
                    auc_frames: vec![Some(0.6), None],
                    auc_videos: vec![Some(0.7), None],
                })
                .collect(),
            failures: (3..=at)
                .map(|_| FailureRecord {
                    seed: None,
                    reason: format!("there is no method {name}"),
                })
                .collect(),
            groups: measured.iter().map(|rows| rows[at].clone()).collect(),
        });
        let group = |name: String, is_home| GroupRecord {
            name,
            is_home,
            in_words: String::new(),
            videos: 30,
            manipulated: 10,
            people: 8,
        };
        let numbers = [69.8, 71.0, 71.3, 73.8];
        let mut record = ExperimentRecord {
            method: "intele".to_owned(),
            name: "paper".to_owned(),
            title: format!("Title {name}"),
            question: format!("Question {name}"),
            preset: "laptop".to_owned(),
            seeds: vec![1, 2, 3],
            budget: serde_json::json!({ "steps": 1200 }),
            trained_on: format!("Pristine items and swap of {name}"),
            reference: "ce".to_owned(),
            groups: vec![
                group(format!("swaps {name}"), false),
                group("at home".to_owned(), true),
            ],
            rows: rows.collect(),
            published: PublishedRecord {
                about: format!("Table 2 of {name}"),
                columns: vec![format!("Celeb-DF {name}")],
                rows: ids
                    .iter()
                    .zip(numbers)
                    .map(|(id, number)| PublishedRow {
                        id: (*id).to_owned(),
                        numbers: vec![Some((number, Some(1.0)))],
                    })
                    .collect(),
            },
            items_seen_in_training: 0,
            reading: Vec::new(),
            caveats: Vec::new(),
        };
        record.reading = reading::reading(&record);
        record.caveats = reading::caveats(&record);
        record
    }

    #[test]
    fn a_record_reads_back() {
        let record = made_up_experiment("x", [0.0, 1.0, 2.0]);
        let text = serde_json::to_string(&record).unwrap();
        let back: ExperimentRecord = serde_json::from_str(&text).unwrap();
        assert_eq!(back.rows.len(), 4);
        assert_eq!(back.home(), Some(1));
        assert_eq!(
            back.rows[1].groups[0]
                .frames
                .as_ref()
                .map(|level| level.auc.len()),
            Some(3)
        );
        assert_eq!(back.reading, record.reading);
    }
}
