//! One channel of a padded picture, split into even and odd rows and columns: then what the tiles of a
//! Winograd convolution read lies side by side from tile to tile.

use std::ops::Range;

/// How 2 x 2 output pixels make a tile, and tiles a line. Each row of tiles ends with one that is not
/// used, so that a shift by one tile never leaves the row.
#[derive(Clone, Copy, Debug)]
pub struct Tiling {
    /// Of the picture read.
    pub input: [usize; 2],
    /// Of the picture made.
    pub output: [usize; 2],
    /// Zeros above and left.
    pub before: [usize; 2],
    /// Tiles from one row of tiles to the next.
    pub pitch: usize,
    /// Values of one phase of one channel.
    pub phase_len: usize,
}

/// Values that may be read past the last tile: the widest vectors of a full block.
const SPARE: usize = 64;

impl Tiling {
    /// For bands of `rows` rows of tiles.
    pub fn new(input: [usize; 2], output: [usize; 2], before: [usize; 2], rows: usize) -> Self {
        let pitch = output[1].div_ceil(2) + 1;
        Self {
            input,
            output,
            before,
            pitch,
            phase_len: (rows + 1) * pitch + SPARE,
        }
    }

    /// Writes the four phases of one channel for the rows of tiles `rows`, `[4, phase_len]`.
    #[inline(always)]
    pub fn split(&self, source: &[f32], rows: Range<usize>, line: &mut [f32], target: &mut [f32]) {
        let [height, width] = self.input;
        let [top, left] = self.before;
        let inside = left.min(line.len())..(left + width).min(line.len());
        line.fill(0.0);
        for (index, y) in (2 * rows.start..2 * (rows.end + 1)).enumerate() {
            let start = index % 2 * 2 * self.phase_len + index / 2 * self.pitch;
            let (even, odd) = target[start..].split_at_mut(self.phase_len);
            let (even, odd) = (&mut even[..self.pitch], &mut odd[..self.pitch]);
            if y < top || y >= top + height {
                even.fill(0.0);
                odd.fill(0.0);
                continue;
            }
            let row = &source[(y - top) * width..][..inside.len()];
            line[inside.clone()].copy_from_slice(row);
            let pairs = line.as_chunks::<2>().0;
            for ((even, odd), pair) in even.iter_mut().zip(odd).zip(pairs) {
                [*even, *odd] = *pair;
            }
        }
    }

    /// Puts the phases of finished tiles from `first` on where they belong in a band of one channel.
    #[inline(always)]
    pub fn join(&self, phases: [&[f32]; 4], first: usize, target: &mut [f32]) {
        let width = self.output[1];
        let mut tile = 0;
        while tile < phases[0].len() {
            let (y, x) = ((first + tile) / self.pitch, (first + tile) % self.pitch);
            let len = (self.pitch - x).min(phases[0].len() - tile);
            let used = tile..tile + len;
            for (odd, columns) in phases.chunks_exact(2).enumerate() {
                let start = (2 * y + odd) * width;
                let Some(row) = target.get_mut(start..start + width) else {
                    break;
                };
                let Some(row) = row.get_mut(2 * x..) else {
                    break;
                };
                let (pairs, rest) = row.as_chunks_mut::<2>();
                let (left, right) = (&columns[0][used.clone()], &columns[1][used.clone()]);
                for ((pair, left), right) in pairs.iter_mut().zip(left).zip(right) {
                    *pair = [*left, *right];
                }
                if let ([last], Some(value)) = (rest, left.get(pairs.len())) {
                    *last = *value;
                }
            }
            tile += len;
        }
    }
}
