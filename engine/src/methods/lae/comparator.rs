//! The comparator C (METHODS 3.1): features of VGG16 after its tenth convolution, by which a painted face
//! is held against the true one. It is never trained.
//!
//! The paper's has weights learned on `ImageNet`, which Seam does not bring along: a user's own are taken
//! where they were imported. Else a substitute stands in: the same layers, narrower where the settings say
//! so, with normal numbers drawn once and for all. Random filters also keep apart what differs in edges and
//! textures (Saxe et al., On Random Weights and Unsupervised Feature Learning, 2011), but nothing in them
//! knows what a face is; numbers of the paper cannot be expected with it.

use burn::prelude::{Device, Module as _, Tensor};

use crate::nn::initial::he_normal;
use crate::nn::named::{self, NamedTensors};
use crate::nn::resize::bilinear;
use crate::nn::vgg16::{Vgg16Features, Vgg16FeaturesConfig};

/// Convolutions, of VGG16's 13.
pub const CONVS: usize = 10;

/// Of the substitute's numbers: the same in every training, whatever its own seed.
const SEED: u64 = 0x1ae;

#[derive(Debug)]
pub struct Comparator {
    network: Vgg16Features,
    side_px: usize,
}

impl Comparator {
    /// With weights of VGG16's convolutions, by path in the network; further ones than the tenth are left out.
    pub fn vgg16(weights: NamedTensors, side_px: usize, device: &Device) -> Result<Self, String> {
        let fresh = Vgg16FeaturesConfig::new().with_convs(CONVS).init(device);
        let shapes = named::shapes(&fresh);
        let own = weights
            .into_iter()
            .filter(|(path, _)| shapes.contains_key(path));
        Ok(Self {
            network: named::apply(fresh, own.collect())?.no_grad(),
            side_px,
        })
    }

    pub fn substitute(width: f64, side_px: usize, device: &Device) -> Self {
        let config = Vgg16FeaturesConfig::new().with_convs(CONVS);
        let network = config.with_width(width).init(device);
        Self {
            network: he_normal(network, SEED).no_grad(),
            side_px,
        }
    }

    /// Of another network, for tests.
    #[cfg(test)]
    pub fn of(network: Vgg16Features, side_px: usize) -> Self {
        Self {
            network: network.no_grad(),
            side_px,
        }
    }

    /// Through which gradients come back to the pictures.
    ///
    /// # Shapes
    /// - `pictures`: `[batch, 3, height, width]`, RGB, `ImageNet` mean and deviation; any size
    /// - output: `[batch, channels, side / 8, side / 8]`; `[batch, 512, 28, 28]` as published
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<4> {
        self.network.forward(bilinear(pictures, [self.side_px; 2]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::{collect, host_tensor, num_trainable};

    fn pictures(side: usize, device: &Device) -> Tensor<4> {
        let values = (0..3 * side * side).map(|at| (at * 7919 % 1009) as f32 * 2e-3 - 1.0);
        let data = burn::prelude::TensorData::new(values.collect::<Vec<_>>(), [1, 3, side, side]);
        Tensor::from_data(data, device)
    }

    #[test]
    fn the_tap_has_the_published_size() {
        // METHODS 3.6, 6: 28x28 of 224; its channels are 512 at full width, its parameters 7,635,264.
        let device = Device::flex();
        let narrow = Comparator::substitute(0.02, 224, &device);
        let found = narrow.features(Tensor::zeros([1, 3, 256, 256], &device));
        assert_eq!(found.dims(), [1, 10, 28, 28]);
        let full = Comparator::substitute(1.0, 32, &device);
        assert_eq!(num_trainable(&full.network), 7_635_264);
        let found = full.features(Tensor::zeros([1, 3, 40, 40], &device));
        assert_eq!(found.dims(), [1, 512, 4, 4]);
    }

    #[test]
    fn given_weights_are_its_own_and_those_beyond_the_tenth_are_left_out() {
        let device = Device::flex();
        let whole = Vgg16FeaturesConfig::new().init(&device);
        let mut weights = collect(&whole).unwrap();
        let comparator = Comparator::vgg16(weights.clone(), 32, &device).unwrap();
        let own = collect(&comparator.network).unwrap();
        assert_eq!(own.len(), 2 * CONVS);
        assert!(own.iter().all(|(path, tensor)| weights[path] == *tensor));
        weights.remove("convs.3.weight");
        let failure = Comparator::vgg16(weights, 32, &device).unwrap_err();
        assert_eq!(failure, "convs.3.weight is missing");
    }

    #[test]
    fn the_substitute_is_the_same_everywhere_and_keeps_the_strength_of_its_input() {
        let device = Device::flex();
        let one = Comparator::substitute(0.125, 64, &device);
        let other = Comparator::substitute(0.125, 64, &device.clone().autodiff());
        let weights = |comparator: &Comparator| collect(&comparator.network.valid()).unwrap();
        assert_eq!(weights(&one), weights(&other));
        let found = host_tensor(one.features(pictures(64, &device))).unwrap();
        let mean = found.values.iter().sum::<f32>() / found.values.len() as f32;
        assert!((0.05..2.0).contains(&mean), "{mean}");
    }

    #[test]
    fn gradients_reach_the_pictures_and_no_weight() {
        let device = Device::flex().autodiff();
        let comparator = Comparator::substitute(0.05, 16, &device);
        let pictures = pictures(32, &device).require_grad();
        let gradients = comparator.features(pictures.clone()).sum().backward();
        let found = host_tensor(pictures.grad(&gradients).unwrap()).unwrap();
        assert!(found.values.iter().any(|value| *value != 0.0));
        let norm = crate::nn::descent::gradient_norm(&comparator.network, &gradients, "");
        assert_eq!(norm, 0.0);
    }
}
