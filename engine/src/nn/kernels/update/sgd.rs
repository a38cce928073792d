//! One step of gradient descent with momentum: on the CPU device in one pass over memory.

use burn::backend::Flex;
use burn::prelude::Tensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::{ParallelSlice as _, ParallelSliceMut as _};

use super::PART;
use crate::nn::kernels::buffers;
use crate::nn::kernels::planes::{in_order, is_ours, numbers, own_numbers, primitive, tensor_of};
use crate::nn::kernels::vector::{Vectored, vectored};

/// Factors of one step, the same for all numbers of a parameter.
#[derive(Clone, Copy, Debug)]
pub struct SgdStep {
    pub momentum: f32,
    pub weight_decay: f32,
    pub rate: f32,
}

/// Value and momentum after the step; the same numbers as one operation after the other.
///
/// # Shapes
/// - all: `[count]`
pub fn sgd_step(
    value: Tensor<1>,
    gradient: Tensor<1>,
    momentum: Option<Tensor<1>>,
    step: SgdStep,
) -> [Tensor<1>; 2] {
    if is_ours(&value) && is_ours(&gradient) {
        at_once(value, gradient, momentum, step)
    } else {
        one_by_one(value, gradient, momentum, step)
    }
}

fn one_by_one(
    value: Tensor<1>,
    gradient: Tensor<1>,
    momentum: Option<Tensor<1>>,
    step: SgdStep,
) -> [Tensor<1>; 2] {
    let gradient = if step.weight_decay == 0.0 {
        gradient
    } else {
        gradient + value.clone() * step.weight_decay
    };
    let momentum = match momentum {
        Some(momentum) => momentum * step.momentum + gradient,
        None => gradient,
    };
    [value - momentum.clone() * step.rate, momentum]
}

fn at_once(
    value: Tensor<1>,
    gradient: Tensor<1>,
    momentum: Option<Tensor<1>>,
    step: SgdStep,
) -> [Tensor<1>; 2] {
    let count = value.dims()[0];
    let mut value = own_numbers(primitive(value));
    let mut momentum = match momentum {
        Some(momentum) => own_numbers(primitive(momentum)),
        None => vec![0.0; count],
    };
    let gradient = in_order(primitive(gradient));
    value
        .par_chunks_mut(PART)
        .zip(momentum.par_chunks_mut(PART))
        .zip(numbers(&gradient).par_chunks(PART))
        .for_each(|((value, momentum), gradient)| {
            vectored(Part {
                value,
                momentum,
                gradient,
                step,
            });
        });
    buffers::give(gradient);
    [value, momentum].map(|values| Tensor::from_primitive::<Flex>(tensor_of(values, [count])))
}

struct Part<'a> {
    value: &'a mut [f32],
    momentum: &'a mut [f32],
    gradient: &'a [f32],
    step: SgdStep,
}

impl Vectored for Part<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let SgdStep {
            momentum: kept,
            weight_decay,
            rate,
        } = self.step;
        let numbers = self.value.iter_mut().zip(self.momentum);
        for ((value, momentum), gradient) in numbers.zip(self.gradient) {
            *momentum = *momentum * kept + (gradient + *value * weight_decay);
            *value -= *momentum * rate;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::{Device, TensorData};

    fn tensor(seed: usize) -> Tensor<1> {
        let values: Vec<f32> = (0..40_000)
            .map(|at: usize| ((at * 7919 + seed * 104_729) % 1009) as f32 * 0.01 - 3.0)
            .collect();
        Tensor::from_data(TensorData::new(values, [40_000]), &Device::flex())
    }

    #[test]
    fn one_pass_gives_the_numbers_of_one_operation_after_the_other() {
        let step = SgdStep {
            momentum: 0.9,
            weight_decay: 0.01,
            rate: 0.02,
        };
        for momentum in [None, Some(tensor(3))] {
            let expected = one_by_one(tensor(1), tensor(2), momentum.clone(), step);
            let found = at_once(tensor(1), tensor(2), momentum, step);
            for (expected, found) in expected.into_iter().zip(found) {
                let error = (found - expected).abs().max().into_scalar::<f32>();
                // Numbers up to 16.
                assert!(error < 4e-6, "{error}");
            }
        }
    }
}
