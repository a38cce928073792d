//! "Mark this face": the person who is looked at becomes a task of the user's own annotations.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use seam_engine::annotate::queue::asked_task;
use seam_engine::data::annotations::{
    About, AnnotationError, AnnotationFolder, FrameError, NamedFrames, Order, Task, TaskId,
};
use seam_engine::faces::FaceBox;
use seam_engine::faces::landmarks::Landmarker;
use seam_engine::job::JobContext;
use seam_engine::media::Frame;

/// A face on a frame.
pub struct Mark {
    /// The folder of annotations.
    pub dir: PathBuf,
    /// The clip or picture.
    pub path: PathBuf,
    pub frame: Arc<Frame>,
    pub face: FaceBox,
}

/// The frame between two on which a face is known.
pub struct Between {
    pub folder: AnnotationFolder,
    pub before: Task,
    pub after: Task,
    /// Number of the frame.
    pub index: u32,
}

/// Adds the face, or finds it where it was added before.
pub fn mark(mark: &Mark) -> Result<(AnnotationFolder, TaskId), String> {
    let folder = match AnnotationFolder::open(&mark.dir) {
        Err(AnnotationError::NotThere { .. }) => {
            let about = About::new(None, None, Order::Asked, 0);
            AnnotationFolder::create(&mark.dir, &about)
        }
        opened => opened,
    };
    let folder = folder.map_err(|err| err.to_string())?;
    let task = asked(&folder, &mark.path, &mark.frame, &mark.face)?;
    Ok((folder, task))
}

/// Adds the face where it lies halfway between the two frames.
pub fn between(wish: &Between) -> Result<(AnnotationFolder, TaskId), String> {
    let (before, after) = (&wish.before, &wish.after);
    let path = wish.folder.item_path(&before.item);
    let to_words = |err: FrameError| err.to_string();
    let mut frames = NamedFrames::open(&path, before.frame.media).map_err(to_words)?;
    let (from, to) = (before.frame.pts_nanos, after.frame.pts_nanos);
    let near_nanos = from + (to - from) / 2;
    let frame = frames
        .with_index(wish.index, near_nanos, &mut JobContext::detached())
        .map_err(to_words)?;
    let frame = frame.ok_or_else(|| "The clip has no such frame any more".to_owned())?;
    let span = (after.frame.index - before.frame.index).max(1) as f32;
    let share = (wish.index - before.frame.index) as f32 / span;
    let (from, to) = (&before.face.box_in_frame, &after.face.box_in_frame);
    let mix = |from: f32, to: f32| from + share * (to - from);
    let face = FaceBox {
        x: mix(from.x, to.x),
        y: mix(from.y, to.y),
        width: mix(from.width, to.width),
        height: mix(from.height, to.height),
        confidence: from.confidence.min(to.confidence),
    };
    let task = asked(&wish.folder, &path, &frame, &face)?;
    Ok((wish.folder.clone(), task))
}

fn asked(
    folder: &AnnotationFolder,
    path: &Path,
    frame: &Frame,
    face: &FaceBox,
) -> Result<TaskId, String> {
    let landmarker = Landmarker::load(None).map_err(|err| err.to_string())?;
    let task = asked_task(folder, path, frame, face, &landmarker);
    Ok(task.map_err(|err| err.to_string())?.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::media::{FrameId, MediaHash};

    #[test]
    fn a_face_is_added_once_and_the_folder_made_where_it_is_missing() {
        let dir = tempfile::TempDir::new().unwrap();
        let frame = Frame {
            id: FrameId {
                media: MediaHash::of(b"test"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width: 64,
            height: 64,
            pixels: vec![90; 3 * 64 * 64],
        };
        let mut wish = Mark {
            dir: dir.path().join("own"),
            path: "clips/a.mp4".into(),
            frame: Arc::new(frame),
            face: FaceBox {
                x: 8.0,
                y: 8.0,
                width: 30.0,
                height: 30.0,
                confidence: 1.0,
            },
        };
        let (folder, first) = mark(&wish).unwrap();
        drop(folder);
        let (folder, again) = mark(&wish).unwrap();
        assert_eq!(first, again);
        assert_eq!(folder.tasks().unwrap().len(), 1);
        wish.face.x = 30.0;
        let (folder, other) = mark(&wish).unwrap();
        assert_ne!(first, other);
        let tasks = folder.tasks().unwrap();
        assert_eq!(tasks[1].why.order, Order::Asked);
        assert_eq!(tasks[1].face.points.len(), 68);
    }
}
