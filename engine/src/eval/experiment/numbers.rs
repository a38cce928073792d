//! Numbers of several trainings of each row on the same draws of clips: means, intervals, and differences.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::detectors::card::Interval;
use crate::eval::experiment::record::{LevelRecord, NumberRecord};
use crate::eval::metrics::{Draws, deviation, mean};

/// What is known of each row before anything is measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowTrainings {
    /// Of each of its trainings.
    pub seeds: Vec<u64>,
    /// The row that it is paired with beside the reference.
    pub against: Option<usize>,
}

/// Everything that numbers of one group share.
pub struct Comparison<'a> {
    pub draws: &'a Draws,
    pub rows: &'a [RowTrainings],
    pub reference: Option<usize>,
    /// Of the draws of trainings.
    pub seed: u64,
}

/// Of each row and each of its trainings, in one draw.
type Values = Vec<Vec<Option<f64>>>;

impl Comparison<'_> {
    /// A number of each row; `None` where a training of it has none. `of` gives it for a row, one of its
    /// trainings, and how often each clip was drawn: `None` is once each.
    pub fn numbers(
        &self,
        of: impl Fn(usize, usize, Option<&[u32]>) -> Option<f64> + Sync,
    ) -> Vec<Option<NumberRecord>> {
        let all_of = |weights: Option<&[u32]>| -> Values {
            let row = |(at, row): (usize, &RowTrainings)| {
                let trainings = 0..row.seeds.len();
                trainings
                    .map(|training| of(at, training, weights))
                    .collect()
            };
            self.rows.iter().enumerate().map(row).collect()
        };
        let values = all_of(None);
        let of_draws: Vec<Values> = self.draws.map(|weights| all_of(Some(weights)));
        let mut random = StdRng::seed_from_u64(self.seed);
        let drawn: Vec<Vec<Option<f64>>> = of_draws
            .iter()
            .map(|rows| {
                let row = |values: &Vec<Option<f64>>| mean_of_a_draw(values, &mut random);
                rows.iter().map(row).collect()
            })
            .collect();
        let mean_of = |at: usize| -> Option<(Vec<f64>, f64)> {
            let values: Vec<f64> = values[at].iter().copied().collect::<Option<_>>()?;
            let mean = mean(&values);
            mean.is_finite().then_some((values, mean))
        };
        (0..self.rows.len())
            .map(|at| {
                let (by_seed, mean) = mean_of(at)?;
                let of_row = drawn.iter().filter_map(|rows| rows[at]);
                let compared = self.reference.filter(|&reference| reference != at);
                let difference = compared.and_then(|reference| {
                    let value = mean - mean_of(reference)?.1;
                    let pairs = drawn
                        .iter()
                        .filter_map(|rows| Some(rows[at]? - rows[reference]?));
                    Some(self.draws.interval(value, pairs))
                });
                let paired = self.rows[at].against.and_then(|other| {
                    let value = mean - mean_of(other)?.1;
                    Some(self.paired(at, other, value, &of_draws))
                });
                Some(NumberRecord {
                    deviation: deviation(&by_seed),
                    interval: self.draws.interval(mean, of_row),
                    by_seed,
                    mean,
                    difference,
                    paired,
                })
            })
            .collect()
    }

    /// One row less another on the same draws of clips and, where both have the same seeds, of trainings: those
    /// of one seed went on from the same start.
    fn paired(&self, at: usize, other: usize, value: f64, drawn: &[Values]) -> Interval {
        let is_same = self.rows[at].seeds == self.rows[other].seeds;
        let mut random = StdRng::seed_from_u64(self.seed);
        let difference = |rows: &Values| {
            if !is_same {
                let own = mean_of_a_draw(&rows[at], &mut random)?;
                return Some(own - mean_of_a_draw(&rows[other], &mut random)?);
            }
            let pairs = rows[at].iter().zip(&rows[other]);
            let pairs: Vec<Option<f64>> = pairs.map(|(a, b)| Some((*a)? - (*b)?)).collect();
            mean_of_a_draw(&pairs, &mut random)
        };
        let all: Vec<f64> = drawn.iter().filter_map(difference).collect();
        self.draws.interval(value, all)
    }
}

/// The mean over as many trainings as there are, drawn from them with replacement.
fn mean_of_a_draw(values: &[Option<f64>], random: &mut StdRng) -> Option<f64> {
    let mut sum = 0.0;
    for _ in values {
        sum += values[random.random_range(0..values.len())]?;
    }
    (!values.is_empty()).then(|| sum / values.len() as f64)
}

/// Sums over the faces of each clip, whose ratio is a mean over faces whatever clips are drawn.
pub struct Ratio {
    /// By the clip's number: what is summed, and how many faces.
    of_clip: Vec<(f64, f64)>,
}

impl Ratio {
    /// Of faces as clip and value.
    pub fn of(num_clips: usize, faces: impl Iterator<Item = (usize, f64)>) -> Self {
        let mut of_clip = vec![(0.0, 0.0); num_clips];
        for (clip, value) in faces {
            let (sum, count) = &mut of_clip[clip];
            *sum += value;
            *count += 1.0;
        }
        Self { of_clip }
    }

    /// The mean over faces; `None` where no clip with a face was drawn.
    pub fn mean(&self, weights: Option<&[u32]>) -> Option<f64> {
        let weight =
            |clip: usize| weights.map_or(1.0, |all| all.get(clip).copied().map_or(0.0, f64::from));
        let (mut sum, mut count) = (0.0, 0.0);
        for (clip, own) in self.of_clip.iter().enumerate() {
            let weight = weight(clip);
            sum += weight * own.0;
            count += weight * own.1;
        }
        (0.0 < count).then(|| sum / count)
    }
}

impl From<NumberRecord> for LevelRecord {
    /// A number that is an AUC.
    fn from(number: NumberRecord) -> Self {
        Self {
            auc: number.by_seed,
            mean: number.mean,
            deviation: number.deviation,
            interval: number.interval,
            difference: number.difference,
            paired: number.paired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::metrics::Scored;

    /// Two rows of two trainings over twenty clips. The second is better by a tenth in every clip, and the seeds
    /// lie further apart than that.
    fn rows(seeds: [Vec<u64>; 2]) -> Vec<Option<NumberRecord>> {
        let scored: Vec<Scored> = (0..20)
            .map(|clip| Scored {
                is_manipulated: clip % 2 == 0,
                score: 0.0,
                clip,
            })
            .collect();
        let draws = Draws::new(&scored, 300, 1);
        let [first, second] = seeds;
        let trainings = [
            RowTrainings {
                seeds: first,
                against: None,
            },
            RowTrainings {
                seeds: second,
                against: Some(0),
            },
        ];
        let of = |row: usize, training: usize| {
            let value = |clip: usize| 0.01 * clip as f64 + 0.4 * training as f64 + 0.1 * row as f64;
            Ratio::of(20, (0..20).map(|clip| (clip, value(clip))))
        };
        let ratios = [[of(0, 0), of(0, 1)], [of(1, 0), of(1, 1)]];
        Comparison {
            draws: &draws,
            rows: &trainings,
            reference: Some(0),
            seed: 1,
        }
        .numbers(|row, training, weights| ratios[row][training].mean(weights))
    }

    #[test]
    fn pairs_of_one_start_differ_by_what_was_changed_alone() {
        let [None | Some(_), Some(better)] = &rows([vec![1, 2], vec![1, 2]])[..] else {
            panic!("not two rows");
        };
        let paired = better.paired.unwrap();
        for value in [paired.value, paired.low, paired.high] {
            assert!((value - 0.1).abs() < 1e-9, "{paired:?}");
        }
        // Against the reference the trainings are drawn apart, and luck counts.
        let alone = better.difference.unwrap();
        assert!((alone.value - 0.1).abs() < 1e-9 && alone.low < 0.0 && 0.2 < alone.high);
        assert!((better.mean - (0.095 + 0.2 + 0.1)).abs() < 1e-9);
        assert_eq!(better.by_seed.len(), 2);
    }

    #[test]
    fn trainings_of_other_seeds_are_no_pairs() {
        let numbers = rows([vec![1, 2], vec![1, 3]]);
        let paired = numbers[1].as_ref().unwrap().paired.unwrap();
        assert!(paired.low < 0.0 && 0.2 < paired.high, "{paired:?}");
        assert_eq!(numbers[0].as_ref().unwrap().paired, None);
    }

    #[test]
    fn a_ratio_is_a_mean_over_faces_of_the_drawn_clips() {
        let ratio = Ratio::of(3, [(0, 1.0), (0, 0.0), (2, 0.8)].into_iter());
        assert!((ratio.mean(None).unwrap() - 0.6).abs() < 1e-12);
        assert_eq!(ratio.mean(Some(&[0, 5, 2])), Some(0.8));
        assert_eq!(ratio.mean(Some(&[0, 5])), None);
    }
}
