//! Masks go out in every format and come back the same, and what is not beyond doubt is refused in words.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::annotate::exchange::{LISTING_FILE, MaskFormat};
use crate::annotate::export::{ExportSettings, export};
use crate::annotate::{ExportError, History};
use crate::data::annotations::example::{Example, SIDE, mask, write_clip};
use crate::data::annotations::{About, FrameName, Order, TaskState};

fn exported(example: &Example, format: MaskFormat) -> PathBuf {
    let name = match format {
        MaskFormat::Png => "masks",
        MaskFormat::Coco => "masks-coco.json",
        MaskFormat::Npz => "masks.npz",
    };
    let out = example.dir.path().join(name);
    let settings = ExportSettings {
        folder: example.folder.dir().to_owned(),
        format,
        out: out.clone(),
        with_unfinished: false,
    };
    let exported = export(&settings, &mut JobContext::detached()).unwrap();
    assert_eq!(exported.out, out);
    out
}

fn imported(folder: &AnnotationFolder, file: &Path) -> ImportedMasks {
    let settings = ImportMasksSettings {
        folder: folder.dir().to_owned(),
        file: file.to_owned(),
        landmark_model: None,
    };
    import(&settings, &mut JobContext::detached()).unwrap()
}

/// Annotations on the same clips, without a task.
fn empty_folder(example: &Example, name: &str) -> AnnotationFolder {
    let manifest = example.folder.about().manifest.clone();
    let about = About::new(manifest.as_deref(), None, Order::Asked, 1);
    AnnotationFolder::create(&example.dir.path().join(name), &about).unwrap()
}

/// Exports one mask as COCO, changes the text, and gives the reason of the refusal.
#[track_caller]
fn check_refused(example: &Example, change: impl Fn(&mut Value), words: &str) {
    let file = exported(example, MaskFormat::Coco);
    let mut value: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    change(&mut value);
    fs::write(&file, value.to_string()).unwrap();
    let imported = imported(&example.folder, &file);
    assert!(imported.taken.is_empty(), "{imported:?}");
    let reason = &imported.refused[0].reason;
    assert!(reason.contains(words), "{reason}");
}

#[test]
fn every_format_brings_masks_back_onto_the_same_frames() {
    for format in MaskFormat::ALL {
        let example = Example::new();
        let hard = example.finished(3, &mask(false));
        let soft = example.finished(20, &mask(true));
        let none = example.finished(7, &Mask::empty(SIDE, SIDE));
        let begun = example.finished(9, &mask(false));
        example.set_state(&begun, TaskState::Begun);
        let file = exported(&example, format);
        let folder = empty_folder(&example, "again");
        let imported = imported(&folder, &file);
        assert!(imported.refused.is_empty(), "{imported:?}");
        let tasks = folder.tasks().unwrap();
        assert_eq!(tasks.len(), 3, "what is not finished stays at home");
        for (task, old) in tasks.iter().zip([&hard, &soft, &none]) {
            assert_eq!((&task.frame, &task.face), (&old.frame, &old.face));
            assert_eq!((&task.item, task.why.order), (&old.item, Order::Asked));
            let (before, after) = (
                example.folder.mask(old).unwrap(),
                folder.mask(task).unwrap(),
            );
            assert_eq!(before.iou(&after), 1.0, "{format:?}");
            if format != MaskFormat::Coco || old.id == hard.id {
                assert_eq!(before, after, "{format:?}");
            }
            let (was, is) = (
                example.folder.progress(old.id).unwrap(),
                folder.progress(task.id).unwrap(),
            );
            assert_eq!(
                (is.state, is.is_assisted),
                (TaskState::Done, was.is_assisted)
            );
            assert!(is.comment.starts_with(&was.comment));
            assert!(is.comment.contains("Imported from seam "), "{}", is.comment);
        }
    }
}

#[test]
fn an_import_is_one_stroke_on_top_that_can_be_undone() {
    let example = Example::new();
    let task = example.finished(3, &mask(false));
    let file = exported(&example, MaskFormat::Npz);
    let mut own = mask(false);
    own.values[1000..3000].fill(77);
    let delta = Delta::between(&mask(false), &own).unwrap();
    example.folder.write_stroke(task.id, 1, &delta).unwrap();
    example.set_state(&task, TaskState::Begun);

    let first = imported(&example.folder, &file);
    let expected = TakenMask {
        record: "mask_000001".to_owned(),
        task: task.id,
        is_new_task: false,
        is_changed: true,
    };
    assert_eq!(first.taken, [expected]);
    assert_eq!(example.folder.mask(&task).unwrap(), mask(false));
    let stored = example.folder.strokes(task.id).unwrap();
    assert_eq!((stored.deltas.len(), stored.applied), (3, 3));
    let deltas = stored.deltas.into_iter().map(std::sync::Arc::new).collect();
    let mut history = History::new(deltas, stored.applied);
    let mut mask = history.replay(SIDE, SIDE).unwrap();
    history.undo(&mut mask).unwrap();
    assert_eq!(mask, own);
    let state = example.folder.progress(task.id).unwrap().state;
    assert_eq!(state, TaskState::Done);

    let again = imported(&example.folder, &file);
    assert!(!again.taken[0].is_changed);
    assert_eq!(example.folder.strokes(task.id).unwrap().deltas.len(), 3);
}

#[test]
fn a_mask_shifted_by_one_frame_is_refused_with_the_frame_that_it_is_of() {
    let example = Example::new();
    example.finished(19, &mask(false));
    // What a program does that counts frames from one: the number and its time are the next frame's.
    let next = FrameName::of(&example.frames[20]);
    check_refused(
        &example,
        |file| {
            let frame = &mut file["images"][0]["seam"]["frame"];
            frame["index"] = json!(next.index);
            frame["pts_nanos"] = json!(next.pts_nanos);
        },
        "It says frame 20, and these pixels are those of frame 19: the mask is shifted by one",
    );
    check_refused(
        &example,
        |file| file["images"][0]["seam"]["frame"]["index"] = json!(22),
        "It says frame 22, and these pixels are those of frame 19: the mask is shifted by 3 frames",
    );
    // A program that took the frame rate for 30 a second.
    check_refused(
        &example,
        |file| file["images"][0]["seam"]["frame"]["pts_nanos"] = json!(633_333_333),
        "its time is taken from a frame rate that the clip does not keep",
    );
}

#[test]
fn what_does_not_say_which_frame_it_is_of_is_refused() {
    let example = Example::new();
    example.finished(19, &mask(false));
    let image = |file: &mut Value| file["images"][0].take();
    check_refused(
        &example,
        |file| file["images"][0]["seam"] = Value::Null,
        "it says nothing of which frame it is of",
    );
    check_refused(
        &example,
        |file| {
            let frame = file["images"][0]["seam"]["frame"].as_object_mut();
            frame.unwrap().remove("pixels_sha256");
        },
        "missing field `pixels_sha256`",
    );
    check_refused(
        &example,
        |file| drop(image(file)),
        "its image is not in the file",
    );
    check_refused(
        &example,
        |file| file["images"][0]["seam"]["frame"]["media"] = json!("cd".repeat(32)),
        "no clip of these annotations is the file that it names",
    );
    check_refused(
        &example,
        |file| file["images"][0]["seam"]["frame"]["pixels_sha256"] = json!("cd".repeat(32)),
        "No frame of the clip has the pixels that were marked",
    );
}

#[test]
fn other_sizes_and_other_shapes_are_refused() {
    let example = Example::new();
    example.finished(19, &mask(false));
    check_refused(
        &example,
        |file| file["annotations"][0]["segmentation"]["size"] = json!([32, 32]),
        "the mask has 32 x 32 pixels, and its frame 64 x 64",
    );
    check_refused(
        &example,
        |file| file["images"][0]["width"] = json!(128),
        "its image has 128 x 64 pixels",
    );
    check_refused(
        &example,
        |file| file["annotations"][0]["segmentation"] = json!([[1, 2, 3, 4, 5, 6]]),
        "it is a polygon",
    );
    check_refused(
        &example,
        |file| file["annotations"][0]["segmentation"]["counts"] = json!([5, 6]),
        "its run lengths cover 11 pixels",
    );
}

#[test]
fn run_lengths_as_numbers_are_read_too() {
    let example = Example::new();
    let task = example.finished(19, &Mask::empty(SIDE, SIDE));
    let file = exported(&example, MaskFormat::Coco);
    let mut value: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    value["annotations"][0]["segmentation"]["counts"] = json!([64, 64, 3968]);
    value["info"]["contributor"] = json!("Some Tool 2.0");
    fs::write(&file, value.to_string()).unwrap();
    assert_eq!(imported(&example.folder, &file).taken.len(), 1);
    let mask = example.folder.mask(&task).unwrap();
    let is_second_column = |(at, value): (usize, &u8)| *value == 255 * u8::from(at % 64 == 1);
    assert!(mask.values.iter().enumerate().all(is_second_column));
    let comment = example.folder.progress(task.id).unwrap().comment;
    assert!(
        comment.ends_with("Imported from Some Tool 2.0"),
        "{comment}"
    );
}

#[test]
fn a_face_that_no_task_is_of_gets_one_of_its_own() {
    let example = Example::new();
    let task = example.finished(19, &mask(false));
    let file = exported(&example, MaskFormat::Png);
    let listing = file.join(LISTING_FILE);
    let mut value: Value = serde_json::from_slice(&fs::read(&listing).unwrap()).unwrap();
    let record = value["masks"][0].clone();
    // A second face of the frame, and a mask whose maker knows nothing of faces, on a frame without a task.
    let mut second = record.clone();
    second["face"]["box_in_frame"]["x"] = json!(0.0);
    second["face"]["box_in_frame"]["width"] = json!(9.0);
    let mut plain = record;
    for key in ["face", "task", "state", "comment", "is_assisted"] {
        plain.as_object_mut().unwrap().remove(key);
    }
    let same_frame = plain.clone();
    plain["frame"] = json!(FrameName::of(&example.frames[4]));
    value["masks"] = json!([second, plain, same_frame]);
    fs::write(&listing, value.to_string()).unwrap();
    let imported = imported(&example.folder, &listing);
    assert!(imported.refused.is_empty(), "{imported:?}");
    let taken: Vec<_> = (imported.taken.iter())
        .map(|taken| (taken.task.0, taken.is_new_task))
        .collect();
    assert_eq!(taken, [(2, true), (3, true), (task.id.0, false)]);
    let added = &example.folder.tasks().unwrap()[2];
    assert_eq!(added.frame.index, 4);
    // No face is in this picture: the bounds of the mask stand for it.
    let face = added.face.box_in_frame;
    assert_eq!(
        (face.x, face.y, face.width, face.height),
        (0.0, 0.0, 52.0, 57.0)
    );
    assert!(added.face.landmarks().is_some());
    assert_eq!(added.counterpart, task.counterpart);
}

#[test]
fn files_that_hold_no_masks_say_so() {
    let example = Example::new();
    let dir = example.dir.path();
    fs::create_dir(dir.join("pictures")).unwrap();
    fs::write(dir.join("soup.json"), "{\"a\": 1}").unwrap();
    fs::write(dir.join("soup.txt"), "soup").unwrap();
    fs::write(dir.join("cut.npz"), b"PK\x03\x04soup").unwrap();
    let check = |name: &str, words: &str| {
        let settings = ImportMasksSettings {
            folder: example.folder.dir().to_owned(),
            file: dir.join(name),
            landmark_model: None,
        };
        let err = import(&settings, &mut JobContext::detached()).unwrap_err();
        assert!(err.to_string().contains(words), "{err}");
    };
    check("pictures", "no masks.json");
    check("soup.json", "no listing of masks, and no COCO file");
    check("soup.txt", "neither npz nor JSON");
    check("cut.npz", "no whole zip file");
    check("none.npz", "none.npz");
    let settings = ExportSettings {
        folder: example.folder.dir().to_owned(),
        format: MaskFormat::Npz,
        out: dir.join("out.npz"),
        with_unfinished: true,
    };
    let err = export(&settings, &mut JobContext::detached()).unwrap_err();
    assert!(matches!(err, ExportError::Nothing { .. }), "{err}");
}

#[test]
fn pictures_outside_of_the_folder_are_not_opened() {
    let example = Example::new();
    example.finished(19, &mask(false));
    let file = exported(&example, MaskFormat::Png);
    let listing = file.join(LISTING_FILE);
    fs::copy(
        file.join("000001.png"),
        example.dir.path().join("other.png"),
    )
    .unwrap();
    let text = fs::read_to_string(&listing).unwrap();
    fs::write(&listing, text.replace("000001.png", "../other.png")).unwrap();
    let imported = imported(&example.folder, &file);
    assert!(imported.refused[0].reason.contains("outside of the folder"));
}

#[test]
fn a_clip_that_is_another_now_takes_no_new_masks() {
    let example = Example::new();
    example.finished(19, &mask(false));
    let file = exported(&example, MaskFormat::Npz);
    let folder = empty_folder(&example, "again");
    write_clip(&example.dir.path().join("swap.mkv"), 30, 1);
    let imported = imported(&folder, &file);
    let reason = &imported.refused[0].reason;
    assert!(reason.contains("no clip of these annotations"), "{reason}");
    assert!(folder.tasks().unwrap().is_empty());
}
