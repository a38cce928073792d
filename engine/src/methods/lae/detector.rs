//! A trained LAE at work: scores by the encoder alone, where they come from, and the face as the decoder paints
//! it, which is read when it is first asked for.

use std::path::{Path, PathBuf};

use burn::prelude::{Device, Tensor};

use crate::detectors::{Detector, DetectorError, DetectorInfo, FaceCrop, FaceScore, Map, MapKind};
use crate::faces::align::CropRule;
use crate::methods::intele::reconstruction::{differences, interleaved};
use crate::methods::lae::DETECTOR;
use crate::methods::lae::attention::class_activation;
use crate::methods::lae::latent::logit;
use crate::methods::lae::network::{Decoder, Encoder};
use crate::methods::lae::preset::LaeSettings;
use crate::methods::trained::{Trained, joined_pixels};
use crate::nn::backbone_kind::Normalization;
use crate::nn::named::{HostTensor, host_tensor};
use crate::nn::pool::pool;
use crate::tensor::enlarged;

/// Faces scored in one pass of the network: bounds the memory, fills two cores.
const MAX_BATCH: usize = 16;

/// Upper end of the residual's color scale, in shares of the full range of a channel: 64 levels of an 8-bit
/// picture. Twice that of sharper reconstructions.
const RESIDUAL_MAX: f32 = 0.25;

/// Paths of the two networks in the file of weights.
const ENCODER: &str = "autoencoder.encoder.";
const DECODER: &str = "autoencoder.decoder.";

pub struct LaeDetector {
    dir: PathBuf,
    trained: Trained,
    settings: LaeSettings,
    encoder: Encoder,
    /// None until a picture is asked for.
    decoder: Option<Decoder>,
    device: Device,
    rule: CropRule,
}

impl LaeDetector {
    /// From a folder with `weights.safetensors` and `card.json`; the decoder may be missing.
    pub fn load(dir: &Path, device: &Device) -> Result<Self, DetectorError> {
        let device = device.clone().without_autodiff();
        let trained = Trained::read(dir, DETECTOR.name)?;
        let settings = trained.fitting(LaeSettings::read(&trained.config))?;
        let fresh = settings
            .autoencoder(trained.config.size_px)
            .encoder(&device);
        let own = |path: &str| path.strip_prefix(ENCODER).map(str::to_owned);
        let encoder = trained.filled_part(fresh, dir, own)?;
        Ok(Self {
            dir: dir.to_owned(),
            rule: trained.card.crop.rule(),
            encoder: encoder.folded(),
            decoder: None,
            trained,
            settings,
            device,
        })
    }

    /// # Shapes
    /// - output: `[faces, features, 16, 16]`
    fn features(&self, faces: &[FaceCrop]) -> Result<Tensor<4>, DetectorError> {
        let size_px = self.rule.size_px;
        let pixels = joined_pixels(faces, size_px)?;
        let pictures = Normalization::IMAGE_NET.pictures(&pixels, size_px, &self.device);
        Ok(self.encoder.features(pictures))
    }

    /// The face as it is painted, red, green and blue beside each other, 0 to 1. Reads the decoder on the first
    /// call.
    fn painted(&mut self, latent: Tensor<2>) -> Result<Vec<f32>, DetectorError> {
        if self.decoder.is_none() {
            let config = self.settings.autoencoder(self.trained.config.size_px);
            let fresh = config.decoder(&self.device);
            let own = |path: &str| path.strip_prefix(DECODER).map(str::to_owned);
            let decoder = self
                .trained
                .filled_part(fresh, &self.dir, own)
                .map_err(without_decoder)?;
            self.decoder = Some(decoder.folded());
        }
        let decoder = self
            .decoder
            .as_ref()
            .expect("it was read a few lines above");
        let shown = self.settings.target.shown(decoder.forward(latent));
        interleaved(shown).map_err(failed)
    }

    fn class_activation(
        &self,
        features: Tensor<4>,
        latent: Tensor<2>,
    ) -> Result<Map, DetectorError> {
        let map = class_activation(
            &self.encoder,
            features,
            latent,
            self.settings.pristine_units,
            self.settings.map_scale,
        );
        let HostTensor { shape, values } = host_tensor(map).map_err(failed)?;
        let [height, width] = [shape[2], shape[3]];
        let kind = MapKind::ClassActivation;
        let scales = &self.trained.card.map_scales;
        let size_px = self.rule.size_px;
        Ok(Map {
            kind,
            width: size_px,
            height: size_px,
            values: enlarged(&values, width, height, size_px as usize),
            range: match scales.get(kind.name().as_ref()) {
                Some(&[low, high]) => (low, high),
                // What it was drawn to: zero beside masks and one inside.
                None => (0.0, 1.0),
            },
        })
    }
}

/// Latent vectors row by row: matrix products of different heights may round differently, and a face's score
/// must not depend on who else is in the batch.
///
/// # Shapes
/// - `features`: `[batch, features, 16, 16]`
/// - output: `batch` vectors
pub fn latents(encoder: &Encoder, features: &Tensor<4>) -> Result<Vec<Vec<f32>>, String> {
    let [batch, ..] = features.dims();
    (0..batch)
        .map(|row| {
            let latent = encoder.latent(features.clone().narrow(0, row, 1));
            Ok(host_tensor(latent)?.values)
        })
        .collect()
}

/// An error of the weights in the words of what was asked for.
fn without_decoder(err: DetectorError) -> DetectorError {
    match err {
        DetectorError::Weights { name, detail } => DetectorError::Weights {
            name,
            detail: format!("it has no decoder that fits, so it can score but not paint: {detail}"),
        },
        other => other,
    }
}

fn failed(detail: String) -> DetectorError {
    DetectorError::Device { detail }
}

impl Detector for LaeDetector {
    fn info(&self) -> &'static DetectorInfo {
        &DETECTOR
    }

    fn crop_rule(&self) -> CropRule {
        self.rule
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            let latents = latents(&self.encoder, &self.features(faces)?).map_err(failed)?;
            let logit = |latent: &Vec<f32>| logit(latent, self.settings.pristine_units);
            all.extend(latents.iter().map(logit).map(FaceScore::of));
        }
        Ok(all)
    }

    /// u: how active each channel of the encoder's last convolution is (METHODS 3.3).
    fn pooled_features(
        &mut self,
        faces: &[FaceCrop],
    ) -> Result<Option<Vec<Vec<f32>>>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            let pooled = pool(self.features(faces)?);
            let [_, channels] = pooled.dims();
            let HostTensor { values, .. } = host_tensor(pooled).map_err(failed)?;
            all.extend(values.chunks_exact(channels).map(<[f32]>::to_vec));
        }
        Ok(Some(all))
    }

    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        let maps = self.maps(face, &[kind])?;
        let map = maps.into_iter().next();
        Ok(map.expect("one map is drawn for each kind asked for"))
    }

    /// Runs the encoder once, and the decoder at most once.
    fn maps(&mut self, face: &FaceCrop, kinds: &[MapKind]) -> Result<Vec<Map>, DetectorError> {
        if let Some(&kind) = kinds.iter().find(|&&kind| !DETECTOR.draws(kind)) {
            let name = DETECTOR.name;
            return Err(DetectorError::NoSuchMap { name, kind });
        }
        let features = self.features(std::slice::from_ref(face))?;
        let latent = self.encoder.latent(features.clone());
        let mut painted: Option<Vec<f32>> = None;
        let mut maps = Vec::with_capacity(kinds.len());
        for &kind in kinds {
            if kind == MapKind::ClassActivation {
                maps.push(self.class_activation(features.clone(), latent.clone())?);
                continue;
            }
            let painted: &[f32] = match &painted {
                Some(painted) => painted,
                None => painted.insert(self.painted(latent.clone())?),
            };
            let (values, max) = if kind == MapKind::Reconstruction {
                (painted.to_vec(), 1.0)
            } else {
                let pixels = face.crop.pixels.iter();
                let face: Vec<f32> = pixels.map(|value| f32::from(*value) / 255.0).collect();
                (differences(&face, painted), RESIDUAL_MAX)
            };
            maps.push(Map {
                kind,
                width: self.rule.size_px,
                height: self.rule.size_px,
                values,
                range: (0.0, max),
            });
        }
        Ok(maps)
    }
}
