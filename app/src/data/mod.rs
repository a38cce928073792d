//! The datasets that the window knows: manifests, what is in them, and new ones being made.

mod ask;
mod draft;
mod finished;
pub mod shelf;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::TextureId;
use seam_engine::data::overview::Overview;
use seam_engine::data::{ImportReport, MANIFEST_FILE};
use seam_engine::job::JobId;

pub use ask::DataAsk;
pub use draft::{Draft, ForgeDraft, ImportDraft};

/// New datasets lie here, under the program's data.
pub const DATASETS_FOLDER: &str = "datasets";

/// What the pane shows. Changed only by `App`.
#[derive(Debug, Default)]
pub struct Datasets {
    pub known: Vec<Dataset>,
    pub selected: Option<PathBuf>,
    /// A dataset that is to be imported or forged.
    pub draft: Option<Draft>,
    /// What imports of this session told, by manifest.
    pub reports: BTreeMap<PathBuf, ImportReport>,
    /// What came of the last work, in words.
    pub notice: Option<Notice>,
    /// Of the selected dataset's overview, one for each of its thumbnails.
    pub pictures: Vec<Option<Pictures>>,
}

/// A manifest that is known.
#[derive(Debug)]
pub struct Dataset {
    /// The manifest's file.
    pub path: PathBuf,
    pub looked: Looked,
}

/// What is known of a manifest.
#[derive(Clone, Debug, Default)]
pub enum Looked {
    #[default]
    NotYet,
    Looking(JobId),
    Seen(Arc<Overview>),
    Failed(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub is_failure: bool,
}

/// Textures of a thumbnail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pictures {
    pub frame: TextureId,
    /// White where the outline of the mask is, nothing elsewhere.
    pub outline: Option<TextureId>,
}

/// What the panes can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum DataCommand {
    /// Adds a manifest, or a folder with one, and selects it.
    Add(PathBuf),
    /// Takes a manifest off the list. Nothing on disk changes.
    Forget(PathBuf),
    Select(PathBuf),
    LookAgain(PathBuf),
    Ask(DataAsk),
    /// A dialog was answered.
    Chosen(DataAsk, PathBuf),
    SetDraft(Box<Draft>),
    MakeDraft,
    ForgetDraft,
    /// Set up a training on this manifest.
    TrainOn(PathBuf),
    /// Set up an evaluation on this manifest.
    EvaluateOn(PathBuf),
}

impl Datasets {
    pub fn get(&self, path: &Path) -> Option<&Dataset> {
        self.known.iter().find(|dataset| dataset.path == path)
    }

    pub fn get_mut(&mut self, path: &Path) -> Option<&mut Dataset> {
        self.known.iter_mut().find(|dataset| dataset.path == path)
    }

    pub fn selected(&self) -> Option<&Dataset> {
        self.get(self.selected.as_deref()?)
    }

    /// Adds a manifest that is not in the list yet; its path is made whole.
    pub fn add(&mut self, path: &Path) -> PathBuf {
        let path = whole(path);
        if self.get(&path).is_none() {
            self.known.push(Dataset {
                path: path.clone(),
                looked: Looked::NotYet,
            });
        }
        path
    }

    /// What a manifest is called in lists: with the folder above where another one has the same name.
    pub fn title(&self, path: &Path) -> String {
        let name = name_of(path);
        let has_namesake = self
            .known
            .iter()
            .any(|own| own.path != path && own.name() == name);
        let above = path
            .parent()
            .and_then(Path::parent)
            .and_then(Path::file_name);
        match above.filter(|_| has_namesake) {
            Some(above) => format!("{name} in {}", above.to_string_lossy()),
            None => name,
        }
    }

    /// The manifest with this hash, where one that was looked at has it.
    pub fn with_hash(&self, sha256: &str) -> Option<&Path> {
        let known = self.known.iter();
        let mut seen = known.filter(|dataset| {
            dataset
                .overview()
                .is_some_and(|overview| overview.sha256 == sha256)
        });
        seen.next().map(|dataset| dataset.path.as_path())
    }

    pub fn tell(&mut self, text: impl Into<String>, is_failure: bool) {
        self.notice = Some(Notice {
            text: text.into(),
            is_failure,
        });
    }
}

impl Dataset {
    pub fn overview(&self) -> Option<&Arc<Overview>> {
        match &self.looked {
            Looked::Seen(overview) => Some(overview),
            _ => None,
        }
    }

    pub fn name(&self) -> String {
        name_of(&self.path)
    }
}

/// What people call a manifest: its folder, with the file where that has a name of its own.
pub fn name_of(manifest: &Path) -> String {
    let part = |path: Option<&std::ffi::OsStr>| {
        path.map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let folder = part(manifest.parent().and_then(Path::file_name));
    let file = part(manifest.file_name());
    match (folder.is_empty(), file == MANIFEST_FILE) {
        (true, _) => file,
        (false, true) => folder,
        (false, false) => format!("{folder}/{file}"),
    }
}

/// The manifest's file with its whole path; a folder stands for the [`MANIFEST_FILE`] in it.
fn whole(path: &Path) -> PathBuf {
    let is_file = path.extension().is_some_and(|ending| ending == "jsonl");
    let path = if is_file {
        path.to_owned()
    } else {
        path.join(MANIFEST_FILE)
    };
    std::path::absolute(&path).unwrap_or(path)
}
