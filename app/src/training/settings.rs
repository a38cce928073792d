//! What the user chose in the workspace for training and finds again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Data sets that are remembered.
const MAX_RECENT: usize = 8;

/// Folders, data, and how curves are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingSettings {
    /// Runs, and folders of runs, that were opened.
    pub folders: Vec<PathBuf>,
    /// Runs that were taken off the list.
    pub hidden: BTreeSet<PathBuf>,
    /// What runs of this window learn from, to resume them.
    pub sources: BTreeMap<PathBuf, Source>,
    /// The newest first.
    pub recent_data: Vec<PathBuf>,
    /// Curves are drawn as they were measured.
    pub is_raw: bool,
    pub is_log: bool,
}

/// What a run was started with and does not keep itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub data: PathBuf,
    #[serde(default)]
    pub masks: Option<PathBuf>,
}

impl TrainingSettings {
    /// Remembers data, the newest first.
    pub fn remember_data(&mut self, data: &Path) {
        self.recent_data.retain(|known| known != data);
        self.recent_data.insert(0, data.to_owned());
        self.recent_data.truncate(MAX_RECENT);
    }

    /// Remembers folders that were opened; runs in them are shown again.
    pub fn remember_folders(&mut self, folders: &[PathBuf]) {
        for folder in folders {
            self.hidden.retain(|hidden| !hidden.starts_with(folder));
            if !self.folders.contains(folder) {
                self.folders.push(folder.clone());
            }
        }
    }
}
