//! `manifest.jsonl`: one labelled clip, picture or folder of frames a line (DESIGN 7).

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

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
    /// Reads and checks a manifest: every line whole, labels 0 or 1, no source in two splits.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
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
        let manifest = Self {
            dir: path.parent().unwrap_or(Path::new("")).to_owned(),
            items,
        };
        manifest.check_splits()?;
        Ok(manifest)
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

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str =
        r#"{"path":"a.mp4","label":0,"source":"ann","dataset":"d","split":"train"}"#;

    fn read(text: &str) -> Result<Manifest, ManifestError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("manifest.jsonl");
        fs::write(&path, text).unwrap();
        Manifest::read(&path)
    }

    #[track_caller]
    fn check_refused(text: &str, says: &str) {
        let err = read(text).unwrap_err().to_string();
        assert!(err.contains(says), "{err}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let full = Item {
            path: "b/ü.mp4".to_owned(),
            frames: FrameRule::Between(3, 9),
            label: 1,
            source: "ann".to_owned(),
            donors: vec!["bob".to_owned()],
            technique: Some("swap".to_owned()),
            split: Some(Split::Train),
            mask: Some("masks/ü.mp4".to_owned()),
            dataset: "d".to_owned(),
            sha256: Some("00".to_owned()),
            details: [("seed".to_owned(), 3.into())].into(),
        };
        let mut items = read(PLAIN).unwrap().items;
        assert_eq!(items[0].frames, FrameRule::Spread);
        items.push(full);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("manifest.jsonl");
        let manifest = Manifest {
            dir: dir.path().to_owned(),
            items,
        };
        manifest.write(&path).unwrap();
        let again = Manifest::read(&path).unwrap();
        assert_eq!(again, manifest);
        assert_eq!(again.hash(), manifest.hash());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(again.of_split(Split::Train).count(), 2);
        assert_eq!(again.of_split(Split::Test).count(), 0);
        let changed = Manifest {
            items: again.items[..1].to_vec(),
            ..again
        };
        assert_ne!(changed.hash(), manifest.hash());
    }

    #[test]
    fn a_wrong_line_is_named_by_its_number() {
        check_refused(
            &format!("{PLAIN}\n\n{{\"path\":"),
            "Line 3 of the manifest is wrong",
        );
        check_refused(r#"{"path":"a.mp4","label":0,"dataset":"d"}"#, "source");
        check_refused(
            &PLAIN.replace("\"label\":0", "\"label\":2"),
            "the label is 2, not 0 or 1",
        );
        check_refused(&PLAIN.replace("\"label\":0", "\"label\":-1"), "Line 1");
        check_refused(&PLAIN.replace("train", "dev"), "Line 1");
        check_refused(&PLAIN.replace("a.mp4", ""), "path");
        check_refused(&PLAIN.replace("ann", ""), "source");
        let backward = PLAIN.replace("\"label\"", "\"frames\":{\"between\":[9,3]},\"label\"");
        check_refused(&backward, "ends before it begins");
    }

    #[test]
    fn an_empty_a_missing_and_a_binary_manifest_say_what_they_are() {
        check_refused("", "The manifest is empty");
        check_refused("\n  \n", "The manifest is empty");
        let missing = Manifest::read(Path::new("no/manifest.jsonl")).unwrap_err();
        let text = missing.to_string();
        assert!(text.contains("Could not read the manifest"), "{text}");
        assert!(text.ends_with("File: \"no/manifest.jsonl\""), "{text}");
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("manifest.jsonl");
        fs::write(&path, [0xff, 0xfe, 0]).unwrap();
        let err = Manifest::read(&path).unwrap_err();
        assert!(matches!(err, ManifestError::Read { .. }), "{err}");
        let there = Path::new("no/folder/manifest.jsonl");
        let err = Manifest::default().write(there).unwrap_err();
        assert!(matches!(err, ManifestError::Write { .. }), "{err}");
    }

    #[test]
    fn a_source_in_two_splits_is_refused_by_its_name() {
        let line = |source: &str, donor: &str, split: &str| {
            PLAIN.replace("ann", source).replace(
                "\"split\":\"train\"",
                &format!("\"donors\":[\"{donor}\"],\"split\":\"{split}\""),
            )
        };
        let two = |first: String, second: String| format!("{first}\n{second}");
        let apart = two(line("ann", "bob", "train"), line("cy", "dee", "test"));
        assert_eq!(read(&apart).unwrap().items.len(), 2);
        check_refused(
            &two(line("ann", "bob", "train"), line("ann", "dee", "test")),
            "The source \"ann\" is both in train and in test",
        );
        check_refused(
            &two(line("ann", "bob", "val"), line("bob", "dee", "train")),
            "The source \"bob\" is both in val and in train",
        );
        let unsplit = two(line("ann", "bob", "train"), line("ann", "bob", "test"));
        let unsplit = unsplit.replace(",\"split\":\"test\"", "");
        assert_eq!(read(&unsplit).unwrap().items.len(), 2);
    }

    #[test]
    fn paths_lie_below_the_manifest_or_stand_for_themselves() {
        let manifest = Manifest {
            dir: PathBuf::from("data"),
            items: Vec::new(),
        };
        assert_eq!(manifest.full_path("a/b.mp4"), Path::new("data/a/b.mp4"));
        assert_eq!(manifest.full_path("/c.mp4"), Path::new("/c.mp4"));
    }
}
