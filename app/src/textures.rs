//! The frame on screen as a texture: converted on a thread of its own, uploaded without new textures.

use std::sync::Arc;

use egui::{ColorImage, TextureHandle, TextureOptions};
use seam_engine::latest::{Latest, LatestWorker};
use seam_engine::media::{Frame, FrameId};

use crate::state::Shown;

/// Wider or higher pictures are shrunk by a whole factor for the screen. All graphics cards take this.
const MAX_SIDE_PX: usize = 4096;

/// Turns frames into a texture. Conversion happens on the thread `frame-picture`.
pub struct Screen {
    worker: LatestWorker<Arc<Frame>>,
    done: Latest<Picture>,
    texture: Option<TextureHandle>,
    uploaded: Option<Shown>,
}

struct Picture {
    frame: FrameId,
    width: u32,
    height: u32,
    image: Arc<ColorImage>,
}

impl Screen {
    /// `wake` is called from the thread after each picture.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let done = Latest::default();
        let out: Latest<Picture> = done.clone();
        let worker = LatestWorker::spawn("frame-picture", move |frame: Arc<Frame>| {
            out.set(Picture {
                frame: frame.id,
                width: frame.width,
                height: frame.height,
                image: Arc::new(picture(&frame)),
            });
            wake();
        })?;
        Ok(Self {
            worker,
            done,
            texture: None,
            uploaded: None,
        })
    }

    /// Converts this frame next; one that still waits is forgotten.
    pub fn request(&self, frame: Arc<Frame>) {
        self.worker.request(frame);
    }

    /// Uploads the newest picture if it is not on screen yet, and tells which one is.
    pub fn upload(&mut self, ctx: &egui::Context) -> Option<Shown> {
        let picture = self.done.get()?;
        if let Some(shown) = self.uploaded
            && shown.frame == picture.frame
        {
            return Some(shown);
        }
        let image = egui::ImageData::Color(Arc::clone(&picture.image));
        let options = TextureOptions::LINEAR;
        let texture = match &mut self.texture {
            Some(texture) if texture.size() == picture.image.size => {
                texture.set_partial([0, 0], image, options);
                texture
            }
            texture => texture.insert(ctx.load_texture("frame", image, options)),
        };
        self.uploaded = Some(Shown {
            frame: picture.frame,
            width: picture.width,
            height: picture.height,
            texture: texture.id(),
        });
        self.uploaded
    }
}

/// The frame as egui takes it, averaged down by a whole factor where it is too large.
pub fn picture(frame: &Frame) -> ColorImage {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let factor = width.max(height).div_ceil(MAX_SIDE_PX).max(1);
    if factor == 1 {
        return ColorImage::from_rgb([width, height], &frame.pixels);
    }
    let size = [(width / factor).max(1), (height / factor).max(1)];
    let area = (factor * factor) as u32;
    let mut pixels = Vec::with_capacity(3 * size[0] * size[1]);
    for y in 0..size[1] {
        for x in 0..size[0] {
            let mut sums = [0u32; 3];
            for row in factor * y..factor * (y + 1) {
                let at = 3 * (row.min(height - 1) * width + (factor * x).min(width - factor));
                for pixel in frame.pixels[at..at + 3 * factor].chunks_exact(3) {
                    for (sum, &value) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(value);
                    }
                }
            }
            pixels.extend(sums.map(|sum| (sum / area) as u8));
        }
    }
    ColorImage::from_rgb(size, &pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::media::MediaHash;

    #[test]
    fn large_frames_are_averaged_down_and_small_ones_kept() {
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
                .flat_map(|i| {
                    if i % 2 == 0 {
                        [0, 10, 200]
                    } else {
                        [100, 10, 200]
                    }
                })
                .collect(),
        };
        assert_eq!(picture(&frame(64, 2)).size, [64, 2]);
        let small = picture(&frame(8192, 4));
        assert_eq!(small.size, [4096, 2]);
        assert!(
            small
                .pixels
                .iter()
                .all(|p| (p.r(), p.g(), p.b()) == (50, 10, 200))
        );
    }
}
