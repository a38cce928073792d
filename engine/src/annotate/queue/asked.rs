//! A single task for a face that a person points at.

use std::path::Path;

use crate::annotate::queue::QueueError;
use crate::annotate::queue::counterpart::by_name;
use crate::annotate::queue::gather::is_same_face;
use crate::data::annotations::whole_path;
use crate::data::annotations::{AnnotationFolder, Face, FrameName, Order, Task, TaskId, Why};
use crate::faces::FaceBox;
use crate::faces::landmarks::Landmarker;
use crate::media::Frame;

/// Puts one face of one decoded frame at the end of the queue; the task that is there already, where the face is in it.
///
/// `path` is the file or folder that the frame is of, whose hash is in the frame's id. What the folder's manifest says
/// of it is noted; nothing is decoded.
pub fn asked_task(
    folder: &AnnotationFolder,
    path: &Path,
    frame: &Frame,
    face: &FaceBox,
    landmarker: &Landmarker,
) -> Result<Task, QueueError> {
    let name = FrameName::of(frame);
    let is_it = |task: &Task| {
        task.frame.media == name.media
            && task.frame.id() == name.id()
            && is_same_face(&task.face.box_in_frame, face)
    };
    if let Some(there) = folder.tasks()?.into_iter().find(is_it) {
        return Ok(there);
    }
    let manifest = folder.manifest()?;
    let item = manifest.as_ref().and_then(|manifest| {
        let mut items = manifest.items.iter();
        items.find(|item| whole_path(&manifest.full_path(&item.path)) == whole_path(path))
    });
    let counterpart = manifest
        .as_ref()
        .zip(item)
        .and_then(|(manifest, item)| by_name(manifest, item));
    let task = Task {
        id: TaskId(0),
        item: item.map_or_else(
            || whole_path(path).to_string_lossy().into_owned(),
            |item| item.path.clone(),
        ),
        frame: name,
        face: Face::new(*face, &landmarker.find(frame, face)),
        why: Why {
            order: Order::Asked,
            value: 0.0,
            channels: Vec::new(),
            text: "Asked for by a person".to_owned(),
        },
        technique: item.and_then(|item| item.technique.clone()),
        counterpart: counterpart.map(|item| item.path.clone()),
        carried_from: None,
    };
    let added = folder.add(vec![task])?;
    let first = added.into_iter().next();
    first.ok_or_else(|| QueueError::settings("the task was not written"))
}
