//! Small pictures of the faces in the list, made on the thread `thumbnails` a few at a time and kept.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crossbeam_channel::{Receiver, bounded};
use egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions};
use seam_engine::data::annotations::{AnnotationFolder, NamedFrames, Task, TaskId};
use seam_engine::faces::align::{self, CropRule};
use seam_engine::job::JobContext;
use seam_engine::latest::LatestWorker;

use crate::queue::Queue;

/// Side of a picture in pixels.
const SIDE_PX: u32 = 72;
/// Made for one wish, so that a newer one soon has its turn.
const BATCH: usize = 4;

pub struct Thumbs {
    worker: LatestWorker<Wish>,
    made: Receiver<(PathBuf, TaskId, Option<ColorImage>)>,
    /// Of the folder that is open; `None` where a frame could not be read.
    textures: BTreeMap<TaskId, Option<TextureHandle>>,
    folder: PathBuf,
    asked: Vec<TaskId>,
}

struct Wish {
    folder: AnnotationFolder,
    tasks: Vec<Task>,
}

impl Thumbs {
    /// `wake` is called from the thread after each picture.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (out, made) = bounded(4 * BATCH);
        let mut open: Option<NamedFrames> = None;
        let worker = LatestWorker::spawn("thumbnails", move |wish: Wish| {
            for task in &wish.tasks {
                let image = picture(&wish.folder, task, &mut open);
                let dir = wish.folder.dir().to_owned();
                if out.send((dir, task.id, image)).is_err() {
                    return;
                }
                wake();
            }
        })?;
        Ok(Self {
            worker,
            made,
            textures: BTreeMap::new(),
            folder: PathBuf::new(),
            asked: Vec::new(),
        })
    }

    /// Brings what was made to the list, and asks for what is on screen without a picture.
    pub fn update(&mut self, ctx: &Context, queue: &mut Queue) {
        let Some(open) = queue.open() else {
            self.textures.clear();
            queue.thumbs.clear();
            return;
        };
        if self.folder != open.folder.dir() {
            self.folder = open.folder.dir().to_owned();
            self.textures.clear();
            self.asked.clear();
        }
        for (dir, task, image) in self.made.try_iter() {
            if dir == self.folder {
                let load = |image| ctx.load_texture("face", image, TextureOptions::LINEAR);
                self.textures.insert(task, image.map(load));
            }
        }
        let shown = queue.shown();
        let end = queue.visible.end.min(shown.len());
        let visible = &shown[queue.visible.start.min(end)..end];
        let current = queue.current().into_iter();
        let missing: Vec<Task> = current
            .chain(visible.iter().copied())
            .filter(|item| !self.textures.contains_key(&item.task.id))
            .take(BATCH)
            .map(|item| item.task.clone())
            .collect();
        let ids: Vec<TaskId> = missing.iter().map(|task| task.id).collect();
        if !missing.is_empty() && ids != self.asked {
            self.asked = ids;
            self.worker.request(Wish {
                folder: open.folder.clone(),
                tasks: missing,
            });
        }
        let made = self.textures.iter();
        let ids = made.filter_map(|(task, texture)| Some((*task, texture.as_ref()?.id())));
        let thumbs: BTreeMap<TaskId, TextureId> = ids.collect();
        queue.thumbs = thumbs;
    }
}

/// The face with some room around it; `None` where its frame cannot be read.
fn picture(
    folder: &AnnotationFolder,
    task: &Task,
    open: &mut Option<NamedFrames>,
) -> Option<ColorImage> {
    let path = folder.item_path(&task.item);
    let is_open = open
        .as_ref()
        .is_some_and(|open| open.path() == path && open.media() == task.frame.media);
    if !is_open {
        *open = NamedFrames::open(&path, task.frame.media).ok();
    }
    let frame = open
        .as_mut()?
        .frame(&task.frame, &mut JobContext::detached());
    let frame = frame.ok()?;
    let rule = CropRule {
        size_px: SIDE_PX,
        margin: 1.3,
        is_aligned: false,
    };
    let crop = align::crop(
        &frame,
        &task.face.box_in_frame,
        &task.face.landmarks()?,
        rule,
    );
    let side = SIDE_PX as usize;
    Some(ColorImage::from_rgb([side, side], &crop.pixels))
}
