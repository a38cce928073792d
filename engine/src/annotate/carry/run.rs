//! Carries the mask of one task to further frames, and puts those into the queue.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::annotate::carry::face::{CarriedFace, FaceCarrier};
use crate::annotate::carry::walk::{Direction, Walk};
use crate::data::annotations::named_frames::hash_of;
use crate::data::annotations::{
    AnnotationError, AnnotationFolder, Delta, FrameError, FrameName, Mask, NamedFrames, Order,
    Progress, Task, TaskId, TaskState, Why,
};
use crate::faces::landmarks::{LandmarkError, Landmarker};
use crate::job::{Cancelled, JobContext};

const STAGE: &str = "Carrying the mask";

/// Faces of two tasks on one frame that overlap more are one.
const SAME_FACE_IOU: f32 = 0.3;

/// What to carry, as asked for by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct CarrySettings {
    /// A folder of annotations.
    pub folder: PathBuf,
    /// Whose mask is carried.
    pub task: TaskId,
    /// To so many frames at most.
    pub frames: u32,
    pub direction: Direction,
    pub landmark_model: Option<PathBuf>,
}

/// Where a mask came to lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    pub from: TaskId,
    /// In the order of carrying: new tasks, and tasks that were there and had no mask of their own.
    pub tasks: Vec<CarriedTask>,
    /// Why it went no further, where that is not because the number of frames was reached: "the scene changes".
    pub ended: Option<String>,
}

/// One frame that a mask was carried to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CarriedTask {
    pub task: TaskId,
    pub frame_index: u32,
    /// See [`Progress::drift`].
    pub drift: f32,
    /// It stops fitting here.
    pub is_flagged: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Annotation(#[from] AnnotationError),
    #[error(transparent)]
    Frame(FrameError),
    #[error(transparent)]
    Landmarks(#[from] LandmarkError),
    #[error("There is nothing to carry: task {} has an empty mask", .0.0)]
    Empty(TaskId),
}

impl From<FrameError> for CarryError {
    fn from(err: FrameError) -> Self {
        match err {
            FrameError::Cancelled(err) => Self::Cancelled(err),
            err => Self::Frame(err),
        }
    }
}

/// A frame to be written.
struct Ready {
    /// `None` where a task is there already.
    new: Option<Task>,
    known: Option<TaskId>,
    delta: Delta,
    frame_index: u32,
    drift: f32,
    is_flagged: bool,
}

/// What stands on a frame already.
enum There {
    Nothing,
    /// A task whose mask may be written.
    Free(TaskId),
    /// A person's mask, or one that was looked at.
    Painted(TaskId),
    /// A person said that it gets none.
    SetAside,
}

/// Carries the task's mask frame by frame until the number is reached, the face or the scene ends, or a frame comes
/// that has a mask of its own. A cancelled job writes nothing.
pub fn carry(settings: &CarrySettings, job: &mut JobContext) -> Result<Carried, CarryError> {
    let folder = AnnotationFolder::open(&settings.folder)?;
    let tasks = folder.tasks()?;
    let from = tasks.iter().find(|task| task.id == settings.task);
    let from = from.ok_or_else(|| AnnotationError::NoTask {
        task: settings.task,
        path: settings.folder.clone(),
    })?;
    let mask = folder.mask(from)?;
    let path = folder.item_path(&from.item);
    let media = hash_of(&path, job)?;
    let frames = NamedFrames::open(&path, media)?;
    let (mut walk, frame) = Walk::from(frames, &from.frame, settings.direction, job)?;
    let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
    let mut carrier =
        FaceCarrier::new(&frame, &from.face, mask, landmarker).ok_or(CarryError::Empty(from.id))?;

    let mut ready = Vec::new();
    let mut ended = None;
    let total = u64::from(settings.frames);
    for done in 0..total {
        job.tick(STAGE, done, Some(total))?;
        let Some(frame) = walk.next(job)? else {
            ended = Some(at_end(settings.direction).to_owned());
            break;
        };
        let face = match carrier.next(&frame) {
            Ok(face) => face,
            Err(why) => {
                ended = Some(why.words());
                break;
            }
        };
        let name = FrameName::of(&frame);
        let known = match there(&folder, &tasks, from, &name, &face)? {
            There::Painted(task) => {
                let index = name.index;
                ended = Some(format!(
                    "frame {index} has a mask of its own, task {}",
                    task.0
                ));
                break;
            }
            There::SetAside => continue,
            There::Free(task) => Some(task),
            There::Nothing => None,
        };
        let empty = Mask::empty(face.mask.width, face.mask.height);
        let Some(delta) = Delta::between(&empty, &face.mask) else {
            ended = Some("nothing of the mask is left in the picture".to_owned());
            break;
        };
        ready.push(Ready {
            frame_index: name.index,
            new: known.is_none().then(|| task_of(from, name, &face)),
            known,
            delta,
            drift: face.drift.value,
            is_flagged: face.drift.is_flagged(),
        });
    }
    let tasks = write(&folder, from, ready)?;
    job.tick(STAGE, total, Some(total))?;
    Ok(Carried {
        from: from.id,
        tasks,
        ended,
    })
}

/// Seconds since 1970.
pub fn now_secs() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn at_end(direction: Direction) -> &'static str {
    match direction {
        Direction::Onward => "the clip ends",
        Direction::Back => "the clip begins",
    }
}

fn there(
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

fn task_of(from: &Task, frame: FrameName, face: &CarriedFace) -> Task {
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

fn write(
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
