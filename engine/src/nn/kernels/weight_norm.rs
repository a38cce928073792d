//! Weights as a direction and a length for each output channel (Salimans and Kingma 2016), as one
//! operation with its gradients on the CPU device.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::prelude::Tensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::{ParallelSlice as _, ParallelSliceMut as _};

use super::buffers;
use super::planes::{dims, in_order, is_ours, numbers, tensor_of};
use super::vector::{Vectored, sum_of, vectored};

/// Squared norms are at least this, as TensorFlow's `l2_normalize` has it.
const LEAST: f32 = 1e-12;

/// `gain * direction / |direction|`, with a norm for each output channel.
///
/// # Shapes
/// - `direction` and output: `[channels_out, channels_in, kernel, kernel]`
/// - `gain`: `[channels_out]`
pub fn weight_norm(direction: Tensor<4>, gain: Tensor<1>) -> Tensor<4> {
    let [channels_out, ..] = direction.dims();
    if is_ours(&direction) && is_ours(&gain) {
        let (direction, gain) = (direction.into_dispatch(), gain.into_dispatch());
        return Tensor::from_dispatch(<Dispatch as Lengthen>::lengthen(direction, gain));
    }
    let squares: Tensor<2> = direction
        .clone()
        .square()
        .reshape([channels_out as i32, -1]);
    let norm = squares.sum_dim(1).clamp_min(LEAST).sqrt();
    direction * (gain.reshape([channels_out, 1]) / norm).reshape([channels_out, 1, 1, 1])
}

#[backend_extension(Flex, Autodiff)]
trait Lengthen: Backend {
    fn lengthen(direction: FloatTensor<Self>, gain: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Lengthen for Flex {
    fn lengthen(direction: FloatTensor<Self>, gain: FloatTensor<Self>) -> FloatTensor<Self> {
        let (direction, gain) = (in_order(direction), in_order(gain));
        let shape = dims(&direction);
        let (source, gains) = (numbers(&direction), numbers(&gain));
        let length = (source.len() / gains.len().max(1)).max(1);
        let mut output = buffers::take(source.len());
        let rows = output.par_chunks_exact_mut(length);
        rows.zip(source.par_chunks_exact(length))
            .zip(gains)
            .for_each(|((output, direction), gain)| {
                vectored(Scale {
                    direction,
                    gain: *gain,
                    output,
                });
            });
        tensor_of(output, shape)
    }
}

impl<C: CheckpointStrategy> Lengthen for Autodiff<Flex, C> {
    fn lengthen(direction: FloatTensor<Self>, gain: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = LengthenBackward
            .prepare::<C>([direction.node(), gain.node()])
            .compute_bound()
            .stateful();
        let (direction, gain) = (direction.into_primitive(), gain.into_primitive());
        let output = Flex::lengthen(direction.clone(), gain.clone());
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish((direction, gain), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

#[derive(Debug)]
struct LengthenBackward;

impl Backward<Flex, 2> for LengthenBackward {
    /// Direction and gain.
    type State = (FloatTensor<Flex>, FloatTensor<Flex>);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = in_order(grads.consume::<Flex>(&ops.node));
        let (direction, gain) = (in_order(ops.state.0), in_order(ops.state.1));
        let shape = dims(&direction);
        let (source, gains) = (numbers(&direction), numbers(&gain));
        let length = (source.len() / gains.len().max(1)).max(1);
        let mut to_direction = buffers::take(source.len());
        let mut to_gain = vec![0.0; gains.len()];
        to_direction
            .par_chunks_exact_mut(length)
            .zip(source.par_chunks_exact(length))
            .zip(numbers(&gradient).par_chunks_exact(length))
            .zip(gains)
            .zip(&mut to_gain)
            .for_each(|((((output, direction), gradient), gain), to_gain)| {
                *to_gain = vectored(TakeBack {
                    direction,
                    gradient,
                    gain: *gain,
                    output,
                });
            });
        let [to_direction_node, to_gain_node] = ops.parents;
        if let Some(node) = to_direction_node {
            grads.register::<Flex>(node.id, tensor_of(to_direction, shape));
        }
        if let Some(node) = to_gain_node {
            grads.register::<Flex>(node.id, tensor_of(to_gain, [shape[0]]));
        }
        buffers::give(gradient);
    }
}

struct Scale<'a> {
    direction: &'a [f32],
    gain: f32,
    output: &'a mut [f32],
}

impl Vectored for Scale<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let factor = self.gain / norm(self.direction);
        for (output, value) in self.output.iter_mut().zip(self.direction) {
            *output = factor * value;
        }
    }
}

#[inline(always)]
fn norm(direction: &[f32]) -> f32 {
    let squares = sum_of(direction.len(), |at| direction[at] * direction[at]);
    squares.max(LEAST).sqrt()
}

/// The gradient to the direction: of the gradient what is at right angles to it, times `gain / norm`.
/// Gives that to the gain: what lies along it.
struct TakeBack<'a> {
    direction: &'a [f32],
    gradient: &'a [f32],
    gain: f32,
    output: &'a mut [f32],
}

impl Vectored for TakeBack<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<const FMA: bool>(self) -> f32 {
        let Self {
            direction,
            gradient,
            gain,
            output,
        } = self;
        let norm = norm(direction);
        let gradient = &gradient[..direction.len()];
        let along = sum_of(direction.len(), |at| direction[at] * gradient[at]) / norm;
        let (factor, taken) = (gain / norm, along / norm);
        for ((output, value), gradient) in output.iter_mut().zip(direction).zip(gradient) {
            *output = factor * (gradient - taken * value);
        }
        along
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::{Device, TensorData};

    fn tensor<const D: usize>(shape: [usize; D], step: usize, device: &Device) -> Tensor<D> {
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|at: usize| ((at * step * 7919 + 11) % 1009) as f32 * 0.002 - 1.0)
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    #[test]
    fn it_is_burns_operations_there_and_back() {
        let device = Device::flex().autodiff();
        let direction = tensor([6, 5, 2, 3], 1, &device).require_grad();
        let gain = tensor([6], 3, &device).require_grad();
        let factors = tensor([6, 5, 2, 3], 7, &device);
        let plain = |direction: Tensor<4>, gain: Tensor<1>| {
            let squares: Tensor<2> = direction.clone().square().reshape([6, -1]);
            let norm = squares.sum_dim(1).sqrt().reshape([6, 1, 1, 1]);
            direction / norm * gain.reshape([6, 1, 1, 1])
        };
        let check = |f: &dyn Fn(Tensor<4>, Tensor<1>) -> Tensor<4>| {
            let output = f(direction.clone(), gain.clone());
            let mut gradients = (output.clone() * factors.clone()).sum().backward();
            [
                host_tensor(output.inner()).unwrap(),
                host_tensor(direction.grad_remove(&mut gradients).unwrap()).unwrap(),
                host_tensor(gain.grad_remove(&mut gradients).unwrap()).unwrap(),
            ]
        };
        let (expected, found) = (check(&plain), check(&weight_norm));
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected.shape, found.shape);
            for (expected, found) in expected.values.iter().zip(&found.values) {
                // Sums of thirty numbers below 1, in another order.
                assert!((expected - found).abs() < 2e-6, "{expected} and {found}");
            }
        }
    }
}
