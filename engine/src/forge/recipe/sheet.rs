//! A contact sheet for each technique: a row a clip; pristine face, result, mask and difference, at
//! three moments.

use image::imageops::{self, FilterType};
use image::{DynamicImage, GenericImage as _, GrayImage, Rgb, RgbImage};

use crate::forge::font::{LINE_PX, draw_text};
use crate::forge::manipulate::Points;
use crate::forge::recipe::footage::bounds;

/// Moments of a clip on a sheet.
pub const NUM_MOMENTS: u32 = 3;

const MAX_ROWS: usize = 8;
const TILE_PX: u32 = 128;
const GAP_PX: u32 = 4;
const GROUP_GAP_PX: u32 = 16;
const TEXT_SCALE: u32 = 2;
const LABEL_PX: u32 = LINE_PX * TEXT_SCALE + GAP_PX;
const GROUP_PX: u32 = 4 * (TILE_PX + GAP_PX) + GROUP_GAP_PX;
const ROW_PX: u32 = LABEL_PX + TILE_PX + 2 * GAP_PX;
const PAPER: Rgb<u8> = Rgb([24; 3]);
const INK: Rgb<u8> = Rgb([230; 3]);

/// Room around the landmarks, as a share of their extent.
const MARGIN: f32 = 0.35;

/// Pristine face, result, mask, and difference times four, [`TILE_PX`] wide each.
pub struct Tiles([RgbImage; 4]);

/// The sheet of one technique.
#[derive(Default)]
pub struct Sheet {
    rows: Vec<(String, Vec<Tiles>)>,
}

impl Tiles {
    /// Cuts the square around the landmarks.
    pub fn cut(pristine: &RgbImage, forged: &RgbImage, mask: &GrayImage, points: &Points) -> Self {
        let [left, top, right, bottom] = bounds(points);
        let side = (1.0 + 2.0 * MARGIN) * (right - left).max(bottom - top).max(2.0);
        // The forehead has no landmarks: a little more above than below.
        let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0 - 0.08 * side);
        let corner = |center: f32, limit: u32| {
            (center - side / 2.0).clamp(0.0, limit.saturating_sub(2) as f32) as u32
        };
        let (width, height) = pristine.dimensions();
        let (x, y) = (corner(x, width), corner(y, height));
        let (w, h) = ((side as u32).min(width - x), (side as u32).min(height - y));
        let tile =
            |picture: RgbImage| imageops::resize(&picture, TILE_PX, TILE_PX, FilterType::Triangle);
        let face = imageops::crop_imm(pristine, x, y, w, h).to_image();
        let result = imageops::crop_imm(forged, x, y, w, h).to_image();
        let mask = imageops::crop_imm(mask, x, y, w, h).to_image();
        let mut difference = face.clone();
        for (a, b) in difference.iter_mut().zip(result.iter()) {
            *a = a.abs_diff(*b).saturating_mul(4);
        }
        let mask = DynamicImage::ImageLuma8(mask).into_rgb8();
        Self([face, result, mask, difference].map(tile))
    }
}

impl Sheet {
    /// Adds a row while there is room.
    pub fn add(&mut self, label: String, tiles: Vec<Tiles>) {
        if self.rows.len() < MAX_ROWS {
            self.rows.push((label, tiles));
        }
    }

    pub fn picture(&self) -> RgbImage {
        let width = GAP_PX + NUM_MOMENTS * GROUP_PX - GROUP_GAP_PX;
        let height = GAP_PX + ROW_PX * self.rows.len() as u32;
        let mut picture = RgbImage::from_pixel(width, height, PAPER);
        for (row, (label, moments)) in self.rows.iter().enumerate() {
            let top = GAP_PX + row as u32 * ROW_PX;
            draw_text(&mut picture, label, GAP_PX, top, TEXT_SCALE, INK);
            for (moment, tiles) in moments.iter().take(NUM_MOMENTS as usize).enumerate() {
                for (column, tile) in tiles.0.iter().enumerate() {
                    let x = GAP_PX + moment as u32 * GROUP_PX + column as u32 * (TILE_PX + GAP_PX);
                    picture
                        .copy_from(tile, x, top + LABEL_PX)
                        .expect("the sheet has room for every place of its grid");
                }
            }
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_show_what_changed_and_do_not_grow_without_end() {
        let pristine = RgbImage::from_pixel(64, 48, Rgb([90; 3]));
        let forged = RgbImage::from_pixel(64, 48, Rgb([100; 3]));
        let mask = GrayImage::from_pixel(64, 48, image::Luma([255]));
        let mut points = [[30.0, 20.0]; 68];
        points[0] = [-10.0, 5.0];
        points[16] = [80.0, 60.0];
        let mut sheet = Sheet::default();
        for _ in 0..20 {
            sheet.add(
                "swap".to_owned(),
                vec![Tiles::cut(&pristine, &forged, &mask, &points)],
            );
        }
        let picture = sheet.picture();
        assert_eq!(picture.height(), GAP_PX + ROW_PX * MAX_ROWS as u32);
        let at = |column: u32| {
            let x = GAP_PX + column * (TILE_PX + GAP_PX) + TILE_PX / 2;
            picture.get_pixel(x, GAP_PX + LABEL_PX + TILE_PX / 2).0[0]
        };
        assert_eq!([at(0), at(1), at(2), at(3)], [90, 100, 255, 40]);
    }
}
