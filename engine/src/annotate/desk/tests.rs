//! The desk gives exactly the named frame, or says what is in its place.

use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::data::annotations::example::{Example, SIDE, write_clip};
use crate::data::annotations::{Delta, FrameName};

struct Case {
    example: Example,
    /// Of frame 12 of 30.
    task: Task,
}

fn case() -> Case {
    let example = Example::new();
    let task = example
        .folder
        .add(vec![example.task(12)])
        .unwrap()
        .remove(0);
    Case { example, task }
}

impl Case {
    fn open(&self) -> Result<Box<OpenedTask>, String> {
        let (sender, receiver) = mpsc::sync_channel(4);
        let desk = Desk::new(move |event| sender.send(event).unwrap()).unwrap();
        desk.open(self.example.folder.clone(), self.task.clone());
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
        case.example
            .folder
            .write_stroke(case.task.id, place, &delta)
            .unwrap();
    }
    case.example.folder.write_applied(case.task.id, 1).unwrap();
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
        ..named
    };
    case.check_refused("The pixels of frame 12 are not those that were marked");
    case.task.frame = named;
    write_clip(&case.example.dir.path().join("swap.mkv"), 30, 1);
    case.check_refused("The file is another than the one that was marked");
    std::fs::remove_file(case.example.dir.path().join("swap.mkv")).unwrap();
    case.check_refused("swap.mkv");
}

#[test]
fn a_task_opens_without_a_counterpart_that_ends_early_and_without_damaged_strokes() {
    let case = case();
    write_clip(&case.example.dir.path().join("pristine.mkv"), 5, 9);
    let empty = Mask::empty(SIDE, SIDE);
    let mut one = empty.clone();
    one.values[500..900].fill(255);
    let delta = Delta::between(&empty, &one).unwrap();
    case.example
        .folder
        .write_stroke(case.task.id, 0, &delta)
        .unwrap();
    case.example
        .folder
        .write_stroke(case.task.id, 1, &delta)
        .unwrap();
    let path = case
        .example
        .folder
        .dir()
        .join("tasks/000001/strokes/000002.stroke");
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
        desk.open(case.example.folder.clone(), task);
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
