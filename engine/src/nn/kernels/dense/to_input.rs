//! The gradient to the input: a convolution of the output's gradient with the turned kernel. Input
//! pixels that share their place within a stride see the same taps, so each such phase is one product.

use pulp::Arch;
use rayon::prelude::*;

use super::gather::Window;
use super::geometry::{Geometry, piece_len, stacks};
use super::product::Product;
use super::winograd::{TileWeights, tiled};
use crate::nn::kernels::buffers;

struct Phase {
    /// Offset down and right.
    at: [usize; 2],
    window: Window,
    /// `[channels_in, channels_out * taps]`
    weights: Vec<f32>,
}

/// # Shapes
/// - `gradient`: of the output, `[batch, channels_out, height', width']`
/// - `weight`: `[channels_out, channels_in, kernel, kernel]`
/// - output: `[batch, channels_in, height, width]`
pub fn to_input(geometry: &Geometry, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
    if geometry.is_tiled() {
        let channels = geometry.channels_in;
        let [down, across] = geometry.kernel;
        let taps = down * across;
        let depth = geometry.channels_out;
        let weights = TileWeights::new(channels, depth, geometry.kernel, |row, channel, tap| {
            weight[(channel * channels + row + 1) * taps - 1 - tap]
        });
        let before = [
            down - 1 - geometry.before[0],
            across - 1 - geometry.before[1],
        ];
        let sizes = [geometry.output, geometry.input];
        return tiled(gradient, &weights, None, sizes, before);
    }
    let [height, width] = geometry.input;
    let area = geometry.area_in();
    let stride = geometry.stride;
    let picture_out = geometry.channels_out * geometry.area_out();
    let count = geometry.batch * geometry.channels_in * area;
    // With a stride some pixels may be seen by no tap.
    let mut output = if stride == 1 {
        buffers::take(count)
    } else {
        vec![0.0; count]
    };
    let phases: Vec<Phase> = (0..stride.min(height))
        .flat_map(|y| (0..stride.min(width)).map(move |x| [y, x]))
        .map(|at| phase(geometry, weight, at))
        .filter(|phase| !phase.window.taps.is_empty())
        .collect();
    let piece = if stride == 1 {
        piece_len(geometry.channels_in, area)
    } else {
        // Whole strides of rows, so that each phase has its part in every piece.
        let rows = piece_len(geometry.channels_in, area) / width.max(1);
        (rows / stride).max(1) * stride * width
    };
    let arch = Arch::new();
    output
        .chunks_exact_mut(geometry.channels_in * area)
        .zip(gradient.chunks_exact(picture_out))
        .flat_map(|(output, picture)| {
            let stacks = stacks(output, area, piece).into_iter().enumerate();
            stacks.map(move |(index, stack)| (index * piece, stack, picture))
        })
        .collect::<Vec<_>>()
        .into_par_iter()
        .for_each(|(first, mut stack, picture)| {
            if stride == 1 {
                let columns = first..first + stack[0].len();
                arch.dispatch(Product {
                    weights: &phases[0].weights,
                    window: &phases[0].window,
                    picture,
                    columns,
                    target: &mut stack,
                    bias: None,
                });
                return;
            }
            let mut scratch = Vec::new();
            for phase in &phases {
                let grid_width = phase.window.grid_width;
                let num_rows = (stack[0].len() / width)
                    .saturating_sub(phase.at[0])
                    .div_ceil(stride);
                if num_rows == 0 {
                    continue;
                }
                let start = first / width / stride * grid_width;
                scratch.resize(stack.len() * num_rows * grid_width, 0.0);
                let mut parts: Vec<&mut [f32]> =
                    scratch.chunks_exact_mut(num_rows * grid_width).collect();
                arch.dispatch(Product {
                    weights: &phase.weights,
                    window: &phase.window,
                    picture,
                    columns: start..start + num_rows * grid_width,
                    target: &mut parts,
                    bias: None,
                });
                for (target, part) in stack.iter_mut().zip(&parts) {
                    let rows = target
                        .chunks_exact_mut(width)
                        .skip(phase.at[0])
                        .step_by(stride);
                    for (target, part) in rows.zip(part.chunks_exact(grid_width)) {
                        spread(&mut target[phase.at[1]..], part, stride);
                    }
                }
            }
        });
    output
}

/// Writes `values` to every `stride`-th of `target`.
fn spread(target: &mut [f32], values: &[f32], stride: usize) {
    for (target, value) in target.chunks_mut(stride).zip(values) {
        target[0] = *value;
    }
}

/// The taps of one phase and their weights, turned to `[channels_in, channels_out * taps]`.
fn phase(geometry: &Geometry, weight: &[f32], at: [usize; 2]) -> Phase {
    let (window, places) = geometry.backward_window(at);
    let taps = geometry.kernel[0] * geometry.kernel[1];
    let depth = geometry.channels_out * places.len();
    let mut weights = vec![0.0; geometry.channels_in * depth];
    if depth > 0 {
        weights
            .par_chunks_mut(depth)
            .enumerate()
            .for_each(|(input, row)| {
                for (output, row) in row.chunks_exact_mut(places.len()).enumerate() {
                    let kernel = &weight[(output * geometry.channels_in + input) * taps..][..taps];
                    for (target, &place) in row.iter_mut().zip(&places) {
                        *target = kernel[place];
                    }
                }
            });
    }
    Phase {
        at,
        window,
        weights,
    }
}
