//! From the strength of a cue to a logit: where its threshold lies and how fast certainty grows around it.
//!
//! LGSC scores by mean |C| and sets a threshold in validation (METHODS 7). A logit above zero is to lean to
//! manipulated, so the threshold must travel with the weights: it comes from running means and variances of
//! mean |C| over the pristine and the manipulated faces of the training's own batches. It is no
//! calibration; `seam eval` makes one on clips of its own.

use burn::module::RunningState;
use burn::prelude::{Device, Module, Tensor};

use crate::nn::named::host_tensor;

/// The newest batch counts at least so much in the running numbers.
const MOMENTUM: f32 = 0.02;

/// Deviations and distances of mean |C| are never taken to be smaller: logits stay finite, and grow with
/// mean |C| even where training has them the other way round.
const MIN_DEVIATION: f32 = 1e-3;

/// Running numbers of mean |C|, pristine first, named as `nn::named` knows state that is not trained.
#[derive(Module, Debug)]
pub struct CueScale {
    running_mean: RunningState<Tensor<1>>,
    running_var: RunningState<Tensor<1>>,
}

/// `logit = slope * (mean |C| - threshold)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CueLine {
    /// Above zero.
    pub slope: f32,
    pub threshold: f32,
}

impl CueScale {
    pub fn new(device: &Device) -> Self {
        Self {
            running_mean: RunningState::new(Tensor::zeros([2], device)),
            running_var: RunningState::new(Tensor::ones([2], device)),
        }
    }

    /// Takes in mean |C| of a batch's faces with their labels, 1 for manipulated; `step` counts from zero.
    /// The first batches are averaged, later ones replace earlier ones little by little. A side without a
    /// face keeps its numbers.
    pub fn observe(&self, step: u64, strengths: &[f32], labels: &[f32]) -> Result<(), String> {
        let [mut means, mut variances] = self.numbers()?;
        let share = MOMENTUM.max(1.0 / (step + 1) as f32);
        for (side, (mean, variance)) in means.iter_mut().zip(&mut variances).enumerate() {
            let own = strengths.iter().zip(labels);
            let own: Vec<f32> = own
                .filter(|(_, label)| usize::from(0.5 <= **label) == side)
                .map(|(strength, _)| *strength)
                .collect();
            if own.is_empty() {
                continue;
            }
            let average =
                |values: &mut dyn Iterator<Item = f32>| values.sum::<f32>() / own.len() as f32;
            *mean += share * (average(&mut own.iter().copied()) - *mean);
            let spread = average(&mut own.iter().map(|strength| (strength - *mean).powi(2)));
            *variance += share * (spread - *variance);
        }
        let device = self.running_mean.value().device();
        let update = |running: &RunningState<Tensor<1>>, values: [f32; 2]| {
            running.update(Tensor::from_data(values, &device));
        };
        update(&self.running_mean, means);
        update(&self.running_var, variances);
        Ok(())
    }

    /// The logarithm of the odds of two bells of equal width, at even odds beforehand. Where the widths
    /// differ, the threshold lies where equal shares of both sides are on the wrong one, and the slope is
    /// that of the widths' geometric mean.
    pub fn line(&self) -> Result<CueLine, String> {
        let [means, variances] = self.numbers()?;
        let deviations = variances.map(|variance| variance.sqrt().max(MIN_DEVIATION));
        let [pristine, manipulated] = deviations;
        let distance = (means[1] - means[0]).max(MIN_DEVIATION);
        Ok(CueLine {
            slope: distance / (pristine * manipulated),
            threshold: (means[0] * manipulated + means[1] * pristine) / (pristine + manipulated),
        })
    }

    /// Means and variances.
    pub fn numbers(&self) -> Result<[[f32; 2]; 2], String> {
        let read = |running: &RunningState<Tensor<1>>| {
            let values = host_tensor(running.value_sync().without_autodiff())?.values;
            <[f32; 2]>::try_from(values)
                .map_err(|values| format!("{} numbers for two sides", values.len()))
        };
        Ok([read(&self.running_mean)?, read(&self.running_var)?])
    }
}

impl CueLine {
    /// Above zero leans to manipulated.
    pub fn logit(self, strength: f32) -> f32 {
        self.slope * (strength - self.threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::{collect, num_trainable};

    const LABELS: [f32; 6] = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0];

    fn observed(batches: &[[f32; 6]]) -> CueScale {
        let scale = CueScale::new(&Device::flex());
        for (step, batch) in batches.iter().enumerate() {
            scale.observe(step as u64, batch, &LABELS).unwrap();
        }
        scale
    }

    #[test]
    fn the_first_batches_are_averaged() {
        let scale = observed(&[
            [0.1, 0.4, 0.2, 0.5, 0.3, 0.6],
            [0.3, 0.8, 0.4, 0.9, 0.5, 1.0],
        ]);
        let [means, variances] = scale.numbers().unwrap();
        assert!((means[0] - 0.3).abs() < 1e-6 && (means[1] - 0.7).abs() < 1e-6);
        // Of the first batch about its own mean, of the second about that of both.
        let expected = 0.5 * (0.02 / 3.0 + (0.01 + 0.04) / 3.0);
        assert!((variances[0] - expected).abs() < 1e-6, "{variances:?}");
        assert_eq!(num_trainable(&scale), 0);
        assert_eq!(collect(&scale).unwrap().len(), 2);
    }

    #[test]
    fn the_threshold_lies_between_and_nearer_to_the_narrower_side() {
        let line = observed(&[[0.1, 0.4, 0.11, 0.6, 0.12, 0.8]])
            .line()
            .unwrap();
        assert!(0.11 < line.threshold && line.threshold < 0.2, "{line:?}");
        assert!(line.logit(0.11) < 0.0 && 0.0 < line.logit(0.6));
    }

    #[test]
    fn a_stronger_cue_never_lowers_the_logit_and_it_stays_finite() {
        let untrained = CueScale::new(&Device::flex());
        let reversed = observed(&[[0.9, 0.1, 0.9, 0.1, 0.9, 0.1]]);
        let still = observed(&[[0.0; 6]]);
        for scale in [untrained, reversed, still] {
            let line = scale.line().unwrap();
            assert!(0.0 < line.slope && line.slope.is_finite(), "{line:?}");
            let logits: Vec<f32> = (0..=10).map(|n| line.logit(n as f32 * 0.1)).collect();
            assert!(logits.is_sorted() && logits[0] < logits[10]);
            assert!(logits.iter().all(|logit| logit.is_finite()));
        }
    }

    #[test]
    fn a_batch_of_one_side_leaves_the_other() {
        let scale = observed(&[[0.1, 0.4, 0.2, 0.5, 0.3, 0.6]]);
        let before = scale.numbers().unwrap();
        scale.observe(1, &[0.9; 2], &[1.0; 2]).unwrap();
        let after = scale.numbers().unwrap();
        assert_eq!(before[0][0], after[0][0]);
        assert!(before[0][1] < after[0][1]);
    }
}
