//! The hyperbolic tangent on the CPU device in one pass over the numbers on all threads, there and back.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::prelude::Tensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::{ParallelSlice as _, ParallelSliceMut as _};

use super::planes::{dims, in_order, is_ours, numbers, own_numbers, tensor_of};
use super::vector::{Vectored, fma, sigmoid, vectored};

/// Numbers that one thread takes at a time: what fits into a core's own cache.
const PART: usize = 1 << 14;

/// `tanh(x)` to 3e-7.
///
/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`
pub fn tanh(input: Tensor<4>) -> Tensor<4> {
    if !is_ours(&input) {
        return input.tanh();
    }
    Tensor::from_dispatch(<Dispatch as Tangent>::tangent(input.into_dispatch()))
}

#[backend_extension(Flex, Autodiff)]
trait Tangent: Backend {
    fn tangent(input: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Tangent for Flex {
    fn tangent(input: FloatTensor<Self>) -> FloatTensor<Self> {
        let shape = dims(&input);
        let mut values = own_numbers(input);
        let parts = values.par_chunks_mut(PART);
        parts.for_each(|values| vectored(Bend { values }));
        tensor_of(values, shape)
    }
}

impl<C: CheckpointStrategy> Tangent for Autodiff<Flex, C> {
    fn tangent(input: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = TangentBackward
            .prepare::<C>([input.node()])
            .compute_bound()
            .stateful();
        let output = Flex::tangent(input.into_primitive());
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish(output.clone(), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

#[derive(Debug)]
struct TangentBackward;

impl Backward<Flex, 1> for TangentBackward {
    /// The output.
    type State = FloatTensor<Flex>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let [Some(node)] = ops.parents else {
            return;
        };
        let output = in_order(ops.state);
        let shape = dims(&output);
        let mut gradient = own_numbers(gradient);
        let parts = gradient.par_chunks_mut(PART);
        parts
            .zip(numbers(&output).par_chunks(PART))
            .for_each(|(gradient, output)| vectored(TakeBack { gradient, output }));
        grads.register::<Flex>(node.id, tensor_of(gradient, shape));
    }
}

struct Bend<'a> {
    values: &'a mut [f32],
}

impl Vectored for Bend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for x in self.values {
            *x = fma::<FMA>(2.0, sigmoid::<FMA>(2.0 * *x), -1.0);
        }
    }
}

/// The gradient to the output becomes that to the input: times `1 - y * y`.
struct TakeBack<'a> {
    gradient: &'a mut [f32],
    output: &'a [f32],
}

impl Vectored for TakeBack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for (gradient, y) in self.gradient.iter_mut().zip(self.output) {
            *gradient *= fma::<FMA>(-y, *y, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::{Device, TensorData};

    #[test]
    fn it_is_burns_there_and_back_and_stays_within_one() {
        let device = Device::flex().autodiff();
        let shape = [2, 3, 50, 70];
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|at: i32| ((at * 7919 % 4001) - 2000) as f32 * 0.01)
            .collect();
        let input =
            Tensor::<4>::from_data(TensorData::new(values, shape.map(|n| n as usize)), &device);
        let check = |f: &dyn Fn(Tensor<4>) -> Tensor<4>| {
            let input = input.clone().require_grad();
            // Not contiguous, as after a swap of axes in a network.
            let output = f(input.clone().swap_dims(2, 3));
            let gradients = output.clone().square().sum().backward();
            let gradient = input.grad(&gradients).unwrap();
            [output.inner(), gradient].map(|tensor| host_tensor(tensor).unwrap())
        };
        let (expected, found) = (check(&|x| x.tanh()), check(&tanh));
        assert!(found[0].values.iter().all(|value| value.abs() <= 1.0));
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected.shape, found.shape);
            for (expected, found) in expected.values.iter().zip(&found.values) {
                assert!((expected - found).abs() < 2e-6, "{expected} and {found}");
            }
        }
    }
}
