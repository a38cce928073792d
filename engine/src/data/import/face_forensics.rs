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
mod tests {
    use super::*;
    use crate::data::import::DatasetKind;
    use crate::data::import::tree::{Tree, at, facts, paths};

    const KIND: DatasetKind = DatasetKind::FaceForensics;

    fn with_lists(files: &[&str]) -> Tree {
        let tree = Tree::new(files);
        tree.write("splits/train.json", r#"[["000","003"],["010","011"]]"#);
        tree.write("splits/val.json", r#"[["020","021"]]"#);
        tree.write("splits/test.json", r#"[["030","031"]]"#);
        tree
    }

    #[test]
    fn id_pairs_give_splits_labels_sources_and_masks() {
        let tree = with_lists(&[
            "original_sequences/youtube/c23/videos/000.mp4",
            "original_sequences/youtube/c23/videos/003.mp4",
            "original_sequences/youtube/c23/videos/030.mp4",
            "original_sequences/youtube/c23/videos/999.mp4",
            "manipulated_sequences/Deepfakes/c23/videos/000_003.mp4",
            "manipulated_sequences/Deepfakes/c23/videos/031_030.mp4",
            "manipulated_sequences/Deepfakes/c23/videos/000_010.mp4",
            "manipulated_sequences/Deepfakes/masks/videos/000_003.mp4",
            "manipulated_sequences/FaceShifter/c23/videos/020_021.mp4",
        ]);
        let (manifest, report) = tree.import(KIND);
        assert_eq!(manifest.items.len(), 6, "{:?}", paths(&manifest));
        let fake = at(
            &manifest,
            "manipulated_sequences/Deepfakes/c23/videos/000_003.mp4",
        );
        assert_eq!(
            facts(fake),
            (
                1,
                "ff++/000",
                vec!["ff++/003"],
                Some("Deepfakes"),
                Some(Split::Train)
            )
        );
        assert_eq!(
            fake.mask.as_deref(),
            Some("manipulated_sequences/Deepfakes/masks/videos/000_003.mp4")
        );
        assert_eq!(fake.dataset, "ff++/c23");
        let other = at(
            &manifest,
            "manipulated_sequences/Deepfakes/c23/videos/031_030.mp4",
        );
        assert_eq!(
            facts(other),
            (
                1,
                "ff++/031",
                vec!["ff++/030"],
                Some("Deepfakes"),
                Some(Split::Test)
            )
        );
        assert_eq!(other.mask, None);
        let original = at(&manifest, "original_sequences/youtube/c23/videos/030.mp4");
        assert_eq!(
            facts(original),
            (0, "ff++/030", vec![], None, Some(Split::Test))
        );
        // 8 ids and 2 x 8 swaps are listed; 3 + 2 + 1 of them are there.
        assert_eq!(report.missing.len(), 24 - 6);
        assert!(report.missing.iter().any(|missing| {
            missing.path == "manipulated_sequences/FaceShifter/c23/videos/021_020.mp4"
                && missing.reason.contains("val")
        }));
        let refused: Vec<&str> = report
            .refused
            .iter()
            .map(|refused| &*refused.source)
            .collect();
        assert_eq!(refused, ["ff++/000", "ff++/999"]);
        let one = report
            .counts
            .iter()
            .find(|count| count.split == Some(Split::Val))
            .unwrap();
        assert_eq!(
            (one.label, one.technique.as_deref(), one.items),
            (1, Some("FaceShifter"), 1)
        );
    }

    #[test]
    fn all_compressions_are_taken_unless_one_is_asked_for_and_raw_is_c0() {
        let tree = with_lists(&[
            "original_sequences/youtube/c0/videos/000.mp4",
            "original_sequences/youtube/c40/images/000/0001.png",
            "manipulated_sequences/Face2Face/raw/videos/000_003.mp4",
        ]);
        let count = |compression| tree.try_import(KIND, compression).unwrap().0.items.len();
        assert_eq!(count(None), 3);
        assert_eq!(count(Some("c0")), 2);
        assert_eq!(count(Some("raw")), 2);
        let (manifest, _) = tree.try_import(KIND, Some("c40")).unwrap();
        assert_eq!(
            paths(&manifest),
            ["original_sequences/youtube/c40/images/000"]
        );
        let err = tree.try_import(KIND, Some("c23")).unwrap_err().to_string();
        assert!(
            err.contains("compression c23") && err.contains("found the compressions c0, c40, raw"),
            "{err}"
        );
    }

    #[test]
    fn actors_are_dealt_by_person() {
        let mut files = Vec::new();
        for a in 1..=9 {
            files.push(format!(
                "original_sequences/actors/c23/videos/{a:02}__talking.mp4"
            ));
            for b in 1..=9 {
                if a != b {
                    files.push(format!(
                        "manipulated_sequences/DeepFakeDetection/c23/videos/{a:02}_{b:02}__talking__X{a}{b}.mp4"
                    ));
                }
            }
        }
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let (manifest, report) = Tree::new(&files).import(KIND);
        assert_eq!(manifest.items.len() + report.num_refused(), 81);
        assert_eq!(
            manifest.items.iter().filter(|item| item.label == 0).count(),
            9
        );
        // Seven people train: they alone swap faces among themselves.
        assert_eq!(manifest.of_split(Split::Train).count(), 7 + 7 * 6);
        assert_eq!(manifest.of_split(Split::Test).count(), 1);
        assert!(
            report.notes.iter().any(|note| note.contains("9 actors")),
            "{report:?}"
        );
        let swap = manifest.items.iter().find(|item| item.label == 1).unwrap();
        assert_eq!(swap.donors.len(), 1);
        assert!(swap.source.starts_with("ff++/actor-0"));
    }

    #[test]
    fn missing_and_wrong_lists_are_told() {
        let files = ["original_sequences/youtube/c23/videos/000.mp4"];
        let err = Tree::new(&files)
            .try_import(KIND, None)
            .unwrap_err()
            .to_string();
        assert!(err.contains("splits/train.json"), "{err}");
        let tree = with_lists(&files);
        tree.write("splits/val.json", r#"[["20","021"]]"#);
        let err = tree.try_import(KIND, None).unwrap_err().to_string();
        assert!(
            err.contains("\"20\" is not the number") && err.contains("val.json"),
            "{err}"
        );
        tree.write("splits/val.json", "[[");
        let err = tree.try_import(KIND, None).unwrap_err();
        assert!(matches!(err, ImportError::List { .. }), "{err}");
    }
}
