//! Numbers that need probabilities: accuracy, Brier score, expected calibration error, log-loss.

use serde::{Deserialize, Serialize};

use crate::eval::metrics::Scored;

/// Equal-width bins of the calibration error (Guo et al. 2017).
pub const ECE_BINS: usize = 15;

/// Above this a face or a video is called manipulated.
pub const THRESHOLD: f64 = 0.5;

/// What the probabilities say, each from 0 to 1 but the last.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProbabilityNumbers {
    /// Share of right calls at [`THRESHOLD`].
    pub acc: f64,
    /// The mean of the shares of right calls among pristine and among manipulated ones; `acc` where one kind is missing.
    pub balanced_acc: f64,
    /// Mean squared difference between probability and label.
    pub brier: f64,
    /// Over the bins: the mean gap between the mean probability and the share of manipulated ones.
    pub ece: f64,
    /// Mean of `-ln` of the probability given to the truth; natural logarithm.
    pub log_loss: f64,
}

/// One bin of a reliability diagram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    pub low: f64,
    pub high: f64,
    pub count: u64,
    /// Means over the bin; 0 where it is empty.
    pub mean_probability: f64,
    pub share_manipulated: f64,
}

/// Probabilities looked at once, so that every draw of clips is one walk over them.
pub struct Judged {
    entries: Vec<Entry>,
    num_clips: usize,
}

struct Entry {
    clip: usize,
    bin: usize,
    probability: f64,
    label: f64,
    is_right: f64,
    squared: f64,
    log_loss: f64,
}

impl Judged {
    /// `None` for no faces, or where a score is not a probability.
    pub fn new(scored: &[Scored]) -> Option<Self> {
        let num_clips = scored.iter().map(|face| face.clip + 1).max()?;
        let entries = scored.iter().map(Entry::new).collect::<Option<Vec<_>>>()?;
        Some(Self { entries, num_clips })
    }

    /// Every clip once.
    pub fn once(&self) -> Vec<u32> {
        vec![1; self.num_clips]
    }

    /// All numbers. `weights`: how often each clip was drawn. `None` where nothing was drawn.
    pub fn numbers(&self, weights: &[u32]) -> Option<ProbabilityNumbers> {
        let weights: Vec<f64> = weights.iter().map(|&weight| f64::from(weight)).collect();
        self.weighted(|entry| weights[entry.clip])
    }

    /// The same with a weight for each face, in the order given to [`Self::new`].
    pub fn numbers_by_face(&self, weights: &[f64]) -> Option<ProbabilityNumbers> {
        let mut weights = weights.iter();
        self.weighted(|_| weights.next().copied().unwrap_or(0.0))
    }

    fn weighted(&self, mut weigh: impl FnMut(&Entry) -> f64) -> Option<ProbabilityNumbers> {
        let mut sum = ProbabilityNumbers::default();
        let mut total = 0.0;
        let mut gaps = [0.0; ECE_BINS];
        // Of pristine and of manipulated ones: weight, and weight of those that are right.
        let mut of_kind = [[0.0; 2]; 2];
        for entry in &self.entries {
            let weight = weigh(entry);
            total += weight;
            let kind = &mut of_kind[usize::from(0.5 < entry.label)];
            kind[0] += weight;
            kind[1] += weight * entry.is_right;
            sum.acc += weight * entry.is_right;
            sum.brier += weight * entry.squared;
            sum.log_loss += weight * entry.log_loss;
            gaps[entry.bin] += weight * (entry.probability - entry.label);
        }
        let shares = of_kind.map(|[all, right]| (0.0 < all).then(|| right / all));
        let acc = sum.acc / total;
        (0.0 < total).then(|| ProbabilityNumbers {
            acc,
            balanced_acc: match shares {
                [Some(pristine), Some(manipulated)] => 0.5 * (pristine + manipulated),
                _ => acc,
            },
            brier: sum.brier / total,
            ece: gaps.iter().map(|gap| gap.abs()).sum::<f64>() / total,
            log_loss: sum.log_loss / total,
        })
    }
}

impl Entry {
    fn new(face: &Scored) -> Option<Self> {
        let probability = face.score;
        if !(0.0..=1.0).contains(&probability) {
            return None;
        }
        let label = f64::from(u8::from(face.is_manipulated));
        let kept = probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        let of_truth = if face.is_manipulated {
            kept
        } else {
            1.0 - kept
        };
        let is_right = (THRESHOLD < probability) == face.is_manipulated;
        Some(Self {
            clip: face.clip,
            bin: bin_of(probability),
            probability,
            label,
            is_right: f64::from(u8::from(is_right)),
            squared: (probability - label) * (probability - label),
            log_loss: -of_truth.ln(),
        })
    }
}

/// Bins hold their upper ends; the first holds zero too.
fn bin_of(probability: f64) -> usize {
    let place = (probability * ECE_BINS as f64).ceil() as usize;
    place.clamp(1, ECE_BINS) - 1
}

/// The bars of a reliability diagram, in order. Scores outside 0 to 1 are left out.
pub fn reliability(scored: &[Scored]) -> Vec<ReliabilityBin> {
    let width = 1.0 / ECE_BINS as f64;
    let mut bins: Vec<ReliabilityBin> = (0..ECE_BINS)
        .map(|at| ReliabilityBin {
            low: at as f64 * width,
            high: (at + 1) as f64 * width,
            count: 0,
            mean_probability: 0.0,
            share_manipulated: 0.0,
        })
        .collect();
    for face in scored
        .iter()
        .filter(|face| (0.0..=1.0).contains(&face.score))
    {
        let bin = &mut bins[bin_of(face.score)];
        bin.count += 1;
        bin.mean_probability += face.score;
        bin.share_manipulated += f64::from(u8::from(face.is_manipulated));
    }
    for bin in bins.iter_mut().filter(|bin| 0 < bin.count) {
        bin.mean_probability /= bin.count as f64;
        bin.share_manipulated /= bin.count as f64;
    }
    bins
}
