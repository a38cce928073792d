//! Where the latent vector's manipulated part comes from, as a map (METHODS 3.2), and the loss that draws the
//! map to what was painted as manipulated.

use burn::prelude::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::methods::lae::network::{Encoder, MAP_SIDE};
use crate::nn::resize::bilinear;

/// What the sum over the manipulated part is divided by, which the paper leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapScale {
    /// By nothing: Eq. 8 as it is printed.
    Sum,
    /// By how many numbers there are.
    Mean,
}

/// At which size map and mask are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskSize {
    /// The map is enlarged to the picture, as in the paper.
    Picture,
    /// The mask is reduced to the map's 16x16, to the manipulated share of each place.
    Map,
}

/// The map of the manipulated part (Eq. 7 and 8): of each number of it, what each place adds to it, times how
/// large it is. May be below zero: there, places speak against.
///
/// # Shapes
/// - `features`: `[batch, features, 16, 16]`, of `Encoder::features`
/// - `latent`: `[batch, numbers]`, of `Encoder::latent`; the first `pristine_units` are the other part's
/// - output: `[batch, 1, 16, 16]`
pub fn class_activation(
    encoder: &Encoder,
    features: Tensor<4>,
    latent: Tensor<2>,
    pristine_units: usize,
    scale: MapScale,
) -> Tensor<4> {
    let [batch, channels, height, width] = features.dims();
    let [_, numbers] = latent.dims();
    let count = numbers - pristine_units;
    let sizes = latent.narrow(1, pristine_units, count).abs();
    let weights = encoder.unit_weights().narrow(1, pristine_units, count);
    // Of each channel, summed over the part before the places are looked at.
    let of_channels = sizes.matmul(weights.transpose());
    let features = features.reshape([batch, channels, height * width]);
    let map = of_channels.reshape([batch, 1, channels]).matmul(features);
    let map = map.reshape([batch, 1, height, width]);
    match scale {
        MapScale::Sum => map,
        MapScale::Mean => map / count as f32,
    }
}

/// `L_att` (Eq. 9), the mean over pixels and faces.
///
/// # Shapes
/// - `maps`: `[batch, 1, 16, 16]`
/// - `masks`: of [`masks`]
/// - output: `[1]`
pub fn attention_loss(maps: Tensor<4>, masks: Tensor<4>) -> Tensor<1> {
    let [_, _, height, width] = masks.dims();
    (bilinear(maps, [height, width]) - masks).square().mean()
}

/// Masks as the loss takes them.
///
/// # Shapes
/// - `bytes`: `batch * side_px * side_px`, row by row; 255 is manipulated
/// - output: `[batch, 1, side, side]`, 0 to 1; the side is that of the pictures or 16
pub fn masks(bytes: &[u8], side_px: usize, size: MaskSize, device: &Device) -> Tensor<4> {
    let batch = bytes.len() / (side_px * side_px).max(1);
    let values: Vec<f32> = bytes.iter().map(|byte| f32::from(*byte) / 255.0).collect();
    let whole = [batch, 1, side_px, side_px];
    let (values, shape) = match size {
        MaskSize::Picture => (values, whole),
        MaskSize::Map => (
            reduced(&values, side_px, MAP_SIDE),
            [batch, 1, MAP_SIDE, MAP_SIDE],
        ),
    };
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// The mean of each square of a picture that has `to` of them on a side; the side is a multiple of it.
fn reduced(values: &[f32], side: usize, to: usize) -> Vec<f32> {
    let step = (side / to).max(1);
    let area = (step * step) as f32;
    let mut sums = vec![0.0; values.len() / (step * step)];
    for (row, values) in values.chunks_exact(side).enumerate() {
        let target = &mut sums[row / step * to..][..to];
        for (sum, values) in target.iter_mut().zip(values.chunks_exact(step)) {
            *sum += values.iter().sum::<f32>() / area;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::lae::network::AutoencoderConfig;
    use crate::nn::initial::seeded;
    use crate::nn::named::host_tensor;

    const PRISTINE: usize = 3;

    fn encoder(device: &Device) -> Encoder {
        let config = AutoencoderConfig {
            side_px: 32,
            width: 0.05,
            decoder_width: 0.05,
            latent: 8,
        };
        seeded(config.encoder(device), 5)
    }

    fn features(encoder: &Encoder, device: &Device) -> Tensor<4> {
        let values = (0..2 * 3 * 32 * 32).map(|at: usize| (at * 7919 % 1009) as f32 * 2e-3);
        let data = TensorData::new(values.collect::<Vec<_>>(), [2, 3, 32, 32]);
        encoder.features(Tensor::from_data(data, device))
    }

    /// Map of one number of z alone: the map of a part that has no other, divided by its size.
    fn unit_map(encoder: &Encoder, features: &Tensor<4>, unit: usize) -> Vec<f32> {
        let [batch, channels, height, width] = features.dims();
        let weights = encoder.unit_weights().narrow(1, unit, 1);
        let features = features.clone().reshape([batch, channels, height * width]);
        let map = weights.reshape([1, 1, channels]).matmul(features);
        host_tensor(map).unwrap().values
    }

    #[test]
    fn the_mean_of_a_map_and_the_bias_are_the_number_it_explains() {
        // METHODS 3.6, 1: both identities, within rounding of sums of a few hundred products.
        let device = Device::flex();
        let encoder = encoder(&device);
        let features = features(&encoder, &device);
        let latent = encoder.latent(features.clone());
        let numbers = host_tensor(latent.clone()).unwrap().values;
        let biases = host_tensor(encoder.unit_biases().unwrap()).unwrap().values;
        let area = MAP_SIDE * MAP_SIDE;
        let mean = |map: &[f32]| map.iter().sum::<f32>() / area as f32;
        for unit in 0..8 {
            let maps = unit_map(&encoder, &features, unit);
            for (row, map) in maps.chunks_exact(area).enumerate() {
                let found = mean(map) + biases[unit];
                assert!((found - numbers[8 * row + unit]).abs() < 1e-5);
            }
        }
        let map = |scale| {
            let latent = latent.clone();
            let map = class_activation(&encoder, features.clone(), latent, PRISTINE, scale);
            host_tensor(map).unwrap().values
        };
        let expected: Vec<f32> = numbers
            .chunks_exact(8)
            .map(|z| {
                let part = PRISTINE..8;
                part.map(|unit| z[unit].abs() * (z[unit] - biases[unit]))
                    .sum()
            })
            .collect();
        for (row, expected) in map(MapScale::Sum).chunks_exact(area).zip(&expected) {
            assert!((mean(row) - expected).abs() < 1e-5, "{expected}");
        }
        for (row, expected) in map(MapScale::Mean).chunks_exact(area).zip(&expected) {
            assert!((mean(row) - expected / 5.0).abs() < 1e-5, "{expected}");
        }
    }

    #[test]
    fn masks_are_reduced_to_the_share_that_is_manipulated() {
        let mut bytes = vec![0; 2 * 32 * 32];
        // Three of the four pixels of the first place of the first face, and the last pixel of all.
        for at in [0, 1, 32] {
            bytes[at] = 255;
        }
        bytes[2 * 32 * 32 - 1] = 255;
        let device = Device::flex();
        let small = host_tensor(masks(&bytes, 32, MaskSize::Map, &device)).unwrap();
        assert_eq!(small.shape, [2, 1, 16, 16]);
        assert_eq!((small.values[0], small.values[511]), (0.75, 0.25));
        assert_eq!(small.values.iter().sum::<f32>(), 1.0);
        let whole = host_tensor(masks(&bytes, 32, MaskSize::Picture, &device)).unwrap();
        assert_eq!(whole.shape, [2, 1, 32, 32]);
        assert_eq!(whole.values.iter().sum::<f32>(), 4.0);
    }

    #[test]
    fn a_map_that_is_the_mask_costs_nothing_and_its_opposite_one() {
        let device = Device::flex();
        let bytes = vec![255; 32 * 32];
        let maps = |value: f32| Tensor::<4>::full([1, 1, 16, 16], value, &device);
        for size in [MaskSize::Picture, MaskSize::Map] {
            let masks = masks(&bytes, 32, size, &device);
            let loss = |value| attention_loss(maps(value), masks.clone()).into_scalar::<f32>();
            assert!(loss(1.0).abs() < 1e-6 && (loss(0.0) - 1.0).abs() < 1e-6);
            assert!((loss(-1.0) - 4.0).abs() < 1e-5);
        }
    }
}
