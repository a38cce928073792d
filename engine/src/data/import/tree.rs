//! Small folders for the importers' tests.

use std::fs;
use std::path::Path;

use crate::data::import::{DatasetKind, ImportError, ImportOptions, ImportReport, import};
use crate::data::{Item, Manifest, Split};
use crate::job::JobContext;

/// A temporary folder with empty files.
pub(super) struct Tree(tempfile::TempDir);

impl Tree {
    pub fn new(files: &[&str]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for file in files {
            tree.write(file, "");
        }
        tree
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn import(&self, kind: DatasetKind) -> (Manifest, ImportReport) {
        self.try_import(kind, None).unwrap()
    }

    pub fn try_import(
        &self,
        kind: DatasetKind,
        compression: Option<&str>,
    ) -> Result<(Manifest, ImportReport), ImportError> {
        let options = ImportOptions {
            compression: compression.map(str::to_owned),
            seed: 1,
        };
        import(kind, self.path(), &options, &mut JobContext::detached())
    }
}

/// Paths of a manifest, sorted.
pub(super) fn paths(manifest: &Manifest) -> Vec<&str> {
    let mut paths: Vec<&str> = manifest.items.iter().map(|item| &*item.path).collect();
    paths.sort_unstable();
    paths
}

/// The item with this path.
#[track_caller]
pub(super) fn at<'a>(manifest: &'a Manifest, path: &str) -> &'a Item {
    let mut items = manifest.items.iter();
    let found = items.find(|item| item.path == path);
    found.unwrap_or_else(|| panic!("no {path} in {:?}", paths(manifest)))
}

/// Label, source, donors, technique and split of an item.
pub(super) type Facts<'a> = (u8, &'a str, Vec<&'a str>, Option<&'a str>, Option<Split>);

pub(super) fn facts(item: &Item) -> Facts<'_> {
    (
        item.label,
        &item.source,
        item.donors.iter().map(String::as_str).collect(),
        item.technique.as_deref(),
        item.split,
    )
}
