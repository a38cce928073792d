//! Which frames of a face are painted, and which were carried: to go from one painted frame to the next.

use crate::data::annotations::{Progress, Task, TaskId, TaskState};

/// How one frame of a face stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keyframe {
    pub task: TaskId,
    pub frame_index: u32,
    pub pts_nanos: i64,
    /// A person's own mask, or a carried one that a person said is done. Others were carried and not looked at.
    pub is_painted: bool,
    /// As in [`Progress`].
    pub drift: Option<f32>,
}

/// The frames with a mask of one face of one clip, by their place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keyframes {
    all: Vec<Keyframe>,
}

impl Keyframes {
    /// Of the face of one task. Tasks of the same clip are of the same face where one was carried from the
    /// other, over any number of steps, or both from a third.
    pub fn of(task: TaskId, tasks: &[(&Task, &Progress)]) -> Self {
        let find = |id: TaskId| tasks.iter().find(|(task, _)| task.id == id);
        // Where a chain of carrying began; a chain is no longer than there are tasks.
        let root = |mut id: TaskId| {
            for _ in 0..tasks.len() {
                match find(id).and_then(|(task, _)| task.carried_from) {
                    Some(from) if find(from).is_some() => id = from,
                    _ => break,
                }
            }
            id
        };
        let Some((own, _)) = find(task) else {
            return Self::default();
        };
        let own_root = root(task);
        let mut all: Vec<Keyframe> = tasks
            .iter()
            .filter(|(task, progress)| {
                let has_mask = matches!(progress.state, TaskState::Begun | TaskState::Done);
                has_mask && task.item == own.item && root(task.id) == own_root
            })
            .map(|(task, progress)| Keyframe {
                task: task.id,
                frame_index: task.frame.index,
                pts_nanos: task.frame.pts_nanos,
                is_painted: progress.drift.is_none() || progress.state == TaskState::Done,
                drift: progress.drift,
            })
            .collect();
        all.sort_by_key(|keyframe| (keyframe.frame_index, keyframe.task));
        Self { all }
    }

    pub fn all(&self) -> &[Keyframe] {
        &self.all
    }

    /// The painted frame before this one.
    pub fn previous_painted(&self, frame_index: u32) -> Option<&Keyframe> {
        let mut before = self.all.iter().rev();
        before.find(|keyframe| keyframe.is_painted && keyframe.frame_index < frame_index)
    }

    /// The painted frame after this one.
    pub fn next_painted(&self, frame_index: u32) -> Option<&Keyframe> {
        let mut after = self.all.iter();
        after.find(|keyframe| keyframe.is_painted && frame_index < keyframe.frame_index)
    }

    /// The frame midway between the painted ones around this one: where one more mask helps both halves most
    /// (cvat #7086). `None` where there is not one on either side, or no frame lies between them.
    ///
    /// On a painted frame, the one after it and it itself are taken.
    pub fn midway(&self, frame_index: u32) -> Option<u32> {
        let is_here =
            |keyframe: &&Keyframe| keyframe.is_painted && keyframe.frame_index == frame_index;
        let before = self.all.iter().find(is_here);
        let before = before.or_else(|| self.previous_painted(frame_index))?;
        let after = self.next_painted(frame_index)?;
        let gap = after.frame_index - before.frame_index;
        (1 < gap).then_some(before.frame_index + gap / 2)
    }

    /// Carried frames that fit worst, worst first: what is worth a look.
    pub fn worst_carried(&self) -> Vec<&Keyframe> {
        let mut carried: Vec<&Keyframe> = self
            .all
            .iter()
            .filter(|keyframe| !keyframe.is_painted)
            .collect();
        carried.sort_by(|a, b| {
            let drift = |keyframe: &Keyframe| keyframe.drift.unwrap_or(0.0);
            drift(b)
                .total_cmp(&drift(a))
                .then(a.frame_index.cmp(&b.frame_index))
        });
        carried
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::annotations::{Face, FrameName, Order, Why};
    use crate::faces::{Aligner, FaceBox};
    use crate::media::MediaHash;

    fn task(id: u32, item: &str, index: u32, carried_from: Option<u32>) -> Task {
        Task {
            id: TaskId(id),
            item: item.to_owned(),
            frame: FrameName {
                media: MediaHash::of(item.as_bytes()),
                stream: 0,
                pts_nanos: i64::from(index) * 40_000_000,
                index,
                width: 64,
                height: 64,
                pixels_sha256: String::new(),
            },
            face: Face {
                box_in_frame: FaceBox {
                    x: 0.0,
                    y: 0.0,
                    width: 32.0,
                    height: 32.0,
                    confidence: 1.0,
                },
                points: Vec::new(),
                aligner: Aligner::BoxEstimate,
            },
            why: Why {
                order: Order::Asked,
                value: 0.0,
                channels: Vec::new(),
                text: String::new(),
            },
            technique: None,
            counterpart: None,
            carried_from: carried_from.map(TaskId),
        }
    }

    fn progress(state: TaskState, drift: Option<f32>) -> Progress {
        Progress {
            state,
            drift,
            ..Progress::default()
        }
    }

    #[test]
    fn painted_and_carried_frames_of_one_face_are_told_apart() {
        use TaskState::{Begun, Done, Open};
        let tasks = [
            (task(1, "a.mp4", 10, None), progress(Done, None)),
            (task(2, "a.mp4", 11, Some(1)), progress(Begun, Some(0.1))),
            (task(3, "a.mp4", 12, Some(1)), progress(Begun, Some(0.6))),
            // Carried, looked at, and said to be done; then carried further from there.
            (task(4, "a.mp4", 20, Some(1)), progress(Done, Some(0.3))),
            (task(5, "a.mp4", 21, Some(4)), progress(Begun, Some(0.2))),
            // Another face, another clip, one without a mask.
            (task(6, "a.mp4", 15, None), progress(Done, None)),
            (task(7, "b.mp4", 16, None), progress(Done, None)),
            (task(8, "a.mp4", 17, Some(1)), progress(Open, None)),
        ];
        let tasks: Vec<(&Task, &Progress)> = tasks.iter().map(|(a, b)| (a, b)).collect();
        for id in [1, 3, 5] {
            let frames = Keyframes::of(TaskId(id), &tasks);
            let places: Vec<(u32, bool)> = frames
                .all()
                .iter()
                .map(|frame| (frame.frame_index, frame.is_painted))
                .collect();
            assert_eq!(
                places,
                [
                    (10, true),
                    (11, false),
                    (12, false),
                    (20, true),
                    (21, false)
                ]
            );
            let index = |frame: Option<&Keyframe>| frame.map(|frame| frame.frame_index);
            assert_eq!(index(frames.previous_painted(12)), Some(10));
            assert_eq!(index(frames.next_painted(12)), Some(20));
            assert_eq!(index(frames.previous_painted(10)), None);
            assert_eq!(index(frames.next_painted(20)), None);
            assert_eq!(frames.midway(12), Some(15));
            assert_eq!(frames.midway(10), Some(15));
            assert_eq!(frames.midway(21), None);
            let worst: Vec<u32> = frames
                .worst_carried()
                .iter()
                .map(|frame| frame.task.0)
                .collect();
            assert_eq!(worst, [3, 5, 2]);
        }
        assert_eq!(Keyframes::of(TaskId(99), &tasks), Keyframes::default());
    }
}
