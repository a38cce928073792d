//! Transposed convolutions on the CPU device: forward is a convolution's gradient to its input, and the
//! gradients are its forward product and its gradient to the weight.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::prelude::Tensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

use super::geometry::Geometry;
use super::{forward, to_input, to_weight};
use crate::nn::kernels::buffers;
use crate::nn::kernels::planes::{dims, in_order, numbers, tensor_of};
use crate::nn::kernels::transposed::TransposedShape;
use crate::nn::norm::Activation;

/// # Shapes
/// - as [`crate::nn::kernels::transposed::transposed_conv2d`]
pub fn dense_transposed(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    shape: TransposedShape,
) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Spread>::spread(
        input.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        shape,
    ))
}

#[backend_extension(Flex, Autodiff)]
trait Spread: Backend {
    fn spread(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        shape: TransposedShape,
    ) -> FloatTensor<Self>;
}

/// Of the convolution whose gradient this is: its output is our input.
fn geometry_of(input: [usize; 4], weight: [usize; 4], shape: TransposedShape) -> Geometry {
    let [batch, channels_in, height, width] = input;
    let [weight_channels, channels_out, down, across] = weight;
    assert_eq!(channels_in, weight_channels, "channels of input and weight");
    Geometry {
        batch,
        channels_in: channels_out,
        channels_out: channels_in,
        input: shape.output,
        kernel: [down, across],
        output: [height, width],
        stride: shape.stride,
        before: shape.before,
    }
}

impl Spread for Flex {
    fn spread(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        shape: TransposedShape,
    ) -> FloatTensor<Self> {
        let [input, weight, bias] = [input, weight, bias].map(in_order);
        let geometry = geometry_of(dims(&input), dims(&weight), shape);
        let mut output = to_input::to_input(&geometry, numbers(&input), numbers(&weight));
        let (channels, bias) = (geometry.channels_in, numbers(&bias));
        let planes = output.par_chunks_exact_mut(geometry.area_in().max(1));
        planes.enumerate().for_each(|(plane, values)| {
            let shift = bias[plane % channels];
            for value in values {
                *value += shift;
            }
        });
        let [height, width] = shape.output;
        tensor_of(output, [geometry.batch, channels, height, width])
    }
}

impl<C: CheckpointStrategy> Spread for Autodiff<Flex, C> {
    fn spread(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        shape: TransposedShape,
    ) -> FloatTensor<Self> {
        let prepared = SpreadBackward
            .prepare::<C>([input.node(), weight.node(), bias.node()])
            .compute_bound()
            .stateful();
        let (input, weight) = (input.into_primitive(), weight.into_primitive());
        let output = Flex::spread(input.clone(), weight.clone(), bias.into_primitive(), shape);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish((input, weight, shape), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

/// Gradients to input, weight and bias.
#[derive(Debug)]
struct SpreadBackward;

impl Backward<Flex, 3> for SpreadBackward {
    type State = (FloatTensor<Flex>, FloatTensor<Flex>, TransposedShape);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = in_order(grads.consume::<Flex>(&ops.node));
        let (input, weight, shape) = ops.state;
        let (input, weight) = (in_order(input), in_order(weight));
        let geometry = geometry_of(dims(&input), dims(&weight), shape);
        let values = numbers(&gradient);
        let [to_input_node, to_weight_node, to_bias_node] = ops.parents;
        if let Some(node) = to_input_node {
            let none = Activation::None;
            let found = forward::forward(&geometry, values, numbers(&weight), None, none);
            grads.register::<Flex>(node.id, tensor_of(found, dims(&input)));
        }
        if let Some(node) = to_weight_node {
            let found = to_weight::to_weight(&geometry, values, numbers(&input));
            grads.register::<Flex>(node.id, tensor_of(found, dims(&weight)));
        }
        if let Some(node) = to_bias_node {
            let channels = geometry.channels_in;
            let found = to_weight::to_bias(channels, geometry.area_in(), values);
            grads.register::<Flex>(node.id, tensor_of(found, [channels]));
        }
        buffers::give(gradient);
        buffers::give(input);
    }
}
