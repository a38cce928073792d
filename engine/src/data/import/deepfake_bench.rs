//! The lists of `DeepfakeBench`: dataset, label, split, compression where there is one, video, and then
//! a label and frames.
//!
//! Two traps of its own generator are met by the rule that no source is in two splits: for Celeb-DF it
//! lists the test videos as training and as validation videos too, and for `DeepFakeDetection` every
//! video in all three splits.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::data::import::draft::{Draft, item};
use crate::data::import::face_forensics::{actor_source, source_of};
use crate::data::import::folder::{join, last};
use crate::data::import::{ImportError, names};
use crate::data::{Item, Split};

/// Where lists and pictures lie below the folder given: in it, or in a checkout of the project.
const LIST_FOLDERS: [&str; 3] = ["", "dataset_json", "preprocessing/dataset_json"];
const PICTURE_FOLDERS: [&str; 5] = ["", "rgb", "datasets/rgb", "datasets", "../rgb"];

/// One video of a list.
struct Video<'a> {
    dataset: &'a str,
    label_name: &'a str,
    label: u8,
    split: Split,
    compression: Option<&'a str>,
    name: &'a str,
    facts: &'a Value,
}

/// How paths of a list become paths below the dataset's folder: leading folders are cut, others come
/// instead.
#[derive(Clone, Default)]
struct Place {
    root: String,
    num_cut: usize,
}

pub(super) fn import(draft: &mut Draft<'_>) -> Result<(), ImportError> {
    let mut lists = Vec::new();
    for folder in LIST_FOLDERS {
        for entry in draft.list(folder)? {
            if !entry.is_dir && entry.name.ends_with(".json") {
                lists.push(join(folder, &entry.name));
            }
        }
    }
    if lists.is_empty() {
        return Err(
            draft.wrong_layout("*.json, dataset_json/*.json or preprocessing/dataset_json/*.json")
        );
    }
    for list in lists {
        let datasets: Map<String, Value> = draft.json(&list)?;
        let videos = videos_of(draft, &list, &datasets)?;
        let place = place_of(draft, &videos);
        for video in &videos {
            add(draft, video, &place)?;
        }
    }
    Ok(())
}

/// Walks through a list; the level of compressions is there for `FaceForensics++` alone.
fn videos_of<'a>(
    draft: &Draft<'_>,
    list: &str,
    datasets: &'a Map<String, Value>,
) -> Result<Vec<Video<'a>>, ImportError> {
    let wrong = |what: String| draft.wrong_list(list, &what);
    let level = |value: &'a Value, of: &str| {
        let map = value.as_object();
        map.ok_or_else(|| wrong(format!("{of} is no object with names in it")))
    };
    let wanted = draft.options.compression.as_deref();
    let mut videos = Vec::new();
    for (dataset, labels) in datasets {
        for (label_name, splits) in level(labels, dataset)? {
            let Some(label) = label_of(label_name) else {
                return Err(wrong(format!(
                    "the label {label_name:?} is of no technique and no pristine set that is known"
                )));
            };
            for (split_name, rest) in level(splits, label_name)? {
                let split = names::split_of(split_name);
                let split =
                    split.ok_or_else(|| wrong(format!("there is a split {split_name:?}")))?;
                let mut found = Vec::new();
                for (name, facts) in level(rest, split_name)? {
                    if facts.get("frames").is_some() {
                        found.push((None, name, facts));
                        continue;
                    }
                    let of_compression = level(facts, name)?.iter();
                    found.extend(
                        of_compression.map(|(video, facts)| (Some(name.as_str()), video, facts)),
                    );
                }
                for (compression, name, facts) in found {
                    let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted == name);
                    if compression.is_none_or(is_wanted) {
                        videos.push(Video {
                            dataset,
                            label_name,
                            label,
                            split,
                            compression,
                            name,
                            facts,
                        });
                    }
                }
            }
        }
    }
    Ok(videos)
}

/// `FF-real`, `CelebDFv2_fake`, `DFDCP_FakeA`, `FF-DF`: 1 is manipulated.
fn label_of(name: &str) -> Option<u8> {
    let small = name.to_ascii_lowercase();
    if small.contains("real") {
        Some(0)
    } else if small.contains("fake") || small.starts_with("ff-") || small.starts_with("faceswap") {
        Some(1)
    } else {
        None
    }
}

/// Lists hold paths of the machine that made them: tries to cut their front off until a folder is found.
fn place_of(draft: &Draft<'_>, videos: &[Video<'_>]) -> Place {
    for folder in videos
        .iter()
        .filter_map(|video| folder_of(video.facts, "frames"))
        .take(50)
    {
        let num_folders = folder.split('/').count();
        for num_cut in 0..num_folders {
            for root in PICTURE_FOLDERS {
                let place = Place {
                    root: root.to_owned(),
                    num_cut,
                };
                if draft.is_dir(&place.of(&folder)) {
                    return place;
                }
            }
        }
    }
    Place::default()
}

fn add(draft: &mut Draft<'_>, video: &Video<'_>, place: &Place) -> Result<(), ImportError> {
    let Some(folder) = folder_of(video.facts, "frames") else {
        let path = format!("{}/{}/{}", video.dataset, video.label_name, video.name);
        return draft.missing(
            path,
            "its list has no frames, or they lie in several folders",
        );
    };
    let path = place.of(&folder);
    if !draft.is_dir(&path) {
        return draft.missing(path, "a list names it");
    }
    let mask = folder_of(video.facts, "masks").map(|folder| place.of(&folder));
    let mask = mask.or_else(|| {
        path.contains("/frames/")
            .then(|| path.replace("/frames/", "/masks/"))
    });
    let mask = mask.filter(|mask| video.label == 1 && draft.is_dir(mask));
    let mut dataset = format!("deepfakebench/{}", video.dataset);
    if let Some(compression) = video.compression {
        dataset = format!("{dataset}/{compression}");
    }
    let (source, donors) = sources_of(video);
    draft.add(Item {
        donors,
        technique: (video.label == 1).then(|| video.label_name.to_owned()),
        split: Some(video.split),
        mask,
        ..item(path, video.label, source, dataset)
    })
}

/// The sources that the other importers give the same videos.
fn sources_of(video: &Video<'_>) -> (String, Vec<String>) {
    let dataset = video.dataset;
    if let Some(named) = names::face_forensics(video.name)
        && video.label_name.starts_with("FF-")
    {
        let donors = named.donor.map(source_of).into_iter().collect();
        return (source_of(named.target), donors);
    }
    if let Some(named) = names::actors(video.name) {
        let donors = named.donor.map(actor_source).into_iter().collect();
        return (actor_source(named.target), donors);
    }
    let small = dataset.to_ascii_lowercase();
    if let Some(named) = names::celeb(video.name) {
        return (format!("{small}/{}", named.video), Vec::new());
    }
    // UADFV: `0000_fake` was made from `0000`.
    let name = video.name;
    let name = name
        .strip_suffix("_fake")
        .or_else(|| name.strip_suffix("_real"));
    (
        format!("{small}/{}", name.unwrap_or(video.name)),
        Vec::new(),
    )
}

/// The one folder of all pictures under a key; backslashes are of Windows.
fn folder_of(facts: &Value, key: &str) -> Option<String> {
    let pictures = facts.get(key)?.as_array()?.iter();
    let folders = pictures.filter_map(Value::as_str).filter_map(|path| {
        let path = path.replace('\\', "/");
        let (folder, _) = path.rsplit_once('/')?;
        Some(folder.strip_prefix("./").unwrap_or(folder).to_owned())
    });
    let folders: BTreeSet<String> = folders.collect();
    let mut folders = folders.into_iter();
    folders
        .next()
        .filter(|folder| folders.next().is_none() && !last(folder).is_empty())
}

impl Place {
    fn of(&self, folder: &str) -> String {
        let parts = folder.split('/').skip(self.num_cut);
        let kept: Vec<&str> = parts.collect();
        join(&self.root, &kept.join("/"))
    }
}

#[cfg(test)]
mod tests;
