//! Grad-CAM (METHODS 15; Selvaraju et al. 2017): where in the last feature map a logit comes from.
//!
//! Departs from the usual form in two ways: the map is not stretched to its own minimum and maximum,
//! so that maps compare, and it is multiplied by the number of places. Without the cut at zero, its
//! mean is then the part of the logit that depends on the picture, to first order.

use burn::prelude::Tensor;
use burn::tensor::activation::relu;

use crate::nn::named::{HostTensor, host_tensor};

/// The map before enlarging: `[height, width]`, not negative; all zero where nothing speaks for what
/// `logit` stands for. `logit` must be a score before any softmax or sigmoid, and what lies behind the
/// features must be trainable (`module.train()`).
///
/// A network with a single logit speaks against manipulation by minus that logit.
///
/// # Shapes
/// - `features`: `[1, channels, height, width]`, the last activation's output, without gradients
/// - `logit` gives `[1]`
pub fn grad_cam(
    features: Tensor<4>,
    logit: impl FnOnce(Tensor<4>) -> Tensor<1>,
) -> Result<HostTensor, String> {
    let [_, channels, height, width] = features.dims();
    let features = Tensor::from_inner(features).require_grad();
    let mut gradients = logit(features.clone()).sum().backward();
    let gradient = features
        .grad_remove(&mut gradients)
        .ok_or("the logit does not depend on the features")?;
    let weights = gradient
        .reshape([channels, height * width])
        .mean_dim(1)
        .reshape([channels, 1]);
    let activations = features.inner().reshape([channels, height * width]);
    let places = (height * width) as f32;
    let map = relu((activations * weights).sum_dim(0)) * places;
    host_tensor(map.reshape([height, width]))
}
