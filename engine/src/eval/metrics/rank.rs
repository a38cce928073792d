//! Numbers that come from the order of the scores alone: AUC, ROC points, EER, AP, TPR at a fixed FPR.

use serde::{Deserialize, Serialize};

use crate::eval::metrics::Scored;

/// False-positive rates at which the true-positive rate is told.
pub const FIXED_FPRS: [f64; 3] = [0.01, 0.05, 0.1];

/// Slack for comparing a count of false positives with a rate times all of them.
const COUNT_SLACK: f64 = 1e-9;

/// Scores sorted once, highest first, so that every draw of clips is one walk over them.
pub struct Ranked {
    entries: Vec<Entry>,
    /// Faces of both kinds of each clip, by the clip's number: pristine, manipulated.
    faces_of_clip: Vec<[u32; 2]>,
}

struct Entry {
    clip: u32,
    is_manipulated: bool,
    score: f64,
    /// The next score is lower.
    ends_tie: bool,
}

/// What the order says. Rates are from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankNumbers {
    /// Mann-Whitney: ties count one half.
    pub auc: f64,
    /// Step-wise: the sum of `(R_n - R_{n-1}) P_n`.
    pub ap: f64,
    /// The false-positive rate at the ROC point with the smallest |FNR - FPR|.
    pub eer: f64,
    /// Where straight lines between ROC points cross FNR = FPR.
    pub eer_interpolated: f64,
    /// The largest true-positive rate of a ROC point at or below each of [`FIXED_FPRS`].
    pub tpr_at_fpr: [f64; FIXED_FPRS.len()],
}

/// One point of a ROC curve: both rates where everything from some score on is called manipulated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    pub fpr: f64,
    pub tpr: f64,
    /// The lowest score that is still called manipulated; `None` where nothing is, or where it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
}

impl RocPoint {
    /// A point whose threshold is not known.
    pub fn bare(fpr: f64, tpr: f64) -> Self {
        Self {
            fpr,
            tpr,
            threshold: None,
        }
    }
}

impl Ranked {
    /// `None` without both kinds, or with a score that is not a number.
    pub fn new(scored: &[Scored]) -> Option<Self> {
        if scored.iter().any(|face| face.score.is_nan()) {
            return None;
        }
        let mut order: Vec<&Scored> = scored.iter().collect();
        // The clip and the kind only make the order the same for every order of the input.
        order.sort_by(|a, b| {
            let by_score = b.score.total_cmp(&a.score);
            by_score.then_with(|| (a.clip, a.is_manipulated).cmp(&(b.clip, b.is_manipulated)))
        });
        let num_clips = order.iter().map(|face| face.clip + 1).max()?;
        let mut faces_of_clip = vec![[0; 2]; num_clips];
        let mut entries = Vec::with_capacity(order.len());
        for (at, face) in order.iter().enumerate() {
            faces_of_clip[face.clip][usize::from(face.is_manipulated)] += 1;
            entries.push(Entry {
                clip: u32::try_from(face.clip).ok()?,
                is_manipulated: face.is_manipulated,
                score: face.score,
                ends_tie: order.get(at + 1).is_none_or(|next| next.score < face.score),
            });
        }
        let has = |kind: usize| faces_of_clip.iter().any(|faces| 0 < faces[kind]);
        (has(0) && has(1)).then_some(Self {
            entries,
            faces_of_clip,
        })
    }

    /// Every clip once.
    pub fn once(&self) -> Vec<u32> {
        vec![1; self.faces_of_clip.len()]
    }

    /// The area alone. `weights`: how often each clip was drawn. `None` where one kind was not drawn.
    pub fn auc(&self, weights: &[u32]) -> Option<f64> {
        let [negatives, positives] = self.totals(weights)?;
        let mut last = [0.0; 2];
        let mut area = 0.0;
        self.walk(weights, |fp, tp, _| {
            area += (fp - last[0]) * (tp + last[1]) * 0.5;
            last = [fp, tp];
        });
        Some(area / (positives * negatives))
    }

    /// All numbers. `weights`: how often each clip was drawn. `None` where one kind was not drawn.
    pub fn numbers(&self, weights: &[u32]) -> Option<RankNumbers> {
        let [negatives, positives] = self.totals(weights)?;
        let (mut last_fp, mut last_tp) = (0.0, 0.0);
        let (mut area, mut ap) = (0.0, 0.0);
        let (mut smallest_gap, mut eer) = (1.0, 0.0);
        let mut eer_interpolated = None;
        let mut tpr_at_fpr = [0.0_f64; FIXED_FPRS.len()];
        self.walk(weights, |fp, tp, _| {
            area += (fp - last_fp) * (tp + last_tp) * 0.5;
            if last_tp < tp {
                ap += (tp - last_tp) / positives * tp / (tp + fp);
            }
            let (fpr, tpr) = (fp / negatives, tp / positives);
            let gap = 1.0 - tpr - fpr;
            if gap.abs() < smallest_gap {
                (smallest_gap, eer) = (gap.abs(), fpr);
            }
            if gap <= 0.0 && eer_interpolated.is_none() {
                let last_fpr = last_fp / negatives;
                let last_gap = 1.0 - last_tp / positives - last_fpr;
                let share = last_gap / (last_gap - gap);
                eer_interpolated = Some(last_fpr + share * (fpr - last_fpr));
            }
            for (best, limit) in tpr_at_fpr.iter_mut().zip(FIXED_FPRS) {
                if fp <= limit * negatives + COUNT_SLACK {
                    *best = tpr;
                }
            }
            (last_fp, last_tp) = (fp, tp);
        });
        Some(RankNumbers {
            auc: area / (positives * negatives),
            // A sum of many shares may end a hair above one.
            ap: ap.min(1.0),
            eer,
            eer_interpolated: eer_interpolated.unwrap_or(eer),
            tpr_at_fpr,
        })
    }

    /// The ROC curve from (0, 0) to (1, 1), at most about `most` points; points that are left out lie
    /// between neighbors less than two `most`-ths apart.
    pub fn roc(&self, most: usize) -> Vec<RocPoint> {
        let weights = self.once();
        let Some([negatives, positives]) = self.totals(&weights) else {
            return Vec::new();
        };
        let mut points = vec![RocPoint::bare(0.0, 0.0)];
        let mut skipped = None;
        let apart = 2.0 / most as f64;
        self.walk(&weights, |fp, tp, score| {
            let point = RocPoint {
                fpr: fp / negatives,
                tpr: tp / positives,
                threshold: Some(score),
            };
            let far = |from: RocPoint| apart <= (point.fpr - from.fpr) + (point.tpr - from.tpr);
            if points.last().is_some_and(|last| far(*last)) {
                // A long step starts where the short ones before it ended.
                points.extend(skipped.take().filter(|skipped| far(*skipped)));
                points.push(point);
            } else {
                skipped = Some(point);
            }
        });
        let is_end = |point: &RocPoint| 2.0 <= point.fpr + point.tpr;
        if !points.last().is_some_and(is_end) {
            // The walk ends where everything is called manipulated, at the lowest score.
            points.extend(skipped);
        }
        points
    }

    /// Faces of both kinds: pristine, manipulated.
    fn totals(&self, weights: &[u32]) -> Option<[f64; 2]> {
        let mut totals = [0_u64; 2];
        for (faces, &weight) in self.faces_of_clip.iter().zip(weights) {
            totals[0] += u64::from(faces[0]) * u64::from(weight);
            totals[1] += u64::from(faces[1]) * u64::from(weight);
        }
        (totals[0] != 0 && totals[1] != 0).then(|| totals.map(|total| total as f64))
    }

    /// Tells the false and true positives at every threshold between two different scores, from the
    /// highest threshold down, and the lowest score above it.
    fn walk(&self, weights: &[u32], mut tell: impl FnMut(f64, f64, f64)) {
        let mut counts = [0_u64; 2];
        for entry in &self.entries {
            counts[usize::from(entry.is_manipulated)] += u64::from(weights[entry.clip as usize]);
            if entry.ends_tie {
                tell(counts[0] as f64, counts[1] as f64, entry.score);
            }
        }
    }
}
