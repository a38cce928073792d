//! Carries the mask of one task to further frames, and puts those into the queue.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::annotate::carry::face::{CarriedFace, FaceCarrier};
use crate::annotate::carry::place::{Ready, There, task_of, there, write};
use crate::annotate::carry::walk::{Direction, Walk};
use crate::data::annotations::named_frames::hash_of;
use crate::data::annotations::{
    AnnotationError, AnnotationFolder, Delta, DeltaError, FrameError, FrameName, Mask, NamedFrames,
    Task, TaskId,
};
use crate::faces::landmarks::{LandmarkError, Landmarker};
use crate::job::{Cancelled, JobContext};

const STAGE: &str = "Carrying the mask";

const NOTHING_LEFT: &str = "nothing of the mask is left in the picture";

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
    /// Carries it to all frames up to this other task's, whose mask is carried to them too: what lies there is what both
    /// say. Number and direction are not read then.
    pub to: Option<TaskId>,
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
    /// As in [`crate::data::annotations::Progress`].
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
    #[error("Tasks {} and {} are not of two frames of one clip", .0.0, .1.0)]
    NotApart(TaskId, TaskId),
    #[error("The mask cannot be blended: {0}")]
    Stroke(DeltaError),
}

impl From<FrameError> for CarryError {
    fn from(err: FrameError) -> Self {
        match err {
            FrameError::Cancelled(err) => Self::Cancelled(err),
            err => Self::Frame(err),
        }
    }
}

/// Whether to go on; where not, the reason in words.
type Kept = Result<ControlFlow<String>, CarryError>;

/// Carries the task's mask frame by frame until the number is reached, the face or the scene ends, or a frame comes
/// that has a mask of its own. A cancelled job writes nothing.
pub fn carry(settings: &CarrySettings, job: &mut JobContext) -> Result<Carried, CarryError> {
    let folder = AnnotationFolder::open(&settings.folder)?;
    let tasks = folder.tasks()?;
    let from = task_named(&tasks, settings.task, settings)?;
    if let Some(to) = settings.to {
        let to = task_named(&tasks, to, settings)?;
        return between(&folder, &tasks, from, to, settings, job);
    }
    let mut ready = Vec::new();
    let mut keep = |name: FrameName, face: CarriedFace| -> Kept {
        let known = match there(&folder, &tasks, from, &name, &face)? {
            There::Painted(task) => {
                let index = name.index;
                let why = format!("frame {index} has a mask of its own, task {}", task.0);
                return Ok(ControlFlow::Break(why));
            }
            There::SetAside => return Ok(ControlFlow::Continue(())),
            There::Free(task) => Some(task),
            There::Nothing => None,
        };
        let Some(delta) = delta_of(&face.mask) else {
            return Ok(ControlFlow::Break(NOTHING_LEFT.to_owned()));
        };
        ready.push(Ready {
            frame_index: name.index,
            new: known.is_none().then(|| task_of(from, name, &face)),
            known,
            delta,
            drift: face.drift.value,
            is_flagged: face.drift.is_flagged(),
        });
        Ok(ControlFlow::Continue(()))
    };
    let ended = follow(&folder, from, settings.direction, settings, job, &mut keep)?;
    let tasks = write(&folder, from, ready)?;
    Ok(Carried {
        from: from.id,
        tasks,
        ended,
    })
}

/// Carries both masks to all frames between theirs, and lays there what both say: the nearer one, and the one that fits
/// better, counts more.
fn between(
    folder: &AnnotationFolder,
    tasks: &[Task],
    from: &Task,
    to: &Task,
    settings: &CarrySettings,
    job: &mut JobContext,
) -> Result<Carried, CarryError> {
    if from.item != to.item || from.frame.index == to.frame.index {
        return Err(CarryError::NotApart(from.id, to.id));
    }
    let (first, last) = if from.frame.index < to.frame.index {
        (from, to)
    } else {
        (to, from)
    };
    let frames = last.frame.index - first.frame.index - 1;
    let wish = CarrySettings {
        frames,
        ..settings.clone()
    };
    let mut onward = BTreeMap::new();
    let mut keep = |name: FrameName, face: CarriedFace| -> Kept {
        // Deflated: masks of long stretches do not fit in memory.
        onward.insert(name.index, (delta_of(&face.mask), face.drift));
        Ok(ControlFlow::Continue(()))
    };
    let ended = follow(folder, first, Direction::Onward, &wish, job, &mut keep)?;
    let mut ready = Vec::new();
    let mut blend = |name: FrameName, mut face: CarriedFace| -> Kept {
        let index = name.index;
        let known = match there(folder, tasks, from, &name, &face)? {
            There::Painted(_) | There::SetAside => return Ok(ControlFlow::Continue(())),
            There::Free(task) => Some(task),
            There::Nothing => None,
        };
        if let Some((delta, drift)) = onward.remove(&index) {
            let mut other = Mask::empty(face.mask.width, face.mask.height);
            if let Some(delta) = delta {
                delta.apply(&mut other).map_err(CarryError::Stroke)?;
            }
            let share = (index - first.frame.index) as f32 / (frames + 1) as f32;
            face.blend(&other, &drift, share);
        }
        let Some(delta) = delta_of(&face.mask) else {
            return Ok(ControlFlow::Continue(()));
        };
        ready.push(Ready {
            frame_index: index,
            new: known.is_none().then(|| {
                let mut task = task_of(from, name, &face);
                task.why.text += &format!(". Blended with the mask of task {}", to.id.0);
                task
            }),
            known,
            delta,
            drift: face.drift.value,
            is_flagged: face.drift.is_flagged(),
        });
        Ok(ControlFlow::Continue(()))
    };
    let ended_back = follow(folder, last, Direction::Back, &wish, job, &mut blend)?;
    ready.reverse();
    let tasks = write(folder, from, ready)?;
    Ok(Carried {
        from: from.id,
        tasks,
        ended: ended.or(ended_back),
    })
}

/// Hands every frame that the mask was carried to over to `keep`, which may say that it ends there and why.
fn follow(
    folder: &AnnotationFolder,
    from: &Task,
    direction: Direction,
    settings: &CarrySettings,
    job: &mut JobContext,
    keep: &mut dyn FnMut(FrameName, CarriedFace) -> Kept,
) -> Result<Option<String>, CarryError> {
    let mask = folder.mask(from)?;
    let path = folder.item_path(&from.item);
    let media = hash_of(&path, job)?;
    let frames = NamedFrames::open(&path, media)?;
    let (mut walk, frame) = Walk::from(frames, &from.frame, direction, job)?;
    let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
    let mut carrier =
        FaceCarrier::new(&frame, &from.face, mask, landmarker).ok_or(CarryError::Empty(from.id))?;
    let total = u64::from(settings.frames);
    for done in 0..total {
        job.tick(STAGE, done, Some(total))?;
        let Some(frame) = walk.next(job)? else {
            return Ok(Some(at_end(direction).to_owned()));
        };
        let face = match carrier.next(&frame) {
            Ok(face) => face,
            Err(why) => return Ok(Some(why.words())),
        };
        if let ControlFlow::Break(why) = keep(FrameName::of(&frame), face)? {
            return Ok(Some(why));
        }
    }
    job.tick(STAGE, total, Some(total))?;
    Ok(None)
}

fn task_named<'a>(
    tasks: &'a [Task],
    id: TaskId,
    settings: &CarrySettings,
) -> Result<&'a Task, AnnotationError> {
    let found = tasks.iter().find(|task| task.id == id);
    found.ok_or_else(|| AnnotationError::NoTask {
        task: id,
        path: settings.folder.clone(),
    })
}

/// `None` for an empty mask.
fn delta_of(mask: &Mask) -> Option<Delta> {
    Delta::between(&Mask::empty(mask.width, mask.height), mask)
}

fn at_end(direction: Direction) -> &'static str {
    match direction {
        Direction::Onward => "the clip ends",
        Direction::Back => "the clip begins",
    }
}
