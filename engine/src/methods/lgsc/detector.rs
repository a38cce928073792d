//! A trained LGSC at work: scores faces by the strength of their cue, and shows the cue. The classifier of
//! the training stays away.

use std::path::Path;

use burn::prelude::{Device, Tensor};

use crate::detectors::{Detector, DetectorError, DetectorInfo, FaceCrop, FaceScore, Map, MapKind};
use crate::faces::align::CropRule;
use crate::methods::lgsc::DETECTOR;
use crate::methods::lgsc::decoder::CueDecoder;
use crate::methods::lgsc::model::{Lgsc, strength};
use crate::methods::lgsc::preset::LgscSettings;
use crate::methods::lgsc::scale::CueLine;
use crate::methods::trained::{Trained, joined_pixels};
use crate::nn::backbone::Backbone;
use crate::nn::backbone_kind::Normalization;
use crate::nn::named::host_tensor;
use crate::nn::noise::Noise;

/// Faces scored in one pass of the networks: bounds the memory, fills two cores.
const MAX_BATCH: usize = 16;

pub struct LgscDetector {
    /// Folded. Everything stays in 32-bit floats: an instance norm squares and sums whole planes.
    encoder: Backbone,
    decoder: CueDecoder,
    line: CueLine,
    normalization: Normalization,
    rule: CropRule,
    /// Upper end of the maps' color scale.
    map_max: f32,
    device: Device,
}

impl LgscDetector {
    /// From a folder with `weights.safetensors` and `card.json`.
    pub fn load(dir: &Path, device: &Device) -> Result<Self, DetectorError> {
        let device = device.clone().without_autodiff();
        let trained = Trained::read(dir, DETECTOR.name)?;
        let settings = trained.fitting(LgscSettings::read(&trained.config))?;
        let model = trained.filled(Lgsc::new(&settings, &device), dir)?;
        Ok(Self {
            line: model.scale.line().map_err(device_error)?,
            encoder: model.encoder.folded(),
            decoder: model.decoder,
            normalization: settings.normalization(),
            rule: trained.card.crop.rule(),
            map_max: trained.card.map_max,
            device,
        })
    }

    /// # Shapes
    /// - output: `[batch, 3, size_px, size_px]`
    fn cues(&self, faces: &[FaceCrop]) -> Result<Tensor<4>, DetectorError> {
        let size_px = self.rule.size_px;
        let pixels = joined_pixels(faces, size_px)?;
        let normalization = self.normalization;
        let pictures = normalization.pictures(&pixels, size_px, &self.device);
        let pyramid = self.encoder.pyramid(pictures, &mut Noise::off());
        Ok(self.decoder.forward(pyramid.taps).cue)
    }
}

impl Detector for LgscDetector {
    fn info(&self) -> &'static DetectorInfo {
        &DETECTOR
    }

    fn crop_rule(&self) -> CropRule {
        self.rule
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            all.extend(scores(self.cues(faces)?, self.line).map_err(device_error)?);
        }
        Ok(all)
    }

    /// The cue: of each pixel the mean over the channels of |C|, as a share of a color channel's full range.
    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        let MapKind::SpoofCue = kind else {
            return Err(DetectorError::NoSuchMap {
                name: DETECTOR.name,
                kind,
            });
        };
        let cue = host_tensor(self.cues(std::slice::from_ref(face))?).map_err(device_error)?;
        let size_px = self.rule.size_px;
        Ok(Map {
            kind,
            width: size_px,
            height: size_px,
            values: magnitudes(&cue.values, self.normalization),
            range: (0.0, self.map_max),
        })
    }
}

/// Scores of a batch, read back from the device.
///
/// # Shapes
/// - `cue`: `[batch, 3, height, width]`
pub fn scores(cue: Tensor<4>, line: CueLine) -> Result<Vec<FaceScore>, String> {
    let strengths = host_tensor(strength(cue))?.values;
    let logits = strengths.into_iter().map(|strength| line.logit(strength));
    Ok(logits.map(FaceScore::of).collect())
}

/// The mean over three planes of |C|, each in shares of its color channel's range: a normalized picture
/// changes by one where a pixel changes by its channel's deviation.
fn magnitudes(cue: &[f32], normalization: Normalization) -> Vec<f32> {
    let area = cue.len() / 3;
    let mut values = vec![0.0; area];
    for (plane, deviation) in cue.chunks_exact(area.max(1)).zip(normalization.deviation) {
        for (value, cue) in values.iter_mut().zip(plane) {
            *value += cue.abs() * deviation / 3.0;
        }
    }
    values
}

fn device_error(detail: String) -> DetectorError {
    DetectorError::Device { detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stronger_cue_scores_higher() {
        let line = CueLine {
            slope: 20.0,
            threshold: 0.3,
        };
        let cue = |value: f32| Tensor::<4>::full([1, 3, 4, 4], value, &Device::flex());
        let logits: Vec<f32> = [0.0, -0.1, 0.2, 0.3, -0.4, 0.99]
            .into_iter()
            .map(|value| scores(cue(value), line).unwrap()[0].logit)
            .collect();
        assert!(logits.is_sorted() && logits[0] < logits[1]);
        assert!(logits[2] < 0.0 && logits[3].abs() < 1e-5 && 0.0 < logits[4]);
    }

    #[test]
    fn map_values_are_shares_of_the_full_range() {
        let cue = [0.5, -1.0, 0.1, 0.2, 0.0, -0.3];
        let values = magnitudes(&cue, Normalization::HALF);
        assert!((values[0] - 0.1).abs() < 1e-6 && (values[1] - 0.25).abs() < 1e-6);
    }
}
