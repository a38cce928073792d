//! A trained DID at work: scores by G, `A_df` and C alone; on request the technique a face is like, and
//! both attention maps.

use std::path::Path;

use burn::prelude::{Device, Module as _, Tensor};
use burn::tensor::activation::softmax;

use crate::detectors::{
    DetailedScore, Detector, DetectorError, DetectorInfo, FaceCrop, FaceScore, Map, MapKind,
};
use crate::faces::align::CropRule;
use crate::methods::did::DETECTOR;
use crate::methods::did::model::{DomainBranch, Scorer, Split};
use crate::methods::did::preset::DidSettings;
use crate::methods::gradcam::grad_cam;
use crate::methods::trained::{Trained, joined_pixels};
use crate::nn::inference::Inference;
use crate::nn::named::{HostTensor, host_tensor};
use crate::tensor::enlarged;

/// Faces scored in one pass of the network: bounds the memory, fills two cores.
const MAX_BATCH: usize = 16;

/// What pristine faces are called among the domains.
const PRISTINE: &str = "pristine";

pub struct DidDetector {
    trained: Trained,
    settings: DidSettings,
    backbone: Inference,
    scorer: Scorer,
    /// None where the weights have none; then there are no domains either.
    domain: Option<DomainBranch>,
    domains: Vec<String>,
    rule: CropRule,
}

/// The two masks of one face, on the host.
///
/// # Shapes
/// - both `[1, channels, height, width]`
struct Masks {
    forgery: HostTensor,
    domain: HostTensor,
}

impl DidDetector {
    /// From a folder with `weights.safetensors` and `card.json`; weights of the domain branch may be missing.
    pub fn load(dir: &Path, device: &Device) -> Result<Self, DetectorError> {
        let trained = Trained::read(dir, DETECTOR.name)?;
        let settings = trained.fitting(DidSettings::read(&trained.config))?;
        let plain = device.clone().without_autodiff();
        let part =
            |start: &'static str| move |path: &str| path.strip_prefix(start).map(str::to_owned);
        let backbone =
            trained.filled_part(settings.new_backbone(&plain), dir, part("backbone."))?;
        let scorer = trained.filled_part(settings.new_scorer(&plain), dir, part("scorer."))?;
        let techniques = &trained.config.techniques;
        let domain = settings
            .new_domain(1 + techniques.len(), &plain)
            .and_then(|fresh| trained.filled_part(fresh, dir, part("domain.")).ok());
        let pristine = std::iter::once(PRISTINE.to_owned());
        let domains = match domain {
            Some(_) => pristine.chain(techniques.iter().cloned()).collect(),
            None => Vec::new(),
        };
        Ok(Self {
            rule: trained.card.crop.rule(),
            settings,
            backbone: Inference::new(backbone, device, MAX_BATCH),
            scorer,
            domain,
            domains,
            trained,
        })
    }

    /// # Shapes
    /// - output: `[faces, channels, height, width]`
    fn features(&self, faces: &[FaceCrop]) -> Result<Tensor<4>, DetectorError> {
        let size_px = self.rule.size_px;
        let pixels = joined_pixels(faces, size_px)?;
        let device = self.backbone.device();
        let pictures = self.settings.pictures(&pixels, size_px, device);
        Ok(self.backbone.features(pictures))
    }

    /// Shares of the domains for each row of features; empty without a domain branch.
    fn domain_shares(&self, features: &Tensor<4>) -> Result<Vec<Vec<f32>>, String> {
        let [batch, ..] = features.dims();
        (0..batch)
            .map(|row| {
                let row = features.clone().narrow(0, row, 1);
                let (Some(split), Some(domain)) = (self.scorer.split(row), &self.domain) else {
                    return Ok(Vec::new());
                };
                let logits = domain.classifier.forward(domain.seen(split.rest));
                Ok(host_tensor(softmax(logits, 1))?.values)
            })
            .collect()
    }

    fn grad_cam(&self, features: Tensor<4>) -> Result<HostTensor, String> {
        let scorer = self.scorer.clone().train();
        grad_cam(features, |features| scorer.logit(features))
    }

    fn masks(&self, features: Tensor<4>) -> Result<Option<Masks>, String> {
        let (Some(split), Some(domain)) = (self.scorer.split(features), &self.domain) else {
            return Ok(None);
        };
        let Split { mask, rest, .. } = split;
        Ok(Some(Masks {
            forgery: host_tensor(mask)?,
            domain: host_tensor(domain.mask(rest))?,
        }))
    }

    /// A small map at the size of the crop.
    fn drawn(&self, kind: MapKind, values: &[f32], [width, height]: [usize; 2]) -> Map {
        let size_px = self.rule.size_px;
        let card = &self.trained.card;
        let range = match kind {
            MapKind::GradCam => (0.0, card.map_max),
            _ => match card.map_scales.get(kind.name().as_ref()) {
                Some(&[low, high]) => (low, high),
                None => (0.0, 1.0),
            },
        };
        Map {
            kind,
            width: size_px,
            height: size_px,
            values: enlarged(values, width, height, size_px as usize),
            range,
        }
    }
}

/// Logits row by row: matrix products of different heights may round differently, and a face's score must
/// not depend on who else is in the batch.
///
/// # Shapes
/// - `features`: `[batch, channels, height, width]`
pub fn logits(scorer: &Scorer, features: &Tensor<4>) -> Result<Vec<f32>, String> {
    let [batch, ..] = features.dims();
    (0..batch)
        .map(|row| {
            let logit = scorer.logit(features.clone().narrow(0, row, 1));
            Ok(host_tensor(logit)?.values[0])
        })
        .collect()
}

/// The mean over the channels of a mask.
fn mean(mask: &HostTensor) -> Vec<f32> {
    let area = area(mask);
    let mut sum = vec![0.0; area];
    let planes = mask.values.chunks_exact(area);
    let count = planes.len().max(1) as f32;
    for plane in planes {
        for (sum, value) in sum.iter_mut().zip(plane) {
            *sum += value;
        }
    }
    sum.into_iter().map(|sum| sum / count).collect()
}

/// The channel of this rank by its mean, largest first; of equal ones the lower channel. The last one for a
/// rank beyond.
fn ranked(mask: &HostTensor, rank: u16) -> &[f32] {
    let area = area(mask);
    let mut planes: Vec<&[f32]> = mask.values.chunks_exact(area).collect();
    let sum = |plane: &[f32]| plane.iter().sum::<f32>();
    planes.sort_by(|one, other| sum(other).total_cmp(&sum(one)));
    let last = planes.len().saturating_sub(1);
    planes
        .get(usize::from(rank).min(last))
        .copied()
        .unwrap_or(&[])
}

fn area(mask: &HostTensor) -> usize {
    let [.., height, width] = mask.shape[..] else {
        return 1;
    };
    (height * width).max(1)
}

fn failed(detail: String) -> DetectorError {
    DetectorError::Device { detail }
}

impl Detector for DidDetector {
    fn info(&self) -> &'static DetectorInfo {
        &DETECTOR
    }

    fn crop_rule(&self) -> CropRule {
        self.rule
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            let features = self.features(faces)?;
            all.extend(logits(&self.scorer, &features).map_err(failed)?);
        }
        Ok(all.into_iter().map(FaceScore::of).collect())
    }

    fn domains(&self) -> &[String] {
        &self.domains
    }

    fn score_in_detail(&mut self, faces: &[FaceCrop]) -> Result<Vec<DetailedScore>, DetectorError> {
        let mut all = Vec::with_capacity(faces.len());
        for faces in faces.chunks(MAX_BATCH) {
            let features = self.features(faces)?;
            let logits = logits(&self.scorer, &features).map_err(failed)?;
            let shares = self.domain_shares(&features).map_err(failed)?;
            let found = logits.into_iter().zip(shares);
            all.extend(found.map(|(logit, domains)| DetailedScore {
                domains,
                ..FaceScore::of(logit).into()
            }));
        }
        Ok(all)
    }

    fn map(&mut self, face: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        let maps = self.maps(face, &[kind])?;
        let map = maps.into_iter().next();
        Ok(map.expect("one map is drawn for each kind asked for"))
    }

    /// Runs the backbone once.
    fn maps(&mut self, face: &FaceCrop, kinds: &[MapKind]) -> Result<Vec<Map>, DetectorError> {
        let no_such = |kind| DetectorError::NoSuchMap {
            name: DETECTOR.name,
            kind,
        };
        if let Some(&kind) = kinds.iter().find(|&&kind| !DETECTOR.draws(kind)) {
            return Err(no_such(kind));
        }
        let features = self.features(std::slice::from_ref(face))?;
        let [_, _, height, width] = features.dims();
        let masks = self.masks(features.clone()).map_err(failed)?;
        kinds
            .iter()
            .map(|&kind| {
                let values = match (kind, &masks) {
                    (MapKind::GradCam, _) => {
                        self.grad_cam(features.clone()).map_err(failed)?.values
                    }
                    (MapKind::DeepfakeAttention, Some(masks)) => mean(&masks.forgery),
                    (MapKind::DomainAttention, Some(masks)) => mean(&masks.domain),
                    (MapKind::DeepfakeAttentionChannel(rank), Some(masks)) => {
                        ranked(&masks.forgery, rank).to_vec()
                    }
                    (MapKind::DomainAttentionChannel(rank), Some(masks)) => {
                        ranked(&masks.domain, rank).to_vec()
                    }
                    _ => return Err(no_such(kind)),
                };
                Ok(self.drawn(kind, &values, [width, height]))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> HostTensor {
        HostTensor {
            shape: vec![1, 3, 1, 2],
            values: vec![0.2, 0.4, 0.5, 0.9, 0.1, 0.1],
        }
    }

    #[test]
    fn channels_are_averaged_place_by_place() {
        let found = mean(&mask());
        for (found, expected) in found.iter().zip([0.8 / 3.0, 1.4 / 3.0]) {
            assert!((found - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn channels_are_ranked_by_their_mean_and_the_last_stands_for_all_beyond() {
        let mask = mask();
        assert_eq!(ranked(&mask, 0), [0.5, 0.9]);
        assert_eq!(ranked(&mask, 1), [0.2, 0.4]);
        assert_eq!(ranked(&mask, 2), [0.1, 0.1]);
        assert_eq!(ranked(&mask, 99), [0.1, 0.1]);
    }
}
