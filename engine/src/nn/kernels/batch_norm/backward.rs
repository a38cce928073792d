//! Gradients of the normalization to its input, to gamma and to beta.
//!
//! With `n` numbers in a channel, `z` the normalized input, `s` its inverse deviation and `g` the
//! gradient before the activation: `beta' = sum g`, `gamma' = sum g z` and
//! `x' = gamma s (g - beta' / n - z gamma' / n)` (Ioffe and Szegedy 2015, section 3).

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};

use super::super::planes::{by_channel, dims, numbers, own_numbers, plane_of, tensor_of};
use super::super::vector::{Vectored, fma, sigmoid, sum_of, vectored};
use super::Saved;
use super::forward::inverse_deviation;
use crate::nn::norm::Activation;

/// To the input, gamma and beta.
pub fn gradients(saved: &Saved, gradient: FloatTensor<Flex>) -> [FloatTensor<Flex>; 3] {
    let shape @ [_, channels, height, width] = dims(&saved.input);
    let input = numbers(&saved.input);
    let [gamma, beta] = saved.affine.each_ref().map(numbers);
    let (mean, variance) = (numbers(&saved.mean), numbers(&saved.variance));
    let mut values = own_numbers(gradient);
    let affine: Vec<[f32; 2]> = by_channel(&mut values, channels, height * width)
        .into_par_iter()
        .enumerate()
        .map(|(channel, gradient)| {
            vectored(DifferentiateChannel {
                input,
                channel,
                channels,
                gamma: gamma[channel],
                beta: beta[channel],
                mean: mean[channel],
                inverse: inverse_deviation(variance[channel], saved.epsilon),
                then: saved.then,
                gradient,
            })
        })
        .collect();
    let [gamma, beta] = [0, 1].map(|which| {
        let values = affine.iter().map(|both| both[which]).collect();
        tensor_of(values, [channels])
    });
    [tensor_of(values, shape), gamma, beta]
}

struct DifferentiateChannel<'a> {
    /// All channels of all pictures.
    input: &'a [f32],
    channel: usize,
    channels: usize,
    gamma: f32,
    beta: f32,
    mean: f32,
    /// The inverse deviation.
    inverse: f32,
    then: Activation,
    /// A plane for each picture: to the output, and in its place to the input.
    gradient: Vec<&'a mut [f32]>,
}

impl Vectored for DifferentiateChannel<'_> {
    /// Gradients to gamma and beta.
    type Output = [f32; 2];

    #[inline(always)]
    fn run<const FMA: bool>(mut self) -> [f32; 2] {
        let plane = self.gradient.first().map_or(0, |gradient| gradient.len());
        let (all, channels, channel) = (self.input, self.channels, self.channel);
        let inputs = |picture: usize| plane_of(all, picture * channels + channel, plane);
        let (mean, scale, beta) = (self.mean, self.gamma * self.inverse, self.beta);
        let (mut to_beta, mut to_gamma) = (0.0, 0.0);
        for (picture, gradient) in self.gradient.iter_mut().enumerate() {
            let input = inputs(picture);
            before_activation::<FMA>(self.then, input, gradient, |x| {
                fma::<FMA>(x - mean, scale, beta)
            });
            let gradient: &[f32] = gradient;
            to_beta += f64::from(sum_of(plane, |at| gradient[at]));
            to_gamma += f64::from(sum_of(plane, |at| gradient[at] * (input[at] - mean)));
        }
        to_gamma *= f64::from(self.inverse);
        let count = (self.gradient.len() * plane) as f64;
        let from_mean = -scale * (to_beta / count) as f32;
        let from_variance = -scale * self.inverse * (to_gamma / count) as f32;
        for (picture, gradient) in self.gradient.iter_mut().enumerate() {
            for (value, x) in gradient.iter_mut().zip(inputs(picture)) {
                let straight = fma::<FMA>(*value, scale, from_mean);
                *value = fma::<FMA>(x - mean, from_variance, straight);
            }
        }
        [to_gamma as f32, to_beta as f32]
    }
}

/// Takes the gradient back through the activation of `linear(input)`.
#[inline(always)]
fn before_activation<const FMA: bool>(
    then: Activation,
    input: &[f32],
    gradient: &mut [f32],
    linear: impl Fn(f32) -> f32,
) {
    let pairs = gradient.iter_mut().zip(input);
    match then {
        Activation::None => {}
        Activation::Relu => pairs.for_each(|(gradient, x)| {
            *gradient = if linear(*x) <= 0.0 { 0.0 } else { *gradient };
        }),
        Activation::Silu => pairs.for_each(|(gradient, x)| {
            let y = linear(*x);
            let open = sigmoid::<FMA>(y);
            *gradient *= open * fma::<FMA>(y, 1.0 - open, 1.0);
        }),
    }
}
