//! Looks at the faces of a manifest: where they are, and what the model knows of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::annotate::queue::{QueueError, QueueSettings};
use crate::data::annotations::{Face, Order};
use crate::data::{CropCache, CropError, CropSettings, FaceSample, Manifest, crops_of_item};
use crate::detectors::{Detector, FaceCrop};
use crate::faces::align::CropRule;
use crate::faces::landmarks::Landmarker;
use crate::faces::{FaceBox, GateState, Landmarks, TrackId, gate};
use crate::job::JobContext;
use crate::media::{FrameId, MediaHash};
use crate::methods::lae::selection::Candidate;

const STAGE: &str = "Looking at faces";

/// Crops are kept up to this many bytes; the oldest go first.
const CACHE_BYTES: u64 = 4 << 30;

/// How faces are cut where no model asks for anything.
const PLAIN_SIZE_PX: u32 = 256;

/// A face that could be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Place of the item in the manifest.
    pub item: usize,
    pub frame_index: u32,
    pub face: Face,
    /// Why it can hardly be marked, in words.
    pub unfit: Option<&'static str>,
}

/// All faces that were looked at; `known` and `candidates` go together.
#[derive(Debug, Default)]
pub struct Gathered {
    pub known: Vec<Known>,
    pub candidates: Vec<Candidate>,
    /// Reasons with how often each left out a face or a clip.
    pub left_out: BTreeMap<String, usize>,
}

/// Looks at the items of the splits. For active selection pristine ones too: what marks manipulated faces can only be told
/// beside them.
pub fn gather(
    settings: &QueueSettings,
    manifest: &Manifest,
    detector: Option<&mut dyn Detector>,
    job: &mut JobContext,
) -> Result<Gathered, QueueError> {
    let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
    let open = |dir: &PathBuf| match CropCache::open(dir, CACHE_BYTES) {
        Ok(cache) => Some(cache),
        Err(err) => {
            job.warn(format!(
                "Goes on without keeping face crops: {err}\nFolder: {dir:?}"
            ));
            None
        }
    };
    let cache = settings.crop_cache.as_ref().and_then(open);
    let plain = CropRule::upright(PLAIN_SIZE_PX);
    let rule = detector
        .as_ref()
        .map_or(plain, |detector| detector.crop_rule());
    let crops = CropSettings {
        rule,
        frames_per_item: settings.frames_per_clip,
    };
    let has_pristine = settings.order == Order::Active;
    let is_wanted = |at: &usize| {
        let item = &manifest.items[*at];
        let split = item.split;
        let is_of_split = split.is_some_and(|split| settings.splits.contains(&split));
        (is_of_split || split.is_none()) && (has_pristine || item.label == 1)
    };
    let mut places: Vec<usize> = (0..manifest.items.len()).filter(is_wanted).collect();
    if places.is_empty() {
        // Nothing is labelled manipulated: all are asked for.
        places = (0..manifest.items.len()).collect();
        places.retain(|&at| {
            let split = manifest.items[at].split;
            split.is_none_or(|split| settings.splits.contains(&split))
        });
    }
    let mut gathered = Gathered::default();
    let mut detector = detector;
    let total = Some(places.len() as u64);
    for (done, at) in (0_u64..).zip(places) {
        let item = &manifest.items[at];
        job.tick(STAGE, done, total)?;
        let mut tick = |job: &mut JobContext| job.tick(STAGE, done, total);
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
            Err(CropError::Cancelled(err)) => return Err(err.into()),
            Err(CropError::NoFace { .. }) => {
                gathered.leave_out("clips have no face that is fit for use");
                continue;
            }
            Err(err) => {
                job.warn(err.to_string());
                gathered.leave_out("clips could not be read");
                continue;
            }
        };
        let told = match &mut detector {
            Some(detector) => told(*detector, item.path.as_str(), &samples)?,
            None => vec![(Vec::new(), 0.0); samples.len()],
        };
        for (sample, (features, logit)) in samples.iter().zip(told) {
            gathered.known.push(Known {
                item: at,
                frame_index: sample.frame_index,
                face: Face::new(sample.box_in_frame, &in_frame(sample)),
                unfit: unfit(sample),
            });
            gathered.candidates.push(Candidate {
                features,
                logit,
                is_manipulated: item.label == 1,
                clip: at,
                frame_index: sample.frame_index,
            });
        }
    }
    gathered.sort_out();
    Ok(gathered)
}

impl Gathered {
    pub fn leave_out(&mut self, reason: &str) {
        *self.left_out.entry(reason.to_owned()).or_default() += 1;
    }

    /// Takes out faces that a person can hardly mark, unless there are no others.
    fn sort_out(&mut self) {
        if self.known.iter().all(|face| face.unfit.is_some()) {
            return;
        }
        let mut is_fit = Vec::with_capacity(self.known.len());
        for at in 0..self.known.len() {
            let unfit = self.known[at].unfit;
            is_fit.push(unfit.is_none());
            if let Some(reason) = unfit {
                self.leave_out(reason);
            }
        }
        let mut fit = is_fit.iter();
        self.known.retain(|_| fit.next() == Some(&true));
        let mut fit = is_fit.iter();
        self.candidates.retain(|_| fit.next() == Some(&true));
    }
}

/// Why a person can hardly mark a face, where that is so: the first reason of the gate, without its numbers, which
/// differ from face to face.
fn unfit(sample: &FaceSample) -> Option<&'static str> {
    const REASONS: [(&str, &str); 5] = [
        ("px wide", "faces are too small to be marked well"),
        ("blurred", "faces are too blurred to be marked well"),
        ("turned", "faces are turned too far aside"),
        ("dark", "faces are too dark to be marked well"),
        ("overexposed", "faces are too bright to be marked well"),
    ];
    let gate = gate::judge(&gate::measure(&sample.box_in_frame, &sample.crop));
    if gate.state == GateState::Usable {
        return None;
    }
    let first = gate.reasons.first().map_or("", String::as_str);
    let known = REASONS.iter().find(|(word, _)| first.contains(word));
    Some(known.map_or("faces are not fit for use", |(_, told)| told))
}

/// Features, empty where the detector has none, and logits.
fn told(
    detector: &mut dyn Detector,
    path: &str,
    samples: &[FaceSample],
) -> Result<Vec<(Vec<f32>, f32)>, QueueError> {
    let faces: Vec<FaceCrop> = samples
        .iter()
        .map(|sample| face_crop(path, sample))
        .collect();
    if faces.is_empty() {
        return Ok(Vec::new());
    }
    let features = detector.pooled_features(&faces)?;
    let features = features.unwrap_or_else(|| vec![Vec::new(); faces.len()]);
    let scores = detector.score(&faces)?;
    let logits = scores.into_iter().map(|score| score.logit);
    Ok(features.into_iter().zip(logits).collect())
}

fn face_crop(path: &str, sample: &FaceSample) -> FaceCrop {
    FaceCrop {
        frame: FrameId {
            media: MediaHash::of(path.as_bytes()),
            stream: 0,
            pts_nanos: (1e9 * sample.pts_secs) as i64,
            index: sample.frame_index,
        },
        track: TrackId(0),
        crop: sample.crop.clone(),
    }
}

/// The crop's points in the pixels of its frame.
fn in_frame(sample: &FaceSample) -> Landmarks {
    let [a, b, c, d, e, f] = sample.crop.frame_from_crop;
    let landmarks = &sample.crop.landmarks;
    Landmarks {
        points: landmarks
            .points
            .map(|[x, y]| [a * x + b * y + c, d * x + e * y + f]),
        aligner: landmarks.aligner,
    }
}

/// Whether two boxes on one frame are of one face.
pub fn is_same_face(one: &FaceBox, other: &FaceBox) -> bool {
    const SAME_FACE_IOU: f32 = 0.3;
    SAME_FACE_IOU <= one.iou(other)
}
