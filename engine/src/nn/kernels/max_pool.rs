//! The largest pixel of a sliding window, with its gradient, for the CPU device.
//!
//! Only the place of each maximum is kept for the way back, a byte each, and neither input nor output.

mod planes;

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::nn::PaddingConfig2d;
use burn::nn::pool::MaxPool2d;
use burn::prelude::Tensor;

use super::phases::Window;
use super::planes::{in_order, is_ours};

/// `pool.forward(input)`, by our own loops where they do.
///
/// # Shapes
/// - `input`: `[batch, channels, height, width]`
/// - output: `[batch, channels, height', width']`, by kernel, stride and padding
pub fn max_pool2d(pool: &MaxPool2d, input: Tensor<4>) -> Tensor<4> {
    let [.., height, width] = input.dims();
    let Some(window) = window_of(pool, [height, width]) else {
        return pool.forward(input);
    };
    if window.output().is_none() || !is_ours(&input) {
        return pool.forward(input);
    }
    let output = <Dispatch as Pool>::largest(input.into_dispatch(), window);
    Tensor::from_dispatch(output)
}

/// The window of a pool of 2x2, 3x3 or 4x4 without frills.
fn window_of(pool: &MaxPool2d, size: [usize; 2]) -> Option<Window> {
    let padding = match pool.padding {
        PaddingConfig2d::Explicit(top, left, bottom, right) => [top, bottom, left, right],
        PaddingConfig2d::Valid => [0; 4],
        PaddingConfig2d::Same => return None,
    };
    let [kernel, across] = pool.kernel_size;
    let is_size_ours = kernel == across && (2..=4).contains(&kernel);
    let is_plain = is_size_ours && pool.dilation == [1, 1] && !pool.ceil_mode;
    let is_square = pool.stride[0] == pool.stride[1];
    // A wider padding would make windows without a pixel.
    let is_narrow = padding.iter().all(|side| *side <= 1);
    (is_plain && is_square && is_narrow).then(|| Window {
        kernel,
        stride: pool.stride[0],
        padding,
        size,
    })
}

#[backend_extension(Flex, Autodiff)]
trait Pool: Backend {
    fn largest(input: FloatTensor<Self>, window: Window) -> FloatTensor<Self>;
}

impl Pool for Flex {
    fn largest(input: FloatTensor<Self>, window: Window) -> FloatTensor<Self> {
        planes::largest(&in_order(input), window).0
    }
}

impl<C: CheckpointStrategy> Pool for Autodiff<Flex, C> {
    fn largest(input: FloatTensor<Self>, window: Window) -> FloatTensor<Self> {
        let prepared = PoolBackward
            .prepare::<C>([input.node()])
            .compute_bound()
            .stateful();
        let (output, places) = planes::largest(&in_order(input.into_primitive()), window);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish((Arc::new(places), window), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

#[derive(Debug)]
struct PoolBackward;

impl Backward<Flex, 1> for PoolBackward {
    type State = (Arc<Vec<u8>>, Window);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let (places, window) = ops.state;
        let [parent] = ops.parents;
        if let Some(node) = parent {
            let found = planes::gradient(&places, &in_order(gradient), window);
            grads.register::<Flex>(node.id, found);
        }
    }
}

#[cfg(test)]
mod tests;
