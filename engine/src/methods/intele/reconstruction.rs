//! A face and what both decoders made of it, as pictures and as the differences between them.

use burn::prelude::Tensor;

use crate::detectors::{Map, MapKind};
use crate::nn::named::host_tensor;

/// Upper end of the color scale of differences and residuals, in shares of the full range of a channel: 32
/// levels of an 8-bit picture.
pub const DIFFERENCE_MAX: f32 = 0.125;

/// Pixels row by row, red, green and blue beside each other, 0 to 1: what lies beyond is cut off, as on a
/// screen.
pub struct Reconstruction {
    face: Vec<f32>,
    /// f0's.
    pristine: Vec<f32>,
    /// f1's.
    manipulated: Vec<f32>,
}

impl Reconstruction {
    /// # Shapes
    /// - `face`: RGB8, row by row
    /// - `pristine`, `manipulated`: `[1, 3, height, width]`, RGB, 0 to 1
    pub fn read(face: &[u8], pristine: Tensor<4>, manipulated: Tensor<4>) -> Result<Self, String> {
        Ok(Self {
            face: face.iter().map(|value| f32::from(*value) / 255.0).collect(),
            pristine: interleaved(pristine)?,
            manipulated: interleaved(manipulated)?,
        })
    }

    /// None for a kind that is not about reconstructions.
    pub fn map(&self, kind: MapKind, size_px: u32) -> Option<Map> {
        let difference = |one, other| (differences(one, other), DIFFERENCE_MAX);
        let (values, max) = match kind {
            MapKind::PristineReconstruction => (self.pristine.clone(), 1.0),
            MapKind::ManipulatedReconstruction => (self.manipulated.clone(), 1.0),
            MapKind::ReconstructionDifference => difference(&self.manipulated, &self.pristine),
            MapKind::PristineResidual => difference(&self.face, &self.pristine),
            MapKind::ManipulatedResidual => difference(&self.face, &self.manipulated),
            _ => return None,
        };
        Some(Map {
            kind,
            width: size_px,
            height: size_px,
            values,
            range: (0.0, max),
        })
    }
}

/// Of every pixel the mean over its channels of absolute differences.
pub fn differences(one: &[f32], other: &[f32]) -> Vec<f32> {
    let (one, _) = one.as_chunks::<3>();
    let (other, _) = other.as_chunks::<3>();
    let pairs = one.iter().zip(other);
    pairs
        .map(|(one, other)| {
            let channels = one.iter().zip(other);
            channels
                .map(|(one, other)| (one - other).abs())
                .sum::<f32>()
                / 3.0
        })
        .collect()
}

/// Planes to pixels, within 0 and 1.
///
/// # Shapes
/// - `planes`: `[1, 3, height, width]`, RGB
/// - output: `3 * height * width` values, a pixel's channels beside each other
pub fn interleaved(planes: Tensor<4>) -> Result<Vec<f32>, String> {
    let [_, _, height, width] = planes.dims();
    let pixels = planes.permute([0, 2, 3, 1]).reshape([3 * height * width]);
    let values: Tensor<1> = pixels.clamp(0.0, 1.0);
    Ok(host_tensor(values)?.values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::{Device, TensorData};

    /// Two pixels beside each other.
    fn made_up() -> Reconstruction {
        let planes = |values: [f32; 6]| {
            Tensor::from_data(
                TensorData::new(values.to_vec(), [1, 3, 1, 2]),
                &Device::flex(),
            )
        };
        Reconstruction::read(
            &[0, 51, 255, 255, 0, 0],
            planes([0.0, 1.0, 0.2, 0.0, 1.0, 0.0]),
            planes([0.3, 1.5, 0.2, -0.5, 1.0, 0.0]),
        )
        .unwrap()
    }

    fn check(kind: MapKind, expected: &[f32]) {
        let map = made_up().map(kind, 1).unwrap();
        assert_eq!(map.values.len(), expected.len());
        for (value, expected) in map.values.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-6, "{:?}", map.values);
        }
    }

    #[test]
    fn pictures_are_cut_to_what_a_screen_shows() {
        let expected = [0.0, 0.2, 1.0, 1.0, 0.0, 0.0];
        check(MapKind::PristineReconstruction, &expected);
        let expected = [0.3, 0.2, 1.0, 1.0, 0.0, 0.0];
        check(MapKind::ManipulatedReconstruction, &expected);
    }

    #[test]
    fn differences_are_means_over_channels_of_what_is_shown() {
        check(MapKind::ReconstructionDifference, &[0.1, 0.0]);
        check(MapKind::PristineResidual, &[0.0, 0.0]);
        check(MapKind::ManipulatedResidual, &[0.1, 0.0]);
    }

    #[test]
    fn other_maps_are_not_drawn_here() {
        assert!(made_up().map(MapKind::GradCam, 1).is_none());
        assert!(made_up().map(MapKind::SpoofCue, 1).is_none());
    }
}
