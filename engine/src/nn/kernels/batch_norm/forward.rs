//! The normalized output, by the batch's statistics or by given ones.

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

use super::super::buffers;
use super::super::planes::{by_channel, dims, numbers, own_numbers, plane_of, tensor_of};
use super::super::vector::{Vectored, fma, sigmoid, sum_of, vectored};
use crate::nn::norm::Activation;

pub struct Normalized {
    pub output: FloatTensor<Flex>,
    /// `[channels]`.
    pub mean: FloatTensor<Flex>,
    /// `[channels]`, divided by the count itself.
    pub variance: FloatTensor<Flex>,
}

/// `affine`: gamma and beta.
pub fn normalized(
    input: &FloatTensor<Flex>,
    affine: &[FloatTensor<Flex>; 2],
    epsilon: f64,
    then: Activation,
) -> Normalized {
    let shape @ [_, channels, height, width] = dims(input);
    let plane = height * width;
    let input = numbers(input);
    let [gamma, beta] = affine.each_ref().map(numbers);
    let mut output = buffers::take(input.len());
    let statistics: Vec<[f32; 2]> = by_channel(&mut output, channels, plane)
        .into_par_iter()
        .enumerate()
        .map(|(channel, output)| {
            vectored(NormalizeChannel {
                input,
                channel,
                channels,
                affine: [gamma[channel], beta[channel]],
                epsilon,
                then,
                output,
            })
        })
        .collect();
    let [mean, variance] = [0, 1].map(|which| {
        let values = statistics.iter().map(|both| both[which]).collect();
        tensor_of(values, [channels])
    });
    Normalized {
        output: tensor_of(output, shape),
        mean,
        variance,
    }
}

/// `input * scale + shift`, by channel, then the activation.
pub fn scaled(
    input: FloatTensor<Flex>,
    scale: &[f32],
    shift: &[f32],
    then: Activation,
) -> FloatTensor<Flex> {
    let shape @ [_, channels, height, width] = dims(&input);
    let mut values = own_numbers(input);
    values
        .par_chunks_exact_mut(height * width)
        .enumerate()
        .with_min_len(8)
        .for_each(|(at, values)| {
            vectored(ScalePlane {
                values,
                scale: scale[at % channels],
                shift: shift[at % channels],
                then,
            });
        });
    tensor_of(values, shape)
}

struct NormalizeChannel<'a> {
    /// All channels of all pictures.
    input: &'a [f32],
    channel: usize,
    channels: usize,
    affine: [f32; 2],
    epsilon: f64,
    then: Activation,
    /// A plane for each picture.
    output: Vec<&'a mut [f32]>,
}

impl Vectored for NormalizeChannel<'_> {
    /// Mean and variance.
    type Output = [f32; 2];

    #[inline(always)]
    fn run<const FMA: bool>(self) -> [f32; 2] {
        let plane = self.output.first().map_or(0, |output| output.len());
        let inputs =
            |picture: usize| plane_of(self.input, picture * self.channels + self.channel, plane);
        let count = (self.output.len() * plane) as f64;
        let mut total = 0.0;
        for picture in 0..self.output.len() {
            let input = inputs(picture);
            total += f64::from(sum_of(plane, |at| input[at]));
        }
        let mean = (total / count) as f32;
        let mut total = 0.0;
        for picture in 0..self.output.len() {
            let input = inputs(picture);
            total += f64::from(sum_of(plane, |at| (input[at] - mean) * (input[at] - mean)));
        }
        let variance = (total / count) as f32;
        let [gamma, beta] = self.affine;
        let scale = gamma * inverse_deviation(variance, self.epsilon);
        for (picture, output) in self.output.into_iter().enumerate() {
            let input = inputs(picture);
            activate::<FMA>(self.then, input, output, |x| {
                fma::<FMA>(x - mean, scale, beta)
            });
        }
        [mean, variance]
    }
}

/// `1 / sqrt(variance + epsilon)`.
#[inline(always)]
pub fn inverse_deviation(variance: f32, epsilon: f64) -> f32 {
    1.0 / (variance + epsilon as f32).sqrt()
}

struct ScalePlane<'a> {
    values: &'a mut [f32],
    scale: f32,
    shift: f32,
    then: Activation,
}

impl Vectored for ScalePlane<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Self {
            values,
            scale,
            shift,
            then,
        } = self;
        let linear = |x: f32| fma::<FMA>(x, scale, shift);
        match then {
            Activation::None => values.iter_mut().for_each(|x| *x = linear(*x)),
            Activation::Relu => values.iter_mut().for_each(|x| *x = relu(linear(*x))),
            Activation::Silu => values.iter_mut().for_each(|x| {
                let y = linear(*x);
                *x = y * sigmoid::<FMA>(y);
            }),
        }
    }
}

/// `output = activation(linear(input))`.
#[inline(always)]
fn activate<const FMA: bool>(
    then: Activation,
    input: &[f32],
    output: &mut [f32],
    linear: impl Fn(f32) -> f32,
) {
    let pairs = output.iter_mut().zip(input);
    match then {
        Activation::None => pairs.for_each(|(y, x)| *y = linear(*x)),
        Activation::Relu => pairs.for_each(|(y, x)| *y = relu(linear(*x))),
        Activation::Silu => pairs.for_each(|(y, x)| {
            let value = linear(*x);
            *y = value * sigmoid::<FMA>(value);
        }),
    }
}

/// Not a number stays so.
#[inline(always)]
fn relu(x: f32) -> f32 {
    if x <= 0.0 { 0.0 } else { x }
}
