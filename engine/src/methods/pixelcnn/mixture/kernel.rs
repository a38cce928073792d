//! The mixture on the CPU device: one pass over the network's outputs, gradient included.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend as _, Backend, Dispatch, Flex, backend_extension};
use burn::prelude::Tensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::{ParallelSlice as _, ParallelSliceMut as _};

use super::blocks;
use crate::nn::kernels::buffers;
use crate::nn::kernels::planes::{dims, in_order, numbers, own_numbers, tensor_of};

/// # Shapes
/// - as [`super::chain_maps`]
pub fn chain_maps(outputs: Tensor<4>, pictures: Tensor<4>) -> Tensor<4> {
    let (outputs, pictures) = (outputs.into_dispatch(), pictures.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Likelihood>::chain(outputs, pictures))
}

/// # Shapes
/// - as [`super::nll`]
pub fn nll(outputs: Tensor<4>, pictures: Tensor<4>) -> Tensor<1> {
    let (outputs, pictures) = (outputs.into_dispatch(), pictures.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Likelihood>::nll(outputs, pictures))
}

#[backend_extension(Flex, Autodiff)]
trait Likelihood: Backend {
    fn chain(outputs: FloatTensor<Self>, pictures: FloatTensor<Self>) -> FloatTensor<Self>;
    fn nll(outputs: FloatTensor<Self>, pictures: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Likelihood for Flex {
    fn chain(outputs: FloatTensor<Self>, pictures: FloatTensor<Self>) -> FloatTensor<Self> {
        let (outputs, pictures) = (in_order(outputs), in_order(pictures));
        let shape = dims(&pictures);
        let [_, channels, height, width] = dims(&outputs);
        let area = height * width;
        let mut maps = buffers::take(shape.iter().product());
        maps.par_chunks_exact_mut((3 * area).max(1))
            .zip(numbers(&pictures).par_chunks_exact((3 * area).max(1)))
            .zip(numbers(&outputs).par_chunks_exact((channels * area).max(1)))
            .for_each(|((maps, picture), outputs)| blocks::chain(outputs, picture, maps));
        tensor_of(maps, shape)
    }

    fn nll(outputs: FloatTensor<Self>, pictures: FloatTensor<Self>) -> FloatTensor<Self> {
        let (outputs, pictures) = (in_order(outputs), in_order(pictures));
        let [_, channels, height, width] = dims(&outputs);
        let area = height * width;
        let each: Vec<f64> = numbers(&pictures)
            .par_chunks_exact((3 * area).max(1))
            .zip(numbers(&outputs).par_chunks_exact((channels * area).max(1)))
            .map(|(picture, outputs)| blocks::nll(outputs, picture))
            .collect();
        total(&each)
    }
}

impl<C: CheckpointStrategy> Likelihood for Autodiff<Flex, C> {
    fn chain(outputs: FloatTensor<Self>, pictures: FloatTensor<Self>) -> FloatTensor<Self> {
        let maps = Flex::chain(outputs.into_primitive(), pictures.into_primitive());
        Self::from_inner(maps)
    }

    fn nll(outputs: FloatTensor<Self>, pictures: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = NllBackward
            .prepare::<C>([outputs.node()])
            .compute_bound()
            .stateful();
        let (outputs, pictures) = (outputs.into_primitive(), pictures.into_primitive());
        match prepared {
            OpsKind::Tracked(prepared) => {
                let (nll, gradient) = with_gradient(outputs, pictures);
                prepared.finish(gradient, nll)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(Flex::nll(outputs, pictures)),
        }
    }
}

/// The gradient comes almost for free with the value, so it is what the way back keeps.
fn with_gradient(
    outputs: FloatTensor<Flex>,
    pictures: FloatTensor<Flex>,
) -> (FloatTensor<Flex>, FloatTensor<Flex>) {
    let (outputs, pictures) = (in_order(outputs), in_order(pictures));
    let shape = dims(&outputs);
    let [_, channels, height, width] = shape;
    let area = height * width;
    let mut gradient = buffers::take(shape.iter().product());
    let each: Vec<f64> = gradient
        .par_chunks_exact_mut((channels * area).max(1))
        .zip(numbers(&pictures).par_chunks_exact((3 * area).max(1)))
        .zip(numbers(&outputs).par_chunks_exact((channels * area).max(1)))
        .map(|((gradient, picture), outputs)| blocks::nll_with_gradient(outputs, picture, gradient))
        .collect();
    (total(&each), tensor_of(gradient, shape))
}

fn total(each: &[f64]) -> FloatTensor<Flex> {
    tensor_of(vec![each.iter().sum::<f64>() as f32], [1])
}

#[derive(Debug)]
struct NllBackward;

impl Backward<Flex, 1> for NllBackward {
    /// The gradient to the outputs.
    type State = FloatTensor<Flex>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let factor = in_order(grads.consume::<Flex>(&ops.node));
        let [Some(node)] = ops.parents else {
            return;
        };
        let factor = numbers(&factor).first().copied().unwrap_or(0.0);
        let shape = dims(&ops.state);
        let mut gradient = own_numbers(ops.state);
        if factor.to_bits() != 1.0_f32.to_bits() {
            gradient
                .par_chunks_mut(1 << 14)
                .for_each(|part| part.iter_mut().for_each(|number| *number *= factor));
        }
        grads.register::<Flex>(node.id, tensor_of(gradient, shape));
    }
}
