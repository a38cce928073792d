//! The pool itself and its gradient, plane by plane.

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::{ParallelSlice as _, ParallelSliceMut as _};

use super::super::buffers;
use super::super::phases::{Phases, Window};
use super::super::planes::{dims, numbers, plane_of, tensor_of};
use super::super::vector::{LANES, Vectored, vectored};

/// Planes for which one thread is worth waking.
const FEWEST_PLANES: usize = 4;

/// The output, and of every output at the pitch of the phases the place that gave it.
pub fn largest(input: &FloatTensor<Flex>, window: Window) -> (FloatTensor<Flex>, Vec<u8>) {
    let [batch, channels, height, width] = dims(input);
    let phases = window.phases();
    let [height_out, width_out] = phases.output;
    let input = numbers(input);
    let mut output = buffers::take(batch * channels * height_out * width_out);
    let mut places = vec![0; batch * channels * phases.run()];
    output
        .par_chunks_exact_mut(height_out * width_out)
        .zip(places.par_chunks_exact_mut(phases.run()))
        .enumerate()
        .with_min_len(FEWEST_PLANES)
        .for_each_init(
            || {
                (
                    vec![f32::NEG_INFINITY; phases.total()],
                    vec![0.0; phases.run()],
                )
            },
            |(spread, run), (at, (output, places))| {
                let plane = PoolPlane {
                    phases: &phases,
                    input: plane_of(input, at, height * width),
                    spread,
                    run,
                    places,
                    output,
                };
                match window.kernel {
                    2 => vectored(PoolSquare::<4>(plane)),
                    3 => vectored(PoolSquare::<9>(plane)),
                    _ => vectored(PoolSquare::<16>(plane)),
                }
            },
        );
    let output = tensor_of(output, [batch, channels, height_out, width_out]);
    (output, places)
}

/// The gradient to the input: each output's goes where its maximum was.
pub fn gradient(places: &[u8], gradient: &FloatTensor<Flex>, window: Window) -> FloatTensor<Flex> {
    let [batch, channels, height_out, width_out] = dims(gradient);
    let [height, width] = window.size;
    let phases = window.phases();
    let gradient = numbers(gradient);
    let mut to_input = buffers::take(batch * channels * height * width);
    to_input
        .par_chunks_exact_mut(height * width)
        .zip(places.par_chunks_exact(phases.run()))
        .enumerate()
        .with_min_len(FEWEST_PLANES)
        .for_each_init(
            || (vec![0.0; phases.total()], vec![0.0; phases.run()]),
            |(spread, run), (at, (to_input, places))| {
                vectored(DifferentiatePlane {
                    phases: &phases,
                    gradient: plane_of(gradient, at, height_out * width_out),
                    spread,
                    run,
                    places,
                    to_input,
                });
            },
        );
    tensor_of(to_input, [batch, channels, height, width])
}

struct PoolPlane<'a> {
    phases: &'a Phases,
    input: &'a [f32],
    /// Scratch: the phases, with the least number where the padding is.
    spread: &'a mut [f32],
    run: &'a mut [f32],
    places: &'a mut [u8],
    output: &'a mut [f32],
}

/// With a window of so many places.
struct PoolSquare<'a, const PLACES: usize>(PoolPlane<'a>);

impl<const PLACES: usize> Vectored for PoolSquare<'_, PLACES> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Self(plane) = self;
        plane.phases.spread(plane.input, plane.spread);
        let (vectors, _) = plane.run.as_chunks_mut::<LANES>();
        let (places, _) = plane.places.as_chunks_mut::<LANES>();
        let spread: &[f32] = plane.spread;
        let seen: [&[[f32; LANES]]; PLACES] = std::array::from_fn(|place| {
            &spread[plane.phases.start(place)..].as_chunks().0[..vectors.len()]
        });
        for (at, (output, places)) in vectors.iter_mut().zip(places).enumerate() {
            let mut most = seen[0][at];
            let mut found = [0_i32; LANES];
            for (place, values) in seen.iter().enumerate().skip(1) {
                let best = most.iter_mut().zip(&mut found);
                for ((most, found), value) in best.zip(&values[at]) {
                    // Not a number wins, and the first of equals.
                    let is_more = *value > *most || value.is_nan();
                    *most = if is_more { *value } else { *most };
                    *found = if is_more { place as i32 } else { *found };
                }
            }
            *output = most;
            *places = found.map(|place| place as u8);
        }
        plane.phases.pack(plane.run, plane.output);
    }
}

struct DifferentiatePlane<'a> {
    phases: &'a Phases,
    gradient: &'a [f32],
    /// Scratch: the gradient to the input, by phases.
    spread: &'a mut [f32],
    /// Scratch: the gradient at the pitch of the phases, with zeros between.
    run: &'a mut [f32],
    places: &'a [u8],
    to_input: &'a mut [f32],
}

impl Vectored for DifferentiatePlane<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        self.phases.space(self.gradient, self.run);
        self.spread.fill(0.0);
        let (gradients, _) = self.run.as_chunks::<LANES>();
        let (places, _) = self.places.as_chunks::<LANES>();
        for place in 0..self.phases.places() {
            let target = &mut self.spread[self.phases.start(place)..];
            let (target, _) = target.as_chunks_mut::<LANES>();
            for ((target, gradient), places) in target.iter_mut().zip(gradients).zip(places) {
                let lanes = target.iter_mut().zip(gradient).zip(places);
                for ((target, gradient), found) in lanes {
                    let is_here = usize::from(*found) == place;
                    *target += if is_here { *gradient } else { 0.0 };
                }
            }
        }
        self.phases.collect(self.spread, self.to_input);
    }
}
