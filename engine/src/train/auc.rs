//! Area under the ROC curve, and its interval by drawing clips anew (METHODS 18).

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::detectors::card::Interval;

/// One scored face of a validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    pub is_manipulated: bool,
    pub score: f32,
    /// Which clip it comes from.
    pub clip: usize,
}

/// The chance that a manipulated face scores above a pristine one, ties counting one half
/// (Mann-Whitney). `None` without both kinds or with a score that is not a number.
pub fn auc(scored: &[Scored]) -> Option<f64> {
    if scored.iter().any(|face| face.score.is_nan()) {
        return None;
    }
    let mut order: Vec<&Scored> = scored.iter().collect();
    order.sort_by(|a, b| a.score.total_cmp(&b.score));
    let positives = order.iter().filter(|face| face.is_manipulated).count();
    let negatives = order.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    // Ranks from one, equal scores sharing the mean of theirs.
    let mut rank_sum = 0.0;
    let mut below = 0;
    for tied in order.chunk_by(|a, b| a.score == b.score) {
        let rank = below as f64 + 0.5 * (tied.len() + 1) as f64;
        let count = tied.iter().filter(|face| face.is_manipulated).count();
        rank_sum += rank * count as f64;
        below += tied.len();
    }
    let (positives, negatives) = (positives as f64, negatives as f64);
    let wins = rank_sum - 0.5 * positives * (positives + 1.0);
    Some(wins / (positives * negatives))
}

/// The AUC with its 95 % interval over `draws` draws of whole clips with replacement: faces of one
/// clip are alike, so drawing faces would look surer than it is.
pub fn interval_by_clip(scored: &[Scored], draws: usize, seed: u64) -> Option<Interval> {
    let value = auc(scored)?;
    let mut by_clip: BTreeMap<usize, Vec<Scored>> = BTreeMap::new();
    for face in scored {
        by_clip.entry(face.clip).or_default().push(face.clone());
    }
    let clips: Vec<Vec<Scored>> = by_clip.into_values().collect();
    let mut random = StdRng::seed_from_u64(seed);
    let mut values: Vec<f64> = (0..draws)
        .filter_map(|_| {
            let drawn: Vec<Scored> = (0..clips.len())
                .flat_map(|_| clips[random.random_range(0..clips.len())].iter().cloned())
                .collect();
            auc(&drawn)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * values.len().saturating_sub(1) as f64).round() as usize;
        values.get(place).copied().unwrap_or(value)
    };
    Some(Interval {
        value,
        low: at(0.025),
        high: at(0.975),
        clips: clips.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(labels: &[u8], scores: &[f32]) -> Vec<Scored> {
        let pairs = labels.iter().zip(scores).enumerate();
        pairs
            .map(|(at, (label, score))| Scored {
                is_manipulated: *label == 1,
                score: *score,
                clip: at % 5,
            })
            .collect()
    }

    /// All pairs, as the definition says.
    fn by_definition(scored: &[Scored]) -> f64 {
        let (mut wins, mut pairs) = (0.0, 0.0);
        for above in scored.iter().filter(|face| face.is_manipulated) {
            for below in scored.iter().filter(|face| !face.is_manipulated) {
                pairs += 1.0;
                if below.score < above.score {
                    wins += 1.0;
                } else if below.score == above.score {
                    wins += 0.5;
                }
            }
        }
        wins / pairs
    }

    #[test]
    fn the_example_of_the_methods_is_three_quarters() {
        assert_eq!(
            auc(&scored(&[0, 0, 1, 1], &[0.1, 0.4, 0.35, 0.8])),
            Some(0.75)
        );
    }

    #[test]
    fn equals_the_definition_with_many_ties() {
        let mut random = StdRng::seed_from_u64(11);
        for _ in 0..20 {
            let labels: Vec<u8> = (0..60).map(|_| random.random_range(0..2)).collect();
            let scores: Vec<f32> = (0..60).map(|_| random.random_range(0..9) as f32).collect();
            let scored = scored(&labels, &scores);
            let difference = auc(&scored).unwrap() - by_definition(&scored);
            assert!(difference.abs() < 1e-12, "{difference}");
        }
    }

    #[test]
    fn one_kind_alone_has_no_area() {
        assert_eq!(auc(&scored(&[1, 1], &[0.1, 0.2])), None);
        assert_eq!(auc(&scored(&[0, 1], &[0.1, f32::NAN])), None);
        assert_eq!(auc(&[]), None);
    }

    #[test]
    fn the_interval_holds_the_value_and_is_the_same_every_time() {
        let labels: Vec<u8> = (0..50).map(|at| u8::from(at % 3 == 0)).collect();
        let scores: Vec<f32> = (0..50)
            .map(|at| (at * 7 % 13) as f32 + f32::from(u8::from(at % 3 == 0)) * 4.0)
            .collect();
        let scored = scored(&labels, &scores);
        let interval = interval_by_clip(&scored, 200, 1).unwrap();
        assert!(interval.low <= interval.value && interval.value <= interval.high);
        assert!(interval.low < interval.high);
        assert_eq!(interval.clips, 5);
        assert_eq!(interval_by_clip(&scored, 200, 1).unwrap(), interval);
    }
}
