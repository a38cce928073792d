//! Scores of a manifest's items: crops, a detector, rows.

use std::collections::BTreeMap;
use std::path::Path;

use crate::data::{
    CropCache, CropError, CropSettings, FaceSample, Geometry, Item, crops_of_item, geometry_of,
};
use crate::detectors::card::probability;
use crate::detectors::{DetailedScore, Detector, FaceCrop};
use crate::eval::attention::Chosen;
use crate::eval::facts::Data;
use crate::eval::scores::{Missed, ScoreRow, ScoreSet};
use crate::eval::{EvalError, EvalSettings};
use crate::faces::TrackId;
use crate::faces::align::CropRule;
use crate::faces::landmarks::Landmarker;
use crate::job::JobContext;
use crate::media::{FrameId, MediaHash};

/// Crops are kept up to this many bytes; the oldest go first.
const CACHE_BYTES: u64 = 4 << 30;

/// What scoring needs besides a detector.
pub struct Crops {
    pub landmarker: Landmarker,
    cache: Option<CropCache>,
    frames_per_item: usize,
}

/// The faces of some items: rows of their scores, and where they lie.
#[derive(Default)]
pub struct Scored {
    pub set: ScoreSet,
    /// One for each row.
    pub geometry: Vec<Geometry>,
    /// Items that could not be read at all, among those missed.
    pub unreadable: usize,
}

/// What is told of one face.
struct Told {
    logit: f64,
    domains: Vec<f32>,
    bits_per_dim: Option<f32>,
}

impl Crops {
    pub fn open(settings: &EvalSettings, job: &JobContext) -> Result<Self, EvalError> {
        let open = |dir: &Path| match CropCache::open(dir, CACHE_BYTES) {
            Ok(cache) => Some(cache),
            Err(err) => {
                job.warn(format!(
                    "Goes on without keeping face crops: {err}\nFolder: {dir:?}"
                ));
                None
            }
        };
        Ok(Self {
            landmarker: Landmarker::load(settings.landmark_model.as_deref())?,
            cache: settings.crop_cache.as_deref().and_then(open),
            frames_per_item: settings.frames_per_item,
        })
    }

    /// Scores the items at `places`, in order. Items without a face are listed; an error where no item
    /// could be read. `chosen`, where it is given, keeps the faces that it wants.
    pub fn score(
        &self,
        data: &Data,
        places: &[usize],
        detector: &mut dyn Detector,
        mut chosen: Option<&mut Chosen>,
        job: &mut JobContext,
    ) -> Result<Scored, EvalError> {
        let rule = detector.crop_rule();
        let mut scored = self.walk(data, places, rule, "Scoring", job, |at, samples| {
            let item = &data.manifest.items[at];
            let faces: Vec<FaceCrop> = samples.iter().map(|face| face_crop(item, face)).collect();
            let scores = detector.score_in_detail(&faces)?;
            let told: Vec<Told> = scores.into_iter().map(Told::from).collect();
            if let Some(chosen) = &mut chosen {
                let logits: Vec<f64> = told.iter().map(|face| face.logit).collect();
                chosen.keep(at, samples, &logits);
            }
            Ok(told)
        })?;
        scored.set.domains = detector.domains().to_vec();
        Ok(scored)
    }

    /// The same without a detector: every logit is zero.
    pub fn look(
        &self,
        data: &Data,
        places: &[usize],
        rule: CropRule,
        job: &mut JobContext,
    ) -> Result<Scored, EvalError> {
        self.walk(data, places, rule, "Finding faces", job, |_, samples| {
            let nothing = |_| Told {
                logit: 0.0,
                domains: Vec::new(),
                bits_per_dim: None,
            };
            Ok(samples.iter().map(nothing).collect())
        })
    }

    fn walk(
        &self,
        data: &Data,
        places: &[usize],
        rule: CropRule,
        stage: &'static str,
        job: &mut JobContext,
        mut score: impl FnMut(usize, &[FaceSample]) -> Result<Vec<Told>, EvalError>,
    ) -> Result<Scored, EvalError> {
        let settings = CropSettings {
            rule,
            frames_per_item: self.frames_per_item,
        };
        let total = Some(places.len() as u64);
        let mut scored = Scored::default();
        let mut first_trouble = None;
        for (done, &at) in places.iter().enumerate() {
            let item = &data.manifest.items[at];
            job.tick(stage, done as u64, total)?;
            let samples = crops_of_item(
                &data.manifest,
                item,
                &settings,
                &self.landmarker,
                self.cache.as_ref(),
                job,
                &mut |job| job.tick(stage, done as u64, total),
            );
            let samples = match samples {
                Ok(samples) => samples,
                Err(CropError::Cancelled(err)) => return Err(err.into()),
                Err(err) => {
                    if !matches!(err, CropError::NoFace { .. }) {
                        job.warn(err.to_string());
                        scored.unreadable += 1;
                        first_trouble.get_or_insert(err.to_string());
                    }
                    scored.set.missed.push(missed(item, &err));
                    continue;
                }
            };
            let told = score(at, &samples)?;
            for (sample, told) in samples.iter().zip(told) {
                let mut others = told.domains.iter().chain(&told.bits_per_dim).copied();
                if !told.logit.is_finite() || !others.all(f32::is_finite) {
                    return Err(data.wrong(format!(
                        "the score of frame {} of {:?} is not a number",
                        sample.frame_index, item.path
                    )));
                }
                scored.geometry.push(geometry_of(sample));
                scored.set.rows.push(row(item, sample, told));
            }
        }
        job.tick(stage, places.len() as u64, total)?;
        match first_trouble {
            Some(trouble) if scored.unreadable == places.len() => Err(data.wrong(format!(
                "none of its items could be read; the first: {trouble}"
            ))),
            _ => Ok(scored),
        }
    }
}

impl Scored {
    /// Where one kind has no face at all, nothing can be compared.
    pub fn check(&self, data: &Data, what: &str) -> Result<(), EvalError> {
        for (is_manipulated, kind) in [(false, "pristine"), (true, "manipulated")] {
            let mut rows = self.set.rows.iter();
            if !rows.any(|row| row.is_manipulated == is_manipulated) {
                return Err(data.wrong(format!(
                    "no usable face was found in any {kind} item of {what}"
                )));
            }
        }
        Ok(())
    }

    /// Faces per item, for facts.
    pub fn num_videos(&self) -> usize {
        let videos: BTreeMap<(&str, bool), ()> = self
            .set
            .rows
            .iter()
            .map(|row| ((row.path.as_str(), row.is_manipulated), ()))
            .collect();
        videos.len()
    }
}

impl From<DetailedScore> for Told {
    fn from(own: DetailedScore) -> Self {
        Self {
            logit: f64::from(own.score.logit),
            domains: own.domains,
            bits_per_dim: own.likelihood.map(|likelihood| likelihood.bits_per_dim),
        }
    }
}

fn row(item: &Item, sample: &FaceSample, told: Told) -> ScoreRow {
    ScoreRow {
        path: item.path.clone(),
        frame_index: Some(sample.frame_index),
        pts_secs: Some(sample.pts_secs),
        source: Some(item.source.clone()),
        technique: item.technique.clone().filter(|_| item.label == 1),
        split: item.split,
        is_manipulated: item.label == 1,
        logit: told.logit,
        probability: Some(probability(told.logit)),
        domains: told.domains,
        bits_per_dim: told.bits_per_dim,
    }
}

fn missed(item: &Item, err: &CropError) -> Missed {
    let reason = err.to_string();
    Missed {
        path: item.path.clone(),
        is_manipulated: item.label == 1,
        technique: item.technique.clone().filter(|_| item.label == 1),
        // The path stands beside it already.
        reason: reason.lines().next().unwrap_or_default().to_owned(),
    }
}

/// The face as detectors take it.
pub fn face_crop(item: &Item, sample: &FaceSample) -> FaceCrop {
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
