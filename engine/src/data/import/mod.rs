//! Importers: datasets as researchers have them on disk, turned into one manifest (METHODS 17).
//!
//! Each importer knows one layout and converts its labels to 1 for manipulated here, at the edge.
//! Nothing is decoded: a file counts as there when its name is.

mod celeb_df;
mod deepfake_bench;
mod dfdc;
mod dfdc_preview;
mod dffd;
mod draft;
mod face_forensics;
mod folder;
mod folders;
mod names;
mod report;
mod splits;
#[cfg(test)]
mod tree;

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::data::{Manifest, ManifestError};
use crate::job::{Cancelled, JobContext};
use draft::Draft;
pub use report::{Count, ImportReport, Missing, Refused};

/// Layouts that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatasetKind {
    #[serde(rename = "ff++")]
    FaceForensics,
    #[serde(rename = "celeb-df-v1")]
    CelebDfV1,
    #[serde(rename = "celeb-df-v2")]
    CelebDfV2,
    /// The training parts, the test set, or the preview.
    #[serde(rename = "dfdc")]
    Dfdc,
    #[serde(rename = "dffd")]
    Dffd,
    /// The lists that `DeepfakeBench` reads.
    #[serde(rename = "deepfakebench")]
    DeepfakeBench,
    /// Two folders, one of each label, with or without a level for the splits.
    #[serde(rename = "folders")]
    Folders,
}

/// The user's choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// `raw` (or `c0`), `c23` or `c40`, where a dataset has several; `None` takes all that are there.
    pub compression: Option<String>,
    /// Deals sources to splits where the dataset does not say.
    pub seed: u64,
}

/// What `seam data import` was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSettings {
    pub kind: DatasetKind,
    /// The dataset's own folder; only read.
    pub dir: PathBuf,
    /// The manifest to write.
    pub out: PathBuf,
    pub options: ImportOptions,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("There is no kind of dataset {name:?}; there are: {}", all_names())]
    NoSuchKind { name: String },
    #[error("Could not read the dataset: {source}\nFile: {path:?}")]
    Read { path: PathBuf, source: io::Error },
    #[error("A list of the dataset is wrong: {reason}\nFile: {path:?}")]
    List { path: PathBuf, reason: String },
    #[error(
        "The folder does not look like {}: looked for {looked_for}, found {found}\nFolder: {dir:?}",
        kind.title()
    )]
    Layout {
        kind: DatasetKind,
        dir: PathBuf,
        looked_for: String,
        found: String,
    },
    #[error("Nothing is left to import: {reason}\nFolder: {dir:?}")]
    Nothing { dir: PathBuf, reason: String },
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// Reads the layout of a dataset; its paths are below `dir`.
///
/// No source is in two splits of the result: where the dataset itself has some there, the items of the
/// test split stay, then those of the validation split, and the others are left out and told of in
/// the report, as are listed files that are missing.
pub fn import(
    kind: DatasetKind,
    dir: &Path,
    options: &ImportOptions,
    job: &mut JobContext,
) -> Result<(Manifest, ImportReport), ImportError> {
    let mut draft = Draft::begin(kind, dir, options, job)?;
    match kind {
        DatasetKind::FaceForensics => face_forensics::import(&mut draft)?,
        DatasetKind::CelebDfV1 | DatasetKind::CelebDfV2 => celeb_df::import(&mut draft)?,
        DatasetKind::Dfdc => dfdc::import(&mut draft)?,
        DatasetKind::Dffd => dffd::import(&mut draft)?,
        DatasetKind::DeepfakeBench => deepfake_bench::import(&mut draft)?,
        DatasetKind::Folders => folders::import(&mut draft)?,
    }
    draft.finish()
}

/// Imports and writes the manifest. Its paths are below its own folder where the dataset lies there, so
/// that both can move together, and absolute where it does not.
pub fn import_to_file(
    settings: &ImportSettings,
    job: &mut JobContext,
) -> Result<ImportReport, ImportError> {
    let (manifest, report) = import(settings.kind, &settings.dir, &settings.options, job)?;
    let beside = settings.out.parent().unwrap_or(Path::new(""));
    let manifest = moved(manifest, beside)?;
    manifest.write(&settings.out)?;
    Ok(report)
}

/// The same files, seen from another folder.
fn moved(mut manifest: Manifest, dir: &Path) -> Result<Manifest, ImportError> {
    let full = |path: &Path| {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        path.canonicalize().map_err(|source| ImportError::Read {
            path: path.to_owned(),
            source,
        })
    };
    let (data, beside) = (full(&manifest.dir)?, full(dir)?);
    let prefix = data.strip_prefix(&beside).unwrap_or(&data);
    let place = |path: &str| prefix.join(path).to_string_lossy().into_owned();
    for item in &mut manifest.items {
        item.path = place(&item.path);
        item.mask = item.mask.as_deref().map(place);
    }
    manifest.dir = dir.to_owned();
    Ok(manifest)
}

impl DatasetKind {
    pub const ALL: [Self; 7] = [
        Self::FaceForensics,
        Self::CelebDfV1,
        Self::CelebDfV2,
        Self::Dfdc,
        Self::Dffd,
        Self::DeepfakeBench,
        Self::Folders,
    ];

    /// As written on the command line and in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::FaceForensics => "ff++",
            Self::CelebDfV1 => "celeb-df-v1",
            Self::CelebDfV2 => "celeb-df-v2",
            Self::Dfdc => "dfdc",
            Self::Dffd => "dffd",
            Self::DeepfakeBench => "deepfakebench",
            Self::Folders => "folders",
        }
    }

    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::FaceForensics => "FaceForensics++",
            Self::CelebDfV1 => "Celeb-DF v1",
            Self::CelebDfV2 => "Celeb-DF v2",
            Self::Dfdc => "DFDC",
            Self::Dffd => "DFFD",
            Self::DeepfakeBench => "DeepfakeBench lists",
            Self::Folders => "folders of pristine and manipulated media",
        }
    }
}

impl FromStr for DatasetKind {
    type Err = ImportError;

    fn from_str(name: &str) -> Result<Self, ImportError> {
        let kinds = Self::ALL.into_iter();
        let mut named = kinds.filter(|kind| kind.name().eq_ignore_ascii_case(name));
        named.next().ok_or_else(|| ImportError::NoSuchKind {
            name: name.to_owned(),
        })
    }
}

fn all_names() -> String {
    DatasetKind::ALL.map(DatasetKind::name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::import::tree::{Tree, paths};
    use crate::job::CancelToken;

    #[test]
    fn kinds_are_known_by_their_names() {
        for kind in DatasetKind::ALL {
            assert_eq!(kind.name().parse::<DatasetKind>().unwrap(), kind);
            let text = serde_json::to_string(&kind).unwrap();
            assert_eq!(text, format!("\"{}\"", kind.name()));
        }
        let err = "soup".parse::<DatasetKind>().unwrap_err().to_string();
        assert!(
            err.contains("\"soup\"") && err.contains("celeb-df-v2"),
            "{err}"
        );
    }

    #[test]
    fn a_missing_and_a_foreign_folder_say_what_was_looked_for_and_what_is_there() {
        let tree = Tree::new(&["cats/1.jpg", "readme.txt"]);
        let job = &mut JobContext::detached();
        for kind in DatasetKind::ALL {
            let err = import(kind, tree.path(), &ImportOptions::default(), job).unwrap_err();
            let text = err.to_string();
            assert!(
                matches!(err, ImportError::Layout { .. }),
                "{kind:?}: {text}"
            );
            assert!(
                text.contains("cats/") && text.contains("readme.txt"),
                "{text}"
            );
            assert!(text.contains("\nFolder: "), "{text}");
            let missing = tree.path().join("no");
            let err = import(kind, &missing, &ImportOptions::default(), job).unwrap_err();
            assert!(matches!(err, ImportError::Read { .. }), "{err}");
        }
    }

    #[test]
    fn a_cancelled_import_writes_nothing() {
        let tree = Tree::new(&["real/a.mp4", "fake/b.mp4"]);
        let token = CancelToken::default();
        token.cancel();
        let mut job = JobContext::new(token, |_| ());
        let out = tree.path().join("manifest.jsonl");
        let settings = ImportSettings {
            kind: DatasetKind::Folders,
            dir: tree.path().to_owned(),
            out: out.clone(),
            options: ImportOptions::default(),
        };
        let err = import_to_file(&settings, &mut job).unwrap_err();
        assert!(matches!(err, ImportError::Cancelled(_)), "{err}");
        assert!(!out.exists());
    }

    #[test]
    fn paths_stay_below_the_manifest_where_the_data_lies_there_and_are_absolute_elsewhere() {
        let tree = Tree::new(&["data/real/a.mp4", "data/fake/b.mp4", "elsewhere/x"]);
        let import = |out: &str| {
            let settings = ImportSettings {
                kind: DatasetKind::Folders,
                dir: tree.path().join("data"),
                out: tree.path().join(out),
                options: ImportOptions::default(),
            };
            import_to_file(&settings, &mut JobContext::detached()).unwrap();
            Manifest::read(&settings.out).unwrap()
        };
        let above = import("manifest.jsonl");
        assert_eq!(paths(&above), ["data/fake/b.mp4", "data/real/a.mp4"]);
        assert_eq!(
            paths(&import("data/manifest.jsonl")),
            ["fake/b.mp4", "real/a.mp4"]
        );
        let elsewhere = import("elsewhere/manifest.jsonl");
        for item in &elsewhere.items {
            assert!(Path::new(&item.path).is_absolute());
            assert!(elsewhere.full_path(&item.path).is_file());
        }
    }
}
