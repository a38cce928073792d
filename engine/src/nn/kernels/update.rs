//! One step of Adam: on the CPU device in one pass over memory.

pub mod sgd;

use burn::backend::Flex;
use burn::prelude::Tensor;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::{ParallelSlice as _, ParallelSliceMut as _};

use super::buffers;
use super::planes::{in_order, is_ours, numbers, own_numbers, primitive, tensor_of};
use super::vector::{Vectored, vectored};

/// Numbers one thread takes at a time.
const PART: usize = 1 << 14;

/// Factors of one step, the same for all numbers of a parameter.
#[derive(Clone, Copy, Debug)]
pub struct AdamStep {
    pub beta_1: f32,
    pub beta_2: f32,
    pub epsilon: f32,
    pub weight_decay: f32,
    /// The learning rate over the first moment's correction.
    pub rate: f32,
    /// One over the square root of the second moment's correction.
    pub spread: f32,
}

/// Value, first and second moment after the step; the same numbers as one operation after the other.
///
/// # Shapes
/// - all: `[count]`
pub fn adam_step(
    value: Tensor<1>,
    gradient: Tensor<1>,
    moments: Option<[Tensor<1>; 2]>,
    step: AdamStep,
) -> [Tensor<1>; 3] {
    if is_ours(&value) && is_ours(&gradient) {
        at_once(value, gradient, moments, step)
    } else {
        one_by_one(value, gradient, moments, step)
    }
}

fn one_by_one(
    value: Tensor<1>,
    gradient: Tensor<1>,
    moments: Option<[Tensor<1>; 2]>,
    step: AdamStep,
) -> [Tensor<1>; 3] {
    let gradient = if step.weight_decay == 0.0 {
        gradient
    } else {
        gradient + value.clone() * step.weight_decay
    };
    let square = gradient.clone().square() * (1.0 - step.beta_2);
    let gradient = gradient * (1.0 - step.beta_1);
    let [first, second] = match moments {
        Some([first, second]) => [
            first * step.beta_1 + gradient,
            second * step.beta_2 + square,
        ],
        None => [gradient, square],
    };
    let spread = second.clone().sqrt() * step.spread + step.epsilon;
    let change = first.clone() / spread * step.rate;
    [value - change, first, second]
}

fn at_once(
    value: Tensor<1>,
    gradient: Tensor<1>,
    moments: Option<[Tensor<1>; 2]>,
    step: AdamStep,
) -> [Tensor<1>; 3] {
    let count = value.dims()[0];
    let mut value = own_numbers(primitive(value));
    let [mut first, mut second] = match moments {
        Some(moments) => moments.map(|moment| own_numbers(primitive(moment))),
        None => [vec![0.0; count], vec![0.0; count]],
    };
    let gradient = in_order(primitive(gradient));
    value
        .par_chunks_mut(PART)
        .zip(first.par_chunks_mut(PART))
        .zip(second.par_chunks_mut(PART))
        .zip(numbers(&gradient).par_chunks(PART))
        .for_each(|(((value, first), second), gradient)| {
            vectored(Part {
                value,
                first,
                second,
                gradient,
                step,
            });
        });
    buffers::give(gradient);
    [value, first, second].map(|values| Tensor::from_primitive::<Flex>(tensor_of(values, [count])))
}

struct Part<'a> {
    value: &'a mut [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    gradient: &'a [f32],
    step: AdamStep,
}

impl Vectored for Part<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let AdamStep {
            beta_1,
            beta_2,
            epsilon,
            weight_decay,
            rate,
            spread,
        } = self.step;
        let moments = self.first.iter_mut().zip(self.second);
        for ((value, gradient), (first, second)) in
            self.value.iter_mut().zip(self.gradient).zip(moments)
        {
            let gradient = gradient + *value * weight_decay;
            *first = *first * beta_1 + gradient * (1.0 - beta_1);
            *second = *second * beta_2 + gradient * gradient * (1.0 - beta_2);
            *value -= *first / (second.sqrt() * spread + epsilon) * rate;
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
        let step = AdamStep {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
            rate: 0.02,
            spread: 1.5,
        };
        for moments in [None, Some([tensor(3), tensor(4).abs()])] {
            let expected = one_by_one(tensor(1), tensor(2), moments.clone(), step);
            let found = at_once(tensor(1), tensor(2), moments, step);
            for (expected, found) in expected.into_iter().zip(found) {
                let error = (found - expected).abs().max().into_scalar::<f32>();
                // Numbers up to 10.
                assert!(error < 2e-6, "{error}");
            }
        }
    }
}
