//! The folder as a whole: what is written is read again, what is damaged is named.

use super::*;
use crate::data::annotations::{Face, FrameName, TaskState, Why};
use crate::faces::{Aligner, FaceBox};
use crate::media::MediaHash;

fn about() -> About {
    About::new(None, None, Order::Asked, 1)
}

fn task(index: u32) -> Task {
    Task {
        id: TaskId(0),
        item: "clips/a.mp4".to_owned(),
        frame: FrameName {
            media: MediaHash::of(b"a"),
            stream: 0,
            pts_nanos: 40_000_000 * i64::from(index),
            index,
            width: 130,
            height: 70,
            pixels_sha256: "00".repeat(32),
        },
        face: Face {
            box_in_frame: FaceBox {
                x: 10.0,
                y: 10.0,
                width: 40.0,
                height: 40.0,
                confidence: 1.0,
            },
            points: vec![[20.0, 20.0]; 68],
            aligner: Aligner::BoxEstimate,
        },
        why: Why {
            order: Order::Asked,
            value: 0.0,
            channels: Vec::new(),
            text: "Asked for".to_owned(),
        },
        technique: None,
        counterpart: None,
        carried_from: None,
    }
}

fn stroke(before: &Mask, value: u8) -> (Mask, Delta) {
    let mut after = before.clone();
    after.values[200..700].fill(value);
    let delta = Delta::between(before, &after).unwrap();
    (after, delta)
}

#[test]
fn tasks_and_their_progress_come_back_and_ids_are_never_used_twice() {
    let dir = tempfile::tempdir().unwrap();
    let folder = AnnotationFolder::create(dir.path(), &about()).unwrap();
    assert!(folder.tasks().unwrap().is_empty());
    let added = folder.add(vec![task(3), task(9)]).unwrap();
    assert_eq!(
        added.iter().map(|task| task.id.0).collect::<Vec<_>>(),
        [1, 2]
    );
    let progress = Progress {
        state: TaskState::CannotTell,
        comment: "too dark".to_owned(),
        ..Progress::default()
    };
    folder.set_progress(TaskId(2), &progress).unwrap();
    assert_eq!(folder.progress(TaskId(1)).unwrap(), Progress::default());

    let again = AnnotationFolder::open(dir.path()).unwrap();
    assert_eq!(again.about(), &about());
    assert_eq!(again.tasks().unwrap(), added);
    assert_eq!(again.progress(TaskId(2)).unwrap(), progress);
    // Someone took tasks out by hand: what was kept under their numbers is nobody else's.
    fs::write(dir.path().join(TASKS_FILE), "").unwrap();
    assert_eq!(again.add(vec![task(1)]).unwrap()[0].id, TaskId(3));
    let err = AnnotationFolder::create(dir.path(), &about()).unwrap_err();
    assert!(matches!(err, AnnotationError::Exists { .. }), "{err}");
}

#[test]
fn a_mask_is_what_its_strokes_make() {
    let dir = tempfile::tempdir().unwrap();
    let folder = AnnotationFolder::create(dir.path(), &about()).unwrap();
    let task = folder.add(vec![task(3)]).unwrap().remove(0);
    let empty = Mask::empty(130, 70);
    assert_eq!(folder.mask(&task).unwrap(), empty);
    let (one, first) = stroke(&empty, 255);
    let (two, second) = stroke(&one, 99);
    folder.write_stroke(task.id, 0, &first).unwrap();
    folder.write_stroke(task.id, 1, &second).unwrap();
    assert_eq!(folder.mask(&task).unwrap(), two);
    folder.write_applied(task.id, 1).unwrap();
    assert_eq!(folder.mask(&task).unwrap(), one);

    let path = dir.path().join("tasks/000001/strokes/000002.stroke");
    fs::write(&path, "soup").unwrap();
    let text = folder.mask(&task).unwrap_err().to_string();
    assert!(text.contains("Stroke 2 of 2 is damaged"), "{text}");
    let stored = folder.strokes(task.id).unwrap();
    assert_eq!((stored.deltas.len(), stored.applied), (1, 1));
}

#[test]
fn damage_is_named_and_nothing_is_written_over_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = AnnotationFolder::create(dir.path(), &about()).unwrap();
    folder.add(vec![task(3), task(9)]).unwrap();
    let path = dir.path().join(TASKS_FILE);
    let text = fs::read_to_string(&path).unwrap() + "half a li";
    fs::write(&path, &text).unwrap();
    let err = folder.add(vec![task(1)]).unwrap_err().to_string();
    assert!(
        err.contains("line 3 is wrong") && err.contains(TASKS_FILE),
        "{err}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);

    let path = dir.path().join(ABOUT_FILE);
    fs::write(&path, r#"{"schema": "seam-annotations/2", "manifest": null, "model": null, "order": "asked", "seed": 1}"#).unwrap();
    let err = AnnotationFolder::open(dir.path()).unwrap_err().to_string();
    assert!(err.contains("seam-annotations/2"), "{err}");
    fs::remove_file(&path).unwrap();
    let err = AnnotationFolder::open(dir.path()).unwrap_err();
    assert!(matches!(err, AnnotationError::NotThere { .. }), "{err}");
}

#[test]
fn another_writer_is_refused_and_readers_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let folder = AnnotationFolder::create(dir.path(), &about()).unwrap();
    let strange = fs::File::create(dir.path().join("lock")).unwrap();
    strange.lock().unwrap();
    let err = folder.add(vec![task(1)]).unwrap_err();
    assert!(matches!(err, AnnotationError::InUse { .. }), "{err}");
    assert!(
        AnnotationFolder::open(dir.path())
            .unwrap()
            .tasks()
            .unwrap()
            .is_empty()
    );
    drop(strange);
    folder.add(vec![task(1)]).unwrap();
}

#[test]
fn leftovers_of_a_dead_process_go_with_the_first_write() {
    let dir = tempfile::tempdir().unwrap();
    let folder = AnnotationFolder::create(dir.path(), &about()).unwrap();
    let strokes = dir.path().join("tasks/000004/strokes");
    fs::create_dir_all(&strokes).unwrap();
    let half = [
        dir.path().join("tasks.jsonl.1-2.part"),
        strokes.join("000001.stroke.1-3.part"),
    ];
    for path in &half {
        fs::write(path, "half").unwrap();
    }
    assert!(folder.tasks().unwrap().is_empty());
    folder.begin_writing().unwrap();
    assert!(half.iter().all(|path| !path.exists()));
}

#[test]
fn the_manifest_is_found_again_when_both_folders_are_moved() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    fs::create_dir_all(old.join("data")).unwrap();
    fs::write(old.join("data").join(MANIFEST_FILE), "").unwrap();
    let about = About::new(Some(&old.join("data")), None, Order::Random, 5);
    AnnotationFolder::create(&old.join("notes"), &about).unwrap();
    fs::rename(&old, &new).unwrap();
    let folder = AnnotationFolder::open(&new.join("notes")).unwrap();
    let data = new.join("data").canonicalize().unwrap();
    assert_eq!(folder.about().manifest, Some(data.join(MANIFEST_FILE)));
    assert_eq!(folder.item_path("clips/a.mp4"), data.join("clips/a.mp4"));
    assert_eq!(folder.item_path("/else/b.mp4"), Path::new("/else/b.mp4"));
}
