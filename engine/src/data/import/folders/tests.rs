//! Plain folders in the layouts that people have.

use super::*;
use crate::data::import::DatasetKind;
use crate::data::import::tree::{Tree, at, facts, paths};

const KIND: DatasetKind = DatasetKind::Folders;

fn split_of(tree: &Tree, path: &str) -> Option<Split> {
    at(&tree.import(KIND).0, path).split
}

#[test]
fn manipulated_clips_go_with_the_pristine_ones_that_they_name() {
    let pristine: BTreeSet<String> = ["anna", "anna_b", "bert", "id0_0001"]
        .map(str::to_owned)
        .into();
    let check =
        |clip, source, donor| assert_eq!(made_from(clip, &pristine), (source, donor), "{clip}");
    check("anna", "anna", None);
    check("anna_bert", "anna", Some("bert"));
    check("anna_b_bert", "anna_b", Some("bert"));
    check("bert-swap-2", "bert", None);
    check("id0_id7_0001", "id0_0001", None);
    check("carl_anna", "carl_anna", None);
    check("annabel", "annabel", None);
}

#[test]
fn without_splits_sources_are_dealt_and_swaps_stay_together() {
    let mut files = Vec::new();
    for at in 0..20 {
        files.push(format!("real/p{at}.mp4"));
        files.push(format!("fake/swap/p{at}_x.mp4"));
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let tree = Tree::new(&files);
    let (manifest, report) = tree.import(KIND);
    assert_eq!(manifest.items.len(), 40);
    for split in [Split::Train, Split::Val, Split::Test] {
        let labels: Vec<u8> = manifest
            .of_split(split)
            .map(|(_, item)| item.label)
            .collect();
        assert_eq!(
            labels.iter().filter(|label| **label == 1).count() * 2,
            labels.len()
        );
    }
    assert_eq!(manifest.of_split(Split::Test).count(), 6);
    let fake = at(&manifest, "fake/swap/p3_x.mp4");
    assert_eq!(fake.technique.as_deref(), Some("swap"));
    assert_eq!(fake.source, at(&manifest, "real/p3.mp4").source);
    assert_eq!(tree.import(KIND).0.hash(), manifest.hash());
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("by the seed 1"))
    );
}

#[test]
fn splits_may_be_the_outer_or_the_inner_level() {
    let outer = Tree::new(&[
        "train/real/a.mp4",
        "train/fake/b.mp4",
        "val/real/c.mp4",
        "test/manipulated/d.mp4",
        "test/masks/d.mp4",
        "test/pristine/e.avi",
    ]);
    assert_eq!(split_of(&outer, "train/fake/b.mp4"), Some(Split::Train));
    assert_eq!(split_of(&outer, "val/real/c.mp4"), Some(Split::Val));
    let (manifest, report) = outer.import(KIND);
    let (label, _, _, technique, split) = facts(at(&manifest, "test/manipulated/d.mp4"));
    assert_eq!(
        (label, technique, split),
        (1, Some("unknown"), Some(Split::Test))
    );
    let mask = at(&manifest, "test/manipulated/d.mp4").mask.as_deref();
    assert_eq!(mask, Some("test/masks/d.mp4"));
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("val has no manipulated"))
    );

    let inner = Tree::new(&["Real/training/a.mp4", "Fake/validation/b.mp4", "Fake/b.mp4"]);
    assert_eq!(split_of(&inner, "Real/training/a.mp4"), Some(Split::Train));
    assert_eq!(split_of(&inner, "Fake/validation/b.mp4"), Some(Split::Val));
    let (manifest, report) = inner.import(KIND);
    assert_eq!(manifest.items.len(), 2);
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("Fake/ itself"))
    );
}

#[test]
fn a_source_in_two_splits_is_left_out_of_the_lesser_one() {
    let tree = Tree::new(&[
        "train/real/a.mp4",
        "train/real/z.mp4",
        "test/fake/a_swap.mp4",
        "test/real/a.mp4",
    ]);
    let (manifest, report) = tree.import(KIND);
    assert_eq!(
        paths(&manifest),
        [
            "test/fake/a_swap.mp4",
            "test/real/a.mp4",
            "train/real/z.mp4"
        ]
    );
    assert_eq!(report.refused.len(), 1);
    assert!(report.refused[0].source.ends_with("/a"));
    assert_eq!(report.refused[0].split, Some(Split::Train));
}

#[test]
fn numbered_pictures_in_a_folder_are_one_clip_and_loose_ones_are_grouped_by_name() {
    let tree = Tree::new(&[
        "real/anna/0001.png",
        "real/anna/0002.png",
        "real/bert_01.jpg",
        "real/bert_02.jpg",
        "real/carl.jpg",
        "fake/swap/anna_x/1.png",
        "fake/swap/anna_x/2.png",
        "fake/swap/note.txt",
        "fake/gan/g_1.png",
        "fake/gan/g_a.png",
        "masks/swap/anna_x/1.png",
    ]);
    let (manifest, report) = tree.import(KIND);
    let has_note = |text: &str| report.notes.iter().any(|note| note.starts_with(text));
    assert!(has_note("1 files whose names"), "{:?}", report.notes);
    assert!(has_note("2 manipulated items name no pristine one"));
    assert_eq!(
        paths(&manifest),
        [
            "fake/gan/g_1.png",
            "fake/gan/g_a.png",
            "fake/swap/anna_x",
            "real/anna",
            "real/bert_01.jpg",
            "real/bert_02.jpg",
            "real/carl.jpg",
        ]
    );
    let swap = at(&manifest, "fake/swap/anna_x");
    assert_eq!(swap.source, at(&manifest, "real/anna").source);
    assert_eq!(swap.mask.as_deref(), Some("masks/swap/anna_x"));
    assert_eq!(swap.technique.as_deref(), Some("swap"));
    let (one, two) = (
        at(&manifest, "real/bert_01.jpg"),
        at(&manifest, "real/bert_02.jpg"),
    );
    assert_eq!((&one.source, one.split), (&two.source, two.split));
    // A prefix that all pictures share does not make them one clip.
    let flat = Tree::new(&[
        "real/x_1.png",
        "real/x_2.png",
        "fake/y_1.png",
        "fake/y_2.png",
    ]);
    let sources: BTreeSet<String> = flat
        .import(KIND)
        .0
        .items
        .into_iter()
        .map(|item| item.source)
        .collect();
    assert_eq!(sources.len(), 4);
}
