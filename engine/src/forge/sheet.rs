//! The contact sheet: a row for each technique, with three examples; each example is a few pictures side
//! by side, such as pristine face, result, mask, and difference.

use image::{GenericImage as _, Rgb, RgbImage, imageops};

use crate::forge::font::{ADVANCE_PX, LINE_PX, draw_text};

/// Examples of each technique on the sheet.
pub const EXAMPLES_PER_ROW: usize = 3;

const TILE_PX: u32 = 128;
const GAP_PX: u32 = 4;
/// More room between two examples than between the pictures of one.
const GROUP_GAP_PX: u32 = 16;
const TEXT_SCALE: u32 = 2;
const HEADER_PX: u32 = LINE_PX * TEXT_SCALE + 2 * GAP_PX;

const PAPER: Rgb<u8> = Rgb([24; 3]);
const INK: Rgb<u8> = Rgb([230; 3]);

/// A sheet that fills up example by example.
pub struct ContactSheet {
    picture: RgbImage,
    grid: Grid,
}

/// Where the pictures lie.
#[derive(Clone, Copy)]
struct Grid {
    /// Room for the longest name.
    label_px: u32,
    num_columns: u32,
}

impl ContactSheet {
    /// Labels only: a row for each technique, the names of an example's pictures above them.
    pub fn new(techniques: &[&str], columns: &[&str]) -> Self {
        let num_letters = techniques.iter().map(|name| name.len()).max().unwrap_or(0);
        let grid = Grid {
            label_px: num_letters as u32 * ADVANCE_PX * TEXT_SCALE + 2 * GAP_PX,
            num_columns: columns.len() as u32,
        };
        let width = grid.left_of(EXAMPLES_PER_ROW, 0);
        let mut picture = RgbImage::from_pixel(width, top_of(techniques.len()), PAPER);
        for (row, name) in techniques.iter().enumerate() {
            let y = top_of(row) + (TILE_PX - LINE_PX * TEXT_SCALE) / 2;
            draw_text(&mut picture, name, GAP_PX, y, TEXT_SCALE, INK);
        }
        for place in 0..EXAMPLES_PER_ROW {
            for (column, name) in columns.iter().enumerate() {
                let x = grid.left_of(place, column);
                draw_text(&mut picture, name, x, GAP_PX, TEXT_SCALE, INK);
            }
        }
        Self { picture, grid }
    }

    /// Puts the pictures of an example, RGB8 squares of `size_px`, into a row; `place` is below
    /// [`EXAMPLES_PER_ROW`].
    ///
    /// # Panics
    /// If the row or place is not on the sheet, or a picture has another number of bytes.
    pub fn add(
        &mut self,
        row: usize,
        place: usize,
        size_px: u32,
        pictures: impl IntoIterator<Item = Vec<u8>>,
    ) {
        for (column, pixels) in pictures.into_iter().enumerate() {
            let tile = RgbImage::from_raw(size_px, size_px, pixels)
                .expect("every picture of an example has three bytes a pixel");
            let tile = imageops::resize(&tile, TILE_PX, TILE_PX, imageops::FilterType::Triangle);
            let x = self.grid.left_of(place, column);
            self.picture
                .copy_from(&tile, x, top_of(row))
                .expect("the sheet has room for every place of its grid");
        }
    }

    pub fn picture(&self) -> &RgbImage {
        &self.picture
    }
}

impl Grid {
    fn left_of(self, place: usize, column: usize) -> u32 {
        let group_px = self.num_columns * (TILE_PX + GAP_PX) + GROUP_GAP_PX;
        self.label_px + place as u32 * group_px + column as u32 * (TILE_PX + GAP_PX)
    }
}

fn top_of(row: usize) -> u32 {
    HEADER_PX + row as u32 * (TILE_PX + GAP_PX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_the_grid_gets_its_picture() {
        let techniques = ["one", "two", "three"];
        let mut sheet = ContactSheet::new(&techniques, &["before", "after"]);
        for row in 0..techniques.len() {
            for place in 0..EXAMPLES_PER_ROW {
                let pictures = [vec![200; 3 * 64 * 64], vec![90; 3 * 64 * 64]];
                sheet.add(row, place, 64, pictures);
            }
        }
        for row in 0..techniques.len() {
            for place in 0..EXAMPLES_PER_ROW {
                for (column, level) in [200, 90].into_iter().enumerate() {
                    let (x, y) = (sheet.grid.left_of(place, column), top_of(row));
                    for inside in [0, TILE_PX - 1] {
                        let pixel = sheet.picture().get_pixel(x + inside, y + inside);
                        assert_eq!(pixel, &Rgb([level; 3]));
                    }
                }
            }
        }
    }
}
