//! A run's log, `metrics.jsonl`: a line for some steps and for each validation.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::train::validate::Validation;
use crate::train::{Loss, TrainError};

pub const FILE: &str = "metrics.jsonl";

/// Steps whose mean losses make a line.
const STEPS_A_LINE: u64 = 18;

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    Steps {
        /// Steps done.
        step: u64,
        /// Mean of each loss over the steps of this line that had it.
        losses: Vec<(String, f32)>,
        images_per_second: f32,
    },
    Validation {
        step: u64,
        auc: Option<f64>,
        /// Of 95 %, from drawing whole clips anew; `None` where it cannot be told, and in runs of before.
        #[serde(default)]
        interval: Option<[f64; 2]>,
        /// By the final score, and by the category's own part.
        by_category: Vec<(String, Option<f64>, Option<f64>)>,
        /// The method's own numbers.
        #[serde(default)]
        facts: serde_json::Value,
    },
}

/// Appends lines.
pub struct RunLog {
    path: PathBuf,
    file: File,
    /// Sums and counts of the line being made, in the order of first appearance.
    sums: Vec<(&'static str, f32, u32)>,
}

impl RunLog {
    /// Opens the log of a run that goes on after `step` steps: later lines, which a killed run may
    /// have left, are dropped.
    pub fn open(out: &Path, step: u64) -> Result<Self, TrainError> {
        let path = out.join(FILE);
        let io = |source| TrainError::Write {
            path: path.clone(),
            source,
        };
        let kept: Vec<String> = match File::open(&path) {
            Ok(file) => BufReader::new(file)
                .lines()
                .map_while(Result::ok)
                .filter(|line| is_before(line, step))
                .collect(),
            Err(_) => Vec::new(), // A new run has none.
        };
        let text: String = kept.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        std::fs::write(&path, text).map_err(io)?;
        let file = OpenOptions::new().append(true).open(&path).map_err(io)?;
        Ok(Self {
            path: path.clone(),
            file,
            sums: Vec::new(),
        })
    }

    /// After each step; `step` counts the steps done.
    pub fn step(
        &mut self,
        step: u64,
        losses: &[Loss],
        images_per_second: f32,
    ) -> Result<(), TrainError> {
        for loss in losses {
            match self.sums.iter_mut().find(|(name, ..)| *name == loss.name) {
                Some((_, sum, count)) => {
                    *sum += loss.value;
                    *count += 1;
                }
                None => self.sums.push((loss.name, loss.value, 1)),
            }
        }
        if !step.is_multiple_of(STEPS_A_LINE) {
            return Ok(());
        }
        let losses = self
            .sums
            .drain(..)
            .map(|(name, sum, count)| (name.to_owned(), sum / count as f32))
            .collect();
        self.write(&Line::Steps {
            step,
            losses,
            images_per_second,
        })
    }

    pub fn validation(
        &mut self,
        step: u64,
        validation: &Validation,
        interval: Option<[f64; 2]>,
        facts: serde_json::Value,
    ) -> Result<(), TrainError> {
        self.write(&Line::Validation {
            step,
            auc: validation.auc,
            interval,
            by_category: validation
                .by_category
                .iter()
                .map(|category| {
                    let name = category.category.clone();
                    (name, category.auc, category.auc_of_part)
                })
                .collect(),
            facts,
        })
    }

    fn write(&mut self, line: &Line) -> Result<(), TrainError> {
        let mut text = serde_json::to_string(line).expect("plain numbers are JSON");
        text.push('\n');
        self.file
            .write_all(text.as_bytes())
            .map_err(|source| TrainError::Write {
                path: self.path.clone(),
                source,
            })
    }
}

/// The lines of a run's log, in their order; a line cut off when the run was killed is left out. Empty where
/// there is no log.
pub fn read(out: &Path) -> Vec<Line> {
    let Ok(file) = File::open(out.join(FILE)) else {
        return Vec::new();
    };
    let lines = BufReader::new(file).lines().map_while(Result::ok);
    lines
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect()
}

fn is_before(line: &str, end: u64) -> bool {
    match serde_json::from_str(line) {
        Ok(Line::Steps { step, .. } | Line::Validation { step, .. }) => step <= end,
        Err(_) => false, // Cut off when the run was killed.
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_log_drops_what_came_after_the_checkpoint() {
        let out = tempfile::tempdir().unwrap();
        let mut log = RunLog::open(out.path(), 0).unwrap();
        for step in 1..=3 * STEPS_A_LINE {
            let losses = [Loss {
                name: "final",
                value: step as f32,
            }];
            log.step(step, &losses, 10.0).unwrap();
        }
        RunLog::open(out.path(), 2 * STEPS_A_LINE).unwrap();
        let lines = read(out.path());
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[0],
            Line::Steps {
                step: STEPS_A_LINE,
                losses: vec![("final".to_owned(), 9.5)],
                images_per_second: 10.0
            }
        );
    }

    #[test]
    fn validations_of_before_have_no_interval() {
        let out = tempfile::tempdir().unwrap();
        let line = r#"{"kind":"validation","step":5,"auc":0.75,"by_category":[],"facts":null}"#;
        std::fs::write(out.path().join(FILE), format!("{line}\n{{\"kind\":\"val")).unwrap();
        let expected = Line::Validation {
            step: 5,
            auc: Some(0.75),
            interval: None,
            by_category: Vec::new(),
            facts: serde_json::Value::Null,
        };
        assert_eq!(read(out.path()), [expected]);
        assert!(read(&out.path().join("missing")).is_empty());
    }
}
