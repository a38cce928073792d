//! The list of datasets, without files.

use super::*;

#[test]
fn a_folder_and_its_manifest_are_one_dataset() {
    let mut datasets = Datasets::default();
    let first = datasets.add(Path::new("/clips/standard"));
    let again = datasets.add(Path::new("/clips/standard/manifest.jsonl"));
    assert_eq!(first, again);
    assert_eq!(datasets.known.len(), 1);
    assert_eq!(datasets.known[0].name(), "standard");
    let other = datasets.add(Path::new("/others/standard"));
    assert_eq!(datasets.title(&first), "standard in clips");
    assert_eq!(datasets.title(&other), "standard in others");
    assert_eq!(name_of(Path::new("/clips/part.jsonl")), "clips/part.jsonl");
}

#[test]
fn drafts_say_where_things_go_and_wait_for_what_they_need() {
    let home = tempfile::tempdir().unwrap();
    let data_dir = Some(home.path());
    let mut forge = ForgeDraft::default();
    assert_eq!(forge.settings(None), None);
    let out = forge.settings(data_dir).unwrap().out;
    assert_eq!(out, home.path().join("datasets/tiny-1"));
    std::fs::create_dir_all(&out).unwrap();
    let next = forge.settings(data_dir).unwrap().out;
    assert_eq!(next, home.path().join("datasets/tiny-1-2"));
    forge.recipe = "addg";
    assert_eq!(
        forge.settings(data_dir),
        None,
        "it needs faces to start from"
    );
    forge.from = Some("clips".into());
    assert!(forge.settings(data_dir).is_some());

    let mut import = ImportDraft::default();
    assert_eq!(import.settings(data_dir), None);
    import.from = Some("ff".into());
    let settings = import.settings(data_dir).unwrap();
    assert_eq!(
        settings.out,
        home.path().join("datasets/ffpp/manifest.jsonl")
    );
}
