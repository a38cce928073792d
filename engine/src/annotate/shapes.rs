//! Filled outlines with holes and clean rims: what lassos and parts of faces are painted with.

use crate::annotate::blur::{MAX_SOFT_PX, blurred};
use crate::annotate::coverage::Coverage;
use crate::data::annotations::{Mask, PixelRect};

/// Lines that are looked at within a row of pixels; along them coverage is exact.
const LINES: usize = 16;

/// What a line adds to a pixel that it covers wholly.
const WHOLE: i32 = 256;

/// A closed line, its last point joined to its first; in pixels of the frame, whose first pixel has its center at 0.
pub type Outline = Vec<[f32; 2]>;

/// What lies within an odd number of outlines (even-odd rule): an outline within another is a hole. Points may lie out of
/// the frame; outlines with numbers that are not finite are left out.
///
/// Where `soft_px` is not 0, the rim fades from nothing so far outside to all of it as far inside. `width` and `height` are
/// the frame's, in pixels.
pub fn polygons(outlines: &[Outline], soft_px: f32, width: u32, height: u32) -> Coverage {
    let soft_px = (soft_px.clamp(0.0, MAX_SOFT_PX as f32) + 0.5) as u32;
    let edges: Vec<[[f64; 2]; 2]> = outlines
        .iter()
        .filter(|outline| outline.iter().flatten().all(|side| side.is_finite()))
        .flat_map(|outline| edges_of(outline))
        .collect();
    let Some(area) = Area::around(&edges, i64::from(soft_px), width, height) else {
        return Coverage::nothing();
    };
    let filled = fill(&edges, &area);
    area.in_frame(&blurred(&filled, soft_px), width, height)
}

/// Pixels that are worked on: in and somewhat around the frame.
struct Area {
    x0: i64,
    y0: i64,
    width: u32,
    height: u32,
}

impl Area {
    /// Around all edges and their fade, and no further out of the frame than that; `None` where nothing of them is near it.
    fn around(edges: &[[[f64; 2]; 2]], soft_px: i64, width: u32, height: u32) -> Option<Self> {
        let sides = |axis: usize, size: u32| {
            let ends = || edges.iter().flatten().map(|point| point[axis]);
            let least = ends().fold(f64::INFINITY, f64::min).round() as i64;
            let most = ends().fold(f64::NEG_INFINITY, f64::max).round() as i64;
            let first = least.saturating_sub(soft_px).max(-soft_px);
            let end = most
                .saturating_add(soft_px + 1)
                .min(i64::from(size) + soft_px);
            (first < end).then(|| (first, (end - first) as u32))
        };
        if edges.is_empty() {
            return None;
        }
        let (x0, wide) = sides(0, width)?;
        let (y0, high) = sides(1, height)?;
        Some(Self {
            x0,
            y0,
            width: wide,
            height: high,
        })
    }

    /// Without what lies out of the frame.
    fn in_frame(&self, values: &Mask, width: u32, height: u32) -> Coverage {
        let sides = |first: i64, size: u32, limit: u32| {
            let end = (first + i64::from(size)).clamp(0, i64::from(limit)) as u32;
            (first.max(0) as u32, end)
        };
        let (x0, x1) = sides(self.x0, self.width, width);
        let (y0, y1) = sides(self.y0, self.height, height);
        let rect = PixelRect { x0, y0, x1, y1 };
        if rect.is_empty() {
            return Coverage::nothing();
        }
        let own = |side: u32, first: i64| (i64::from(side) - first) as u32;
        let part = PixelRect {
            x0: own(x0, self.x0),
            y0: own(y0, self.y0),
            x1: own(x1, self.x0),
            y1: own(y1, self.y0),
        };
        if [part.x1 - part.x0, part.y1 - part.y0] == [values.width, values.height] {
            return Coverage::new(rect, values.clone());
        }
        Coverage::new(rect, values.crop(part))
    }
}

fn edges_of(outline: &[[f32; 2]]) -> impl Iterator<Item = [[f64; 2]; 2]> + '_ {
    let ends = outline.iter().cycle().skip(1);
    outline
        .iter()
        .zip(ends)
        .map(|(from, to)| [from.map(f64::from), to.map(f64::from)])
}

/// Where an edge crosses the lines of an area, which count from its top.
struct Slope {
    first: usize,
    end: usize,
    /// Where it crosses the first, in pixels from the area's left border, and how much further right each next one.
    x: f64,
    step: f64,
}

impl Slope {
    fn of([one, other]: [[f64; 2]; 2], area: &Area) -> Option<Self> {
        let (top, bottom) = if one[1] < other[1] {
            (one, other)
        } else {
            (other, one)
        };
        let lines = LINES as f64;
        let line_at = |y: f64| (y - area.y0 as f64 + 0.5) * lines - 0.5;
        let last = area.height as usize * LINES;
        let first = (line_at(top[1]).ceil().max(0.0) as usize).min(last);
        let end = (line_at(bottom[1]).ceil().max(0.0) as usize).min(last);
        if end <= first {
            return None;
        }
        let step = (bottom[0] - top[0]) / (bottom[1] - top[1]) / lines;
        let x = top[0] + (first as f64 - line_at(top[1])) * step - area.x0 as f64 + 0.5;
        Some(Self {
            first,
            end,
            x,
            step,
        })
    }

    fn at(&self, line: usize) -> f64 {
        self.x + (line - self.first) as f64 * self.step
    }
}

fn fill(edges: &[[[f64; 2]; 2]], area: &Area) -> Mask {
    let mut mask = Mask::empty(area.width, area.height);
    let width = area.width as usize;
    let mut slopes: Vec<Slope> = edges
        .iter()
        .filter_map(|edge| Slope::of(*edge, area))
        .collect();
    slopes.sort_by_key(|slope| slope.first);
    let mut waiting = slopes.iter().peekable();
    let mut open: Vec<&Slope> = Vec::new();
    let mut crossings: Vec<f64> = Vec::new();
    let mut changes = vec![0; width + 2];
    for (y, row) in mask.values.chunks_exact_mut(width).enumerate() {
        for line in y * LINES..(y + 1) * LINES {
            open.retain(|slope| line < slope.end);
            while let Some(slope) = waiting.next_if(|slope| slope.first <= line) {
                open.push(slope);
            }
            crossings.clear();
            crossings.extend(open.iter().map(|slope| slope.at(line)));
            crossings.sort_by(f64::total_cmp);
            for [from, to] in crossings.as_chunks::<2>().0 {
                step(&mut changes, from.clamp(0.0, width as f64), 1);
                step(&mut changes, to.clamp(0.0, width as f64), -1);
            }
        }
        write(&mut changes, row);
    }
    mask
}

/// From `x` on all is covered, or no longer.
fn step(changes: &mut [i32], x: f64, sign: i32) {
    let at = x as usize;
    let share = ((x - at as f64) * f64::from(WHOLE)) as i32;
    changes[at] += sign * (WHOLE - share);
    changes[at + 1] += sign * share;
}

/// Adds the changes up to the pixels of a row, and takes them back to nothing.
fn write(changes: &mut [i32], row: &mut [u8]) {
    const FULL: i32 = WHOLE * LINES as i32;
    let byte = |sum: i32| ((sum * 255 + FULL / 2) / FULL).clamp(0, 255) as u8;
    let mut sum = 0;
    for (changes, values) in changes.chunks_mut(64).zip(row.chunks_mut(64)) {
        // Most stretches have no rim in them.
        if changes.iter().fold(0, |any, change| any | change) == 0 {
            values.fill(byte(sum));
            continue;
        }
        for (value, change) in values.iter_mut().zip(changes) {
            sum += *change;
            *value = byte(sum);
        }
    }
    changes.fill(0);
}

#[cfg(test)]
mod tests;
