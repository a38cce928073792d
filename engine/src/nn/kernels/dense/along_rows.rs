//! The gradient to the weight where weights are few and pictures are wide: the sum of each weight runs
//! along the rows of the planes themselves, in vectors of neighboring pixels, and no panel is made.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::block::block_rows;
use super::geometry::Geometry;

/// Weights at most: the sums of each, a vector wide, stay in the second cache.
const MOST: usize = 32 * 32 * 9;
/// Pixels across at least: between narrower rows too much is nothing.
const NARROWEST: usize = 32;
/// Parts that the pixels are split into.
const PARTS: usize = 16;
/// Gradients of one channel in a band: those of eight stay in the first cache.
const BAND: usize = 1024;

pub fn is_fit(geometry: &Geometry) -> bool {
    let is_kernel_ours = geometry.kernel == [3, 3] || geometry.kernel == [5, 5];
    is_kernel_ours
        && geometry.stride == 1
        && geometry.channels_out * geometry.depth() <= MOST
        && geometry.output[1] >= NARROWEST
}

/// # Shapes
/// - `input`: `[batch, channels_in, height, width]`
/// - `gradient`: of the output, `[batch, channels_out, height', width']`
/// - output: `[channels_out, channels_in, kernel, kernel]`
pub fn along_rows(geometry: &Geometry, input: &[f32], gradient: &[f32]) -> Vec<f32> {
    let [height, width] = geometry.output;
    let band = (BAND / width).clamp(1, height);
    let bands: Vec<(usize, Range<usize>)> = (0..geometry.batch)
        .flat_map(|picture| {
            let starts = (0..height).step_by(band);
            starts.map(move |y| (picture, y..(y + band).min(height)))
        })
        .collect();
    let arch = Arch::new();
    let parts: Vec<Vec<f32>> = bands
        .par_chunks(bands.len().div_ceil(PARTS).max(1))
        .map(|bands| {
            arch.dispatch(Part {
                geometry,
                input,
                gradient,
                bands,
            })
        })
        .collect();
    let mut weights = vec![0.0; geometry.channels_out * geometry.depth()];
    for part in &parts {
        for (total, value) in weights.iter_mut().zip(part) {
            *total += value;
        }
    }
    weights
}

/// What some bands of rows add to each weight.
struct Part<'a> {
    geometry: &'a Geometry,
    input: &'a [f32],
    gradient: &'a [f32],
    /// Pictures and rows of the output.
    bands: &'a [(usize, Range<usize>)],
}

/// One band with the zeros around it: both planes have the same pitch, so that a tap is a shift and all
/// rows are one run.
struct Band {
    /// For each channel, `rows + kernel - 1` rows and some zeros.
    input: Vec<f32>,
    /// Of one channel of the input.
    input_len: usize,
    /// For each channel, `rows` rows with zeros between them, to whole vectors.
    gradient: Vec<f32>,
    /// Of one channel of the gradient.
    run: usize,
    /// Values from one row to the next.
    pitch: usize,
}

impl WithSimd for Part<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let geometry = self.geometry;
        let lanes = S::F32_LANES;
        let mut sums = vec![0.0; geometry.channels_out * geometry.depth() * lanes];
        let mut band = Band {
            input: Vec::new(),
            input_len: 0,
            gradient: Vec::new(),
            run: 0,
            pitch: geometry.output[1] + geometry.kernel[1] - 1,
        };
        for (picture, rows) in self.bands {
            let len = geometry.channels_in * geometry.area_in();
            let input = &self.input[picture * len..][..len];
            let len = geometry.channels_out * geometry.area_out();
            let gradient = &self.gradient[picture * len..][..len];
            band.set::<S>(geometry, input, gradient, rows.clone());
            let (sums, _) = S::as_mut_simd_f32s(&mut sums);
            match (geometry.kernel[0], block_rows::<S>() == 8) {
                (3, true) => band.add::<S, 8, 3>(simd, geometry, sums),
                (3, false) => band.add::<S, 4, 3>(simd, geometry, sums),
                (_, true) => band.add::<S, 4, 5>(simd, geometry, sums),
                (_, false) => band.add::<S, 2, 5>(simd, geometry, sums),
            }
        }
        sums.chunks_exact(lanes)
            .map(|lanes| lanes.iter().sum())
            .collect()
    }
}

impl Band {
    /// Takes the output rows `rows` and what they look at.
    #[inline(always)]
    fn set<S: Simd>(
        &mut self,
        geometry: &Geometry,
        input: &[f32],
        gradient: &[f32],
        rows: Range<usize>,
    ) {
        let [height, width] = geometry.input;
        let [top, left] = geometry.before;
        let width_out = geometry.output[1];
        let pitch = self.pitch;
        self.run = (rows.len() * pitch).next_multiple_of(S::F32_LANES);
        // The last tap of the last row looks as far as this.
        self.input_len = self.run + (geometry.kernel[0] - 1) * pitch + geometry.kernel[1] - 1;
        // What is not written must be zero, also after a longer band.
        self.input.clear();
        self.input
            .resize(geometry.channels_in * self.input_len, 0.0);
        self.gradient.clear();
        self.gradient.resize(geometry.channels_out * self.run, 0.0);
        let num_rows = rows.len() + geometry.kernel[0] - 1;
        let seen = width.min(pitch.saturating_sub(left));
        let planes = input.chunks_exact(geometry.area_in());
        for (plane, target) in planes.zip(self.input.chunks_exact_mut(self.input_len)) {
            let lines = target.chunks_exact_mut(pitch).take(num_rows);
            for (line, y) in lines.zip(rows.start..) {
                if y >= top && y < top + height {
                    let row = &plane[(y - top) * width..][..seen];
                    line[left..left + seen].copy_from_slice(row);
                }
            }
        }
        let planes = gradient.chunks_exact(geometry.area_out());
        for (plane, target) in planes.zip(self.gradient.chunks_exact_mut(self.run)) {
            let source = plane[rows.start * width_out..].chunks_exact(width_out);
            let lines = target.chunks_exact_mut(pitch).take(rows.len());
            for (line, row) in lines.zip(source) {
                line[..width_out].copy_from_slice(row);
            }
        }
    }

    /// Adds to the vectors of `[channels_out, channels_in, K, K]`.
    #[inline(always)]
    fn add<S: Simd, const ROWS: usize, const K: usize>(
        &self,
        simd: S,
        geometry: &Geometry,
        sums: &mut [S::f32s],
    ) {
        let (inputs, outputs) = (geometry.channels_in, geometry.channels_out);
        for first in (0..outputs).step_by(ROWS) {
            // Where channels run out, the last is summed again and not delivered.
            let gradients: [&[f32]; ROWS] = std::array::from_fn(|i| {
                let channel = (first + i).min(outputs - 1);
                &self.gradient[channel * self.run..][..self.run]
            });
            for channel in 0..inputs {
                let plane = &self.input[channel * self.input_len..][..self.input_len];
                for down in 0..K {
                    let seen = &plane[down * self.pitch..][..self.run + K - 1];
                    let found = along::<S, ROWS, K>(simd, gradients, seen);
                    let found = found.into_iter().enumerate().take(outputs - first);
                    for (i, found) in found {
                        let start = (((first + i) * inputs + channel) * K + down) * K;
                        for (sum, found) in sums[start..start + K].iter_mut().zip(found) {
                            *sum = simd.add_f32s(*sum, found);
                        }
                    }
                }
            }
        }
    }
}

/// Sums of products of the gradients and of what the taps of one row of the kernel see: the same run,
/// shifted.
#[inline(always)]
fn along<S: Simd, const ROWS: usize, const K: usize>(
    simd: S,
    gradients: [&[f32]; ROWS],
    seen: &[f32],
) -> [[S::f32s; K]; ROWS] {
    let run = gradients[0].len();
    let vectors = run / S::F32_LANES;
    let seen: [&[S::f32s]; K] =
        std::array::from_fn(|across| &S::as_simd_f32s(&seen[across..across + run]).0[..vectors]);
    let gradients: [&[S::f32s]; ROWS] =
        std::array::from_fn(|i| &S::as_simd_f32s(gradients[i]).0[..vectors]);
    let mut sums = [[simd.splat_f32s(0.0); K]; ROWS];
    for x in 0..vectors {
        let mut pixels = [simd.splat_f32s(0.0); K];
        for across in 0..K {
            pixels[across] = seen[across][x];
        }
        for i in 0..ROWS {
            let gradient = gradients[i][x];
            for across in 0..K {
                sums[i][across] = simd.mul_add_e_f32s(gradient, pixels[across], sums[i][across]);
            }
        }
    }
    sums
}
