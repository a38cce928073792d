//! The generator: a pristine face in, one example out, the same for the same random generator.

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::augment::{AugmentScratch, Augmentation};
use crate::forge::addg::blur::{BlurScratch, Kernel, blur, draw_num_taps};
use crate::forge::addg::iso_noise::{IsoNoise, IsoNoiseScratch};
use crate::forge::addg::mask::{MaskKind, MaskScratch, draw_mask};
use crate::forge::addg::rotation::draw_turn;
use crate::forge::addg::sampling::warp;
use crate::forge::addg::scaling::{ScalingScratch, draw_factor, scale_down_and_up};
use crate::forge::addg::swap::{Donors, align, match_mean_color};
use crate::forge::addg::{Perturbation, RECIPES, Side, blend};
use crate::forge::pristine::{ExampleError, PristineFaces, load_square, points_at};

/// What of an example the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddgSettings {
    /// Side of the examples, pixels; faces of another size are resized.
    pub size_px: u32,
    /// Donors get the mean color of the face they replace (option `mean_shift`, METHODS 5.1).
    pub is_color_matched: bool,
    /// Mirror, brightness, contrast and JPEG on every example.
    pub is_augmented: bool,
}

/// Makes examples; cheap to share between threads, each with its own [`Scratch`].
pub struct Addg<'a> {
    faces: &'a PristineFaces,
    settings: AddgSettings,
    donors: Donors,
}

/// Buffers of one thread; after an example they hold its pictures. RGB8 squares, masks one byte a pixel.
#[derive(Default)]
pub struct Scratch {
    /// X, the pristine face.
    original: Vec<u8>,
    /// `X_P`, the whole frame perturbed.
    perturbed: Vec<u8>,
    mask: Vec<u8>,
    pixels: Vec<u8>,
    donor: Vec<u8>,
    blur: BlurScratch,
    scaling: ScalingScratch,
    iso_noise: IsoNoiseScratch,
    masks: MaskScratch,
    augment: AugmentScratch,
}

/// One example; its pictures lie in the [`Scratch`] it was made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Example<'s> {
    /// The example: RGB8, `3 * size_px * size_px` bytes.
    pub pixels: &'s [u8],
    /// The pristine face it was made of, before any augmentation.
    pub original: &'s [u8],
    /// 255 where the pixels are perturbed ones, 0 where they are pristine; all 0 for pristine examples.
    pub mask: &'s [u8],
    /// What was done; `None` for pristine examples.
    pub category: Option<u8>,
    /// `None` for pristine examples.
    pub mask_kind: Option<MaskKind>,
    /// A pristine example may be perturbed as a whole, and stays pristine.
    pub is_perturbed_whole: bool,
    /// The face it was made of, a place in the list of pristine faces.
    pub face: usize,
    /// The face that was swapped in.
    pub donor: Option<usize>,
}

impl<'a> Addg<'a> {
    /// Fails where there are no faces, or only those of one clip.
    pub fn new(faces: &'a PristineFaces, settings: AddgSettings) -> Result<Self, ExampleError> {
        Ok(Self {
            faces,
            settings,
            donors: Donors::new(faces)?,
        })
    }

    /// A manipulated example of a face: `X_N` of Eq. 1 for this category (0 to 8).
    ///
    /// # Panics
    /// If there is no such face or category.
    pub fn negative<'s>(
        &self,
        face: usize,
        category: u8,
        rng: &mut StdRng,
        scratch: &'s mut Scratch,
    ) -> Example<'s> {
        let (perturbation, side) = RECIPES[usize::from(category)];
        let mask_kind = self.load(face, rng, scratch);
        let donor = self.perturb(face, perturbation, rng, scratch);
        if side == Side::Outer {
            blend::reverse(&mut scratch.mask);
        }
        blend::blend(
            &scratch.original,
            &scratch.perturbed,
            &scratch.mask,
            &mut scratch.pixels,
        );
        self.augment(rng, scratch);
        Example {
            pixels: &scratch.pixels,
            original: &scratch.original,
            mask: &scratch.mask,
            category: Some(category),
            mask_kind: Some(mask_kind),
            is_perturbed_whole: false,
            face,
            donor,
        }
    }

    /// A pristine example to stand against this category (0 to 8): X, or as often `X_P`, so that a
    /// detector learns the discrepancy and not the perturbation.
    ///
    /// # Panics
    /// If there is no such face or category.
    pub fn pristine<'s>(
        &self,
        face: usize,
        category: u8,
        rng: &mut StdRng,
        scratch: &'s mut Scratch,
    ) -> Example<'s> {
        let (perturbation, _) = RECIPES[usize::from(category)];
        self.load(face, rng, scratch);
        let is_perturbed_whole = rng.random_bool(0.5);
        let donor = if is_perturbed_whole {
            let donor = self.perturb(face, perturbation, rng, scratch);
            scratch.pixels.copy_from_slice(&scratch.perturbed);
            donor
        } else {
            scratch.pixels.copy_from_slice(&scratch.original);
            None
        };
        scratch.mask.fill(0);
        self.augment(rng, scratch);
        Example {
            pixels: &scratch.pixels,
            original: &scratch.original,
            mask: &scratch.mask,
            category: None,
            mask_kind: None,
            is_perturbed_whole,
            face,
            donor,
        }
    }

    /// Lays out the buffers for a face and draws its mask.
    fn load(&self, face: usize, rng: &mut StdRng, scratch: &mut Scratch) -> MaskKind {
        let size_px = self.settings.size_px as usize;
        scratch.perturbed.resize(3 * size_px * size_px, 0);
        scratch.pixels.resize(3 * size_px * size_px, 0);
        load_square(
            &self.faces.faces[face].crop,
            size_px as u32,
            &mut scratch.original,
        );
        let points = self.points(face);
        draw_mask(&points, size_px, rng, &mut scratch.mask, &mut scratch.masks)
    }

    /// Fills `scratch.perturbed` with `X_P`; gives the donor of a swap.
    fn perturb(
        &self,
        face: usize,
        perturbation: Perturbation,
        rng: &mut StdRng,
        scratch: &mut Scratch,
    ) -> Option<usize> {
        let size_px = self.settings.size_px as usize;
        let (original, perturbed) = (&scratch.original, &mut scratch.perturbed);
        match perturbation {
            Perturbation::GaussBlur => {
                let kernel = Kernel::of_size(draw_num_taps(rng));
                blur::<3>(original, size_px, &kernel, perturbed, &mut scratch.blur);
                None
            }
            Perturbation::Scaling => {
                let factor = draw_factor(rng);
                scale_down_and_up(original, size_px, factor, perturbed, &mut scratch.scaling);
                None
            }
            Perturbation::IsoNoise => {
                let noise = IsoNoise::draw(rng);
                noise.apply(original, perturbed, rng, &mut scratch.iso_noise);
                None
            }
            Perturbation::Rotation => {
                let turn = draw_turn(rng, center(&self.points(face)), size_px);
                warp(original, size_px, turn, perturbed);
                None
            }
            Perturbation::SwapRandom => {
                Some(self.swap_in(face, self.donors.random(face, rng), scratch))
            }
            Perturbation::SwapSimilar => {
                Some(self.swap_in(face, self.donors.similar(face, rng), scratch))
            }
        }
    }

    fn swap_in(&self, face: usize, donor: usize, scratch: &mut Scratch) -> usize {
        let size_px = self.settings.size_px;
        load_square(&self.faces.faces[donor].crop, size_px, &mut scratch.donor);
        let donor_from_target = align(&self.points(face), &self.points(donor));
        warp(
            &scratch.donor,
            size_px as usize,
            donor_from_target,
            &mut scratch.perturbed,
        );
        if self.settings.is_color_matched {
            match_mean_color(&scratch.original, &mut scratch.perturbed, &scratch.mask);
        }
        donor
    }

    fn augment(&self, rng: &mut StdRng, scratch: &mut Scratch) {
        if self.settings.is_augmented {
            Augmentation::draw(rng).apply(
                &mut scratch.pixels,
                &mut scratch.mask,
                self.settings.size_px as usize,
                &mut scratch.augment,
            );
        }
    }

    /// The points of a face in pixels of the examples.
    fn points(&self, face: usize) -> [[f32; 2]; 68] {
        points_at(&self.faces.faces[face].crop, self.settings.size_px)
    }
}

fn center(points: &[[f32; 2]; 68]) -> [f32; 2] {
    [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f32>() / 68.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::{CATEGORIES, Edge, example_rng};
    use crate::forge::synthetic;

    const PLAIN: AddgSettings = AddgSettings {
        size_px: 64,
        is_color_matched: true,
        is_augmented: false,
    };

    /// Calls `check` with many manipulated examples of every category and the `X_P` they were made with.
    fn check_all(mut check: impl FnMut(&Example<'_>, &[u8])) {
        let faces = synthetic::faces(3, 3, 64);
        let addg = Addg::new(&faces, PLAIN).unwrap();
        let mut scratch = Scratch::default();
        for category in 0..9 {
            for seed in 0..20 {
                let mut rng = example_rng(seed, u64::from(category), 0);
                addg.negative(seed as usize % 9, category, &mut rng, &mut scratch);
                let perturbed = scratch.perturbed.clone();
                let mut rng = example_rng(seed, u64::from(category), 0);
                let example = addg.negative(seed as usize % 9, category, &mut rng, &mut scratch);
                check(&example, &perturbed);
            }
        }
    }

    #[test]
    fn hard_masks_are_bit_exact_and_soft_ones_convex() {
        let mut num_hard = 0;
        check_all(|example, perturbed| {
            num_hard += u32::from(example.mask_kind.unwrap().edge == Edge::Hard);
            for (at, value) in example.pixels.iter().enumerate() {
                let (x, x_p) = (example.original[at], perturbed[at]);
                match example.mask[at / 3] {
                    0 => assert_eq!(*value, x),
                    255 => assert_eq!(*value, x_p),
                    _ => assert!((x.min(x_p)..=x.max(x_p)).contains(value)),
                }
            }
        });
        assert!((50..130).contains(&num_hard), "{num_hard} of 180");
    }

    #[test]
    fn inner_masks_lie_on_the_face_and_outer_ones_around_it() {
        check_all(|example, _| {
            let name = CATEGORIES[usize::from(example.category.unwrap())];
            let corner_is_perturbed = example.mask[0] == 255;
            assert_eq!(corner_is_perturbed, name.starts_with("outer"), "{name}");
            assert!(example.mask.iter().any(|value| 128 <= *value), "{name}");
            assert_eq!(example.donor.is_some(), name.starts_with("sb-"), "{name}");
        });
    }

    #[test]
    fn pristine_examples_are_the_face_or_as_often_its_whole_perturbation() {
        let faces = synthetic::faces(2, 2, 64);
        let addg = Addg::new(&faces, PLAIN).unwrap();
        let mut scratch = Scratch::default();
        let mut num_perturbed = 0;
        for seed in 0..400 {
            let mut rng = example_rng(seed, 0, 0);
            let category = (seed % 9) as u8;
            let example = addg.pristine(1, category, &mut rng, &mut scratch);
            assert_eq!((example.category, example.mask_kind), (None, None));
            assert!(example.mask.iter().all(|value| *value == 0));
            assert_eq!(
                example.pixels != example.original,
                example.is_perturbed_whole
            );
            num_perturbed += u32::from(example.is_perturbed_whole);
        }
        assert!((150..250).contains(&num_perturbed), "{num_perturbed}");
    }

    #[test]
    fn an_example_depends_on_nothing_but_its_numbers() {
        let faces = synthetic::faces(3, 3, 80);
        let addg = Addg::new(
            &faces,
            AddgSettings {
                is_augmented: true,
                ..PLAIN
            },
        )
        .unwrap();
        let mut used = Scratch::default();
        for category in 0..9 {
            let mut fresh = Scratch::default();
            let mut rng = example_rng(7, u64::from(category), 1);
            let example = addg.negative(4, category, &mut rng, &mut fresh);
            let mut rng = example_rng(7, u64::from(category), 1);
            assert_eq!(example, addg.negative(4, category, &mut rng, &mut used));
        }
    }
}
