//! Logistic regression by Newton's method (iteratively reweighted least squares) with a ridge.

use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

/// Weight of the squared coefficients against the summed log-loss, on standardized features: enough to
/// keep separable and collinear data finite, too little to hide a leak.
const RIDGE: f64 = 1.0;

/// Newton's method doubles its digits each round; this many are ample.
const MAX_ROUNDS: usize = 50;
const DONE_BELOW: f64 = 1e-10;

/// Rows of the Hessian that are filled in one pass over the examples: of 512 features they fit the nearest cache.
const BLOCK_ROWS: usize = 8;

/// Features that vary less than this over their size are constants.
const CONSTANT_BELOW: f64 = 1e-9;

/// A fitted line without its constant, which says nothing about one row against another.
pub struct Line {
    /// Of each feature over all rows.
    pub means: Vec<f64>,
    /// Standard deviation of each feature; 0 for constants.
    pub deviations: Vec<f64>,
    /// What one standard deviation of each feature adds to the logit; 0 for constants.
    pub weights: Vec<f64>,
    /// Weight over deviation; 0 for constants.
    slopes: Vec<f64>,
}

impl Line {
    /// The logit of a row but for the constant; the row has as many features as those it was fitted to.
    pub fn score(&self, row: &[f64]) -> f64 {
        let centered = row.iter().zip(&self.means);
        let terms = centered.zip(&self.slopes);
        terms
            .map(|((value, mean), slope)| slope * (value - mean))
            .sum()
    }
}

/// Fits rows to targets; a row counts as much as its share, above zero. `None` without rows of both
/// targets. Some seconds for thousands of rows of 512 features.
///
/// # Panics
///
/// Where a row is shorter than the first.
pub fn fit(rows: &[&[f64]], targets: &[bool], shares: &[f64]) -> Option<Line> {
    let total: f64 = shares.iter().sum();
    let num_true = targets.iter().filter(|target| **target).count();
    if num_true == 0 || num_true == rows.len() {
        return None;
    }
    let num_features = rows.first().map_or(0, |row| row.len());
    let mut means = vec![0.0; num_features];
    let mut deviations = vec![0.0; num_features];
    let mut inverse_std = vec![0.0; num_features];
    for at in 0..num_features {
        let shared = || rows.iter().zip(shares);
        let mean = shared().map(|(row, share)| share * row[at]).sum::<f64>() / total;
        let squares = shared().map(|(row, share)| share * (row[at] - mean) * (row[at] - mean));
        let std = (squares.sum::<f64>() / total).sqrt();
        means[at] = mean;
        if CONSTANT_BELOW * (1.0 + mean.abs()) < std {
            deviations[at] = std;
            inverse_std[at] = 1.0 / std;
        }
    }
    // The constant comes last and is not held back by the ridge.
    let inputs = rows.iter().map(|row| {
        let scaled = (0..num_features).map(|at| (row[at] - means[at]) * inverse_std[at]);
        scaled.chain([1.0]).collect()
    });
    let examples = inputs.zip(targets).zip(shares);
    let examples = examples.map(|((inputs, target), share)| Example {
        inputs,
        target: *target,
        share: *share,
    });
    let mut weights = newton(&examples.collect::<Vec<_>>(), num_features + 1);
    weights.truncate(num_features);
    let slopes = weights.iter().zip(&inverse_std);
    let slopes = slopes.map(|(weight, inverse)| weight * inverse).collect();
    Some(Line {
        means,
        deviations,
        weights,
        slopes,
    })
}

/// A standardized row.
struct Example {
    inputs: Vec<f64>,
    target: bool,
    share: f64,
}

fn newton(examples: &[Example], size: usize) -> Vec<f64> {
    let mut weights = vec![0.0; size];
    let mut loss = loss_of(examples, &weights);
    for _ in 0..MAX_ROUNDS {
        let (gradient, hessian) = derivatives(examples, &weights);
        let Some(step) = solve(hessian, gradient) else {
            break;
        };
        // Newton's step may overshoot far from the minimum; halved often enough, it goes down.
        let mut share = 1.0;
        let mut next = stepped(&weights, &step, share);
        let mut next_loss = loss_of(examples, &next);
        while loss < next_loss && 1e-6 < share {
            share *= 0.5;
            next = stepped(&weights, &step, share);
            next_loss = loss_of(examples, &next);
        }
        weights = next;
        loss = next_loss;
        if step.iter().all(|value| value.abs() < DONE_BELOW) {
            break;
        }
    }
    weights
}

fn stepped(weights: &[f64], step: &[f64], share: f64) -> Vec<f64> {
    let pairs = weights.iter().zip(step);
    pairs.map(|(weight, step)| weight - share * step).collect()
}

fn loss_of(examples: &[Example], weights: &[f64]) -> f64 {
    let losses = examples.iter().map(|example| {
        let logit = dot(&example.inputs, weights);
        let signed = if example.target { -logit } else { logit };
        // log(1 + exp(signed)), safe for large values.
        example.share * (signed.max(0.0) + libm::log1p(libm::exp(-signed.abs())))
    });
    let ridge: f64 = weights[..weights.len() - 1]
        .iter()
        .map(|weight| weight * weight)
        .sum();
    losses.sum::<f64>() + 0.5 * RIDGE * ridge
}

/// Gradient and Hessian of the loss, of which only the lower half is filled.
fn derivatives(examples: &[Example], weights: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let size = weights.len();
    let mut gradient = vec![0.0; size];
    let mut hessian = vec![vec![0.0; size]; size];
    let mut curvatures = Vec::with_capacity(examples.len());
    for example in examples {
        let probability = 1.0 / (1.0 + libm::exp(-dot(&example.inputs, weights)));
        let residual = example.share * (probability - f64::from(u8::from(example.target)));
        curvatures.push(example.share * probability * (1.0 - probability));
        for (slope, input) in gradient.iter_mut().zip(&example.inputs) {
            *slope += residual * input;
        }
    }
    // Each entry adds up its examples in their order, however the rows are dealt to threads.
    let blocks = hessian.par_chunks_mut(BLOCK_ROWS).enumerate();
    blocks.for_each(|(block, rows)| {
        for (example, curvature) in examples.iter().zip(&curvatures) {
            let inputs = &example.inputs;
            for (at, row) in rows.iter_mut().enumerate() {
                let i = block * BLOCK_ROWS + at;
                let factor = curvature * inputs[i];
                for (entry, input) in row[..=i].iter_mut().zip(inputs) {
                    *entry += factor * input;
                }
            }
        }
    });
    for i in 0..size {
        // A touch for the constant as well, so that the matrix stays invertible on separable data.
        let ridge = if i + 1 < size { RIDGE } else { 1e-9 };
        hessian[i][i] += ridge;
        if i + 1 < size {
            gradient[i] += RIDGE * weights[i];
        }
    }
    (gradient, hessian)
}

/// Solves for a symmetric positive definite matrix of which the lower half is given, by Cholesky.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for i in 0..size {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            let rest = matrix[i][j] - sum;
            if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                matrix[i][i] = rest.sqrt();
            } else {
                matrix[i][j] = rest / matrix[j][j];
            }
        }
    }
    for i in 0..size {
        let sum: f64 = (0..i).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i][i];
    }
    for i in (0..size).rev() {
        let sum: f64 = (i + 1..size).map(|k| matrix[k][i] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i][i];
    }
    Some(right)
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fit_stands_where_the_loss_is_flat() {
        let rows: [[f64; 2]; 8] = [
            [0.0, 5.0],
            [1.0, 5.0],
            [2.0, 5.0],
            [3.0, 5.0],
            [1.5, 5.0],
            [2.5, 5.0],
            [3.5, 5.0],
            [4.0, 5.0],
        ];
        let targets = [false, false, true, false, true, true, false, true];
        let rows: Vec<&[f64]> = rows.iter().map(|row| row.as_slice()).collect();
        let shares = [1.0, 2.0, 1.0, 1.0, 0.5, 1.0, 1.0, 1.0];
        let line = fit(&rows, &targets, &shares).unwrap();
        assert!(0.0 < line.slopes[0]);
        assert_eq!(line.slopes[1], 0.0, "a constant has no say");
        // The loss is convex, so that a flat place is the minimum; the constant column drops out.
        let (mean, std) = moments(&rows, &shares);
        let examples = (0..8).map(|at| Example {
            inputs: vec![(rows[at][0] - mean) / std, 1.0],
            target: targets[at],
            share: shares[at],
        });
        let examples: Vec<Example> = examples.collect();
        let weights = newton(&examples, 2);
        let (gradient, _) = derivatives(&examples, &weights);
        assert!(
            gradient.iter().all(|value| value.abs() < 1e-8),
            "{gradient:?}"
        );
        assert!((line.slopes[0] * std - weights[0]).abs() < 1e-9);
        assert!((line.weights[0] - weights[0]).abs() < 1e-9);
        assert!((line.deviations[0] - std).abs() < 1e-9 && line.deviations[1] == 0.0);
        // The gradient is that of the loss: finite differences, whose error is about 1e-10 here.
        let (near, step) = ([0.3, -0.2], 1e-5);
        let (gradient, _) = derivatives(&examples, &near);
        for at in 0..2 {
            let (mut low, mut high) = (near, near);
            low[at] -= step;
            high[at] += step;
            let slope = (loss_of(&examples, &high) - loss_of(&examples, &low)) / (2.0 * step);
            assert!(
                (slope - gradient[at]).abs() < 1e-7,
                "{slope} {}",
                gradient[at]
            );
        }
        // A row with a share of two is that row twice.
        let mut twice = rows.clone();
        twice.push(rows[1]);
        let double_targets = [&targets[..], &targets[1..2]].concat();
        let single = [1.0, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0];
        let same = fit(&twice, &double_targets, &single).unwrap();
        assert!((same.slopes[0] - line.slopes[0]).abs() < 1e-9);
    }

    fn moments(rows: &[&[f64]], shares: &[f64]) -> (f64, f64) {
        let total: f64 = shares.iter().sum();
        let shared = || rows.iter().zip(shares);
        let mean = shared().map(|(row, share)| share * row[0]).sum::<f64>() / total;
        let squares = shared().map(|(row, share)| share * (row[0] - mean) * (row[0] - mean));
        (mean, (squares.sum::<f64>() / total).sqrt())
    }

    #[test]
    fn many_features_are_fitted_to_where_the_gradient_is_zero() {
        // More features than a block has rows, and some of them copies of others.
        let value = |row: usize, at: usize| libm::sin((row * 37 + at % 19 * 101) as f64);
        let rows: Vec<Vec<f64>> = (0..60)
            .map(|row| (0..21).map(|at| value(row, at)).collect())
            .collect();
        let targets: Vec<bool> = (0..60).map(|row| value(row, 3) < value(row, 5)).collect();
        let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let line = fit(&rows, &targets, &[1.0; 60]).unwrap();
        assert!(line.weights[3] < -0.1 && 0.1 < line.weights[5]);
        assert!(
            (line.weights[0] - line.weights[19]).abs() < 1e-9,
            "a copy shares"
        );
        let right = rows.iter().zip(&targets);
        let right = right.filter(|(row, target)| (0.0 < line.score(row)) == **target);
        assert!(54 <= right.count());
    }

    #[test]
    fn separable_rows_stay_finite_and_one_label_alone_gives_nothing() {
        let rows: Vec<[f64; 1]> = (0..40).map(|at| [f64::from(at)]).collect();
        let rows: Vec<&[f64]> = rows.iter().map(|row| row.as_slice()).collect();
        let targets: Vec<bool> = (0..40).map(|at| 20 <= at).collect();
        let line = fit(&rows, &targets, &[1.0; 40]).unwrap();
        assert!(line.slopes[0].is_finite() && 0.0 < line.slopes[0]);
        assert!(line.score(&[0.0]) < line.score(&[39.0]));
        assert!(fit(&rows, &[true; 40], &[1.0; 40]).is_none());
        assert!(fit(&[], &[], &[]).is_none());
    }

    #[test]
    fn a_system_of_equations_is_solved() {
        let matrix = vec![vec![4.0, 0.0], vec![2.0, 3.0]];
        let found = solve(matrix, vec![8.0, 7.0]).unwrap();
        assert!((4.0 * found[0] + 2.0 * found[1] - 8.0).abs() < 1e-12);
        assert!((2.0 * found[0] + 3.0 * found[1] - 7.0).abs() < 1e-12);
        assert!(solve(vec![vec![-1.0]], vec![1.0]).is_none());
    }
}
