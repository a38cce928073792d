//! Cross entropy of two classes by their logit, with a weight for pristine pictures.

use burn::prelude::Tensor;

use crate::methods::loss::cross_entropies;

/// Mean over the batch by weight: a pristine picture counts `pristine_weight` times.
///
/// # Shapes
/// - `logits`: `[batch]`, above zero leans to manipulated
/// - `labels`: `[batch]`, 1 is manipulated
/// - output: `[1]`
pub fn cross_entropy(logits: Tensor<1>, labels: Tensor<1>, pristine_weight: f64) -> Tensor<1> {
    let pristine = labels.clone().neg() + 1.0;
    let losses = cross_entropies(logits, labels.clone());
    let weights = labels + pristine * pristine_weight;
    (losses * weights.clone()).sum() / weights.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::Device;

    fn loss(logits: [f32; 3], labels: [f32; 3], weight: f64) -> f32 {
        let device = Device::flex();
        let tensor = |values: [f32; 3]| Tensor::<1>::from_data(values, &device);
        let loss = cross_entropy(tensor(logits), tensor(labels), weight);
        loss.into_data().as_slice::<f32>().unwrap()[0]
    }

    #[test]
    fn equals_the_weighted_cross_entropy_of_torch() {
        // F.cross_entropy(torch.tensor([[0., 2.], [0., -1.], [0., .5]]), torch.tensor([1, 1, 0]),
        //     weight=torch.tensor([4., 1.])) and without weight
        let (logits, labels) = ([2.0, -1.0, 0.5], [1.0, 1.0, 0.0]);
        let by_hand = |weight: f32| {
            let losses = [0.126_928, 1.313_261_7, 0.974_077];
            (losses[0] + losses[1] + weight * losses[2]) / (2.0 + weight)
        };
        assert!((loss(logits, labels, 4.0) - by_hand(4.0)).abs() < 1e-5);
        assert!((loss(logits, labels, 1.0) - by_hand(1.0)).abs() < 1e-5);
    }

    #[test]
    fn large_logits_stay_finite() {
        assert!(loss([90.0, -90.0, 90.0], [0.0, 1.0, 1.0], 1.0).is_finite());
    }
}
