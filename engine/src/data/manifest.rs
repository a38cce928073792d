//! `manifest.jsonl`: one labelled clip, picture or folder of frames a line (DESIGN 7).

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The name that a manifest has in its folder.
pub const MANIFEST_FILE: &str = "manifest.jsonl";

/// Which part of the data an item belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    Train,
    Val,
    Test,
}

/// Which frames of an item stand for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameRule {
    /// So many as the reader wants, evenly spread.
    #[default]
    Spread,
    /// Exactly one frame, by its index.
    Only(u32),
    /// From the first index up to the second, which is not among them: an item that is one part of a clip.
    Between(u32, u32),
}

/// One line of a manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// A clip, a picture or a folder of frames: below the folder of the manifest, or absolute.
    pub path: String,
    #[serde(default)]
    pub frames: FrameRule,
    /// 1 is manipulated.
    pub label: u8,
    /// Who or what was filmed. Items that share a source are never in two splits.
    pub source: String,
    /// Further sources that went in: whose face was swapped in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub donors: Vec<String>,
    /// How it was manipulated; `None` for pristine items.
    #[serde(default)]
    pub technique: Option<String>,
    #[serde(default)]
    pub split: Option<Split>,
    /// A clip, picture or folder like `path`: 255 where the item is manipulated, 0 where it is pristine.
    #[serde(default)]
    pub mask: Option<String>,
    /// Where it comes from: `forge-standard`, `ff++/c23`.
    pub dataset: String,
    /// Of the file, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What only one dataset knows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, serde_json::Value>,
}

/// All lines of a manifest, and the folder that their paths are below.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    pub dir: PathBuf,
    pub items: Vec<Item>,
}

/// Why a manifest could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("Could not read the manifest: {source}\nFile: {path:?}")]
    Read { path: PathBuf, source: io::Error },
    #[error("Could not write the manifest: {source}\nFile: {path:?}")]
    Write { path: PathBuf, source: io::Error },
    #[error("Line {line} of the manifest is wrong: {reason}\nFile: {path:?}")]
    Line {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    #[error("The manifest is empty\nFile: {path:?}")]
    Empty { path: PathBuf },
    #[error(
        "The source {source_id:?} is both in {} and in {}: results on it would mean nothing",
        first.name(),
        second.name()
    )]
    SourceInTwoSplits {
        source_id: String,
        first: Split,
        second: Split,
    },
}

impl Split {
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Test => "test",
        }
    }
}

impl Item {
    /// Every source that went into it.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.source)
            .chain(&self.donors)
            .map(String::as_str)
    }

    /// What is wrong with it in itself, in words.
    fn check(&self) -> Result<(), String> {
        if 1 < self.label {
            return Err(format!("the label is {}, not 0 or 1", self.label));
        }
        if self.path.is_empty() || self.source.is_empty() {
            return Err("its path or its source is empty".to_owned());
        }
        match self.frames {
            FrameRule::Between(first, end) if end <= first => Err(format!(
                "its stretch of frames ends before it begins: from {first} up to {end}"
            )),
            _ => Ok(()),
        }
    }
}

impl Manifest {
    /// Reads and checks a manifest: every line whole, labels 0 or 1, no source in two splits. A folder
    /// stands for the [`MANIFEST_FILE`] in it.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let manifest = Self::read_lines(path)?;
        manifest.check_splits()?;
        Ok(manifest)
    }

    /// As [`Self::read`], for those who show what is wrong with the splits: these are not checked.
    pub(super) fn read_lines(path: &Path) -> Result<Self, ManifestError> {
        let path = &file_of(path);
        let text = fs::read_to_string(path).map_err(|source| ManifestError::Read {
            path: path.to_owned(),
            source,
        })?;
        let mut items = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let wrong = |reason| ManifestError::Line {
                path: path.to_owned(),
                line: at + 1,
                reason,
            };
            let item: Item = serde_json::from_str(line).map_err(|err| wrong(err.to_string()))?;
            item.check().map_err(wrong)?;
            items.push(item);
        }
        if items.is_empty() {
            return Err(ManifestError::Empty {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            dir: path.parent().unwrap_or(Path::new("")).to_owned(),
            items,
        })
    }

    /// Refuses a source that is in two splits, by its name.
    pub fn check_splits(&self) -> Result<(), ManifestError> {
        let mut split_of: BTreeMap<&str, Split> = BTreeMap::new();
        for item in &self.items {
            let Some(split) = item.split else { continue };
            for source in item.sources() {
                let first = *split_of.entry(source).or_insert(split);
                if first != split {
                    return Err(ManifestError::SourceInTwoSplits {
                        source_id: source.to_owned(),
                        first,
                        second: split,
                    });
                }
            }
        }
        Ok(())
    }

    /// The lines as they are written, one item each.
    pub fn to_text(&self) -> String {
        let line = |item| {
            let mut line =
                serde_json::to_string(item).expect("an item is made of plain names and numbers");
            line.push('\n');
            line
        };
        self.items.iter().map(line).collect()
    }

    /// Written beside and renamed.
    pub fn write(&self, path: &Path) -> Result<(), ManifestError> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}.part", std::process::id()));
        let failed = |source| ManifestError::Write {
            path: path.to_owned(),
            source,
        };
        fs::write(&beside, self.to_text()).map_err(failed)?;
        fs::rename(&beside, path).map_err(failed)
    }

    /// SHA-256 of the lines, in hexadecimal: the name of exactly this data.
    pub fn hash(&self) -> String {
        let digest = Sha256::digest(self.to_text());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Where a path of an item lies.
    pub fn full_path(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// Items of one split, with their places.
    pub fn of_split(&self, split: Split) -> impl Iterator<Item = (usize, &Item)> {
        let numbered = self.items.iter().enumerate();
        numbered.filter(move |(_, item)| item.split == Some(split))
    }
}

/// The manifest that a path means: a folder stands for the [`MANIFEST_FILE`] in it.
pub(super) fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(MANIFEST_FILE)
    } else {
        path.to_owned()
    }
}

#[cfg(test)]
mod tests;
