//! `ReLU` and addition of feature maps on all threads, with their gradients, for the CPU device.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::prelude::Tensor;
use burn::tensor::activation;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::{ParallelSlice as _, ParallelSliceMut as _};

use super::activate::activate;
use super::buffers;
use super::planes::{dims, in_order, is_ours, numbers, own_numbers, tensor_of};
use crate::nn::norm::Activation;

/// Numbers one thread takes at a time.
const PART: usize = 1 << 14;

/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`
pub fn relu(input: Tensor<4>) -> Tensor<4> {
    if !is_ours(&input) {
        return activation::relu(input);
    }
    Tensor::from_dispatch(<Dispatch as Elementwise>::rectify(input.into_dispatch()))
}

/// # Shapes
/// - `left`, `right` and output: `[batch, channels, height, width]`, all the same
pub fn add(left: Tensor<4>, right: Tensor<4>) -> Tensor<4> {
    if !is_ours(&left) || !is_ours(&right) || left.dims() != right.dims() {
        return left + right;
    }
    let sum = <Dispatch as Elementwise>::sum(left.into_dispatch(), right.into_dispatch());
    Tensor::from_dispatch(sum)
}

#[backend_extension(Flex, Autodiff)]
trait Elementwise: Backend {
    fn rectify(input: FloatTensor<Self>) -> FloatTensor<Self>;
    fn sum(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Elementwise for Flex {
    fn rectify(input: FloatTensor<Self>) -> FloatTensor<Self> {
        let input = in_order(input);
        let shape = dims(&input);
        if input.is_unique() {
            let mut output = own_numbers(input);
            let parts = output.par_chunks_mut(PART);
            parts.for_each(|part| activate(part, 0.0, Activation::Relu));
            return tensor_of(output, shape);
        }
        let source = numbers(&input);
        let mut output = buffers::take(source.len());
        let parts = output.par_chunks_mut(PART).zip(source.par_chunks(PART));
        parts.for_each(|(output, input)| {
            for (output, input) in output.iter_mut().zip(input) {
                // Not a number stays so, as burn has it.
                *output = if *input <= 0.0 { 0.0 } else { *input };
            }
        });
        tensor_of(output, shape)
    }

    fn sum(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self> {
        let (left, right) = if left.is_unique() {
            (left, in_order(right))
        } else {
            (right, in_order(left))
        };
        let shape = dims(&left);
        let mut output = own_numbers(left);
        let parts = output.par_chunks_mut(PART);
        parts
            .zip(numbers(&right).par_chunks(PART))
            .for_each(|(output, right)| {
                for (output, right) in output.iter_mut().zip(right) {
                    *output += right;
                }
            });
        tensor_of(output, shape)
    }
}

impl<C: CheckpointStrategy> Elementwise for Autodiff<Flex, C> {
    fn rectify(input: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = RectifyBackward
            .prepare::<C>([input.node()])
            .compute_bound()
            .stateful();
        let output = Flex::rectify(input.into_primitive());
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish(output.clone(), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    fn sum(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self> {
        SumBackward
            .prepare::<C>([left.node(), right.node()])
            .compute_bound()
            .stateless(Flex::sum(left.into_primitive(), right.into_primitive()))
    }
}

#[derive(Debug)]
struct RectifyBackward;

impl Backward<Flex, 1> for RectifyBackward {
    /// The output: above 0 where the gradient passes.
    type State = FloatTensor<Flex>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let [Some(node)] = ops.parents else {
            return;
        };
        let shape = dims(&ops.state);
        let mut gradient = own_numbers(gradient);
        let parts = gradient.par_chunks_mut(PART);
        parts
            .zip(numbers(&ops.state).par_chunks(PART))
            .for_each(|(gradient, output)| {
                for (gradient, output) in gradient.iter_mut().zip(output) {
                    *gradient = if *output <= 0.0 { 0.0 } else { *gradient };
                }
            });
        buffers::give(ops.state);
        grads.register::<Flex>(node.id, tensor_of(gradient, shape));
    }
}

#[derive(Debug)]
struct SumBackward;

impl Backward<Flex, 2> for SumBackward {
    type State = ();

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let [left, right] = ops.parents;
        match (left, right) {
            (Some(left), Some(right)) => {
                grads.register::<Flex>(left.id, gradient.clone());
                grads.register::<Flex>(right.id, gradient);
            }
            (Some(node), None) | (None, Some(node)) => {
                grads.register::<Flex>(node.id, gradient);
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::{Device, TensorData};

    fn tensor(seed: usize, device: &Device) -> Tensor<4> {
        let shape = [2, 3, 100, 70];
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|at: usize| ((at * 7919 + seed * 104_729) % 101) as f32 - 50.0)
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    type Chain = fn(Tensor<4>, Tensor<4>) -> Tensor<4>;

    fn there_and_back(chain: Chain) -> [Vec<f32>; 3] {
        let device = Device::flex().autodiff();
        let left = tensor(1, &device).require_grad();
        let right = tensor(2, &device).require_grad();
        let output = chain(left.clone(), right.clone());
        let mut gradients = (output.clone() * tensor(3, &device)).sum().backward();
        let gradients = [&left, &right].map(|tensor| tensor.grad_remove(&mut gradients).unwrap());
        let [to_left, to_right] = gradients;
        [output.inner(), to_left, to_right].map(|tensor| tensor.into_data().try_into_vec().unwrap())
    }

    #[test]
    fn a_residual_step_is_burns_with_both_gradients() {
        let found = there_and_back(|x, y| add(relu(add(x.clone(), y)), x));
        let expected = there_and_back(|x, y| activation::relu(x.clone() + y) + x);
        assert_eq!(found, expected);
    }
}
