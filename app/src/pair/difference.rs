//! The difference of two frames as a picture, made on a thread of its own.

use std::sync::Arc;

use egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};
use seam_engine::latest::{Latest, LatestWorker};
use seam_engine::media::Frame;

use crate::pair::Difference;
use crate::theme;

/// Larger pictures are shrunk by a whole factor, as frames are.
const MAX_SIDE_PX: usize = 4096;
/// Sums of three channels' differences.
const NUM_SUMS: usize = 3 * 255 + 1;

/// Makes differences, the newest only.
pub struct Differ {
    worker: LatestWorker<Wish>,
    done: Latest<Made>,
    asked: Option<Wish>,
    texture: Option<TextureHandle>,
    uploaded: Option<(Arc<Made>, Difference)>,
}

#[derive(Clone)]
struct Wish {
    frames: [Arc<Frame>; 2],
    amplification: f32,
}

struct Made {
    wish: Wish,
    image: Arc<ColorImage>,
    mean: f32,
    largest: f32,
}

impl Wish {
    fn is_same(&self, other: &Self) -> bool {
        let ids = |wish: &Self| [wish.frames[0].id, wish.frames[1].id];
        ids(self) == ids(other) && self.amplification == other.amplification
    }
}

impl Differ {
    /// `wake` is called from the thread `pair-difference` after each picture.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let done: Latest<Made> = Latest::default();
        let out = done.clone();
        let worker = LatestWorker::spawn("pair-difference", move |wish: Wish| {
            out.set(made(wish));
            wake();
        })?;
        Ok(Self {
            worker,
            done,
            asked: None,
            texture: None,
            uploaded: None,
        })
    }

    /// The difference of these frames, which must be of one size, once it is made; until then the last one of the
    /// same two files.
    pub fn show(
        &mut self,
        ctx: &Context,
        frames: &[Arc<Frame>; 2],
        amplification: f32,
    ) -> Option<Difference> {
        let wish = Wish {
            frames: frames.clone(),
            amplification,
        };
        if !self
            .asked
            .as_ref()
            .is_some_and(|asked| asked.is_same(&wish))
        {
            self.worker.request(wish.clone());
            self.asked = Some(wish.clone());
        }
        let made = self.done.get()?;
        let media = |wish: &Wish| wish.frames.each_ref().map(|frame| frame.id.media);
        if media(&made.wish) != media(&wish) {
            return None;
        }
        if let Some((shown, difference)) = &self.uploaded
            && Arc::ptr_eq(shown, &made)
        {
            return Some(*difference);
        }
        let image = egui::ImageData::Color(Arc::clone(&made.image));
        let options = TextureOptions::LINEAR;
        let texture = match &mut self.texture {
            Some(texture) if texture.size() == made.image.size => {
                texture.set_partial([0, 0], image, options);
                texture
            }
            texture => texture.insert(ctx.load_texture("difference", image, options)),
        };
        let difference = Difference {
            texture: texture.id(),
            mean: made.mean,
            largest: made.largest,
        };
        self.uploaded = Some((made, difference));
        Some(difference)
    }
}

fn made(wish: Wish) -> Made {
    let [a, b] = &wish.frames;
    let color = |sum: usize| theme::heat(wish.amplification * sum as f32 / (NUM_SUMS - 1) as f32);
    let colors: Vec<Color32> = (0..NUM_SUMS).map(color).collect();
    let (width, height) = (a.width as usize, a.height as usize);
    let factor = width.max(height).div_ceil(MAX_SIDE_PX).max(1);
    let mut pixels = Vec::with_capacity(width.div_ceil(factor) * height.div_ceil(factor));
    let (mut total, mut largest) = (0u64, 0);
    let rows = a
        .pixels
        .chunks(3 * width.max(1))
        .zip(b.pixels.chunks(3 * width.max(1)));
    for (y, (a, b)) in rows.enumerate() {
        for (x, (a, b)) in a.chunks_exact(3).zip(b.chunks_exact(3)).enumerate() {
            let sum: usize = a
                .iter()
                .zip(b)
                .map(|(a, b)| usize::from(a.abs_diff(*b)))
                .sum();
            total += sum as u64;
            largest = largest.max(sum);
            if y % factor == 0 && x % factor == 0 {
                pixels.push(colors[sum]);
            }
        }
    }
    let size = [width.div_ceil(factor), height.div_ceil(factor)];
    pixels.resize(size[0] * size[1], Color32::BLACK);
    let num_values = (3 * width * height).max(1) as f64;
    Made {
        image: Arc::new(ColorImage::new(size, pixels)),
        mean: (total as f64 / num_values) as f32,
        largest: largest as f32 / 3.0,
        wish,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::media::{FrameId, MediaHash};

    fn frame(name: &[u8], pixels: Vec<u8>) -> Arc<Frame> {
        Arc::new(Frame {
            id: FrameId {
                media: MediaHash::of(name),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width: 2,
            height: 1,
            pixels,
        })
    }

    #[test]
    fn the_difference_is_the_mean_of_three_channels_on_a_fixed_scale() {
        let frames = [
            frame(b"a", vec![10, 20, 30, 0, 0, 0]),
            frame(b"b", vec![13, 14, 30, 255, 255, 255]),
        ];
        let amplification = 10.0;
        let made = made(Wish {
            frames,
            amplification,
        });
        // Three, six and nothing: three levels on average.
        assert_eq!(made.image.pixels[0], theme::heat(10.0 * 9.0 / 765.0));
        assert_eq!(made.image.pixels[1], theme::heat(1.0));
        assert_eq!(made.largest, 255.0);
        assert!((made.mean - 129.0).abs() < 1e-4, "{}", made.mean);
    }
}
