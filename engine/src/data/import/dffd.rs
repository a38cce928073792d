//! DFFD (METHODS 17), in both layouts that are in use: one folder per origin with the splits in it, and
//! one folder per split with `Real`, `Fake` and `Mask` in it.

use std::collections::BTreeMap;

use crate::data::Item;
use crate::data::Split;
use crate::data::import::draft::{Draft, item};
use crate::data::import::folder::{join, last, stem};
use crate::data::import::{ImportError, face_forensics, names};

const DATASET: &str = "dffd";

/// Folders of pictures are searched so deep.
const MAX_DEPTH: usize = 3;

/// Origins by name, in small letters: pictures of people, and what was made of them or from nothing.
const PRISTINE: [&str; 6] = ["ffhq", "celeba", "original", "youtube", "real", "pristine"];
const MANIPULATED: [&str; 12] = [
    "faceapp",
    "stargan",
    "pggan",
    "stylegan",
    "deepfakes",
    "face2face",
    "faceswap",
    "neuraltextures",
    "deepfacelab",
    "dfl",
    "fake",
    "manipulated",
];

/// A folder of pictures that share a split, a label and an origin.
struct Part<'a> {
    folder: String,
    masks: Option<String>,
    split: Split,
    label: u8,
    origin: &'a str,
}

pub(super) fn import(draft: &mut Draft<'_>) -> Result<(), ImportError> {
    let mut is_known = false;
    for top in draft.list("")?.into_iter().filter(|entry| entry.is_dir) {
        is_known |= match names::split_of(&top.name) {
            Some(split) => split_folder(draft, &top.name, split)?,
            None => origin_folder(draft, &top.name)?,
        };
    }
    if !is_known {
        return Err(draft.wrong_layout(
            "<origin>/{train,validation,test}/ such as ffhq/train, or {train,validation,test}/{Real,Fake,Mask}/",
        ));
    }
    draft.note("DFFD says that its splits share no person; names of pictures do not tell people");
    Ok(())
}

/// `train/Real`, `train/Fake`, `train/Mask`.
fn split_folder(draft: &mut Draft<'_>, top: &str, split: Split) -> Result<bool, ImportError> {
    let inside = draft.list(top)?;
    let folder_of = |names: &[&str]| {
        let found = inside.iter().find(|entry| {
            names
                .iter()
                .any(|name| entry.name.eq_ignore_ascii_case(name))
        });
        found.map(|entry| join(top, &entry.name))
    };
    let (real, fake) = (folder_of(&["Real"]), folder_of(&["Fake"]));
    let masks = folder_of(&["Mask", "Masks"]);
    let is_known = real.is_some() || fake.is_some();
    for (folder, label) in [(real, 0), (fake, 1)] {
        let Some(folder) = folder else { continue };
        let origin = ["real", "fake"][usize::from(label)];
        let masks = masks.clone().filter(|_| label == 1);
        let part = Part {
            folder,
            masks,
            split,
            label,
            origin,
        };
        pictures(draft, &part)?;
    }
    Ok(is_known)
}

/// `ffhq/train`, `faceapp/train` with `faceapp/train_mask`.
fn origin_folder(draft: &mut Draft<'_>, top: &str) -> Result<bool, ImportError> {
    let inside = draft.list(top)?;
    let splits = inside.iter().filter(|entry| entry.is_dir);
    let splits: Vec<(&str, Split)> = splits
        .filter_map(|entry| Some((entry.name.as_str(), names::split_of(&entry.name)?)))
        .collect();
    if splits.is_empty() {
        return Ok(false);
    }
    let Some(label) = label_of(top) else {
        draft.refuse(
            top,
            None,
            "the folder's name is of no origin that is known in DFFD",
        )?;
        return Ok(true);
    };
    for (name, split) in splits {
        let masks = join(top, &format!("{name}_mask"));
        let part = Part {
            folder: join(top, name),
            masks: draft.is_dir(&masks).then_some(masks),
            split,
            label,
            origin: top,
        };
        pictures(draft, &part)?;
    }
    Ok(true)
}

/// Manipulated names go first: `stylegan_celeba` and `stylegan_ffhq` are none of people.
fn label_of(origin: &str) -> Option<u8> {
    let origin = origin.to_ascii_lowercase();
    let has = |names: &[&str]| names.iter().any(|name| origin.starts_with(name));
    if has(&MANIPULATED) {
        Some(1)
    } else {
        has(&PRISTINE).then_some(0)
    }
}

fn pictures(draft: &mut Draft<'_>, part: &Part<'_>) -> Result<(), ImportError> {
    let mut masks = BTreeMap::new();
    if let Some(folder) = &part.masks {
        for path in draft.walk_pictures(folder, MAX_DEPTH)? {
            let below = path[folder.len() + 1..].to_owned();
            masks.insert(stem(&below).to_owned(), path);
        }
    }
    for path in draft.walk_pictures(&part.folder, MAX_DEPTH)? {
        let below = path[part.folder.len() + 1..].to_owned();
        let mask = masks.get(stem(&below)).cloned();
        // In the second layout, a folder in `Fake` tells the technique.
        let inner = below.split_once('/').map(|(inner, _)| inner);
        let origin = inner
            .filter(|_| part.origin == "fake")
            .unwrap_or(part.origin);
        let (source, donors) = sources_of(origin, &below, part.label);
        draft.add(Item {
            donors,
            technique: (part.label == 1).then(|| match origin {
                "fake" => "unknown".to_owned(),
                origin => origin.to_owned(),
            }),
            split: Some(part.split),
            mask,
            ..item(path, part.label, source, DATASET.to_owned())
        })?;
    }
    Ok(())
}

/// Pictures of `FaceForensics++` begin with the numbers of their videos; others stand for themselves,
/// or for the clip whose frame they are.
fn sources_of(origin: &str, below: &str, label: u8) -> (String, Vec<String>) {
    let name = stem(last(below));
    let mut parts = name.split(['_', '-']);
    let numbers = (parts.next(), parts.next(), parts.next());
    match numbers {
        (Some(target), Some(donor), _)
            if label == 1 && names::is_video_number(target) && names::is_video_number(donor) =>
        {
            let donor = face_forensics::source_of(donor);
            (face_forensics::source_of(target), vec![donor])
        }
        (Some(target), Some(_frame), None) if label == 0 && names::is_video_number(target) => {
            (face_forensics::source_of(target), Vec::new())
        }
        _ => {
            let clip = names::clip_of_picture(name);
            // A prefix that names the origin says nothing of the clip.
            let clip = match clip.eq_ignore_ascii_case(origin) {
                true => name,
                false => clip,
            };
            (format!("{DATASET}/{origin}/{clip}"), Vec::new())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::import::DatasetKind;
    use crate::data::import::tree::{Tree, at, facts, paths};

    const KIND: DatasetKind = DatasetKind::Dffd;

    #[test]
    fn folders_by_origin_have_their_splits_labels_and_masks() {
        let tree = Tree::new(&[
            "ffhq/train/00001.png",
            "ffhq/validation/00002.png",
            "faceapp/test/f1.png",
            "faceapp/test_mask/f1.jpg",
            "stylegan_ffhq/train/s1.png",
            "Face2Face/train/000_003_0012.png",
            "original/train/000_0012.png",
            "mystery/train/x.png",
        ]);
        let (manifest, report) = tree.import(KIND);
        let of = |path| facts(at(&manifest, path));
        assert_eq!(
            of("ffhq/train/00001.png"),
            (0, "dffd/ffhq/00001", vec![], None, Some(Split::Train))
        );
        assert_eq!(of("ffhq/validation/00002.png").4, Some(Split::Val));
        assert_eq!(
            of("faceapp/test/f1.png"),
            (
                1,
                "dffd/faceapp/f1",
                vec![],
                Some("faceapp"),
                Some(Split::Test)
            )
        );
        let mask = at(&manifest, "faceapp/test/f1.png").mask.as_deref();
        assert_eq!(mask, Some("faceapp/test_mask/f1.jpg"));
        assert_eq!(of("stylegan_ffhq/train/s1.png").0, 1);
        assert_eq!(
            of("Face2Face/train/000_003_0012.png"),
            (
                1,
                "ff++/000",
                vec!["ff++/003"],
                Some("Face2Face"),
                Some(Split::Train)
            )
        );
        assert_eq!(of("original/train/000_0012.png").1, "ff++/000");
        assert_eq!(manifest.items.len(), 6, "{:?}", paths(&manifest));
        assert_eq!(report.refused[0].source, "mystery");
    }

    #[test]
    fn folders_by_split_have_real_fake_and_mask() {
        let tree = Tree::new(&[
            "train/Real/a_0001.png",
            "train/Real/a_0002.png",
            "train/Fake/faceapp/b.png",
            "train/Mask/faceapp/b.png",
            "test/Fake/c.png",
            "test/Real/a_0003.png",
        ]);
        let (manifest, report) = tree.import(KIND);
        let of = |path| facts(at(&manifest, path));
        assert_eq!(
            of("train/Fake/faceapp/b.png"),
            (
                1,
                "dffd/faceapp/b",
                vec![],
                Some("faceapp"),
                Some(Split::Train)
            )
        );
        let mask = at(&manifest, "train/Fake/faceapp/b.png").mask.as_deref();
        assert_eq!(mask, Some("train/Mask/faceapp/b.png"));
        assert_eq!(of("test/Fake/c.png").3, Some("unknown"));
        // Frames of one clip in two splits: the test split stays.
        assert_eq!(of("test/Real/a_0003.png").1, "dffd/real/a");
        assert_eq!(report.refused[0].items, 2);
        assert_eq!(manifest.items.len(), 3);
    }
}
