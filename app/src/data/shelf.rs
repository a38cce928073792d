//! The threads behind the datasets: `dataset-shelf` looks into the usual folder, `dataset-pictures` makes pictures
//! of thumbnails. Lives in `App`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};
use egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};
use seam_engine::data::MANIFEST_FILE;
use seam_engine::data::overview::{Overview, Picture};
use seam_engine::latest::LatestWorker;

use crate::data::{DATASETS_FOLDER, Pictures};
use crate::state::State;

/// Answers that may wait.
const MAX_ANSWERS: usize = 16;

pub struct Shelf {
    folders: LatestWorker<PathBuf>,
    found: Receiver<Vec<PathBuf>>,
    painter: LatestWorker<Arc<Overview>>,
    painted: Receiver<(Arc<Overview>, Vec<Option<Painted>>)>,
    /// Whose pictures were asked for last.
    asked: Option<Arc<Overview>>,
    /// Of the overview that is shown.
    textures: Vec<Option<(TextureHandle, Option<TextureHandle>)>>,
}

/// A thumbnail, and the outline of its mask.
struct Painted {
    frame: ColorImage,
    outline: Option<ColorImage>,
}

impl Shelf {
    /// Starts the threads and looks into the usual folder.
    ///
    /// # Errors
    ///
    /// When one could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let (found_tx, found) = bounded(MAX_ANSWERS);
        let (painted_tx, painted) = bounded(MAX_ANSWERS);
        let (found_ctx, painted_ctx) = (ctx.clone(), ctx.clone());
        let folders = LatestWorker::spawn("dataset-shelf", move |dir: PathBuf| {
            // Fails only when the window is gone.
            found_tx.send(manifests_below(&dir)).ok();
            found_ctx.request_repaint();
        })?;
        let painter = LatestWorker::spawn("dataset-pictures", move |overview: Arc<Overview>| {
            let thumbnails = overview.thumbnails.iter();
            let made = thumbnails.map(|own| own.picture.as_ref().ok().map(paint));
            let made = made.collect();
            painted_tx.send((overview, made)).ok();
            painted_ctx.request_repaint();
        })?;
        Ok(Self {
            folders,
            found,
            painter,
            painted,
            asked: None,
            textures: Vec::new(),
        })
    }

    /// Looks for manifests in the usual folder below `data_dir`.
    pub fn look_around(&self, data_dir: &Path) {
        self.folders.request(data_dir.join(DATASETS_FOLDER));
    }

    /// Brings what the threads made to the list, and asks for pictures of what is shown.
    pub fn update(&mut self, ctx: &Context, state: &mut State) {
        let datasets = &mut state.datasets;
        for path in self.found.try_iter().flatten() {
            datasets.add(&path);
        }
        let shown = datasets.selected().and_then(|own| own.overview()).cloned();
        let is_asked = match (&self.asked, &shown) {
            (Some(asked), Some(shown)) => Arc::ptr_eq(asked, shown),
            (asked, shown) => asked.is_none() && shown.is_none(),
        };
        if !is_asked {
            self.textures.clear();
            datasets.pictures.clear();
            if let Some(shown) = &shown {
                self.painter.request(Arc::clone(shown));
            }
            self.asked = shown;
        }
        for (overview, made) in self.painted.try_iter() {
            if !self
                .asked
                .as_ref()
                .is_some_and(|asked| Arc::ptr_eq(asked, &overview))
            {
                continue;
            }
            let load = |image| ctx.load_texture("thumbnail", image, TextureOptions::LINEAR);
            let textures = made
                .into_iter()
                .map(|made| made.map(|made| (load(made.frame), made.outline.map(load))));
            self.textures = textures.collect();
            let ids = self.textures.iter().map(|texture| {
                texture.as_ref().map(|(frame, outline)| Pictures {
                    frame: frame.id(),
                    outline: outline.as_ref().map(TextureHandle::id),
                })
            });
            datasets.pictures = ids.collect();
        }
    }
}

/// Manifests directly in the folders of this one, sorted.
fn manifests_below(dir: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut manifests: Vec<PathBuf> = folders
        .map(|folder| folder.path().join(MANIFEST_FILE))
        .filter(|path| path.is_file())
        .collect();
    manifests.sort();
    manifests
}

fn paint(picture: &Picture) -> Painted {
    let [width, height] = picture.size_px;
    let size = [width as usize, height as usize];
    let outline = picture.mask.as_ref().map(|_| {
        let mut outline = ColorImage::filled(size, Color32::TRANSPARENT);
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        for (x, y) in places.filter(|&(x, y)| picture.is_outline(x, y)) {
            // Three pixels wide, to be seen in a small picture too.
            let near = |at: u32, side: u32| at.saturating_sub(1)..(at + 2).min(side);
            for y in near(y, height) {
                for x in near(x, width) {
                    outline[(x as usize, y as usize)] = Color32::WHITE;
                }
            }
        }
        outline
    });
    Painted {
        frame: ColorImage::from_rgb(size, &picture.rgb),
        outline,
    }
}
