//! Shift and activation of a run of numbers that a convolution has just written, so that they are still
//! in the processor's cache.

use super::vector::{Vectored, sigmoid, vectored};
use crate::nn::norm::Activation;

/// `values = then(values + shift)`.
pub fn activate(values: &mut [f32], shift: f32, then: Activation) {
    if shift != 0.0 || then != Activation::None {
        vectored(Activate {
            values,
            shift,
            then,
        });
    }
}

struct Activate<'a> {
    values: &'a mut [f32],
    shift: f32,
    then: Activation,
}

impl Vectored for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Self {
            values,
            shift,
            then,
        } = self;
        let shifted = values.iter_mut().map(|x| {
            *x += shift;
            x
        });
        match then {
            Activation::None => shifted.for_each(drop),
            // Not a number stays so, as burn has it.
            Activation::Relu => shifted.for_each(|x| *x = if *x <= 0.0 { 0.0 } else { *x }),
            Activation::Silu => shifted.for_each(|x| *x *= sigmoid::<FMA>(*x)),
        }
    }
}
