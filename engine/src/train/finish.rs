//! The end of a training: the model folder with its weights and its card.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use burn::prelude::Device;

use crate::detectors::card::{
    Card, CardClip, CardCrop, CardData, CardMasks, CardMetrics, CardTraining, PristineScores,
    SCHEMA,
};
use crate::detectors::known_answer::{self, plain_face};
use crate::detectors::likelihood::LikelihoodReference;
use crate::detectors::{DetailedScore, Detector, DetectorError, FaceCrop, MapKind};
use crate::eval::metrics::{NUM_DRAWS, Scored, auc_interval};
use crate::faces::Aligner;
use crate::job::JobContext;
use crate::media::MediaHash;
use crate::methods::{Examples, MethodInfo};
use crate::train::checkpoint::write_beside;
use crate::train::validate::{Validation, ValidationSet};
use crate::train::{Batch, TrainConfig, TrainError};

/// Manipulated faces of each category whose maps set the color scale.
const FACES_A_SCALE: usize = 4;

/// Share of the brightest pixels that a color scale cuts off.
const CUT_SHARE: f64 = 0.01;

const NOT_FOR: [&str; 5] = [
    "Deciding alone whether a clip is manipulated: it points at places to look at",
    "Court, employment, insurance or moderation decisions without a person and other evidence",
    "Faces that were made as a whole (no seam), voices, or text",
    "Clips whose faces are smaller or more compressed than those it was trained on",
    "Statements about groups of people: it was not tested for equal error rates",
];

/// What is known of a training besides its configuration.
#[derive(Clone, Debug)]
pub struct Origin {
    pub clips: Vec<CardClip>,
    pub aligner: Aligner,
    pub device: String,
    /// The command that makes the model again.
    pub command: String,
}

/// How the training went.
#[derive(Clone, Debug)]
pub struct Course {
    pub best_step: u64,
    /// What masks it learned from.
    pub masks: Option<CardMasks>,
    /// The method's own numbers at that step.
    pub facts: serde_json::Value,
    pub minutes: f64,
    pub images_per_second: f64,
}

/// Copies the best weights to `out/model` and writes their card; gives the folder.
#[expect(
    clippy::too_many_arguments,
    reason = "called once; a struct would only repeat these names"
)]
pub fn write_model(
    method: &MethodInfo,
    config: &TrainConfig,
    device: &Device,
    origin: &Origin,
    course: Course,
    set: &ValidationSet,
    best_weights: &Path,
    out: &Path,
    job: &mut JobContext,
) -> Result<PathBuf, TrainError> {
    let dir = out.join("model");
    write_beside(&dir, |beside| {
        let weights = beside.join("weights.safetensors");
        fs::copy(best_weights, &weights).map_err(|source| TrainError::Write {
            path: weights,
            source,
        })?;
        let mut card = first_card(method, config, origin, course);
        write_card(&card, beside)?;
        // From here on the model is what others will load, not what the training holds.
        let mut detector = (method.load)(beside, device).map_err(|err| device_error(&err))?;
        let mut likelihoods = BTreeMap::new();
        let validation = set.validate(job, |batch| {
            let found = detector
                .score_in_detail(&faces_of(batch))
                .map_err(|err| device_error(&err))?;
            add_likelihoods(&mut likelihoods, batch, &found, config);
            Ok(found.into_iter().map(|face| face.score).collect())
        })?;
        card.likelihoods = likelihoods.into_values().collect();
        card.metrics = metrics(method, &validation, config.seed);
        card.known_answers = known_answer::ask(&mut *detector).map_err(|err| device_error(&err))?;
        (card.map_max, card.map_part_max) = map_scales(method, set, &mut *detector)?;
        card.map_scales = attention_scales(method, set, &mut *detector)?;
        write_card(&card, beside)
    })?;
    Ok(dir)
}

/// A card of a model under way: what a detector needs to load it, and nothing of how well it does.
pub fn provisional_card(
    method: &MethodInfo,
    config: &TrainConfig,
    origin: &Origin,
    step: u64,
) -> Card {
    let course = Course {
        best_step: step,
        masks: None,
        facts: serde_json::Value::Null,
        minutes: 0.0,
        images_per_second: 0.0,
    };
    first_card(method, config, origin, course)
}

/// A card before the model was looked at.
fn first_card(method: &MethodInfo, config: &TrainConfig, origin: &Origin, course: Course) -> Card {
    let rule = (method.crop_rule)(config);
    Card {
        schema: SCHEMA.to_owned(),
        name: format!("{}-{}", config.method, config.preset),
        method: config.method.clone(),
        preset: config.preset.clone(),
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        device: origin.device.clone(),
        command: origin.command.clone(),
        config: serde_json::to_value(config).expect("plain numbers and names are JSON"),
        crop: CardCrop {
            size_px: rule.size_px,
            margin: rule.margin,
            is_aligned: rule.is_aligned,
            aligner: origin.aligner,
        },
        data: CardData {
            list_sha256: list_hash(&origin.clips),
            clips: origin.clips.clone(),
        },
        training: CardTraining {
            seed: config.seed,
            steps: config.steps,
            best_step: course.best_step,
            minutes: course.minutes,
            images_per_second: course.images_per_second,
            masks: course.masks,
            facts: course.facts,
        },
        metrics: CardMetrics {
            about: String::new(),
            auc: None,
            auc_by_category: Vec::new(),
            faces: 0,
            pristine: None,
        },
        calibrated: false,
        calibration: None,
        map_max: 1.0,
        map_part_max: 1.0,
        map_scales: BTreeMap::new(),
        likelihoods: Vec::new(),
        known_answers: Vec::new(),
        not_for: NOT_FOR.map(str::to_owned).to_vec(),
        asked_only: None,
    }
}

fn list_hash(clips: &[CardClip]) -> String {
    let lines: String = clips
        .iter()
        .flat_map(|clip| [&clip.sha256, "  ", &clip.path, "\n"])
        .collect();
    MediaHash::of(lines.as_bytes()).to_string()
}

fn metrics(method: &MethodInfo, validation: &Validation, seed: u64) -> CardMetrics {
    let about = match method.examples {
        Examples::MadeUp { .. } => {
            "Made-up artifacts on clips held back whole, which also chose the best step; not a measure of \
             how well real manipulations are found"
        }
        Examples::Labelled(_) => {
            "Labelled clips held back whole, with the techniques of the training, which also chose the best \
             step; other techniques and other sources are found less well"
        }
    };
    CardMetrics {
        about: format!("{about}. The interval is of 95 %, from 1000 draws of whole clips"),
        auc: auc_interval(&validation.scored, NUM_DRAWS, seed),
        auc_by_category: validation.by_category.clone(),
        faces: validation.scored.len(),
        pristine: pristine_scores(&validation.scored),
    }
}

/// `None` where there is no pristine face.
fn pristine_scores(scored: &[Scored]) -> Option<PristineScores> {
    let pristine = || scored.iter().filter(|scored| !scored.is_manipulated);
    let mut logits: Vec<f64> = pristine().map(|scored| scored.score).collect();
    logits.sort_by(f64::total_cmp);
    let last = logits.len().checked_sub(1)?;
    let clips: BTreeSet<usize> = pristine().map(|scored| scored.clip).collect();
    let objected = logits.iter().filter(|logit| 0.0 < **logit).count();
    Some(PristineScores {
        faces: logits.len(),
        clips: clips.len(),
        share_objected: objected as f64 / logits.len() as f64,
        logit_95: logits[(0.95 * last as f64).ceil() as usize] as f32,
    })
}

/// Adds the likelihoods of a batch to those of its kinds, where the model tells any; pristine faces come first.
fn add_likelihoods(
    likelihoods: &mut BTreeMap<Option<u8>, LikelihoodReference>,
    batch: &Batch,
    found: &[DetailedScore],
    config: &TrainConfig,
) {
    for (face, category) in found.iter().zip(&batch.categories) {
        let Some(likelihood) = face.likelihood else {
            continue;
        };
        let technique = category.map(|at| config.techniques[usize::from(at)].clone());
        let reference = likelihoods
            .entry(*category)
            .or_insert_with(|| LikelihoodReference {
                technique,
                ..LikelihoodReference::default()
            });
        reference.add(likelihood);
    }
}

/// Upper ends of the color scales of the final maps and of the parts' maps: what all but the brightest
/// pixels of manipulated validation faces stay below.
fn map_scales(
    method: &MethodInfo,
    set: &ValidationSet,
    detector: &mut dyn Detector,
) -> Result<(f32, f32), TrainError> {
    let has_parts = |category: u8| {
        let kind = MapKind::GradCamPart(category);
        method.detector.maps.contains(&kind).then_some(kind)
    };
    let mut values = Vec::new();
    let mut part_values = Vec::new();
    let mut taken: BTreeMap<u8, usize> = BTreeMap::new();
    for batch in set.batches() {
        for (face, category) in faces_of(batch).iter().zip(&batch.categories) {
            let Some(category) = *category else { continue };
            let count = taken.entry(category).or_default();
            if *count == FACES_A_SCALE {
                continue;
            }
            *count += 1;
            let mut look = |kind| detector.map(face, kind).map_err(|err| device_error(&err));
            if let Some(kind) = method.detector.main_map() {
                values.extend(look(kind)?.values);
            }
            if let Some(kind) = has_parts(category) {
                part_values.extend(look(kind)?.values);
            }
        }
    }
    Ok((scale_of(values), scale_of(part_values)))
}

/// Ends of the color scales of attention and class activations, by the map's name: what lies between, but for
/// the least and the most of the pixels, on faces of every kind. Attention is never zero, class activations may
/// be below it, and a scale from zero would show nothing.
fn attention_scales(
    method: &MethodInfo,
    set: &ValidationSet,
    detector: &mut dyn Detector,
) -> Result<BTreeMap<String, [f32; 2]>, TrainError> {
    let kinds: Vec<MapKind> = [
        MapKind::ClassActivation,
        MapKind::DeepfakeAttention,
        MapKind::DomainAttention,
    ]
    .into_iter()
    .filter(|&kind| method.detector.draws(kind))
    .collect();
    let mut scales = BTreeMap::new();
    if kinds.is_empty() {
        return Ok(scales);
    }
    let mut values = vec![Vec::new(); kinds.len()];
    let mut taken: BTreeMap<Option<u8>, usize> = BTreeMap::new();
    for batch in set.batches() {
        for (face, category) in faces_of(batch).iter().zip(&batch.categories) {
            let count = taken.entry(*category).or_default();
            if *count == FACES_A_SCALE {
                continue;
            }
            *count += 1;
            let maps = match detector.maps(face, &kinds) {
                Ok(maps) => maps,
                // A model that was trained without its attention.
                Err(DetectorError::NoSuchMap { .. }) => return Ok(scales),
                Err(err) => return Err(device_error(&err)),
            };
            for (values, map) in values.iter_mut().zip(maps) {
                values.extend(map.values);
            }
        }
    }
    for (kind, mut values) in kinds.into_iter().zip(values) {
        values.sort_by(f32::total_cmp);
        let last = values.len().saturating_sub(1);
        let cut = (CUT_SHARE * last as f64) as usize;
        if let (Some(&low), Some(&high)) = (values.get(cut), values.get(last - cut))
            && low < high
        {
            scales.insert(kind.name().into_owned(), [low, high]);
        }
    }
    Ok(scales)
}

/// The value below which all but [`CUT_SHARE`] lie; 1 where there is nothing to see.
fn scale_of(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    let place = ((1.0 - CUT_SHARE) * values.len().saturating_sub(1) as f64) as usize;
    match values.get(place) {
        Some(value) if value.is_finite() && 1e-6 < *value => *value,
        _ => 1.0,
    }
}

fn faces_of(batch: &Batch) -> Vec<FaceCrop> {
    let length = 3 * batch.size_px as usize * batch.size_px as usize;
    let pictures = batch.pixels.chunks_exact(length);
    pictures
        .map(|pixels| plain_face(batch.size_px, pixels.to_vec()))
        .collect()
}

fn write_card(card: &Card, dir: &Path) -> Result<(), TrainError> {
    card.write(dir).map_err(|source| TrainError::Write {
        path: dir.to_owned(),
        source,
    })
}

fn device_error(err: &DetectorError) -> TrainError {
    TrainError::Device {
        detail: err.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_cuts_off_the_brightest_hundredth() {
        assert_eq!(scale_of((0..=100).map(|v| v as f32).collect()), 99.0);
        assert_eq!(scale_of(vec![0.0; 50]), 1.0);
        assert_eq!(scale_of(Vec::new()), 1.0);
    }

    #[test]
    fn pristine_faces_alone_make_the_base_rate() {
        let scored = |is_manipulated, score, clip| Scored {
            is_manipulated,
            score,
            clip,
        };
        let mut all: Vec<Scored> = (-10..10).map(|at| scored(false, at.into(), 3)).collect();
        all.push(scored(true, 90.0, 4));
        let pristine = pristine_scores(&all).unwrap();
        assert_eq!((pristine.faces, pristine.clips), (20, 1));
        assert_eq!(pristine.share_objected, 0.45);
        assert_eq!(pristine.logit_95, 9.0);
        assert_eq!(pristine_scores(&all[20..]), None);
    }
}
