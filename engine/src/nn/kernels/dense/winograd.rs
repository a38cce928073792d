//! 3x3 convolutions without stride by 2x2 tiles (Winograd; Lavin and Gray 2016, F(2x2, 3x3)): sixteen
//! products of channels in place of thirty-six, as exact as the plain sum.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::block::{Aligned, VECTORS, depth_runs, next_vectors};
use super::geometry::stacks;
use super::phases::Tiling;
use super::strip::{Goal, Left, strip};
use crate::nn::kernels::buffers;

/// Places of a tile.
const PLACES: usize = 16;
/// Rows of weights that lie together.
const ROWS: usize = 8;
/// Values between the places, lest all sixteen fall on one set of the cache.
const APART: usize = 16;
/// Tasks that even a single picture is split into.
const TASKS: usize = 8;

/// Kernels as they act on tiles: `[rows / 8, 16, 8, depth]`.
pub struct TileWeights {
    values: Vec<f32>,
    rows: usize,
    depth: usize,
}

impl TileWeights {
    /// From the 3x3 kernel of each row and each channel read.
    pub fn new(
        rows: usize,
        depth: usize,
        kernel: impl Fn(usize, usize) -> [f32; 9] + Sync,
    ) -> Self {
        let mut values = vec![0.0; rows.div_ceil(ROWS) * PLACES * ROWS * depth];
        let blocks = values.par_chunks_exact_mut(PLACES * ROWS * depth);
        blocks.enumerate().for_each(|(block, values)| {
            for row in 0..ROWS.min(rows - block * ROWS) {
                for channel in 0..depth {
                    let places = spread(kernel(block * ROWS + row, channel));
                    for (place, value) in places.into_iter().enumerate() {
                        values[(place * ROWS + row) * depth + channel] = value;
                    }
                }
            }
        });
        Self {
            values,
            rows,
            depth,
        }
    }
}

/// `G g G'` of Lavin and Gray.
fn spread(kernel: [f32; 9]) -> [f32; PLACES] {
    let line = |[a, b, c]: [f32; 3]| {
        let ends = a + c;
        [a, 0.5 * (ends + b), 0.5 * (ends - b), c]
    };
    let [g0, g1, g2] = [0, 3, 6].map(|y| line([kernel[y], kernel[y + 1], kernel[y + 2]]));
    let columns: [[f32; 4]; 4] = std::array::from_fn(|x| line([g0[x], g1[x], g2[x]]));
    std::array::from_fn(|place| columns[place % 4][place / 4])
}

/// # Shapes
/// - `input`: `[batch, depth, height, width]`, with `before` zeros above and left
/// - output: `[batch, rows, height', width']`
pub fn tiled(
    input: &[f32],
    weights: &TileWeights,
    bias: Option<&[f32]>,
    sizes: [[usize; 2]; 2],
    before: [usize; 2],
) -> Vec<f32> {
    let [input_size, output_size] = sizes;
    let picture_in = weights.depth * input_size[0] * input_size[1];
    let area = output_size[0] * output_size[1];
    let batch = input.len() / picture_in;
    let mut output = buffers::take(batch * weights.rows * area);
    let tile_rows = output_size[0].div_ceil(2);
    let bands = TASKS.div_ceil(batch).min(tile_rows.div_ceil(4));
    let band = tile_rows.div_ceil(bands);
    let tiling = Tiling::new(input_size, output_size, before, band);
    let arch = Arch::new();
    output
        .chunks_exact_mut(weights.rows * area)
        .zip(input.chunks_exact(picture_in))
        .flat_map(|(output, picture)| {
            let stacks = stacks(output, area, band * 2 * output_size[1]);
            stacks
                .into_iter()
                .enumerate()
                .map(move |(index, target)| (index * band, target, picture))
        })
        .collect::<Vec<_>>()
        .into_par_iter()
        .for_each(|(first, mut target, picture)| {
            arch.dispatch(Band {
                tiling: &tiling,
                weights,
                bias,
                picture,
                first,
                target: &mut target,
            });
        });
    output
}

/// Some rows of tiles of one picture.
struct Band<'a, 'b> {
    tiling: &'a Tiling,
    weights: &'a TileWeights,
    bias: Option<&'a [f32]>,
    picture: &'a [f32],
    /// Row of tiles.
    first: usize,
    target: &'a mut [&'b mut [f32]],
}

impl WithSimd for Band<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let depth = self.weights.depth;
        let tiling = self.tiling;
        let num_rows = (self.target[0].len() / tiling.output[1]).div_ceil(2);
        let mut phases = vec![0.0; depth * 4 * tiling.phase_len];
        let mut line = vec![0.0; 2 * tiling.pitch];
        let channels = self.picture.chunks_exact(tiling.input[0] * tiling.input[1]);
        for (channel, phases) in channels.zip(phases.chunks_exact_mut(4 * tiling.phase_len)) {
            tiling.split(
                channel,
                self.first..self.first + num_rows,
                &mut line,
                phases,
            );
        }
        let longest = depth_runs(depth).map(|run| run.len()).max().unwrap_or(0);
        let full = VECTORS * S::F32_LANES;
        let mut panels = Aligned::new(PLACES * (longest * full + APART));
        let mut sums = Aligned::new(PLACES * (self.weights.rows * full + APART));
        let mut scratch = Scratch {
            panels: panels.values(),
            sums: sums.values(),
            phases: &phases,
        };
        let tiles = num_rows * tiling.pitch;
        let mut done = 0;
        while done < tiles {
            let vectors = next_vectors((tiles - done).div_ceil(S::F32_LANES));
            match vectors {
                1 => self.strip::<S, 1>(simd, &mut scratch, done),
                2 => self.strip::<S, 2>(simd, &mut scratch, done),
                _ => self.strip::<S, VECTORS>(simd, &mut scratch, done),
            }
            let width = vectors * S::F32_LANES;
            let len = width.min(tiles - done);
            for (row, target) in self.target.iter_mut().enumerate() {
                let start = self.bias.map_or(0.0, |bias| bias[row]);
                let stride = self.weights.rows * width + APART;
                let sums = &mut scratch.sums[row * width..];
                gather::<S>(simd, sums, stride, width, start);
                let pixels = [0, 1, 2, 3].map(|place| &sums[place * stride..place * stride + len]);
                tiling.join(pixels, done, target);
            }
            done += width;
        }
    }
}

struct Scratch<'a> {
    /// `[16, depth, width]`
    panels: &'a mut [f32],
    /// `[16, rows, width]`
    sums: &'a mut [f32],
    /// `[depth, 4, phase_len]`
    phases: &'a [f32],
}

impl Band<'_, '_> {
    /// All products of the tiles from `first` on.
    #[inline(always)]
    fn strip<S: Simd, const V: usize>(&self, simd: S, scratch: &mut Scratch<'_>, first: usize) {
        let (rows, depth) = (self.weights.rows, self.weights.depth);
        let width = V * S::F32_LANES;
        let phase_len = self.tiling.phase_len;
        for terms in depth_runs(depth) {
            let panel_len = terms.len() * width + APART;
            for (index, channel) in terms.clone().enumerate() {
                let phases =
                    &scratch.phases[channel * 4 * phase_len..(channel + 1) * 4 * phase_len];
                let panels = &mut scratch.panels[index * width..];
                self.read::<S>(simd, phases, first, panels, panel_len, width);
            }
            let goal = if terms.start == 0 {
                Goal::Start(None)
            } else {
                Goal::Add
            };
            for place in 0..PLACES {
                let panel = &scratch.panels[place * panel_len..][..terms.len() * width];
                let sums = &mut scratch.sums[place * (rows * width + APART)..][..rows * width];
                for (block, sums) in sums.chunks_mut(ROWS * width).enumerate() {
                    let left = Left {
                        values: &self.weights.values[(block * PLACES + place) * ROWS * depth..],
                        stride: depth,
                        terms: terms.clone(),
                    };
                    let mut few: [&mut [f32]; ROWS] = std::array::from_fn(|_| &mut [][..]);
                    let mut count = 0;
                    for (target, row) in few.iter_mut().zip(sums.chunks_exact_mut(width)) {
                        *target = row;
                        count += 1;
                    }
                    strip::<S, V>(simd, &left, panel, &mut few[..count], 0..width, goal);
                }
            }
        }
    }

    /// `B' d B` of Lavin and Gray for one channel of `width` tiles.
    #[expect(
        clippy::needless_range_loop,
        reason = "closures of iterators are not compiled for the vectors of their surroundings"
    )]
    #[inline(always)]
    fn read<S: Simd>(
        &self,
        simd: S,
        phases: &[f32],
        first: usize,
        panels: &mut [f32],
        panel_len: usize,
        width: usize,
    ) {
        let (pitch, phase_len) = (self.tiling.pitch, self.tiling.phase_len);
        let lanes = S::F32_LANES;
        for at in (0..width).step_by(lanes) {
            let mut pixels = [[simd.splat_f32s(0.0); 4]; 4];
            for y in 0..4 {
                for x in 0..4 {
                    let phase = y % 2 * 2 + x % 2;
                    let start = phase * phase_len + first + at + y / 2 * pitch + x / 2;
                    pixels[y][x] = S::as_simd_f32s(&phases[start..start + lanes]).0[0];
                }
                pixels[y] = differences(simd, pixels[y]);
            }
            for x in 0..4 {
                let column = [pixels[0][x], pixels[1][x], pixels[2][x], pixels[3][x]];
                let column = differences(simd, column);
                for y in 0..4 {
                    let start = (4 * y + x) * panel_len + at;
                    S::as_mut_simd_f32s(&mut panels[start..start + lanes]).0[0] = column[y];
                }
            }
        }
    }
}

/// Four in a line of `B' d`. Plain functions and loops here: a closure within `map` is not compiled for
/// the vectors of its surroundings.
#[inline(always)]
fn differences<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 4] {
    [
        simd.sub_f32s(a, c),
        simd.add_f32s(b, c),
        simd.sub_f32s(c, b),
        simd.sub_f32s(b, d),
    ]
}

/// Four in a line of `A' m`.
#[inline(always)]
fn totals<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 2] {
    [
        simd.add_f32s(simd.add_f32s(a, b), c),
        simd.sub_f32s(simd.sub_f32s(b, c), d),
    ]
}

/// `A' m A` of Lavin and Gray: sixteen sums, `stride` apart, become four pixels in the first four.
#[expect(
    clippy::needless_range_loop,
    reason = "closures of iterators are not compiled for the vectors of their surroundings"
)]
#[inline(always)]
fn gather<S: Simd>(simd: S, sums: &mut [f32], stride: usize, width: usize, start: f32) {
    let lanes = S::F32_LANES;
    let start = simd.splat_f32s(start);
    for at in (0..width).step_by(lanes) {
        let mut rows = [[start; 2]; 4];
        for y in 0..4 {
            let mut row = [start; 4];
            for x in 0..4 {
                let place = (4 * y + x) * stride + at;
                row[x] = S::as_simd_f32s(&sums[place..place + lanes]).0[0];
            }
            rows[y] = totals(simd, row);
        }
        for x in 0..2 {
            let column = totals(simd, [rows[0][x], rows[1][x], rows[2][x], rows[3][x]]);
            for y in 0..2 {
                let place = (2 * y + x) * stride + at;
                let value = simd.add_f32s(column[y], start);
                S::as_mut_simd_f32s(&mut sums[place..place + lanes]).0[0] = value;
            }
        }
    }
}
