//! Lists as `DeepfakeBench` writes them, in small.

use super::*;
use crate::data::import::DatasetKind;
use crate::data::import::tree::{Tree, at, facts, paths};

const KIND: DatasetKind = DatasetKind::DeepfakeBench;

#[test]
fn lists_with_compressions_give_folders_of_frames_with_masks() {
    let tree = Tree::new(&[
        "rgb/FaceForensics++/original_sequences/youtube/c23/frames/000/000.png",
        "rgb/FaceForensics++/manipulated_sequences/Deepfakes/c23/frames/000_003/000.png",
        "rgb/FaceForensics++/manipulated_sequences/Deepfakes/c23/masks/000_003/000.png",
    ]);
    let list = r#"{"FaceForensics++":{
        "FF-real":{"train":{"c23":{"000":{"label":"FF-real","frames":
          ["./datasets/rgb/FaceForensics++/original_sequences/youtube/c23/frames/000/000.png"]}},"c40":{}},
          "val":{},"test":{}},
        "FF-DF":{"train":{"c23":{"000_003":{"label":"FF-DF","frames":
          ["FaceForensics++\\manipulated_sequences\\Deepfakes\\c23\\frames\\000_003\\000.png"]},
          "003_000":{"label":"FF-DF","frames":["FaceForensics++/manipulated_sequences/Deepfakes/c23/frames/003_000/000.png"]},
          "empty":{"label":"FF-DF","frames":[]}}}}}}"#;
    tree.write("FF-DF.json", &list.replace("./datasets/rgb/", ""));
    let (manifest, report) = tree.import(KIND);
    let fake = "rgb/FaceForensics++/manipulated_sequences/Deepfakes/c23/frames/000_003";
    assert_eq!(
        facts(at(&manifest, fake)),
        (
            1,
            "ff++/000",
            vec!["ff++/003"],
            Some("FF-DF"),
            Some(Split::Train)
        )
    );
    let mask = at(&manifest, fake).mask.as_deref();
    assert_eq!(
        mask,
        Some("rgb/FaceForensics++/manipulated_sequences/Deepfakes/c23/masks/000_003")
    );
    assert_eq!(
        at(&manifest, fake).dataset,
        "deepfakebench/FaceForensics++/c23"
    );
    assert_eq!(manifest.items.len(), 2, "{:?}", paths(&manifest));
    assert_eq!(report.missing.len(), 2);
    let err = tree.try_import(KIND, Some("c40")).unwrap_err();
    assert!(matches!(err, ImportError::Nothing { .. }), "{err}");
}

#[test]
fn celebrities_listed_in_every_split_are_test_items_alone() {
    let tree = Tree::new(&[
        "Celeb-DF-v2/Celeb-real/frames/id0_0000/000.png",
        "Celeb-DF-v2/Celeb-real/frames/id1_0000/000.png",
        "Celeb-DF-v2/Celeb-synthesis/frames/id0_id1_0000/000.png",
    ]);
    let real = |name: &str| {
        format!(
            r#""{name}":{{"label":"CelebDFv2_real","frames":["/home/me/data/Celeb-DF-v2/Celeb-real/frames/{name}/000.png"]}}"#
        )
    };
    let fake = r#""id0_id1_0000":{"label":"CelebDFv2_fake","frames":["/home/me/data/Celeb-DF-v2/Celeb-synthesis/frames/id0_id1_0000/000.png"]}"#;
    let (one, two) = (real("id0_0000"), real("id1_0000"));
    tree.write(
        "dataset_json/Celeb-DF-v2.json",
        &format!(
            r#"{{"Celeb-DF-v2":{{"CelebDFv2_real":{{"train":{{{one},{two}}},"val":{{{one}}},"test":{{{one}}}}},
                "CelebDFv2_fake":{{"train":{{{fake}}},"test":{{{fake}}},"val":{{{fake}}}}}}}}}"#
        ),
    );
    let (manifest, report) = tree.import(KIND);
    let of = |path| facts(at(&manifest, path));
    assert_eq!(
        of("Celeb-DF-v2/Celeb-synthesis/frames/id0_id1_0000"),
        (
            1,
            "celeb-df-v2/id0_0000",
            vec![],
            Some("CelebDFv2_fake"),
            Some(Split::Test)
        )
    );
    assert_eq!(
        of("Celeb-DF-v2/Celeb-real/frames/id0_0000").4,
        Some(Split::Test)
    );
    assert_eq!(
        of("Celeb-DF-v2/Celeb-real/frames/id1_0000").4,
        Some(Split::Train)
    );
    assert_eq!(manifest.items.len(), 3);
    assert_eq!(report.num_refused(), 4);
}

#[test]
fn labels_of_the_project_are_known_and_others_refused() {
    for (name, label) in [
        ("FF-real", Some(0)),
        ("FF-F2F", Some(1)),
        ("DFD_fake", Some(1)),
        ("CelebDFv1_real", Some(0)),
        ("DFDCP_FakeB", Some(1)),
        ("UADFV_Real", Some(0)),
        ("soup", None),
    ] {
        assert_eq!(label_of(name), label, "{name}");
    }
    let check = |list: &str, says: &str| {
        let tree = Tree::new(&[]);
        tree.write("x.json", list);
        let err = tree.try_import(KIND, None).unwrap_err().to_string();
        assert!(err.contains(says) && err.contains("x.json"), "{err}");
    };
    check(r#"{"d":{"soup":{}}}"#, "soup");
    check(r#"{"d":{"a_real":{"dev":{}}}}"#, "split \"dev\"");
    check(r#"{"d":[1]}"#, "d is no object");
    check("[]", "list of the dataset is wrong");
}
