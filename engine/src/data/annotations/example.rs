//! For tests: a small clip of known frames, annotated.

use std::path::Path;

use crate::data::annotations::named_frames::{NamedFrames, hash_of};
use crate::data::annotations::{
    About, AnnotationFolder, Delta, Face, FrameName, Mask, Order, Progress, Task, TaskId,
    TaskState, Why,
};
use crate::data::{FrameRule, Item, MANIFEST_FILE, Manifest};
use crate::faces::landmarks::Landmarker;
use crate::faces::{FaceBox, Landmarks};
use crate::job::JobContext;
use crate::media::Frame;
use crate::media::encode::{ClipFormat, ClipWriter, Picture};

/// Of every frame, pixels.
pub const SIDE: u32 = 64;
pub const NUM_FRAMES: u32 = 30;

/// The manipulated clip `swap.mkv` of 30 frames, 25 a second, the pristine `pristine.mkv`, the manifest of both,
/// and a folder of annotations on it.
pub struct Example {
    pub dir: tempfile::TempDir,
    pub folder: AnnotationFolder,
    /// Of `swap.mkv`.
    pub frames: Vec<Frame>,
}

/// A lossless clip whose frame `at` shows a bright bar at column `at + shift`.
pub fn write_clip(path: &Path, num_frames: u32, shift: u32) {
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

/// Parts apart, one with a hole; soft at its border where wished.
pub fn mask(is_soft: bool) -> Mask {
    let mut mask = Mask::empty(SIDE, SIDE);
    for (at, value) in mask.values.iter_mut().enumerate() {
        let (x, y) = (at as u32 % SIDE, at as u32 / SIDE);
        let is_in = |x0: u32, y0: u32, side: u32| {
            (x0..x0 + side).contains(&x) && (y0..y0 + side).contains(&y)
        };
        let is_marked =
            is_in(20, 22, 17) && !is_in(25, 26, 5) || is_in(45, 50, 7) || is_in(0, 0, 1);
        let level = if is_soft { 100 + (at % 156) as u8 } else { 255 };
        *value = if is_marked { level } else { 0 };
    }
    mask
}

impl Example {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        write_clip(&dir.path().join("swap.mkv"), NUM_FRAMES, 0);
        write_clip(&dir.path().join("pristine.mkv"), NUM_FRAMES, 9);
        let item = |path: &str, label| Item {
            path: path.to_owned(),
            frames: FrameRule::Spread,
            label,
            source: "ann".to_owned(),
            donors: Vec::new(),
            technique: None,
            split: None,
            mask: None,
            dataset: "test".to_owned(),
            sha256: None,
            details: Default::default(),
        };
        let manifest = Manifest {
            dir: dir.path().to_owned(),
            items: vec![item("swap.mkv", 1), item("pristine.mkv", 0)],
        };
        let path = dir.path().join(MANIFEST_FILE);
        manifest.write(&path).unwrap();
        let about = About::new(Some(&path), None, Order::Asked, 1);
        let folder = AnnotationFolder::create(&dir.path().join("notes"), &about).unwrap();
        let frames = frames(&dir.path().join("swap.mkv"));
        Self {
            dir,
            folder,
            frames,
        }
    }

    /// A task of a frame of `swap.mkv`, which is in no queue yet.
    pub fn task(&self, index: u32) -> Task {
        let frame = &self.frames[index as usize];
        let box_in_frame = FaceBox {
            x: 12.0,
            y: 10.0,
            width: 40.0,
            height: 40.0,
            confidence: 1.0,
        };
        let points: Landmarks = Landmarker::box_estimate().find(frame, &box_in_frame);
        Task {
            id: TaskId(0),
            item: "swap.mkv".to_owned(),
            frame: FrameName::of(frame),
            face: Face::new(box_in_frame, &points),
            why: Why {
                order: Order::Asked,
                value: 0.0,
                channels: Vec::new(),
                text: "Asked for".to_owned(),
            },
            technique: None,
            counterpart: Some("pristine.mkv".to_owned()),
            carried_from: None,
        }
    }

    /// A task in the queue, with this mask as its one stroke, and finished.
    pub fn finished(&self, index: u32, mask: &Mask) -> Task {
        let task = self.folder.add(vec![self.task(index)]).unwrap().remove(0);
        let empty = Mask::empty(mask.width, mask.height);
        if let Some(delta) = Delta::between(&empty, mask) {
            self.folder.write_stroke(task.id, 0, &delta).unwrap();
        }
        self.set_state(&task, TaskState::Done);
        task
    }

    pub fn set_state(&self, task: &Task, state: TaskState) {
        let progress = Progress {
            state,
            comment: format!("comment on frame {}", task.frame.index),
            is_assisted: task.frame.index.is_multiple_of(2),
            ..Progress::default()
        };
        self.folder.set_progress(task.id, &progress).unwrap();
    }
}

/// All frames of a clip.
pub fn frames(path: &Path) -> Vec<Frame> {
    let job = &mut JobContext::detached();
    let media = hash_of(path, job).unwrap();
    let mut frames = Vec::new();
    let mut clip = NamedFrames::open(path, media).unwrap();
    clip.each(job, |frame| {
        frames.push(frame.clone());
        true
    })
    .unwrap();
    frames
}
