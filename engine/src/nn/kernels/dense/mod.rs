//! Ordinary convolutions on the CPU device, with gradients: products of packed panels in registers
//! (Goto and van de Geijn 2008), of which the matrix of pixels is never built as a whole.

mod along_rows;
mod block;
mod channels_last;
mod forward;
mod gather;
mod geometry;
mod phases;
mod product;
mod share;
mod strip;
mod to_input;
mod to_weight;
mod transposed;
mod winograd;

#[cfg(test)]
mod tests;

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, NodeGuard, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, ExtensionType, Flex, backend_extension};
use burn::prelude::Tensor;
use burn::tensor::TensorData;

use super::buffers;
use super::conv::ConvShape;
use super::planes::{in_order, numbers, primitive, tensor_of};
use crate::nn::norm::Activation;
use geometry::Geometry;

pub use transposed::dense_transposed;

/// # Shapes
/// - `input`: `[batch, channels_in, height, width]`
/// - `weight`: `[channels_out, channels_in, kernel, kernel]`
/// - `bias`: `[channels_out]`
/// - output: `[batch, channels_out, height', width']`
///
/// # Panics
/// On any other device than the CPU's, and if `shape` has groups.
pub fn dense_conv2d(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    shape: ConvShape,
) -> Tensor<4> {
    assert_eq!(shape.groups, 1, "groups of a dense convolution");
    Tensor::from_dispatch(<Dispatch as DenseConv>::dense_conv(
        input.into_dispatch(),
        weight.into_dispatch(),
        bias.map_or(Bias::Absent, |bias| Bias::Given(bias.into_dispatch())),
        shape,
    ))
}

/// As [`dense_conv2d`] with the activation after it, for tensors without gradients.
///
/// # Shapes
/// - as [`dense_conv2d`]
pub fn dense_conv2d_then(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    shape: ConvShape,
    then: Activation,
) -> Tensor<4> {
    let bias = bias.map(primitive);
    let output = computed(primitive(input), primitive(weight), bias, shape, then);
    Tensor::from_primitive::<Flex>(output)
}

#[backend_extension(Flex, Autodiff)]
trait DenseConv: Backend {
    fn dense_conv(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        #[extension_type] bias: Bias<Self>,
        shape: ConvShape,
    ) -> FloatTensor<Self>;
}

/// An option that can cross to the backend.
#[derive(ExtensionType)]
enum Bias<B: Backend> {
    Given(FloatTensor<B>),
    Absent,
}

impl DenseConv for Flex {
    fn dense_conv(
        input: FlexTensor,
        weight: FlexTensor,
        bias: Bias<Self>,
        shape: ConvShape,
    ) -> FlexTensor {
        let bias = match bias {
            Bias::Given(bias) => Some(bias),
            Bias::Absent => None,
        };
        computed(input, weight, bias, shape, Activation::None)
    }
}

fn computed(
    input: FlexTensor,
    weight: FlexTensor,
    bias: Option<FlexTensor>,
    shape: ConvShape,
    then: Activation,
) -> FlexTensor {
    let (input, weight) = (in_order(input), in_order(weight));
    let bias = bias.map(in_order);
    let geometry = geometry_of(&input, &weight, shape);
    let bias = bias.as_ref().map(numbers);
    let output = forward::forward(&geometry, numbers(&input), numbers(&weight), bias, then);
    let [height, width] = geometry.output;
    tensor_of(
        output,
        [geometry.batch, geometry.channels_out, height, width],
    )
}

fn geometry_of(input: &FlexTensor, weight: &FlexTensor, shape: ConvShape) -> Geometry {
    Geometry::new(
        input.layout().shape().dims(),
        weight.layout().shape().dims(),
        shape,
    )
}

impl<C: CheckpointStrategy> DenseConv for Autodiff<Flex, C> {
    fn dense_conv(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Bias<Self>,
        shape: ConvShape,
    ) -> FloatTensor<Self> {
        match bias {
            Bias::Given(bias) => {
                let nodes = [input.node(), weight.node(), bias.node()];
                let bias = Bias::Given(bias.into_primitive());
                track::<C, 3>(nodes, input, weight, bias, shape)
            }
            Bias::Absent => {
                let nodes = [input.node(), weight.node()];
                track::<C, 2>(nodes, input, weight, Bias::Absent, shape)
            }
        }
    }
}

fn track<C: CheckpointStrategy, const PARENTS: usize>(
    nodes: [NodeGuard; PARENTS],
    input: FloatTensor<Autodiff<Flex, C>>,
    weight: FloatTensor<Autodiff<Flex, C>>,
    bias: Bias<Flex>,
    shape: ConvShape,
) -> FloatTensor<Autodiff<Flex, C>> {
    let forward = |input: FloatTensor<Autodiff<Flex, C>>,
                   weight: FloatTensor<Autodiff<Flex, C>>| {
        Flex::dense_conv(input.into_primitive(), weight.into_primitive(), bias, shape)
    };
    match Sums::<PARENTS>
        .prepare::<C>(nodes)
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(mut prep) => {
            let state = (prep.checkpoint(&input), prep.checkpoint(&weight), shape);
            prep.finish(state, forward(input, weight))
        }
        OpsKind::UnTracked(prep) => prep.finish(forward(input, weight)),
    }
}

/// Gradients to input, weight and, as the third parent, bias.
#[derive(Debug)]
struct Sums<const PARENTS: usize>;

impl<const PARENTS: usize> Backward<Flex, PARENTS> for Sums<PARENTS> {
    type State = (NodeId, NodeId, ConvShape);

    fn backward(
        self,
        ops: Ops<Self::State, PARENTS>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let gradient = in_order(grads.consume::<Flex>(&ops.node));
        let (input, weight, shape) = ops.state;
        let input: FlexTensor = checkpointer.retrieve_node_output(input);
        let weight: FlexTensor = checkpointer.retrieve_node_output(weight);
        let (input, weight) = (in_order(input), in_order(weight));
        let geometry = geometry_of(&input, &weight, shape);
        let values = numbers(&gradient);
        for (parent, node) in ops.parents.into_iter().enumerate() {
            let Some(node) = node else { continue };
            let (found, shape) = match parent {
                0 => (
                    to_input::to_input(&geometry, values, numbers(&weight)),
                    input.layout().shape().clone(),
                ),
                1 => (
                    to_weight::to_weight(&geometry, numbers(&input), values),
                    weight.layout().shape().clone(),
                ),
                _ => (
                    to_weight::to_bias(geometry.channels_out, geometry.area_out(), values),
                    [geometry.channels_out].into(),
                ),
            };
            let found = FlexTensor::from_data(TensorData::new(found, shape));
            grads.register::<Flex>(node.id, found);
        }
        buffers::give(gradient);
        buffers::give(input);
    }
}
