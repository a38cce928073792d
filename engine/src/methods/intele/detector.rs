//! A trained `InTeLe` at work: scores by encoder and `f_cls` alone, and pictures by the decoders, which are
//! read when one is first asked for.

use std::path::{Path, PathBuf};

use burn::prelude::{Device, Module as _, Tensor};

use crate::detectors::{Detector, DetectorError, DetectorInfo, FaceCrop, FaceScore, Map, MapKind};
use crate::faces::align::CropRule;
use crate::methods::ce::detector::scores;
use crate::methods::ce::model::{Head, Side};
use crate::methods::gradcam::grad_cam;
use crate::methods::intele::DETECTOR;
use crate::methods::intele::model::{Decoders, Scorer};
use crate::methods::intele::preset::InteleSettings;
use crate::methods::intele::reconstruction::Reconstruction;
use crate::methods::trained::{Trained, joined_pixels};
use crate::nn::inference::Inference;
use crate::tensor::enlarged;

/// Faces scored in one pass of the network: bounds the memory, fills two cores.
const MAX_BATCH: usize = 16;

pub struct InteleDetector {
    dir: PathBuf,
    trained: Trained,
    settings: InteleSettings,
    encoder: Inference,
    classifier: Head,
    /// None until a picture is asked for.
    decoders: Option<Decoders>,
    rule: CropRule,
}

impl InteleDetector {
    /// From a folder with `weights.safetensors` and `card.json`; the decoders may be missing.
    pub fn load(dir: &Path, device: &Device) -> Result<Self, DetectorError> {
        let trained = Trained::read(dir, DETECTOR.name)?;
        let settings = trained.fitting(InteleSettings::read(&trained.config))?;
        let fresh = Scorer::new(&settings, &device.clone().without_autodiff());
        let model = trained.filled_part(fresh, dir, |path| {
            Scorer::has(path).then(|| path.to_owned())
        })?;
        Ok(Self {
            dir: dir.to_owned(),
            rule: trained.card.crop.rule(),
            trained,
            settings,
            encoder: Inference::new(model.encoder, device, MAX_BATCH),
            classifier: model.classifier,
            decoders: None,
        })
    }

    /// # Shapes
    /// - output: `[faces, 3, height, width]`
    fn pictures(&self, faces: &[FaceCrop]) -> Result<Tensor<4>, DetectorError> {
        let size_px = self.rule.size_px;
        let pixels = joined_pixels(faces, size_px)?;
        let normalization = self.settings.backbone.normalization();
        let device = self.encoder.device();
        Ok(normalization.pictures(&pixels, size_px, device))
    }

    /// Reads them on the first call.
    fn decoders(&mut self) -> Result<&Decoders, DetectorError> {
        if self.decoders.is_none() {
            let fresh = Decoders::new(&self.settings, self.encoder.device());
            let own = |path: &str| path.strip_prefix(Decoders::PATH).map(str::to_owned);
            let decoders = self
                .trained
                .filled_part(fresh, &self.dir, own)
                .map_err(without_decoders)?;
            self.decoders = Some(decoders.folded());
        }
        Ok(self
            .decoders
            .as_ref()
            .expect("they were read a few lines above"))
    }

    /// Both reconstructions of one face.
    fn reconstruction(
        &mut self,
        face: &FaceCrop,
        taps: &[Tensor<4>],
    ) -> Result<Reconstruction, DetectorError> {
        let normalization = self.settings.backbone.normalization();
        let painted = self.decoders()?.forward(taps);
        let undone = |painted| normalization.undo(painted);
        Reconstruction::read(
            &face.crop.pixels,
            undone(painted.pristine),
            undone(painted.manipulated),
        )
        .map_err(|detail| DetectorError::Device { detail })
    }

    fn grad_cam(&self, features: Tensor<4>) -> Result<Map, DetectorError> {
        let head = self.classifier.clone().train();
        let map = grad_cam(features, |features| {
            head.score_for(features, Side::Manipulated)
        })
        .map_err(|detail| DetectorError::Device { detail })?;
        let size_px = self.rule.size_px;
        let [height, width] = [map.shape[0], map.shape[1]];
        Ok(Map {
            kind: MapKind::GradCam,
            width: size_px,
            height: size_px,
            values: enlarged(&map.values, width, height, size_px as usize),
            range: (0.0, self.trained.card.map_max),
        })
    }
}

/// An error of the weights in the words of what was asked for.
fn without_decoders(err: DetectorError) -> DetectorError {
    match err {
        DetectorError::Weights { name, detail } => DetectorError::Weights {
            name,
            detail: format!("it has no decoders that fit, so it can score but not paint: {detail}"),
        },
        other => other,
    }
}

impl Detector for InteleDetector {
    fn info(&self) -> &'static DetectorInfo {
        &DETECTOR
    }

    fn crop_rule(&self) -> CropRule {
        self.rule
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            let features = self.encoder.features(self.pictures(faces)?);
            let scores = scores(&self.classifier, &features)
                .map_err(|detail| DetectorError::Device { detail })?;
            all.extend(scores);
        }
        Ok(all)
    }

    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        let maps = self.maps(face, &[kind])?;
        let map = maps.into_iter().next();
        Ok(map.expect("one map is drawn for each kind asked for"))
    }

    /// Runs the encoder once, and the decoders at most once.
    fn maps(&mut self, face: &FaceCrop, kinds: &[MapKind]) -> Result<Vec<Map>, DetectorError> {
        if let Some(&kind) = kinds.iter().find(|kind| !DETECTOR.maps.contains(kind)) {
            let name = DETECTOR.name;
            return Err(DetectorError::NoSuchMap { name, kind });
        }
        let pictures = self.pictures(std::slice::from_ref(face))?;
        let pyramid = self.encoder.pyramid(pictures);
        let mut reconstruction = None;
        let mut maps = Vec::with_capacity(kinds.len());
        for &kind in kinds {
            if kind == MapKind::GradCam {
                maps.push(self.grad_cam(pyramid.features.clone())?);
                continue;
            }
            if reconstruction.is_none() {
                reconstruction = Some(self.reconstruction(face, &pyramid.taps)?);
            }
            let map = reconstruction
                .as_ref()
                .and_then(|reconstruction| reconstruction.map(kind, self.rule.size_px));
            maps.push(map.ok_or(DetectorError::NoSuchMap {
                name: DETECTOR.name,
                kind,
            })?);
        }
        Ok(maps)
    }
}
