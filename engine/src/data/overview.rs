//! What is in a manifest, at a glance: counts, splits, what is missing, and a few small pictures.

mod thumbnail;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::data::import::Count;
use crate::data::manifest::file_of;
use crate::data::{Item, Manifest, ManifestError, Split};
use crate::job::{Cancelled, JobContext};

pub use thumbnail::{Picture, Thumbnail};

/// Missing files that are named.
const MAX_NAMED: usize = 8;

/// All that a person should know of a manifest before training or measuring on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// The manifest's file.
    pub path: PathBuf,
    /// SHA-256 of the lines in hexadecimal, as cards and records name the data.
    pub sha256: String,
    pub num_items: usize,
    /// By split, label and technique, sorted.
    pub counts: Vec<Count>,
    /// In the order of [`Split`], items without one last; those without items are left out.
    pub splits: Vec<SplitFacts>,
    pub split_check: SplitCheck,
    /// Names with their numbers of items, sorted.
    pub datasets: Vec<(String, usize)>,
    /// Clips and pictures that are listed and not on disk.
    pub missing: Missing,
    pub masks: Masks,
    pub thumbnails: Vec<Thumbnail>,
}

/// One split, or the items without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitFacts {
    pub split: Option<Split>,
    pub items: usize,
    pub manipulated: usize,
    /// Different people or videos in them, those whose faces were put in included.
    pub sources: usize,
}

/// Whether results on this data would mean anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitCheck {
    /// No source is in two splits.
    pub is_sound: bool,
    pub in_words: String,
}

/// Files that are listed and not on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    pub count: usize,
    /// The first of them, as the manifest has them.
    pub first: Vec<String>,
}

/// Which manipulated items tell where they were changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masks {
    /// Manipulated items, and those of them that name a mask.
    pub manipulated: usize,
    pub listed: usize,
    /// Masks that are named and not on disk.
    pub missing: Missing,
}

/// Why there is nothing to see.
#[derive(Debug, thiserror::Error)]
pub enum OverviewError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// Looks through a manifest, or a folder with one. Files are looked for and only those of the thumbnails are read,
/// one frame at a time. A source in two splits is told of in [`Overview::split_check`], not an error here.
///
/// # Errors
/// Where the manifest cannot be read, a line of it is wrong, or it is empty.
pub fn look(path: &Path, job: &mut JobContext) -> Result<Overview, OverviewError> {
    job.tick("Reading the manifest", 0, None)?;
    let path = file_of(path);
    let manifest = Manifest::read_lines(&path)?;
    let (missing, masks) = look_for_files(&manifest, job)?;
    let thumbnails = thumbnail::thumbnails(&manifest, job)?;
    Ok(Overview {
        sha256: manifest.hash(),
        num_items: manifest.items.len(),
        counts: counts(&manifest.items),
        splits: splits(&manifest.items),
        split_check: split_check(&manifest),
        datasets: datasets(&manifest.items),
        missing,
        masks,
        thumbnails,
        path,
    })
}

fn look_for_files(
    manifest: &Manifest,
    job: &mut JobContext,
) -> Result<(Missing, Masks), Cancelled> {
    let (mut missing, mut masks) = (Missing::default(), Masks::default());
    let total = manifest.items.len() as u64;
    for (item, done) in manifest.items.iter().zip(0..) {
        job.tick("Looking for files", done, Some(total))?;
        missing.note(manifest, &item.path);
        if item.label == 1 {
            masks.manipulated += 1;
            if let Some(mask) = &item.mask {
                masks.listed += 1;
                masks.missing.note(manifest, mask);
            }
        }
    }
    Ok((missing, masks))
}

fn counts(items: &[Item]) -> Vec<Count> {
    let mut counts = BTreeMap::new();
    for item in items {
        let technique = item.technique.clone().filter(|_| item.label == 1);
        let key = (split_place(item.split), item.label, technique);
        counts.entry(key).or_insert((item.split, 0)).1 += 1;
    }
    let count = |((_, label, technique), (split, items))| Count {
        split,
        label,
        technique,
        items,
    };
    counts.into_iter().map(count).collect()
}

fn splits(items: &[Item]) -> Vec<SplitFacts> {
    let all = [
        Some(Split::Train),
        Some(Split::Val),
        Some(Split::Test),
        None,
    ];
    let facts = all.into_iter().map(|split| {
        let own: Vec<&Item> = items.iter().filter(|item| item.split == split).collect();
        let sources: BTreeSet<&str> = own.iter().flat_map(|item| item.sources()).collect();
        SplitFacts {
            split,
            items: own.len(),
            manipulated: own.iter().filter(|item| item.label == 1).count(),
            sources: sources.len(),
        }
    });
    facts.filter(|facts| 0 < facts.items).collect()
}

fn split_check(manifest: &Manifest) -> SplitCheck {
    if let Err(err) = manifest.check_splits() {
        return SplitCheck {
            is_sound: false,
            in_words: format!("{err}. Training and evaluation refuse this data"),
        };
    }
    let has_split = manifest.items.iter().filter(|item| item.split.is_some());
    let without = manifest.items.len() - has_split.count();
    let mut in_words = "No person or video is in two splits".to_owned();
    if without == manifest.items.len() {
        in_words = "No item has a split yet".to_owned();
    } else if 0 < without {
        in_words.push_str(&format!("; {without} items are in none"));
    }
    SplitCheck {
        is_sound: true,
        in_words,
    }
}

fn datasets(items: &[Item]) -> Vec<(String, usize)> {
    let mut datasets: BTreeMap<&str, usize> = BTreeMap::new();
    for item in items {
        *datasets.entry(&item.dataset).or_default() += 1;
    }
    let named = datasets.into_iter();
    named
        .map(|(name, items)| (name.to_owned(), items))
        .collect()
}

/// Items without a split come last.
fn split_place(split: Option<Split>) -> u8 {
    match split {
        Some(Split::Train) => 0,
        Some(Split::Val) => 1,
        Some(Split::Test) => 2,
        None => 3,
    }
}

impl Missing {
    fn note(&mut self, manifest: &Manifest, path: &str) {
        if manifest.full_path(path).exists() {
            return;
        }
        self.count += 1;
        if self.first.len() < MAX_NAMED {
            self.first.push(path.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
