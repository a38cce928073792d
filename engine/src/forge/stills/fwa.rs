//! FWA's examples as the folder wants them: whole crops, not jittered.

use std::collections::BTreeMap;

use rand::rngs::StdRng;

use crate::forge::fwa::{Example, Fwa, FwaSettings, Region, Scratch};
use crate::forge::pristine::{ExampleError, PristineFaces};
use crate::forge::stills::{Still, StillGenerator};

static TECHNIQUES: [&str; 3] = ["fwa-square", "fwa-polygon", "fwa-hull"];

pub struct FwaStills<'a> {
    fwa: Fwa<'a>,
    size_px: u32,
    scratch: Scratch,
}

impl<'a> FwaStills<'a> {
    pub fn new(faces: &'a PristineFaces, size_px: u32) -> Result<Self, ExampleError> {
        let settings = FwaSettings {
            size_px,
            head_px: None,
            is_jittered: false,
        };
        Ok(Self {
            fwa: Fwa::new(faces, settings)?,
            size_px,
            scratch: Scratch::default(),
        })
    }
}

impl StillGenerator for FwaStills<'_> {
    fn techniques(&self) -> &'static [&'static str] {
        &TECHNIQUES
    }

    fn size_px(&self) -> u32 {
        self.size_px
    }

    fn manipulated(&mut self, face: usize, technique: usize, rng: &mut StdRng) -> Still<'_> {
        let region = Region::ALL[technique];
        still(&self.fwa.negative(face, region, rng, &mut self.scratch))
    }

    fn pristine(&mut self, face: usize, _technique: usize, rng: &mut StdRng) -> Still<'_> {
        still(&self.fwa.pristine(face, rng, &mut self.scratch))
    }
}

fn still<'s>(example: &Example<'s>) -> Still<'s> {
    let mut details = BTreeMap::new();
    if let Some(small_px) = example.small_px {
        details.insert("small_px".to_owned(), small_px.into());
    }
    Still {
        pixels: example.pixels,
        original: example.original,
        mask: example.mask,
        xray: None,
        technique: example.region.map(Region::name),
        face: example.face,
        donor: None,
        details,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_a_technique_by_its_name() {
        assert_eq!(Region::ALL.map(Region::name), TECHNIQUES);
    }
}
