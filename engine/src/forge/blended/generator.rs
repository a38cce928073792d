//! The generator: a pristine face in, one example out, the same for the same random generator.

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::blend::blend;
use crate::forge::addg::hull::HullScratch;
use crate::forge::addg::swap::Donors;
use crate::forge::blended::color::ColorMatch;
use crate::forge::blended::degrade::Degrade;
use crate::forge::blended::feather::feather;
use crate::forge::blended::mask::{MaskScratch, draw_mask};
use crate::forge::blended::{Shape, xray};
use crate::forge::part::{Filter, Part, cut};
use crate::forge::pristine::{ExampleError, PristineFaces, load_square, points_at};

/// Sides at which faces are blended, pixels (step 2).
const SIDES_PX: std::ops::RangeInclusive<u32> = 128..=317;

/// The window of step 9, in a picture of 317 pixels: left, top and side.
const WINDOW: [f32; 3] = [30.0, 60.0, 257.0];
const WINDOW_OF_PX: f32 = 317.0;

/// What of an example the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlendedSettings {
    /// Side of the pictures before the window is cut, pixels (317 in the public code).
    pub size_px: u32,
    /// Faces are blended at another size and brought back (step 2), those of both classes.
    pub is_rescaled: bool,
    pub color: ColorMatch,
    /// Lower resolution, JPEG and mirror on both classes, each on half of them (step 9).
    pub is_degraded: bool,
    /// Only the window is kept (step 9): 257 pixels of 317.
    pub is_cropped: bool,
}

/// Makes examples; cheap to share between threads, each with its own [`Scratch`].
pub struct Blended<'a> {
    faces: &'a PristineFaces,
    settings: BlendedSettings,
    donors: Donors,
}

/// Buffers of one thread; after an example they hold its pictures. RGB8 squares, masks one byte a pixel.
#[derive(Default)]
pub struct Scratch {
    /// B and F, at the size at which they are blended.
    background: Vec<u8>,
    foreground: Vec<u8>,
    original: Vec<u8>,
    pixels: Vec<u8>,
    mask: Vec<u8>,
    xray: Vec<u8>,
    other: Vec<u8>,
    masks: MaskScratch,
    hull: HullScratch,
}

/// One example; its pictures lie in the [`Scratch`] it was made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Example<'s> {
    /// Side of all its pictures.
    pub size_px: u32,
    /// The example: RGB8, `3 * size_px * size_px` bytes.
    pub pixels: &'s [u8],
    /// The background it was made of, rescaled and cut as the example; not degraded, not mirrored.
    pub original: &'s [u8],
    /// M, the weight of the foreground: 0 where the pixels are those of the background (before any
    /// degrading), 255 where they are the foreground's; all 0 for pristine examples.
    pub mask: &'s [u8],
    /// `4 M (1 - M)` as 0 to 255: what a detector of Face X-rays should see.
    pub xray: &'s [u8],
    /// `None` for pristine examples.
    pub shape: Option<Shape>,
    /// Side at which it was blended, pixels.
    pub side_px: u32,
    /// The face it was made of, a place in the list of pristine faces.
    pub face: usize,
    /// The face that was blended in, always of another clip.
    pub donor: Option<usize>,
}

impl<'a> Blended<'a> {
    /// Fails where there are no faces, or only those of one clip.
    pub fn new(faces: &'a PristineFaces, settings: BlendedSettings) -> Result<Self, ExampleError> {
        Ok(Self {
            faces,
            settings,
            donors: Donors::new(faces)?,
        })
    }

    /// A manipulated example of a face: `I = M F + (1 - M) B`.
    ///
    /// # Panics
    /// If there is no such face.
    pub fn negative<'s>(
        &self,
        face: usize,
        shape: Shape,
        rng: &mut StdRng,
        scratch: &'s mut Scratch,
    ) -> Example<'s> {
        let side_px = self.draw_side(rng);
        let donor = self.donors.similar(face, rng);
        let side = side_px as usize;
        let (from, to) = (&self.faces.faces[donor].crop, &self.faces.faces[face].crop);
        load_square(to, side_px, &mut scratch.background);
        load_square(from, side_px, &mut scratch.foreground);
        let points = points_at(to, side_px);
        let mask = &mut scratch.mask;
        draw_mask(&points, shape, side, rng, mask, &mut scratch.masks);
        let (background, foreground) = (&scratch.background, &mut scratch.foreground);
        let change = self.settings.color.fit(background, foreground, mask);
        change.apply(foreground);
        feather(mask, side, &mut scratch.hull);
        scratch.pixels.resize(3 * side * side, 0);
        blend(background, foreground, mask, &mut scratch.pixels);
        let example = self.finish(face, side_px, rng, scratch);
        Example {
            shape: Some(shape),
            donor: Some(donor),
            ..example
        }
    }

    /// A pristine example: the face as it is, rescaled, degraded and cut as the others.
    ///
    /// # Panics
    /// If there is no such face.
    pub fn pristine<'s>(
        &self,
        face: usize,
        rng: &mut StdRng,
        scratch: &'s mut Scratch,
    ) -> Example<'s> {
        let side_px = self.draw_side(rng);
        let crop = &self.faces.faces[face].crop;
        load_square(crop, side_px, &mut scratch.background);
        scratch.pixels.clone_from(&scratch.background);
        scratch.mask.clear();
        scratch.mask.resize((side_px * side_px) as usize, 0);
        self.finish(face, side_px, rng, scratch)
    }

    fn draw_side(&self, rng: &mut StdRng) -> u32 {
        let drawn = rng.random_range(SIDES_PX);
        if self.settings.is_rescaled {
            drawn
        } else {
            self.settings.size_px
        }
    }

    /// Steps 8 and 9.
    fn finish<'s>(
        &self,
        face: usize,
        side_px: u32,
        rng: &mut StdRng,
        scratch: &'s mut Scratch,
    ) -> Example<'s> {
        let (side, size) = (side_px as usize, self.settings.size_px as usize);
        let window = self.window();
        let Scratch {
            background,
            original,
            pixels,
            mask,
            xray: map,
            other,
            ..
        } = scratch;
        let whole = Part::whole(side);
        cut::<3>(pixels, side, whole, Filter::Bilinear, size, other);
        std::mem::swap(pixels, other);
        let degrade = Degrade::draw(rng);
        if self.settings.is_degraded {
            degrade.apply(pixels, size, other);
        }
        cut::<3>(pixels, size, window, Filter::Nearest, window.width, other);
        std::mem::swap(pixels, other);
        cut::<3>(background, side, whole, Filter::Bilinear, size, other);
        cut::<3>(other, size, window, Filter::Nearest, window.width, original);
        cut::<1>(mask, side, whole, Filter::Cover, size, other);
        cut::<1>(other, size, window, Filter::Nearest, window.width, mask);
        if self.settings.is_degraded {
            degrade.mirror(pixels, mask, window.width);
        }
        map.clear();
        map.extend(mask.iter().map(|weight| xray_byte(*weight)));
        Example {
            size_px: window.width as u32,
            pixels,
            original,
            mask,
            xray: map,
            shape: None,
            side_px,
            face,
            donor: None,
        }
    }

    /// What is kept of a picture: a square of whole pixels.
    fn window(&self) -> Part {
        let size_px = self.settings.size_px as usize;
        if !self.settings.is_cropped {
            return Part::whole(size_px);
        }
        let scale = size_px as f32 / WINDOW_OF_PX;
        let [left, top, side] = WINDOW.map(|v| (scale * v).round() as usize);
        let side = side.min(size_px - top).max(1);
        Part {
            left,
            top,
            width: side,
            height: side,
        }
    }
}

/// The Face X-ray of a weight in 255ths, in 255ths.
fn xray_byte(weight: u8) -> u8 {
    (255.0 * xray(f32::from(weight) / 255.0)).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    const PLAIN: BlendedSettings = BlendedSettings {
        size_px: 96,
        is_rescaled: false,
        color: ColorMatch::Mean,
        is_degraded: false,
        is_cropped: false,
    };

    fn check(settings: BlendedSettings, mut check: impl FnMut(&PristineFaces, &Example<'_>)) {
        let faces = synthetic::faces(3, 2, 96);
        let blended = Blended::new(&faces, settings).unwrap();
        let mut scratch = Scratch::default();
        for shape in Shape::ALL {
            for seed in 0..12 {
                let mut rng = example_rng(seed, shape as u64, 0);
                let face = seed as usize % 6;
                check(
                    &faces,
                    &blended.negative(face, shape, &mut rng, &mut scratch),
                );
                check(&faces, &blended.pristine(face, &mut rng, &mut scratch));
            }
        }
    }

    #[test]
    fn where_the_foreground_has_no_weight_every_byte_is_the_background_s() {
        for (is_rescaled, is_cropped) in [(false, false), (true, false), (true, true)] {
            let settings = BlendedSettings {
                is_rescaled,
                is_cropped,
                ..PLAIN
            };
            check(settings, |faces, example| {
                assert_eq!(example.size_px, if is_cropped { 78 } else { 96 });
                if !is_rescaled {
                    assert_eq!(example.original, faces.faces[example.face].crop.pixels);
                }
                let num_pixels = (example.size_px * example.size_px) as usize;
                assert_eq!(example.pixels.len(), 3 * num_pixels);
                assert_eq!(example.mask.len(), num_pixels);
                let mut num_changed = 0;
                for (at, mask) in example.mask.iter().enumerate() {
                    let pixel = 3 * at..3 * at + 3;
                    let is_same = example.pixels[pixel.clone()] == example.original[pixel];
                    assert!(is_same || *mask != 0);
                    num_changed += u32::from(!is_same);
                }
                assert_eq!(example.shape.is_some(), 0 < num_changed);
            });
        }
    }

    #[test]
    fn the_foreground_never_comes_from_the_clip_of_the_background() {
        check(PLAIN, |faces, example| {
            let clip = faces.faces[example.face].clip;
            let donor = example.donor.map(|donor| faces.faces[donor].clip);
            assert_ne!(donor, Some(clip));
            assert_eq!(donor.is_some(), example.shape.is_some());
        });
    }

    #[test]
    fn the_xray_lies_where_weights_are_mixed() {
        check(PLAIN, |_, example| {
            for (weight, xray) in example.mask.iter().zip(example.xray) {
                match weight {
                    0 | 255 => assert_eq!(*xray, 0),
                    127 | 128 => assert_eq!(*xray, 255),
                    _ => assert!(0 < *xray),
                }
            }
            let has_xray = example.xray.iter().any(|value| 200 < *value);
            assert_eq!(has_xray, example.shape.is_some());
        });
    }

    #[test]
    fn degraded_examples_of_both_classes_change_beyond_their_mask() {
        let settings = BlendedSettings {
            is_degraded: true,
            ..PLAIN
        };
        let (mut num_changed, mut num_pristine) = (0, 0);
        check(settings, |_, example| {
            if example.shape.is_none() {
                num_pristine += 1;
                num_changed += u32::from(example.pixels != example.original);
                assert!(example.mask.iter().all(|value| *value == 0));
            }
        });
        // All but those where none of three coins fell: an eighth.
        let wanted = num_pristine * 7 / 10..num_pristine;
        assert!(
            wanted.contains(&num_changed),
            "{num_changed} of {num_pristine}"
        );
    }

    #[test]
    fn the_window_of_317_pixels_has_257() {
        let faces = synthetic::faces(2, 1, 64);
        let settings = BlendedSettings {
            size_px: 317,
            is_cropped: true,
            ..PLAIN
        };
        let window = Blended::new(&faces, settings).unwrap().window();
        let wanted = Part {
            left: 30,
            top: 60,
            width: 257,
            height: 257,
        };
        assert_eq!(window, wanted);
    }

    #[test]
    fn an_example_depends_on_nothing_but_its_numbers() {
        let settings = BlendedSettings {
            is_rescaled: true,
            is_degraded: true,
            is_cropped: true,
            color: ColorMatch::MeanAndDeviation,
            size_px: 80,
        };
        let faces = synthetic::faces(3, 2, 64);
        let blended = Blended::new(&faces, settings).unwrap();
        let (mut used, mut fresh) = (Scratch::default(), Scratch::default());
        for shape in Shape::ALL {
            blended.negative(3, shape, &mut example_rng(9, 9, 9), &mut used);
            let first = blended.negative(1, shape, &mut example_rng(2, 1, 0), &mut used);
            let second = blended.negative(1, shape, &mut example_rng(2, 1, 0), &mut fresh);
            assert_eq!(first, second);
        }
        assert!(Blended::new(&synthetic::faces(1, 2, 64), settings).is_err());
    }
}
