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
        // Plain loops: closures inside iterators may be compiled for the oldest processor.
        match then {
            Activation::None => {
                for x in values {
                    *x += shift;
                }
            }
            // Not a number stays so, as burn has it.
            Activation::Relu => {
                for x in values {
                    let y = *x + shift;
                    *x = if y <= 0.0 { 0.0 } else { y };
                }
            }
            Activation::Silu => {
                for x in values {
                    let y = *x + shift;
                    *x = y * sigmoid::<FMA>(y);
                }
            }
        }
    }
}
