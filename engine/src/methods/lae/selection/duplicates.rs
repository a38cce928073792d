//! Faces of one clip that show nearly the same are asked for once: a second mask of the same face teaches little.

use std::collections::BTreeMap;

use crate::methods::lae::selection::{Candidate, Ranked};

/// Frames of a clip that are at most so far apart may be near-duplicates: a fifth of a second at 25 frames a second, in
/// which a face hardly moves. Farther apart, a face that looks the same may still be forged in another way.
pub const NEAR_FRAMES: u32 = 5;

/// Cosine of two faces' standardized features from which on they count as nearly the same. Features of different
/// faces have cosines around zero, as each channel's mean over all of them is taken away.
pub const SAME_COSINE: f32 = 0.98;

/// A candidate that is not asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// Its place in the list of candidates.
    pub candidate: usize,
    /// That of the one that stands for it.
    pub kept: usize,
    /// For a person to read.
    pub reason: String,
}

/// Keeps, of near-duplicates, the one that stands first in `ranked`.
///
/// Two faces are near-duplicates where they are of one clip, at most five frames apart, and their
/// features agree: exactly, or with a cosine above .98 after each channel was standardized over all
/// candidates. Two faces of one frame are two people, unless their features are exactly the same.
pub fn without_near_duplicates(
    ranked: &[Ranked],
    candidates: &[Candidate],
) -> (Vec<Ranked>, Vec<LeftOut>) {
    let standardized = standardized(candidates);
    let mut kept: Vec<Ranked> = Vec::new();
    let mut kept_of_clip: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut left_out = Vec::new();
    for one in ranked {
        let candidate = &candidates[one.candidate];
        let of_clip = kept_of_clip.entry(candidate.clip).or_default();
        let like = of_clip.iter().find_map(|&other| {
            let gap = candidate
                .frame_index
                .abs_diff(candidates[other].frame_index);
            if NEAR_FRAMES < gap {
                return None;
            }
            if candidate.features == candidates[other].features {
                return Some((other, 1.0));
            }
            let cosine = cosine(&standardized[one.candidate], &standardized[other]);
            (0 < gap && SAME_COSINE < cosine).then_some((other, cosine))
        });
        match like {
            None => {
                of_clip.push(one.candidate);
                kept.push(*one);
            }
            Some((other, cosine)) => left_out.push(LeftOut {
                candidate: one.candidate,
                kept: other,
                reason: reason(candidate, &candidates[other], cosine),
            }),
        }
    }
    (kept, left_out)
}

fn reason(candidate: &Candidate, kept: &Candidate, cosine: f32) -> String {
    let (own, other) = (candidate.frame_index, kept.frame_index);
    let apart = match own.abs_diff(other) {
        0 => return format!("It is in the list twice: the same face of frame {own}"),
        1 => "the frame beside it".to_owned(),
        gap => format!("{gap} frames from it"),
    };
    // Cut, not rounded: "1.00" would say that they are the same.
    let cosine = (cosine * 100.0).floor() / 100.0;
    format!(
        "Frame {own} looks nearly the same to the model as frame {other} of the same clip, {apart}, which comes first \
         (their features agree by {cosine:.2} of 1)"
    )
}

/// Features of each candidate in deviations from their mean over all of them, scaled to length 1; zeros where nothing
/// varies. Features that a candidate lacks are zeros.
fn standardized(candidates: &[Candidate]) -> Vec<Vec<f32>> {
    let num_channels = candidates.iter().map(|one| one.features.len()).max();
    let num_channels = num_channels.unwrap_or(0);
    let count = candidates.len() as f64;
    let mut means = vec![0.0_f64; num_channels];
    for candidate in candidates {
        for (mean, value) in means.iter_mut().zip(&candidate.features) {
            *mean += f64::from(*value) / count;
        }
    }
    let mut variances = vec![0.0_f64; num_channels];
    for candidate in candidates {
        for ((variance, mean), value) in variances.iter_mut().zip(&means).zip(&candidate.features) {
            *variance += (f64::from(*value) - mean) * (f64::from(*value) - mean) / count;
        }
    }
    let standardized = candidates.iter().map(|candidate| {
        let values = candidate.features.iter().zip(means.iter().zip(&variances));
        let values = values.map(|(value, (mean, variance))| {
            if 0.0 < *variance {
                (f64::from(*value) - mean) / variance.sqrt()
            } else {
                0.0
            }
        });
        let mut values: Vec<f64> = values.collect();
        values.resize(num_channels, 0.0);
        let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let inverse = if 0.0 < length { 1.0 / length } else { 0.0 };
        values
            .iter()
            .map(|value| (value * inverse) as f32)
            .collect()
    });
    standardized.collect()
}

/// Of two vectors of length 1, or 0.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}
