//! ADDG's examples as the folder wants them: not augmented.

use std::collections::BTreeMap;

use rand::rngs::StdRng;

use crate::forge::addg::{Addg, AddgSettings, CATEGORIES, Example, Scratch};
use crate::forge::pristine::{ExampleError, PristineFaces};
use crate::forge::stills::{Still, StillGenerator};

pub struct AddgStills<'a> {
    addg: Addg<'a>,
    size_px: u32,
    scratch: Scratch,
}

impl<'a> AddgStills<'a> {
    pub fn new(faces: &'a PristineFaces, size_px: u32) -> Result<Self, ExampleError> {
        let settings = AddgSettings {
            size_px,
            is_color_matched: true,
            is_augmented: false,
        };
        Ok(Self {
            addg: Addg::new(faces, settings)?,
            size_px,
            scratch: Scratch::default(),
        })
    }
}

impl StillGenerator for AddgStills<'_> {
    fn techniques(&self) -> &'static [&'static str] {
        &CATEGORIES
    }

    fn size_px(&self) -> u32 {
        self.size_px
    }

    fn manipulated(&mut self, face: usize, technique: usize, rng: &mut StdRng) -> Still<'_> {
        still(
            &self
                .addg
                .negative(face, technique as u8, rng, &mut self.scratch),
        )
    }

    fn pristine(&mut self, face: usize, technique: usize, rng: &mut StdRng) -> Still<'_> {
        still(
            &self
                .addg
                .pristine(face, technique as u8, rng, &mut self.scratch),
        )
    }
}

fn still<'s>(example: &Example<'s>) -> Still<'s> {
    let mut details = BTreeMap::new();
    if let Some(kind) = example.mask_kind {
        details.insert("mask_shape".to_owned(), kind.shape.name().into());
        details.insert("mask_kind".to_owned(), kind.edge.name().into());
    }
    if example.is_perturbed_whole {
        details.insert("perturbed_whole".to_owned(), true.into());
    }
    Still {
        pixels: example.pixels,
        original: example.original,
        mask: example.mask,
        xray: None,
        technique: example.category.map(|at| CATEGORIES[usize::from(at)]),
        face: example.face,
        donor: example.donor,
        details,
    }
}
