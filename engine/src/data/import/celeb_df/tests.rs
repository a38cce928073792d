//! Celeb-DF in small.

use super::*;
use crate::data::import::tree::{Tree, at, facts, paths};

const KIND: DatasetKind = DatasetKind::CelebDfV2;

fn tree() -> Tree {
    let tree = Tree::new(&[
        "Celeb-real/id0_0000.mp4",
        "Celeb-real/id0_0001.mp4",
        "Celeb-real/id1_0000.mp4",
        "Celeb-real/id2_0000.mp4",
        "Celeb-synthesis/id0_id1_0000.mp4",
        "Celeb-synthesis/id0_id1_0001.mp4",
        "Celeb-synthesis/id1_id0_0000.mp4",
        "YouTube-real/00000.mp4",
        "YouTube-real/00001.mp4",
    ]);
    tree.write(
        LIST,
        "1 Celeb-real/id0_0000.mp4\n0 Celeb-synthesis/id0_id1_0000.mp4\n\
         0 Celeb-synthesis/id1_id0_0000.mp4\n1 YouTube-real/00001.mp4\n1 YouTube-real/00170.mp4\n",
    );
    tree
}

#[test]
fn the_list_says_1_for_pristine_and_is_converted() {
    let (manifest, report) = tree().import(KIND);
    let of = |path| facts(at(&manifest, path));
    assert_eq!(
        of("Celeb-real/id0_0000.mp4"),
        (0, "celeb-df-v2/id0_0000", vec![], None, Some(Split::Test))
    );
    assert_eq!(
        of("Celeb-synthesis/id0_id1_0000.mp4"),
        (
            1,
            "celeb-df-v2/id0_0000",
            vec![],
            Some(TECHNIQUE),
            Some(Split::Test)
        )
    );
    assert_eq!(
        of("YouTube-real/00001.mp4"),
        (
            0,
            "celeb-df-v2/youtube-00001",
            vec![],
            None,
            Some(Split::Test)
        )
    );
    assert_eq!(report.missing.len(), 1);
    assert_eq!(report.missing[0].path, "YouTube-real/00170.mp4");
    // The target of a test swap is no training video.
    assert!(!paths(&manifest).contains(&"Celeb-real/id1_0000.mp4"));
    assert_eq!(report.refused.len(), 1);
    assert_eq!(report.refused[0].source, "celeb-df-v2/id1_0000");
    assert!(report.refused[0].reason.contains("test"));
    let swap = at(&manifest, "Celeb-synthesis/id0_id1_0001.mp4");
    let original = at(&manifest, "Celeb-real/id0_0001.mp4");
    assert_eq!(swap.source, original.source);
    assert_eq!(swap.split, original.split);
    assert_eq!(swap.details["donor_person"], "id1");
    let note = |text: &str| report.notes.iter().any(|note| note.contains(text));
    assert!(note("2 of the 2 people"), "{:?}", report.notes);
    assert!(note(
        "names 5 videos; the official one of Celeb-DF v2 names 518"
    ));
}

#[test]
fn folders_of_frames_and_the_other_spelling_are_known() {
    let tree = Tree::new(&[
        "Celeb-real/frames/id0_0000/000.png",
        "Celeb-synthesis/frames/id0_id1_0000/000.png",
        "Youtube-real/videos/00000.mp4",
    ]);
    tree.write(LIST, "1 YouTube-real/00000.mp4\n");
    let (manifest, _) = tree.import(DatasetKind::CelebDfV1);
    assert_eq!(
        paths(&manifest),
        [
            "Celeb-real/frames/id0_0000",
            "Celeb-synthesis/frames/id0_id1_0000",
            "Youtube-real/videos/00000.mp4"
        ]
    );
    let test = at(&manifest, "Youtube-real/videos/00000.mp4");
    assert_eq!(test.split, Some(Split::Test));
    assert_eq!(test.dataset, "celeb-df-v1");
}

#[test]
fn a_list_that_contradicts_its_folders_is_refused_by_line() {
    let check = |list: &str, says: &str| {
        let tree = tree();
        tree.write(LIST, list);
        let err = tree.try_import(KIND, None).unwrap_err().to_string();
        assert!(err.contains(says), "{err}");
    };
    check(
        "1 Celeb-real/a.mp4\n0 Celeb-real/b.mp4\n",
        "line 2: the label is 0, but Celeb-real",
    );
    check("2 Celeb-real/a.mp4\n", "line 1: the label is \"2\"");
    check("Celeb-real/a.mp4\n", "line 1");
    check("1 Cats/a.mp4\n", "no folder \"Cats\"");
    let err = Tree::new(&["Celeb-real/a.mp4"])
        .try_import(KIND, None)
        .unwrap_err();
    assert!(err.to_string().contains(LIST), "{err}");
}
