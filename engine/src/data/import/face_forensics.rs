//! `FaceForensics++` (METHODS 17): originals of `YouTube` and actors, six manipulations, three compressions.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::import::draft::{Draft, item};
use crate::data::import::folder::{Entry, join};
use crate::data::import::{ImportError, names, splits};
use crate::data::{Item, Split};

const LOOKED_FOR: &str = "original_sequences/ or manipulated_sequences/";

/// In this order, the first folder that is there holds the media.
const MEDIA_FOLDERS: [&str; 3] = ["videos", "images", "frames"];

/// Videos of one origin or manipulation in one compression.
struct Part {
    /// `manipulated_sequences/Deepfakes`.
    set: String,
    /// `c23`.
    compression: String,
    /// `None` for originals.
    technique: Option<String>,
    /// Named by actors, and in no official split.
    is_of_actors: bool,
    folder: String,
    entries: Vec<Entry>,
}

pub(super) fn import(draft: &mut Draft<'_>) -> Result<(), ImportError> {
    let parts = parts_of(draft)?;
    let lists = match parts.iter().all(|part| part.is_of_actors) {
        true => Vec::new(),
        false => pairs(draft)?,
    };
    for part in parts.iter().filter(|part| !part.is_of_actors) {
        numbered(draft, part, &lists)?;
    }
    actors(draft, &parts)
}

fn parts_of(draft: &mut Draft<'_>) -> Result<Vec<Part>, ImportError> {
    let mut parts = Vec::new();
    let mut seen = BTreeSet::new();
    for (top, is_original) in [
        ("original_sequences", true),
        ("manipulated_sequences", false),
    ] {
        for set in draft.list(top)? {
            let below = join(top, &set.name);
            for entry in draft.list(&below)? {
                let compression = entry.name;
                if !["raw", "c0", "c23", "c40"].contains(&compression.as_str()) {
                    continue;
                }
                seen.insert(compression.clone());
                let wanted = draft.options.compression.as_deref();
                if wanted.is_some_and(|wanted| canonical(wanted) != canonical(&compression)) {
                    continue;
                }
                let folders = MEDIA_FOLDERS.map(|name| join(&join(&below, &compression), name));
                let Some(folder) = folders.into_iter().find(|folder| draft.is_dir(folder)) else {
                    continue;
                };
                let entries = draft.list(&folder)?;
                parts.push(Part {
                    set: below.clone(),
                    compression,
                    technique: (!is_original).then(|| set.name.clone()),
                    is_of_actors: ["actors", "DeepFakeDetection"].contains(&set.name.as_str()),
                    folder,
                    entries: entries
                        .into_iter()
                        .filter(|e| e.is_dir || e.is_clip())
                        .collect(),
                });
            }
        }
    }
    if !parts.is_empty() {
        return Ok(parts);
    }
    let seen: Vec<String> = seen.into_iter().collect();
    Err(match (&draft.options.compression, seen.is_empty()) {
        (Some(wanted), false) => ImportError::Layout {
            kind: draft.kind,
            dir: draft.dir.to_owned(),
            looked_for: format!("videos/ or images/ of the compression {wanted}"),
            found: format!("the compressions {}", seen.join(", ")),
        },
        _ => draft.wrong_layout(&format!(
            "{LOOKED_FOR} with <name>/{{raw,c0,c23,c40}}/{{videos,images}}"
        )),
    })
}

/// Older copies call the raw videos `c0`.
fn canonical(compression: &str) -> &str {
    match compression {
        "c0" => "raw",
        other => other,
    }
}

/// The official id pairs with their splits.
fn pairs(draft: &Draft<'_>) -> Result<Vec<(Split, [String; 2])>, ImportError> {
    let folder = ["splits", "", "dataset/splits"]
        .into_iter()
        .find(|folder| draft.is_file(&join(folder, "train.json")));
    let Some(folder) = folder else {
        return Err(draft.wrong_layout("splits/train.json, splits/val.json and splits/test.json"));
    };
    let mut pairs = Vec::new();
    for split in [Split::Train, Split::Val, Split::Test] {
        let below = join(folder, &format!("{}.json", split.name()));
        let listed: Vec<[String; 2]> = draft.json(&below)?;
        if let Some(wrong) = listed
            .iter()
            .flatten()
            .find(|id| !names::is_video_number(id))
        {
            return Err(
                draft.wrong_list(&below, &format!("{wrong:?} is not the number of a video"))
            );
        }
        pairs.extend(listed.into_iter().map(|pair| (split, pair)));
    }
    Ok(pairs)
}

/// Originals and manipulations that the official lists name.
fn numbered(
    draft: &mut Draft<'_>,
    part: &Part,
    pairs: &[(Split, [String; 2])],
) -> Result<(), ImportError> {
    let mut on_disk: BTreeMap<&str, &Entry> = part
        .entries
        .iter()
        .map(|entry| (entry.stem(), entry))
        .collect();
    let masks = Masks::of(draft, part)?;
    for (split, [one, other]) in pairs {
        for (target, donor) in [(one, other), (other, one)] {
            let stem = match part.technique {
                Some(_) => format!("{target}_{donor}"),
                None => target.clone(),
            };
            let Some(entry) = on_disk.remove(stem.as_str()) else {
                let name = if part.folder.ends_with("videos") {
                    format!("{stem}.mp4")
                } else {
                    stem
                };
                let reason = format!("the list of the split {} names it", split.name());
                draft.missing(join(&part.folder, &name), &reason)?;
                continue;
            };
            let mut line = line(part, entry, &source_of(target));
            line.split = Some(*split);
            line.mask = masks.of_stem(&stem);
            if part.technique.is_some() {
                line.donors = vec![source_of(donor)];
            }
            draft.add(line)?;
        }
    }
    for stem in on_disk.into_keys() {
        let target = names::face_forensics(stem).map_or(stem, |named| named.target);
        draft.refuse(&source_of(target), None, "no list of splits names it")?;
    }
    Ok(())
}

/// Scenes with actors: no official splits, so whole people are dealt to them, and swaps between two
/// splits are left out.
fn actors(draft: &mut Draft<'_>, parts: &[Part]) -> Result<(), ImportError> {
    let mut people = BTreeSet::new();
    let parts = || parts.iter().filter(|part| part.is_of_actors);
    for entry in parts().flat_map(|part| &part.entries) {
        if let Some(named) = names::actors(entry.stem()) {
            people.insert(named.target);
            people.extend(named.donor);
        }
    }
    if people.is_empty() && parts().all(|part| part.entries.is_empty()) {
        return Ok(());
    }
    let splits = splits::split_of_sources(people.iter().copied(), draft.options.seed);
    draft.note(format!(
        "The {} actors have no official splits: they were dealt to splits by the seed {}, and swaps \
         between actors of two splits were left out",
        people.len(),
        draft.options.seed
    ));
    for part in parts() {
        let masks = Masks::of(draft, part)?;
        for entry in &part.entries {
            let stem = entry.stem();
            let Some(named) = names::actors(stem) else {
                draft.refuse(stem, None, "its name does not tell the actor")?;
                continue;
            };
            let split = splits.get(named.target).copied();
            let donor_split = named.donor.and_then(|donor| splits.get(donor).copied());
            let source = actor_source(named.target);
            if named.donor.is_some() && donor_split != split {
                draft.refuse(&source, split, "the other actor in it is in another split")?;
                continue;
            }
            let mut line = line(part, entry, &source);
            line.split = split;
            line.donors = named.donor.map(actor_source).into_iter().collect();
            line.mask = masks.of_stem(stem);
            draft.add(line)?;
        }
    }
    Ok(())
}

fn line(part: &Part, entry: &Entry, source: &str) -> Item {
    let label = u8::from(part.technique.is_some());
    let path = join(&part.folder, &entry.name);
    let dataset = format!("ff++/{}", canonical(&part.compression));
    Item {
        technique: part.technique.clone(),
        ..item(path, label, source.to_owned(), dataset)
    }
}

/// The source of a `YouTube` video, the same in every importer.
pub(super) fn source_of(video: &str) -> String {
    format!("ff++/{video}")
}

/// The source of an actor, the same in every importer.
pub(super) fn actor_source(actor: &str) -> String {
    format!("ff++/actor-{actor}")
}

/// Masks of one part by the name of their video.
struct Masks(BTreeMap<String, String>);

impl Masks {
    /// Masks are the same for all compressions; copies differ in where they are.
    fn of(draft: &mut Draft<'_>, part: &Part) -> Result<Self, ImportError> {
        let mut masks = BTreeMap::new();
        if part.technique.is_none() {
            return Ok(Self(masks));
        }
        let own = join(&part.set, &part.compression);
        for folder in [
            join(&part.set, "masks/videos"),
            join(&part.set, "masks/images"),
            join(&part.set, "masks"),
            join(&own, "masks/videos"),
            join(&own, "masks"),
            join(&part.set, "c23/masks"),
        ] {
            for entry in draft.list(&folder)? {
                let is_mask = entry.is_clip() || (entry.is_dir && names_a_video(&entry.name));
                if is_mask {
                    let path = join(&folder, &entry.name);
                    masks.entry(entry.stem().to_owned()).or_insert(path);
                }
            }
        }
        Ok(Self(masks))
    }

    fn of_stem(&self, stem: &str) -> Option<String> {
        self.0.get(stem).cloned()
    }
}

fn names_a_video(name: &str) -> bool {
    names::face_forensics(name).is_some() || names::actors(name).is_some()
}

#[cfg(test)]
mod tests;
