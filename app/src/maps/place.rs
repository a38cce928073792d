//! Where a crop lies in the frame, and which of its pixels a point is on.
//!
//! Points of the frame and of the screen count from the corner of the first pixel; maps of crops count from
//! its middle (`faces::align`). Shares are 0 to 1 over the crop, from corner to corner.

use egui::{Pos2, Vec2, pos2, vec2};
use seam_engine::faces::FaceBox;

/// A crop's place: `[a, b, c, d, e, f]` of [`seam_engine::faces::align::Crop::frame_from_crop`], and its side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    frame_from_crop: [f32; 6],
    size_px: f32,
}

impl Place {
    pub fn new(frame_from_crop: [f32; 6], size_px: u32) -> Self {
        Self {
            frame_from_crop,
            size_px: size_px as f32,
        }
    }

    /// The point of the frame at a share of the crop.
    pub fn frame_point(&self, share: Vec2) -> Pos2 {
        let [a, b, c, d, e, f] = self.frame_from_crop;
        let at = share * self.size_px - Vec2::splat(0.5);
        pos2(a * at.x + b * at.y + c + 0.5, d * at.x + e * at.y + f + 0.5)
    }

    /// The share of the crop at a point of the frame; `None` outside the crop.
    pub fn share(&self, frame: Pos2) -> Option<Vec2> {
        let [a, b, c, d, e, f] = self.frame_from_crop;
        let determinant = a * e - b * d;
        if determinant.abs() < 1e-12 {
            return None;
        }
        let (x, y) = (frame.x - 0.5 - c, frame.y - 0.5 - f);
        let at = vec2(e * x - b * y, a * y - d * x) / determinant;
        let share = (at + Vec2::splat(0.5)) / self.size_px;
        let is_inside = (0.0..1.0).contains(&share.x) && (0.0..1.0).contains(&share.y);
        is_inside.then_some(share)
    }

    /// The corners in the frame: left top, right top, right bottom, left bottom.
    pub fn corners(&self) -> [Pos2; 4] {
        [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| self.frame_point(vec2(x, y)))
    }

    /// The same place on a face that has moved from one box to another.
    pub fn moved(&self, from: &FaceBox, to: &FaceBox) -> Self {
        let scale = (to.width + to.height) / (from.width + from.height).max(1e-6);
        let [a, b, c, d, e, f] = self.frame_from_crop;
        let ([from_x, from_y], [to_x, to_y]) = (from.center(), to.center());
        let shift = |at: f32, from: f32, to: f32| to + scale * (at - from);
        Self {
            frame_from_crop: [
                scale * a,
                scale * b,
                shift(c, from_x, to_x),
                scale * d,
                scale * e,
                shift(f, from_y, to_y),
            ],
            ..*self
        }
    }
}

/// The pixel at a share of a picture of this side: column and row.
pub fn pixel(share: Vec2, width: u32, height: u32) -> [u32; 2] {
    let at =
        |share: f32, side: u32| ((share * side as f32).max(0.0) as u32).min(side.saturating_sub(1));
    [at(share.x, width), at(share.y, height)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, side: f32) -> FaceBox {
        FaceBox {
            x,
            y: 10.0,
            width: side,
            height: side,
            confidence: 1.0,
        }
    }

    #[test]
    fn a_turned_crop_maps_there_and_back() {
        // Twice as large and turned by some 30 degrees.
        let place = Place::new([1.7, -1.0, 40.0, 1.0, 1.7, 25.0], 128);
        for share in [vec2(0.1, 0.2), vec2(0.5, 0.5), vec2(0.99, 0.01)] {
            let back = place.share(place.frame_point(share)).unwrap();
            assert!((back - share).length() < 1e-5, "{share:?} {back:?}");
        }
        assert_eq!(place.share(pos2(-500.0, 0.0)), None);
    }

    #[test]
    fn the_middle_of_a_pixel_is_the_middle_of_the_pixel_it_was_cut_from() {
        // Pixel (3, 5) of the crop was read at pixel (13, 25) of the frame.
        let place = Place::new([1.0, 0.0, 10.0, 0.0, 1.0, 20.0], 64);
        let share = vec2(3.5, 5.5) / 64.0;
        assert_eq!(pixel(share, 64, 64), [3, 5]);
        assert_eq!(place.frame_point(share), pos2(13.5, 25.5));
        assert_eq!(place.corners()[0], pos2(10.0, 20.0));
        assert_eq!(place.corners()[2], pos2(74.0, 84.0));
    }

    #[test]
    fn a_place_moves_and_grows_with_its_face() {
        let place = Place::new([1.0, 0.0, 10.0, 0.0, 1.0, 10.0], 20);
        let same = place.moved(&face(10.0, 20.0), &face(10.0, 20.0));
        assert_eq!(same, place);
        let moved = place.moved(&face(10.0, 20.0), &face(110.0, 40.0));
        let before = place.frame_point(vec2(0.5, 0.5)) - pos2(20.0, 20.0);
        let after = moved.frame_point(vec2(0.5, 0.5)) - pos2(130.0, 30.0);
        assert!(
            (after - 2.0 * before).length() < 1.1,
            "{before:?} {after:?}"
        );
    }

    #[test]
    fn the_border_belongs_to_the_last_pixel() {
        assert_eq!(pixel(vec2(1.0, 1.0), 64, 32), [63, 31]);
        assert_eq!(pixel(vec2(-0.1, 0.0), 64, 32), [0, 0]);
    }
}
