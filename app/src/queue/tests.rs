//! The queue as a person walks through it.

use seam_engine::data::annotations::{
    About, AnnotationFolder, Face, FrameName, Order, Progress, Task, TaskId, TaskState, Why,
};
use seam_engine::faces::{Aligner, FaceBox};
use seam_engine::media::MediaHash;

use crate::queue::walk::Step;
use crate::queue::{Filter, FolderState, Item, Midpoint, OpenFolder, Queue};

fn item(id: u32, clip: &str, index: u32, state: TaskState) -> Item {
    let task = Task {
        id: TaskId(id),
        item: clip.to_owned(),
        frame: FrameName {
            media: MediaHash::of(clip.as_bytes()),
            stream: 0,
            pts_nanos: i64::from(index) * 40_000_000,
            index,
            width: 64,
            height: 64,
            pixels_sha256: String::new(),
        },
        face: Face {
            box_in_frame: FaceBox {
                x: 10.0,
                y: 10.0,
                width: 30.0,
                height: 30.0,
                confidence: 1.0,
            },
            points: Vec::new(),
            aligner: Aligner::BoxEstimate,
        },
        why: Why {
            order: Order::Active,
            value: 1.0,
            channels: Vec::new(),
            text: "Channel 17 fires".to_owned(),
        },
        technique: None,
        counterpart: None,
        carried_from: None,
    };
    let progress = Progress {
        state,
        ..Progress::default()
    };
    Item { task, progress }
}

fn queue(items: Vec<Item>) -> (tempfile::TempDir, Queue) {
    let dir = tempfile::TempDir::new().unwrap();
    let about = About::new(None, None, Order::Asked, 0);
    let folder = AnnotationFolder::create(&dir.path().join("a"), &about).unwrap();
    let current = items.first().map(|item| item.task.id);
    let open = OpenFolder {
        folder,
        name: "a".to_owned(),
        items,
        rounds: Vec::new(),
    };
    let queue = Queue {
        folder: FolderState::Open(Box::new(open)),
        current,
        ..Queue::default()
    };
    (dir, queue)
}

#[test]
fn the_next_open_face_is_found_around_the_end() {
    let (_dir, mut queue) = queue(vec![
        item(1, "a", 0, TaskState::Open),
        item(2, "b", 0, TaskState::Done),
        item(3, "c", 0, TaskState::Begun),
    ]);
    assert_eq!(queue.step(Step::Next), Some(TaskId(2)));
    assert_eq!(queue.step(Step::Previous), None);
    assert_eq!(queue.step(Step::NextOpen), Some(TaskId(3)));
    queue.current = Some(TaskId(3));
    assert_eq!(queue.step(Step::NextOpen), Some(TaskId(1)));
    let (id, progress) = queue.set_state(TaskState::Done).unwrap();
    assert_eq!((id, progress.state), (TaskId(3), TaskState::Done));
    assert!(0 < progress.changed_secs);
    assert_eq!(queue.set_state(TaskState::Done), None, "nothing to save");
    let open = queue.open().unwrap();
    assert_eq!(open.num_done(), 2);
}

#[test]
fn filters_leave_the_order_and_a_stroke_begins_a_face() {
    let (_dir, mut queue) = queue(vec![
        item(1, "a", 0, TaskState::Open),
        item(2, "b", 0, TaskState::Skipped),
        item(3, "c", 0, TaskState::CannotTell),
        item(4, "d", 0, TaskState::Done),
    ]);
    let ids =
        |queue: &Queue| -> Vec<u32> { queue.shown().iter().map(|item| item.task.id.0).collect() };
    assert_eq!(ids(&queue), [1, 2, 3, 4]);
    queue.filter = Filter::Left;
    assert_eq!(ids(&queue), [2, 3]);
    queue.filter = Filter::Open;
    assert_eq!(ids(&queue), [1]);
    let (_, progress) = queue.begun().unwrap();
    assert_eq!(progress.state, TaskState::Begun);
    assert_eq!(queue.begun(), None);
    assert_eq!(ids(&queue), [1], "begun is open, too");
}

#[test]
fn keyframes_are_of_the_same_face_and_have_a_middle() {
    let mut away = item(6, "a", 3, TaskState::Done);
    away.task.face.box_in_frame.x = 500.0;
    let mut carried = item(3, "a", 6, TaskState::Begun);
    carried.task.carried_from = Some(TaskId(1));
    carried.progress.drift = Some(0.7);
    let (_dir, mut queue) = queue(vec![
        item(1, "a", 0, TaskState::Done),
        item(2, "a", 10, TaskState::Done),
        carried,
        item(4, "a", 4, TaskState::Open),
        item(5, "b", 5, TaskState::Done),
        away,
    ]);
    let frames: Vec<u32> = queue.keyframes().iter().map(|frame| frame.index).collect();
    assert_eq!(frames, [0, 4, 6, 10]);
    assert!(queue.keyframes()[2].is_flagged());
    assert_eq!(
        queue.painted(1),
        Some(TaskId(2)),
        "carried masks are not painted"
    );
    assert_eq!(
        queue.midpoint(),
        Some(Midpoint::New {
            before: TaskId(1),
            after: TaskId(2),
            index: 5,
        }),
        "frame 4 is near, and not in the middle"
    );
    queue.current = Some(TaskId(2));
    assert_eq!(queue.painted(-1), Some(TaskId(1)));
    assert_eq!(queue.painted(1), None);
}
