//! Where carried masks go: into new tasks, or into those that are there and have no mask of their own.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::annotate::carry::face::CarriedFace;
use crate::annotate::carry::run::CarriedTask;
use crate::data::annotations::{
    AnnotationError, AnnotationFolder, Delta, FrameName, Order, Progress, Task, TaskId, TaskState,
    Why,
};

/// Faces of two tasks on one frame that overlap more are one.
const SAME_FACE_IOU: f32 = 0.3;

/// A frame to be written.
pub struct Ready {
    /// `None` where a task is there already.
    pub new: Option<Task>,
    pub known: Option<TaskId>,
    pub delta: Delta,
    pub frame_index: u32,
    pub drift: f32,
    pub is_flagged: bool,
}

/// What stands on a frame already.
pub enum There {
    Nothing,
    /// A task whose mask may be written.
    Free(TaskId),
    /// A person's mask, or one that was looked at.
    Painted(TaskId),
    /// A person said that it gets none.
    SetAside,
}

/// Seconds since 1970.
pub fn now_secs() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Looks whether a task is there for this face of this frame.
pub fn there(
    folder: &AnnotationFolder,
    tasks: &[Task],
    from: &Task,
    frame: &FrameName,
    face: &CarriedFace,
) -> Result<There, AnnotationError> {
    let is_same = |task: &&Task| {
        let overlap = task.face.box_in_frame.iou(&face.face.box_in_frame);
        task.item == from.item && task.frame.id() == frame.id() && SAME_FACE_IOU <= overlap
    };
    let Some(task) = tasks.iter().find(is_same) else {
        return Ok(There::Nothing);
    };
    let progress = folder.progress(task.id)?;
    let strokes = folder.strokes(task.id)?;
    let is_untouched = strokes.applied == 0
        || (progress.drift.is_some() && strokes.deltas.len() == 1 && strokes.damage.is_none());
    Ok(match progress.state {
        TaskState::CannotTell | TaskState::Skipped => There::SetAside,
        TaskState::Open | TaskState::Begun if is_untouched => There::Free(task.id),
        TaskState::Open | TaskState::Begun | TaskState::Done => There::Painted(task.id),
    })
}

/// The task of a frame that the mask was carried to.
pub fn task_of(from: &Task, frame: FrameName, face: &CarriedFace) -> Task {
    let away = frame.index.abs_diff(from.frame.index);
    let apart = if away == 1 { "frame" } else { "frames" };
    Task {
        id: TaskId(0),
        item: from.item.clone(),
        why: Why {
            order: Order::Asked,
            // What fits worst is looked at first.
            value: face.drift.value,
            channels: Vec::new(),
            text: format!(
                "Carried from frame {} (task {}), {away} {apart} away. {}",
                from.frame.index,
                from.id.0,
                face.drift.words()
            ),
        },
        frame,
        face: face.face.clone(),
        technique: from.technique.clone(),
        counterpart: from.counterpart.clone(),
        carried_from: Some(from.id),
    }
}

/// Puts new tasks into the queue, and the masks of all under them.
pub fn write(
    folder: &AnnotationFolder,
    from: &Task,
    mut ready: Vec<Ready>,
) -> Result<Vec<CarriedTask>, AnnotationError> {
    let new: Vec<Task> = ready.iter_mut().filter_map(|one| one.new.take()).collect();
    let added = if new.is_empty() {
        new
    } else {
        folder.add(new)?
    };
    let mut added = added.iter().map(|task| task.id);
    let mut carried = Vec::new();
    for one in ready {
        let Some(task) = one.known.or_else(|| added.next()) else {
            continue;
        };
        folder.write_stroke(task, 0, &one.delta)?;
        let known = folder.progress(task)?;
        let progress = Progress {
            state: TaskState::Begun,
            comment: if known.comment.is_empty() {
                format!("Carried from task {}", from.id.0)
            } else {
                known.comment
            },
            is_assisted: true,
            drift: Some(one.drift),
            changed_secs: now_secs(),
        };
        folder.set_progress(task, &progress)?;
        carried.push(CarriedTask {
            task,
            frame_index: one.frame_index,
            drift: one.drift,
            is_flagged: one.is_flagged,
        });
    }
    Ok(carried)
}
