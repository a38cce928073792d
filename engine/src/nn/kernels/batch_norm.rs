//! Batch normalization with the activation after it, as one operation with its gradients, for the
//! CPU device.
//!
//! A channel stays in the processor's cache while its mean, its variance and its output are found:
//! main memory is read once and written once, and only the input is kept for the way back.

mod backward;
mod forward;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend as _, Backend, Dispatch, Flex, backend_extension};
use burn::nn::BatchNorm;
use burn::prelude::Tensor;

use super::buffers;
use super::planes::{in_order, is_ours, numbers};
use crate::nn::norm::Activation;

/// Whether [`batch_norm`] takes this layer and input: on the CPU device, and not frozen inside a
/// trained network, where burn keeps the running statistics.
pub fn takes(norm: &BatchNorm, input: &Tensor<4>) -> bool {
    let [batch, channels, height, width] = input.dims();
    let is_whole = batch * height * width > 0 && norm.gamma.dims() == [channels];
    let is_frozen = input.device().is_autodiff() && !norm.training.is_enabled();
    is_ours(input) && is_ours(&norm.gamma.val()) && is_whole && !is_frozen
}

/// The normalized and activated input. In training the statistics are the batch's, and the running
/// ones are moved towards them as burn does it.
///
/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`
pub fn batch_norm(norm: &BatchNorm, input: Tensor<4>, then: Activation) -> Tensor<4> {
    if input.device().is_autodiff() {
        trained(norm, input, then)
    } else {
        inferred(norm, input, then)
    }
}

/// Each channel of each picture by its own mean and biased variance, if it is on the CPU device; else
/// nothing.
///
/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`
/// - `gamma` and `beta`: `[channels]`
pub fn instance_norm(
    input: &Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
    then: Activation,
) -> Option<Tensor<4>> {
    let shape @ [batch, channels, height, width] = input.dims();
    if !is_ours(input) || !is_ours(&gamma) || batch * height * width == 0 {
        return None;
    }
    // One picture with all channels of the batch: the norm of a batch of one is that of each channel.
    let of_each = |one: Tensor<1>| {
        let each = one.reshape([1, channels]).expand([batch, channels]);
        each.reshape([batch * channels]).into_dispatch()
    };
    let input = input.clone().reshape([1, batch * channels, height, width]);
    let (output, _, _) = <Dispatch as Normalize>::normalize(
        input.into_dispatch(),
        of_each(gamma),
        of_each(beta),
        epsilon,
        then,
    );
    Some(Tensor::<4>::from_dispatch(output).reshape(shape))
}

fn trained(norm: &BatchNorm, input: Tensor<4>, then: Activation) -> Tensor<4> {
    let device = input.device();
    let (output, mean, variance) = <Dispatch as Normalize>::normalize(
        input.into_dispatch(),
        norm.gamma.val().into_dispatch(),
        norm.beta.val().into_dispatch(),
        norm.epsilon,
        then,
    );
    // burn-nn 0.22.1, `BatchNorm::forward_train`: the variance is the biased one.
    let moved = |running: Tensor<1>, seen: Tensor<1>| {
        let kept = running.to_device(&device).mul_scalar(1.0 - norm.momentum);
        kept.add(seen.detach().mul_scalar(norm.momentum)).detach()
    };
    let mean = moved(norm.running_mean.value_sync(), Tensor::from_dispatch(mean));
    let variance = moved(
        norm.running_var.value_sync(),
        Tensor::from_dispatch(variance),
    );
    norm.running_mean.update(mean);
    norm.running_var.update(variance);
    Tensor::from_dispatch(output)
}

fn inferred(norm: &BatchNorm, input: Tensor<4>, then: Activation) -> Tensor<4> {
    let device = input.device();
    let mean = norm.running_mean.value().to_device(&device);
    let variance = norm.running_var.value().to_device(&device);
    let scale = norm.gamma.val() / (variance + norm.epsilon).sqrt();
    let shift = norm.beta.val() - mean * scale.clone();
    let output = <Dispatch as Normalize>::scale(
        input.into_dispatch(),
        scale.into_dispatch(),
        shift.into_dispatch(),
        then,
    );
    Tensor::from_dispatch(output)
}

#[backend_extension(Flex, Autodiff)]
trait Normalize: Backend {
    /// Output, mean and biased variance.
    fn normalize(
        input: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        then: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// `input * scale + shift` by channel, without gradients.
    fn scale(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        then: Activation,
    ) -> FloatTensor<Self>;
}

impl Normalize for Flex {
    fn normalize(
        input: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        then: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let affine = [in_order(gamma), in_order(beta)];
        let found = forward::normalized(&in_order(input), &affine, epsilon, then);
        (found.output, found.mean, found.variance)
    }

    fn scale(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        then: Activation,
    ) -> FloatTensor<Self> {
        forward::scaled(
            input,
            numbers(&in_order(scale)),
            numbers(&in_order(shift)),
            then,
        )
    }
}

impl<C: CheckpointStrategy> Normalize for Autodiff<Flex, C> {
    fn normalize(
        input: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        then: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let prepared = NormalizeBackward
            .prepare::<C>([input.node(), gamma.node(), beta.node()])
            .compute_bound()
            .stateful();
        let input = in_order(input.into_primitive());
        let affine = [gamma, beta].map(|tensor| in_order(tensor.into_primitive()));
        let found = forward::normalized(&input, &affine, epsilon, then);
        let [mean, variance] =
            [&found.mean, &found.variance].map(|tensor| Self::from_inner(tensor.clone()));
        let output = match prepared {
            OpsKind::Tracked(prepared) => {
                let saved = Saved {
                    input,
                    affine,
                    mean: found.mean,
                    variance: found.variance,
                    epsilon,
                    then,
                };
                prepared.finish(saved, found.output)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(found.output),
        };
        (output, mean, variance)
    }

    fn scale(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        then: Activation,
    ) -> FloatTensor<Self> {
        let [input, scale, shift] = [input, scale, shift].map(|tensor| tensor.into_primitive());
        Self::from_inner(Flex::scale(input, scale, shift, then))
    }
}

/// What the way back needs.
#[derive(Clone, Debug)]
struct Saved {
    input: FloatTensor<Flex>,
    /// Gamma and beta.
    affine: [FloatTensor<Flex>; 2],
    mean: FloatTensor<Flex>,
    variance: FloatTensor<Flex>,
    epsilon: f64,
    then: Activation,
}

#[derive(Debug)]
struct NormalizeBackward;

impl Backward<Flex, 3> for NormalizeBackward {
    type State = Saved;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let found = backward::gradients(&ops.state, gradient);
        buffers::give(ops.state.input);
        for (node, gradient) in ops.parents.into_iter().zip(found) {
            if let Some(node) = node {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

#[cfg(test)]
mod tests;
