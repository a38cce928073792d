//! Checkpoints: written beside and renamed, so that a killed training leaves no half one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::methods::Trainer;
use crate::train::TrainError;

/// Checkpoints kept to resume from: the newest, and one more should it be damaged.
const NUM_KEPT: usize = 2;

const PREFIX: &str = "checkpoint-";
const PROGRESS: &str = "progress.json";

/// Where a training stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub step: u64,
    pub best: Option<Best>,
}

/// The best validation so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Steps done at that time.
    pub step: u64,
    pub auc: f64,
    /// The method's own numbers at that time.
    #[serde(default)]
    pub facts: serde_json::Value,
}

/// Writes all that is needed to go on, and removes older ones. Gives its folder.
pub fn save(out: &Path, trainer: &dyn Trainer, progress: &Progress) -> Result<PathBuf, TrainError> {
    let dir = out.join(format!("{PREFIX}{:08}", progress.step));
    write_beside(&dir, |beside| {
        trainer.save_state(beside)?;
        let path = beside.join(PROGRESS);
        let text = serde_json::to_string(progress).expect("plain numbers are JSON");
        std::fs::write(&path, text).map_err(|source| TrainError::Write { path, source })
    })?;
    let all = list(out);
    for (_, old) in all.iter().rev().skip(NUM_KEPT) {
        remove(old)?;
    }
    Ok(dir)
}

/// The newest checkpoint in a run's folder, if there is one.
pub fn newest(out: &Path) -> Result<Option<(PathBuf, Progress)>, TrainError> {
    let Some((_, dir)) = list(out).pop() else {
        return Ok(None);
    };
    let failed = |reason: String| TrainError::Resume {
        path: dir.clone(),
        reason,
    };
    let text =
        std::fs::read_to_string(dir.join(PROGRESS)).map_err(|err| failed(err.to_string()))?;
    let progress = serde_json::from_str(&text).map_err(|err| failed(err.to_string()))?;
    Ok(Some((dir, progress)))
}

/// Writes a folder beside its place and then renames it, replacing one that is there.
pub fn write_beside(
    dir: &Path,
    write: impl FnOnce(&Path) -> Result<(), TrainError>,
) -> Result<(), TrainError> {
    let beside = dir.with_extension("tmp");
    remove(&beside)?;
    std::fs::create_dir_all(&beside).map_err(|source| TrainError::Write {
        path: beside.clone(),
        source,
    })?;
    write(&beside)?;
    remove(dir)?;
    std::fs::rename(&beside, dir).map_err(|source| TrainError::Write {
        path: dir.to_owned(),
        source,
    })
}

/// Removes a folder that may be missing.
fn remove(dir: &Path) -> Result<(), TrainError> {
    match std::fs::remove_dir_all(dir) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(TrainError::Write {
            path: dir.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Finished checkpoints, oldest first.
fn list(out: &Path) -> Vec<(u64, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(out) else {
        return Vec::new();
    };
    let mut found: Vec<(u64, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let step = path.file_name()?.to_str()?.strip_prefix(PREFIX)?;
            Some((step.parse().ok()?, path))
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::FaceScore;
    use crate::nn::named::NamedTensors;
    use crate::train::{Batch, Loss};

    /// Writes one file, or fails half way.
    struct Stub {
        is_broken: bool,
    }

    impl Trainer for Stub {
        fn step(&mut self, _step: u64, _batch: &Batch) -> Result<Vec<Loss>, TrainError> {
            Ok(Vec::new())
        }

        fn score(&mut self, _batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
            Ok(Vec::new())
        }

        fn facts(&self) -> Result<serde_json::Value, TrainError> {
            Ok(serde_json::Value::Null)
        }

        fn save_weights(&self, _dir: &Path) -> Result<(), TrainError> {
            Ok(())
        }

        fn save_state(&self, dir: &Path) -> Result<(), TrainError> {
            std::fs::write(dir.join("half"), "").unwrap();
            if self.is_broken {
                return Err(TrainError::Device {
                    detail: "gone".to_owned(),
                });
            }
            Ok(())
        }

        fn resume(&mut self, _dir: &Path) -> Result<(), TrainError> {
            Ok(())
        }

        fn start_backbone(&mut self, _weights: NamedTensors) -> Result<(), TrainError> {
            Ok(())
        }
    }

    fn progress(step: u64) -> Progress {
        Progress { step, best: None }
    }

    #[test]
    fn the_newest_two_are_kept() {
        let out = tempfile::tempdir().unwrap();
        let stub = Stub { is_broken: false };
        for step in [5, 10, 100] {
            save(out.path(), &stub, &progress(step)).unwrap();
        }
        let steps: Vec<u64> = list(out.path()).into_iter().map(|(step, _)| step).collect();
        assert_eq!(steps, [10, 100]);
        let (dir, found) = newest(out.path()).unwrap().unwrap();
        assert_eq!(found, progress(100));
        assert!(dir.ends_with("checkpoint-00000100"));
    }

    #[test]
    fn a_broken_save_leaves_the_older_one_whole() {
        let out = tempfile::tempdir().unwrap();
        save(out.path(), &Stub { is_broken: false }, &progress(5)).unwrap();
        assert!(save(out.path(), &Stub { is_broken: true }, &progress(10)).is_err());
        assert_eq!(newest(out.path()).unwrap().unwrap().1, progress(5));
    }

    #[test]
    fn an_empty_folder_has_nothing_to_resume() {
        let out = tempfile::tempdir().unwrap();
        assert_eq!(newest(out.path()).unwrap(), None);
        assert_eq!(newest(&out.path().join("missing")).unwrap(), None);
    }
}
