//! What is done to a mask as a whole: softer or harder edges, more or less of it, no holes, the opposite.

use crate::annotate::blur::{MAX_SOFT_PX, around, blurred};
use crate::annotate::coverage::Coverage;
use crate::annotate::stroke::Stroke;
use crate::data::annotations::{Mask, PixelRect};

/// No mask grows or shrinks by more at once.
pub const MAX_GROWTH_PX: u32 = 256;

impl Stroke {
    /// Edges fade over so many pixels to both sides.
    pub fn soften(&mut self, mask: &mut Mask, soft_px: u32) -> PixelRect {
        let soft_px = soft_px.min(MAX_SOFT_PX);
        self.whole(mask, soft_px, |part| blurred(part, soft_px))
    }

    /// Pixels that are marked at least so much are marked wholly, all others not at all; `HALF` leaves edges where they are.
    pub fn harden(&mut self, mask: &mut Mask, threshold: u8) -> PixelRect {
        self.whole(mask, 0, |part| {
            each(
                part,
                |value| if threshold.max(1) <= value { 255 } else { 0 },
            )
        })
    }

    /// Edges move outwards, soft ones as they are. Corners come out eight-sided: up to 8 % further than `px`.
    pub fn grow(&mut self, mask: &mut Mask, px: u32) -> PixelRect {
        let px = px.min(MAX_GROWTH_PX);
        self.whole(mask, px, |part| grown(part.clone(), px))
    }

    /// Edges move inwards; not from the frame's border.
    pub fn shrink(&mut self, mask: &mut Mask, px: u32) -> PixelRect {
        let px = px.min(MAX_GROWTH_PX);
        self.whole(mask, 1, |part| inverted(&grown(inverted(part), px)))
    }

    /// Marks what is surrounded, as much as what surrounds it.
    pub fn fill_holes(&mut self, mask: &mut Mask) -> PixelRect {
        self.whole(mask, 0, without_holes)
    }

    /// Marks what is not, and takes the marks off the rest.
    pub fn invert(&mut self, mask: &mut Mask) -> PixelRect {
        let rect = mask.rect();
        let values = Coverage::new(rect, inverted(mask));
        self.replace(mask, &values)
    }

    /// Changes all that is marked and so much around it.
    fn whole(
        &mut self,
        mask: &mut Mask,
        margin_px: u32,
        change: impl FnOnce(&Mask) -> Mask,
    ) -> PixelRect {
        let Some(bounds) = mask.bounds() else {
            return PixelRect::NOTHING;
        };
        let values = around(mask, bounds, margin_px, change);
        self.replace(mask, &values)
    }
}

fn each(mask: &Mask, change: impl Fn(u8) -> u8) -> Mask {
    Mask {
        values: mask.values.iter().map(|value| change(*value)).collect(),
        ..*mask
    }
}

fn inverted(mask: &Mask) -> Mask {
    each(mask, |value| 255 - value)
}

/// The most of all pixels within an octagon that reaches `px` far. Squares and crosses of three pixels in turn.
fn grown(mut mask: Mask, px: u32) -> Mask {
    // Of all steps this share are squares, so that corners are as far as sides: the square root of 2, less 1.
    let squares = |step: u32| (f64::from(step) * (std::f64::consts::SQRT_2 - 1.0)) as u32;
    let mut from = Vec::new();
    for step in 0..px {
        let is_square = squares(step) != squares(step + 1);
        from.clone_from(&mask.values);
        step_out(&from, &mut mask, is_square);
    }
    mask
}

/// The most of each pixel and its neighbors, `from` being the values so far.
fn step_out(from: &[u8], mask: &mut Mask, is_square: bool) {
    let width = mask.width.max(1) as usize;
    let last = (mask.height as usize).saturating_sub(1);
    let row_at = |y: usize| &from[y * width..][..width];
    let mut most = vec![0; width];
    for (y, row) in mask.values.chunks_exact_mut(width).enumerate() {
        let (above, own, below) = (
            row_at(y.saturating_sub(1)),
            row_at(y),
            row_at((y + 1).min(last)),
        );
        for (most, ((above, own), below)) in most.iter_mut().zip(above.iter().zip(own).zip(below)) {
            *most = (*above).max(*own).max(*below);
        }
        row.copy_from_slice(&most);
        let beside = if is_square { most.as_slice() } else { own };
        for (value, left) in row[1..].iter_mut().zip(beside) {
            *value = (*value).max(*left);
        }
        for (value, right) in row.iter_mut().zip(&beside[1..]) {
            *value = (*value).max(*right);
        }
    }
}

/// Every pixel raised to the least that any way from it to the border has to cross: holes become as marked as what surrounds
/// them, soft rims and all.
pub(super) fn without_holes(mask: &Mask) -> Mask {
    let (width, height) = (mask.width as usize, mask.height as usize);
    let mut filled = mask.clone();
    let mut is_seen = vec![false; filled.values.len()];
    // Pixels to go on from, by the level that it takes to reach them.
    let mut waiting: Vec<Vec<u32>> = vec![Vec::new(); 256];
    let mut reach = |at: usize, level: u8, waiting: &mut Vec<Vec<u32>>| {
        if !is_seen[at] {
            is_seen[at] = true;
            let level = level.max(filled.values[at]);
            filled.values[at] = level;
            waiting[usize::from(level)].push(at as u32);
        }
    };
    for x in 0..width {
        for y in [0, height.saturating_sub(1)] {
            reach(y * width + x, 0, &mut waiting);
        }
    }
    for y in 0..height {
        for x in [0, width.saturating_sub(1)] {
            reach(y * width + x, 0, &mut waiting);
        }
    }
    for level in 0..=255_u8 {
        while let Some(at) = waiting[usize::from(level)].pop() {
            let at = at as usize;
            let x = at % width;
            if 0 < x {
                reach(at - 1, level, &mut waiting);
            }
            if x + 1 < width {
                reach(at + 1, level, &mut waiting);
            }
            if width <= at {
                reach(at - width, level, &mut waiting);
            }
            if at + width < width * height {
                reach(at + width, level, &mut waiting);
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests;
