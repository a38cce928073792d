//! What several trainings say of one number: its mean, and how far they lie apart.

use serde::{Deserialize, Serialize};

/// One number of several trainings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    pub mean: f64,
    /// Of the sample, with one less than the count below; `None` for one training.
    pub deviation: Option<f64>,
}

impl Spread {
    /// `None` for no values.
    pub fn of(values: &[f64]) -> Option<Self> {
        (!values.is_empty()).then(|| Self {
            mean: mean(values),
            deviation: deviation(values),
        })
    }
}

/// The arithmetic mean; not a number for none.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation of the sample, with one less than the count below; `None` for fewer than two.
pub fn deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let middle = mean(values);
    let squares = values.iter().map(|value| (value - middle).powi(2));
    Some((squares.sum::<f64>() / (values.len() - 1) as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_deviations_are_those_of_the_sample() {
        // statistics.stdev([61.6, 62.4, 60.8]) in Python is 0.8.
        let spread = Spread::of(&[61.6, 62.4, 60.8]).unwrap();
        assert!((spread.deviation.unwrap() - 0.8).abs() < 1e-12);
        assert!((spread.mean - 61.6).abs() < 1e-12);
        assert_eq!(deviation(&[1.0]), None);
        assert!(mean(&[]).is_nan() && Spread::of(&[]).is_none());
    }
}
