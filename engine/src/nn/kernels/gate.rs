//! What ends a gated residual block: `x + a * sigmoid(b)`, in one pass there and one back on the CPU
//! device.

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

use super::buffers;
use super::planes::{dims, in_order, is_ours, numbers, own_numbers, tensor_of};
use super::vector::{Vectored, fma, sigmoid, vectored};

/// `input + a * sigmoid(b)`, where `a` is the first half of the channels of `gates` and `b` the second.
///
/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`
/// - `gates`: `[batch, 2 channels, height, width]`
pub fn gate(input: Tensor<4>, gates: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = input.dims();
    assert_eq!(
        gates.dims(),
        [batch, 2 * channels, height, width],
        "gates of an input {:?}",
        input.dims()
    );
    if is_ours(&input) && is_ours(&gates) {
        let (input, gates) = (input.into_dispatch(), gates.into_dispatch());
        return Tensor::from_dispatch(<Dispatch as Gated>::gated(input, gates));
    }
    let opened = activation::sigmoid(gates.clone().narrow(1, channels, channels));
    input + gates.narrow(1, 0, channels) * opened
}

#[backend_extension(Flex, Autodiff)]
trait Gated: Backend {
    fn gated(input: FloatTensor<Self>, gates: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Gated for Flex {
    fn gated(input: FloatTensor<Self>, gates: FloatTensor<Self>) -> FloatTensor<Self> {
        let (input, gates) = (in_order(input), in_order(gates));
        let shape = dims(&input);
        let picture = shape[1..].iter().product::<usize>().max(1);
        let area = (shape[2] * shape[3]).max(1);
        let mut output = buffers::take(numbers(&input).len());
        let planes = output
            .par_chunks_exact_mut(area)
            .zip(numbers(&input).par_chunks_exact(area));
        let gates = numbers(&gates);
        planes.enumerate().for_each(|(at, (output, input))| {
            let (number, plane) = (at * area / picture, at * area % picture);
            let start = 2 * number * picture + plane;
            vectored(Open {
                input,
                values: &gates[start..start + area],
                gates: &gates[start + picture..start + picture + area],
                output,
            });
        });
        tensor_of(output, shape)
    }
}

impl<C: CheckpointStrategy> Gated for Autodiff<Flex, C> {
    fn gated(input: FloatTensor<Self>, gates: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = GatedBackward
            .prepare::<C>([input.node(), gates.node()])
            .compute_bound()
            .stateful();
        let gates = gates.into_primitive();
        let output = Flex::gated(input.into_primitive(), gates.clone());
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish(gates, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

#[derive(Debug)]
struct GatedBackward;

impl Backward<Flex, 2> for GatedBackward {
    /// The gates.
    type State = FloatTensor<Flex>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = in_order(grads.consume::<Flex>(&ops.node));
        let [to_input, to_gates] = ops.parents;
        if let Some(node) = to_gates {
            let shape = dims(&ops.state);
            let picture = shape[1..].iter().product::<usize>().max(2);
            // Nobody else wants the gates any more, so their gradient takes their place.
            let mut values = own_numbers(ops.state);
            values
                .par_chunks_exact_mut(picture)
                .zip(numbers(&gradient).par_chunks_exact(picture / 2))
                .for_each(|(gates, gradient)| {
                    let (values, gates) = gates.split_at_mut(picture / 2);
                    vectored(TakeBack {
                        values,
                        gates,
                        gradient,
                    });
                });
            grads.register::<Flex>(node.id, tensor_of(values, shape));
        }
        if let Some(node) = to_input {
            grads.register::<Flex>(node.id, gradient);
        }
    }
}

struct Open<'a> {
    input: &'a [f32],
    values: &'a [f32],
    gates: &'a [f32],
    output: &'a mut [f32],
}

impl Vectored for Open<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let rest = self.input.iter().zip(self.values).zip(self.gates);
        for (output, ((input, value), gate)) in self.output.iter_mut().zip(rest) {
            *output = fma::<FMA>(*value, sigmoid::<FMA>(*gate), *input);
        }
    }
}

/// Values and gates become the gradients to them.
struct TakeBack<'a> {
    values: &'a mut [f32],
    gates: &'a mut [f32],
    gradient: &'a [f32],
}

impl Vectored for TakeBack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let both = self.values.iter_mut().zip(self.gates);
        for ((value, gate), gradient) in both.zip(self.gradient) {
            let open = sigmoid::<FMA>(*gate);
            let passed = gradient * open;
            *gate = passed * *value * (1.0 - open);
            *value = passed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::{Device, TensorData};

    fn tensor(shape: [usize; 4], step: usize, device: &Device) -> Tensor<4> {
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|at: usize| ((at * step * 7919 + 11) % 1009) as f32 * 0.01 - 5.0)
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    #[test]
    fn it_is_burns_operations_there_and_back() {
        let device = Device::flex().autodiff();
        let input = tensor([2, 3, 37, 50], 1, &device).require_grad();
        let gates = tensor([2, 6, 37, 50], 3, &device).require_grad();
        let plain = |input: Tensor<4>, gates: Tensor<4>| {
            let [values, gates] = [0, 3].map(|first| gates.clone().narrow(1, first, 3));
            input + values * activation::sigmoid(gates)
        };
        let check = |f: &dyn Fn(Tensor<4>, Tensor<4>) -> Tensor<4>| {
            let output = f(input.clone(), gates.clone());
            let mut gradients = output.clone().square().sum().backward();
            let found = [&input, &gates].map(|tensor| tensor.grad_remove(&mut gradients).unwrap());
            let [to_input, to_gates] = found;
            [output.inner(), to_input, to_gates].map(|tensor| host_tensor(tensor).unwrap())
        };
        let (expected, found) = (check(&plain), check(&gate));
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected.shape, found.shape);
            for (expected, found) in expected.values.iter().zip(&found.values) {
                // Values up to 60, and the sigmoid is good to 3e-7.
                assert!((expected - found).abs() < 3e-5, "{expected} and {found}");
            }
        }
    }
}
