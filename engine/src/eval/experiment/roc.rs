//! ROC curves of several trainings as one: averaged vertically, with how far they lie apart.

use crate::eval::experiment::record::RocBand;
use crate::eval::metrics::{Ranked, RocPoint, Scored};

/// Steps of the false-positive rate.
const STEPS: u32 = 200;

/// Points of one curve, before averaging: enough to leave none out that matters at [`STEPS`].
const POINTS: usize = 20_000;

/// The mean true-positive rate at each false-positive rate, with the lowest and the highest of all curves.
/// Empty without a curve.
pub fn averaged(trainings: &[Vec<Scored>]) -> Vec<RocBand> {
    let curves: Vec<Vec<RocPoint>> = trainings
        .iter()
        .filter_map(|scored| Some(Ranked::new(scored)?.roc(POINTS)))
        .collect();
    if curves.is_empty() {
        return Vec::new();
    }
    (0..=STEPS)
        .map(|step| {
            let fpr = f64::from(step) / f64::from(STEPS);
            let rates = curves.iter().map(|curve| tpr_at(curve, fpr));
            RocBand {
                fpr,
                mean: rates.clone().sum::<f64>() / curves.len() as f64,
                low: rates.clone().fold(1.0, f64::min),
                high: rates.fold(0.0, f64::max),
            }
        })
        .collect()
}

/// The highest true-positive rate at a false-positive rate; between two points on the line that joins them.
fn tpr_at(curve: &[RocPoint], fpr: f64) -> f64 {
    let after = curve.partition_point(|point| point.fpr <= fpr);
    let Some(before) = after.checked_sub(1).map(|at| curve[at]) else {
        return 0.0;
    };
    match curve.get(after) {
        Some(next) => {
            let share = (fpr - before.fpr) / (next.fpr - before.fpr);
            before.tpr + share * (next.tpr - before.tpr)
        }
        None => before.tpr,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(scores: &[(bool, f64)]) -> Vec<Scored> {
        let numbered = scores.iter().enumerate();
        numbered
            .map(|(clip, &(is_manipulated, score))| Scored {
                is_manipulated,
                score,
                clip,
            })
            .collect()
    }

    #[test]
    fn steps_are_taken_at_their_top_and_slopes_on_their_line() {
        let point = RocPoint::bare;
        let steps = [
            point(0.0, 0.0),
            point(0.0, 0.5),
            point(0.5, 0.5),
            point(0.5, 1.0),
            point(1.0, 1.0),
        ];
        assert_eq!(tpr_at(&steps, 0.0), 0.5);
        assert_eq!(tpr_at(&steps, 0.25), 0.5);
        assert_eq!(tpr_at(&steps, 0.5), 1.0);
        assert_eq!(tpr_at(&steps, 1.0), 1.0);
        let slope = [point(0.0, 0.0), point(1.0, 1.0)];
        assert_eq!(tpr_at(&slope, 0.25), 0.25);
    }

    #[test]
    fn the_mean_lies_between_a_perfect_and_a_blind_training() {
        let perfect = scored(&[(false, 0.0), (false, 1.0), (true, 2.0), (true, 3.0)]);
        let blind = scored(&[(false, 0.0), (true, 0.0)]);
        let bands = averaged(&[perfect.clone(), blind]);
        assert_eq!(bands.len(), 201);
        for band in &bands {
            assert_eq!((band.low, band.high), (band.fpr, 1.0));
            assert!((band.mean - 0.5 * (band.fpr + 1.0)).abs() < 1e-12);
        }
        let same = averaged(&[perfect.clone(), perfect]);
        assert!(same.iter().all(|band| band.low == band.high));
        assert_eq!(averaged(&[]), Vec::new());
    }

    #[test]
    fn the_area_under_the_mean_is_the_mean_of_the_areas() {
        let noisy = |seed: u64| -> Vec<Scored> {
            let score = |at: u64| ((at * 2_654_435_761 + seed * 97) % 1000) as f64 / 1000.0;
            let faces = (0..400).map(|at| (at % 2 == 0, score(at) + 0.2 * f64::from(at % 2 == 0)));
            scored(&faces.collect::<Vec<_>>())
        };
        let trainings = [noisy(1), noisy(2), noisy(3)];
        let bands = averaged(&trainings);
        let area: f64 = bands
            .windows(2)
            .map(|pair| 0.5 * (pair[0].mean + pair[1].mean) * (pair[1].fpr - pair[0].fpr))
            .sum();
        let areas = trainings
            .iter()
            .map(|all| crate::eval::metrics::auc(all).unwrap());
        let mean = areas.sum::<f64>() / 3.0;
        assert!((area - mean).abs() < 0.01, "{area} against {mean}");
    }
}
