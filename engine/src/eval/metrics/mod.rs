//! How well scores tell manipulated from pristine, with intervals by clip (METHODS 18).

mod bootstrap;
mod level;
mod probability;
mod rank;
#[cfg(test)]
mod reference_tests;
mod spread;

use crate::detectors::card::Interval;

pub use bootstrap::{Draws, NUM_DRAWS};
pub use level::{Metrics, TprAtFpr};
pub use probability::{
    ECE_BINS, Judged, ProbabilityNumbers, ReliabilityBin, THRESHOLD, reliability,
};
pub use rank::{FIXED_FPRS, RankNumbers, Ranked, RocPoint};
pub use spread::{Spread, deviation, mean};

/// One scored thing: a face, or a whole video.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    pub is_manipulated: bool,
    /// Larger is more manipulated; a probability where a number needs one.
    pub score: f64,
    /// Which clip it comes from, counted from zero: what is drawn anew for intervals.
    pub clip: usize,
}

/// The chance that a manipulated face scores above a pristine one, ties counting one half
/// (Mann-Whitney). `None` without both kinds or with a score that is not a number.
pub fn auc(scored: &[Scored]) -> Option<f64> {
    let ranked = Ranked::new(scored)?;
    ranked.auc(&ranked.once())
}

/// The AUC with its 95 % interval over `num_draws` draws of whole clips, see [`Draws`].
pub fn auc_interval(scored: &[Scored], num_draws: usize, seed: u64) -> Option<Interval> {
    let ranked = Ranked::new(scored)?;
    let value = ranked.auc(&ranked.once())?;
    let draws = Draws::new(scored, num_draws, seed);
    let drawn = draws.map(|weights| ranked.auc(weights));
    Some(draws.interval(value, drawn.into_iter().flatten()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    fn scored(labels: &[u8], scores: &[f64]) -> Vec<Scored> {
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

    fn random_scored(random: &mut StdRng, count: usize) -> Vec<Scored> {
        let labels: Vec<u8> = (0..count).map(|_| random.random_range(0..2)).collect();
        let scores: Vec<f64> = (0..count)
            .map(|_| random.random_range(0..9).into())
            .collect();
        scored(&labels, &scores)
    }

    #[test]
    fn the_area_equals_the_definition_with_many_ties() {
        let mut random = StdRng::seed_from_u64(11);
        for _ in 0..20 {
            let scored = random_scored(&mut random, 60);
            let difference = auc(&scored).unwrap() - by_definition(&scored);
            assert!(difference.abs() < 1e-12, "{difference}");
        }
    }

    #[test]
    fn drawing_a_clip_twice_equals_having_its_faces_twice() {
        let mut random = StdRng::seed_from_u64(5);
        let once = random_scored(&mut random, 40);
        let weights = [2, 0, 1, 3, 1];
        let repeated: Vec<Scored> = once
            .iter()
            .flat_map(|face| std::iter::repeat_n(*face, weights[face.clip] as usize))
            .collect();
        let drawn = Ranked::new(&once).unwrap().numbers(&weights).unwrap();
        let ranked = Ranked::new(&repeated).unwrap();
        assert_eq!(drawn, ranked.numbers(&ranked.once()).unwrap());
        assert_eq!(
            Ranked::new(&once).unwrap().auc(&weights),
            Some(drawn.auc),
            "the area alone differs from the area among the others"
        );
    }

    #[test]
    fn one_kind_alone_has_no_area() {
        assert_eq!(auc(&scored(&[1, 1], &[0.1, 0.2])), None);
        assert_eq!(auc(&scored(&[0, 1], &[0.1, f64::NAN])), None);
        assert_eq!(auc(&[]), None);
    }

    #[test]
    fn the_interval_holds_the_value_and_is_the_same_every_time() {
        let mut random = StdRng::seed_from_u64(3);
        let mut scored = random_scored(&mut random, 50);
        for face in &mut scored {
            face.score += f64::from(u8::from(face.is_manipulated)) * 2.0;
        }
        let interval = auc_interval(&scored, 200, 1).unwrap();
        assert!(interval.low <= interval.value && interval.value <= interval.high);
        assert!(interval.low < interval.high);
        assert_eq!(interval.clips, 5);
        assert_eq!(auc_interval(&scored, 200, 1).unwrap(), interval);
    }

    #[test]
    fn a_draw_has_as_many_clips_of_each_kind_as_the_data() {
        let face = |clip, is_manipulated| Scored {
            is_manipulated,
            score: 0.0,
            clip,
        };
        // Clips 0 and 2 pristine, 4 manipulated, 5 both; 1 and 3 are not there.
        let scored = [(0, false), (2, false), (4, true), (5, false), (5, true)]
            .map(|(clip, is_manipulated)| face(clip, is_manipulated));
        let draws = Draws::new(&scored, 50, 9);
        assert_eq!(draws.clips(), 4);
        for weights in draws.map(<[u32]>::to_vec) {
            assert_eq!(weights[0] + weights[2], 2);
            assert_eq!(weights[4], 1);
            assert_eq!(weights[5], 1);
            assert_eq!(weights[1] + weights[3], 0);
        }
    }

    #[test]
    fn a_thinned_curve_has_the_same_area_within_its_spacing() {
        let mut random = StdRng::seed_from_u64(8);
        let scored: Vec<Scored> = (0..5000)
            .map(|at| Scored {
                is_manipulated: at % 3 == 0,
                score: random.random::<f64>() + if at % 3 == 0 { 0.3 } else { 0.0 },
                clip: at % 50,
            })
            .collect();
        let points = Ranked::new(&scored).unwrap().roc(200);
        assert!(points.len() <= 220, "{} points", points.len());
        let area: f64 = points
            .windows(2)
            .map(|pair| (pair[1].fpr - pair[0].fpr) * (pair[1].tpr + pair[0].tpr) * 0.5)
            .sum();
        assert!((area - auc(&scored).unwrap()).abs() < 0.005, "{area}");
    }
}
