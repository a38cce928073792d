//! A trained DADD at work: scores of faces, and where in the face they come from.

use std::path::Path;

use burn::prelude::{Device, Tensor};

use crate::detectors::{Detector, DetectorError, DetectorInfo, FaceCrop, FaceScore, Map, MapKind};
use crate::faces::align::CropRule;
use crate::methods::dadd::gradcam::{Target, grad_cam};
use crate::methods::dadd::model::{Dadd, DaddConfig, Heads};
use crate::methods::dadd::preset::DaddSettings;
use crate::methods::dadd::{DETECTOR, NUM_SUBTASKS};
use crate::methods::trained::{Trained, joined_pixels};
use crate::nn::backbone::Backbone;
use crate::nn::inference::Inference;
use crate::nn::named::host_tensor;
use crate::nn::pool::pool;
use crate::tensor::{enlarged, pictures};

/// Faces scored in one pass of the network: bounds the memory, fills two cores.
const MAX_BATCH: usize = 16;

pub struct DaddDetector {
    backbone: Inference,
    heads: Heads,
    rule: CropRule,
    /// Upper ends of the maps' color scales.
    map_max: f32,
    map_part_max: f32,
}

impl DaddDetector {
    /// From a folder with `weights.safetensors` and `card.json`.
    pub fn load(dir: &Path, device: &Device) -> Result<Self, DetectorError> {
        let trained = Trained::read(dir, DETECTOR.name)?;
        let settings = trained.fitting(DaddSettings::read(&trained.config))?;
        let fresh = DaddConfig::from(&settings).init(&device.clone().without_autodiff());
        let model: Dadd = trained.filled(fresh, dir)?;
        let card = trained.card;
        Ok(Self {
            backbone: Inference::new(Backbone::Xception(model.backbone), device, MAX_BATCH),
            heads: model.heads,
            rule: card.crop.rule(),
            map_max: card.map_max,
            map_part_max: card.map_part_max,
        })
    }

    /// # Shapes
    /// - output: `[batch, 3, size_px, size_px]`
    fn pictures(&self, faces: &[FaceCrop]) -> Result<Tensor<4>, DetectorError> {
        let size_px = self.rule.size_px;
        let pixels = joined_pixels(faces, size_px)?;
        Ok(pictures(&pixels, size_px, self.backbone.device()))
    }
}

impl Detector for DaddDetector {
    fn info(&self) -> &'static DetectorInfo {
        &DETECTOR
    }

    fn crop_rule(&self) -> CropRule {
        self.rule
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            let pooled = pool(self.backbone.features(self.pictures(faces)?));
            let scores =
                scores(&self.heads, &pooled).map_err(|detail| DetectorError::Device { detail })?;
            all.extend(scores);
        }
        Ok(all)
    }

    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        let (target, max) = match kind {
            MapKind::GradCam => (Target::Fusion, self.map_max),
            MapKind::GradCamPart(part) if usize::from(part) < NUM_SUBTASKS => {
                (Target::Subtask(usize::from(part)), self.map_part_max)
            }
            _ => {
                return Err(DetectorError::NoSuchMap {
                    name: DETECTOR.name,
                    kind,
                });
            }
        };
        let pictures = self.pictures(std::slice::from_ref(face))?;
        let features = self.backbone.features(pictures);
        let map = grad_cam(&self.heads, features, target)
            .map_err(|detail| DetectorError::Device { detail })?;
        let size_px = self.rule.size_px;
        let [height, width] = [map.shape[0], map.shape[1]];
        Ok(Map {
            kind,
            width: size_px,
            height: size_px,
            values: enlarged(&map.values, width, height, size_px as usize),
            range: (0.0, max),
        })
    }
}

/// Scores of a batch, read back from the device.
///
/// The heads run picture by picture: matrix products of different heights may round differently, and
/// a face's score must not depend on who else is in the batch.
///
/// # Shapes
/// - `pooled`: `[batch, pooled]`
pub fn scores(heads: &Heads, pooled: &Tensor<2>) -> Result<Vec<FaceScore>, String> {
    let [batch, _] = pooled.dims();
    (0..batch)
        .map(|row| {
            let logits = heads.forward(&pooled.clone().narrow(0, row, 1));
            Ok(FaceScore {
                logit: host_tensor(logits.fusion)?.values[0],
                parts: host_tensor(logits.parts)?.values,
            })
        })
        .collect()
}
