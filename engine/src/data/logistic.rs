//! Logistic regression by Newton's method (iteratively reweighted least squares) with a ridge.

/// Weight of the squared coefficients against the summed log-loss, on standardized features: enough to
/// keep separable and collinear data finite, too little to hide a leak.
const RIDGE: f64 = 1.0;

/// Newton's method doubles its digits each round; this many are ample.
const MAX_ROUNDS: usize = 50;
const DONE_BELOW: f64 = 1e-10;

/// Features that vary less than this over their size are constants.
const CONSTANT_BELOW: f64 = 1e-9;

/// A fitted line without its constant, which says nothing about one row against another.
pub(super) struct Line<const N: usize> {
    mean: [f64; N],
    /// Coefficient over the feature's standard deviation; 0 for constants.
    slope: [f64; N],
}

impl<const N: usize> Line<N> {
    pub fn score(&self, row: &[f64; N]) -> f64 {
        (0..N)
            .map(|at| self.slope[at] * (row[at] - self.mean[at]))
            .sum()
    }
}

/// Fits rows to targets. `None` without rows of both targets.
pub(super) fn fit<const N: usize>(rows: &[&[f64; N]], targets: &[bool]) -> Option<Line<N>> {
    let count = rows.len() as f64;
    let num_true = targets.iter().filter(|target| **target).count();
    if num_true == 0 || num_true == rows.len() {
        return None;
    }
    let mut mean = [0.0; N];
    let mut inverse_std = [0.0; N];
    for at in 0..N {
        mean[at] = rows.iter().map(|row| row[at]).sum::<f64>() / count;
        let squares = rows
            .iter()
            .map(|row| (row[at] - mean[at]) * (row[at] - mean[at]));
        let std = (squares.sum::<f64>() / count).sqrt();
        if CONSTANT_BELOW * (1.0 + mean[at].abs()) < std {
            inverse_std[at] = 1.0 / std;
        }
    }
    // The constant comes last and is not held back by the ridge.
    let design: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| {
            let scaled = (0..N).map(|at| (row[at] - mean[at]) * inverse_std[at]);
            scaled.chain([1.0]).collect()
        })
        .collect();
    let weights = newton(&design, targets, N + 1);
    let mut slope = [0.0; N];
    for at in 0..N {
        slope[at] = weights[at] * inverse_std[at];
    }
    Some(Line { mean, slope })
}

fn newton(design: &[Vec<f64>], targets: &[bool], size: usize) -> Vec<f64> {
    let mut weights = vec![0.0; size];
    let mut loss = loss_of(design, targets, &weights);
    for _ in 0..MAX_ROUNDS {
        let (gradient, hessian) = derivatives(design, targets, &weights);
        let Some(step) = solve(hessian, gradient) else {
            break;
        };
        // Newton's step may overshoot far from the minimum; halved often enough, it goes down.
        let mut share = 1.0;
        let mut next = stepped(&weights, &step, share);
        let mut next_loss = loss_of(design, targets, &next);
        while loss < next_loss && 1e-6 < share {
            share *= 0.5;
            next = stepped(&weights, &step, share);
            next_loss = loss_of(design, targets, &next);
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

fn loss_of(design: &[Vec<f64>], targets: &[bool], weights: &[f64]) -> f64 {
    let losses = design.iter().zip(targets).map(|(row, target)| {
        let logit = dot(row, weights);
        let signed = if *target { -logit } else { logit };
        // log(1 + exp(signed)), safe for large values.
        signed.max(0.0) + libm::log1p(libm::exp(-signed.abs()))
    });
    let ridge: f64 = weights[..weights.len() - 1]
        .iter()
        .map(|weight| weight * weight)
        .sum();
    losses.sum::<f64>() + 0.5 * RIDGE * ridge
}

/// Gradient and Hessian of the loss.
fn derivatives(
    design: &[Vec<f64>],
    targets: &[bool],
    weights: &[f64],
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let size = weights.len();
    let mut gradient = vec![0.0; size];
    let mut hessian = vec![vec![0.0; size]; size];
    for (row, target) in design.iter().zip(targets) {
        let probability = 1.0 / (1.0 + libm::exp(-dot(row, weights)));
        let residual = probability - f64::from(u8::from(*target));
        let curvature = probability * (1.0 - probability);
        for i in 0..size {
            gradient[i] += residual * row[i];
            for j in 0..=i {
                hessian[i][j] += curvature * row[i] * row[j];
            }
        }
    }
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
        let rows: Vec<&[f64; 2]> = rows.iter().collect();
        let line = fit(&rows, &targets).unwrap();
        assert!(0.0 < line.slope[0]);
        assert_eq!(line.slope[1], 0.0, "a constant has no say");
        // The loss is convex, so that a flat place is the minimum; the constant column drops out.
        let mean = 17.5 / 8.0;
        let std = line_std(&rows, mean);
        let design: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| vec![(row[0] - mean) / std, 1.0])
            .collect();
        let weights = newton(&design, &targets, 2);
        let (gradient, _) = derivatives(&design, &targets, &weights);
        assert!(
            gradient.iter().all(|value| value.abs() < 1e-8),
            "{gradient:?}"
        );
        assert!((line.slope[0] * std - weights[0]).abs() < 1e-9);
    }

    fn line_std(rows: &[&[f64; 2]], mean: f64) -> f64 {
        let squares: f64 = rows
            .iter()
            .map(|row| (row[0] - mean) * (row[0] - mean))
            .sum();
        (squares / rows.len() as f64).sqrt()
    }

    #[test]
    fn separable_rows_stay_finite_and_one_label_alone_gives_nothing() {
        let rows: Vec<[f64; 1]> = (0..40).map(|at| [f64::from(at)]).collect();
        let rows: Vec<&[f64; 1]> = rows.iter().collect();
        let targets: Vec<bool> = (0..40).map(|at| 20 <= at).collect();
        let line = fit(&rows, &targets).unwrap();
        assert!(line.slope[0].is_finite() && 0.0 < line.slope[0]);
        assert!(line.score(&[0.0]) < line.score(&[39.0]));
        assert!(fit(&rows, &[true; 40]).is_none());
        assert!(fit::<1>(&[], &[]).is_none());
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
