//! What a training told of itself over its steps: losses, validations, speed.

use seam_engine::train::Loss;
use seam_engine::train::run_log::Line;

/// Lines of a running training are means over so many of its steps at least, so that a long one stays small.
const MAX_LIVE_POINTS: u64 = 400;
/// A smoothed curve looks back over this share of the steps.
const SMOOTHING: f64 = 0.04;

/// The curves of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    pub losses: Vec<Series>,
    pub validations: Vec<Validation>,
    /// Images per second.
    pub speed: Vec<(u64, f32)>,
    /// Sums and counts of the point being made.
    sums: Vec<(&'static str, f32, u32)>,
}

/// One loss over the steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    pub name: String,
    pub points: Vec<(u64, f32)>,
}

/// One validation. Without an `auc` it could not be told, for lack of faces of both kinds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validation {
    pub step: u64,
    pub auc: Option<f64>,
    /// 95 %, drawing whole videos anew.
    pub interval: Option<[f64; 2]>,
    pub by_category: Vec<(String, Option<f64>)>,
}

impl History {
    /// From the lines of a run's log.
    pub fn of(lines: &[Line]) -> Self {
        let mut history = Self::default();
        for line in lines {
            match line {
                Line::Steps {
                    step,
                    losses,
                    images_per_second,
                } => {
                    for (name, value) in losses {
                        history.add(name, *step, *value);
                    }
                    history.speed.push((*step, *images_per_second));
                }
                Line::Validation {
                    step,
                    auc,
                    by_category,
                    interval,
                    ..
                } => history.validations.push(Validation {
                    step: *step,
                    auc: *auc,
                    interval: *interval,
                    by_category: (by_category.iter())
                        .map(|(name, auc, _)| (name.clone(), *auc))
                        .collect(),
                }),
            }
        }
        history
    }

    /// One step of a training that runs; `step` counts those done.
    pub fn step(&mut self, step: u64, steps: u64, losses: &[Loss], images_per_second: f32) {
        for loss in losses {
            match self.sums.iter_mut().find(|(name, ..)| *name == loss.name) {
                Some((_, sum, count)) => {
                    *sum += loss.value;
                    *count += 1;
                }
                None => self.sums.push((loss.name, loss.value, 1)),
            }
        }
        let steps_a_point = steps.div_ceil(MAX_LIVE_POINTS).max(1);
        if !step.is_multiple_of(steps_a_point) && step != steps {
            return;
        }
        for (name, sum, count) in std::mem::take(&mut self.sums) {
            self.add(name, step, sum / count as f32);
        }
        self.speed.push((step, images_per_second));
    }

    pub fn validated(&mut self, validation: Validation) {
        self.validations.push(validation);
    }

    /// Forgets what came after a step: a training that goes on begins there.
    pub fn cut(&mut self, step: u64) {
        for series in &mut self.losses {
            series.points.retain(|point| point.0 <= step);
        }
        self.speed.retain(|point| point.0 <= step);
        self.validations
            .retain(|validation| validation.step <= step);
        self.sums.clear();
    }

    /// The validation with the highest AUC, the first of several.
    pub fn best(&self) -> Option<&Validation> {
        let mut best: Option<&Validation> = None;
        for validation in &self.validations {
            let is_better = match (validation.auc, best.and_then(|best| best.auc)) {
                (Some(auc), Some(best)) => best < auc,
                (auc, None) => auc.is_some(),
                (None, Some(_)) => false,
            };
            if is_better {
                best = Some(validation);
            }
        }
        best
    }

    pub fn series(&self, name: &str) -> Option<&Series> {
        self.losses.iter().find(|series| series.name == name)
    }

    /// The newest step that anything is known of.
    pub fn last_step(&self) -> u64 {
        let losses = self.losses.iter();
        let steps = losses.filter_map(|series| Some(series.points.last()?.0));
        let validated = self.validations.last().map(|validation| validation.step);
        steps.chain(validated).max().unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.losses.is_empty() && self.validations.is_empty()
    }

    fn add(&mut self, name: &str, step: u64, value: f32) {
        let at = self.losses.iter().position(|series| series.name == name);
        let at = at.unwrap_or_else(|| {
            self.losses.push(Series {
                name: name.to_owned(),
                points: Vec::new(),
            });
            self.losses.len() - 1
        });
        self.losses[at].points.push((step, value));
    }
}

/// The curve with a memory of a few hundredths of its steps: an exponential mean without the pull of its first
/// value to zero. Values that are no numbers are left out.
pub fn smoothed(points: &[(u64, f32)]) -> Vec<(u64, f32)> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let memory = (SMOOTHING * (last.0 - first.0) as f64).max(1.0);
    let (mut sum, mut weight, mut before) = (0.0, 0.0, first.0);
    let mut out = Vec::with_capacity(points.len());
    for &(step, value) in points.iter().filter(|point| point.1.is_finite()) {
        let keeps = (-((step - before) as f64) / memory).exp();
        sum = keeps * sum + f64::from(value);
        weight = keeps * weight + 1.0;
        before = step;
        out.push((step, (sum / weight) as f32));
    }
    out
}

/// The point at a step, or the last one before it.
pub fn at_step<T: Copy>(points: &[(u64, T)], step: u64) -> Option<(u64, T)> {
    let after = points.partition_point(|point| point.0 <= step);
    points.get(after.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss(value: f32) -> [Loss; 1] {
        [Loss {
            name: "final",
            value,
        }]
    }

    #[test]
    fn a_long_training_stays_small_and_keeps_the_mean() {
        let mut history = History::default();
        for step in 1..=4000 {
            history.step(step, 4000, &loss(step as f32), 10.0);
        }
        let points = &history.series("final").unwrap().points;
        assert_eq!(points.len(), 400);
        assert_eq!(points[0], (10, 5.5));
        assert_eq!(history.last_step(), 4000);
        history.cut(2000);
        assert_eq!(history.last_step(), 2000);
    }

    #[test]
    fn a_short_training_has_a_point_a_step() {
        let mut history = History::default();
        for step in 1..=7 {
            history.step(step, 7, &loss(1.0), 10.0);
        }
        assert_eq!(history.series("final").unwrap().points.len(), 7);
    }

    #[test]
    fn the_best_validation_is_the_first_with_the_highest_auc() {
        let mut history = History::default();
        assert!(history.best().is_none());
        for (step, auc) in [(1, None), (2, Some(0.6)), (3, Some(0.8)), (4, Some(0.8))] {
            history.validated(Validation {
                step,
                auc,
                ..Validation::default()
            });
        }
        assert_eq!(history.best().unwrap().step, 3);
    }

    #[test]
    fn smoothing_keeps_a_level_and_calms_what_jumps() {
        let level: Vec<(u64, f32)> = (0..50).map(|step| (step, 2.0)).collect();
        assert!(
            smoothed(&level)
                .iter()
                .all(|point| (point.1 - 2.0).abs() < 1e-6)
        );
        let jumps: Vec<(u64, f32)> = (0..500).map(|step| (step, (step % 2) as f32)).collect();
        let calm = smoothed(&jumps);
        assert!((calm[499].1 - 0.5).abs() < 0.1, "{:?}", calm[499]);
        assert!(smoothed(&[]).is_empty());
        assert_eq!(smoothed(&[(0, f32::NAN), (1, 3.0)]), [(1, 3.0)]);
    }

    #[test]
    fn the_value_at_a_step_is_the_last_known_one() {
        let points = [(10, 1.0), (20, 2.0)];
        assert_eq!(at_step(&points, 9), None);
        assert_eq!(at_step(&points, 19), Some((10, 1.0)));
        assert_eq!(at_step(&points, 99), Some((20, 2.0)));
    }
}
