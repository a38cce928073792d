//! "Mark this face": the person who is looked at becomes a task of the user's own annotations.

use std::path::PathBuf;
use std::sync::Arc;

use seam_engine::data::annotations::{
    About, AnnotationFolder, Face, FrameName, Order, Task, TaskId, Why,
};
use seam_engine::faces::landmarks::Landmarker;
use seam_engine::faces::{FaceBox, TrackId};
use seam_engine::media::Frame;

/// Boxes that overlap more than this are of the same face.
const SAME_FACE_IOU: f32 = 0.5;

/// A face on a frame.
pub struct Mark {
    /// The folder of annotations.
    pub dir: PathBuf,
    /// The clip or picture.
    pub path: PathBuf,
    pub frame: Arc<Frame>,
    pub face: FaceBox,
    pub person: TrackId,
}

/// Adds the face, or finds it where it was added before.
pub fn mark(mark: &Mark) -> Result<(AnnotationFolder, TaskId), String> {
    let to_words = |err: seam_engine::data::annotations::AnnotationError| err.to_string();
    let folder = match AnnotationFolder::open(&mark.dir) {
        Ok(folder) => folder,
        Err(seam_engine::data::annotations::AnnotationError::NotThere { .. }) => {
            let about = About::new(None, None, Order::Asked, 0);
            AnnotationFolder::create(&mark.dir, &about).map_err(to_words)?
        }
        Err(err) => return Err(to_words(err)),
    };
    let frame = FrameName::of(&mark.frame);
    let tasks = folder.tasks().map_err(to_words)?;
    let same = tasks
        .iter()
        .find(|task| task.frame == frame && SAME_FACE_IOU < task.face.box_in_frame.iou(&mark.face));
    if let Some(task) = same {
        return Ok((folder, task.id));
    }
    let landmarker = Landmarker::load(None).map_err(|err| err.to_string())?;
    let landmarks = landmarker.find(&mark.frame, &mark.face);
    let task = Task {
        id: TaskId(0),
        item: mark.path.to_string_lossy().into_owned(),
        frame,
        face: Face::new(mark.face, &landmarks),
        why: Why {
            order: Order::Asked,
            value: 0.0,
            channels: Vec::new(),
            text: format!("You chose person {} on this frame", mark.person.0),
        },
        technique: None,
        counterpart: None,
        carried_from: None,
    };
    let added = folder.add(vec![task]).map_err(to_words)?;
    match added.first() {
        Some(task) => Ok((folder, task.id)),
        None => Err("The face could not be added to the annotations".to_owned()),
    }
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
            person: TrackId(2),
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
