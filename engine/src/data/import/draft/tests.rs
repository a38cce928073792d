//! What is kept and what is left out.

use super::*;

fn listed(path: &str, source: &str, donors: &[&str], split: Split) -> Item {
    Item {
        donors: donors.iter().map(|donor| (*donor).to_owned()).collect(),
        split: Some(split),
        ..item(path.to_owned(), 0, source.to_owned(), "d".to_owned())
    }
}

#[test]
fn the_test_split_wins_and_what_is_left_out_is_counted_by_source() {
    let dir = tempfile::tempdir().unwrap();
    let options = ImportOptions::default();
    let job = &mut JobContext::detached();
    let mut draft = Draft::begin(DatasetKind::Folders, dir.path(), &options, job).unwrap();
    for item in [
        listed("1", "ann", &[], Split::Train),
        listed("2", "ann", &[], Split::Train),
        listed("3", "bob", &["cy"], Split::Train),
        listed("4", "dee", &[], Split::Train),
        listed("5", "cy", &[], Split::Val),
        listed("6", "eve", &["ann"], Split::Test),
        listed("6", "eve", &["ann"], Split::Test),
    ] {
        draft.add(item).unwrap();
    }
    let (manifest, report) = draft.finish().unwrap();
    let paths: Vec<&str> = manifest.items.iter().map(|item| &*item.path).collect();
    assert_eq!(paths, ["4", "5", "6"]);
    let refused = |source: &str, items, reason: &str| Refused {
        source: source.to_owned(),
        split: Some(Split::Train),
        items,
        reason: reason.to_owned(),
    };
    assert_eq!(
        report.refused,
        [
            refused("ann", 2, "its source is in the split test too"),
            refused("cy", 1, "its source is in the split val too"),
        ]
    );
    assert_eq!(report.num_refused(), 3);
    assert_eq!(report.items, 3);
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("listed twice"))
    );
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("test has no manipulated"))
    );
}

#[test]
fn nothing_left_is_an_error_that_counts() {
    let dir = tempfile::tempdir().unwrap();
    let options = ImportOptions::default();
    let job = &mut JobContext::detached();
    let mut draft = Draft::begin(DatasetKind::Dfdc, dir.path(), &options, job).unwrap();
    draft.missing("a.mp4".to_owned(), "it is listed").unwrap();
    let err = draft.finish().unwrap_err().to_string();
    assert!(
        err.contains("1 listed files are missing") && err.contains("a.mp4"),
        "{err}"
    );
}
