//! The desk gives exactly the named frame, or says what is in its place.

use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::data::annotations::{About, Delta, Face, FrameName, Order, Why};
use crate::faces::{Aligner, FaceBox};
use crate::media::encode::{ClipFormat, ClipWriter, Picture};

const SIDE: u32 = 64;

/// A lossless clip whose frame `at` shows a bar at column `at + shift`.
fn write_clip(path: &Path, num_frames: u32, shift: u32) {
    let format = ClipFormat {
        picture: Picture::Mask,
        width: SIDE,
        height: SIDE,
        rate: [25, 1],
    };
    let mut writer = ClipWriter::create(path, format).unwrap();
    for at in 0..num_frames {
        let bar = |place: u32| if place % SIDE == at + shift { 200 } else { 20 };
        let pixels: Vec<u8> = (0..SIDE * SIDE).map(bar).collect();
        writer.push(&pixels).unwrap();
    }
    writer.finish().unwrap();
}

struct Case {
    dir: tempfile::TempDir,
    folder: AnnotationFolder,
    /// Of frame 12 of 30.
    task: Task,
}

fn case() -> Case {
    let dir = tempfile::tempdir().unwrap();
    let clip = dir.path().join("swap.mkv");
    write_clip(&clip, 30, 0);
    write_clip(&dir.path().join("pristine.mkv"), 30, 9);
    let job = &mut JobContext::detached();
    let media = hash_of(&clip, job).unwrap();
    let mut source = NamedFrames::open(&clip, media).unwrap();
    let frame = source.with_index(12, 0, job).unwrap().unwrap();
    let about = About::new(None, None, Order::Asked, 1);
    let folder = AnnotationFolder::create(&dir.path().join("notes"), &about).unwrap();
    let item = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let task = Task {
        id: TaskId(0),
        item: item("swap.mkv"),
        frame: FrameName::of(&frame),
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
        counterpart: Some(item("pristine.mkv")),
        carried_from: None,
    };
    let task = folder.add(vec![task]).unwrap().remove(0);
    Case { dir, folder, task }
}

impl Case {
    fn open(&self) -> Result<Box<OpenedTask>, String> {
        let (sender, receiver) = mpsc::sync_channel(4);
        let desk = Desk::new(move |event| sender.send(event).unwrap()).unwrap();
        desk.open(self.folder.clone(), self.task.clone());
        match receiver.recv_timeout(Duration::from_secs(20)).unwrap() {
            DeskEvent::Opened(opened) => Ok(opened),
            DeskEvent::Failed { task, reason } => {
                assert_eq!(task, self.task.id);
                Err(reason)
            }
        }
    }

    #[track_caller]
    fn check_refused(&self, words: &str) {
        let reason = self.open().unwrap_err();
        assert!(reason.contains(words), "{reason}");
    }
}

fn column(frame: &Frame) -> i64 {
    (0..i64::from(SIDE))
        .max_by_key(|x| frame.rgb(*x, 30)[1])
        .unwrap()
}

#[test]
fn a_task_opens_with_its_frame_the_pristine_one_and_its_strokes() {
    let case = case();
    let empty = Mask::empty(SIDE, SIDE);
    let mut one = empty.clone();
    one.values[500..900].fill(255);
    let mut two = one.clone();
    two.values[700..1500].fill(90);
    for (place, pair) in [&empty, &one, &two].windows(2).enumerate() {
        let delta = Delta::between(pair[0], pair[1]).unwrap();
        case.folder
            .write_stroke(case.task.id, place, &delta)
            .unwrap();
    }
    case.folder.write_applied(case.task.id, 1).unwrap();
    let mut opened = case.open().unwrap();
    assert_eq!((opened.frame.id.index, column(&opened.frame)), (12, 12));
    let counterpart = opened.counterpart.as_deref().unwrap();
    assert_eq!((counterpart.id.index, column(counterpart)), (12, 21));
    assert_eq!(opened.mask, one);
    assert!(opened.warnings.is_empty());
    opened.history.redo(&mut opened.mask).unwrap();
    assert_eq!(opened.mask, two);
}

#[test]
fn another_file_a_moved_frame_and_other_pixels_are_refused_in_words() {
    let mut case = case();
    let named = case.task.frame.clone();
    case.task.frame.index = 11;
    case.check_refused("The frame at 0.480 s is now number 12, not 11");
    case.task.frame = FrameName {
        pts_nanos: named.pts_nanos + 10_000_000,
        ..named.clone()
    };
    case.check_refused("There is no frame at 0.490 s any more: number 12 is at 0.480 s");
    case.task.frame = FrameName {
        pixels_sha256: "ab".repeat(32),
        ..named.clone()
    };
    case.check_refused("The pixels of frame 12 are not those that were marked");
    case.task.frame = named;
    write_clip(&case.dir.path().join("swap.mkv"), 30, 1);
    case.check_refused("The file is another than the one that was marked");
    std::fs::remove_file(case.dir.path().join("swap.mkv")).unwrap();
    case.check_refused("swap.mkv");
}

#[test]
fn a_task_opens_without_a_counterpart_that_ends_early_and_without_damaged_strokes() {
    let case = case();
    write_clip(&case.dir.path().join("pristine.mkv"), 5, 9);
    let empty = Mask::empty(SIDE, SIDE);
    let mut one = empty.clone();
    one.values[500..900].fill(255);
    let delta = Delta::between(&empty, &one).unwrap();
    case.folder.write_stroke(case.task.id, 0, &delta).unwrap();
    case.folder.write_stroke(case.task.id, 1, &delta).unwrap();
    let path = case.folder.dir().join("tasks/000001/strokes/000002.stroke");
    std::fs::write(path, "soup").unwrap();
    let opened = case.open().unwrap();
    assert!(opened.counterpart.is_none());
    assert_eq!(opened.mask, one);
    let text = opened.warnings.join("\n");
    assert!(text.contains("no frame 12"), "{text}");
    assert!(text.contains("Stroke 2 of 2 is damaged"), "{text}");
}

#[test]
fn the_newest_task_is_opened_in_the_end() {
    let case = case();
    let (sender, receiver) = mpsc::sync_channel(100);
    let desk = Desk::new(move |event| sender.send(event).unwrap()).unwrap();
    for id in 1..=60 {
        let task = Task {
            id: TaskId(id),
            ..case.task.clone()
        };
        desk.open(case.folder.clone(), task);
    }
    let mut seen = Vec::new();
    while seen.last() != Some(&60) {
        match receiver.recv_timeout(Duration::from_secs(20)).unwrap() {
            DeskEvent::Opened(opened) => seen.push(opened.task.id.0),
            DeskEvent::Failed { reason, .. } => panic!("{reason}"),
        }
    }
    assert!(seen.is_sorted() && seen.len() < 60, "{seen:?}");
}
