//! `SiLU` on the CPU device in one pass over the numbers, there and back: burn calls the exponential of
//! the C library for each of them, and takes twenty times as long.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::autodiff::{Autodiff, NodeId};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, backend_extension};
use burn::prelude::{Device, Tensor, TensorData};
use burn::tensor::{DType, activation};
use pulp::Arch;
use rayon::prelude::*;

/// Numbers that one thread takes at a time: what fits into a core's own cache.
const CHUNK: usize = 1 << 14;

/// `x * sigmoid(x)`; on the CPU device within five units in the last place.
///
/// # Shapes
/// - `input` and output: any
pub fn silu<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    let is_ours = input.dtype() == DType::F32
        && input.device().without_autodiff() == Device::flex().without_autodiff();
    if is_ours {
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
    fn sigmoid_linear(mut input: FlexTensor) -> FlexTensor {
        let length = input.layout().num_elements();
        let arch = Arch::new();
        if input.is_contiguous()
            && let Some(values) = input.try_storage_mut::<f32>()
            && values.len() == length
        {
            let chunks = values.par_chunks_mut(CHUNK);
            chunks.for_each(|chunk| {
                arch.dispatch(
                    #[inline(always)]
                    || {
                        for x in chunk {
                            *x = forward(*x);
                        }
                    },
                );
            });
            return input;
        }
        let input = input.to_contiguous();
        let given = numbers(&input);
        let mut values = vec![0.0; length];
        let chunks = values.par_chunks_mut(CHUNK).zip(given.par_chunks(CHUNK));
        chunks.for_each(|(chunk, given)| {
            arch.dispatch(
                #[inline(always)]
                || {
                    for (x, given) in chunk.iter_mut().zip(given) {
                        *x = forward(*given);
                    }
                },
            );
        });
        FlexTensor::from_data(TensorData::new(values, input.layout().shape().clone()))
    }

    fn sigmoid_linear_backward(input: FlexTensor, gradient: FlexTensor) -> FlexTensor {
        let (input, gradient) = (input.to_contiguous(), gradient.to_contiguous());
        let mut values = numbers(&gradient).to_vec();
        let arch = Arch::new();
        let chunks = values
            .par_chunks_mut(CHUNK)
            .zip(numbers(&input).par_chunks(CHUNK));
        chunks.for_each(|(chunk, input)| {
            arch.dispatch(
                #[inline(always)]
                || {
                    for (gradient, input) in chunk.iter_mut().zip(input) {
                        *gradient *= slope(*input);
                    }
                },
            );
        });
        FlexTensor::from_data(TensorData::new(values, input.layout().shape().clone()))
    }
}

fn numbers(tensor: &FlexTensor) -> &[f32] {
    tensor
        .as_slice()
        .expect("it was made contiguous, and its type was looked at before")
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

#[inline(always)]
fn forward(x: f32) -> f32 {
    x / (1.0 + exponential(-x))
}

/// The derivative: `s (1 + x (1 - s))` with the sigmoid s.
#[inline(always)]
fn slope(x: f32) -> f32 {
    let e = exponential(-x);
    let s = 1.0 / (1.0 + e);
    s * (1.0 + x * (e * s))
}

/// Within two units in the last place between -87 and 88, and the value there beyond.
///
/// The reduction and the polynomial of Cephes (Moshier, `expf`), in steps that a compiler turns into
/// vector instructions, and no fused ones: every processor gives the same number.
#[inline(always)]
fn exponential(x: f32) -> f32 {
    // Written so that not-a-number passes through.
    let x = if x > 88.0 { 88.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let r = x - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let mut p = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p * r + coefficient;
    }
    let fraction = p * r * r + r + 1.0;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
    fraction * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;

    fn spread() -> Vec<f32> {
        (-40_000..40_000).map(|i| i as f32 * 0.002_3).collect()
    }

    #[test]
    fn numbers_are_right_to_the_last_places() {
        for x in spread() {
            let exact = f64::from(x) / (1.0 + (-f64::from(x)).exp());
            let bound = 5.0 * f64::from(f32::EPSILON) * exact.abs() + 1e-30;
            let found = f64::from(forward(x));
            assert!((found - exact).abs() < bound, "{x}: {found}, not {exact}");
        }
        assert!(forward(f32::NAN).is_nan());
        assert_eq!(forward(200.0), 200.0);
        assert!(forward(-200.0).abs() < 1e-30);
    }

    #[test]
    fn slopes_are_finite_differences() {
        for x in spread().into_iter().step_by(100) {
            let f = |x: f64| x / (1.0 + (-x).exp());
            let x_exact = f64::from(x);
            let expected = (f(x_exact + 1e-4) - f(x_exact - 1e-4)) / 2e-4;
            let found = f64::from(slope(x));
            // The difference itself is right to 1e-8; the slope lies between -.1 and 1.1.
            assert!(
                (found - expected).abs() < 1e-6,
                "{x}: {found}, not {expected}"
            );
        }
    }

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
