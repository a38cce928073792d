//! Plain means over the techniques that a protocol tests one at a time.

use serde::{Deserialize, Serialize};

use crate::eval::report::MethodResult;

/// Plain means over the folds of a protocol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Average {
    pub method: String,
    /// Whether the technique tested was the only one of the training, instead of left out.
    #[serde(default)]
    pub is_known: bool,
    pub folds: usize,
    pub auc_frames: f64,
    pub auc_videos: Option<f64>,
    pub eer_frames: f64,
    /// At probability 0.5; over a test with more pristine faces than manipulated ones.
    #[serde(default)]
    pub acc_frames: Option<f64>,
    /// The same with both kinds of equal weight.
    #[serde(default)]
    pub balanced_acc_frames: Option<f64>,
}

impl Average {
    /// Over the folds of one method, with the technique known or not; `None` without any.
    pub fn of(method: &str, is_known: bool, results: &[MethodResult]) -> Option<Self> {
        let is_of_kind = |result: &MethodResult| {
            if is_known {
                result.trained_on.is_some()
            } else {
                result.left_out.is_some()
            }
        };
        let folds: Vec<&MethodResult> = results
            .iter()
            .filter(|result| result.method == method && is_of_kind(result))
            .collect();
        if folds.is_empty() {
            return None;
        }
        let count = folds.len() as f64;
        let mean = |number: &dyn Fn(&MethodResult) -> Option<f64>| {
            let numbers: Option<Vec<f64>> = folds.iter().map(|fold| number(fold)).collect();
            numbers.map(|numbers| numbers.iter().sum::<f64>() / count)
        };
        Some(Self {
            method: method.to_owned(),
            is_known,
            folds: folds.len(),
            auc_frames: mean(&|fold| Some(fold.frames.auc.value))?,
            auc_videos: mean(&|fold| Some(fold.videos.as_ref()?.auc.value)),
            eer_frames: mean(&|fold| Some(fold.frames.eer.value))?,
            acc_frames: mean(&|fold| Some(fold.frames.acc.as_ref()?.value)),
            balanced_acc_frames: mean(&|fold| Some(fold.frames.balanced_acc.as_ref()?.value)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::report::tests::made_up_result;

    #[test]
    fn an_average_is_over_folds_alone() {
        let mut folds = vec![made_up_result(), made_up_result()];
        assert_eq!(Average::of("dadd", false, &folds), None);
        folds[0].left_out = Some("swap".to_owned());
        folds[0].frames.auc.value = 0.5;
        folds[1].left_out = Some("recolor".to_owned());
        folds[1].frames.auc.value = 0.9;
        let average = Average::of("dadd", false, &folds).unwrap();
        assert_eq!((average.folds, average.auc_frames), (2, 0.7));
    }
}
