//! What some pixels of one picture add to the gradient of some weights.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::block::{Aligned, VECTORS, depth_runs, next_vectors};
use super::channels_last::ChannelsLast;
use super::geometry::Geometry;
use super::strip::{Goal, Left, strip};

pub struct Share<'a, 'b> {
    pub geometry: &'a Geometry,
    /// What output rows `rows` look at.
    pub turned: &'a ChannelsLast,
    /// Of the picture's output, `[channels_out, height', width']`.
    pub gradient: &'a [f32],
    pub rows: Range<usize>,
    /// Of the sums, in the order `[kernel, kernel, channels_in]`.
    pub columns: Range<usize>,
    /// The sums of these columns for every output channel; added to.
    pub target: &'a mut [&'b mut [f32]],
}

/// A run of columns that lie side by side in the turned picture.
struct Piece {
    /// Within the panel's row.
    at: usize,
    len: usize,
    /// From the pixel at the kernel's upper left.
    offset: usize,
}

impl WithSimd for Share<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width_out = self.geometry.output[1];
        let first = self.rows.start * width_out;
        let pixels = self.rows.len() * width_out;
        let longest = depth_runs(pixels).map(|run| run.len()).max().unwrap_or(0);
        let mut panel = Aligned::new(longest * VECTORS * S::F32_LANES);
        let mut pieces = Vec::new();
        for terms in depth_runs(pixels) {
            let left = Left {
                values: self.gradient,
                stride: self.geometry.area_out(),
                terms: first + terms.start..first + terms.end,
            };
            let mut done = 0;
            while done < self.columns.len() {
                let remaining = self.columns.len() - done;
                let vectors = next_vectors(remaining.div_ceil(S::F32_LANES));
                let width = vectors * S::F32_LANES;
                let end = (done + width).min(self.columns.len());
                let panel = &mut panel.values()[..terms.len() * width];
                self.find(
                    self.columns.start + done..self.columns.start + end,
                    &mut pieces,
                );
                self.fill(&pieces, terms.clone(), panel, width);
                match vectors {
                    1 => strip::<S, 1>(simd, &left, panel, self.target, done..end, Goal::Add),
                    2 => strip::<S, 2>(simd, &left, panel, self.target, done..end, Goal::Add),
                    _ => strip::<S, VECTORS>(simd, &left, panel, self.target, done..end, Goal::Add),
                }
                done = end;
            }
        }
    }
}

impl Share<'_, '_> {
    /// Cuts columns where the kernel's next row begins.
    fn find(&self, columns: Range<usize>, pieces: &mut Vec<Piece>) {
        let run = self.geometry.kernel[1] * self.geometry.channels_in;
        pieces.clear();
        let mut column = columns.start;
        while column < columns.end {
            let (row, within) = (column / run, column % run);
            let len = (run - within).min(columns.end - column);
            pieces.push(Piece {
                at: column - columns.start,
                len,
                offset: row * self.turned.row_len + within,
            });
            column += len;
        }
    }

    /// One row of the panel for each pixel. What lies past the last column is never delivered.
    #[inline(always)]
    fn fill(&self, pieces: &[Piece], terms: Range<usize>, panel: &mut [f32], width: usize) {
        let step = self.geometry.stride * self.geometry.channels_in;
        let width_out = self.geometry.output[1];
        let (mut y, mut x) = (terms.start / width_out, terms.start % width_out);
        for row in panel.chunks_exact_mut(width) {
            let source =
                &self.turned.values[y * self.geometry.stride * self.turned.row_len + x * step..];
            for piece in pieces {
                let target = &mut row[piece.at..piece.at + piece.len];
                let source = &source[piece.offset..piece.offset + piece.len];
                // The usual lengths as moves of registers.
                match piece.len {
                    48 => target.copy_from_slice(&source[..48]),
                    32 => target.copy_from_slice(&source[..32]),
                    16 => target.copy_from_slice(&source[..16]),
                    _ => target.copy_from_slice(source),
                }
            }
            x += 1;
            if x == width_out {
                (y, x) = (y + 1, 0);
            }
        }
    }
}
