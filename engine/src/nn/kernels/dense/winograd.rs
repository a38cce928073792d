//! Convolutions without stride, with kernels of 2 or 3 each way, by 2x2 tiles (Winograd; Lavin and Gray
//! 2016, F(2x2, 3x3) and its like): for 3x3 sixteen products of channels in place of thirty-six, for 2x3
//! twelve in place of twenty-four, for 2x2 nine in place of sixteen, as exact as the plain sum.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::block::{Aligned, VECTORS, depth_runs, next_vectors};
use super::geometry::stacks;
use super::phases::Tiling;
use super::strip::{Goal, Left, strip};
use crate::nn::kernels::buffers;

/// Rows of weights that lie together.
const ROWS: usize = 8;
/// Values between the places, lest all of them fall on one set of the cache.
const APART: usize = 16;
/// Tasks that even a single picture is split into.
const TASKS: usize = 8;

/// Kernels as they act on tiles: `[rows / 8, places, 8, depth]`, with a place for each pixel that a tile
/// sees, one more than the kernel each way.
pub struct TileWeights {
    values: Vec<f32>,
    rows: usize,
    depth: usize,
    /// Down and across.
    kernel: [usize; 2],
}

impl TileWeights {
    /// From the kernel's taps, by row, channel read and tap.
    ///
    /// # Panics
    /// If the kernel is not 2 or 3 each way.
    pub fn new(
        rows: usize,
        depth: usize,
        kernel: [usize; 2],
        tap: impl Fn(usize, usize, usize) -> f32 + Sync,
    ) -> Self {
        assert!(kernel.iter().all(|side| (2..=3).contains(side)));
        let places = (kernel[0] + 1) * (kernel[1] + 1);
        let mut values = vec![0.0; rows.div_ceil(ROWS) * places * ROWS * depth];
        let blocks = values.par_chunks_exact_mut(places * ROWS * depth);
        blocks.enumerate().for_each(|(block, values)| {
            for row in 0..ROWS.min(rows - block * ROWS) {
                for channel in 0..depth {
                    let of_tile = spread(kernel, |at| tap(block * ROWS + row, channel, at));
                    for (place, value) in of_tile.into_iter().enumerate().take(places) {
                        values[(place * ROWS + row) * depth + channel] = value;
                    }
                }
            }
        });
        Self {
            values,
            rows,
            depth,
            kernel,
        }
    }

    fn places(&self) -> usize {
        (self.kernel[0] + 1) * (self.kernel[1] + 1)
    }
}

/// `G g G'` of Lavin and Gray, in the first places.
fn spread([down, across]: [usize; 2], tap: impl Fn(usize) -> f32) -> [f32; 16] {
    let line = |length: usize, [a, b, c]: [f32; 3]| {
        let ends = a + c;
        if length == 2 {
            [a, a + b, b, 0.0]
        } else {
            [a, 0.5 * (ends + b), 0.5 * (ends - b), c]
        }
    };
    let mut rows = [[0.0; 4]; 3];
    for (y, row) in rows.iter_mut().enumerate().take(down) {
        let at = |x: usize| if x < across { tap(y * across + x) } else { 0.0 };
        *row = line(across, [at(0), at(1), at(2)]);
    }
    let mut places = [0.0; 16];
    for x in 0..=across {
        let column = line(down, [rows[0][x], rows[1][x], rows[2][x]]);
        for y in 0..=down {
            places[y * (across + 1) + x] = column[y];
        }
    }
    places
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
            let band = Band {
                tiling: &tiling,
                weights,
                bias,
                picture,
                first,
                target: &mut target,
            };
            match weights.kernel {
                [2, 2] => arch.dispatch(Known::<2, 2>(band)),
                [2, 3] => arch.dispatch(Known::<2, 3>(band)),
                [3, 2] => arch.dispatch(Known::<3, 2>(band)),
                _ => arch.dispatch(Known::<3, 3>(band)),
            }
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

/// A band whose kernel the compiler knows.
struct Known<'a, 'b, const DOWN: usize, const ACROSS: usize>(Band<'a, 'b>);

impl<const DOWN: usize, const ACROSS: usize> WithSimd for Known<'_, '_, DOWN, ACROSS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.0.run::<S, DOWN, ACROSS>(simd);
    }
}

struct Scratch<'a> {
    /// `[places, depth, width]`
    panels: &'a mut [f32],
    /// `[places, rows, width]`
    sums: &'a mut [f32],
    /// `[depth, 4, phase_len]`
    phases: &'a [f32],
}

impl Band<'_, '_> {
    #[inline(always)]
    fn run<S: Simd, const DOWN: usize, const ACROSS: usize>(self, simd: S) {
        let places = self.weights.places();
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
        let mut panels = Aligned::new(places * (longest * full + APART));
        let mut sums = Aligned::new(places * (self.weights.rows * full + APART));
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
                1 => self.strip::<S, 1, DOWN, ACROSS>(simd, &mut scratch, done),
                2 => self.strip::<S, 2, DOWN, ACROSS>(simd, &mut scratch, done),
                _ => self.strip::<S, VECTORS, DOWN, ACROSS>(simd, &mut scratch, done),
            }
            let width = vectors * S::F32_LANES;
            let len = width.min(tiles - done);
            for (row, target) in self.target.iter_mut().enumerate() {
                let start = self.bias.map_or(0.0, |bias| bias[row]);
                let stride = self.weights.rows * width + APART;
                let sums = &mut scratch.sums[row * width..];
                gather::<S, DOWN, ACROSS>(simd, sums, stride, width, start);
                let pixels = [0, 1, 2, 3].map(|place| &sums[place * stride..place * stride + len]);
                tiling.join(pixels, done, target);
            }
            done += width;
        }
    }

    /// All products of the tiles from `first` on.
    #[inline(always)]
    fn strip<S: Simd, const V: usize, const DOWN: usize, const ACROSS: usize>(
        &self,
        simd: S,
        scratch: &mut Scratch<'_>,
        first: usize,
    ) {
        let places = (DOWN + 1) * (ACROSS + 1);
        let (rows, depth) = (self.weights.rows, self.weights.depth);
        let width = V * S::F32_LANES;
        let phase_len = self.tiling.phase_len;
        for terms in depth_runs(depth) {
            let panel_len = terms.len() * width + APART;
            for (index, channel) in terms.clone().enumerate() {
                let phases =
                    &scratch.phases[channel * 4 * phase_len..(channel + 1) * 4 * phase_len];
                let panels = &mut scratch.panels[index * width..];
                self.read::<S, DOWN, ACROSS>(simd, phases, first, panels, panel_len, width);
            }
            let goal = if terms.start == 0 {
                Goal::Start(None)
            } else {
                Goal::Add
            };
            for place in 0..places {
                let panel = &scratch.panels[place * panel_len..][..terms.len() * width];
                let sums = &mut scratch.sums[place * (rows * width + APART)..][..rows * width];
                for (block, sums) in sums.chunks_mut(ROWS * width).enumerate() {
                    let left = Left {
                        values: &self.weights.values[(block * places + place) * ROWS * depth..],
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
    fn read<S: Simd, const DOWN: usize, const ACROSS: usize>(
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
            for y in 0..=DOWN {
                for x in 0..=ACROSS {
                    let phase = y % 2 * 2 + x % 2;
                    let start = phase * phase_len + first + at + y / 2 * pitch + x / 2;
                    pixels[y][x] = S::as_simd_f32s(&phases[start..start + lanes]).0[0];
                }
                pixels[y] = differences::<S, ACROSS>(simd, pixels[y]);
            }
            for x in 0..=ACROSS {
                let column = [pixels[0][x], pixels[1][x], pixels[2][x], pixels[3][x]];
                let column = differences::<S, DOWN>(simd, column);
                for y in 0..=DOWN {
                    let start = ((ACROSS + 1) * y + x) * panel_len + at;
                    S::as_mut_simd_f32s(&mut panels[start..start + lanes]).0[0] = column[y];
                }
            }
        }
    }
}

/// What a line of a tile sees, as `B' d`. Plain functions and loops here: a closure within `map` is not
/// compiled for the vectors of its surroundings.
#[inline(always)]
fn differences<S: Simd, const KERNEL: usize>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 4] {
    if KERNEL == 2 {
        return [simd.sub_f32s(a, b), b, simd.sub_f32s(c, b), d];
    }
    [
        simd.sub_f32s(a, c),
        simd.add_f32s(b, c),
        simd.sub_f32s(c, b),
        simd.sub_f32s(b, d),
    ]
}

/// The two pixels of a line, as `A' m`.
#[inline(always)]
fn totals<S: Simd, const KERNEL: usize>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 2] {
    if KERNEL == 2 {
        return [simd.add_f32s(a, b), simd.add_f32s(b, c)];
    }
    [
        simd.add_f32s(simd.add_f32s(a, b), c),
        simd.sub_f32s(simd.sub_f32s(b, c), d),
    ]
}

/// `A' m A` of Lavin and Gray: the sums of all places, `stride` apart, become four pixels in the first
/// four.
#[expect(
    clippy::needless_range_loop,
    reason = "closures of iterators are not compiled for the vectors of their surroundings"
)]
#[inline(always)]
fn gather<S: Simd, const DOWN: usize, const ACROSS: usize>(
    simd: S,
    sums: &mut [f32],
    stride: usize,
    width: usize,
    start: f32,
) {
    let lanes = S::F32_LANES;
    let start = simd.splat_f32s(start);
    for at in (0..width).step_by(lanes) {
        let mut rows = [[start; 2]; 4];
        for y in 0..=DOWN {
            let mut row = [start; 4];
            for x in 0..=ACROSS {
                let place = ((ACROSS + 1) * y + x) * stride + at;
                row[x] = S::as_simd_f32s(&sums[place..place + lanes]).0[0];
            }
            rows[y] = totals::<S, ACROSS>(simd, row);
        }
        for x in 0..2 {
            let column = [rows[0][x], rows[1][x], rows[2][x], rows[3][x]];
            let column = totals::<S, DOWN>(simd, column);
            for y in 0..2 {
                let place = (2 * y + x) * stride + at;
                let value = simd.add_f32s(column[y], start);
                S::as_mut_simd_f32s(&mut sums[place..place + lanes]).0[0] = value;
            }
        }
    }
}
