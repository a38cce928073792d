//! The convolution itself.

use pulp::Arch;
use rayon::prelude::*;

use super::geometry::{Geometry, piece_len, stacks};
use super::product::Product;
use super::winograd::{TileWeights, tiled};
use crate::nn::kernels::activate::activate;
use crate::nn::kernels::buffers;
use crate::nn::norm::Activation;

/// Numbers one thread activates at a time.
const PART: usize = 1 << 14;

/// With the activation after it, while the numbers are still in the processor's cache.
///
/// # Shapes
/// - `input`: `[batch, channels_in, height, width]`
/// - `weight`: `[channels_out, channels_in, kernel, kernel]`
/// - `bias`: `[channels_out]`
/// - output: `[batch, channels_out, height', width']`
pub fn forward(
    geometry: &Geometry,
    input: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    then: Activation,
) -> Vec<f32> {
    if geometry.is_tiled() {
        let depth = geometry.channels_in;
        let taps = geometry.kernel[0] * geometry.kernel[1];
        let rows = geometry.channels_out;
        let weights = TileWeights::new(rows, depth, geometry.kernel, |row, channel, tap| {
            weight[(row * depth + channel) * taps + tap]
        });
        let sizes = [geometry.input, geometry.output];
        let mut output = tiled(input, &weights, bias, sizes, geometry.before);
        if then != Activation::None {
            let parts = output.par_chunks_mut(PART);
            parts.for_each(|part| activate(part, 0.0, then));
        }
        return output;
    }
    let area = geometry.area_out();
    let picture_in = geometry.channels_in * geometry.area_in();
    let mut output = buffers::take(geometry.batch * geometry.channels_out * area);
    let window = geometry.forward_window();
    let piece = piece_len(geometry.channels_out, area);
    let arch = Arch::new();
    output
        .chunks_exact_mut(geometry.channels_out * area)
        .zip(input.chunks_exact(picture_in))
        .flat_map(|(output, picture)| {
            let stacks = stacks(output, area, piece).into_iter().enumerate();
            stacks.map(move |(index, stack)| (index * piece, stack, picture))
        })
        .collect::<Vec<_>>()
        .into_par_iter()
        .for_each(|(first, mut stack, picture)| {
            let columns = first..first + stack[0].len();
            arch.dispatch(Product {
                weights: weight,
                window: &window,
                picture,
                columns,
                target: &mut stack,
                bias,
            });
            for row in stack {
                activate(row, 0.0, then);
            }
        });
    output
}
