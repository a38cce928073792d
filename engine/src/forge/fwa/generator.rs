//! The generator: a pristine face in, one example out, the same for the same random generator.

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::blend::blend;
use crate::forge::addg::blur::{Kernel, blur};
use crate::forge::addg::hull::{HullScratch, fill_hull};
use crate::forge::addg::mask::{MaskScratch, draw_mask};
use crate::forge::addg::scaling::draw_factor;
use crate::forge::fwa::Region;
use crate::forge::fwa::head::draw_head;
use crate::forge::fwa::jitter::ColorJitter;
use crate::forge::fwa::template::unit_from_picture;
use crate::forge::fwa::warp::{FaceWarp, WarpScratch};
use crate::forge::part::{Filter, Part, cut};
use crate::forge::pristine::{ExampleError, PristineFaces, load_square, points_at};

/// Sides of the small face, pixels (METHODS 10, step 2).
const SIDES_PX: std::ops::RangeInclusive<usize> = 64..=127;

/// Of its blur; `OpenCV`'s sigma for five taps is 1.1.
const NUM_TAPS: usize = 5;

/// What of an example the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FwaSettings {
    /// Side of the pictures that are worked on, pixels; faces of another size are resized.
    pub size_px: u32,
    /// Side of the examples where they are cut to the head (step 5; 224 in the public code); `None`
    /// leaves the whole pictures.
    pub head_px: Option<u32>,
    /// Color jitter on every example (step 6).
    pub is_jittered: bool,
}

/// Makes examples; cheap to share between threads, each with its own [`Scratch`].
pub struct Fwa<'a> {
    faces: &'a PristineFaces,
    settings: FwaSettings,
}

/// Buffers of one thread; after an example they hold its pictures. RGB8 squares, masks one byte a pixel.
#[derive(Default)]
pub struct Scratch {
    original: Vec<u8>,
    perturbed: Vec<u8>,
    mask: Vec<u8>,
    pixels: Vec<u8>,
    /// A second mask, or what a picture was before.
    other: Vec<u8>,
    small: Vec<u8>,
    warp: WarpScratch,
    hull: HullScratch,
    masks: MaskScratch,
}

/// One example; its pictures lie in the [`Scratch`] it was made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Example<'s> {
    /// Side of all its pictures.
    pub size_px: u32,
    /// The example: RGB8, `3 * size_px * size_px` bytes.
    pub pixels: &'s [u8],
    /// The pristine face it was made of, cut as the example and not jittered.
    pub original: &'s [u8],
    /// 0 where the pixels are pristine (before any jitter), 255 where they are warped ones, between at
    /// soft edges; all 0 for pristine examples.
    pub mask: &'s [u8],
    /// `None` for pristine examples.
    pub region: Option<Region>,
    /// Side that the face was shrunk to, pixels; the whole crop's for [`Region::Hull`].
    pub small_px: Option<usize>,
    /// The face it was made of, a place in the list of pristine faces.
    pub face: usize,
}

impl<'a> Fwa<'a> {
    /// Fails where there are no faces.
    pub fn new(faces: &'a PristineFaces, settings: FwaSettings) -> Result<Self, ExampleError> {
        if faces.faces.is_empty() {
            return Err(ExampleError::NoFaces);
        }
        Ok(Self { faces, settings })
    }

    /// A manipulated example of a face.
    ///
    /// # Panics
    /// If there is no such face.
    pub fn negative<'s>(
        &self,
        face: usize,
        region: Region,
        rng: &mut StdRng,
        scratch: &'s mut Scratch,
    ) -> Example<'s> {
        self.load(face, scratch);
        let points = points_at(&self.faces.faces[face].crop, self.settings.size_px);
        let small_px = match region {
            Region::Square | Region::Polygon => self.warp_face(&points, region, rng, scratch),
            Region::Hull => self.shrink_all(&points, rng, scratch),
        };
        blend(
            &scratch.original,
            &scratch.perturbed,
            &scratch.mask,
            &mut scratch.pixels,
        );
        let example = self.finish(face, rng, scratch);
        Example {
            region: Some(region),
            small_px: Some(small_px),
            ..example
        }
    }

    /// A pristine example: the face as it is, cut and jittered as the others.
    ///
    /// # Panics
    /// If there is no such face.
    pub fn pristine<'s>(
        &self,
        face: usize,
        rng: &mut StdRng,
        scratch: &'s mut Scratch,
    ) -> Example<'s> {
        self.load(face, scratch);
        scratch.pixels.copy_from_slice(&scratch.original);
        scratch.mask.fill(0);
        self.finish(face, rng, scratch)
    }

    /// Lays out the buffers for a face.
    fn load(&self, face: usize, scratch: &mut Scratch) {
        let size_px = self.settings.size_px as usize;
        scratch.perturbed.resize(3 * size_px * size_px, 0);
        scratch.pixels.resize(3 * size_px * size_px, 0);
        scratch.mask.resize(size_px * size_px, 0);
        load_square(
            &self.faces.faces[face].crop,
            size_px as u32,
            &mut scratch.original,
        );
    }

    /// Steps 2 to 4; gives the side of the small face.
    fn warp_face(
        &self,
        points: &[[f32; 2]; 68],
        region: Region,
        rng: &mut StdRng,
        scratch: &mut Scratch,
    ) -> usize {
        let size_px = self.settings.size_px as usize;
        let warp = FaceWarp {
            unit_from_picture: unit_from_picture(points),
            side_px: rng.random_range(SIDES_PX),
            num_taps: NUM_TAPS,
        };
        warp.apply(
            &scratch.original,
            size_px,
            &mut scratch.perturbed,
            &mut scratch.mask,
            &mut scratch.warp,
        );
        if region == Region::Polygon {
            scratch.other.resize(size_px * size_px, 0);
            let corners = points[17..27].iter().chain(&points[54..60]);
            let corners = corners.chain(&points[48..49]).copied();
            fill_hull(corners, size_px, &mut scratch.other, &mut scratch.hull);
            for (mask, polygon) in scratch.mask.iter_mut().zip(&scratch.other) {
                *mask &= polygon;
            }
        }
        warp.side_px
    }

    /// `DeepfakeBench`'s variant; gives the side that the picture was shrunk to.
    fn shrink_all(
        &self,
        points: &[[f32; 2]; 68],
        rng: &mut StdRng,
        scratch: &mut Scratch,
    ) -> usize {
        let size_px = self.settings.size_px as usize;
        let small_px = ((draw_factor(rng) * size_px as f32).round() as usize).max(1);
        let Scratch {
            original,
            perturbed,
            mask,
            other,
            small,
            warp,
            masks,
            ..
        } = scratch;
        let whole = Part::whole(size_px);
        cut::<3>(original, size_px, whole, Filter::Bilinear, small_px, small);
        other.resize(small.len(), 0);
        let kernel = Kernel::of_size(NUM_TAPS);
        blur::<3>(small, small_px, &kernel, other, &mut warp.blur);
        let whole = Part::whole(small_px);
        cut::<3>(other, small_px, whole, Filter::Bilinear, size_px, perturbed);
        draw_mask(points, size_px, rng, mask, masks);
        small_px
    }

    /// Steps 5 and 6.
    fn finish<'s>(&self, face: usize, rng: &mut StdRng, scratch: &'s mut Scratch) -> Example<'s> {
        let size_px = self.settings.size_px as usize;
        let mut example_px = self.settings.size_px;
        if let Some(head_px) = self.settings.head_px {
            let points = points_at(&self.faces.faces[face].crop, self.settings.size_px);
            let head = draw_head(&points, size_px, rng);
            let other = &mut scratch.other;
            for picture in [&mut scratch.original, &mut scratch.pixels] {
                let side_px = head_px as usize;
                cut::<3>(picture, size_px, head, Filter::Bilinear, side_px, other);
                std::mem::swap(picture, other);
            }
            let mask = &mut scratch.mask;
            cut::<1>(mask, size_px, head, Filter::Cover, head_px as usize, other);
            std::mem::swap(mask, other);
            example_px = head_px;
        }
        if self.settings.is_jittered {
            let jitter = ColorJitter::draw(rng);
            jitter.apply(&mut scratch.pixels, example_px as usize, &mut scratch.other);
        }
        Example {
            size_px: example_px,
            pixels: &scratch.pixels,
            original: &scratch.original,
            mask: &scratch.mask,
            region: None,
            small_px: None,
            face,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    fn check(settings: FwaSettings, mut check: impl FnMut(&Example<'_>)) {
        let faces = synthetic::faces(2, 3, 128);
        let fwa = Fwa::new(&faces, settings).unwrap();
        let mut scratch = Scratch::default();
        for region in Region::ALL {
            for seed in 0..20 {
                let mut rng = example_rng(seed, region as u64, 0);
                check(&fwa.negative(seed as usize % 6, region, &mut rng, &mut scratch));
                check(&fwa.pristine(seed as usize % 6, &mut rng, &mut scratch));
            }
        }
    }

    #[test]
    fn outside_of_the_mask_every_byte_is_that_of_the_face_with_and_without_head_crop() {
        for head_px in [None, Some(96)] {
            let settings = FwaSettings {
                size_px: 128,
                head_px,
                is_jittered: false,
            };
            check(settings, |example| {
                assert_eq!(example.size_px, head_px.unwrap_or(128));
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
                assert_eq!(example.region.is_some(), 0 < num_changed);
            });
        }
    }

    #[test]
    fn the_polygon_lies_in_the_square() {
        let faces = synthetic::faces(1, 1, 128);
        let settings = FwaSettings {
            size_px: 128,
            head_px: None,
            is_jittered: false,
        };
        let fwa = Fwa::new(&faces, settings).unwrap();
        let mut scratch = Scratch::default();
        let mut masks = [Region::Square, Region::Polygon].map(|region| {
            let mut rng = example_rng(1, 0, 0);
            let example = fwa.negative(0, region, &mut rng, &mut scratch);
            assert!(SIDES_PX.contains(&example.small_px.unwrap()));
            example.mask.to_vec()
        });
        let [square, polygon] = &mut masks;
        assert!(square.iter().zip(polygon.iter()).all(|(s, p)| p <= s));
        let count = |mask: &[u8]| mask.iter().filter(|value| **value == 255).count();
        assert!(count(polygon) < count(square) && count(square) / 4 < count(polygon));
    }

    #[test]
    fn jitter_changes_both_classes_and_neither_the_original_nor_the_mask() {
        let settings = FwaSettings {
            size_px: 128,
            head_px: None,
            is_jittered: true,
        };
        check(settings, |example| {
            let pairs = example.pixels.iter().zip(example.original);
            let num_changed = pairs.filter(|(x_n, x)| x_n != x).count();
            assert!(128 * 128 < num_changed, "{num_changed}");
            let has_mask = example.mask.iter().any(|value| *value != 0);
            assert_eq!(has_mask, example.region.is_some());
        });
    }

    #[test]
    fn an_example_depends_on_nothing_but_its_numbers() {
        let settings = FwaSettings {
            size_px: 64,
            head_px: Some(56),
            is_jittered: true,
        };
        let faces = synthetic::faces(2, 2, 64);
        let fwa = Fwa::new(&faces, settings).unwrap();
        let (mut used, mut fresh) = (Scratch::default(), Scratch::default());
        for region in Region::ALL {
            fwa.negative(3, region, &mut example_rng(9, 9, 9), &mut used);
            let first = fwa.negative(1, region, &mut example_rng(2, 1, 0), &mut used);
            let second = fwa.negative(1, region, &mut example_rng(2, 1, 0), &mut fresh);
            assert_eq!(first, second);
        }
        let none = PristineFaces::default();
        assert!(Fwa::new(&none, settings).is_err());
    }
}
