//! The loss that several methods share.

use burn::prelude::Tensor;
use burn::tensor::activation::log_sigmoid;

/// Binary cross entropy with logits, of each picture.
///
/// # Shapes
/// - `logits`: `[batch]`, above zero leans to manipulated
/// - `labels`: `[batch]`, 1 is manipulated
/// - output: `[batch]`
pub fn cross_entropies(logits: Tensor<1>, labels: Tensor<1>) -> Tensor<1> {
    // -y log s(x) - (1 - y) log (1 - s(x)), with log (1 - s(x)) = log s(x) - x.
    let pristine = labels.neg() + 1.0;
    pristine * logits.clone() - log_sigmoid(logits)
}
