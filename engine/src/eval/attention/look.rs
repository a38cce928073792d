//! Chooses faces, without chance, and compares their maps with their masks.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::{CropError, FaceSample, masks_of_item};
use crate::detectors::{Detector, DetectorError, FaceCrop, Map, MapChannels, MapKind};
use crate::eval::EvalError;
use crate::eval::attention::{
    Attention, AttentionNumbers, FacePicture, Overlap, PictureRow, TechniqueAttention, to_measure,
};
use crate::eval::facts::Data;
use crate::eval::scoring::face_crop;
use crate::job::JobContext;

/// Faces of each technique that are measured, at most.
const FACES_PER_TECHNIQUE: usize = 24;

/// Faces of each technique that are shown, and of pristine items.
const PICTURES_PER_TECHNIQUE: usize = 4;

/// Faces to be looked at: how many of which items is settled before anything is scored; which ones, when
/// an item's faces are there.
pub struct Chosen {
    /// By the item's place in the manifest.
    num_of_item: BTreeMap<usize, usize>,
    has_pictures: bool,
    pub(super) items: Vec<ItemFaces>,
}

pub(super) struct ItemFaces {
    /// Place in the manifest.
    pub at: usize,
    pub samples: Vec<FaceSample>,
    logits: Vec<f64>,
}

/// What was seen of maps of one kind.
struct OfKind<'a> {
    kind: MapKind,
    range: (f32, f32),
    /// By technique; of pristine items under none.
    seen: BTreeMap<Option<&'a str>, Seen>,
}

/// What was seen of one technique, or of pristine items.
#[derive(Default)]
struct Seen {
    /// By the item's place in the manifest.
    overlaps: BTreeMap<usize, Vec<Option<Overlap>>>,
    pictures: Vec<FacePicture>,
}

impl Chosen {
    /// Of the items at `places`: manipulated ones with a mask, and some pristine ones to be shown.
    pub fn of(data: &Data, places: &[usize], has_pictures: bool) -> Self {
        let mut of_technique: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        for &at in places {
            let item = &data.manifest.items[at];
            let technique = item.technique.as_deref();
            if item.label == 0 {
                of_technique.entry(None).or_default().push(at);
            } else if technique.is_some() && item.mask.is_some() {
                of_technique.entry(technique).or_default().push(at);
            }
        }
        let has_masks = of_technique.keys().any(Option::is_some);
        let mut num_of_item = BTreeMap::new();
        for (technique, places) in of_technique {
            let num_faces = match technique {
                Some(_) => FACES_PER_TECHNIQUE,
                None if has_masks && has_pictures => PICTURES_PER_TECHNIQUE,
                None => 0,
            };
            num_of_item.extend(spread(&places, num_faces));
        }
        Self {
            num_of_item,
            has_pictures,
            items: Vec::new(),
        }
    }

    /// Keeps what is wanted of an item's faces, evenly spread.
    pub fn keep(&mut self, at: usize, samples: &[FaceSample], logits: &[f64]) {
        let num_wanted = self.num_of_item.get(&at).copied().unwrap_or(0);
        let chosen = evenly(samples.len(), num_wanted);
        if chosen.is_empty() {
            return;
        }
        self.items.push(ItemFaces {
            at,
            samples: chosen.iter().map(|&face| samples[face].clone()).collect(),
            logits: chosen.iter().map(|&face| logits[face]).collect(),
        });
    }

    /// Asks the detector for every map that says where it looks: once for each face, so that masks are read
    /// and the network runs once. The main map first; empty where it has none, or no face has a mask.
    pub fn look(
        &self,
        data: &Data,
        detector: &mut dyn Detector,
        job: &mut JobContext,
    ) -> Result<Vec<Attention>, EvalError> {
        const STAGE: &str = "Looking at maps";
        let mut kinds: Vec<MapKind> = detector.info().attention_maps().collect();
        if kinds.contains(&MapKind::ReconstructionDifference) {
            kinds.extend([
                MapKind::PristineReconstruction,
                MapKind::ManipulatedReconstruction,
            ]);
        }
        let total = self
            .items
            .iter()
            .map(|item| item.samples.len() as u64)
            .sum();
        let mut done = 0;
        let mut all: Vec<OfKind<'_>> = Vec::new();
        for faces in &self.items {
            let item = &data.manifest.items[faces.at];
            let masks = masks_of_item(&data.manifest, item, &faces.samples, job, &mut |job| {
                job.tick(STAGE, done, Some(total))
            });
            let masks = match masks {
                Ok(masks) => masks,
                Err(CropError::Cancelled(err)) => return Err(err.into()),
                Err(err) => {
                    job.warn(err.to_string());
                    done += faces.samples.len() as u64;
                    continue;
                }
            };
            let technique = item.technique.as_deref().filter(|_| item.label == 1);
            for ((sample, &logit), mask) in faces.samples.iter().zip(&faces.logits).zip(&masks) {
                job.tick(STAGE, done, Some(total))?;
                let maps = drawn(detector, &face_crop(item, sample), &mut kinds)?;
                let mask = mask.as_deref();
                let measured: Vec<(&Map, Option<Overlap>)> = maps
                    .iter()
                    .filter(|map| map.kind.channels() == MapChannels::Value)
                    .map(|map| {
                        let overlap =
                            mask.and_then(|mask| Overlap::of(map, mask, sample.crop.size_px));
                        (map, overlap)
                    })
                    .collect();
                if all.is_empty() {
                    all.extend(measured.iter().map(|(map, _)| OfKind::new(map)));
                }
                for (of_kind, (_, overlap)) in all.iter_mut().zip(&measured) {
                    let seen = of_kind.seen.entry(technique).or_default();
                    seen.overlaps.entry(faces.at).or_default().push(*overlap);
                    if !self.has_pictures {
                        continue;
                    }
                    let shown = shown(of_kind.kind, &measured);
                    if !shown.is_empty() {
                        let picture = FacePicture::new(item, sample, logit, &shown, mask);
                        let is_painted = of_kind.kind == MapKind::ReconstructionDifference;
                        let painted: &[Map] = if is_painted { &maps } else { &[] };
                        seen.pictures.push(picture.with_painted(painted));
                    }
                }
                done += 1;
            }
        }
        job.tick(STAGE, total, Some(total))?;
        Ok(all.into_iter().filter_map(OfKind::attention).collect())
    }
}

/// Maps of one face, of all `kinds` that this model draws, in the form that is measured; the others are taken out of them. A model may
/// lack what its method has: its training may have left it out.
pub(super) fn drawn(
    detector: &mut dyn Detector,
    face: &FaceCrop,
    kinds: &mut Vec<MapKind>,
) -> Result<Vec<Map>, EvalError> {
    loop {
        match detector.maps(face, kinds) {
            Err(DetectorError::NoSuchMap { kind, .. }) if kinds.contains(&kind) => {
                kinds.retain(|own| *own != kind);
            }
            maps => return Ok(maps?.into_iter().map(to_measure).collect()),
        }
    }
}

/// The maps that stand in the pictures of one kind: DID's two masks stand together, in the pictures of the
/// first.
fn shown<'a>(
    kind: MapKind,
    measured: &[(&'a Map, Option<Overlap>)],
) -> Vec<(&'a Map, Option<Overlap>)> {
    let wanted: &[MapKind] = match kind {
        MapKind::DeepfakeAttention => &[kind, MapKind::DomainAttention],
        MapKind::DomainAttention => &[],
        _ => &[kind],
    };
    let maps = measured.iter().copied();
    maps.filter(|(map, _)| wanted.contains(&map.kind)).collect()
}

impl<'a> OfKind<'a> {
    fn new(map: &Map) -> Self {
        Self {
            kind: map.kind,
            range: map.range,
            seen: BTreeMap::new(),
        }
    }

    /// `None` where nothing manipulated was seen.
    fn attention(self) -> Option<Attention> {
        let mut techniques = Vec::new();
        let mut pictures = Vec::new();
        let mut pristine = Vec::new();
        let mut all = Vec::new();
        for (technique, seen) in self.seen {
            let rows = if let Some(technique) = technique {
                let overlaps: Vec<_> = seen.overlaps.into_values().collect();
                techniques.push(TechniqueAttention {
                    technique: technique.to_owned(),
                    numbers: AttentionNumbers::of(&overlaps),
                });
                all.extend(overlaps);
                &mut pictures
            } else {
                &mut pristine
            };
            let faces = few(seen.pictures);
            if !faces.is_empty() {
                rows.push(PictureRow {
                    technique: technique.map(str::to_owned),
                    faces,
                });
            }
        }
        pictures.append(&mut pristine);
        (!techniques.is_empty()).then(|| Attention {
            kind: self.kind,
            range: self.range,
            overall: AttentionNumbers::of(&all),
            techniques,
            pictures,
        })
    }
}

/// Some pictures, evenly spread; those with a mask, where there are any.
fn few(mut pictures: Vec<FacePicture>) -> Vec<FacePicture> {
    if pictures.iter().any(FacePicture::is_measured) {
        pictures.retain(FacePicture::is_measured);
    }
    let chosen: BTreeSet<usize> = evenly(pictures.len(), PICTURES_PER_TECHNIQUE)
        .into_iter()
        .collect();
    let numbered = pictures.into_iter().enumerate();
    let kept = numbered.filter(|(at, _)| chosen.contains(at));
    kept.map(|(_, picture)| picture).collect()
}

/// How many faces of each item: `num_faces` in all, as evenly as whole numbers allow.
fn spread(places: &[usize], num_faces: usize) -> Vec<(usize, usize)> {
    let num_items = places.len();
    let up_to = |item: usize| (2 * item * num_faces + num_items) / (2 * num_items.max(1));
    let numbered = places.iter().enumerate();
    numbered
        .map(|(item, &at)| (at, up_to(item + 1) - up_to(item)))
        .collect()
}

/// The middles of `num_wanted` equal parts of `0..num_there`; everything where there are no more.
fn evenly(num_there: usize, num_wanted: usize) -> Vec<usize> {
    let num_taken = num_wanted.min(num_there);
    (0..num_taken)
        .map(|at| (2 * at + 1) * num_there / (2 * num_taken))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_spread_evenly_over_items_and_within_them() {
        let counts = |num_items: usize, num_faces| -> Vec<usize> {
            let places: Vec<usize> = (0..num_items).collect();
            let counts = spread(&places, num_faces);
            counts.into_iter().map(|(_, count)| count).collect()
        };
        assert_eq!(counts(8, 24), [3; 8]);
        assert_eq!(counts(3, 4), [1, 2, 1]);
        assert_eq!(counts(8, 4), [1, 0, 1, 0, 1, 0, 1, 0]);
        assert_eq!(counts(100, 24).iter().sum::<usize>(), 24);
        assert!(counts(100, 24).iter().all(|&count| count <= 1));
        assert_eq!(counts(0, 24), [0; 0]);
        assert_eq!(evenly(16, 3), [2, 8, 13]);
        assert_eq!(evenly(2, 3), [0, 1]);
        assert_eq!(evenly(5, 1), [2]);
        assert_eq!(evenly(5, 0), [0; 0]);
    }
}
