//! A trained `ForensicTransfer` at work: scores faces by the halves of their code, and shows where the half of
//! manipulated faces is active, and what the decoder makes of the code.

use std::path::Path;

use burn::prelude::{Device, Tensor};

use crate::detectors::{Detector, DetectorError, DetectorInfo, FaceCrop, FaceScore, Map, MapKind};
use crate::faces::align::CropRule;
use crate::methods::forensic_transfer::DETECTOR;
use crate::methods::forensic_transfer::loss::logit;
use crate::methods::forensic_transfer::model::{
    Activations, ForensicTransfer, HALF_CHANNELS, activations, selected,
};
use crate::methods::forensic_transfer::preset::ForensicTransferSettings;
use crate::methods::intele::reconstruction::interleaved;
use crate::methods::trained::{Trained, joined_pixels};
use crate::nn::named::host_tensor;
use crate::tensor::enlarged;

/// Faces scored in one pass of the encoder: bounds the memory, fills two cores.
const MAX_BATCH: usize = 16;

pub struct ForensicTransferDetector {
    /// Folded.
    model: ForensicTransfer,
    settings: ForensicTransferSettings,
    rule: CropRule,
    /// Upper end of the color scale of the half's activation.
    map_max: f32,
    device: Device,
}

impl ForensicTransferDetector {
    /// From a folder with `weights.safetensors` and `card.json`.
    pub fn load(dir: &Path, device: &Device) -> Result<Self, DetectorError> {
        let device = device.clone().without_autodiff();
        let trained = Trained::read(dir, DETECTOR.name)?;
        let settings = trained.fitting(ForensicTransferSettings::read(&trained.config))?;
        let model = trained.filled(ForensicTransfer::new(&device), dir)?;
        Ok(Self {
            model: model.folded(),
            settings,
            rule: trained.card.crop.rule(),
            map_max: trained.card.map_max,
            device,
        })
    }

    /// # Shapes
    /// - output: `[batch, 128, size_px / 16, size_px / 16]`
    fn codes(&self, faces: &[FaceCrop]) -> Result<Tensor<4>, DetectorError> {
        let size_px = self.rule.size_px;
        let pixels = joined_pixels(faces, size_px)?;
        let pictures = self.settings.pictures(&pixels, size_px, &self.device);
        Ok(self.model.encoder.forward(pictures))
    }

    /// Of each place the mean |h| over the half of manipulated faces, whose mean over all places is a1.
    fn activation_map(&self, code: Tensor<4>) -> Result<Map, DetectorError> {
        let half = code.narrow(1, HALF_CHANNELS, HALF_CHANNELS);
        let mean = host_tensor(half.abs().mean_dim(1)).map_err(device_error)?;
        let [height, width] = [mean.shape[2], mean.shape[3]];
        let size_px = self.rule.size_px;
        Ok(Map {
            kind: MapKind::ClassActivation,
            width: size_px,
            height: size_px,
            values: enlarged(&mean.values, width, height, size_px as usize),
            range: (0.0, self.map_max),
        })
    }

    /// What the decoder makes of the half that decides, as in training it had the half of the label.
    fn reconstruction(&self, code: Tensor<4>) -> Result<Map, DetectorError> {
        let decided = scores(&code).map_err(device_error)?;
        let labels = decided
            .iter()
            .map(|score| f32::from(u8::from(0.0 < score.logit)));
        let labels: Vec<f32> = labels.collect();
        let labels = Tensor::<1>::from_data(&labels[..], &self.device);
        let painted = self.model.decoder.forward(selected(code, &labels));
        let size_px = self.rule.size_px;
        Ok(Map {
            kind: MapKind::Reconstruction,
            width: size_px,
            height: size_px,
            values: interleaved(self.settings.shown(painted)).map_err(device_error)?,
            range: (0.0, 1.0),
        })
    }
}

impl Detector for ForensicTransferDetector {
    fn info(&self) -> &'static DetectorInfo {
        &DETECTOR
    }

    fn crop_rule(&self) -> CropRule {
        self.rule
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            all.extend(scores(&self.codes(faces)?).map_err(device_error)?);
        }
        Ok(all)
    }

    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        let code = || self.codes(std::slice::from_ref(face));
        match kind {
            MapKind::ClassActivation => self.activation_map(code()?),
            MapKind::Reconstruction => self.reconstruction(code()?),
            _ => Err(DetectorError::NoSuchMap {
                name: DETECTOR.name,
                kind,
            }),
        }
    }
}

/// Scores of a batch, read back from the device.
///
/// # Shapes
/// - `code`: `[batch, 128, height, width]`
pub fn scores(code: &Tensor<4>) -> Result<Vec<FaceScore>, String> {
    let Activations {
        pristine,
        manipulated,
    } = activations(code);
    let pristine = host_tensor(pristine)?.values;
    let manipulated = host_tensor(manipulated)?.values;
    let pairs = pristine.into_iter().zip(manipulated);
    Ok(pairs
        .map(|(pristine, manipulated)| FaceScore::of(logit(pristine, manipulated)))
        .collect())
}

fn device_error(detail: String) -> DetectorError {
    DetectorError::Device { detail }
}
