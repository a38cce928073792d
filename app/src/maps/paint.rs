//! Looks as pictures for the screen: made on the thread `look-pictures`, with fixed scales.

use std::sync::Arc;

use egui::{Color32, ColorImage};
use seam_engine::analysis::look::Look;
use seam_engine::detectors::{Map, MapChannels};
use seam_engine::latest::{Latest, LatestWorker};

use crate::maps::Style;
use crate::maps::density::Density;
use crate::maps::kinds::{is_likelihood, lies_over_face};
use crate::maps::values::scale_ends;
use crate::theme;

/// Colors of a scale: more than a screen can tell apart.
const NUM_COLORS: usize = 512;

/// Paints looks that stand beside each other, the newest wish only.
pub struct Painter {
    worker: LatestWorker<Wish>,
    done: Latest<Vec<Option<Arc<Painted>>>>,
}

struct Wish {
    looks: Vec<Option<Arc<Look>>>,
    style: Style,
}

/// A look and its pictures.
pub struct Painted {
    pub look: Arc<Look>,
    pub style: Style,
    pub face: Arc<ColorImage>,
    /// In the order of the look's maps.
    pub maps: Vec<Arc<ColorImage>>,
    pub density: Arc<Density>,
}

impl Painter {
    /// `wake` is called from the thread after each wish.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let done: Latest<Vec<Option<Arc<Painted>>>> = Latest::default();
        let out = done.clone();
        let mut last: Vec<Option<Arc<Painted>>> = Vec::new();
        let worker = LatestWorker::spawn("look-pictures", move |wish: Wish| {
            last.resize(wish.looks.len(), None);
            for (last, look) in last.iter_mut().zip(wish.looks) {
                *last = look.map(|look| painted(look, wish.style, last.as_ref()));
            }
            out.set(last.clone());
            wake();
        })?;
        Ok(Self { worker, done })
    }

    pub fn request(&self, looks: Vec<Option<Arc<Look>>>, style: Style) {
        self.worker.request(Wish { looks, style });
    }

    /// The newest, in the order of the wish; a picture that did not change is the same one as before.
    pub fn newest(&self) -> Option<Arc<Vec<Option<Arc<Painted>>>>> {
        self.done.get()
    }
}

fn painted(look: Arc<Look>, style: Style, last: Option<&Arc<Painted>>) -> Arc<Painted> {
    if let Some(last) = last
        && Arc::ptr_eq(&last.look, &look)
        && last.style == style
    {
        return Arc::clone(last);
    }
    let side = look.crop.size_px as usize;
    let maps = look.maps.iter().map(|map| picture(map, style));
    Arc::new(Painted {
        style,
        face: Arc::new(ColorImage::from_rgb([side, side], &look.crop.pixels)),
        maps: maps.map(Arc::new).collect(),
        density: Arc::new(Density::of(&look, style.costliest)),
        look,
    })
}

/// A map as it is, pixel for pixel, in its fixed colors and without the face beneath: RGB8, row by row.
pub fn bare(map: &Map, style: Style) -> Vec<u8> {
    let image = colored(map, style, theme::heat);
    let pixels = image.pixels.iter();
    pixels
        .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()])
        .collect()
}

/// A map in its fixed colors; see-through where low, if it lies over the face.
pub fn picture(map: &Map, style: Style) -> ColorImage {
    if lies_over_face(map.kind) {
        colored(map, style, theme::heat_over_face)
    } else {
        colored(map, style, theme::heat)
    }
}

fn colored(map: &Map, style: Style, heat: impl Fn(f32) -> Color32) -> ColorImage {
    let size = [map.width as usize, map.height as usize];
    let Some((low, high)) = scale_ends(map, style.amplification) else {
        let level = |value: &f32| (255.0 * value.clamp(0.0, 1.0)).round() as u8;
        let bytes: Vec<u8> = map.values.iter().map(level).collect();
        return ColorImage::from_rgb(size, &bytes);
    };
    debug_assert_eq!(map.kind.channels(), MapChannels::Value);
    let color = |share: f32| match map.kind {
        kind if is_likelihood(kind) => theme::likelihood(style.colors, share),
        _ => heat(share),
    };
    let last = (NUM_COLORS - 1) as f32;
    let colors: Vec<Color32> = (0..NUM_COLORS).map(|at| color(at as f32 / last)).collect();
    let scale = last / (high - low).max(f32::MIN_POSITIVE);
    let pixels = map.values.iter().map(|value| {
        // A value that is not a number becomes zero here, the scale's lower end.
        let at = ((value - low) * scale).round().clamp(0.0, last) as usize;
        colors[at]
    });
    ColorImage::new(size, pixels.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::LikelihoodColors;
    use seam_engine::detectors::MapKind;

    fn times(amplification: f32) -> Style {
        Style {
            amplification,
            ..Style::default()
        }
    }

    fn map(kind: MapKind, values: Vec<f32>, range: (f32, f32)) -> Map {
        Map {
            kind,
            width: 2,
            height: 1,
            values,
            range,
        }
    }

    #[test]
    fn the_scale_is_fixed_and_amplification_shortens_it() {
        let difference = map(
            MapKind::ReconstructionDifference,
            vec![0.0, 0.25],
            (0.0, 1.0),
        );
        assert_eq!(picture(&difference, times(4.0)).pixels[1], theme::heat(1.0));
        assert_eq!(picture(&difference, times(1.0)).pixels[0], theme::heat(0.0));
        let quarter = picture(&difference, times(1.0)).pixels[1];
        assert_eq!(quarter, theme::heat(128.0 / 511.0));
        // Only differences are amplified.
        let cam = map(MapKind::GradCam, vec![0.0, 0.25], (0.0, 1.0));
        assert_eq!(
            picture(&cam, times(4.0)).pixels,
            picture(&cam, times(1.0)).pixels
        );
        assert_eq!(
            picture(&cam, times(1.0)).pixels[0].a(),
            0,
            "the face is seen"
        );
        // Nor need a scale begin at zero.
        let attention = map(MapKind::DomainAttention, vec![0.4, 0.5], (0.4, 0.5));
        let pixels = picture(&attention, times(1.0)).pixels;
        assert_eq!((pixels[0].a(), pixels[1]), (0, theme::heat(1.0)));
    }

    #[test]
    fn a_bare_picture_has_the_color_of_every_value_and_no_face() {
        let cam = map(MapKind::GradCam, vec![0.0, 1.0], (0.0, 1.0));
        let [low, high] = [0.0, 1.0].map(|share| theme::heat(share).to_array());
        let expected = [&low[..3], &high[..3]].concat();
        assert_eq!(bare(&cam, times(1.0)), expected);
        let values = vec![0.0, 0.5, 1.0, 1.0, 0.0, 0.2];
        let picture = map(MapKind::Reconstruction, values, (0.0, 1.0));
        assert_eq!(bare(&picture, times(9.0)), [0, 128, 255, 255, 0, 51]);
    }

    #[test]
    fn likelihoods_are_drawn_in_the_chosen_colors_on_a_scale_that_is_never_amplified() {
        for kind in [MapKind::LogLikelihood, MapKind::LogLikelihoodChannel(2)] {
            for colors in [LikelihoodColors::Paper, LikelihoodColors::Even] {
                let style = Style {
                    colors,
                    ..times(16.0)
                };
                let map = map(kind, vec![f32::NEG_INFINITY, 0.0], (-20.0, 0.0));
                let ends = [0.0, 1.0].map(|share| theme::likelihood(colors, share));
                assert_eq!(picture(&map, style).pixels, ends);
                assert!(ends.iter().all(|color| color.is_opaque()));
            }
        }
    }

    #[test]
    fn pictures_are_shown_as_they_are() {
        let values = vec![0.0, 0.5, 1.0, -1.0, 2.0, f32::NAN];
        let map = map(MapKind::PristineReconstruction, values, (0.0, 1.0));
        let pixels = picture(&map, times(8.0)).pixels;
        assert_eq!((pixels[0].r(), pixels[0].g(), pixels[0].b()), (0, 128, 255));
        assert_eq!((pixels[1].r(), pixels[1].g(), pixels[1].b()), (0, 255, 0));
    }
}
