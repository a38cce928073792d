//! The gradient reversal layer (Ganin and Lempitsky, Unsupervised Domain Adaptation by Backpropagation,
//! 2015): what lies before it learns the opposite of what lies behind it.

use burn::prelude::Tensor;

/// The same numbers; their gradient is `-strength` times what comes back.
///
/// # Shapes
/// - `input` and output: the same
pub fn reversed<const D: usize>(input: Tensor<D>, strength: f64) -> Tensor<D> {
    input.clone().detach() * (1.0 + strength) - input * strength
}

/// How strong it is after `progress` of the training, 0 to 1: rises from 0 towards 1.
pub fn strength(progress: f64) -> f64 {
    2.0 / (1.0 + (-5.0 * progress).exp()) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::Device;

    #[test]
    fn the_way_forth_is_the_identity_and_the_way_back_the_opposite() {
        // METHODS 2.8, 2: f = 3 GRL(x) has the gradient -3 beta.
        let device = Device::flex().autodiff();
        let values = [1.5, -0.25, 1e3, -3e-3];
        for beta in [0.0, 0.3, 1.0] {
            let x = Tensor::<1>::from_floats(values, &device).require_grad();
            let y = reversed(x.clone(), beta);
            let found = y.clone().inner().into_data();
            for (found, value) in found.as_slice::<f32>().unwrap().iter().zip(values) {
                assert!(
                    (found - value).abs() <= 1e-6 * value.abs().max(1.0),
                    "{found}"
                );
            }
            let gradients = (y * 3.0).sum().backward();
            let gradient = x.grad(&gradients).unwrap().into_data();
            for found in gradient.as_slice::<f32>().unwrap() {
                assert!((f64::from(*found) + 3.0 * beta).abs() < 1e-6, "{found}");
            }
        }
    }

    #[test]
    fn strength_follows_the_published_schedule() {
        // METHODS 2.4.
        for (progress, expected) in [
            (0.0, 0.0),
            (0.1, 0.244_919),
            (0.25, 0.554_600),
            (0.5, 0.848_284),
            (0.75, 0.954_045),
            (1.0, 0.986_614),
        ] {
            assert!((strength(progress) - expected).abs() < 1e-6, "{progress}");
        }
    }
}
