//! Gradients of the depthwise convolution: to its input and to its weights.

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};

use super::super::buffers;
use super::super::phases::{Phases, Window};
use super::super::planes::{by_channel, dims, numbers, own_numbers, plane_of, tensor_of};
use super::super::vector::{LANES, Vectored, fma, folded, vectored};
use super::forward::correlate;
use super::sizes;

/// Channels for which one thread is worth waking.
const FEWEST_CHANNELS: usize = 4;

pub struct Found {
    /// Nothing if it was not asked for.
    pub to_input: Option<FloatTensor<Flex>>,
    pub to_weight: FloatTensor<Flex>,
}

pub fn backward(
    input: &FloatTensor<Flex>,
    weight: &FloatTensor<Flex>,
    gradient: FloatTensor<Flex>,
    window: Window,
    is_input_wanted: bool,
) -> Found {
    if window.kernel == 3 {
        found::<9>(input, weight, gradient, window, is_input_wanted)
    } else {
        found::<25>(input, weight, gradient, window, is_input_wanted)
    }
}

fn found<const T: usize>(
    input: &FloatTensor<Flex>,
    weight: &FloatTensor<Flex>,
    gradient: FloatTensor<Flex>,
    window: Window,
    is_input_wanted: bool,
) -> Found {
    let ([batch, channels], [plane_in, plane_out]) = sizes(input, window);
    let phases = window.phases();
    let input_shape = dims(input);
    let (input, weight) = (numbers(input), numbers(weight));
    let (kernels, _) = weight.as_chunks::<T>();
    let mut gradient = own_numbers(gradient);
    // Where both have the same size, the gradient to the input takes the place of the other.
    let mut apart = (is_input_wanted && plane_in != plane_out)
        .then(|| buffers::take(batch * channels * plane_in));
    let mut apart_planes = match &mut apart {
        Some(values) => by_channel(values, channels, plane_in),
        None => (0..channels).map(|_| Vec::new()).collect(),
    };
    let to_weight: Vec<[f32; T]> = by_channel(&mut gradient, channels, plane_out)
        .into_par_iter()
        .zip(&mut apart_planes)
        .enumerate()
        .with_min_len(FEWEST_CHANNELS)
        .map_init(
            || Scratch::new(&phases),
            |scratch, (channel, (gradients, apart))| {
                let mut apart = apart.iter_mut();
                let mut sums = [[0.0; LANES]; T];
                for (picture, gradient) in gradients.into_iter().enumerate() {
                    vectored(DifferentiatePlane {
                        phases: &phases,
                        input: plane_of(input, picture * channels + channel, plane_in),
                        kernel: &kernels[channel],
                        gradient,
                        apart: apart.next().map(|plane| &mut **plane),
                        is_input_wanted,
                        scratch,
                        sums: &mut sums,
                    });
                }
                sums.map(folded)
            },
        )
        .collect();
    drop(apart_planes);
    let to_input = match apart {
        Some(values) => {
            buffers::give_values(gradient);
            Some(values)
        }
        None => is_input_wanted.then_some(gradient),
    };
    let kernel = window.kernel;
    Found {
        to_input: to_input.map(|values| tensor_of(values, input_shape)),
        to_weight: tensor_of(to_weight.into_flattened(), [channels, 1, kernel, kernel]),
    }
}

struct Scratch {
    /// The input, by phases.
    spread: Vec<f32>,
    /// The gradient at the pitch of the phases, with zeros before, between and after.
    run: Vec<f32>,
    /// The gradient to the input, by phases.
    to_input: Vec<f32>,
}

impl Scratch {
    fn new(phases: &Phases) -> Self {
        Self {
            spread: vec![0.0; phases.total()],
            run: vec![0.0; phases.farthest() + phases.length()],
            to_input: vec![0.0; phases.total()],
        }
    }
}

struct DifferentiatePlane<'a, const T: usize> {
    phases: &'a Phases,
    input: &'a [f32],
    kernel: &'a [f32; T],
    /// To the output; becomes the one to the input if that is wanted and not `apart`.
    gradient: &'a mut [f32],
    apart: Option<&'a mut [f32]>,
    is_input_wanted: bool,
    scratch: &'a mut Scratch,
    /// Gradients to the weights, to be added to.
    sums: &'a mut [[f32; LANES]; T],
}

impl<const T: usize> Vectored for DifferentiatePlane<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Self {
            phases, scratch, ..
        } = self;
        let Scratch {
            spread,
            run,
            to_input,
        } = scratch;
        let margin = phases.farthest();
        phases.spread(self.input, spread);
        phases.space(self.gradient, &mut run[margin..]);
        let starts = std::array::from_fn(|place| phases.start(place));
        multiply::<T, FMA>(&run[margin..][..phases.run()], spread, starts, self.sums);
        if !self.is_input_wanted {
            return;
        }
        if phases.is_single() {
            let starts = std::array::from_fn(|place| margin - phases.step(place));
            correlate::<T, FMA>(run, starts, self.kernel, to_input);
        } else {
            for (phase, target) in to_input.chunks_exact_mut(phases.length()).enumerate() {
                let mut places = [(0, 0.0); T];
                let mut count = 0;
                for (place, weight) in self.kernel.iter().enumerate() {
                    if phases.phase(place) == phase {
                        places[count] = (margin - phases.step(place), *weight);
                        count += 1;
                    }
                }
                correlate_some::<FMA>(run, &places[..count], target);
            }
        }
        phases.collect(to_input, self.apart.unwrap_or(self.gradient));
    }
}

/// `sums[place] += gradient[i] * values[starts[place] + i]`, over all `i`, lane by lane.
#[inline(always)]
fn multiply<const T: usize, const FMA: bool>(
    gradient: &[f32],
    values: &[f32],
    starts: [usize; T],
    sums: &mut [[f32; LANES]; T],
) {
    let (vectors, _) = gradient.as_chunks::<LANES>();
    let seen: [&[[f32; LANES]]; T] =
        std::array::from_fn(|place| &values[starts[place]..].as_chunks().0[..vectors.len()]);
    let mut found = *sums;
    for (at, gradient) in vectors.iter().enumerate() {
        for (values, sums) in seen.iter().zip(&mut found) {
            for ((sum, value), gradient) in sums.iter_mut().zip(&values[at]).zip(gradient) {
                *sum = fma::<FMA>(*gradient, *value, *sum);
            }
        }
    }
    *sums = found;
}

/// `output[i] = sum of weight * values[start + i]` over the places `(start, weight)`.
#[inline(always)]
fn correlate_some<const FMA: bool>(values: &[f32], places: &[(usize, f32)], output: &mut [f32]) {
    let (vectors, _) = output.as_chunks_mut::<LANES>();
    for (at, output) in vectors.iter_mut().enumerate() {
        let mut sums = [0.0; LANES];
        for (start, weight) in places {
            let values = &values[start + at * LANES..][..LANES];
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum = fma::<FMA>(*weight, *value, *sum);
            }
        }
        *output = sums;
    }
}
