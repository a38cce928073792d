//! Scores of a training that were made before: read back instead of made again, where model, data and
//! faces are the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

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
}

/// What the tables do not hold.
#[derive(Serialize, Deserialize)]
struct Note {
    by: ScoredBy,
    missed: Vec<Vec<Missed>>,
}

/// Tables of scores with the note that tells what they depend on.
pub struct Kept<'a> {
    /// Of the training.
    pub dir: &'a Path,
    pub tables: &'a [PathBuf],
}

impl Kept<'_> {
    /// The scores of each table; `None` where there are none, or of something else.
    pub fn read(&self, by: &ScoredBy) -> Option<Vec<ScoreSet>> {
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
        read.collect()
    }

    /// Writes the tables, then the note: one that was stopped between them is made again.
    pub fn write(&self, by: &ScoredBy, sets: &[ScoreSet]) -> Result<(), EvalError> {
        let path = self.dir.join(FILE);
        let failed = |source| EvalError::Write {
            path: path.clone(),
            source,
        };
        match fs::remove_file(&path) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => return Err(failed(err)),
            _ => {}
        }
        for (set, path) in sets.iter().zip(self.tables) {
            table::write(set, path)?;
        }
        let note = Note {
            by: by.clone(),
            missed: sets.iter().map(|set| set.missed.clone()).collect(),
        };
        let text = serde_json::to_string_pretty(&note).expect("plain names and numbers are JSON");
        fs::write(&path, text).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let sets = [set, other];
        kept.write(&by, &sets).unwrap();
        assert_eq!(kept.read(&by).unwrap(), sets);
        let retrained = ScoredBy {
            model: "model@ffffffff".to_owned(),
            ..by.clone()
        };
        assert!(kept.read(&retrained).is_none());
        fs::write(&tables[1], "label,logit\n0,wo").unwrap();
        assert!(kept.read(&by).is_none(), "a damaged table was read");
    }
}
