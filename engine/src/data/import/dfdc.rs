//! DFDC (METHODS 17): training parts with `metadata.json`, validation and test sets with `labels.csv`.
//!
//! A manipulated video names its original, which is its source; where the original is not told, as in
//! the test set, a video is its own source.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::data::import::draft::{Draft, item};
use crate::data::import::folder::{join, last, stem};
use crate::data::import::{ImportError, dfdc_preview, names, splits};
use crate::data::{Item, Split};

const METADATA: &str = "metadata.json";
const LABELS: &str = "labels.csv";
const DATASET: &str = "dfdc";

/// Folders below the dataset's that are searched for lists.
const MAX_DEPTH: usize = 2;

/// DFDC has several techniques and does not tell which one made a video.
const TECHNIQUE: &str = "dfdc";

/// What `metadata.json` says of a video: the training parts have words, the test set has `is_fake`.
#[derive(Deserialize)]
struct Facts {
    label: Option<String>,
    is_fake: Option<u8>,
    split: Option<String>,
    original: Option<String>,
}

/// One line of `labels.csv`.
#[derive(Deserialize)]
struct Labeled {
    filename: String,
    label: String,
}

pub(super) fn import(draft: &mut Draft<'_>) -> Result<(), ImportError> {
    if draft.is_file(dfdc_preview::LIST) {
        return dfdc_preview::import(draft);
    }
    let mut folders = Vec::new();
    find_lists(draft, "", 0, &mut folders)?;
    if folders.is_empty() {
        return Err(draft.wrong_layout(
            "dfdc_train_part_*/metadata.json, a test set's labels.csv, or the preview's dataset.json",
        ));
    }
    let mut items = Vec::new();
    for folder in folders {
        if draft.is_file(&join(&folder, LABELS)) {
            labeled(draft, &folder, &mut items)?;
        } else {
            part(draft, &folder, &mut items)?;
        }
    }
    if items.iter().all(|item| item.split != Some(Split::Val)) {
        splits::carve_validation(&mut items, draft.options.seed);
        draft.note(format!(
            "No validation set is there: about a tenth of the training originals was put there by the \
             seed {}, with all that was made from them",
            draft.options.seed
        ));
    }
    items.into_iter().try_for_each(|item| draft.add(item))
}

fn find_lists(
    draft: &mut Draft<'_>,
    below: &str,
    depth: usize,
    folders: &mut Vec<String>,
) -> Result<(), ImportError> {
    let entries = draft.list(below)?;
    let has_list = |entry: &&str| [METADATA, LABELS].contains(entry);
    if entries
        .iter()
        .map(|entry| &*entry.name)
        .any(|name| has_list(&name))
    {
        folders.push(below.to_owned());
    }
    if depth < MAX_DEPTH {
        for entry in entries.iter().filter(|entry| entry.is_dir) {
            find_lists(draft, &join(below, &entry.name), depth + 1, folders)?;
        }
    }
    Ok(())
}

/// One folder of videos with `metadata.json` beside them.
fn part(draft: &mut Draft<'_>, folder: &str, items: &mut Vec<Item>) -> Result<(), ImportError> {
    let list = join(folder, METADATA);
    let videos: BTreeMap<String, Facts> = draft.json(&list)?;
    let on_disk = names_in(draft, folder)?;
    let mut absent = BTreeSet::new();
    for (name, facts) in &videos {
        let label = match (facts.label.as_deref(), facts.is_fake) {
            (Some("REAL"), _) | (None, Some(0)) => 0,
            (Some("FAKE"), _) | (None, Some(1)) => 1,
            (label, is_fake) => {
                let reason = format!("{name:?} has the label {label:?} and is_fake {is_fake:?}");
                return Err(draft.wrong_list(&list, &reason));
            }
        };
        let path = join(folder, name);
        if !on_disk.contains(name.as_str()) {
            draft.missing(path, "metadata.json names it")?;
            continue;
        }
        let original = facts.original.as_deref().filter(|name| !name.is_empty());
        if let Some(original) = original
            && !on_disk.contains(original)
            && !videos.contains_key(original)
        {
            absent.insert(original);
        }
        let source = source_of(original.unwrap_or(name));
        let split = facts.split.as_deref().and_then(names::split_of);
        let mut line = line(path, label, source);
        line.split = split
            .or_else(|| split_of_path(folder))
            .or(Some(Split::Train));
        line.details
            .insert("part".to_owned(), part_name(draft, folder).into());
        items.push(line);
    }
    if !absent.is_empty() {
        draft.note(format!(
            "{} originals of manipulated videos in {list} are not in that part",
            absent.len()
        ));
    }
    Ok(())
}

/// A set whose labels are 0 and 1 in `labels.csv`; its videos lie beside it or in a folder there.
fn labeled(draft: &mut Draft<'_>, folder: &str, items: &mut Vec<Item>) -> Result<(), ImportError> {
    let list = join(folder, LABELS);
    let text = draft.text(&list)?;
    let inner = ["videos", "test", "test_videos"].map(|name| join(folder, name));
    let found = inner.into_iter().find(|inner| draft.is_dir(inner));
    let videos = found.unwrap_or_else(|| folder.to_owned());
    let on_disk = names_in(draft, &videos)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for line in reader.deserialize() {
        let Labeled { filename, label } =
            line.map_err(|err| draft.wrong_list(&list, &err.to_string()))?;
        let label = match label.trim() {
            "0" | "REAL" => 0,
            "1" | "FAKE" => 1,
            other => {
                let reason = format!("{filename:?} has the label {other:?}, not 0 or 1");
                return Err(draft.wrong_list(&list, &reason));
            }
        };
        let path = join(&videos, &filename);
        if !on_disk.contains(&filename) {
            draft.missing(path, "labels.csv names it")?;
            continue;
        }
        let source = source_of(&filename);
        items.push(Item {
            split: split_of_path(folder).or(Some(Split::Test)),
            ..self::line(path, label, source)
        });
    }
    draft.note(format!(
        "{list} tells no originals: each of its videos is its own source"
    ));
    Ok(())
}

fn line(path: String, label: u8, source: String) -> Item {
    Item {
        technique: (label == 1).then(|| TECHNIQUE.to_owned()),
        ..item(path, label, source, DATASET.to_owned())
    }
}

fn source_of(name: &str) -> String {
    format!("{DATASET}/{}", stem(name))
}

/// `dfdc_train_part_07`; the dataset's own folder where that is the part.
fn part_name(draft: &Draft<'_>, folder: &str) -> String {
    if folder.is_empty() {
        let own = draft.dir.file_name().unwrap_or_default();
        return own.to_string_lossy().into_owned();
    }
    last(folder).to_owned()
}

/// By the folder that says so: `validation`, `test`.
fn split_of_path(folder: &str) -> Option<Split> {
    folder.split('/').rev().find_map(names::split_of)
}

fn names_in(draft: &mut Draft<'_>, folder: &str) -> Result<BTreeSet<String>, ImportError> {
    let entries = draft.list(folder)?;
    Ok(entries.into_iter().map(|entry| entry.name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::import::DatasetKind;
    use crate::data::import::tree::{Tree, at, facts, paths};

    const KIND: DatasetKind = DatasetKind::Dfdc;

    #[test]
    fn parts_are_read_by_their_metadata_and_originals_stay_with_what_was_made_of_them() {
        let tree = Tree::new(&[]);
        for part in 0..20 {
            let folder = format!("dfdc_train_part_{part}");
            tree.write(
                &format!("{folder}/metadata.json"),
                &format!(
                    r#"{{"r{part}.mp4":{{"label":"REAL","split":"train","original":null}},
                        "f{part}.mp4":{{"label":"FAKE","split":"train","original":"r{part}.mp4"}},
                        "g{part}.mp4":{{"label":"FAKE","split":"train","original":"r{part}.mp4"}}}}"#
                ),
            );
            tree.write(&format!("{folder}/r{part}.mp4"), "");
            tree.write(&format!("{folder}/f{part}.mp4"), "");
        }
        let (manifest, report) = tree.import(KIND);
        assert_eq!(manifest.items.len(), 40);
        assert_eq!(report.missing.len(), 20);
        assert_eq!(manifest.of_split(Split::Val).count(), 4);
        let fake = at(&manifest, "dfdc_train_part_3/f3.mp4");
        let real = at(&manifest, "dfdc_train_part_3/r3.mp4");
        assert_eq!(
            facts(fake),
            (1, "dfdc/r3", vec![], Some("dfdc"), real.split)
        );
        assert_eq!(facts(real), (0, "dfdc/r3", vec![], None, real.split));
        assert_eq!(fake.details["part"], "dfdc_train_part_3");
        assert!(report.notes.iter().any(|note| note.contains("validation")));
    }

    #[test]
    fn one_part_alone_and_a_test_set_are_known() {
        let tree = Tree::new(&[
            "a.mp4",
            "test/videos/c.mp4",
            "test/videos/d.mp4",
            "validation/e.mp4",
        ]);
        tree.write(
            METADATA,
            r#"{"a.mp4":{"label":"FAKE","split":"train","original":"gone.mp4"}}"#,
        );
        tree.write(
            "test/labels.csv",
            "filename,label\nc.mp4,0\nd.mp4,1\nx.mp4,1\n",
        );
        tree.write("validation/labels.csv", "label,filename\n0,e.mp4\n");
        let (manifest, report) = tree.import(KIND);
        assert_eq!(
            paths(&manifest),
            [
                "a.mp4",
                "test/videos/c.mp4",
                "test/videos/d.mp4",
                "validation/e.mp4"
            ]
        );
        let of = |path| facts(at(&manifest, path));
        assert_eq!(
            of("a.mp4"),
            (1, "dfdc/gone", vec![], Some("dfdc"), Some(Split::Train))
        );
        assert_eq!(of("test/videos/c.mp4").4, Some(Split::Test));
        assert_eq!(of("test/videos/d.mp4").0, 1);
        assert_eq!(of("validation/e.mp4").4, Some(Split::Val));
        assert_eq!(report.missing[0].path, "test/videos/x.mp4");
        assert!(
            report
                .notes
                .iter()
                .any(|note| note.starts_with("1 originals"))
        );
    }

    #[test]
    fn unknown_labels_are_refused() {
        let tree = Tree::new(&["a.mp4"]);
        tree.write(METADATA, r#"{"a.mp4":{"label":"MAYBE"}}"#);
        let err = tree.try_import(KIND, None).unwrap_err().to_string();
        assert!(err.contains("MAYBE") && err.contains(METADATA), "{err}");
        let tree = Tree::new(&["a.mp4"]);
        tree.write(LABELS, "filename,label\na.mp4,2\n");
        let err = tree.try_import(KIND, None).unwrap_err().to_string();
        assert!(err.contains("\"2\", not 0 or 1"), "{err}");
        tree.write(LABELS, "name,kind\na.mp4,1\n");
        let err = tree.try_import(KIND, None).unwrap_err().to_string();
        assert!(err.contains("filename"), "{err}");
    }
}
