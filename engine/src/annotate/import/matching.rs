//! Finds the task that a mask from elsewhere is of: by file, time, number and pixels of its frame, and by the face.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use crate::annotate::exchange::MaskRecord;
use crate::annotate::identity::PixelIndex;
use crate::annotate::import::ImportMasksError;
use crate::data::Manifest;
use crate::data::annotations::named_frames::{FrameError, NamedFrames, hash_of};
use crate::data::annotations::{
    AnnotationError, AnnotationFolder, Face, FrameName, Mask, Order, Task, TaskId, Why,
};
use crate::faces::FaceBox;
use crate::faces::find::{Effort, FaceFinder};
use crate::faces::landmarks::Landmarker;
use crate::job::JobContext;
use crate::media::{Frame, MediaHash};

/// Boxes that overlap less are of two faces.
const MIN_FACE_IOU: f32 = 0.3;
/// Smallest face looked for where a frame is new, pixels.
const MIN_FACE_PX: f32 = 24.0;

/// Knows the tasks, the clips of the manifest, and the pixels of clips that were asked for.
pub(super) struct Matcher<'a> {
    folder: &'a AnnotationFolder,
    manifest: Manifest,
    tasks: Vec<Task>,
    landmark_model: Option<&'a Path>,
    /// Opened where a frame is new and nobody says where its face is.
    faces: Option<(FaceFinder, Landmarker)>,
    /// Of files that were read, by item.
    hashes: BTreeMap<String, Option<MediaHash>>,
    clip: Option<NamedFrames>,
    /// Of clips that were named wrongly, each decoded once.
    pixels: BTreeMap<MediaHash, PixelIndex>,
}

pub(super) struct Found {
    pub task: Task,
    /// It was added just now.
    pub is_new: bool,
}

/// In words why a mask has no place here.
type Refusal = String;

impl<'a> Matcher<'a> {
    pub fn open(
        folder: &'a AnnotationFolder,
        landmark_model: Option<&'a Path>,
    ) -> Result<Self, ImportMasksError> {
        Ok(Self {
            folder,
            manifest: folder.manifest()?.unwrap_or_default(),
            tasks: folder.tasks()?,
            landmark_model,
            faces: None,
            hashes: BTreeMap::new(),
            clip: None,
            pixels: BTreeMap::new(),
        })
    }

    /// A task of exactly the frame that the record names; added where the clip has that frame and no task is of it.
    pub fn task_for(
        &mut self,
        record: &MaskRecord,
        mask: &Mask,
        program: &str,
        job: &mut JobContext,
    ) -> Result<Result<Found, Refusal>, ImportMasksError> {
        if let Some(task) = self.known_task(record, mask) {
            return Ok(Ok(Found {
                task,
                is_new: false,
            }));
        }
        match self.frame(record, job) {
            Ok((item, frame)) => {
                let task = self.new_task(record, mask, item, &frame, program);
                Ok(match task {
                    Ok(task) => Ok(self.add(task)?),
                    Err(refusal) => Err(refusal),
                })
            }
            Err(Unfound::Refused(refusal)) => Ok(Err(refusal)),
            Err(Unfound::Failed(err)) => Err(err),
        }
    }

    /// Of several faces of one frame, the one that the record names, else the one that the mask is on.
    fn known_task(&self, record: &MaskRecord, mask: &Mask) -> Option<Task> {
        let of_frame = self.tasks.iter().filter(|task| task.frame == record.frame);
        let found = match &record.face {
            Some(face) => {
                let overlap = |task: &&Task| task.face.box_in_frame.iou(&face.box_in_frame);
                let near = of_frame.filter(|task| MIN_FACE_IOU <= overlap(task));
                near.max_by(|a, b| overlap(a).total_cmp(&overlap(b)))
            }
            None => {
                let within = |task: &&Task| marked_within(mask, &task.face.box_in_frame);
                of_frame.max_by_key(within)
            }
        };
        found.cloned()
    }

    /// The named frame as it is decoded here, and the item that it is of.
    fn frame(
        &mut self,
        record: &MaskRecord,
        job: &mut JobContext,
    ) -> Result<(String, Frame), Unfound> {
        let named = &record.frame;
        let Some(item) = self.item_of(record, job)? else {
            return Err(Unfound::Refused(format!(
                "no clip of these annotations is the file that it names (SHA-256 {})",
                named.media
            )));
        };
        let path = self.folder.item_path(&item);
        let known = self.clip.take();
        let known = known.filter(|clip| clip.path() == path && clip.media() == named.media);
        let clip = match known {
            Some(clip) => clip,
            None => NamedFrames::open(&path, named.media)?,
        };
        let clip = self.clip.insert(clip);
        let mismatch = match clip.find(named, job)? {
            Ok(frame) => return Ok((item, frame)),
            Err(mismatch) => mismatch,
        };
        let pixels = match self.pixels.entry(named.media) {
            Entry::Occupied(pixels) => pixels.into_mut(),
            Entry::Vacant(place) => place.insert(PixelIndex::of(clip, job)?),
        };
        Err(Unfound::Refused(pixels.explained(named, &mismatch)))
    }

    /// Tasks know their files; then what the record calls it, and in the end every file of the manifest is read
    /// once.
    fn item_of(
        &mut self,
        record: &MaskRecord,
        job: &mut JobContext,
    ) -> Result<Option<String>, Unfound> {
        let media = record.frame.media;
        let mut candidates: Vec<String> = Vec::new();
        let of_media = self.tasks.iter().filter(|task| task.frame.media == media);
        candidates.extend(of_media.map(|task| task.item.clone()).take(1));
        let listed = |item: &crate::data::Item| {
            let sha256 = item.sha256.as_ref();
            sha256.is_some_and(|sha256| sha256.eq_ignore_ascii_case(&media.to_string()))
        };
        let items = &self.manifest.items;
        let known = items.iter().filter(|item| listed(item));
        candidates.extend(known.map(|item| item.path.clone()));
        let named = items
            .iter()
            .filter(|item| Some(&item.path) == record.item.as_ref());
        candidates.extend(named.map(|item| item.path.clone()));
        let others = items.iter().filter(|item| item.sha256.is_none());
        candidates.extend(others.map(|item| item.path.clone()));
        for item in candidates {
            if self.hash(&item, job)? == Some(media) {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// `None` where the file cannot be read: it may not be the one that is wanted.
    fn hash(&mut self, item: &str, job: &mut JobContext) -> Result<Option<MediaHash>, Unfound> {
        if let Some(hash) = self.hashes.get(item) {
            return Ok(*hash);
        }
        let hash = match hash_of(&self.folder.item_path(item), job) {
            Ok(hash) => Some(hash),
            Err(FrameError::Cancelled(err)) => return Err(Unfound::Failed(err.into())),
            Err(_) => None,
        };
        self.hashes.insert(item.to_owned(), hash);
        Ok(hash)
    }

    fn new_task(
        &mut self,
        record: &MaskRecord,
        mask: &Mask,
        item: String,
        frame: &Frame,
        program: &str,
    ) -> Result<Task, Refusal> {
        let face = match &record.face {
            Some(face) if face.landmarks().is_some() => face.clone(),
            _ => self.face_under(mask, frame)?,
        };
        let sibling = self.tasks.iter().find(|task| task.item == item);
        let listed = (self.manifest.items.iter()).find(|listed| listed.path == item);
        Ok(Task {
            id: TaskId(0),
            frame: FrameName::of(frame),
            face,
            why: Why {
                order: Order::Asked,
                value: 0.0,
                channels: Vec::new(),
                text: format!("Its mask was imported from {program}"),
            },
            technique: listed.and_then(|listed| listed.technique.clone()),
            counterpart: sibling.and_then(|task| task.counterpart.clone()),
            carried_from: None,
            item,
        })
    }

    /// The face that most of the mask is on; where none is found, the mask's own bounds stand for it.
    fn face_under(&mut self, mask: &Mask, frame: &Frame) -> Result<Face, Refusal> {
        let Some(bounds) = bounds(mask) else {
            return Err(
                "no task is of its frame, and an empty mask does not say which face it is of"
                    .to_owned(),
            );
        };
        let (finder, landmarker) = match &mut self.faces {
            Some(faces) => faces,
            empty => {
                let landmarker = Landmarker::load(self.landmark_model);
                let landmarker = landmarker.map_err(|err| err.to_string())?;
                empty.insert((FaceFinder::new(MIN_FACE_PX), landmarker))
            }
        };
        let faces = finder.find(frame, Effort::Thorough);
        let best = faces
            .into_iter()
            .map(|face| (marked_within(mask, &face), face))
            .max_by_key(|(marked, _)| *marked);
        let face = best.filter(|(marked, _)| 0 < *marked);
        let face = face.map_or(bounds, |(_, face)| face);
        Ok(Face::new(face, &landmarker.find(frame, &face)))
    }

    fn add(&mut self, task: Task) -> Result<Found, AnnotationError> {
        let added = self.folder.add(vec![task.clone()])?;
        let task = added.into_iter().next().unwrap_or(task);
        self.tasks.push(task.clone());
        Ok(Found { task, is_new: true })
    }
}

/// Why a record has no frame here.
enum Unfound {
    Refused(Refusal),
    /// The work cannot go on.
    Failed(ImportMasksError),
}

impl From<FrameError> for Unfound {
    fn from(err: FrameError) -> Self {
        match err {
            FrameError::Cancelled(err) => Self::Failed(err.into()),
            err => Self::Refused(format!("its clip cannot be read: {err}")),
        }
    }
}

/// Levels of the mask in a box, summed up.
fn marked_within(mask: &Mask, face: &FaceBox) -> u64 {
    let width = mask.width as usize;
    let clip = |from: f32, to: f32, side: u32| {
        let side = side as f32;
        from.clamp(0.0, side) as usize..to.clamp(0.0, side) as usize
    };
    let columns = clip(face.x, face.x + face.width, mask.width);
    let rows = clip(face.y, face.y + face.height, mask.height);
    let row = |y: usize| &mask.values[y * width..][columns.clone()];
    let levels = rows.flat_map(row);
    levels.map(|value| u64::from(*value)).sum()
}

/// Around all that is marked; `None` where nothing is.
fn bounds(mask: &Mask) -> Option<FaceBox> {
    let rect = mask.bounds()?;
    Some(FaceBox {
        x: rect.x0 as f32,
        y: rect.y0 as f32,
        width: (rect.x1 - rect.x0) as f32,
        height: (rect.y1 - rect.y0) as f32,
        confidence: 0.0,
    })
}
