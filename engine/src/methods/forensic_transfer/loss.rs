//! The losses (METHODS 9): each half of the code is to be as active as the label says, and the half that
//! matches is to be enough to paint the face again.

use burn::prelude::Tensor;

use crate::methods::forensic_transfer::model::{
    Activations, ForensicTransfer, activations, selected,
};

/// Added to both activations before their ratio is taken, so that a half that is silent gives a finite score. Faces
/// that were learned have activations near 0 and 1.
pub const EPSILON: f32 = 1e-6;

/// The parts of one batch's loss, each of shape `[1]` and without its weight.
#[derive(Debug)]
pub struct Losses {
    /// `L_act`, as a mean over the batch (METHODS 0.3).
    pub activation: Tensor<1>,
    /// `L_rec`, as a mean over batch, channels and pixels.
    pub reconstruction: Tensor<1>,
}

impl Losses {
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, both sides multiples of 16
    /// - `labels`: `[batch]`, 1 is manipulated
    pub fn of(model: &ForensicTransfer, images: &Tensor<4>, labels: &Tensor<1>) -> Self {
        let code = model.encoder.forward(images.clone());
        let activation = activation(activations(&code), labels);
        let painted = model.decoder.forward(selected(code, labels));
        Self {
            activation,
            reconstruction: (images.clone() - painted).abs().mean(),
        }
    }
}

/// `|a1 - y| + |a0 - (1 - y)|`, its mean over the batch.
///
/// # Shapes
/// - `labels`: `[batch]`, 1 is manipulated
/// - output: `[1]`
pub fn activation(found: Activations, labels: &Tensor<1>) -> Tensor<1> {
    let manipulated = (found.manipulated - labels.clone()).abs();
    let pristine = (found.pristine + labels.clone() - 1.0).abs();
    (manipulated + pristine).mean()
}

/// `ln(a1 / a0)`: above zero exactly where the half of manipulated faces is more active, and its logistic function
/// is a1 / (a0 + a1), but for [`EPSILON`].
pub fn logit(pristine: f32, manipulated: f32) -> f32 {
    ((manipulated + EPSILON) / (pristine + EPSILON)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::Device;

    use crate::nn::initial::seeded;
    use crate::nn::named::host_tensor;

    fn tensor(values: [f32; 2]) -> Tensor<1> {
        Tensor::from_data(values, &Device::flex())
    }

    fn loss(pristine: [f32; 2], manipulated: [f32; 2], labels: [f32; 2]) -> f32 {
        let found = Activations {
            pristine: tensor(pristine),
            manipulated: tensor(manipulated),
        };
        host_tensor(activation(found, &tensor(labels)))
            .unwrap()
            .values[0]
    }

    #[test]
    fn each_half_is_to_be_as_active_as_the_label_says() {
        assert_eq!(loss([1.0, 0.0], [0.0, 1.0], [0.0, 1.0]), 0.0);
        assert_eq!(loss([1.0, 0.0], [0.0, 1.0], [1.0, 0.0]), 2.0);
        assert_eq!(loss([0.5, 0.0], [0.25, 3.0], [0.0, 1.0]), 1.375);
    }

    #[test]
    fn the_score_is_above_zero_where_the_half_of_manipulated_faces_is_more_active() {
        assert!(0.0 < logit(0.3, 0.31) && logit(0.31, 0.3) < 0.0);
        assert_eq!(logit(0.7, 0.7), 0.0);
        let share = 1.0 / (1.0 + (-logit(0.2, 0.6)).exp());
        assert!((share - 0.75).abs() < 1e-5);
        for (pristine, manipulated) in [(0.0, 0.0), (0.0, 2.0), (2.0, 0.0)] {
            assert!(logit(pristine, manipulated).is_finite());
        }
    }

    #[test]
    fn the_picture_is_told_by_the_matching_half_alone() {
        let device = Device::flex();
        let model = seeded(ForensicTransfer::new(&device), 4);
        let images = Tensor::<4>::ones([2, 3, 32, 32], &device) * 0.5;
        let losses = |labels| Losses::of(&model, &images, &tensor(labels));
        let value = |loss: Tensor<1>| host_tensor(loss).unwrap().values[0];
        let pristine = value(losses([0.0, 0.0]).reconstruction);
        let manipulated = value(losses([1.0, 1.0]).reconstruction);
        assert_ne!(pristine, manipulated);
        let both = value(losses([0.0, 1.0]).reconstruction);
        assert!((both - 0.5 * (pristine + manipulated)).abs() < 1e-5);
    }
}
