//! Facts about a manifest, and the errors that it must not be evaluated with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::data::{Item, Manifest, Split};
use crate::eval::EvalError;
use crate::eval::report::{DataRecord, SplitCount, TechniqueCount};
use crate::eval::scored_split::ScoredSplit;
use crate::job::{Cancelled, JobContext};
use crate::media::MediaError;
use crate::media::hash::hash_file;

/// Splits in the order of tables; `None` is for items without one.
const SPLITS: [Option<Split>; 4] = [
    Some(Split::Train),
    Some(Split::Val),
    Some(Split::Test),
    None,
];

/// A manifest with its place.
pub struct Data {
    pub path: PathBuf,
    pub manifest: Manifest,
    pub hash: String,
}

impl Data {
    pub fn read(path: &Path) -> Result<Self, EvalError> {
        let manifest = Manifest::read(path)?;
        Ok(Self {
            path: path.to_owned(),
            hash: manifest.hash(),
            manifest,
        })
    }

    /// The manifest's folder and file: enough to know it by, without the rest of this machine's folders.
    pub fn name(&self) -> String {
        // A path without its folder is told with it all the same, where the folder is known.
        let whole = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let parts: Vec<_> = whole.components().rev().take(2).collect();
        let parts: PathBuf = parts.into_iter().rev().collect();
        parts.to_string_lossy().into_owned()
    }

    /// The datasets in it, in words.
    pub fn datasets(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.items().map(|item| item.dataset.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The manipulated items' techniques in a split, sorted.
    pub fn techniques(&self, split: ScoredSplit) -> Vec<String> {
        let items = self.items().filter(|item| split.has(item));
        let names: BTreeSet<&String> = items.filter_map(|item| item.technique.as_ref()).collect();
        names.into_iter().cloned().collect()
    }

    /// Places of a split's items; refuses a split that is empty or of one kind.
    pub fn of_split(&self, split: ScoredSplit) -> Result<Vec<usize>, EvalError> {
        let numbered = self.items().enumerate();
        let places: Vec<usize> = numbered
            .filter(|(_, item)| split.has(item))
            .map(|(at, _)| at)
            .collect();
        let manipulated = places
            .iter()
            .filter(|&&at| self.manifest.items[at].label == 1);
        let manipulated = manipulated.count();
        let name = split.in_words();
        let reason = if places.is_empty() {
            let counts: Vec<String> = SPLITS
                .iter()
                .map(|split| format!("{} {}", self.in_split(*split).count(), split_name(*split)))
                .collect();
            format!("{name} is empty; it has items: {}", counts.join(", "))
        } else if manipulated == 0 || manipulated == places.len() {
            let kind = if manipulated == 0 {
                "pristine"
            } else {
                "manipulated"
            };
            format!(
                "all {} items of {name} are {kind}; an evaluation needs both kinds",
                places.len()
            )
        } else {
            return Ok(places);
        };
        Err(self.wrong(reason))
    }

    /// How many of these items are files with one of these SHA-256; hashed where the manifest does not
    /// tell. Folders, and files that cannot be read, count as none.
    pub fn count_known(
        &self,
        places: &[usize],
        known: &BTreeSet<&str>,
        job: &mut JobContext,
    ) -> Result<usize, EvalError> {
        let mut count = 0;
        for (done, &at) in places.iter().enumerate() {
            job.tick(
                "Comparing with training clips",
                done as u64,
                Some(places.len() as u64),
            )?;
            let item = &self.manifest.items[at];
            let path = self.manifest.full_path(&item.path);
            let hashed = match &item.sha256 {
                Some(listed) => Ok(listed.to_lowercase()),
                None => hash_file::<HashStop>(&path, |_, _| Ok(job.check()?))
                    .map(|hash| hash.to_string()),
            };
            match hashed {
                Ok(hash) => count += usize::from(known.contains(hash.as_str())),
                Err(HashStop::Cancelled(err)) => return Err(err.into()),
                Err(HashStop::Unreadable) => {}
            }
        }
        Ok(count)
    }

    /// Writes the items that `is_wanted` as a manifest of their own, with whole paths.
    pub fn write_part(
        &self,
        is_wanted: impl Fn(&Item) -> bool,
        path: &Path,
    ) -> Result<(), EvalError> {
        let failed = |source| EvalError::Write {
            path: path.to_owned(),
            source,
        };
        // Its folder is empty for a manifest in the current one.
        let here = std::env::current_dir().map_err(failed)?;
        let dir = here.join(&self.manifest.dir);
        let whole = |below: &str| dir.join(below).to_string_lossy().into_owned();
        let items: Vec<Item> = self
            .items()
            .filter(|item| is_wanted(item))
            .map(|item| Item {
                path: whole(&item.path),
                mask: item.mask.as_deref().map(whole),
                ..item.clone()
            })
            .collect();
        if items.is_empty() {
            return Err(self.wrong("its split train is empty, so nothing can be trained on it"));
        }
        let manifest = Manifest {
            dir: path.parent().unwrap_or(Path::new("")).to_owned(),
            items,
        };
        std::fs::create_dir_all(&manifest.dir).map_err(failed)?;
        Ok(manifest.write(path)?)
    }

    pub fn wrong(&self, reason: impl Into<String>) -> EvalError {
        EvalError::Data {
            reason: reason.into(),
            path: self.path.clone(),
        }
    }

    pub fn record(&self, scored_split: &str, frames_per_item: usize) -> DataRecord {
        let splits = SPLITS
            .into_iter()
            .filter(|split| self.in_split(*split).next().is_some())
            .map(|split| SplitCount {
                split: split_name(split).to_owned(),
                items: self.in_split(split).count(),
                manipulated: self.in_split(split).filter(|item| item.label == 1).count(),
                sources: self
                    .in_split(split)
                    .map(|item| item.source.as_str())
                    .collect::<BTreeSet<_>>()
                    .len(),
            })
            .collect();
        DataRecord {
            name: self.name(),
            manifest_sha256: self.hash.clone(),
            datasets: self.datasets(),
            scored_split: scored_split.to_owned(),
            splits,
            techniques: self.technique_counts(),
            frames_per_item,
            sampling: format!(
                "At most {frames_per_item} of each item, evenly spread over those with a face fit for use, \
                 decoded by Seam's own reader at their stored size"
            ),
        }
    }

    fn technique_counts(&self) -> Vec<TechniqueCount> {
        // Pristine items come first: `false` is below `true`.
        let mut counts: BTreeMap<(bool, &str), [usize; 4]> = BTreeMap::new();
        for item in self.items() {
            let key = match (item.label, &item.technique) {
                (1, Some(technique)) => (true, technique.as_str()),
                (1, None) => (true, "manipulated, not named"),
                _ => (false, "pristine"),
            };
            let split = SPLITS.iter().position(|split| *split == item.split);
            counts.entry(key).or_default()[split.unwrap_or(SPLITS.len() - 1)] += 1;
        }
        counts
            .into_iter()
            .map(|((_, technique), items)| TechniqueCount {
                technique: technique.to_owned(),
                items,
            })
            .collect()
    }

    fn items(&self) -> impl Iterator<Item = &Item> {
        self.manifest.items.iter()
    }

    fn in_split(&self, split: Option<Split>) -> impl Iterator<Item = &Item> {
        self.items().filter(move |item| item.split == split)
    }
}

/// Why a file was not hashed.
enum HashStop {
    Cancelled(Cancelled),
    Unreadable,
}

impl From<Cancelled> for HashStop {
    fn from(err: Cancelled) -> Self {
        Self::Cancelled(err)
    }
}

impl From<MediaError> for HashStop {
    fn from(_: MediaError) -> Self {
        Self::Unreadable
    }
}

fn split_name(split: Option<Split>) -> &'static str {
    split.map_or("no split", Split::name)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::data::FrameRule;

    pub fn item(path: &str, technique: Option<&str>, split: Option<Split>) -> Item {
        Item {
            path: path.to_owned(),
            frames: FrameRule::Spread,
            label: u8::from(technique.is_some()),
            source: format!("source of {path}"),
            donors: Vec::new(),
            technique: technique.map(str::to_owned),
            split,
            mask: None,
            dataset: "made-up".to_owned(),
            sha256: None,
            details: BTreeMap::new(),
        }
    }

    pub fn data(items: Vec<Item>) -> Data {
        let manifest = Manifest {
            dir: PathBuf::from("some/folder"),
            items,
        };
        Data {
            path: PathBuf::from("some/folder/manifest.jsonl"),
            hash: manifest.hash(),
            manifest,
        }
    }

    #[test]
    fn a_split_without_items_or_with_one_kind_is_refused() {
        let data = data(vec![
            item("a", None, Some(Split::Train)),
            item("b", Some("swap"), Some(Split::Train)),
            item("c", Some("swap"), Some(Split::Val)),
            item("d", Some("swap"), None),
        ]);
        assert_eq!(data.of_split(Split::Train.into()).unwrap(), [0, 1]);
        let text = data.of_split(Split::Test.into()).unwrap_err().to_string();
        assert!(text.contains("the split test is empty"), "{text}");
        assert!(
            text.contains("2 train, 1 val, 0 test, 1 no split"),
            "{text}"
        );
        assert!(
            text.ends_with("File: \"some/folder/manifest.jsonl\""),
            "{text}"
        );
        let text = data.of_split(Split::Val.into()).unwrap_err().to_string();
        assert!(
            text.contains("all 1 items of the split val are manipulated"),
            "{text}"
        );
    }

    #[test]
    fn files_of_a_training_are_known_by_their_hash() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), b"clip").unwrap();
        let mut listed = item("b", None, None);
        listed.sha256 = Some("ABCD".to_owned());
        let mut data = data(vec![
            item("a", None, None),
            listed,
            item("gone", None, None),
        ]);
        data.manifest.dir = dir.path().to_owned();
        let hash = crate::media::MediaHash::of(b"clip").to_string();
        let mut job = JobContext::detached();
        let mut count = |known: &[&str]| {
            let known = known.iter().copied().collect();
            data.count_known(&[0, 1, 2], &known, &mut job).unwrap()
        };
        assert_eq!(count(&[&hash]), 1);
        assert_eq!(count(&[&hash, "abcd"]), 2);
        assert_eq!(count(&["0123"]), 0);
    }

    #[test]
    fn counts_are_by_split_and_technique() {
        let record = data(vec![
            item("a", None, Some(Split::Test)),
            item("b", Some("swap"), Some(Split::Test)),
            item("c", Some("recolor"), Some(Split::Train)),
        ])
        .record("test", 8);
        assert_eq!(record.name, "folder/manifest.jsonl");
        let names: Vec<&str> = record
            .techniques
            .iter()
            .map(|t| t.technique.as_str())
            .collect();
        assert_eq!(names, ["pristine", "recolor", "swap"]);
        assert_eq!(record.techniques[1].items, [1, 0, 0, 0]);
        assert_eq!(record.splits.len(), 2);
        assert_eq!(
            (record.splits[1].items, record.splits[1].manipulated),
            (2, 1)
        );
    }
}
