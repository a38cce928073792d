//! `seam data import`: what it writes, says, and how it fails.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use seam_engine::data::{ImportReport, Manifest, Split};

fn import(kind: &str, dir: &Path, out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_seam"))
        .args(["data", "import", kind])
        .arg(dir)
        .arg("--out")
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

fn write(dir: &Path, file: &str, text: &str) {
    let path = dir.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A tiny Celeb-DF: in its list, 1 stands for pristine.
fn celeb_df(dir: &Path) {
    for file in [
        "Celeb-real/id0_0000.mp4",
        "Celeb-real/id1_0000.mp4",
        "Celeb-real/id2_0000.mp4",
        "Celeb-synthesis/id0_id1_0000.mp4",
        "Celeb-synthesis/id1_id0_0000.mp4",
        "YouTube-real/00000.mp4",
    ] {
        write(dir, file, "");
    }
    write(
        dir,
        "List_of_testing_videos.txt",
        "1 Celeb-real/id0_0000.mp4\n0 Celeb-synthesis/id0_id1_0000.mp4\n1 YouTube-real/00009.mp4\n",
    );
}

#[test]
fn a_dataset_becomes_a_manifest_with_counts_missing_files_and_notes() {
    let dir = tempfile::tempdir().unwrap();
    celeb_df(dir.path());
    let out = dir.path().join("manifest.jsonl");
    let output = import("celeb-df-v2", dir.path(), &out, &[]);
    let (text, error) = (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    );
    assert!(output.status.success(), "{error}");
    for line in [
        "items       6",
        "test              1 manipulated Celeb-synthesis",
        "missing     1 files",
        "YouTube-real/00009.mp4 (the official test list names it)",
        "note        ",
        "manifest    ",
    ] {
        assert!(text.contains(line), "no {line:?} in {text}");
    }
    let manifest = Manifest::read(&out).unwrap();
    let (_, swap) = manifest
        .of_split(Split::Test)
        .find(|(_, item)| item.label == 1)
        .unwrap();
    assert!(
        manifest
            .full_path(&swap.path)
            .ends_with("Celeb-synthesis/id0_id1_0000.mp4")
    );
    assert_eq!(swap.source, "celeb-df-v2/id0_0000");

    let again = dir.path().join("again.jsonl");
    let output = import("celeb-df-v2", dir.path(), &again, &["--json"]);
    let report: ImportReport = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report.items, report.missing.len()), (6, 1));
    assert_eq!(fs::read(&out).unwrap(), fs::read(&again).unwrap());
}

#[test]
fn wrong_layouts_wrong_kinds_and_missing_folders_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "cats/1.jpg", "");
    let out = dir.path().join("manifest.jsonl");
    let check = |kind, from: &Path, code, says: &[&str]| {
        let output = import(kind, from, &out, &[]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{kind}: {error}");
        for says in says {
            assert!(error.contains(says), "no {says:?} in {error}");
        }
        assert!(!out.exists());
    };
    check(
        "soup",
        dir.path(),
        2,
        &["no kind of dataset \"soup\"", "celeb-df-v1"],
    );
    check(
        "dfdc",
        dir.path(),
        3,
        &["metadata.json", "found cats/", "\nFolder: "],
    );
    check(
        "ff++",
        &dir.path().join("no"),
        3,
        &["Could not read the dataset"],
    );
    let usage = Command::new(env!("CARGO_BIN_EXE_seam"))
        .args(["data", "import", "dfdc"])
        .output();
    assert_eq!(usage.unwrap().status.code(), Some(2));
}
