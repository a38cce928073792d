//! The pictures of the face on the easel: the frame, the pristine one, and where they differ. Made on the thread
//! `easel-pictures`.

use std::sync::Arc;

use egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions};
use seam_engine::data::annotations::TaskId;
use seam_engine::latest::{Latest, LatestWorker};
use seam_engine::media::Frame;

use crate::textures::picture;
use crate::theme;

/// Differences are drawn on the heat scale from none to so many levels of 255, always.
const MOST_LEVELS: usize = 64;

/// Pixels are seen as such when magnified, because they are what is marked.
const OPTIONS: TextureOptions = TextureOptions {
    magnification: egui::TextureFilter::Nearest,
    ..TextureOptions::LINEAR
};

/// On the graphics card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Textures {
    pub frame: TextureId,
    pub pristine: Option<TextureId>,
    pub difference: Option<TextureId>,
}

/// Makes and uploads them. Lives in `App`.
pub struct Pictures {
    worker: LatestWorker<Wish>,
    done: Latest<Made>,
    shown: Option<(TaskId, Vec<TextureHandle>)>,
}

struct Wish {
    task: TaskId,
    frame: Arc<Frame>,
    pristine: Option<Arc<Frame>>,
}

struct Made {
    task: TaskId,
    /// The frame; then, where it is known, the pristine one and the difference.
    images: Vec<Arc<ColorImage>>,
}

impl Pictures {
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let done = Latest::default();
        let out: Latest<Made> = done.clone();
        let worker = LatestWorker::spawn("easel-pictures", move |wish: Wish| {
            let mut images = vec![picture(&wish.frame)];
            if let Some(pristine) = &wish.pristine {
                images.push(picture(pristine));
                images.push(difference(&images[0], &images[1]));
            }
            out.set(Made {
                task: wish.task,
                images: images.into_iter().map(Arc::new).collect(),
            });
            wake();
        })?;
        Ok(Self {
            worker,
            done,
            shown: None,
        })
    }

    pub fn request(&self, task: TaskId, frame: Arc<Frame>, pristine: Option<Arc<Frame>>) {
        self.worker.request(Wish {
            task,
            frame,
            pristine,
        });
    }

    /// Those of `task`, once they are made.
    pub fn textures(&mut self, ctx: &Context, task: TaskId) -> Option<Textures> {
        let is_shown = self.shown.as_ref().is_some_and(|(shown, _)| *shown == task);
        if !is_shown {
            let made = self.done.get().filter(|made| made.task == task)?;
            let load = |image: &Arc<ColorImage>| {
                let image = egui::ImageData::Color(Arc::clone(image));
                ctx.load_texture("easel", image, OPTIONS)
            };
            self.shown = Some((task, made.images.iter().map(load).collect()));
        }
        let (_, textures) = self.shown.as_ref()?;
        let id = |at: usize| textures.get(at).map(TextureHandle::id);
        Some(Textures {
            frame: id(0)?,
            pristine: id(1),
            difference: id(2),
        })
    }
}

/// The largest difference of a pixel's three colors, on the heat scale; black where the sizes differ.
fn difference(one: &ColorImage, other: &ColorImage) -> ColorImage {
    let colors: Vec<egui::Color32> = (0..=MOST_LEVELS)
        .map(|level| theme::heat(level as f32 / MOST_LEVELS as f32))
        .collect();
    if one.size != other.size {
        return ColorImage::filled(one.size, colors[0]);
    }
    let pairs = one.pixels.iter().zip(&other.pixels);
    let pixels = pairs.map(|(a, b)| {
        let levels = [
            a.r().abs_diff(b.r()),
            a.g().abs_diff(b.g()),
            a.b().abs_diff(b.b()),
        ];
        let most = levels.into_iter().max().unwrap_or(0);
        colors[usize::from(most).min(MOST_LEVELS)]
    });
    ColorImage::new(one.size, pixels.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_on_one_fixed_scale() {
        let one = ColorImage::from_rgb([2, 1], &[10, 10, 10, 10, 10, 10]);
        let other = ColorImage::from_rgb([2, 1], &[10, 10, 10, 10, 10 + MOST_LEVELS as u8, 0]);
        let drawn = difference(&one, &other);
        assert_eq!(drawn.pixels, [theme::heat(0.0), theme::heat(1.0)]);
        let smaller = ColorImage::from_rgb([1, 1], &[0, 0, 0]);
        assert_eq!(difference(&one, &smaller).pixels, [theme::heat(0.0); 2]);
    }
}
