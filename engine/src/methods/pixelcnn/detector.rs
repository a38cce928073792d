//! A trained background model and its classifier at work: scores, likelihoods, log-likelihood images.

use std::path::Path;

use burn::prelude::{Device, Tensor};

use crate::detectors::likelihood::LikelihoodReference;
use crate::detectors::{
    DetailedScore, Detector, DetectorError, DetectorInfo, FaceCrop, FaceScore, Map, MapKind,
};
use crate::faces::align::CropRule;
use crate::methods::pixelcnn::DETECTOR;
use crate::methods::pixelcnn::likelihood::{face_likelihood, log_likelihoods, logits};
use crate::methods::pixelcnn::model::PixelCnnModel;
use crate::methods::pixelcnn::preset::ClassifierInput;
use crate::methods::trained::joined_pixels;
use crate::nn::named::host_tensor;
use crate::tensor::pictures;

/// Faces in one pass of the network: bounds the memory, fills two cores.
const MAX_BATCH: usize = 8;

/// Ends of the fixed color scales: of all colors of a pixel together, and of one color, nats.
const JOINT_RANGE: (f32, f32) = (-20.0, 0.0);
const CHANNEL_RANGE: (f32, f32) = (-8.0, 0.0);

pub struct PixelCnnDetector {
    model: PixelCnnModel,
    input: ClassifierInput,
    device: Device,
    rule: CropRule,
    references: Vec<LikelihoodReference>,
    multiply_adds: u64,
}

impl PixelCnnDetector {
    /// From a folder with `weights.safetensors` and `card.json`.
    pub fn load(dir: &Path, device: &Device) -> Result<Self, DetectorError> {
        let device = device.clone().without_autodiff();
        let (model, trained, settings) = PixelCnnModel::load(dir, &device)?;
        let card = trained.card;
        Ok(Self {
            multiply_adds: model.background.multiply_adds(card.crop.size_px),
            model,
            input: settings.input,
            device,
            rule: card.crop.rule(),
            references: card.likelihoods,
        })
    }

    /// Chain-rule maps of faces.
    ///
    /// # Shapes
    /// - output: `[batch, 3, side, side]`, nats
    fn maps_of(&self, pixels: &[u8]) -> Tensor<4> {
        let faces = pictures(pixels, self.rule.size_px, &self.device);
        log_likelihoods(&self.model.background, faces)
    }
}

impl Detector for PixelCnnDetector {
    fn info(&self) -> &'static DetectorInfo {
        &DETECTOR
    }

    fn crop_rule(&self) -> CropRule {
        self.rule
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let found = self.score_in_detail(faces)?.into_iter();
        Ok(found.map(|found| found.score).collect())
    }

    fn score_in_detail(&mut self, faces: &[FaceCrop]) -> Result<Vec<DetailedScore>, DetectorError> {
        let side = self.rule.size_px as usize;
        let length = 3 * side * side;
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            let pixels = joined_pixels(faces, self.rule.size_px)?;
            let maps = self.maps_of(&pixels);
            let values = host_tensor(maps.clone()).map_err(failed)?.values;
            let logits = logits(&self.model.classifier, maps, self.input).map_err(failed)?;
            let each = values
                .chunks_exact(length)
                .zip(pixels.chunks_exact(length))
                .zip(logits);
            all.extend(each.map(|((maps, pixels), logit)| DetailedScore {
                likelihood: Some(face_likelihood(maps, pixels, side)),
                ..FaceScore::of(logit).into()
            }));
        }
        Ok(all)
    }

    fn likelihood_references(&self) -> &[LikelihoodReference] {
        &self.references
    }

    fn multiply_adds(&self) -> Option<u64> {
        Some(self.multiply_adds)
    }

    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        let maps = self.maps(face, &[kind])?;
        let map = maps.into_iter().next();
        Ok(map.expect("one map is drawn for each kind asked for"))
    }

    fn maps(&mut self, face: &FaceCrop, kinds: &[MapKind]) -> Result<Vec<Map>, DetectorError> {
        let channel_of = |kind| match kind {
            MapKind::LogLikelihood => Ok(None),
            MapKind::LogLikelihoodChannel(channel) if channel < 3 => Ok(Some(channel)),
            _ => Err(DetectorError::NoSuchMap {
                name: DETECTOR.name,
                kind,
            }),
        };
        let channels: Vec<Option<u8>> = kinds
            .iter()
            .map(|&kind| channel_of(kind))
            .collect::<Result<_, _>>()?;
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let pixels = joined_pixels(std::slice::from_ref(face), self.rule.size_px)?;
        let values = host_tensor(self.maps_of(&pixels)).map_err(failed)?.values;
        let size_px = self.rule.size_px;
        let plane = size_px as usize * size_px as usize;
        let maps = kinds.iter().zip(channels).map(|(&kind, channel)| Map {
            kind,
            width: size_px,
            height: size_px,
            values: match channel {
                Some(channel) => values[usize::from(channel) * plane..][..plane].to_vec(),
                None => (0..plane)
                    .map(|at| values[at] + values[plane + at] + values[2 * plane + at])
                    .collect(),
            },
            range: if channel.is_some() {
                CHANNEL_RANGE
            } else {
                JOINT_RANGE
            },
        });
        Ok(maps.collect())
    }
}

fn failed(detail: String) -> DetectorError {
    DetectorError::Device { detail }
}
