//! Twice the size with the skip beside it, as one operation with its gradients, for the CPU device: what
//! starts each block of a U-Net's decoder.
//!
//! Each number is read once and written where it belongs; nothing is kept for the way back.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::prelude::Tensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

use super::buffers;
use super::planes::{dims, in_order, is_ours, numbers, plane_of, tensor_of};
use super::vector::{Vectored, vectored};

/// Every pixel becomes a square of four; the gradient is their sum.
///
/// # Shapes
/// - `input`: `[batch, channels, height, width]`
/// - output: `[batch, channels, 2 height, 2 width]`
pub fn doubled(input: Tensor<4>) -> Tensor<4> {
    if is_ours(&input) {
        return Tensor::from_dispatch(<Dispatch as Doubling>::double(input.into_dispatch()));
    }
    let [batch, channels, height, width] = input.dims();
    input
        .reshape([batch * channels, height, 1, width, 1])
        .expand([batch * channels, height, 2, width, 2])
        .reshape([batch, channels, 2 * height, 2 * width])
}

/// The doubled input's channels, then those of the skip.
///
/// # Shapes
/// - `input`: `[batch, channels, height, width]`
/// - `skip`: `[batch, channels_skip, 2 height, 2 width]`
/// - output: `[batch, channels + channels_skip, 2 height, 2 width]`
pub fn doubled_beside(input: Tensor<4>, skip: Tensor<4>) -> Tensor<4> {
    let [batch, _, height, width] = input.dims();
    let [batch_skip, _, height_skip, width_skip] = skip.dims();
    let is_fit = [batch_skip, height_skip, width_skip] == [batch, 2 * height, 2 * width];
    if is_fit && is_ours(&input) && is_ours(&skip) {
        let (input, skip) = (input.into_dispatch(), skip.into_dispatch());
        return Tensor::from_dispatch(<Dispatch as Doubling>::double_beside(input, skip));
    }
    Tensor::cat(vec![doubled(input), skip], 1)
}

#[backend_extension(Flex, Autodiff)]
trait Doubling: Backend {
    fn double(input: FloatTensor<Self>) -> FloatTensor<Self>;

    fn double_beside(input: FloatTensor<Self>, skip: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Doubling for Flex {
    fn double(input: FloatTensor<Self>) -> FloatTensor<Self> {
        joined(&in_order(input), None)
    }

    fn double_beside(input: FloatTensor<Self>, skip: FloatTensor<Self>) -> FloatTensor<Self> {
        joined(&in_order(input), Some(&in_order(skip)))
    }
}

impl<C: CheckpointStrategy> Doubling for Autodiff<Flex, C> {
    fn double(input: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = Halving
            .prepare::<C>([input.node()])
            .compute_bound()
            .stateful();
        let input = input.into_primitive();
        let [_, channels, ..] = dims(&input);
        let output = Flex::double(input);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish(channels, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    fn double_beside(input: FloatTensor<Self>, skip: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = Halving
            .prepare::<C>([input.node(), skip.node()])
            .compute_bound()
            .stateful();
        let (input, skip) = (input.into_primitive(), skip.into_primitive());
        let [_, channels, ..] = dims(&input);
        let output = Flex::double_beside(input, skip);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish(channels, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

/// The gradient to the input and, if there is a second parent, to the skip.
#[derive(Debug)]
struct Halving;

impl<const PARENTS: usize> Backward<Flex, PARENTS> for Halving {
    /// Channels of the input.
    type State = usize;

    fn backward(self, ops: Ops<usize, PARENTS>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = in_order(grads.consume::<Flex>(&ops.node));
        for (parent, node) in ops.parents.into_iter().enumerate() {
            let Some(node) = node else { continue };
            let found = if parent == 0 {
                halved(&gradient, ops.state)
            } else {
                rest(&gradient, ops.state)
            };
            grads.register::<Flex>(node.id, found);
        }
        buffers::give(gradient);
    }
}

fn joined(input: &FloatTensor<Flex>, skip: Option<&FloatTensor<Flex>>) -> FloatTensor<Flex> {
    let [batch, channels, height, width] = dims(input);
    let beside = skip.map_or(0, |skip| dims(skip)[1]);
    let (source, skip) = (numbers(input), skip.map(numbers));
    let (area, all) = (height * width, channels + beside);
    let mut output = buffers::take(batch * all * 4 * area);
    let planes = output.par_chunks_exact_mut((4 * area).max(1)).enumerate();
    planes.for_each(|(at, output)| {
        let (picture, channel) = (at / all, at % all);
        match channel.checked_sub(channels) {
            None => vectored(DoublePlane {
                input: plane_of(source, picture * channels + channel, area),
                width,
                output,
            }),
            Some(channel) => {
                let skip = skip.unwrap_or_default();
                output.copy_from_slice(plane_of(skip, picture * beside + channel, 4 * area));
            }
        }
    });
    tensor_of(output, [batch, all, 2 * height, 2 * width])
}

/// The sums of squares of four of the first `channels`.
fn halved(gradient: &FloatTensor<Flex>, channels: usize) -> FloatTensor<Flex> {
    let [batch, all, height, width] = dims(gradient);
    let [height, width] = [height / 2, width / 2];
    let area = height * width;
    let source = numbers(gradient);
    let mut output = buffers::take(batch * channels * area);
    let planes = output.par_chunks_exact_mut(area.max(1)).enumerate();
    planes.for_each(|(at, output)| {
        let (picture, channel) = (at / channels, at % channels);
        vectored(HalvePlane {
            gradient: plane_of(source, picture * all + channel, 4 * area),
            width,
            output,
        });
    });
    tensor_of(output, [batch, channels, height, width])
}

/// What comes after the first `channels`.
fn rest(gradient: &FloatTensor<Flex>, channels: usize) -> FloatTensor<Flex> {
    let [batch, all, height, width] = dims(gradient);
    let (area, beside) = (height * width, all - channels);
    let source = numbers(gradient);
    let mut output = buffers::take(batch * beside * area);
    let planes = output.par_chunks_exact_mut(area.max(1)).enumerate();
    planes.for_each(|(at, output)| {
        let (picture, channel) = (at / beside, at % beside);
        output.copy_from_slice(plane_of(source, picture * all + channels + channel, area));
    });
    tensor_of(output, [batch, beside, height, width])
}

struct DoublePlane<'a> {
    input: &'a [f32],
    /// Of the input.
    width: usize,
    output: &'a mut [f32],
}

impl Vectored for DoublePlane<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let rows = self.input.chunks_exact(self.width);
        for (row, pair) in rows.zip(self.output.chunks_exact_mut(4 * self.width)) {
            let (first, second) = pair.split_at_mut(2 * self.width);
            for (square, x) in first.as_chunks_mut::<2>().0.iter_mut().zip(row) {
                *square = [*x, *x];
            }
            second.copy_from_slice(first);
        }
    }
}

struct HalvePlane<'a> {
    gradient: &'a [f32],
    /// Of the output.
    width: usize,
    output: &'a mut [f32],
}

impl Vectored for HalvePlane<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let pairs = self.gradient.chunks_exact(4 * self.width);
        for (row, pair) in self.output.chunks_exact_mut(self.width).zip(pairs) {
            let (first, second) = pair.split_at(2 * self.width);
            let (first, second) = (first.as_chunks::<2>().0, second.as_chunks::<2>().0);
            for ((sum, [a, b]), [c, d]) in row.iter_mut().zip(first).zip(second) {
                *sum = (a + b) + (c + d);
            }
        }
    }
}

#[cfg(test)]
mod tests;
