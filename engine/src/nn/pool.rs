//! Features of places become features of the picture.

use burn::prelude::Tensor;

/// Mean over all places.
///
/// # Shapes
/// - `features`: `[batch, channels, height, width]`
/// - output: `[batch, channels]`
pub fn pool(features: Tensor<4>) -> Tensor<2> {
    let [batch, channels, height, width] = features.dims();
    features
        .reshape([batch, channels, height * width])
        .mean_dim(2)
        .reshape([batch, channels])
}
