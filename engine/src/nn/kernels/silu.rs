//! `SiLU` on the CPU device in one pass over the numbers, there and back: burn calls the exponential of
//! the C library for each of them, and takes twenty times as long.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::autodiff::{Autodiff, NodeId};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, backend_extension};
use burn::prelude::{Tensor, TensorData};
use burn::tensor::activation;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::{ParallelSlice as _, ParallelSliceMut as _};

use super::activate::activate;
use super::planes::{in_order, is_ours, numbers, own_numbers};
use super::vector::{Vectored, fma, sigmoid, vectored};
use crate::nn::norm::Activation;

/// Numbers that one thread takes at a time: what fits into a core's own cache.
const CHUNK: usize = 1 << 14;

/// `x * sigmoid(x)`.
///
/// # Shapes
/// - `input` and output: any
pub fn silu<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    if is_ours(&input) {
        Tensor::from_dispatch(Dispatch::sigmoid_linear(input.into_dispatch()))
    } else {
        activation::silu(input)
    }
}

#[backend_extension(Flex, Autodiff)]
trait SigmoidLinear: Backend {
    fn sigmoid_linear(input: FloatTensor<Self>) -> FloatTensor<Self>;

    /// The gradient to the input, from the input and the gradient to the output.
    fn sigmoid_linear_backward(
        input: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

impl SigmoidLinear for Flex {
    fn sigmoid_linear(input: FloatTensor<Self>) -> FloatTensor<Self> {
        let shape = input.layout().shape().clone();
        let mut values = own_numbers(input);
        let chunks = values.par_chunks_mut(CHUNK);
        chunks.for_each(|chunk| activate(chunk, 0.0, Activation::Silu));
        FloatTensor::<Self>::from_data(TensorData::new(values, shape))
    }

    fn sigmoid_linear_backward(
        input: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let shape = input.layout().shape().clone();
        let input = in_order(input);
        let mut values = own_numbers(gradient);
        let chunks = values.par_chunks_mut(CHUNK);
        chunks
            .zip(numbers(&input).par_chunks(CHUNK))
            .for_each(|(gradient, input)| vectored(TakeBack { gradient, input }));
        FloatTensor::<Self>::from_data(TensorData::new(values, shape))
    }
}

/// The gradient to the output becomes that to the input: times `s (1 + x (1 - s))`, with the sigmoid s.
struct TakeBack<'a> {
    gradient: &'a mut [f32],
    input: &'a [f32],
}

impl Vectored for TakeBack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for (gradient, x) in self.gradient.iter_mut().zip(self.input) {
            let open = sigmoid::<FMA>(*x);
            *gradient *= open * fma::<FMA>(*x, 1.0 - open, 1.0);
        }
    }
}

impl<B: SigmoidLinear, C: CheckpointStrategy> SigmoidLinear for Autodiff<B, C> {
    fn sigmoid_linear(input: FloatTensor<Self>) -> FloatTensor<Self> {
        match Derivative
            .prepare::<C>([input.node()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(mut prep) => {
                let state = prep.checkpoint(&input);
                prep.finish(state, B::sigmoid_linear(input.into_primitive()))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::sigmoid_linear(input.into_primitive())),
        }
    }

    fn sigmoid_linear_backward(
        input: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        // burn has first derivatives only, so nothing is recorded here.
        let primitive =
            B::sigmoid_linear_backward(input.into_primitive(), gradient.into_primitive());
        <Self as burn::backend::AutodiffBackend>::from_inner(primitive)
    }
}

#[derive(Debug)]
struct Derivative;

impl<B: SigmoidLinear> Backward<B, 1> for Derivative {
    /// The input.
    type State = NodeId;

    fn backward(
        self,
        ops: Ops<NodeId, 1>,
        gradients: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let input = checkpointer.retrieve_node_output(ops.state);
        unary::<B, _>(ops.parents, ops.node, gradients, |gradient| {
            B::sigmoid_linear_backward(input, gradient)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::Device;

    #[test]
    fn tensors_agree_with_burn_there_and_back() {
        let device = Device::flex().autodiff();
        let values: Vec<f32> = (0..2 * 3 * 20_000)
            .map(|i| ((i % 997) - 498) as f32 * 0.02)
            .collect();
        let input = Tensor::<3>::from_data(TensorData::new(values, [2, 3, 20_000]), &device);
        let check = |f: &dyn Fn(Tensor<3>) -> Tensor<3>| {
            let input = input.clone().require_grad();
            // Not contiguous, as after a swap of axes in a network.
            let output = f(input.clone().swap_dims(0, 1));
            let gradients = output.clone().square().sum().backward();
            let gradient = input.grad(&gradients).unwrap();
            [output.without_autodiff(), gradient].map(|tensor| host_tensor(tensor).unwrap())
        };
        let (expected, found) = (check(&|x| activation::silu(x)), check(&silu));
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected.shape, found.shape);
            for (expected, found) in expected.values.iter().zip(&found.values) {
                assert!((expected - found).abs() < 2e-5, "{expected} and {found}");
            }
        }
    }

    #[test]
    fn a_tensor_in_use_elsewhere_stays_as_it_is() {
        let input = Tensor::<1>::full([5], 2.0, &Device::flex());
        let output = silu(input.clone());
        let expected = 2.0 / (1.0 + (-2.0_f32).exp());
        for (values, expected) in [
            (input.clone(), 2.0),
            (output, expected),
            (silu(input), expected),
        ] {
            for value in host_tensor(values).unwrap().values {
                assert!((value - expected).abs() < 1e-6, "{value}");
            }
        }
    }
}
