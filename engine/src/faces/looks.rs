//! What a face looks like, in few numbers: to keep people apart, and to find a face again nearby.

use crate::faces::FaceBox;
use crate::faces::gray::luma;
use crate::media::Frame;

/// Cells on each side of the patch that covers a face's box.
pub(super) const PATCH_SIDE: usize = 24;

/// Levels of red, green and blue in the color histogram.
const LEVELS: usize = 4;

/// Luma of the face with zero mean and unit length, and colors of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Looks {
    /// `PATCH_SIDE` squared values, row by row.
    pub patch: Vec<f32>,
    /// Shares, together 1.
    colors: [f32; LEVELS * LEVELS * LEVELS],
}

/// Mean colors of a square part of a frame on a grid of `cells x cells`, row by row; the frame's
/// border repeats.
pub(super) fn grid(frame: &Frame, center: [f32; 2], side_px: f32, cells: usize) -> Vec<[u8; 3]> {
    let cell = side_px / cells as f32;
    // Up to 3 x 3 readings a cell are enough against false patterns, and cost the same at any size.
    let readings = (cell.ceil() as usize).clamp(1, 3);
    let step = cell / readings as f32;
    let first = center.map(|middle| middle - 0.5 * side_px + 0.5 * step - 0.5);
    let count = (readings * readings) as u32;
    let mut colors = Vec::with_capacity(cells * cells);
    for y in 0..cells {
        for x in 0..cells {
            let mut sum = [0u32; 3];
            for reading in 0..readings * readings {
                let column = (x * readings + reading % readings) as f32;
                let row = (y * readings + reading / readings) as f32;
                let at_x = (first[0] + step * column).round() as i64;
                let at_y = (first[1] + step * row).round() as i64;
                for (sum, value) in sum.iter_mut().zip(frame.rgb(at_x, at_y)) {
                    *sum += u32::from(value);
                }
            }
            colors.push(sum.map(|sum| (sum / count) as u8));
        }
    }
    colors
}

/// Zero mean and unit length; all zero where there is no texture.
pub(super) fn normalized(mut values: Vec<f32>) -> Vec<f32> {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let mut squares = 0.0;
    for value in &mut values {
        *value -= mean;
        squares += *value * *value;
    }
    let scale = if squares < 1.0 {
        0.0
    } else {
        squares.sqrt().recip()
    };
    values.iter_mut().for_each(|value| *value *= scale);
    values
}

impl Looks {
    pub fn of(frame: &Frame, face: &FaceBox) -> Self {
        let grid = grid(frame, face.center(), face.width, PATCH_SIDE);
        let lumas = grid.iter().map(|rgb| f32::from(luma(*rgb))).collect();
        Self {
            patch: normalized(lumas),
            colors: histogram(&grid),
        }
    }

    /// 0 (nothing in common) to 1 (the same picture): correlation of the patches times likeness of the
    /// colors (Bhattacharyya).
    pub fn likeness(&self, other: &Self) -> f32 {
        let correlation: f32 = self
            .patch
            .iter()
            .zip(&other.patch)
            .map(|(a, b)| a * b)
            .sum();
        let colors: f32 = self
            .colors
            .iter()
            .zip(&other.colors)
            .map(|(a, b)| (a * b).sqrt())
            .sum();
        correlation.max(0.0) * colors
    }
}

/// Each color is shared out between the two nearest levels of each channel, so that a small change of
/// light changes little.
fn histogram(colors: &[[u8; 3]]) -> [f32; LEVELS * LEVELS * LEVELS] {
    let mut shares = [0.0; LEVELS * LEVELS * LEVELS];
    let part = 1.0 / colors.len() as f32;
    for rgb in colors {
        let level = rgb.map(|value| f32::from(value) / 255.0 * (LEVELS - 1) as f32);
        let low = level.map(|level| (level as usize).min(LEVELS - 2));
        for corner in 0..8usize {
            let mut weight = part;
            let mut bin = 0;
            for channel in 0..3 {
                let up = corner >> channel & 1;
                let above = level[channel] - low[channel] as f32;
                weight *= if up == 1 { above } else { 1.0 - above };
                bin = bin * LEVELS + low[channel] + up;
            }
            shares[bin] += weight;
        }
    }
    shares
}
