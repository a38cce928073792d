//! The contact sheet: for each category three examples, each as pristine face, result, mask, and
//! difference times four.

use image::{GenericImage as _, Rgb, RgbImage, imageops};

use crate::forge::addg::{CATEGORIES, Example};
use crate::forge::font::{ADVANCE_PX, LINE_PX, draw_text};

/// Examples of each category on the sheet.
pub const EXAMPLES_PER_ROW: usize = 3;

const COLUMNS: [&str; 4] = ["pristine", "result", "mask", "diff x4"];
const TILE_PX: u32 = 128;
const GAP_PX: u32 = 4;
/// More room between two examples than between the pictures of one.
const GROUP_GAP_PX: u32 = 16;
const TEXT_SCALE: u32 = 2;
/// Room for the longest name, `outer-gauss-blur`.
const LABEL_PX: u32 = 16 * ADVANCE_PX * TEXT_SCALE + 2 * GAP_PX;
const HEADER_PX: u32 = LINE_PX * TEXT_SCALE + 2 * GAP_PX;
const GROUP_PX: u32 = 4 * (TILE_PX + GAP_PX) + GROUP_GAP_PX;

const PAPER: Rgb<u8> = Rgb([24; 3]);
const INK: Rgb<u8> = Rgb([230; 3]);

/// A sheet that fills up example by example.
pub struct ContactSheet {
    picture: RgbImage,
}

impl ContactSheet {
    /// Labels only.
    pub fn new() -> Self {
        let width = LABEL_PX + EXAMPLES_PER_ROW as u32 * GROUP_PX;
        let height = HEADER_PX + CATEGORIES.len() as u32 * (TILE_PX + GAP_PX);
        let mut picture = RgbImage::from_pixel(width, height, PAPER);
        for (row, name) in CATEGORIES.iter().enumerate() {
            let y = top_of(row) + (TILE_PX - LINE_PX * TEXT_SCALE) / 2;
            draw_text(&mut picture, name, GAP_PX, y, TEXT_SCALE, INK);
        }
        for place in 0..EXAMPLES_PER_ROW {
            for (column, name) in COLUMNS.iter().enumerate() {
                let x = left_of(place, column);
                draw_text(&mut picture, name, x, GAP_PX, TEXT_SCALE, INK);
            }
        }
        Self { picture }
    }

    /// Puts a manipulated example, not augmented, into the row of its category; `place` is below
    /// [`EXAMPLES_PER_ROW`].
    pub fn add(&mut self, example: &Example<'_>, size_px: u32, place: usize) {
        let row = usize::from(example.category.unwrap_or_default());
        let mask = example.mask.iter().flat_map(|value| [*value; 3]).collect();
        let pairs = example.original.iter().zip(example.pixels);
        let difference = pairs
            .map(|(x, x_n)| x.abs_diff(*x_n).saturating_mul(4))
            .collect();
        let pictures = [
            example.original.to_vec(),
            example.pixels.to_vec(),
            mask,
            difference,
        ];
        for (column, pixels) in pictures.into_iter().enumerate() {
            let tile = RgbImage::from_raw(size_px, size_px, pixels)
                .expect("every picture of an example has three bytes a pixel");
            let tile = imageops::resize(&tile, TILE_PX, TILE_PX, imageops::FilterType::Triangle);
            self.picture
                .copy_from(&tile, left_of(place, column), top_of(row))
                .expect("the sheet has room for every place of its grid");
        }
    }

    pub fn picture(&self) -> &RgbImage {
        &self.picture
    }
}

fn left_of(place: usize, column: usize) -> u32 {
    LABEL_PX + place as u32 * GROUP_PX + column as u32 * (TILE_PX + GAP_PX)
}

fn top_of(row: usize) -> u32 {
    HEADER_PX + row as u32 * (TILE_PX + GAP_PX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::{Addg, AddgSettings, Scratch, example_rng};
    use crate::forge::synthetic;

    #[test]
    fn every_place_of_the_grid_gets_its_picture() {
        let faces = synthetic::faces(2, 2, 64);
        let settings = AddgSettings {
            size_px: 64,
            is_color_matched: true,
            is_augmented: false,
        };
        let addg = Addg::new(&faces, settings).unwrap();
        let mut scratch = Scratch::default();
        let mut sheet = ContactSheet::new();
        for category in 0..9 {
            for place in 0..EXAMPLES_PER_ROW {
                let mut rng = example_rng(1, u64::from(category), place as u64);
                let example = addg.negative(0, category, &mut rng, &mut scratch);
                sheet.add(&example, 64, place);
            }
        }
        for row in 0..9 {
            for place in 0..EXAMPLES_PER_ROW {
                let (x, y) = (left_of(place, 0) + 1, top_of(row) + 1);
                assert_ne!(sheet.picture().get_pixel(x, y), &PAPER);
            }
        }
    }
}
