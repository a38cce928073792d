//! The magic wand: pixels of like color that hang together.

use crate::annotate::blur::{around, blurred};
use crate::annotate::coverage::Coverage;
use crate::annotate::flood::flood;
use crate::annotate::soften::without_holes;
use crate::data::annotations::{Mask, PixelRect};
use crate::media::Frame;

/// What the wand takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wand {
    /// How far a color may lie from that of the pixel pointed at: in levels of gray, 0 to 255 (see [`distance`]).
    pub tolerance: f32,
    /// Nothing outside of it is taken.
    pub limit: Option<PixelRect>,
    /// Whether what is surrounded is taken as well.
    pub fills_holes: bool,
    /// The rim fades over so much to both sides.
    pub soft_px: u32,
}

/// What is of like color and hangs together with a pixel. `None` where `is_cancelled` said so, or the pixel lies outside of
/// the frame or the limit. For a thread of its own: a whole frame of 4K takes some ten milliseconds.
pub fn wand(
    frame: &Frame,
    seed: [u32; 2],
    wand: Wand,
    is_cancelled: impl Fn() -> bool,
) -> Option<Coverage> {
    let whole = PixelRect {
        x0: 0,
        y0: 0,
        x1: frame.width,
        y1: frame.height,
    };
    let limit = wand.limit.map_or(whole, |limit| limit.intersected(whole));
    let [x, y] = seed;
    if !(limit.x0..limit.x1).contains(&x) || !(limit.y0..limit.y1).contains(&y) {
        return None;
    }
    let color = frame.rgb(i64::from(x), i64::from(y));
    let tolerance = wand.tolerance.clamp(0.0, 255.0);
    let most = (GRAY * tolerance * tolerance) as u32;
    let mut taken = Mask::empty(limit.x1 - limit.x0, limit.y1 - limit.y0);
    let width = taken.width as usize;
    let sort = |y: usize, row: &mut [u8]| {
        let first = (limit.y0 as usize + y) * frame.width as usize + limit.x0 as usize;
        let pixels = frame.pixels[3 * first..][..3 * width].as_chunks::<3>().0;
        for (value, pixel) in row.iter_mut().zip(pixels) {
            *value = u8::from(distance(*pixel, color) <= most);
        }
    };
    let own = [x - limit.x0, y - limit.y0];
    flood(&mut taken, own, [1, 255], sort, &is_cancelled)?;
    // Pixels of like color that the flood did not reach are still 1.
    for value in &mut taken.values {
        *value = if *value == 255 { 255 } else { 0 };
    }
    let reached = around(&taken, taken.bounds()?, wand.soft_px, |part| {
        let filled = if wand.fills_holes {
            without_holes(part)
        } else {
            part.clone()
        };
        blurred(&filled, wand.soft_px)
    });
    let own = reached.rect();
    let rect = PixelRect {
        x0: limit.x0 + own.x0,
        y0: limit.y0 + own.y0,
        x1: limit.x0 + own.x1,
        y1: limit.y0 + own.y1,
    };
    (!is_cancelled()).then(|| Coverage::new(rect, reached.values().clone()))
}

/// What one level of gray is squared, in [`distance`].
const GRAY: f32 = 9.0;

/// Squared distance of two colors, in gamma-coded RGB weighted by how well people tell them apart: the low-cost approximation of
/// CIE L*u*v* by T. Riemersma ("Colour metric", compuphase), 9 for one level of gray.
pub fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let [red, green, blue] = [0, 1, 2].map(|at| u32::from(one[at].abs_diff(other[at])));
    let mean_red = (u32::from(one[0]) + u32::from(other[0])) / 2;
    let red = ((512 + mean_red) * red * red) >> 8;
    let blue = ((767 - mean_red) * blue * blue) >> 8;
    red + 4 * green * green + blue
}

#[cfg(test)]
mod tests;
