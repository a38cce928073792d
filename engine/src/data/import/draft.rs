//! A manifest in the making, and what is to be told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::data::import::folder::{self, Entry};
use crate::data::import::{
    DatasetKind, ImportError, ImportOptions, ImportReport, Missing, Refused,
};
use crate::data::{FrameRule, Item, Manifest, Split};
use crate::job::JobContext;

const STAGE: &str = "Listing files";

/// Names of a folder that a layout error shows.
const MAX_SHOWN: usize = 8;

pub(super) struct Draft<'a> {
    pub kind: DatasetKind,
    pub dir: &'a Path,
    pub options: &'a ImportOptions,
    items: Vec<Item>,
    missing: Vec<Missing>,
    /// By source, split and reason.
    refused: BTreeMap<(String, Option<Split>, String), usize>,
    notes: Vec<String>,
    job: &'a mut JobContext,
}

/// A line with nothing but what every line has.
pub(super) fn item(path: String, label: u8, source: String, dataset: String) -> Item {
    Item {
        path,
        frames: FrameRule::Spread,
        label,
        source,
        donors: Vec::new(),
        technique: None,
        split: None,
        mask: None,
        dataset,
        sha256: None,
        details: BTreeMap::new(),
    }
}

impl<'a> Draft<'a> {
    /// Fails where the folder cannot be listed.
    pub fn begin(
        kind: DatasetKind,
        dir: &'a Path,
        options: &'a ImportOptions,
        job: &'a mut JobContext,
    ) -> Result<Self, ImportError> {
        job.tick(STAGE, 0, None)?;
        fs::read_dir(dir).map_err(|source| ImportError::Read {
            path: dir.to_owned(),
            source,
        })?;
        Ok(Self {
            kind,
            dir,
            options,
            items: Vec::new(),
            missing: Vec::new(),
            refused: BTreeMap::new(),
            notes: Vec::new(),
            job,
        })
    }

    pub fn add(&mut self, item: Item) -> Result<(), ImportError> {
        self.items.push(item);
        self.job.tick(STAGE, self.items.len() as u64, None)?;
        Ok(())
    }

    pub fn missing(&mut self, path: String, reason: &str) -> Result<(), ImportError> {
        self.missing.push(Missing {
            path,
            reason: reason.to_owned(),
        });
        Ok(self.job.check()?)
    }

    /// One more item of a source that is left out.
    pub fn refuse(
        &mut self,
        source: &str,
        split: Option<Split>,
        reason: &str,
    ) -> Result<(), ImportError> {
        let key = (source.to_owned(), split, reason.to_owned());
        *self.refused.entry(key).or_default() += 1;
        Ok(self.job.check()?)
    }

    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// What a folder below the dataset's holds, by name; nothing where there is none.
    pub fn list(&mut self, below: &str) -> Result<Vec<Entry>, ImportError> {
        self.job.check()?;
        let (entries, unnamed) = folder::list(&self.dir.join(below))?;
        for name in unnamed {
            let path = folder::join(below, &name);
            self.missing(path, "its name is not Unicode")?;
        }
        Ok(entries)
    }

    /// Pictures in a folder and in those in it, so many levels deep.
    pub fn walk_pictures(&mut self, below: &str, depth: usize) -> Result<Vec<String>, ImportError> {
        let mut pictures = Vec::new();
        for entry in self.list(below)? {
            let path = folder::join(below, &entry.name);
            if entry.is_picture() {
                pictures.push(path);
            } else if entry.is_dir && 0 < depth {
                pictures.extend(self.walk_pictures(&path, depth - 1)?);
            }
        }
        Ok(pictures)
    }

    pub fn is_dir(&self, below: &str) -> bool {
        self.dir.join(below).is_dir()
    }

    pub fn is_file(&self, below: &str) -> bool {
        self.dir.join(below).is_file()
    }

    pub fn text(&self, below: &str) -> Result<String, ImportError> {
        let path = self.dir.join(below);
        fs::read_to_string(&path).map_err(|source| ImportError::Read { path, source })
    }

    pub fn json<T: DeserializeOwned>(&self, below: &str) -> Result<T, ImportError> {
        serde_json::from_str(&self.text(below)?)
            .map_err(|err| self.wrong_list(below, &err.to_string()))
    }

    pub fn wrong_list(&self, below: &str, reason: &str) -> ImportError {
        ImportError::List {
            path: self.dir.join(below),
            reason: reason.to_owned(),
        }
    }

    /// The folder is of another kind: names what is in it.
    pub fn wrong_layout(&self, looked_for: &str) -> ImportError {
        self.wrong_layout_of("", looked_for)
    }

    pub fn wrong_layout_of(&self, below: &str, looked_for: &str) -> ImportError {
        let dir: PathBuf = self.dir.join(below);
        let entries = folder::list(&dir).map(|(entries, _)| entries);
        let entries = entries.unwrap_or_default();
        let mut names: Vec<String> = entries
            .iter()
            .take(MAX_SHOWN)
            .map(|entry| entry.name.clone() + if entry.is_dir { "/" } else { "" })
            .collect();
        if MAX_SHOWN < entries.len() {
            names.push(format!("and {} more", entries.len() - MAX_SHOWN));
        }
        let found = match names.is_empty() {
            true => "nothing".to_owned(),
            false => names.join(", "),
        };
        ImportError::Layout {
            kind: self.kind,
            dir,
            looked_for: looked_for.to_owned(),
            found,
        }
    }

    /// Leaves out doubles and whatever shares a source with a split that goes first, then counts.
    pub fn finish(mut self) -> Result<(Manifest, ImportReport), ImportError> {
        let items = std::mem::take(&mut self.items);
        let items = self.without_shared_sources(items)?;
        let items = self.without_doubles(items);
        let refused = self.refused.into_iter();
        let refused = refused.map(|((source, split, reason), items)| Refused {
            source,
            split,
            items,
            reason,
        });
        let mut report = ImportReport {
            dataset: self.kind.name().to_owned(),
            missing: self.missing,
            refused: refused.collect(),
            notes: self.notes,
            ..ImportReport::default()
        };
        if items.is_empty() {
            let (missing, refused) = (report.missing.len(), report.num_refused());
            let mut reason = format!("{missing} listed files are missing, {refused} were left out");
            if let Some(first) = report.missing.first() {
                reason += &format!("; the first that is missing is {:?}", first.path);
            }
            return Err(ImportError::Nothing {
                dir: self.dir.to_owned(),
                reason,
            });
        }
        report.count(&items);
        let total = items.len() as u64;
        self.job.tick(STAGE, total, Some(total))?;
        let manifest = Manifest {
            dir: self.dir.to_owned(),
            items,
        };
        manifest.check_splits()?;
        Ok((manifest, report))
    }

    /// Test items stay; then validation items without a source of those; then training items without
    /// a source of either. So a test set is always the official one, and training pays.
    fn without_shared_sources(&mut self, items: Vec<Item>) -> Result<Vec<Item>, ImportError> {
        let mut split_of: BTreeMap<String, Split> = BTreeMap::new();
        let mut is_kept = vec![true; items.len()];
        for split in [Split::Test, Split::Val, Split::Train] {
            for (at, item) in items.iter().enumerate() {
                if item.split != Some(split) {
                    continue;
                }
                let mut taken = item.sources().filter_map(|source| {
                    let other = split_of.get(source).filter(|other| **other != split)?;
                    Some((source.to_owned(), *other))
                });
                if let Some((source, other)) = taken.next() {
                    drop(taken);
                    is_kept[at] = false;
                    let reason = format!("its source is in the split {} too", other.name());
                    self.refuse(&source, Some(split), &reason)?;
                    continue;
                }
                drop(taken);
                for source in item.sources() {
                    split_of.insert(source.to_owned(), split);
                }
            }
        }
        let mut is_kept = is_kept.into_iter();
        let kept = items.into_iter().filter(|_| is_kept.next() == Some(true));
        Ok(kept.collect())
    }

    fn without_doubles(&mut self, items: Vec<Item>) -> Vec<Item> {
        let num_items = items.len();
        let mut seen = BTreeSet::new();
        let kept = items
            .into_iter()
            .filter(|item| seen.insert(item.path.clone()));
        let kept: Vec<Item> = kept.collect();
        let num_doubles = num_items - kept.len();
        if 0 < num_doubles {
            self.note(format!(
                "{num_doubles} items were listed twice and count once"
            ));
        }
        kept
    }
}

#[cfg(test)]
mod tests;
