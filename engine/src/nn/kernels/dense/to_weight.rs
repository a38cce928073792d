//! The gradient to the weight: the output's gradient times what the kernel saw, summed over all pixels
//! of all pictures. Which sums are split, and where, follows from the sizes alone.

use std::ops::Range;

use pulp::Arch;
use rayon::prelude::*;

use super::along_rows::{along_rows, is_fit};
use super::channels_last::ChannelsLast;
use super::geometry::Geometry;
use super::share::Share;

/// Weights up to which each thread keeps its own sums of all of them.
const SMALL: usize = 200_000;
/// Parts that the pixels are split into where weights are few.
const PARTS: usize = 16;
/// Values of a band of pixels that is turned at once: it stays in the second cache.
const BAND: usize = 128 * 1024;
/// Sums that a task keeps where weights are many.
const GROUP: usize = 64 * 1024;

/// # Shapes
/// - `input`: `[batch, channels_in, height, width]`
/// - `gradient`: of the output, `[batch, channels_out, height', width']`
/// - output: `[channels_out, channels_in, kernel, kernel]`
pub fn to_weight(geometry: &Geometry, input: &[f32], gradient: &[f32]) -> Vec<f32> {
    if is_fit(geometry) {
        along_rows(geometry, input, gradient)
    } else if geometry.channels_out * geometry.depth() <= SMALL {
        by_pixels(geometry, input, gradient)
    } else {
        by_columns(geometry, input, gradient)
    }
}

/// Each task takes some pixels and all weights; sums are added up at the end.
fn by_pixels(geometry: &Geometry, input: &[f32], gradient: &[f32]) -> Vec<f32> {
    let columns = geometry.depth();
    let row_len =
        (geometry.output[1] * geometry.stride + geometry.kernel[1]) * geometry.channels_in;
    let band = (BAND / (row_len * geometry.stride)).clamp(1, geometry.output[0]);
    let bands: Vec<(usize, Range<usize>)> = (0..geometry.batch)
        .flat_map(|picture| {
            let starts = (0..geometry.output[0]).step_by(band);
            starts.map(move |y| (picture, y..(y + band).min(geometry.output[0])))
        })
        .collect();
    let arch = Arch::new();
    let parts: Vec<Vec<f32>> = bands
        .par_chunks(bands.len().div_ceil(PARTS).max(1))
        .map(|bands| {
            let mut sums = vec![0.0; geometry.channels_out * columns];
            let mut rows: Vec<&mut [f32]> = sums.chunks_exact_mut(columns).collect();
            let mut turned = ChannelsLast::default();
            for (picture, band) in bands {
                turned.set(
                    geometry,
                    picture_of(geometry, input, *picture),
                    band.clone(),
                );
                arch.dispatch(Share {
                    geometry,
                    turned: &turned,
                    gradient: gradient_of(geometry, gradient, *picture),
                    rows: band.clone(),
                    columns: 0..columns,
                    target: &mut rows,
                });
            }
            sums
        })
        .collect();
    let mut weights = vec![0.0; geometry.channels_out * columns];
    let rows = weights.par_chunks_exact_mut(columns).enumerate();
    rows.for_each(|(row, target)| {
        let mut total = vec![0.0; columns];
        for part in &parts {
            let part = &part[row * columns..(row + 1) * columns];
            for (total, value) in total.iter_mut().zip(part) {
                *total += value;
            }
        }
        place(geometry, 0, &total, target);
    });
    weights
}

/// Each task takes some of the weights and all pixels.
fn by_columns(geometry: &Geometry, input: &[f32], gradient: &[f32]) -> Vec<f32> {
    let columns = geometry.depth();
    let turned: Vec<ChannelsLast> = (0..geometry.batch)
        .into_par_iter()
        .map(|picture| {
            let mut turned = ChannelsLast::default();
            let picture = picture_of(geometry, input, picture);
            turned.set(geometry, picture, 0..geometry.output[0]);
            turned
        })
        .collect();
    let group = (GROUP / geometry.channels_out).max(48).next_multiple_of(48);
    let arch = Arch::new();
    let groups: Vec<Vec<f32>> = (0..columns.div_ceil(group))
        .into_par_iter()
        .map(|index| {
            let part = index * group..((index + 1) * group).min(columns);
            let mut sums = vec![0.0; geometry.channels_out * part.len()];
            let mut rows: Vec<&mut [f32]> = sums.chunks_exact_mut(part.len()).collect();
            for (picture, turned) in turned.iter().enumerate() {
                arch.dispatch(Share {
                    geometry,
                    turned,
                    gradient: gradient_of(geometry, gradient, picture),
                    rows: 0..geometry.output[0],
                    columns: part.clone(),
                    target: &mut rows,
                });
            }
            sums
        })
        .collect();
    let mut weights = vec![0.0; geometry.channels_out * columns];
    let rows = weights.par_chunks_exact_mut(columns).enumerate();
    rows.for_each(|(row, target)| {
        for (index, sums) in groups.iter().enumerate() {
            let len = group.min(columns - index * group);
            place(
                geometry,
                index * group,
                &sums[row * len..(row + 1) * len],
                target,
            );
        }
    });
    weights
}

/// Puts sums in the order `[kernel, kernel, channels_in]` where they belong in one output channel's
/// weights `[channels_in, kernel, kernel]`.
fn place(geometry: &Geometry, first: usize, sums: &[f32], target: &mut [f32]) {
    let taps = geometry.kernel[0] * geometry.kernel[1];
    for (column, sum) in (first..).zip(sums) {
        let (tap, channel) = (column / geometry.channels_in, column % geometry.channels_in);
        target[channel * taps + tap] = *sum;
    }
}

/// The gradient to the bias: each channel's sum, picture by picture.
///
/// # Shapes
/// - `gradient`: `[batch, channels, area]`
pub fn to_bias(channels: usize, area: usize, gradient: &[f32]) -> Vec<f32> {
    (0..channels)
        .into_par_iter()
        .map(|channel| {
            let rows = gradient.chunks_exact(area).skip(channel);
            rows.step_by(channels).map(sum).sum()
        })
        .collect()
}

/// In sixteen lanes, which is both faster and more exact than one after the other.
fn sum(values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<16>();
    let mut lanes = [0.0; 16];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes.iter().chain(rest).sum()
}

fn picture_of<'a>(geometry: &Geometry, input: &'a [f32], picture: usize) -> &'a [f32] {
    let len = geometry.channels_in * geometry.area_in();
    &input[picture * len..(picture + 1) * len]
}

fn gradient_of<'a>(geometry: &Geometry, gradient: &'a [f32], picture: usize) -> &'a [f32] {
    let len = geometry.channels_out * geometry.area_out();
    &gradient[picture * len..(picture + 1) * len]
}
