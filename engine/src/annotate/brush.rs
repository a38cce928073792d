//! The brush: a round tip drawn along a line, hard or soft, of any size.

use pulp::{Arch, Simd, WithSimd};

use crate::annotate::stroke::{Mode, Stroke, TileRow};
use crate::data::annotations::tiles::TILE_PX;
use crate::data::annotations::{Mask, PixelRect};

/// Ends of what a radius can be.
pub const MIN_RADIUS_PX: f32 = 0.5;
pub const MAX_RADIUS_PX: f32 = 100_000.0;

/// A round tip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    /// Where the coverage ends; half of it, where the tip is hard. From [`MIN_RADIUS_PX`].
    pub radius_px: f32,
    /// Share of the radius over which the coverage fades out, 0 to 1. However hard, a rim fades over one pixel.
    pub softness: f32,
    pub mode: Mode,
}

/// From the middle of any pixel of a tile to its center.
const REACH_PX: f32 = 0.5 * (TILE_PX - 1) as f32 * std::f32::consts::SQRT_2;

impl Stroke {
    /// Draws the brush from one point to another, both in pixels of the frame, whose first pixel has its center at 0.
    /// The same point twice is a stamp. Nothing happens where a number is not finite.
    pub fn capsule(
        &mut self,
        mask: &mut Mask,
        from: [f32; 2],
        to: [f32; 2],
        brush: Brush,
    ) -> PixelRect {
        self.pressed_capsule(mask, from, to, brush, [1.0; 2])
    }

    /// As [`Self::capsule`], with the radius multiplied by the first pressure at the first point, by the
    /// second at the other, and evenly between.
    pub fn pressed_capsule(
        &mut self,
        mask: &mut Mask,
        from: [f32; 2],
        to: [f32; 2],
        brush: Brush,
        pressures: [f32; 2],
    ) -> PixelRect {
        let mut dirty = PixelRect::NOTHING;
        let Some(capsule) = Capsule::new(from, to, brush, pressures) else {
            return dirty;
        };
        let tiles = self.tiles();
        let bounds = capsule.bounds(mask);
        for tile in tiles.within(bounds) {
            let rect = tiles.rect(tile);
            let corner = [rect.x0 as f32, rect.y0 as f32];
            let middle = corner.map(|side| side + 0.5 * (TILE_PX - 1) as f32);
            let outside = capsule.distance(middle);
            if 0.5 < outside - REACH_PX {
                continue;
            }
            let is_dirty = if outside + REACH_PX < -capsule.widest_fade() {
                self.cover_tile(mask, tile, brush.mode)
            } else {
                self.cover_rows(mask, tile, brush.mode, |rows| {
                    Arch::new().dispatch(Cover {
                        capsule: &capsule,
                        corner,
                        rows,
                    });
                })
            };
            if is_dirty {
                dirty = dirty.united(rect.intersected(bounds));
            }
        }
        dirty
    }
}

/// Every point within a radius of a line, where the radius changes evenly along the line: what the brush sweeps over.
#[derive(Clone, Copy, Debug)]
struct Capsule {
    from: [f32; 2],
    /// Of length 1.
    along: [f32; 2],
    length: f32,
    /// At `from`, and how much more for each pixel along the line.
    radius: f32,
    widening: f32,
    /// How much further along the line than its foot a point's nearest disc lies, over its distance from the line.
    lean: f32,
    softness: f32,
}

impl Capsule {
    fn new(from: [f32; 2], to: [f32; 2], brush: Brush, pressures: [f32; 2]) -> Option<Self> {
        let softness = brush.softness.clamp(0.0, 1.0);
        let radii = pressures
            .map(|pressure| (brush.radius_px * pressure).clamp(MIN_RADIUS_PX, MAX_RADIUS_PX));
        let line = [to[0] - from[0], to[1] - from[1]];
        let length = line[0].hypot(line[1]);
        let sum = length + radii[0] + radii[1] + softness + from[0] + from[1];
        if !sum.is_finite() {
            return None;
        }
        let disc = |center, radius| Self {
            from: center,
            along: [1.0, 0.0],
            length: 0.0,
            radius,
            widening: 0.0,
            lean: 0.0,
            softness,
        };
        // One end's disc may hold all others; then there is no line to speak of.
        if length <= (radii[1] - radii[0]).abs() || length < 1e-3 {
            return Some(if radii[0] < radii[1] {
                disc(to, radii[1])
            } else {
                disc(from, radii[0])
            });
        }
        let widening = (radii[1] - radii[0]) / length;
        Some(Self {
            along: line.map(|side| side / length),
            length,
            widening,
            lean: widening / (1.0 - widening * widening).sqrt(),
            ..disc(from, radii[0])
        })
    }

    /// From the nearest disc of the sweep to a point, negative inside, and the disc's radius.
    #[inline(always)]
    fn nearest(&self, [x, y]: [f32; 2]) -> (f32, f32) {
        let (x, y) = (x - self.from[0], y - self.from[1]);
        let forward = x * self.along[0] + y * self.along[1];
        let aside = (x * self.along[1] - y * self.along[0]).abs();
        let foot = (forward + aside * self.lean).max(0.0).min(self.length);
        let radius = self.radius + self.widening * foot;
        let ahead = forward - foot;
        ((ahead * ahead + aside * aside).sqrt() - radius, radius)
    }

    fn distance(&self, point: [f32; 2]) -> f32 {
        self.nearest(point).0
    }

    /// Share of a pixel that is covered, 0 to 1, by the distance of its center from the border: none at the radius, all
    /// of it where the fade ends, with a smooth step between. A fade of less than a pixel lies around the radius.
    #[inline(always)]
    fn share(&self, center: [f32; 2]) -> f32 {
        let (outside, radius) = self.nearest(center);
        let fade = self.fade(radius);
        let depth = ((1.0 - fade).max(0.0) - outside) / fade.max(1.0);
        let depth = depth.clamp(0.0, 1.0);
        depth * depth * (3.0 - 2.0 * depth)
    }

    /// How deep within a disc the coverage begins to fade.
    #[inline(always)]
    fn fade(&self, radius: f32) -> f32 {
        (self.softness * radius).max(0.5)
    }

    fn widest_fade(&self) -> f32 {
        let last = self.radius + self.widening * self.length;
        self.fade(self.radius.max(last))
    }

    /// The pixels of a mask that may be covered.
    fn bounds(&self, mask: &Mask) -> PixelRect {
        let last = self.radius + self.widening * self.length;
        let sides = |axis: usize, size: u32| {
            let from = self.from[axis];
            let to = from + self.along[axis] * self.length;
            let least = (from - self.radius).min(to - last) - 1.0;
            let most = (from + self.radius).max(to + last) + 2.0;
            // Casts take what is below zero to zero.
            (least as u32, (most as u32).min(size))
        };
        let (x0, x1) = sides(0, mask.width);
        let (y0, y1) = sides(1, mask.height);
        PixelRect { x0, y0, x1, y1 }
    }
}

/// Writes the shares of a tile's pixels, compiled for the widest vectors of the processor.
struct Cover<'a> {
    capsule: &'a Capsule,
    /// Center of the tile's first pixel.
    corner: [f32; 2],
    rows: &'a mut [TileRow; TILE_PX as usize],
}

impl WithSimd for Cover<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        // Adding this much leaves the whole part of a small number in the lowest bits.
        const SHIFT: f32 = (1 << 23) as f32;
        let capsule = *self.capsule;
        let [left, top] = self.corner;
        for (row, y) in self.rows.iter_mut().zip(0_u8..) {
            let y = top + f32::from(y);
            for (value, x) in row.iter_mut().zip(0_u8..) {
                let share = capsule.share([left + f32::from(x), y]);
                *value = (share * 255.0 + SHIFT).to_bits() as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests;
