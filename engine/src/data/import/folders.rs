//! Plain folders: `real/` and `fake/`, below or above a level for the splits where there is one.
//!
//! Clips are items. Pictures that lie in a folder of their own and are numbered are the frames of one
//! clip; other pictures are items. The source of a manipulated clip is the pristine one whose name it
//! begins with, before `_`, `-` or `.`, and the one that follows is its donor: `fake/anna_bert.mp4`
//! goes with `real/anna.mp4` and `real/bert.mp4`. The first folder in `fake/` names the technique.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::import::draft::{Draft, item};
use crate::data::import::folder::{Entry, join, last, stem};
use crate::data::import::{ImportError, names, splits};
use crate::data::{Item, Split};

const MAX_DEPTH: usize = 4;

/// A folder of one label.
struct Labeled {
    folder: String,
    label: u8,
    split: Option<Split>,
    masks: Option<String>,
}

/// An item before its source is known.
struct Found {
    path: String,
    label: u8,
    split: Option<Split>,
    technique: Option<String>,
    mask: Option<String>,
    /// Name of the clip that it is, or is a frame of.
    clip: String,
}

pub(super) fn import(draft: &mut Draft<'_>) -> Result<(), ImportError> {
    let labeled = labeled_folders(draft)?;
    if labeled.is_empty() {
        return Err(draft.wrong_layout(
            "real/ and fake/ (or pristine/ and manipulated/), or train/, val/ and test/ with these in them",
        ));
    }
    let (mut found, mut num_other) = (Vec::new(), 0);
    for labeled in &labeled {
        let masks = masks_of(draft, labeled)?;
        let before = found.len();
        num_other += collect(draft, labeled, &labeled.folder, 0, &mut found)?;
        for found in &mut found[before..] {
            let below = &found.path[labeled.folder.len() + 1..];
            found.mask = masks.get(stem(below)).cloned();
        }
    }
    if 0 < num_other {
        draft.note(format!(
            "{num_other} files whose names end like those of no clip or picture were passed over"
        ));
    }
    let mut items = with_sources(draft, found);
    note_lone(draft, &items);
    deal(draft, &mut items)?;
    items.into_iter().try_for_each(|item| draft.add(item))
}

fn labeled_folders(draft: &mut Draft<'_>) -> Result<Vec<Labeled>, ImportError> {
    let mut labeled = labels_in(draft, "", None)?;
    for entry in draft.list("")? {
        if let Some(split) = names::split_of(&entry.name).filter(|_| entry.is_dir) {
            labeled.extend(labels_in(draft, &entry.name, Some(split))?);
        }
    }
    // The level of the splits may be the inner one too.
    let mut split_up = Vec::new();
    for whole in labeled {
        let entries = draft.list(&whole.folder)?;
        let inner = entries.iter().filter(|entry| entry.is_dir);
        let inner: Vec<(&str, Split)> = inner
            .filter_map(|entry| Some((entry.name.as_str(), names::split_of(&entry.name)?)))
            .collect();
        if whole.split.is_some() || inner.is_empty() {
            split_up.push(whole);
            continue;
        }
        for (name, split) in inner {
            split_up.push(Labeled {
                folder: join(&whole.folder, name),
                label: whole.label,
                split: Some(split),
                masks: whole.masks.as_ref().map(|masks| join(masks, name)),
            });
        }
        if entries
            .iter()
            .any(|entry| entry.is_clip() || entry.is_picture())
        {
            draft.note(format!(
                "Files that lie in {}/ itself, beside its splits, were left out",
                whole.folder
            ));
        }
    }
    Ok(split_up)
}

fn labels_in(
    draft: &mut Draft<'_>,
    below: &str,
    split: Option<Split>,
) -> Result<Vec<Labeled>, ImportError> {
    let entries = draft.list(below)?;
    let dirs = || entries.iter().filter(|entry| entry.is_dir);
    let masks = dirs().find(|entry| ["mask", "masks"].contains(&&*entry.name.to_ascii_lowercase()));
    let masks = masks.map(|entry| join(below, &entry.name));
    let labeled = dirs().filter_map(|entry| {
        let label = names::label_of_folder(&entry.name)?;
        Some(Labeled {
            folder: join(below, &entry.name),
            label,
            split,
            masks: masks.clone().filter(|_| label == 1),
        })
    });
    Ok(labeled.collect())
}

/// Masks by the path of what they are of, below its folder and without its ending.
fn masks_of(
    draft: &mut Draft<'_>,
    labeled: &Labeled,
) -> Result<BTreeMap<String, String>, ImportError> {
    let mut masks = BTreeMap::new();
    let Some(folder) = &labeled.masks else {
        return Ok(masks);
    };
    let inside = Labeled {
        folder: folder.clone(),
        label: labeled.label,
        split: labeled.split,
        masks: None,
    };
    let mut found = Vec::new();
    collect(draft, &inside, folder, 0, &mut found)?;
    for found in found {
        let below = found.path[folder.len() + 1..].to_owned();
        masks.insert(stem(&below).to_owned(), found.path);
    }
    Ok(masks)
}

/// Gives the number of files that were passed over.
fn collect(
    draft: &mut Draft<'_>,
    labeled: &Labeled,
    folder: &str,
    depth: usize,
    found: &mut Vec<Found>,
) -> Result<usize, ImportError> {
    let entries = draft.list(folder)?;
    let mut add = |path: String, clip: &str| {
        let below = &path[labeled.folder.len() + 1..];
        let technique = below
            .split_once('/')
            .map_or("unknown", |(technique, _)| technique);
        found.push(Found {
            label: labeled.label,
            split: labeled.split,
            technique: (labeled.label == 1).then(|| technique.to_owned()),
            mask: None,
            clip: clip.to_owned(),
            path,
        });
    };
    if 0 < depth && are_frames(&entries) {
        add(folder.to_owned(), last(folder));
        return Ok(0);
    }
    for entry in entries.iter().filter(|entry| entry.is_clip()) {
        add(join(folder, &entry.name), entry.stem());
    }
    let pictures: Vec<&Entry> = entries.iter().filter(|entry| entry.is_picture()).collect();
    let clips: BTreeSet<&str> = pictures
        .iter()
        .map(|entry| names::clip_of_picture(entry.stem()))
        .collect();
    for entry in &pictures {
        // One name for all is the dataset's, not a clip's.
        let clip = match clips.len() == 1 {
            true => entry.stem(),
            false => names::clip_of_picture(entry.stem()),
        };
        add(join(folder, &entry.name), clip);
    }
    let is_other = |entry: &&Entry| !entry.is_dir && !entry.is_clip() && !entry.is_picture();
    let mut num_other = entries.iter().filter(is_other).count();
    if depth < MAX_DEPTH {
        for entry in entries.iter().filter(|entry| entry.is_dir) {
            num_other += collect(draft, labeled, &join(folder, &entry.name), depth + 1, found)?;
        }
    }
    Ok(num_other)
}

/// Numbered pictures and nothing else to take.
fn are_frames(entries: &[Entry]) -> bool {
    let mut pictures = entries.iter().filter(|entry| entry.is_picture()).peekable();
    pictures.peek().is_some()
        && !entries.iter().any(|entry| entry.is_dir || entry.is_clip())
        && pictures.all(|entry| entry.stem().ends_with(|c: char| c.is_ascii_digit()))
}

fn with_sources(draft: &Draft<'_>, found: Vec<Found>) -> Vec<Item> {
    let own = draft.dir.file_name().unwrap_or_default().to_string_lossy();
    let dataset = format!("folders/{own}");
    let pristine = found.iter().filter(|found| found.label == 0);
    let pristine: BTreeSet<String> = pristine.map(|found| found.clip.clone()).collect();
    let with_source = |found: Found| {
        let (source, donor) = match found.label {
            0 => (found.clip.as_str(), None),
            _ => made_from(&found.clip, &pristine),
        };
        Item {
            donors: donor.iter().map(|donor| format!("{own}/{donor}")).collect(),
            technique: found.technique,
            split: found.split,
            mask: found.mask,
            ..item(
                found.path,
                found.label,
                format!("{own}/{source}"),
                dataset.clone(),
            )
        }
    };
    found.into_iter().map(with_source).collect()
}

/// Says for how many items a shared source would go unseen.
fn note_lone(draft: &mut Draft<'_>, items: &[Item]) {
    let of_label = |label| items.iter().filter(move |item| item.label == label);
    let pristine: BTreeSet<&str> = of_label(0).map(|item| &*item.source).collect();
    let num_lone = of_label(1)
        .filter(|item| !pristine.contains(&*item.source))
        .count();
    if 0 < num_lone {
        draft.note(format!(
            "{num_lone} manipulated items name no pristine one: each was taken for a source of its own, \
             and people that they share with others go unseen"
        ));
    }
}

/// The pristine clip that a manipulated one's name begins with, the longest if there are several, and
/// the pristine clip that the rest of the name is; else the name itself.
fn made_from<'a>(clip: &'a str, pristine: &'a BTreeSet<String>) -> (&'a str, Option<&'a str>) {
    if pristine.contains(clip) {
        return (clip, None);
    }
    if let Some(named) = names::celeb(clip)
        && let Some(video) = pristine.get(&named.video)
    {
        return (video, None);
    }
    let ends: Vec<usize> = clip
        .match_indices(['_', '-', '.'])
        .map(|(at, _)| at)
        .collect();
    for end in ends.into_iter().rev() {
        if pristine.contains(&clip[..end]) {
            let rest = clip[end..].trim_start_matches(['_', '-', '.']);
            return (&clip[..end], pristine.get(rest).map(String::as_str));
        }
    }
    (clip, None)
}

fn deal(draft: &mut Draft<'_>, items: &mut Vec<Item>) -> Result<(), ImportError> {
    let seed = draft.options.seed;
    if items.iter().all(|item| item.split.is_none()) {
        splits::deal(items, seed);
        draft.note(format!(
            "The folders have no splits: sources were dealt to train, val and test by the seed {seed}"
        ));
        return Ok(());
    }
    for item in items.iter().filter(|item| item.split.is_none()) {
        draft.refuse(
            &item.source,
            None,
            "it lies outside of the folders of the splits",
        )?;
    }
    items.retain(|item| item.split.is_some());
    if items.iter().all(|item| item.split != Some(Split::Val)) {
        splits::carve_validation(items, seed);
        draft.note(format!(
            "There is no validation split: about a tenth of the training sources was put there by the \
             seed {seed}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
