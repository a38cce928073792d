//! What the decoder is to paint: its hyperbolic tangent gives -1 to 1, while the encoder is shown pictures
//! with `ImageNet`'s mean and deviation (METHODS 3.2).

use burn::prelude::Tensor;
use serde::{Deserialize, Serialize};

use crate::nn::backbone_kind::Normalization;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The picture from -1 to 1, all of which can be painted.
    Symmetric,
    /// What the encoder is shown, read literally: its darkest and brightest parts cannot be painted.
    Standardized,
}

impl Target {
    /// What is to be painted of what the encoder is shown.
    ///
    /// # Shapes
    /// - `pictures`: `[batch, 3, height, width]`, RGB, `ImageNet` mean and deviation
    /// - output: `[batch, 3, height, width]`
    pub fn of(self, pictures: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Symmetric => Normalization::IMAGE_NET.undo(pictures) * 2.0 - 1.0,
            Self::Standardized => pictures,
        }
    }

    /// As the comparator takes it.
    ///
    /// # Shapes
    /// - `painted`: `[batch, 3, height, width]`, as painted or to be painted
    /// - output: `[batch, 3, height, width]`, `ImageNet` mean and deviation
    pub fn standardized(self, painted: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Symmetric => Normalization::IMAGE_NET.apply((painted + 1.0) / 2.0),
            Self::Standardized => painted,
        }
    }

    /// As a screen shows it.
    ///
    /// # Shapes
    /// - `painted`: `[batch, 3, height, width]`
    /// - output: `[batch, 3, height, width]`, RGB, 0 to 1 and beyond
    pub fn shown(self, painted: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Symmetric => (painted + 1.0) / 2.0,
            Self::Standardized => Normalization::IMAGE_NET.undo(painted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::Device;

    #[test]
    fn the_way_there_and_back_is_the_picture() {
        let device = Device::flex();
        let pixels: Vec<u8> = (0..48).map(|at| at * 5).collect();
        let pictures = Normalization::IMAGE_NET.pictures(&pixels, 4, &device);
        let expected = host_tensor(pictures.clone()).unwrap().values;
        for target in [Target::Symmetric, Target::Standardized] {
            let wanted = target.of(pictures.clone());
            let found = host_tensor(target.standardized(wanted.clone())).unwrap();
            for (found, expected) in found.values.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-5, "{found}, {expected}");
            }
            let shown = host_tensor(target.shown(wanted)).unwrap().values;
            // The first plane is red.
            assert!((shown[1] - 15.0 / 255.0).abs() < 1e-6, "{}", shown[1]);
        }
        let wanted = host_tensor(Target::Symmetric.of(pictures)).unwrap().values;
        assert!(wanted.iter().all(|value| value.abs() <= 1.0 + 1e-6));
    }
}
