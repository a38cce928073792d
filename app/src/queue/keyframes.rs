//! The frames of one face in its clip that have a mask: painted, carried, or asked for.

use seam_engine::data::annotations::{Task, TaskId, TaskState};

use crate::queue::{Item, Queue};

/// A carried mask that fits this badly is flagged.
pub use seam_engine::annotate::carry::FLAGGED;

/// Faces whose middles lie farther apart than this share of their size are different people.
const SAME_FACE: f32 = 1.5;

#[derive(Clone, Debug, PartialEq)]
pub struct Keyframe {
    pub task: TaskId,
    pub pts_nanos: i64,
    pub index: u32,
    pub state: TaskState,
    /// How badly a carried mask fits, 0 to 1; `None` where it was painted.
    pub drift: Option<f32>,
}

/// The frame midway between two painted ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Midpoint {
    There(TaskId),
    /// Not in the queue yet: a frame by its number.
    New {
        before: TaskId,
        after: TaskId,
        index: u32,
    },
}

impl Keyframe {
    fn of(item: &Item) -> Self {
        Self {
            task: item.task.id,
            pts_nanos: item.task.frame.pts_nanos,
            index: item.task.frame.index,
            state: item.progress.state,
            drift: item.progress.drift,
        }
    }

    /// A person marked it on this frame, or said that what was carried there is done.
    pub fn is_painted(&self) -> bool {
        match self.state {
            TaskState::Done => true,
            TaskState::Begun => self.drift.is_none(),
            TaskState::Open | TaskState::CannotTell | TaskState::Skipped => false,
        }
    }

    pub fn is_flagged(&self) -> bool {
        self.drift.is_some_and(|drift| FLAGGED <= drift)
    }
}

impl Queue {
    /// Frames of the current face's clip that show the same face, in order of time.
    pub fn keyframes(&self) -> Vec<Keyframe> {
        let (Some(current), Some(open)) = (self.current(), self.open()) else {
            return Vec::new();
        };
        let same = open
            .items
            .iter()
            .filter(|item| is_same(&item.task, &current.task));
        let mut frames: Vec<Keyframe> = same.map(Keyframe::of).collect();
        frames.sort_by_key(|frame| (frame.pts_nanos, frame.task));
        frames
    }

    /// The nearest painted frame of this face before (-1) or after (1) the current one.
    pub fn painted(&self, direction: i64) -> Option<TaskId> {
        let now = self.current()?.task.frame.pts_nanos;
        let frames = self.keyframes();
        let ahead = frames
            .iter()
            .filter(|frame| frame.is_painted() && 0 < direction * (frame.pts_nanos - now));
        ahead
            .min_by_key(|frame| frame.pts_nanos.abs_diff(now))
            .map(|frame| frame.task)
    }

    /// The middle between the painted frames around the current one; on a painted frame, between it and the next.
    pub fn midpoint(&self) -> Option<Midpoint> {
        let now = self.current()?.task.frame.index;
        let frames = self.keyframes();
        let painted = || frames.iter().filter(|frame| frame.is_painted());
        let before = painted().rfind(|frame| frame.index <= now)?;
        let after = painted().find(|frame| before.index < frame.index && now < frame.index)?;
        let gap = after.index - before.index;
        if gap < 2 {
            return None;
        }
        let index = before.index + gap / 2;
        let there = frames.iter().find(|frame| frame.index == index);
        Some(match there {
            Some(frame) => Midpoint::There(frame.task),
            None => Midpoint::New {
                before: before.task,
                after: after.task,
                index,
            },
        })
    }
}

/// The same clip, and one was carried from the other or they lie in about the same place.
fn is_same(one: &Task, other: &Task) -> bool {
    if one.frame.media != other.frame.media {
        return false;
    }
    if one.id == other.id
        || one.carried_from == Some(other.id)
        || other.carried_from == Some(one.id)
        || (one.carried_from.is_some() && one.carried_from == other.carried_from)
    {
        return true;
    }
    let (own, their) = (&one.face.box_in_frame, &other.face.box_in_frame);
    let ([x, y], [their_x, their_y]) = (own.center(), their.center());
    let size = own.width.max(their.width).max(1.0);
    (x - their_x).hypot(y - their_y) < SAME_FACE * size
}
