//! A small picture of every file in the list, decoded on the thread `posters` and kept in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use seam_engine::media::{self, Frame, MediaHash};

use crate::in_turn::InTurn;
use crate::shrink::averaged;
use crate::state::{FileId, State};

/// Room for a picture in the list, in pixels: twice its points, for fine screens.
const SIZE_PX: [usize; 2] = [96, 64];
/// Pictures that are kept: some ten megabytes at most. The file opened first gives way.
const MAX_POSTERS: usize = 400;
/// Files that may wait for theirs; the others ask again.
const MAX_WISHES: usize = 16;

/// Lives in `App`.
pub struct Posters {
    work: InTurn<Wish, (FileId, Option<ColorImage>)>,
    asked: BTreeSet<FileId>,
    textures: BTreeMap<FileId, TextureHandle>,
}

struct Wish {
    file: FileId,
    path: PathBuf,
    media: MediaHash,
}

impl Posters {
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        let make = |wish: Wish| (wish.file, first_frame(&wish).map(|frame| poster(&frame)));
        Ok(Self {
            work: InTurn::start("posters", MAX_WISHES, make, wake)?,
            asked: BTreeSet::new(),
            textures: BTreeMap::new(),
        })
    }

    /// Brings what was made to the list, and asks for files without a picture. Never waits.
    pub fn update(&mut self, ctx: &Context, state: &mut State) {
        let is_listed = |file: &FileId| state.files.iter().any(|listed| listed.id == *file);
        let num_before = self.textures.len();
        self.textures.retain(|file, _| is_listed(file));
        let mut is_changed = self.textures.len() != num_before;
        for (file, poster) in self.work.answers() {
            let Some(image) = poster else {
                continue;
            };
            let texture = ctx.load_texture("poster", image, TextureOptions::LINEAR);
            self.textures.insert(file, texture);
            if MAX_POSTERS < self.textures.len() {
                self.textures.pop_first();
            }
            is_changed = true;
        }
        if is_changed {
            let ids = self.textures.iter();
            state.posters = ids.map(|(file, texture)| (*file, texture.id())).collect();
        }
        for file in &state.files {
            if let Some(media) = file.hash
                && !self.asked.contains(&file.id)
            {
                let wish = Wish {
                    file: file.id,
                    path: file.path.clone(),
                    media,
                };
                if !self.work.ask(wish) {
                    return;
                }
                self.asked.insert(file.id);
            }
        }
    }
}

/// `None` where the file has none; the intake says why.
fn first_frame(wish: &Wish) -> Option<Frame> {
    let mut source = media::open(&wish.path, wish.media).ok()?;
    source.next_frame().ok()?
}

/// The frame averaged down to fit [`SIZE_PX`].
fn poster(frame: &Frame) -> ColorImage {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let share = (SIZE_PX[0] as f64 / width as f64).min(SIZE_PX[1] as f64 / height as f64);
    let share = share.min(1.0);
    let fit = |side: usize| ((share * side as f64).round() as usize).max(1);
    averaged(frame, [fit(width), fit(height)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::media::FrameId;

    #[test]
    fn posters_keep_their_shape_and_their_mean() {
        let frame = |width: u32, height: u32| Frame {
            id: FrameId {
                media: MediaHash::of(b"test"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width,
            height,
            pixels: (0..width * height)
                .flat_map(|at| [if at % 2 == 0 { 0 } else { 200 }, 7, 9])
                .collect(),
        };
        assert_eq!(poster(&frame(960, 320)).size, [96, 32]);
        assert_eq!(poster(&frame(320, 640)).size, [32, 64]);
        assert_eq!(poster(&frame(6, 4)).size, [6, 4]);
        let image = poster(&frame(960, 320));
        assert!(
            image
                .pixels
                .iter()
                .all(|p| (p.r(), p.g(), p.b()) == (100, 7, 9))
        );
    }
}
