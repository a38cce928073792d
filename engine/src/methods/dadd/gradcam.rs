//! Which of DADD's logits Grad-CAM explains.

use burn::prelude::{Module as _, Tensor};

use crate::methods::dadd::model::Heads;
use crate::methods::gradcam;
use crate::nn::named::HostTensor;
use crate::nn::pool::pool;

/// Which logit to explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Fusion,
    Subtask(usize),
}

/// The map of a logit, as [`gradcam::grad_cam`] gives it.
///
/// # Shapes
/// - `features`: `[1, channels, height, width]`, the last `ReLU`'s output, without gradients
pub fn grad_cam(heads: &Heads, features: Tensor<4>, target: Target) -> Result<HostTensor, String> {
    // The batch norms lie before the features, so gradients are needed in the heads alone.
    let heads = heads.clone().train();
    gradcam::grad_cam(features, |features| {
        let pooled = pool(features);
        match target {
            Target::Fusion => heads.fused(&pooled),
            Target::Subtask(subtask) => heads.subtask(&pooled, subtask),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::dadd::model::DaddConfig;
    use crate::nn::initial::seeded;
    use crate::nn::named::{self, host_tensor};
    use crate::nn::xception::XceptionConfig;
    use burn::prelude::{Device, TensorData};

    const CHANNELS: usize = 24;

    fn heads() -> Heads {
        let backbone = XceptionConfig::new().with_width(0.01).with_middle_blocks(0);
        let model = DaddConfig::new(backbone)
            .with_features(4)
            .init(&Device::flex());
        seeded(model.heads, 5).valid()
    }

    fn features() -> Tensor<4> {
        let values: Vec<f32> = (0..CHANNELS * 6)
            .map(|i| (i * 37 % 11) as f32 * 0.3)
            .collect();
        let data = TensorData::new(values, [1, CHANNELS, 2, 3]);
        Tensor::from_data(data, &Device::flex())
    }

    /// The heads' weights on the host.
    fn weight(heads: &Heads, name: &str) -> Vec<f32> {
        named::collect(heads).unwrap()[name].values.clone()
    }

    #[test]
    fn equals_the_class_activation_map_of_the_linear_head() {
        // Inside one linear piece of P_n's ReLU, the logit is a linear head on pooled features, whose
        // weights are P_n's columns that are on, times h_n: Grad-CAM is that head's CAM.
        let heads = heads();
        let features = features();
        let pooled = host_tensor(pool(features.clone())).unwrap().values;
        let projection = weight(&heads, "projections.2.weight");
        let bias = weight(&heads, "projections.2.bias");
        let head = weight(&heads, "subtasks.2.weight");
        let is_on = |f: usize| {
            let sum: f32 = (0..CHANNELS)
                .map(|c| pooled[c] * projection[4 * c + f])
                .sum();
            0.0 < sum + bias[f]
        };
        let linear: Vec<f32> = (0..CHANNELS)
            .map(|c| {
                let on = (0..4).filter(|&f| is_on(f));
                on.map(|f| projection[4 * c + f] * head[f]).sum()
            })
            .collect();
        let places = host_tensor(features.clone()).unwrap().values;
        let map = grad_cam(&heads, features, Target::Subtask(2)).unwrap();
        assert_eq!(map.shape, [2, 3]);
        for (place, value) in map.values.iter().enumerate() {
            let cam: f32 = (0..CHANNELS)
                .map(|c| linear[c] * places[6 * c + place])
                .sum();
            assert!((value - cam.max(0.0)).abs() < 1e-4, "{value} and {cam}");
        }
    }

    #[test]
    fn the_bias_of_the_head_changes_nothing() {
        let heads = heads();
        let mut tensors = named::collect(&heads).unwrap();
        tensors.get_mut("fusion.bias").unwrap().values[0] += 5.0;
        let shifted = named::apply(heads.clone(), tensors).unwrap();
        let map = |heads| grad_cam(heads, features(), Target::Fusion).unwrap();
        assert_eq!(map(&heads), map(&shifted));
    }

    #[test]
    fn a_picture_with_nothing_against_it_has_a_zero_map() {
        let map = grad_cam(&heads(), features() * 0.0, Target::Fusion).unwrap();
        assert_eq!(map.values, [0.0; 6]);
    }
}
