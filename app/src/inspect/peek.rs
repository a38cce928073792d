//! The frame under the pointer on the timeline: decoded by a second decoder on the thread `peek`, kept small.

use std::collections::VecDeque;
use std::path::PathBuf;

use crossbeam_channel::{Receiver, bounded};
use egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions, Vec2};
use seam_engine::latest::LatestWorker;
use seam_engine::media::{self, FrameSource, MediaHash};

use crate::playback::frame_at;
use crate::shrink::shrunk;
use crate::state::State;

/// Longer side of a picture, in pixels.
const SIDE_PX: usize = 208;
/// Pixels of pictures that are kept.
const KEPT_BYTES: usize = 24 << 20;

/// What the pane may see of it.
#[derive(Debug, Default)]
pub struct Peek {
    /// The time under the pointer.
    pub wish: Option<i64>,
    pub shown: Option<Peeked>,
}

/// A picture of the frame at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peeked {
    /// Of the frame itself.
    pub pts_nanos: i64,
    pub texture: TextureId,
    pub size: Vec2,
}

/// Asks for pictures and keeps them.
pub struct Peeker {
    worker: LatestWorker<Wish>,
    made: Receiver<Made>,
    kept: Kept<TextureHandle>,
    asked: Option<Key>,
}

/// Which frame of which file.
type Key = (MediaHash, i64);

struct Wish {
    path: PathBuf,
    key: Key,
}

struct Made {
    key: Key,
    image: Option<ColorImage>,
}

impl Peeker {
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let (out, made) = bounded(4);
        let ctx = ctx.clone();
        let mut open: Option<(MediaHash, Box<dyn FrameSource>)> = None;
        let worker = LatestWorker::spawn("peek", move |wish: Wish| {
            let image = picture(&wish, &mut open);
            let made = Made {
                key: wish.key,
                image,
            };
            // Fails only when the window is gone.
            out.send(made).ok();
            ctx.request_repaint();
        })?;
        Ok(Self {
            worker,
            made,
            kept: Kept::default(),
            asked: None,
        })
    }

    /// Shows the picture that is wished for, where there is one, and asks for it otherwise.
    pub fn update(&mut self, ctx: &Context, state: &mut State) {
        for Made { key, image } in self.made.try_iter() {
            let Some(image) = image else {
                continue;
            };
            let bytes = 4 * image.pixels.len();
            let texture = ctx.load_texture("peek", image, TextureOptions::LINEAR);
            self.kept.insert(key, bytes, texture);
        }
        let Some(key) = wished(state) else {
            state.peek.shown = None;
            return;
        };
        if let Some(texture) = self.kept.at(key) {
            state.peek.shown = Some(Peeked {
                pts_nanos: key.1,
                texture: texture.id(),
                size: texture.size_vec2(),
            });
            return;
        }
        // The picture shown before stays until the new one is there: a gap would flicker.
        if self.asked != Some(key)
            && let Some(file) = state.selected_file()
        {
            self.asked = Some(key);
            self.worker.request(Wish {
                path: file.path.clone(),
                key,
            });
        }
    }
}

/// The frame under the pointer. Only of files that were read through: in others, going there would take as long
/// as decoding all that lies before.
fn wished(state: &State) -> Option<Key> {
    let file = state.selected_file()?;
    let media = file.hash?;
    let frames = file.frames();
    let frame = frame_at(frames, state.peek.wish?)?;
    media::is_indexed(media).then(|| (media, frames[frame]))
}

fn picture(
    wish: &Wish,
    open: &mut Option<(MediaHash, Box<dyn FrameSource>)>,
) -> Option<ColorImage> {
    let (media, pts_nanos) = wish.key;
    if open.as_ref().is_none_or(|(of, _)| *of != media) {
        *open = Some((media, media::open(&wish.path, media).ok()?));
    }
    let (_, source) = open.as_mut()?;
    let frame = source.seek(pts_nanos).and_then(|()| source.next_frame());
    if frame.is_err() {
        // The next wish opens the file again.
        *open = None;
    }
    Some(shrunk(&frame.ok()??, SIDE_PX))
}

/// Recent pictures, oldest use first.
struct Kept<T> {
    pictures: VecDeque<(Key, usize, T)>,
    bytes: usize,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            pictures: VecDeque::new(),
            bytes: 0,
        }
    }
}

impl<T> Kept<T> {
    fn insert(&mut self, key: Key, bytes: usize, picture: T) {
        if self.pictures.iter().any(|(of, ..)| *of == key) {
            return;
        }
        self.bytes += bytes;
        self.pictures.push_back((key, bytes, picture));
        while KEPT_BYTES < self.bytes && 1 < self.pictures.len() {
            if let Some((_, bytes, _)) = self.pictures.pop_front() {
                self.bytes -= bytes;
            }
        }
    }

    fn at(&mut self, key: Key) -> Option<&T> {
        let place = self.pictures.iter().position(|(of, ..)| *of == key)?;
        let picture = self.pictures.remove(place)?;
        self.pictures.push_back(picture);
        self.pictures.back().map(|(_, _, picture)| picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_used_long_ago_make_room() {
        let media = MediaHash::of(b"test");
        let mut kept = Kept::default();
        for at in 0..3 {
            kept.insert((media, at), KEPT_BYTES / 3, at);
        }
        assert_eq!(kept.at((media, 0)), Some(&0));
        kept.insert((media, 3), KEPT_BYTES / 3, 3);
        assert_eq!(kept.at((media, 1)), None);
        assert_eq!(kept.at((media, 0)), Some(&0));
        assert!(kept.bytes <= KEPT_BYTES);
        kept.insert((media, 4), 2 * KEPT_BYTES, 4);
        assert_eq!(kept.at((media, 4)), Some(&4), "one is always kept");
    }
}
