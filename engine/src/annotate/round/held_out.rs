//! A model on held-out faces: which side it takes, and where it looks.

use std::path::PathBuf;

use crate::annotate::round::{RoundError, RoundSettings};
use crate::data::annotations::{Change, Measured};
use crate::data::{
    CropCache, CropError, CropSettings, FaceSample, Item, Manifest, crops_of_item, masks_of_item,
};
use crate::detectors::card::Interval;
use crate::detectors::{Detector, FaceCrop, Map, MapKind};
use crate::eval::attention::Overlap;
use crate::eval::metrics::{Draws, NUM_DRAWS, Ranked, Scored};
use crate::faces::TrackId;
use crate::faces::landmarks::Landmarker;
use crate::job::JobContext;
use crate::media::{FrameId, MediaHash};

const STAGE: &str = "Measuring";

/// Crops are kept up to this many bytes; the oldest go first.
const CACHE_BYTES: u64 = 4 << 30;

/// The same faces for every model of a round.
pub struct HeldOut {
    items: Vec<ItemFaces>,
}

struct ItemFaces {
    /// Place in the manifest.
    at: usize,
    samples: Vec<FaceSample>,
    /// Of each face, where the item has one.
    masks: Vec<Option<Vec<u8>>>,
}

/// What one model says of the held-out faces, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    scored: Vec<Scored>,
    /// Of each face, share of the attention inside its mask and the mask's share of the crop; `None` without either.
    attention: Vec<Option<[f64; 2]>>,
}

impl HeldOut {
    /// Cuts the faces as the detector wants them, and reads their masks.
    pub fn gather(
        settings: &RoundSettings,
        manifest: &Manifest,
        detector: &dyn Detector,
        job: &mut JobContext,
    ) -> Result<Self, RoundError> {
        let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
        let open = |dir: &PathBuf| CropCache::open(dir, CACHE_BYTES).ok();
        // Without the folder crops are only cut anew.
        let cache = settings.crop_cache.as_ref().and_then(open);
        let crops = CropSettings {
            rule: detector.crop_rule(),
            frames_per_item: settings.frames_per_clip,
        };
        let places: Vec<usize> = manifest
            .of_split(settings.measured)
            .map(|(at, _)| at)
            .collect();
        let total = Some(places.len() as u64);
        let mut items = Vec::new();
        for (done, at) in (0_u64..).zip(places) {
            let item = &manifest.items[at];
            job.tick("Cutting held-out faces", done, total)?;
            let mut tick = |job: &mut JobContext| job.tick("Cutting held-out faces", done, total);
            let samples = crops_of_item(
                manifest,
                item,
                &crops,
                &landmarker,
                cache.as_ref(),
                job,
                &mut tick,
            );
            let samples = match samples {
                Ok(samples) => samples,
                Err(CropError::NoFace { .. }) => continue,
                Err(CropError::Cancelled(err)) => return Err(err.into()),
                Err(err) => {
                    job.warn(err.to_string());
                    continue;
                }
            };
            let masks = if item.label == 1 {
                masks_of_item(manifest, item, &samples, job, &mut tick)?
            } else {
                vec![None; samples.len()]
            };
            items.push(ItemFaces { at, samples, masks });
        }
        Ok(Self { items })
    }

    /// Scores every face, and holds the attention of those with a mask against it.
    pub fn ask(
        &self,
        manifest: &Manifest,
        detector: &mut dyn Detector,
        job: &mut JobContext,
    ) -> Result<Answers, RoundError> {
        let kind = detector.info().main_map();
        let total = Some(
            self.items
                .iter()
                .map(|item| item.samples.len() as u64)
                .sum(),
        );
        let mut answers = Answers {
            scored: Vec::new(),
            attention: Vec::new(),
        };
        for (clip, of_item) in self.items.iter().enumerate() {
            job.tick(STAGE, answers.scored.len() as u64, total)?;
            let item = &manifest.items[of_item.at];
            let faces: Vec<FaceCrop> = of_item
                .samples
                .iter()
                .map(|sample| face_crop(item, sample))
                .collect();
            let scores = detector.score(&faces)?;
            for ((face, score), mask) in faces.iter().zip(scores).zip(&of_item.masks) {
                job.tick(STAGE, answers.scored.len() as u64, total)?;
                answers.scored.push(Scored {
                    is_manipulated: item.label == 1,
                    score: f64::from(score.logit),
                    clip,
                });
                let attention = match (kind, mask) {
                    (Some(kind), Some(mask)) => inside(&detector.map(face, kind)?, mask, face),
                    _ => None,
                };
                answers.attention.push(attention);
            }
        }
        Ok(answers)
    }
}

/// Only what speaks for manipulation counts: maps of activation go below zero, too.
fn inside(map: &Map, mask: &[u8], face: &FaceCrop) -> Option<[f64; 2]> {
    let is_activation = map.kind == MapKind::ClassActivation;
    let positive = |value: &f32| {
        if is_activation {
            value.max(0.0)
        } else {
            *value
        }
    };
    let map = Map {
        values: map.values.iter().map(positive).collect(),
        ..map.clone()
    };
    let overlap = Overlap::of(&map, mask, face.crop.size_px)?;
    Some([overlap.mass_in_mask?, overlap.mask_area])
}

fn face_crop(item: &Item, sample: &FaceSample) -> FaceCrop {
    FaceCrop {
        frame: FrameId {
            media: MediaHash::of(item.path.as_bytes()),
            stream: 0,
            pts_nanos: (1e9 * sample.pts_secs) as i64,
            index: sample.frame_index,
        },
        track: TrackId(0),
        crop: sample.crop.clone(),
    }
}

/// Three numbers of one draw of clips, each where it can be told.
type Numbers = [Option<f64>; 3];

impl Answers {
    #[cfg(test)]
    pub fn new(scored: Vec<Scored>, attention: Vec<Option<[f64; 2]>>) -> Self {
        Self { scored, attention }
    }

    pub fn measured(&self, seed: u64) -> Measured {
        let draws = Draws::new(&self.scored, NUM_DRAWS, seed);
        let [accuracy, auc, attention_in_mask] =
            intervals(&draws, self.numbers(&self.once()), &self.drawn(&draws));
        let areas: Vec<f64> = self
            .attention
            .iter()
            .flatten()
            .map(|[_, area]| *area)
            .collect();
        Measured {
            faces: self.scored.len(),
            clips: draws.clips(),
            accuracy,
            auc,
            attention_in_mask,
            mask_area: (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / areas.len() as f64),
        }
    }

    /// By how much these numbers are above those of another model on the same faces; each draw is of the same clips for
    /// both.
    pub fn above(&self, other: &Self, seed: u64) -> Change {
        let draws = Draws::new(&self.scored, NUM_DRAWS, seed);
        let less = |own: Numbers, other: Numbers| {
            let pair = |at: usize| Some(own[at]? - other[at]?);
            [pair(0), pair(1), pair(2)]
        };
        let value = less(self.numbers(&self.once()), other.numbers(&other.once()));
        let pairs = self.drawn(&draws).into_iter().zip(other.drawn(&draws));
        let drawn: Vec<Numbers> = pairs.map(|(own, other)| less(own, other)).collect();
        let [accuracy, auc, attention_in_mask] = intervals(&draws, value, &drawn);
        Change {
            accuracy,
            auc,
            attention_in_mask,
        }
    }

    fn once(&self) -> Vec<u32> {
        let clips = self.scored.iter().map(|face| face.clip + 1).max();
        vec![1; clips.unwrap_or(0)]
    }

    fn drawn(&self, draws: &Draws) -> Vec<Numbers> {
        let ranked = Ranked::new(&self.scored);
        draws.map(|weights| self.numbers_of(ranked.as_ref(), weights))
    }

    fn numbers(&self, weights: &[u32]) -> Numbers {
        self.numbers_of(Ranked::new(&self.scored).as_ref(), weights)
    }

    /// Accuracy, area, attention inside.
    fn numbers_of(&self, ranked: Option<&Ranked>, weights: &[u32]) -> Numbers {
        let mut right = [0.0_f64; 2];
        let mut all = [0.0_f64; 2];
        let (mut inside, mut masked) = (0.0_f64, 0.0_f64);
        for (face, attention) in self.scored.iter().zip(&self.attention) {
            let weight = f64::from(weights[face.clip]);
            let kind = usize::from(face.is_manipulated);
            all[kind] += weight;
            if (0.0 < face.score) == face.is_manipulated {
                right[kind] += weight;
            }
            if let Some([share, _]) = attention {
                inside += weight * share;
                masked += weight;
            }
        }
        let has_both = 0.0 < all[0] && 0.0 < all[1];
        [
            has_both.then(|| 0.5 * (right[0] / all[0] + right[1] / all[1])),
            ranked.and_then(|ranked| ranked.auc(weights)),
            (0.0 < masked).then(|| inside / masked),
        ]
    }
}

fn intervals(draws: &Draws, value: Numbers, drawn: &[Numbers]) -> [Option<Interval>; 3] {
    std::array::from_fn(|at| {
        let drawn = drawn.iter().filter_map(|numbers| numbers[at]);
        Some(draws.interval(value[at]?, drawn))
    })
}
