//! The latent vector's two parts (METHODS 3.2): the first is to be active on pristine faces and the second
//! on manipulated ones; which is more so is the verdict.

use burn::prelude::Tensor;

/// Added to both activations of a score, which may be zero.
const EPSILON: f32 = 1e-6;

/// How active both parts are, mean |z| (Eq. 3).
#[derive(Clone, Debug)]
pub struct Activations {
    /// `a_T`. `[batch]`.
    pub pristine: Tensor<1>,
    /// `a_F`. `[batch]`.
    pub manipulated: Tensor<1>,
}

impl Activations {
    /// # Shapes
    /// - `latent`: `[batch, numbers]`, the first `pristine_units` for pristine faces; neither part is empty
    pub fn of(latent: Tensor<2>, pristine_units: usize) -> Self {
        let [batch, numbers] = latent.dims();
        let sizes = latent.abs();
        let mean = |from, count| {
            let part = sizes.clone().narrow(1, from, count);
            part.mean_dim(1).reshape([batch])
        };
        Self {
            pristine: mean(0, pristine_units),
            manipulated: mean(pristine_units, numbers - pristine_units),
        }
    }

    /// `L_latent` (Eq. 4), the mean over the batch.
    ///
    /// # Shapes
    /// - `labels`: `[batch]`, 1 is manipulated; the paper's l is 1 minus it
    /// - output: `[1]`
    pub fn loss(self, labels: Tensor<1>) -> Tensor<1> {
        let pristine = labels.clone().neg() + 1.0;
        let losses = (self.pristine - pristine).abs() + (self.manipulated - labels).abs();
        losses.mean()
    }
}

/// `ln(a_F / a_T)`: above zero where `a_F` is larger, and its sigmoid is `a_F / (a_F + a_T)`.
pub fn logit(latent: &[f32], pristine_units: usize) -> f32 {
    let (pristine, manipulated) = latent.split_at(pristine_units.min(latent.len()));
    let mean = |part: &[f32]| {
        let sum: f32 = part.iter().map(|number| number.abs()).sum();
        sum / part.len().max(1) as f32 + EPSILON
    };
    (mean(manipulated) / mean(pristine)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::Device;

    fn loss(latent: [f32; 4], label: f32) -> f32 {
        let device = Device::flex();
        let activations = Activations::of(Tensor::from_floats([latent], &device), 2);
        let labels = Tensor::from_floats([label], &device);
        activations.loss(labels).into_scalar()
    }

    #[test]
    fn the_loss_is_zero_where_the_right_half_is_active_and_two_where_the_other_is() {
        // METHODS 3.6, 2 and 3; there l = 1 is true.
        assert_eq!(loss([1.0, 1.0, 0.0, 0.0], 0.0), 0.0);
        assert_eq!(loss([1.0, 1.0, 0.0, 0.0], 1.0), 2.0);
        assert_eq!(loss([0.0, 0.0, 1.0, 1.0], 1.0), 0.0);
        assert_eq!(loss([0.0, 0.0, 1.0, 1.0], 0.0), 2.0);
        // Whatever the signs.
        assert_eq!(loss([-1.0, 1.0, 0.0, 0.0], 0.0), 0.0);
        assert_eq!(loss([0.5, -0.25, -2.0, 1.0], 0.0), 0.625 + 1.5);
    }

    #[test]
    fn the_verdict_follows_the_more_active_half() {
        for latent in [[0.3, -0.2, 0.1, 0.0], [-2.0, 2.0, 1.5, -1.4]] {
            let turned = [latent[2], latent[3], latent[0], latent[1]];
            assert!(logit(&latent, 2) < 0.0 && 0.0 < logit(&turned, 2));
            assert!((logit(&latent, 2) + logit(&turned, 2)).abs() < 1e-5);
        }
        let found = logit(&[1.0, -1.0, 3.0, 3.0], 2);
        let share = 1.0 / (1.0 + (-found).exp());
        assert!((share - 0.75).abs() < 1e-6, "{share}");
        assert_eq!(logit(&[0.0; 4], 2), 0.0);
        assert!(logit(&[0.0, 0.0, 1.0, 1.0], 2).is_finite());
    }

    #[test]
    fn parts_may_have_different_sizes() {
        let device = Device::flex();
        let latent = Tensor::from_floats([[3.0, -1.0, 1.0, 2.0]], &device);
        let found = Activations::of(latent, 1);
        assert_eq!(found.pristine.into_scalar::<f32>(), 3.0);
        let manipulated = found.manipulated.into_scalar::<f32>();
        assert!((manipulated - 4.0 / 3.0).abs() < 1e-6);
        let found = logit(&[3.0, -1.0, 1.0, 2.0], 1);
        assert!((found - (4.0_f32 / 9.0).ln()).abs() < 1e-5);
    }
}
