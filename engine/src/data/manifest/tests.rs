//! Manifests that are whole, and those that are not.

use super::*;

const PLAIN: &str = r#"{"path":"a.mp4","label":0,"source":"ann","dataset":"d","split":"train"}"#;

fn read(text: &str) -> Result<Manifest, ManifestError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest.jsonl");
    fs::write(&path, text).unwrap();
    Manifest::read(&path)
}

#[track_caller]
fn check_refused(text: &str, says: &str) {
    let err = read(text).unwrap_err().to_string();
    assert!(err.contains(says), "{err}");
}

#[test]
fn what_is_written_is_read_again() {
    let full = Item {
        path: "b/ü.mp4".to_owned(),
        frames: FrameRule::Between(3, 9),
        label: 1,
        source: "ann".to_owned(),
        donors: vec!["bob".to_owned()],
        technique: Some("swap".to_owned()),
        split: Some(Split::Train),
        mask: Some("masks/ü.mp4".to_owned()),
        dataset: "d".to_owned(),
        sha256: Some("00".to_owned()),
        details: [("seed".to_owned(), 3.into())].into(),
    };
    let mut items = read(PLAIN).unwrap().items;
    assert_eq!(items[0].frames, FrameRule::Spread);
    items.push(full);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest.jsonl");
    let manifest = Manifest {
        dir: dir.path().to_owned(),
        items,
    };
    manifest.write(&path).unwrap();
    let again = Manifest::read(&path).unwrap();
    assert_eq!(again, manifest);
    assert_eq!(again.hash(), manifest.hash());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    assert_eq!(again.of_split(Split::Train).count(), 2);
    assert_eq!(again.of_split(Split::Test).count(), 0);
    let changed = Manifest {
        items: again.items[..1].to_vec(),
        ..again
    };
    assert_ne!(changed.hash(), manifest.hash());
}

#[test]
fn a_wrong_line_is_named_by_its_number() {
    check_refused(
        &format!("{PLAIN}\n\n{{\"path\":"),
        "Line 3 of the manifest is wrong",
    );
    check_refused(r#"{"path":"a.mp4","label":0,"dataset":"d"}"#, "source");
    check_refused(
        &PLAIN.replace("\"label\":0", "\"label\":2"),
        "the label is 2, not 0 or 1",
    );
    check_refused(&PLAIN.replace("\"label\":0", "\"label\":-1"), "Line 1");
    check_refused(&PLAIN.replace("train", "dev"), "Line 1");
    check_refused(&PLAIN.replace("a.mp4", ""), "path");
    check_refused(&PLAIN.replace("ann", ""), "source");
    let backward = PLAIN.replace("\"label\"", "\"frames\":{\"between\":[9,3]},\"label\"");
    check_refused(&backward, "ends before it begins");
}

#[test]
fn an_empty_a_missing_and_a_binary_manifest_say_what_they_are() {
    check_refused("", "The manifest is empty");
    check_refused("\n  \n", "The manifest is empty");
    let missing = Manifest::read(Path::new("no/manifest.jsonl")).unwrap_err();
    let text = missing.to_string();
    assert!(text.contains("Could not read the manifest"), "{text}");
    assert!(text.ends_with("File: \"no/manifest.jsonl\""), "{text}");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest.jsonl");
    fs::write(&path, [0xff, 0xfe, 0]).unwrap();
    let err = Manifest::read(&path).unwrap_err();
    assert!(matches!(err, ManifestError::Read { .. }), "{err}");
    let there = Path::new("no/folder/manifest.jsonl");
    let err = Manifest::default().write(there).unwrap_err();
    assert!(matches!(err, ManifestError::Write { .. }), "{err}");
}

#[test]
fn a_source_in_two_splits_is_refused_by_its_name() {
    let line = |source: &str, donor: &str, split: &str| {
        PLAIN.replace("ann", source).replace(
            "\"split\":\"train\"",
            &format!("\"donors\":[\"{donor}\"],\"split\":\"{split}\""),
        )
    };
    let two = |first: String, second: String| format!("{first}\n{second}");
    let apart = two(line("ann", "bob", "train"), line("cy", "dee", "test"));
    assert_eq!(read(&apart).unwrap().items.len(), 2);
    check_refused(
        &two(line("ann", "bob", "train"), line("ann", "dee", "test")),
        "The source \"ann\" is both in train and in test",
    );
    check_refused(
        &two(line("ann", "bob", "val"), line("bob", "dee", "train")),
        "The source \"bob\" is both in val and in train",
    );
    let unsplit = two(line("ann", "bob", "train"), line("ann", "bob", "test"));
    let unsplit = unsplit.replace(",\"split\":\"test\"", "");
    assert_eq!(read(&unsplit).unwrap().items.len(), 2);
}

#[test]
fn paths_lie_below_the_manifest_or_stand_for_themselves() {
    let manifest = Manifest {
        dir: PathBuf::from("data"),
        items: Vec::new(),
    };
    assert_eq!(manifest.full_path("a/b.mp4"), Path::new("data/a/b.mp4"));
    assert_eq!(manifest.full_path("/c.mp4"), Path::new("/c.mp4"));
}
