//! A trained plain classifier at work: scores of faces, and where in the face they come from.

use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor};

use crate::detectors::{Detector, DetectorError, DetectorInfo, FaceCrop, FaceScore, Map, MapKind};
use crate::faces::align::CropRule;
use crate::methods::ce::kind_of;
use crate::methods::ce::model::{Classifier, Head, Side};
use crate::methods::ce::preset::CeSettings;
use crate::methods::gradcam::grad_cam;
use crate::methods::trained::{Trained, joined_pixels};
use crate::nn::backbone_kind::BackboneKind;
use crate::nn::inference::Inference;
use crate::nn::named::host_tensor;
use crate::nn::noise::Noise;
use crate::tensor::enlarged;

/// Faces scored in one pass of the network: bounds the memory, fills two cores.
const MAX_BATCH: usize = 16;

pub struct CeDetector {
    info: &'static DetectorInfo,
    kind: BackboneKind,
    backbone: Inference,
    head: Head,
    rule: CropRule,
    /// Upper end of the maps' color scale.
    map_max: f32,
}

impl CeDetector {
    /// From a folder with `weights.safetensors` and `card.json`.
    pub fn load(
        dir: &Path,
        info: &'static DetectorInfo,
        device: &Device,
    ) -> Result<Self, DetectorError> {
        let trained = Trained::read(dir, info.name)?;
        let settings = trained.fitting(CeSettings::read(&trained.config))?;
        let kind = trained.fitting(kind_of(&trained.config.method))?;
        let fresh = Classifier::new(kind, &settings, &device.clone().without_autodiff());
        let model = trained.filled(fresh, dir)?;
        let card = trained.card;
        Ok(Self {
            info,
            kind,
            backbone: Inference::new(model.backbone, device, MAX_BATCH),
            head: model.head,
            rule: card.crop.rule(),
            map_max: card.map_max,
        })
    }

    /// # Shapes
    /// - output: `[batch, channels, height, width]`
    fn features(&self, faces: &[FaceCrop]) -> Result<Tensor<4>, DetectorError> {
        let size_px = self.rule.size_px;
        let pixels = joined_pixels(faces, size_px)?;
        let normalization = self.kind.normalization();
        let pictures = normalization.pictures(&pixels, size_px, self.backbone.device());
        Ok(self.backbone.features(pictures))
    }
}

impl Detector for CeDetector {
    fn info(&self) -> &'static DetectorInfo {
        self.info
    }

    fn crop_rule(&self) -> CropRule {
        self.rule
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            let features = self.features(faces)?;
            let scores =
                scores(&self.head, &features).map_err(|detail| DetectorError::Device { detail })?;
            all.extend(scores);
        }
        Ok(all)
    }

    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        let MapKind::GradCam = kind else {
            return Err(DetectorError::NoSuchMap {
                name: self.info.name,
                kind,
            });
        };
        let features = self.features(std::slice::from_ref(face))?;
        let head = self.head.clone().train();
        let map = grad_cam(features, |features| {
            head.score_for(features, Side::Manipulated)
        })
        .map_err(|detail| DetectorError::Device { detail })?;
        let size_px = self.rule.size_px;
        let [height, width] = [map.shape[0], map.shape[1]];
        Ok(Map {
            kind,
            width: size_px,
            height: size_px,
            values: enlarged(&map.values, width, height, size_px as usize),
            range: (0.0, self.map_max),
        })
    }
}

/// Scores of a batch, read back from the device.
///
/// The head runs picture by picture: matrix products of different heights may round differently, and
/// a face's score must not depend on who else is in the batch.
///
/// # Shapes
/// - `features`: `[batch, channels, height, width]`
pub fn scores(head: &Head, features: &Tensor<4>) -> Result<Vec<FaceScore>, String> {
    let [batch, ..] = features.dims();
    (0..batch)
        .map(|row| {
            let logit = head.logit(features.clone().narrow(0, row, 1), &mut Noise::off());
            Ok(FaceScore::of(host_tensor(logit)?.values[0]))
        })
        .collect()
}
