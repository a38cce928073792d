//! Blended images as the folder wants them: at the size of the crops, whole, not degraded.

use std::collections::BTreeMap;

use rand::rngs::StdRng;

use crate::forge::blended::{Blended, BlendedSettings, ColorMatch, Example, Scratch, Shape};
use crate::forge::pristine::{ExampleError, PristineFaces};
use crate::forge::stills::{Still, StillGenerator};

static TECHNIQUES: [&str; 4] = [
    "blended-full",
    "blended-extended",
    "blended-components",
    "blended-facehull",
];

pub struct BlendedStills<'a> {
    blended: Blended<'a>,
    size_px: u32,
    scratch: Scratch,
}

impl<'a> BlendedStills<'a> {
    pub fn new(faces: &'a PristineFaces, size_px: u32) -> Result<Self, ExampleError> {
        let settings = BlendedSettings {
            size_px,
            is_rescaled: false,
            color: ColorMatch::Mean,
            is_degraded: false,
            is_cropped: false,
        };
        Ok(Self {
            blended: Blended::new(faces, settings)?,
            size_px,
            scratch: Scratch::default(),
        })
    }
}

impl StillGenerator for BlendedStills<'_> {
    fn techniques(&self) -> &'static [&'static str] {
        &TECHNIQUES
    }

    fn size_px(&self) -> u32 {
        self.size_px
    }

    fn has_xray(&self) -> bool {
        true
    }

    fn manipulated(&mut self, face: usize, technique: usize, rng: &mut StdRng) -> Still<'_> {
        let shape = Shape::ALL[technique];
        still(&self.blended.negative(face, shape, rng, &mut self.scratch))
    }

    fn pristine(&mut self, face: usize, _technique: usize, rng: &mut StdRng) -> Still<'_> {
        still(&self.blended.pristine(face, rng, &mut self.scratch))
    }
}

fn still<'s>(example: &Example<'s>) -> Still<'s> {
    Still {
        pixels: example.pixels,
        original: example.original,
        mask: example.mask,
        xray: example.shape.map(|_| example.xray),
        technique: example.shape.map(Shape::name),
        face: example.face,
        donor: example.donor,
        details: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_a_technique_by_its_name() {
        assert_eq!(Shape::ALL.map(Shape::name), TECHNIQUES);
    }
}
