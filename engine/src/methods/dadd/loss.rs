//! DADD's losses: cross entropy of every task, and the norm that selects among sub-tasks
//! (paper 004, equations 2 to 4).

use burn::prelude::Tensor;

use crate::methods::loss::cross_entropies;

/// Keeps the root's slope finite at zero (METHODS 5.3).
const TINY: f64 = 1e-12;

/// Binary cross entropy with logits, mean over the batch: equation 2.
///
/// # Shapes
/// - `logits`: `[batch]`, above zero leans to manipulated
/// - `labels`: `[batch]`, 1 is manipulated
/// - output: `[1]`
pub fn cross_entropy(logits: Tensor<1>, labels: Tensor<1>) -> Tensor<1> {
    cross_entropies(logits, labels).mean()
}

/// The sum of the lengths of the rows of `weight` read as one row for each sub-task: equation 3, with
/// the rows of the paper's figure 4.
///
/// # Shapes
/// - `weight`: `[num_rows * features, 1]`
/// - output: `[1]`
pub fn l21(weight: Tensor<2>, num_rows: usize) -> Tensor<1> {
    row_norms(weight, num_rows).sum()
}

/// How much each sub-task counts in the final score: the lengths of the rows of `weight`.
///
/// # Shapes
/// - `weight`: `[num_rows * features, 1]`
/// - output: `[num_rows]`
pub fn row_norms(weight: Tensor<2>, num_rows: usize) -> Tensor<1> {
    let [length, _] = weight.dims();
    let rows = weight.reshape([num_rows, length / num_rows]);
    (rows.square().sum_dim(1) + TINY).sqrt().reshape([num_rows])
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::Device;

    #[test]
    fn the_norm_of_the_example_is_six() {
        // METHODS 5.6.3: rows (3, 4), (0, 0), (1, 0).
        let device = Device::flex();
        let weight = Tensor::<1>::from_floats([3.0, 4.0, 0.0, 0.0, 1.0, 0.0], &device);
        let norm = l21(weight.reshape([6, 1]), 3).into_scalar::<f32>();
        assert!((norm - 6.0).abs() < 1e-5, "{norm}");
    }

    #[test]
    fn the_slope_of_a_zero_row_is_finite() {
        let device = Device::flex().autodiff();
        let weight = Tensor::<2>::zeros([6, 1], &device).require_grad();
        let slopes = weight
            .grad(&l21(weight.clone(), 3).backward())
            .unwrap()
            .into_data();
        assert!(slopes.as_slice::<f32>().unwrap().iter().all(|v| *v == 0.0));
    }

    #[test]
    fn the_slope_of_the_norm_is_the_unit_row() {
        let device = Device::flex().autodiff();
        let weight = Tensor::<1>::from_floats([3.0, 4.0, 1.0, 0.0], &device)
            .reshape([4, 1])
            .require_grad();
        let slopes = weight
            .grad(&l21(weight.clone(), 2).backward())
            .unwrap()
            .into_data();
        let slopes = slopes.as_slice::<f32>().unwrap();
        for (slope, expected) in slopes.iter().zip([0.6, 0.8, 1.0, 0.0]) {
            assert!((slope - expected).abs() < 1e-6, "{slopes:?}");
        }
    }

    #[test]
    fn cross_entropy_matches_the_reference_and_stays_finite() {
        let check = |logits: [f32; 3], labels: [f32; 3], expected: f32| {
            let device = Device::flex();
            let loss = cross_entropy(
                Tensor::from_floats(logits, &device),
                Tensor::from_floats(labels, &device),
            );
            let loss = loss.into_scalar::<f32>();
            assert!((loss - expected).abs() < 1e-4 * expected.max(1.0), "{loss}");
        };
        check([0.0; 3], [0.0, 1.0, 0.0], std::f32::consts::LN_2);
        // F.binary_cross_entropy_with_logits(tensor([.5, -1., 2.]), tensor([1., 0., 0.]))
        // = (log1p(exp(-.5)) + log1p(exp(-1.)) + log1p(exp(2.))) / 3
        check([0.5, -1.0, 2.0], [1.0, 0.0, 0.0], 0.971_42);
        check([200.0, -200.0, 100.0], [0.0, 1.0, 1.0], 400.0 / 3.0);
    }
}
