//! A small picture of every file in the list, decoded on the thread `posters` and kept in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use seam_engine::media::{self, Frame, MediaHash};

use crate::state::{FileId, State};

/// Room for a picture in the list, in pixels: twice its points, for fine screens.
const SIZE_PX: [usize; 2] = [96, 64];
/// Pictures that are kept: some ten megabytes at most. The file opened first gives way.
const MAX_POSTERS: usize = 400;
/// Files that may wait for theirs; the others ask again.
const MAX_WISHES: usize = 16;

/// Lives in `App`.
pub struct Posters {
    wishes: Sender<Wish>,
    made: Receiver<(FileId, Option<ColorImage>)>,
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
        let (wishes, inbox) = bounded::<Wish>(MAX_WISHES);
        let (out, made) = bounded(MAX_WISHES);
        let ctx = ctx.clone();
        thread::Builder::new()
            .name("posters".to_owned())
            .spawn(move || {
                for wish in inbox {
                    let poster = first_frame(&wish).map(|frame| shrunk(&frame));
                    if out.send((wish.file, poster)).is_err() {
                        return;
                    }
                    ctx.request_repaint();
                }
            })?;
        Ok(Self {
            wishes,
            made,
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
        for (file, poster) in self.made.try_iter() {
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
                if self.wishes.try_send(wish).is_err() {
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
fn shrunk(frame: &Frame) -> ColorImage {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let share = (SIZE_PX[0] as f64 / width as f64).min(SIZE_PX[1] as f64 / height as f64);
    let share = share.min(1.0);
    let fit = |side: usize| ((share * side as f64).round() as usize).max(1);
    let size = [fit(width), fit(height)];
    let mut pixels = Vec::with_capacity(3 * size[0] * size[1]);
    for y in 0..size[1] {
        let rows = y * height / size[1]..((y + 1) * height / size[1]).max(y * height / size[1] + 1);
        for x in 0..size[0] {
            let from = x * width / size[0];
            let columns = from..((x + 1) * width / size[0]).max(from + 1);
            let mut sums = [0u64; 3];
            for row in rows.clone() {
                let at = 3 * row * width;
                let part = &frame.pixels[at + 3 * columns.start..at + 3 * columns.end];
                for pixel in part.chunks_exact(3) {
                    for (sum, &value) in sums.iter_mut().zip(pixel) {
                        *sum += u64::from(value);
                    }
                }
            }
            let num = (rows.len() * columns.len()) as u64;
            pixels.extend(sums.map(|sum| (sum / num) as u8));
        }
    }
    ColorImage::from_rgb(size, &pixels)
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
        assert_eq!(shrunk(&frame(960, 320)).size, [96, 32]);
        assert_eq!(shrunk(&frame(320, 640)).size, [32, 64]);
        assert_eq!(shrunk(&frame(6, 4)).size, [6, 4]);
        let image = shrunk(&frame(960, 320));
        assert!(
            image
                .pixels
                .iter()
                .all(|p| (p.r(), p.g(), p.b()) == (100, 7, 9))
        );
    }
}
