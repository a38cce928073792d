//! Known answers: made-up pictures whose scores are written on a model's card, so that any machine can
//! check that the model still says the same.

use serde::{Deserialize, Serialize};

use crate::detectors::{Detector, DetectorError, FaceCrop, FaceScore};
use crate::faces::align::Crop;
use crate::faces::{Aligner, Landmarks, TrackId};
use crate::media::{FrameId, MediaHash};

/// Pictures that a card answers for.
const NUM_PATTERNS: u32 = 4;

/// How far a logit may be off on another device; on the same kind of device it is not off at all.
pub const TOLERANCE: f32 = 1e-2;

/// The scores of one made-up picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownAnswer {
    /// Which picture: [`pattern`].
    pub pattern: u32,
    pub logit: f32,
    pub parts: Vec<f32>,
}

/// The answers of a model that was just trained.
pub fn ask(detector: &mut dyn Detector) -> Result<Vec<KnownAnswer>, DetectorError> {
    let size_px = detector.crop_rule().size_px;
    let faces: Vec<FaceCrop> = (0..NUM_PATTERNS).map(|n| pattern(n, size_px)).collect();
    let answers = detector.score(&faces)?.into_iter().zip(0..);
    Ok(answers
        .map(|(FaceScore { logit, parts }, pattern)| KnownAnswer {
            pattern,
            logit,
            parts,
        })
        .collect())
}

/// The largest difference between what the model says and what its card says, in logits; infinite
/// where they do not even have the same form.
pub fn largest_difference(
    detector: &mut dyn Detector,
    answers: &[KnownAnswer],
) -> Result<f32, DetectorError> {
    let size_px = detector.crop_rule().size_px;
    let faces: Vec<FaceCrop> = answers
        .iter()
        .map(|answer| pattern(answer.pattern, size_px))
        .collect();
    let scores = detector.score(&faces)?;
    let mut largest = 0.0_f32;
    for (score, answer) in scores.iter().zip(answers) {
        if score.parts.len() != answer.parts.len() {
            return Ok(f32::INFINITY);
        }
        let said = std::iter::once(score.logit).chain(score.parts.iter().copied());
        let known = std::iter::once(answer.logit).chain(answer.parts.iter().copied());
        for (said, known) in said.zip(known) {
            let difference = (said - known).abs();
            largest = largest.max(if difference.is_nan() {
                f32::INFINITY
            } else {
                difference
            });
        }
    }
    Ok(largest)
}

/// A made-up picture: an oval on a slope, with stripes that differ inside and outside. Integers only,
/// so that it is the same everywhere.
pub fn pattern(pattern: u32, size_px: u32) -> FaceCrop {
    let size = i64::from(size_px);
    let number = i64::from(pattern);
    let mut pixels = Vec::with_capacity(3 * (size * size) as usize);
    for y in 0..size {
        for x in 0..size {
            let (dx, dy) = (2 * x - size, 2 * y - size);
            let is_inside = 16 * dx * dx + 9 * dy * dy < 9 * size * size / 2;
            let stripe = if is_inside {
                (x * (3 + number) + y) % 23
            } else {
                (x + y * (2 + number)) % 17
            };
            let base = if is_inside { 150 } else { 60 };
            for channel in 0..3 {
                let slope = (x + channel * y) * 40 / size;
                pixels.push((base + slope + 2 * stripe).clamp(0, 255) as u8);
            }
        }
    }
    plain_face(size_px, pixels)
}

/// A face from pixels alone, without a place in any media: for checks, never for evidence.
pub fn plain_face(size_px: u32, pixels: Vec<u8>) -> FaceCrop {
    let center = 0.5 * size_px as f32;
    FaceCrop {
        frame: FrameId {
            media: MediaHash::of(&pixels),
            stream: 0,
            pts_nanos: 0,
            index: 0,
        },
        track: TrackId(0),
        crop: Crop {
            size_px,
            pixels,
            landmarks: Landmarks {
                points: [[center, center]; 68],
                aligner: Aligner::BoxEstimate,
            },
            frame_from_crop: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_differ_and_stay_the_same() {
        let hash = |n| pattern(n, 64).frame.media.to_string();
        assert_eq!(hash(0), hash(0));
        assert_ne!(hash(0), hash(1));
        assert_eq!(pattern(3, 64).crop.pixels.len(), 3 * 64 * 64);
    }
}
