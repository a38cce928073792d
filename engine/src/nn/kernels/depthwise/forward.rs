//! The depthwise convolution itself.

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

use super::super::activate::activate;
use super::super::buffers;
use super::super::phases::{Phases, Window};
use super::super::planes::{numbers, plane_of, tensor_of};
use super::super::vector::{LANES, Vectored, fma, vectored};
use super::sizes;
use crate::nn::norm::Activation;

/// Planes for which one thread is worth waking.
const FEWEST_PLANES: usize = 16;

/// `finish`: a number for each channel to add, and the activation after that.
pub fn forward(
    input: &FloatTensor<Flex>,
    weight: &FloatTensor<Flex>,
    window: Window,
    finish: Option<(&[f32], Activation)>,
) -> FloatTensor<Flex> {
    let values = if window.kernel == 3 {
        convolved::<9>(input, weight, window, finish)
    } else {
        convolved::<25>(input, weight, window, finish)
    };
    let ([batch, channels], _) = sizes(input, window);
    let [height, width] = window.phases().output;
    tensor_of(values, [batch, channels, height, width])
}

/// `T` places in the kernel.
fn convolved<const T: usize>(
    input: &FloatTensor<Flex>,
    weight: &FloatTensor<Flex>,
    window: Window,
    finish: Option<(&[f32], Activation)>,
) -> Vec<f32> {
    let ([batch, channels], [plane_in, plane_out]) = sizes(input, window);
    let phases = window.phases();
    let (input, weight) = (numbers(input), numbers(weight));
    let (kernels, _) = weight.as_chunks::<T>();
    let mut output = buffers::take(batch * channels * plane_out);
    output
        .par_chunks_exact_mut(plane_out)
        .enumerate()
        .with_min_len(FEWEST_PLANES)
        .for_each_init(
            || (vec![0.0; phases.total()], vec![0.0; phases.run()]),
            |(spread, run), (at, output)| {
                vectored(ConvolvePlane {
                    phases: &phases,
                    input: plane_of(input, at, plane_in),
                    kernel: &kernels[at % channels],
                    spread,
                    run,
                    output,
                });
                if let Some((shift, then)) = finish {
                    activate(output, shift[at % channels], then);
                }
            },
        );
    output
}

struct ConvolvePlane<'a, const T: usize> {
    phases: &'a Phases,
    input: &'a [f32],
    kernel: &'a [f32; T],
    /// Scratch: the phases, with zeros where the padding is.
    spread: &'a mut [f32],
    run: &'a mut [f32],
    output: &'a mut [f32],
}

impl<const T: usize> Vectored for ConvolvePlane<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        self.phases.spread(self.input, self.spread);
        let starts = std::array::from_fn(|place| self.phases.start(place));
        correlate::<T, FMA>(self.spread, starts, self.kernel, self.run);
        self.phases.pack(self.run, self.output);
    }
}

/// `output[i] = sum over places of kernel[place] * values[starts[place] + i]`.
#[inline(always)]
pub fn correlate<const T: usize, const FMA: bool>(
    values: &[f32],
    starts: [usize; T],
    kernel: &[f32; T],
    output: &mut [f32],
) {
    let (vectors, _) = output.as_chunks_mut::<LANES>();
    let length = vectors.len();
    let seen: [&[[f32; LANES]]; T] =
        std::array::from_fn(|place| &values[starts[place]..].as_chunks().0[..length]);
    for (at, output) in vectors.iter_mut().enumerate() {
        let mut sums = [0.0; LANES];
        for (values, weight) in seen.iter().zip(kernel) {
            for (sum, value) in sums.iter_mut().zip(&values[at]) {
                *sum = fma::<FMA>(*weight, *value, *sum);
            }
        }
        *output = sums;
    }
}
