//! Lays a mask of one frame onto another: turned, scaled and shifted with the face, bent with its points.

use crate::data::annotations::{Mask, PixelRect};
use crate::faces::similarity::Similarity;

/// How far a point bends what is around it, over the side of the face (standard deviation).
const REACH: f32 = 0.12;

/// As if a point that stays stood everywhere: where points are far, nothing is bent.
const STIFFNESS: f32 = 0.5;

/// Farther than so many standard deviations a point has no say.
const CUTOFF: f32 = 3.0;

/// From a frame back to the one that the mask was painted on.
#[derive(Clone, Debug)]
pub struct Warp {
    own_from_other: Similarity,
    /// Points in the other frame, and by how much more each moves than the face as a whole; pixels of either.
    bends: Vec<([f32; 2], [f32; 2])>,
    /// Pixels of the other frame.
    reach_px: f32,
}

impl Warp {
    /// With the face as a whole, nothing bent. `None` where the face became a point.
    pub fn rigid(other_from_own: &Similarity) -> Option<Self> {
        Some(Self {
            own_from_other: other_from_own.inverse()?,
            bends: Vec::new(),
            reach_px: 1.0,
        })
    }

    /// Bent so that `other` come to lie near `own`. `face_px` is the side of the face in the other frame.
    pub fn bent(mut self, own: &[[f32; 2]], other: &[[f32; 2]], face_px: f32) -> Self {
        let bend = |(own, other): (&[f32; 2], &[f32; 2])| {
            let moved = self.own_from_other.point(*other);
            (*other, [own[0] - moved[0], own[1] - moved[1]])
        };
        self.bends = own.iter().zip(other).map(bend).collect();
        self.reach_px = (REACH * face_px).max(1.0);
        self
    }

    /// Where a place of the other frame was.
    pub fn back(&self, at: [f32; 2]) -> [f32; 2] {
        let [x, y] = self.own_from_other.point(at);
        let (mut total, mut shift) = (STIFFNESS, [0.0_f32; 2]);
        let scale = 1.0 / self.reach_px;
        for (place, bend) in &self.bends {
            let [right, down] = [scale * (at[0] - place[0]), scale * (at[1] - place[1])];
            let squared = right * right + down * down;
            if squared < CUTOFF * CUTOFF {
                let weight = (-0.5 * squared).exp();
                total += weight;
                shift[0] += weight * bend[0];
                shift[1] += weight * bend[1];
            }
        }
        [x + shift[0] / total, y + shift[1] / total]
    }

    /// The mask as it lies in the other frame, of that frame's size.
    pub fn mask(&self, own: &Mask, [width, height]: [u32; 2]) -> Mask {
        let mut other = Mask::empty(width, height);
        let Some(rect) = marked(own).and_then(|rect| self.reached(rect, [width, height])) else {
            return other;
        };
        for y in rect.y0..rect.y1 {
            let row = y as usize * width as usize;
            for x in rect.x0..rect.x1 {
                let at = self.back([x as f32, y as f32]);
                other.values[row + x as usize] = between(own, at);
            }
        }
        other
    }

    /// Pixels of the other frame that a part of the own one may come to lie on.
    fn reached(&self, rect: PixelRect, [width, height]: [u32; 2]) -> Option<PixelRect> {
        let other_from_own = self.own_from_other.inverse()?;
        let largest = self
            .bends
            .iter()
            .map(|(_, [x, y])| x.hypot(*y))
            .fold(0.0, f32::max);
        let spare = 2.0 + largest * other_from_own.scale();
        let (left, right) = (rect.x0 as f32, rect.x1 as f32);
        let (top, bottom) = (rect.y0 as f32, rect.y1 as f32);
        let corners = [[left, top], [right, top], [left, bottom], [right, bottom]]
            .map(|corner| other_from_own.point(corner));
        let ends = |axis: usize, side: u32| {
            let places = corners.map(|corner| corner[axis]);
            let low = places.iter().copied().fold(f32::INFINITY, f32::min) - spare;
            let high = places.iter().copied().fold(f32::NEG_INFINITY, f32::max) + spare;
            // Casts of floats stop at the ends of the integer.
            (
                (low.floor() as u32).min(side),
                (high.ceil() as u32).min(side),
            )
        };
        let ((x0, x1), (y0, y1)) = (ends(0, width), ends(1, height));
        Some(PixelRect { x0, y0, x1, y1 }).filter(|rect| !rect.is_empty())
    }
}

/// The smallest part of a mask with all that is marked.
pub fn marked(mask: &Mask) -> Option<PixelRect> {
    let width = mask.width as usize;
    let mut all: Option<PixelRect> = None;
    for (row, y) in mask.values.chunks_exact(width.max(1)).zip(0_u32..) {
        let Some(first) = row.iter().position(|value| *value != 0) else {
            continue;
        };
        let last = row.iter().rposition(|value| *value != 0).unwrap_or(first);
        let line = PixelRect {
            x0: first as u32,
            y0: y,
            x1: last as u32 + 1,
            y1: y + 1,
        };
        all = Some(all.map_or(line, |all| all.united(line)));
    }
    all
}

/// Bilinear; nothing is marked outside of the frame.
fn between(mask: &Mask, [x, y]: [f32; 2]) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (x - left, y - top);
    let value = |right: i64, below: i64| {
        let (x, y) = (left as i64 + right, top as i64 + below);
        let is_inside =
            (0..i64::from(mask.width)).contains(&x) && (0..i64::from(mask.height)).contains(&y);
        if is_inside {
            f32::from(mask.values[y as usize * mask.width as usize + x as usize])
        } else {
            0.0
        }
    };
    let upper = (1.0 - across) * value(0, 0) + across * value(1, 0);
    let lower = (1.0 - across) * value(0, 1) + across * value(1, 1);
    ((1.0 - down) * upper + down * lower).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disc(x: f32, y: f32, radius: f32) -> Mask {
        let mut mask = Mask::empty(120, 90);
        for (value, at) in mask.values.iter_mut().zip(0_u32..) {
            let away = ((at % 120) as f32 - x).hypot((at / 120) as f32 - y);
            *value = (255.0 * (radius - away + 0.5).clamp(0.0, 1.0)) as u8;
        }
        mask
    }

    #[test]
    fn a_disc_goes_where_the_face_goes() {
        let (sin, cos) = 0.3_f32.sin_cos();
        let moved = Similarity {
            a: 1.2 * cos,
            b: 1.2 * sin,
            shift: [8.0, -12.0],
        };
        let [x, y] = moved.point([50.0, 40.0]);
        let carried = Warp::rigid(&moved)
            .unwrap()
            .mask(&disc(50.0, 40.0, 20.0), [120, 90]);
        let iou = carried.iou(&disc(x, y, 24.0));
        assert!(0.97 < iou, "{iou}");
        let gone = Similarity {
            shift: [-500.0, 0.0],
            ..Similarity::IDENTITY
        };
        let carried = Warp::rigid(&gone)
            .unwrap()
            .mask(&disc(50.0, 40.0, 20.0), [120, 90]);
        assert!(carried.is_empty());
        assert!(
            Warp::rigid(&gone)
                .unwrap()
                .mask(&Mask::empty(120, 90), [120, 90])
                .is_empty()
        );
    }

    #[test]
    fn what_lies_at_a_point_that_moves_alone_moves_with_it() {
        let own = [[30.0, 30.0], [90.0, 30.0], [60.0, 70.0]];
        let mut other = own;
        // The chin drops by six pixels.
        other[2][1] += 6.0;
        let warp = Warp::rigid(&Similarity::IDENTITY)
            .unwrap()
            .bent(&own, &other, 80.0);
        let [x, y] = warp.back([60.0, 76.0]);
        assert!(
            (x - 60.0).abs() < 0.1 && (71.0..73.0).contains(&y),
            "{x} {y}"
        );
        let [x, y] = warp.back([60.0, 5.0]);
        assert!((x - 60.0).abs() < 0.1 && (y - 5.0).abs() < 0.1, "{x} {y}");
    }

    #[test]
    fn the_marked_part_is_the_smallest() {
        let mut mask = Mask::empty(10, 8);
        assert_eq!(marked(&mask), None);
        mask.values[2 * 10 + 7] = 1;
        mask.values[5 * 10 + 3] = 255;
        let rect = PixelRect {
            x0: 3,
            y0: 2,
            x1: 8,
            y1: 6,
        };
        assert_eq!(marked(&mask), Some(rect));
    }
}
