//! Log-likelihood images, and what is read from them: numbers of a face, and the classifier's input.

use burn::prelude::Tensor;

use crate::detectors::likelihood::{FaceLikelihood, roughness};
use crate::methods::pixelcnn::lenet::{LeNet, scaled};
use crate::methods::pixelcnn::mixture::chain_maps;
use crate::methods::pixelcnn::network::PixelCnn;
use crate::methods::pixelcnn::preset::ClassifierInput;
use crate::nn::named::host_tensor;
use crate::nn::noise::Noise;

/// Log-likelihoods of every pixel's red, green given red, and blue given both, in nats.
///
/// # Shapes
/// - `pictures`: `[batch, 3, side, side]`, -1 to 1
/// - output: `[batch, 3, side, side]`, at most 0
pub fn log_likelihoods(background: &PixelCnn, pictures: Tensor<4>) -> Tensor<4> {
    let outputs = background.forward(pictures.clone(), &mut Noise::off());
    chain_maps(outputs, pictures)
}

/// The classifier's input: clipped, then scaled to -1 to 1.
///
/// # Shapes
/// - `maps` and output: `[batch, 3, side, side]`
pub fn classifier_input(maps: Tensor<4>, input: ClassifierInput) -> Tensor<4> {
    let maps = match input {
        ClassifierInput::Chain3 => maps,
        // Three channels' worth of nats: back to the scale of one.
        ClassifierInput::JointReplicated => maps.mean_dim(1).repeat_dim(1, 3),
    };
    scaled(maps)
}

/// Logits of log-likelihood images, above zero leaning to manipulated; picture by picture, so that none
/// depends on the others.
///
/// # Shapes
/// - `maps`: `[batch, 3, side, side]`
pub fn logits(
    classifier: &LeNet,
    maps: Tensor<4>,
    input: ClassifierInput,
) -> Result<Vec<f32>, String> {
    let [batch, ..] = maps.dims();
    let inputs = classifier_input(maps, input);
    (0..batch)
        .map(|at| {
            let logit = classifier.logit(inputs.clone().narrow(0, at, 1));
            Ok(host_tensor(logit)?.values[0])
        })
        .collect()
}

/// What a face costs. `maps` are its three, plane after plane; `pixels` the face as RGB8.
pub fn face_likelihood(maps: &[f32], pixels: &[u8], size_px: usize) -> FaceLikelihood {
    let plane = (size_px * size_px).max(1);
    let bits = |channel: usize| {
        let nats: f64 = maps[channel * plane..][..plane]
            .iter()
            .map(|&nats| f64::from(nats))
            .sum();
        -nats / (std::f64::consts::LN_2 * plane as f64)
    };
    let by_channel = [bits(0), bits(1), bits(2)];
    FaceLikelihood {
        bits_per_dim: (by_channel.iter().sum::<f64>() / 3.0) as f32,
        by_channel: by_channel.map(|bits| bits as f32),
        roughness: roughness(pixels, size_px),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::{Device, TensorData};

    #[test]
    fn bits_are_nats_over_the_logarithm_of_two() {
        let nats = std::f32::consts::LN_2;
        // Two by two pixels: 1, 2 and 3 bits for red, green and blue.
        let maps: Vec<f32> = [1.0, 2.0, 3.0]
            .into_iter()
            .flat_map(|bits: f32| [-bits * nats; 4])
            .collect();
        let face = face_likelihood(&maps, &[7; 12], 2);
        assert!((face.bits_per_dim - 2.0).abs() < 1e-6);
        assert!((face.by_channel[2] - 3.0).abs() < 1e-6);
        assert_eq!(face.roughness, 0.0);
    }

    #[test]
    fn the_classifier_sees_clipped_maps_or_their_mean() {
        let values = vec![0.0, -10.0, -50.0];
        let maps = Tensor::<4>::from_data(TensorData::new(values, [1, 3, 1, 1]), &Device::flex());
        let check = |input, expected: [f32; 3]| {
            let found = host_tensor(classifier_input(maps.clone(), input)).unwrap();
            assert_eq!(found.values, expected);
        };
        check(ClassifierInput::Chain3, [1.0, 0.0, -1.0]);
        check(ClassifierInput::JointReplicated, [-1.0; 3]);
    }
}
