//! LGSC's losses (METHODS 7): no cue where a face is pristine, and pristine faces nearer to each other than
//! to manipulated ones. The published code calls live faces 1; here 1 is manipulated, as everywhere.

use burn::prelude::{Device, Tensor, TensorData};
use burn::tensor::{Int, activation::relu};

/// Added to squared lengths before they divide (the official code's number).
const EPSILON: f64 = 1e-10;

/// Squared distances below this are taken for it, and give no gradient: the root's is infinite at zero.
const MIN_SQUARE: f64 = 1e-12;

/// The mean of |C| over the pixels of pristine faces; exactly no gradient reaches manipulated ones. 0
/// without pristine faces.
///
/// # Shapes
/// - `strengths`: `[batch]`, mean |C| of each face
/// - `labels`: one each, 1 is manipulated
/// - output: `[1]`
pub fn regression(strengths: Tensor<1>, labels: &[f32]) -> Tensor<1> {
    let num_pristine = labels.iter().filter(|label| is_pristine(**label)).count();
    let share = 1.0 / num_pristine.max(1) as f32;
    let weights: Vec<f32> = labels
        .iter()
        .map(|label| if is_pristine(*label) { share } else { 0.0 })
        .collect();
    let weights = TensorData::new(weights, [labels.len()]);
    let weights = Tensor::from_data(weights, &strengths.device());
    (strengths * weights).sum()
}

/// Batch-all triplet loss (Hermans et al., In Defense of the Triplet Loss, 2017), one-sided: anchor and
/// positive are two pristine faces, the negative is a manipulated one. The mean of
/// `relu(d(anchor, positive) - d(anchor, negative) + margin)` over the triplets where it is above zero, with
/// Euclidean distances of features of length one. 0 where a batch has no triplet, or none above zero.
///
/// # Shapes
/// - `features`: `[batch, channels]`
/// - `labels`: one each, 1 is manipulated
/// - output: `[1]`
pub fn triplet(features: Tensor<2>, labels: &[f32], margin: f64) -> Tensor<1> {
    let device = features.device();
    let places = |is_wanted: fn(f32) -> bool| -> Vec<i64> {
        let numbered = labels.iter().zip(0..);
        let wanted = numbered.filter(|(label, _)| is_wanted(**label));
        wanted.map(|(_, at)| at).collect()
    };
    let pristine = places(is_pristine);
    let manipulated = places(|label| !is_pristine(label));
    let [anchors, negatives] = [pristine.len(), manipulated.len()];
    if anchors < 2 || negatives == 0 {
        return Tensor::zeros([1], &device);
    }
    let lengths = (features.clone().square().sum_dim(1) + EPSILON).sqrt();
    let features = features / lengths;
    let pristine = features.clone().select(0, indices(pristine, &device));
    let manipulated = features.select(0, indices(manipulated, &device));

    let to_positives = distances(pristine.clone(), pristine.clone());
    let to_negatives = distances(pristine, manipulated);
    let gaps = to_positives.reshape([anchors, anchors, 1])
        - to_negatives.reshape([anchors, 1, negatives])
        + margin;
    // An anchor is not its own positive.
    let others = Tensor::<2>::eye(anchors, &device).neg() + 1.0;
    let losses = relu(gaps) * others.reshape([anchors, anchors, 1]);
    let num_active = losses.clone().detach().greater_elem(0.0).float().sum();
    losses.sum() / num_active.clamp_min(1.0)
}

/// Euclidean distances of all pairs of rows of length one.
///
/// # Shapes
/// - `one`: `[count, channels]`, `other`: `[count', channels]`
/// - output: `[count, count']`
fn distances(one: Tensor<2>, other: Tensor<2>) -> Tensor<2> {
    let products = one.clone().matmul(other.clone().transpose());
    let square_of_one = one.square().sum_dim(1);
    let square_of_other = other.square().sum_dim(1).transpose();
    let squares = square_of_one + square_of_other - products * 2.0;
    squares.clamp_min(MIN_SQUARE).sqrt()
}

fn indices(places: Vec<i64>, device: &Device) -> Tensor<1, Int> {
    let count = places.len();
    Tensor::from_data(TensorData::new(places, [count]), device)
}

fn is_pristine(label: f32) -> bool {
    label < 0.5
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;

    const LABELS: [f32; 7] = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0];

    fn values(count: usize) -> Vec<f32> {
        (0..count)
            .map(|i| (i * 53 % 29) as f32 * 0.1 - 1.0)
            .collect()
    }

    fn loss_and_gradient(rows: Vec<f32>, labels: &[f32]) -> (f32, Vec<f32>) {
        let device = Device::flex().autodiff();
        let shape = [labels.len(), rows.len() / labels.len()];
        let features = Tensor::<2>::from_data(TensorData::new(rows, shape), &device);
        let features = features.require_grad();
        let loss = triplet(features.clone(), labels, 0.5);
        let value = host_tensor(loss.clone().inner()).unwrap().values[0];
        let mut gradients = (loss + features.clone().sum() * 0.0).backward();
        let gradient = features.grad_remove(&mut gradients).unwrap();
        (value, host_tensor(gradient).unwrap().values)
    }

    /// METHODS 7 word by word.
    fn by_hand(rows: &[f32], labels: &[f32]) -> f64 {
        let width = rows.len() / labels.len();
        let rows: Vec<Vec<f64>> = rows
            .chunks_exact(width)
            .map(|row| {
                let length = row
                    .iter()
                    .map(|v| f64::from(*v).powi(2))
                    .sum::<f64>()
                    .sqrt();
                row.iter().map(|v| f64::from(*v) / length).collect()
            })
            .collect();
        let distance = |a: usize, b: usize| -> f64 {
            let squares = rows[a].iter().zip(&rows[b]).map(|(x, y)| (x - y).powi(2));
            squares.sum::<f64>().sqrt()
        };
        let (mut sum, mut count) = (0.0, 0);
        for anchor in 0..labels.len() {
            for positive in 0..labels.len() {
                for negative in 0..labels.len() {
                    let is_triplet = anchor != positive
                        && labels[anchor] < 0.5
                        && labels[positive] < 0.5
                        && 0.5 < labels[negative];
                    let loss = distance(anchor, positive) - distance(anchor, negative) + 0.5;
                    if is_triplet && 0.0 < loss {
                        sum += loss;
                        count += 1;
                    }
                }
            }
        }
        sum / f64::from(count.max(1))
    }

    #[test]
    fn equals_the_sum_over_all_triplets() {
        let rows = values(7 * 5);
        let expected = by_hand(&rows, &LABELS);
        assert!(0.1 < expected);
        let (found, _) = loss_and_gradient(rows, &LABELS);
        assert!(
            (f64::from(found) - expected).abs() < 1e-5,
            "{found} and {expected}"
        );
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let rows = values(7 * 5);
        let (_, gradient) = loss_and_gradient(rows.clone(), &LABELS);
        for at in 0..rows.len() {
            let moved = |by: f32| {
                let mut rows = rows.clone();
                rows[at] += by;
                by_hand(&rows, &LABELS)
            };
            let expected = (moved(1e-3) - moved(-1e-3)) / 2e-3;
            assert!((f64::from(gradient[at]) - expected).abs() < 1e-3);
        }
    }

    #[test]
    fn without_a_triplet_it_is_zero() {
        let check = |labels: &[f32]| {
            let (loss, gradient) = loss_and_gradient(values(labels.len() * 5), labels);
            assert_eq!(loss, 0.0);
            assert!(gradient.iter().all(|value| *value == 0.0));
        };
        check(&[0.0; 4]);
        check(&[1.0; 4]);
        check(&[0.0, 1.0, 1.0]);
    }

    #[test]
    fn equal_and_empty_features_give_finite_gradients() {
        let row = [0.3_f32, -0.2, 0.9];
        for rows in [row.repeat(7), vec![0.0; 21]] {
            let (loss, gradient) = loss_and_gradient(rows, &LABELS);
            // All distances are nothing, or next to it.
            assert!((loss - 0.5).abs() < 1e-3, "{loss}");
            assert!(gradient.iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn far_negatives_cost_nothing() {
        let rows = [[1.0, 0.0], [-1.0, 0.0], [1.0, 0.1]].concat();
        assert_eq!(loss_and_gradient(rows, &[0.0, 1.0, 0.0]).0, 0.0);
    }

    #[test]
    fn cues_of_manipulated_faces_are_free() {
        let device = Device::flex().autodiff();
        let strengths = Tensor::<1>::from_data([0.5, 0.2, 0.1], &device).require_grad();
        let loss = regression(strengths.clone(), &[0.0, 1.0, 0.0]);
        let value = host_tensor(loss.clone().inner()).unwrap().values[0];
        assert!((value - 0.3).abs() < 1e-6);
        let gradient = strengths.grad(&loss.backward()).unwrap();
        assert_eq!(host_tensor(gradient).unwrap().values, [0.5, 0.0, 0.5]);
        let none = regression(Tensor::from_data([0.5, 0.2], &device), &[1.0, 1.0]);
        assert_eq!(host_tensor(none.inner()).unwrap().values, [0.0]);
    }
}
