//! DADD's network: Xception, nine private projections with their heads, and a head over all of them
//! (METHODS 5.3; paper 004, figure 3).

use burn::nn::{Linear, LinearConfig};
use burn::prelude::{Config, Device, Module, Tensor};
use burn::tensor::activation::relu;

use crate::methods::dadd::NUM_SUBTASKS;
use crate::methods::dadd::preset::DaddSettings;
use crate::nn::pool::pool;
use crate::nn::xception::{Xception, XceptionConfig};

#[derive(Config, Debug)]
pub struct DaddConfig {
    pub backbone: XceptionConfig,
    /// Length F of each private feature.
    #[config(default = 128)]
    pub features: usize,
}

#[derive(Module, Debug)]
pub struct Dadd {
    pub backbone: Xception,
    pub heads: Heads,
}

/// Everything behind the pooled features.
#[derive(Module, Debug)]
pub struct Heads {
    /// `P_n`, weights `[pooled, features]`.
    projections: Vec<Linear>,
    /// `h_n`, weights `[features, 1]`.
    subtasks: Vec<Linear>,
    /// W, weight `[9 * features, 1]`: rows in the order of the sub-tasks.
    pub fusion: Linear,
}

/// Logits of a batch; above zero leans to manipulated.
#[derive(Debug)]
pub struct Logits {
    /// `[batch]`
    pub fusion: Tensor<1>,
    /// `[batch, 9]`
    pub parts: Tensor<2>,
}

impl From<&DaddSettings> for DaddConfig {
    fn from(settings: &DaddSettings) -> Self {
        let backbone = XceptionConfig::new()
            .with_width(settings.width)
            .with_middle_blocks(settings.middle_blocks);
        Self::new(backbone).with_features(settings.features)
    }
}

impl DaddConfig {
    pub fn init(&self, device: &Device) -> Dadd {
        let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(device);
        let pooled = self.backbone.features();
        Dadd {
            backbone: self.backbone.init(device),
            heads: Heads {
                projections: (0..NUM_SUBTASKS)
                    .map(|_| linear(pooled, self.features))
                    .collect(),
                subtasks: (0..NUM_SUBTASKS)
                    .map(|_| linear(self.features, 1))
                    .collect(),
                fusion: linear(NUM_SUBTASKS * self.features, 1),
            },
        }
    }
}

impl Dadd {
    /// The common features Z.
    ///
    /// # Shapes
    /// - `pictures`: `[batch, 3, height, width]`, RGB, -1 to 1
    /// - output: `[batch, pooled]`, not negative
    pub fn pooled(&self, pictures: Tensor<4>) -> Tensor<2> {
        pool(self.backbone.forward(pictures))
    }

    /// # Shapes
    /// - `pictures`: `[batch, 3, height, width]`, RGB, -1 to 1
    pub fn forward(&self, pictures: Tensor<4>) -> Logits {
        self.heads.forward(&self.pooled(pictures))
    }
}

impl Heads {
    /// One sub-task's logit; uses `P_n` and `h_n` and nothing else.
    ///
    /// # Shapes
    /// - `pooled`: `[batch, pooled]`
    /// - output: `[batch]`
    pub fn subtask(&self, pooled: &Tensor<2>, subtask: usize) -> Tensor<1> {
        let [batch, _] = pooled.dims();
        self.subtasks[subtask]
            .forward(self.private(pooled, subtask))
            .reshape([batch])
    }

    /// The final logit; uses all `P_n` and W, and no `h_n`.
    ///
    /// # Shapes
    /// - `pooled`: `[batch, pooled]`
    /// - output: `[batch]`
    pub fn fused(&self, pooled: &Tensor<2>) -> Tensor<1> {
        let [batch, _] = pooled.dims();
        let private = (0..NUM_SUBTASKS)
            .map(|subtask| self.private(pooled, subtask))
            .collect();
        self.fusion
            .forward(Tensor::cat(private, 1))
            .reshape([batch])
    }

    /// # Shapes
    /// - `pooled`: `[batch, pooled]`
    pub fn forward(&self, pooled: &Tensor<2>) -> Logits {
        let [batch, _] = pooled.dims();
        let parts = (0..NUM_SUBTASKS)
            .map(|subtask| self.subtask(pooled, subtask).reshape([batch, 1]))
            .collect();
        Logits {
            fusion: self.fused(pooled),
            parts: Tensor::cat(parts, 1),
        }
    }

    /// The features of one sub-task.
    ///
    /// # Shapes
    /// - `pooled`: `[batch, pooled]`
    /// - output: `[batch, features]`, not negative
    fn private(&self, pooled: &Tensor<2>, subtask: usize) -> Tensor<2> {
        relu(self.projections[subtask].forward(pooled.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named;

    #[test]
    fn the_published_network_has_the_published_number_of_parameters() {
        let config = DaddConfig::from(&DaddSettings::default());
        let model = config.init(&Device::flex());
        assert_eq!(named::num_trainable(&model.heads.projections), 2_360_448);
        assert_eq!(named::num_trainable(&model.heads.subtasks), 1_161);
        assert_eq!(named::num_trainable(&model.heads.fusion), 1_153);
        assert_eq!(named::num_trainable(&model), 23_169_714);
    }

    #[test]
    fn gives_a_logit_and_nine_parts_for_each_picture() {
        let backbone = XceptionConfig::new().with_width(0.01).with_middle_blocks(1);
        let device = Device::flex();
        let model = DaddConfig::new(backbone).with_features(4).init(&device);
        let logits = model.forward(Tensor::zeros([2, 3, 48, 48], &device));
        assert_eq!(logits.fusion.dims(), [2]);
        assert_eq!(logits.parts.dims(), [2, 9]);
    }
}
