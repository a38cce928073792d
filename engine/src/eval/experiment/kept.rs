//! Scores of a training that were made before: read back instead of made again, where model, data and
//! faces are the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::eval::attention::Overlaps;
use crate::eval::scores::{Missed, ScoreSet};
use crate::eval::{EvalError, table};

/// Beside the training whose scores it tells of.
const FILE: &str = "scored.json";

/// What scores depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoredBy {
    /// Folder and hash of the weights.
    pub model: String,
    pub manifests: Vec<String>,
    pub split: String,
    pub frames_per_item: usize,
    pub aligner: String,
    /// Whether its maps were compared with masks.
    #[serde(default)]
    pub has_attention: bool,
}

/// What the tables do not hold.
#[derive(Serialize, Deserialize)]
struct Note {
    by: ScoredBy,
    missed: Vec<Vec<Missed>>,
    /// Where the model looks on faces of the first table, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overlaps: Option<Overlaps>,
}

/// What a model said of everything that is scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// One for each table.
    pub sets: Vec<ScoreSet>,
    pub overlaps: Option<Overlaps>,
}

/// Tables of scores with the note that tells what they depend on.
pub struct Kept<'a> {
    /// Of the training.
    pub dir: &'a Path,
    pub tables: &'a [PathBuf],
}

impl Kept<'_> {
    /// What was told before; `None` where there is nothing, or it is of something else.
    pub fn read(&self, by: &ScoredBy) -> Option<Told> {
        let text = fs::read_to_string(self.dir.join(FILE)).ok()?;
        let note: Note = serde_json::from_str(&text).ok()?;
        if note.by != *by || note.missed.len() != self.tables.len() {
            return None;
        }
        let pairs = self.tables.iter().zip(note.missed);
        let read = pairs.map(|(path, missed)| {
            let set = table::read(path).ok()?.set;
            Some(ScoreSet { missed, ..set })
        });
        Some(Told {
            sets: read.collect::<Option<_>>()?,
            overlaps: note.overlaps,
        })
    }

    /// Writes the tables, then the note: one that was stopped between them is made again.
    pub fn write(&self, by: &ScoredBy, told: &Told) -> Result<(), EvalError> {
        let path = self.dir.join(FILE);
        let failed = |source| EvalError::Write {
            path: path.clone(),
            source,
        };
        match fs::remove_file(&path) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => return Err(failed(err)),
            _ => {}
        }
        for (set, path) in told.sets.iter().zip(self.tables) {
            table::write(set, path)?;
        }
        let note = Note {
            by: by.clone(),
            missed: told.sets.iter().map(|set| set.missed.clone()).collect(),
            overlaps: told.overlaps.clone(),
        };
        let text = serde_json::to_string_pretty(&note).expect("plain names and numbers are JSON");
        fs::write(&path, text).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::MapKind;
    use crate::eval::attention::{FaceOverlap, Overlap};
    use crate::eval::scores::tests::row;

    #[test]
    fn scores_are_read_back_for_the_same_model_alone() {
        let dir = tempfile::tempdir().unwrap();
        let tables = ["a.csv", "b.csv"].map(|name| dir.path().join(name));
        let kept = Kept {
            dir: dir.path(),
            tables: &tables,
        };
        let by = ScoredBy {
            model: "model@1a2b3c4d".to_owned(),
            manifests: vec!["01".to_owned()],
            split: "all".to_owned(),
            frames_per_item: 16,
            aligner: "estimate".to_owned(),
            has_attention: true,
        };
        assert!(kept.read(&by).is_none());
        let mut set = ScoreSet {
            rows: vec![row("x", None, -0.125), row("y", Some("swap"), 1.0 / 3.0)],
            missed: vec![Missed {
                path: "z".to_owned(),
                is_manipulated: true,
                technique: Some("swap".to_owned()),
                reason: "no face".to_owned(),
            }],
            domains: vec!["pristine".to_owned(), "swap".to_owned()],
        };
        for row in &mut set.rows {
            row.domains = vec![0.1, 0.9];
        }
        let other = ScoreSet {
            rows: vec![row("w", None, 2.0)],
            ..ScoreSet::default()
        };
        let told = Told {
            sets: vec![set, other],
            overlaps: Some(Overlaps {
                kind: MapKind::GradCam,
                faces: vec![FaceOverlap {
                    path: "y".to_owned(),
                    technique: "swap".to_owned(),
                    frame_index: 7,
                    overlap: Overlap {
                        mass_in_mask: Some(1.0 / 3.0),
                        mask_area: 0.25,
                        is_pointing: true,
                    },
                }],
            }),
        };
        kept.write(&by, &told).unwrap();
        assert_eq!(kept.read(&by).unwrap(), told);
        let retrained = ScoredBy {
            model: "model@ffffffff".to_owned(),
            ..by.clone()
        };
        assert!(kept.read(&retrained).is_none());
        fs::write(&tables[1], "label,logit\n0,wo").unwrap();
        assert!(kept.read(&by).is_none(), "a damaged table was read");
    }
}
