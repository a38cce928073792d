//! Trainings on disk: what a run's folder tells of how it went and where it stands.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::train::run_log::{self, Line};
use crate::train::{TrainConfig, TrainError, checkpoint, watch};

/// The run's configuration.
pub const CONFIG_FILE: &str = "config.json";

/// A training, under way or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub dir: PathBuf,
    /// The folder's name.
    pub name: String,
    pub config: TrainConfig,
    /// Its log so far.
    pub lines: Vec<Line>,
    pub state: RunState,
    /// The folder of the finished model.
    pub model: Option<PathBuf>,
    /// Steps at which faces were watched, ascending: [`watch::read`].
    pub watched: Vec<u64>,
}

/// Where a training stands. One that is under way looks like one that was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Its model is written.
    Finished,
    /// It has a checkpoint after so many steps: it can go on.
    Stopped { step: u64 },
    /// It has no checkpoint yet.
    Begun,
}

/// Reads a run's folder.
pub fn read(dir: &Path) -> Result<Run, TrainError> {
    let failed = |reason: String| TrainError::Run {
        path: dir.to_owned(),
        reason,
    };
    let text = fs::read_to_string(dir.join(CONFIG_FILE))
        .map_err(|err| failed(format!("{CONFIG_FILE}: {err}")))?;
    let config =
        serde_json::from_str(&text).map_err(|err| failed(format!("{CONFIG_FILE}: {err}")))?;
    let model = dir.join("model");
    let model = model.join("card.json").is_file().then_some(model);
    let state = match (&model, checkpoint::newest(dir)) {
        (Some(_), _) => RunState::Finished,
        (None, Ok(Some((_, progress)))) => RunState::Stopped {
            step: progress.step,
        },
        // A checkpoint that cannot be read is none to go on from.
        (None, Ok(None) | Err(_)) => RunState::Begun,
    };
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let name = whole.file_name().unwrap_or(whole.as_os_str());
    Ok(Run {
        name: name.to_string_lossy().into_owned(),
        config,
        lines: run_log::read(dir),
        state,
        model,
        watched: watch::steps(dir),
        dir: dir.to_owned(),
    })
}

/// The runs that lie directly in a folder, the newest first; folders that are no runs are left out.
pub fn list(folder: &Path) -> Vec<Run> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut runs: Vec<(SystemTime, Run)> = entries
        .filter_map(|entry| {
            let dir = entry.path();
            let begun = fs::metadata(dir.join(CONFIG_FILE)).ok()?.modified();
            Some((begun.unwrap_or(SystemTime::UNIX_EPOCH), read(&dir).ok()?))
        })
        .collect();
    runs.sort_by(|(one, one_run), (other, other_run)| {
        let by_time = other.cmp(one);
        by_time.then_with(|| one_run.name.cmp(&other_run.name))
    });
    runs.into_iter().map(|(_, run)| run).collect()
}

/// Where runs are kept that nobody put elsewhere: `runs` in the program's folder of the user's data. It may not
/// exist yet. `None` where the system names no home.
pub fn usual_folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "seam")?;
    Some(dirs.data_dir().join("runs"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods;

    fn begin(folder: &Path, name: &str) -> PathBuf {
        let dir = folder.join(name);
        fs::create_dir(&dir).unwrap();
        let config = (methods::find("did").unwrap().preset)("laptop").unwrap();
        fs::write(
            dir.join(CONFIG_FILE),
            serde_json::to_string(&config).unwrap(),
        )
        .unwrap();
        dir
    }

    #[test]
    fn a_run_is_begun_then_stopped_then_finished() {
        let folder = tempfile::tempdir().unwrap();
        let dir = begin(folder.path(), "did-1");
        let state = || read(&dir).unwrap().state;
        assert_eq!(state(), RunState::Begun);

        let kept = dir.join("checkpoint-00000300");
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("progress.json"), r#"{"step": 300, "best": null}"#).unwrap();
        assert_eq!(state(), RunState::Stopped { step: 300 });

        fs::create_dir(dir.join("model")).unwrap();
        fs::write(dir.join("model/card.json"), "{}").unwrap();
        let run = read(&dir).unwrap();
        assert_eq!(run.state, RunState::Finished);
        assert_eq!(run.model, Some(dir.join("model")));
        assert_eq!(
            (run.name.as_str(), run.config.method.as_str()),
            ("did-1", "did")
        );
    }

    #[test]
    fn folders_that_are_no_runs_are_left_out_and_named_when_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        begin(folder.path(), "a");
        begin(folder.path(), "b");
        fs::create_dir(folder.path().join("pictures")).unwrap();
        let broken = begin(folder.path(), "broken");
        fs::write(broken.join(CONFIG_FILE), "{").unwrap();
        let mut names: Vec<String> = list(folder.path()).into_iter().map(|r| r.name).collect();
        names.sort();
        assert_eq!(names, ["a", "b"]);
        let text = read(&broken).unwrap_err().to_string();
        assert!(
            text.starts_with("Could not read the run: config.json: "),
            "{text}"
        );
        assert!(text.ends_with("broken\""), "{text}");
        assert!(list(&folder.path().join("missing")).is_empty());
    }
}
