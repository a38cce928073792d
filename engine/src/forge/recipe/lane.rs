//! One forgery of one shot while its frames go by: manipulated, checked, written, shown on the sheet.

use image::{GrayImage, RgbImage};

use crate::forge::ForgeError;
use crate::forge::manipulate::{Manipulation, Points, Technique};
use crate::forge::recipe::plan::Forgery;
use crate::forge::recipe::sheet::Tiles;
use crate::forge::recipe::sink::Sink;

/// A forgery in the making.
pub struct Lane {
    pub forgery: Forgery,
    pub manipulation: Box<dyn Manipulation>,
    pub clip: Sink,
    pub mask: Sink,
    /// Frames that go onto the contact sheet.
    pub moments: Vec<u32>,
    pub tiles: Vec<Tiles>,
    /// Frames with at least one manipulated pixel.
    pub num_manipulated: u32,
    pub frame: RgbImage,
}

impl Lane {
    /// Takes the next pristine frame; fails as [`change`] does.
    pub fn push(
        &mut self,
        pristine: &RgbImage,
        points: &Points,
        index: u32,
    ) -> Result<(), ForgeError> {
        self.frame.clone_from(pristine);
        let technique = self.forgery.technique;
        let manipulation = self.manipulation.as_mut();
        let mask = change(
            &mut self.frame,
            pristine,
            technique,
            manipulation,
            points,
            index,
        )?;
        if mask.iter().any(|value| *value != 0) {
            self.num_manipulated += 1;
        }
        if self.moments.contains(&index) {
            let tiles = Tiles::cut(pristine, &self.frame, &mask, points);
            self.tiles.push(tiles);
        }
        self.clip.push_rgb(&self.frame)?;
        self.mask.push_gray(&mask)
    }
}

/// Manipulates a frame that equals `pristine` and gives the mask.
///
/// Fails where a pixel outside the mask was changed, which is a bug that must not get into any data.
pub fn change(
    frame: &mut RgbImage,
    pristine: &RgbImage,
    technique: Technique,
    manipulation: &mut dyn Manipulation,
    points: &Points,
    index: u32,
) -> Result<GrayImage, ForgeError> {
    let mask = manipulation.apply(frame, points, index);
    if is_exact(pristine, frame, &mask) {
        Ok(mask)
    } else {
        Err(ForgeError::Inexact {
            technique: technique.name(),
            frame: index,
        })
    }
}

/// Whether every pixel outside the mask is the pristine one, bit for bit.
fn is_exact(pristine: &RgbImage, forged: &RgbImage, mask: &GrayImage) -> bool {
    pristine.dimensions() == mask.dimensions()
        && pristine.dimensions() == forged.dimensions()
        && pristine
            .pixels()
            .zip(forged.pixels())
            .zip(mask.iter())
            .all(|((x, x_n), m)| *m != 0 || x == x_n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_bit_outside_the_mask_is_seen() {
        let pristine = RgbImage::from_pixel(8, 8, image::Rgb([100; 3]));
        let mut forged = pristine.clone();
        let mut mask = GrayImage::new(8, 8);
        assert!(is_exact(&pristine, &forged, &mask));
        forged.put_pixel(3, 4, image::Rgb([100, 101, 100]));
        assert!(!is_exact(&pristine, &forged, &mask));
        mask.put_pixel(3, 4, image::Luma([255]));
        assert!(is_exact(&pristine, &forged, &mask));
    }
}
