//! The losses of the first stage (METHODS 3.2): what a painted face lacks of the true one, in pixels, in the
//! comparator's features and in the discriminator's eyes.

use burn::prelude::Tensor;
use burn::tensor::activation::log_sigmoid;
use serde::{Deserialize, Serialize};

/// How pixels and features are compared: Eq. 5 and the text differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// Mean absolute error: the text.
    Mae,
    /// Mean squared error: Eq. 5.
    Mse,
}

impl Difference {
    /// The mean over pixels, channels and faces.
    ///
    /// # Shapes
    /// - `one` and `other`: `[batch, channels, height, width]`
    /// - output: `[1]`
    pub fn of(self, one: Tensor<4>, other: Tensor<4>) -> Tensor<1> {
        let difference = one - other;
        match self {
            Self::Mae => difference.abs().mean(),
            Self::Mse => difference.square().mean(),
        }
    }
}

/// `-log D(x)` where the answer is wanted to be a true face, the mean over all answers: for the autoencoder of
/// painted faces, for the discriminator of true ones.
///
/// # Shapes
/// - `logits`: `[batch, answers]`
/// - output: `[1]`
pub fn taken_for_true(logits: Tensor<2>) -> Tensor<1> {
    log_sigmoid(logits).mean().neg()
}

/// `L_D` (Eq. 6).
///
/// # Shapes
/// - `of_true` and `of_painted`: `[batch, answers]`, logits
/// - output: `[1]`
pub fn discriminator_loss(of_true: Tensor<2>, of_painted: Tensor<2>) -> Tensor<1> {
    // 1 - s(x) = s(-x).
    taken_for_true(of_true) + taken_for_true(of_painted.neg())
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::Device;

    #[test]
    fn an_undecided_discriminator_costs_two_logarithms_of_two() {
        let device = Device::flex();
        let zeros = || Tensor::<2>::zeros([3, 1], &device);
        let found = discriminator_loss(zeros(), zeros()).into_scalar::<f32>();
        assert!((found - 2.0 * 2.0_f32.ln()).abs() < 1e-6);
        // torch: F.softplus(-2) + F.softplus(-3), as the true one has 2 and the painted one -3.
        let logit = |value: f32| Tensor::<2>::full([1, 1], value, &device);
        let found = discriminator_loss(logit(2.0), logit(-3.0)).into_scalar::<f32>();
        assert!((found - 0.175_515_37).abs() < 1e-6, "{found}");
        let wrong = discriminator_loss(logit(-200.0), logit(200.0)).into_scalar::<f32>();
        assert_eq!(wrong, 400.0);
    }

    #[test]
    fn differences_are_means() {
        let device = Device::flex();
        let one = Tensor::<4>::from_floats([[[[1.0, -2.0, 0.5, 0.0]]]], &device);
        let zeros = Tensor::zeros([1, 1, 1, 4], &device);
        let of = |kind: Difference| kind.of(one.clone(), zeros.clone()).into_scalar::<f32>();
        assert_eq!(of(Difference::Mae), 0.875);
        assert_eq!(of(Difference::Mse), 5.25 / 4.0);
    }
}
