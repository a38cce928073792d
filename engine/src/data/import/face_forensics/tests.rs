//! `FaceForensics++` in small.

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
