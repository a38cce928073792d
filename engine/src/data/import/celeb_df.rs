//! Celeb-DF v1 and v2 (METHODS 17): originals, swaps, and an official list of test videos.
//!
//! The list splits videos, not people: nearly everyone in the test split is in the training videos too.
//! Splits by person would leave next to nothing, so sources are videos here: a swap has its target's
//! video as source, and training videos that a test swap was made from are left out. The report
//! counts the people on both sides.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::import::draft::{Draft, item};
use crate::data::import::folder::{Entry, join, stem};
use crate::data::import::{DatasetKind, ImportError, names, splits};
use crate::data::{Item, Split};

const LIST: &str = "List_of_testing_videos.txt";

/// Folders with their labels; `YouTube-real` is written in two ways.
const FOLDERS: [(&str, u8); 4] = [
    ("Celeb-real", 0),
    ("Celeb-synthesis", 1),
    ("YouTube-real", 0),
    ("Youtube-real", 0),
];

/// One technique, which has no name of its own.
const TECHNIQUE: &str = "Celeb-synthesis";

pub(super) fn import(draft: &mut Draft<'_>) -> Result<(), ImportError> {
    let there: Vec<(&str, u8)> = FOLDERS
        .into_iter()
        .filter(|(folder, _)| draft.is_dir(folder))
        .collect();
    if there.is_empty() || !draft.is_file(LIST) {
        return Err(draft.wrong_layout(&format!(
            "Celeb-real/, Celeb-synthesis/, YouTube-real/ and {LIST}"
        )));
    }
    let mut listed = test_list(draft)?;
    let num_listed = listed.len();
    let mut items = Vec::new();
    for (folder, label) in there {
        let (inside, entries) = media_of(draft, folder)?;
        for entry in entries {
            let video = join(folder, entry.stem());
            let split = match listed.remove(&video.to_ascii_lowercase()) {
                Some(_) => Split::Test,
                None => Split::Train,
            };
            let path = join(&inside, &entry.name);
            items.push(line(draft.kind, folder, &entry, path, label, split));
        }
    }
    for (_, path) in listed {
        draft.missing(path, "the official test list names it")?;
    }
    note_list(draft, num_listed);
    note_people(draft, &items);
    splits::carve_validation(&mut items, draft.options.seed);
    draft.note(format!(
        "There is no official validation split: about a tenth of the training videos was put there by \
         the seed {}",
        draft.options.seed
    ));
    items.into_iter().try_for_each(|item| draft.add(item))
}

/// `Celeb-real/id0_0000`, in small letters, to the path as it is listed. The list's own labels, 1 for
/// pristine, are checked against the folder and go no further.
fn test_list(draft: &Draft<'_>) -> Result<BTreeMap<String, String>, ImportError> {
    let mut listed = BTreeMap::new();
    for (at, line) in draft.text(LIST)?.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |reason: &str| draft.wrong_list(LIST, &format!("line {}: {reason}", at + 1));
        let Some((token, path)) = line.trim().split_once(char::is_whitespace) else {
            return Err(wrong("there is no label before a path"));
        };
        let path = path.trim().replace('\\', "/");
        let label = match token {
            "1" => 0,
            "0" => 1,
            _ => return Err(wrong(&format!("the label is {token:?}, not 0 or 1"))),
        };
        let folder = path.split('/').next().unwrap_or_default();
        let known = FOLDERS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(folder));
        match known {
            None => return Err(wrong(&format!("there is no folder {folder:?} in Celeb-DF"))),
            Some((_, expected)) if *expected != label => {
                return Err(wrong(&format!(
                    "the label is {token}, but {folder} holds {} videos, which have {}",
                    ["pristine", "manipulated"][usize::from(*expected)],
                    1 - expected
                )));
            }
            Some(_) => (),
        }
        listed.insert(stem(&path).to_ascii_lowercase(), path);
    }
    Ok(listed)
}

/// Videos, or folders of frames, in the folder itself or one below it.
fn media_of(draft: &mut Draft<'_>, folder: &str) -> Result<(String, Vec<Entry>), ImportError> {
    for inner in ["videos", "frames", "images"] {
        let inside = join(folder, inner);
        if draft.is_dir(&inside) {
            let entries = draft.list(&inside)?;
            let media = entries.into_iter().filter(|e| e.is_dir || e.is_clip());
            return Ok((inside, media.collect()));
        }
    }
    let entries = draft.list(folder)?;
    let media = entries.into_iter().filter(|e| e.is_dir || e.is_clip());
    Ok((folder.to_owned(), media.collect()))
}

fn line(
    kind: DatasetKind,
    folder: &str,
    entry: &Entry,
    path: String,
    label: u8,
    split: Split,
) -> Item {
    let dataset = kind.name();
    let stem = entry.stem();
    let named = names::celeb(stem).filter(|_| folder.starts_with("Celeb"));
    let source = match &named {
        Some(named) => format!("{dataset}/{}", named.video),
        None => format!("{dataset}/youtube-{stem}"),
    };
    let mut line = item(path, label, source, dataset.to_owned());
    line.split = Some(split);
    line.technique = (label == 1).then(|| TECHNIQUE.to_owned());
    if let Some(named) = named {
        line.details
            .insert("person".to_owned(), named.person.into());
        if let Some(donor) = named.donor_person {
            line.details.insert("donor_person".to_owned(), donor.into());
        }
    }
    line
}

fn note_list(draft: &mut Draft<'_>, num_listed: usize) {
    let expected = match draft.kind {
        DatasetKind::CelebDfV1 => 100,
        _ => 518,
    };
    if num_listed != expected {
        let title = draft.kind.title();
        draft.note(format!(
            "The test list names {num_listed} videos; the official one of {title} names {expected}"
        ));
    }
}

fn note_people(draft: &mut Draft<'_>, items: &[Item]) {
    let people = |is_test: bool| -> BTreeSet<&str> {
        let of_split = items
            .iter()
            .filter(|item| (item.split == Some(Split::Test)) == is_test);
        let people = of_split.flat_map(|item| {
            ["person", "donor_person"].map(|key| item.details.get(key).and_then(|v| v.as_str()))
        });
        people.flatten().collect()
    };
    let (test, rest) = (people(true), people(false));
    let both = test.intersection(&rest).count();
    draft.note(format!(
        "The official test list splits videos, not people: {both} of the {} people in the test videos \
         are in the other videos too",
        test.len()
    ));
}

#[cfg(test)]
mod tests;
