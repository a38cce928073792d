//! `elu(cat[x, -x])` along channels, with dropout if wanted: the activation of PixelCNN++ (METHODS 4.2),
//! in one pass there and one back on the CPU device, and with one exponential for both signs.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::prelude::{Tensor, TensorData};
use burn::tensor::activation;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

use super::buffers;
use super::planes::{dims, in_order, is_ours, numbers, plane_of, tensor_of};
use super::vector::{Vectored, exp, vectored};
use crate::nn::drops::Drops;

/// `elu(cat[x, -x])`, then what `drops` drops becomes 0 and the rest is scaled up.
///
/// # Shapes
/// - `input`: `[batch, channels, height, width]`
/// - output: `[batch, 2 channels, height, width]`
pub fn concat_elu(input: Tensor<4>, drops: Option<Drops>) -> Tensor<4> {
    if is_ours(&input) {
        let output = <Dispatch as ConcatElu>::bend(input.into_dispatch(), drops);
        return Tensor::from_dispatch(output);
    }
    let output = activation::elu(Tensor::cat(vec![input.clone(), -input], 1), 1.0);
    let Some(drops) = drops else { return output };
    let [batch, channels, height, width] = output.dims();
    let factors = drops.factors(batch * channels, height * width);
    let factors = TensorData::new(factors, output.dims());
    let factors = Tensor::from_data(factors, &output.device());
    output * factors
}

/// [`concat_elu`] of two feature maps beside each other: `elu(cat[x, y, -x, -y])`.
///
/// # Shapes
/// - `first`: `[batch, channels, height, width]`
/// - `second`: `[batch, channels', height, width]`
/// - output: `[batch, 2 (channels + channels'), height, width]`
pub fn concat_elu_beside(first: Tensor<4>, second: Tensor<4>) -> Tensor<4> {
    if is_ours(&first) && is_ours(&second) {
        let (first, second) = (first.into_dispatch(), second.into_dispatch());
        return Tensor::from_dispatch(<Dispatch as ConcatElu>::bend_beside(first, second));
    }
    concat_elu(Tensor::cat(vec![first, second], 1), None)
}

#[backend_extension(Flex, Autodiff)]
trait ConcatElu: Backend {
    fn bend(input: FloatTensor<Self>, drops: Option<Drops>) -> FloatTensor<Self>;

    fn bend_beside(first: FloatTensor<Self>, second: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl ConcatElu for Flex {
    fn bend(input: FloatTensor<Self>, drops: Option<Drops>) -> FloatTensor<Self> {
        both_signs(&[in_order(input)], drops)
    }

    fn bend_beside(first: FloatTensor<Self>, second: FloatTensor<Self>) -> FloatTensor<Self> {
        both_signs(&[in_order(first), in_order(second)], None)
    }
}

impl<C: CheckpointStrategy> ConcatElu for Autodiff<Flex, C> {
    fn bend(input: FloatTensor<Self>, drops: Option<Drops>) -> FloatTensor<Self> {
        let prepared = Unbend
            .prepare::<C>([input.node()])
            .compute_bound()
            .stateful();
        let input = input.into_primitive();
        let channels = [dims(&input)[1]];
        let output = Flex::bend(input.clone(), drops);
        match prepared {
            // What was dropped cannot be found again from the output.
            OpsKind::Tracked(prepared) => match drops {
                Some(_) => prepared.finish((input, drops, channels), output),
                None => prepared.finish((output.clone(), None, channels), output),
            },
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    fn bend_beside(first: FloatTensor<Self>, second: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = Unbend
            .prepare::<C>([first.node(), second.node()])
            .compute_bound()
            .stateful();
        let (first, second) = (first.into_primitive(), second.into_primitive());
        let channels = [dims(&first)[1], dims(&second)[1]];
        let output = Flex::bend_beside(first, second);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish((output.clone(), None, channels), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

/// The gradients to the inputs.
#[derive(Debug)]
struct Unbend;

impl<const PARENTS: usize> Backward<Flex, PARENTS> for Unbend {
    /// The input if something is dropped, else the output; and the channels of each input.
    type State = (FloatTensor<Flex>, Option<Drops>, [usize; PARENTS]);

    fn backward(self, ops: Ops<Self::State, PARENTS>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = in_order(grads.consume::<Flex>(&ops.node));
        let (saved, drops, channels) = ops.state;
        let [batch, doubled, height, width] = dims(&gradient);
        let (area, all) = (height * width, doubled / 2);
        let (values, kept) = (numbers(&gradient), numbers(&saved));
        let mut first = 0;
        for (node, channels) in ops.parents.into_iter().zip(channels) {
            let start = first;
            first += channels;
            let Some(node) = node else { continue };
            let mut found = buffers::take(batch * channels * area);
            let planes = found.par_chunks_exact_mut(area.max(1)).enumerate();
            planes.for_each(|(at, output)| {
                let (picture, channel) = (at / channels.max(1), at % channels.max(1));
                let up = picture * doubled + start + channel;
                let [to_up, to_down] = [up, up + all].map(|plane| plane_of(values, plane, area));
                match drops {
                    Some(drops) => vectored(TakeBackDropped {
                        input: plane_of(kept, at, area),
                        to_up,
                        to_down,
                        drops: (drops, [up, up + all]),
                        output,
                    }),
                    None => vectored(TakeBack {
                        up: plane_of(kept, up, area),
                        down: plane_of(kept, up + all, area),
                        to_up,
                        to_down,
                        output,
                    }),
                }
            });
            let shape = [batch, channels, height, width];
            grads.register::<Flex>(node.id, tensor_of(found, shape));
        }
        buffers::give(gradient);
        buffers::give(saved);
    }
}

fn both_signs(inputs: &[FloatTensor<Flex>], drops: Option<Drops>) -> FloatTensor<Flex> {
    let [batch, _, height, width] = dims(&inputs[0]);
    let (area, all): (usize, usize) = (
        height * width,
        inputs.iter().map(|input| dims(input)[1]).sum(),
    );
    for input in inputs {
        let [of_batch, _, of_height, of_width] = dims(input);
        let sizes = [of_batch, of_height, of_width];
        assert_eq!(sizes, [batch, height, width], "maps beside each other");
    }
    let mut output = buffers::take(2 * batch * all * area);
    let pictures = output.chunks_exact_mut((2 * all * area).max(1));
    let planes = pictures.enumerate().flat_map(|(picture, output)| {
        let (up, down) = output.split_at_mut(all * area);
        let outputs = up.chunks_exact_mut(area).zip(down.chunks_exact_mut(area));
        let sources = inputs.iter().flat_map(move |input| {
            let channels = dims(input)[1];
            (0..channels).map(move |at| plane_of(numbers(input), picture * channels + at, area))
        });
        let outputs = outputs.zip(sources).enumerate();
        outputs.map(move |(channel, pair)| (2 * picture * all + channel, pair))
    });
    let planes: Vec<_> = planes.collect();
    rayon::iter::IntoParallelIterator::into_par_iter(planes).for_each(
        |(plane, ((up, down), input))| {
            vectored(Bend { input, up, down });
            if let Some(drops) = drops {
                vectored(Drop {
                    drops: (drops, [plane, plane + all]),
                    up,
                    down,
                });
            }
        },
    );
    tensor_of(output, [batch, 2 * all, height, width])
}

struct Bend<'a> {
    input: &'a [f32],
    up: &'a mut [f32],
    down: &'a mut [f32],
}

impl Vectored for Bend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let both = self.up.iter_mut().zip(self.down);
        for ((up, down), x) in both.zip(self.input) {
            // Below 0 on the side where x is.
            let bent = exp::<FMA>(-x.abs()) - 1.0;
            *up = if *x > 0.0 { *x } else { bent };
            *down = if *x > 0.0 { bent } else { -x };
        }
    }
}

/// Numbers whose factors are made at a time.
const PART: usize = 256;

struct Drop<'a> {
    /// With the numbers of the two planes.
    drops: (Drops, [usize; 2]),
    up: &'a mut [f32],
    down: &'a mut [f32],
}

impl Vectored for Drop<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (drops, [up, down]) = self.drops;
        drops.apply(up, self.up);
        drops.apply(down, self.down);
    }
}

/// Where `x > 0` the gradient of the upper half passes, and that of the lower times `exp(-x)`, which is
/// what it became plus 1; and the other way about below 0.
struct TakeBack<'a> {
    up: &'a [f32],
    down: &'a [f32],
    to_up: &'a [f32],
    to_down: &'a [f32],
    output: &'a mut [f32],
}

impl Vectored for TakeBack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let bent = self.up.iter().zip(self.down);
        let gradients = self.to_up.iter().zip(self.to_down);
        for ((output, (up, down)), (to_up, to_down)) in
            self.output.iter_mut().zip(bent).zip(gradients)
        {
            let (up, down) = (up.min(0.0) + 1.0, down.min(0.0) + 1.0);
            *output = to_up * up - to_down * down;
        }
    }
}

/// As [`TakeBack`], from the input.
struct TakeBackDropped<'a> {
    input: &'a [f32],
    to_up: &'a [f32],
    to_down: &'a [f32],
    drops: (Drops, [usize; 2]),
    output: &'a mut [f32],
}

impl Vectored for TakeBackDropped<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (drops, [up, down]) = self.drops;
        let mut numbers = [drops.of_plane(up), drops.of_plane(down)];
        let gradients = self.to_up.chunks(PART).zip(self.to_down.chunks(PART));
        let parts = self.output.chunks_mut(PART).zip(self.input.chunks(PART));
        for ((output, input), (to_up, to_down)) in parts.zip(gradients) {
            let mut factors = [[0.0; PART]; 2];
            for (numbers, factors) in numbers.iter_mut().zip(&mut factors) {
                drops.fill(numbers, factors);
            }
            let gradients = to_up.iter().zip(to_down);
            let factors = factors[0].iter().zip(&factors[1]);
            let rest = input.iter().zip(gradients).zip(factors);
            for (output, ((x, (to_up, to_down)), (up, down))) in output.iter_mut().zip(rest) {
                let slope = exp::<FMA>(-x.abs());
                let (to_up, to_down) = (to_up * up, to_down * down);
                *output = if *x > 0.0 {
                    to_up - to_down * slope
                } else {
                    to_up * slope - to_down
                };
            }
        }
    }
}

#[cfg(test)]
mod tests;
