//! Convolution of each channel by itself, with its gradients, for the CPU device.
//!
//! A plane is laid out by `Phases`, after which every place of the kernel is
//! one multiplication of a whole run of numbers.

mod backward;
mod forward;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::prelude::Tensor;

use super::buffers;
use super::conv::ConvShape;
use super::phases::Window;
use super::planes::{dims, in_order, is_ours, numbers, primitive};
use crate::nn::norm::Activation;

/// The convolution, if it is depthwise with a kernel of 3 or 5 and on the CPU device; else nothing.
///
/// # Shapes
/// - `input`: `[batch, channels, height, width]`
/// - `weight`: `[channels, 1, kernel, kernel]`
/// - output: `[batch, channels, height', width']`
pub fn depthwise_conv2d(
    input: &Tensor<4>,
    weight: &Tensor<4>,
    shape: ConvShape,
) -> Option<Tensor<4>> {
    let window = window_of(input, weight, shape)?;
    let output = <Dispatch as Depthwise>::depthwise(
        input.clone().into_dispatch(),
        weight.clone().into_dispatch(),
        window,
    );
    Some(Tensor::from_dispatch(output))
}

/// As [`depthwise_conv2d`] with bias and activation after it, for tensors without gradients.
///
/// # Shapes
/// - as [`depthwise_conv2d`], `bias`: `[channels]`
pub fn depthwise_conv2d_then(
    input: &Tensor<4>,
    weight: &Tensor<4>,
    bias: Option<&Tensor<1>>,
    shape: ConvShape,
    then: Activation,
) -> Option<Tensor<4>> {
    let window = window_of(input, weight, shape)?;
    let [_, channels, ..] = input.dims();
    let shift = match bias {
        Some(bias) => numbers(&in_order(primitive(bias.clone()))).to_vec(),
        None => vec![0.0; channels],
    };
    let (input, weight) = (primitive(input.clone()), primitive(weight.clone()));
    let (input, weight) = (in_order(input), in_order(weight));
    let output = forward::forward(&input, &weight, window, Some((&shift, then)));
    Some(Tensor::from_primitive::<Flex>(output))
}

/// The window of a convolution that is ours.
fn window_of(input: &Tensor<4>, weight: &Tensor<4>, shape: ConvShape) -> Option<Window> {
    let [_, channels, height, width] = input.dims();
    let [channels_out, _, kernel, kernel_across] = weight.dims();
    let is_depthwise = shape.groups == channels && channels_out == channels;
    let is_kernel_ours = kernel == kernel_across && (kernel == 3 || kernel == 5);
    if !is_depthwise || !is_kernel_ours || !is_ours(input) || !is_ours(weight) {
        return None;
    }
    let window = Window {
        kernel,
        stride: shape.stride,
        padding: shape.padding,
        size: [height, width],
    };
    window.output().is_some().then_some(window)
}

#[backend_extension(Flex, Autodiff)]
trait Depthwise: Backend {
    fn depthwise(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        window: Window,
    ) -> FloatTensor<Self>;
}

impl Depthwise for Flex {
    fn depthwise(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        window: Window,
    ) -> FloatTensor<Self> {
        forward::forward(&in_order(input), &in_order(weight), window, None)
    }
}

impl<C: CheckpointStrategy> Depthwise for Autodiff<Flex, C> {
    fn depthwise(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        window: Window,
    ) -> FloatTensor<Self> {
        let prepared = DepthwiseBackward
            .prepare::<C>([input.node(), weight.node()])
            .compute_bound()
            .stateful();
        let input = in_order(input.into_primitive());
        let weight = in_order(weight.into_primitive());
        let output = forward::forward(&input, &weight, window, None);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish((input, weight, window), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

#[derive(Debug)]
struct DepthwiseBackward;

impl Backward<Flex, 2> for DepthwiseBackward {
    type State = (FloatTensor<Flex>, FloatTensor<Flex>, Window);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let (input, weight, window) = ops.state;
        let [to_input, to_weight] = ops.parents;
        let found = backward::backward(&input, &weight, gradient, window, to_input.is_some());
        buffers::give(input);
        if let (Some(node), Some(found)) = (to_input, found.to_input) {
            grads.register::<Flex>(node.id, found);
        }
        if let Some(node) = to_weight {
            grads.register::<Flex>(node.id, found.to_weight);
        }
    }
}

/// Batch, channels, and numbers of a plane of the input and of the output.
fn sizes(input: &FloatTensor<Flex>, window: Window) -> ([usize; 2], [usize; 2]) {
    let [batch, channels, height, width] = dims(input);
    let [height_out, width_out] = window.phases().output;
    ([batch, channels], [height * width, height_out * width_out])
}

#[cfg(test)]
mod tests;
