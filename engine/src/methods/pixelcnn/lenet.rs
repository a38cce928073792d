//! The classifier of log-likelihood maps: LeNet-5 with three 5x5 convolutions, 933,442 parameters at 64
//! pixels (METHODS 4.6, configuration A).

use burn::nn::pool::MaxPool2dConfig;
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig};
use crate::nn::kernels::max_pool::max_pool2d;
use crate::nn::norm::{Activation, normalized};

const KERNEL: usize = 5;
/// Channels before each convolution, and after the last.
const WIDTHS: [usize; 4] = [3, 32, 128, 256];

#[derive(Config, Debug)]
pub struct LeNetConfig {
    /// Side of the maps, published for 64.
    #[config(default = 64)]
    pub side_px: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot make the classifier of likelihood maps: {side_px} px are too few, it needs 36 or more"
)]
pub struct TooSmall {
    side_px: usize,
}

#[derive(Module, Debug)]
pub struct LeNet {
    stages: Vec<Stage>,
    /// Weight `[256 * side * side, 2]`; two outputs: pristine, manipulated.
    linear: Linear,
}

/// Convolution, the largest of each 2x2, norm, `ReLU`.
#[derive(Module, Debug)]
struct Stage {
    conv: Conv,
    norm: BatchNorm,
}

impl LeNetConfig {
    pub fn init(&self, device: &Device) -> Result<LeNet, TooSmall> {
        let mut side = self.side_px;
        for _ in 1..WIDTHS.len() {
            side = side.saturating_sub(KERNEL - 1) / 2;
        }
        if side == 0 {
            return Err(TooSmall {
                side_px: self.side_px,
            });
        }
        let stage = |widths: &[usize]| Stage {
            conv: ConvConfig::new(widths[0], widths[1], KERNEL)
                .with_bias(true)
                .init(device),
            norm: BatchNormConfig::new(widths[1]).init(device),
        };
        let features = WIDTHS[WIDTHS.len() - 1] * side * side;
        Ok(LeNet {
            stages: WIDTHS.windows(2).map(stage).collect(),
            linear: LinearConfig::new(features, 2).init(device),
        })
    }
}

impl LeNet {
    /// The logit, above zero leaning to manipulated: the difference of both outputs.
    ///
    /// # Shapes
    /// - `maps`: `[batch, 3, side, side]`, [`scaled`]
    /// - output: `[batch]`
    pub fn logit(&self, maps: Tensor<4>) -> Tensor<1> {
        let outputs = self.outputs(self.features(maps));
        let [batch, _] = outputs.dims();
        let output = |at| outputs.clone().narrow(1, at, 1).reshape([batch]);
        output(1) - output(0)
    }

    /// What the linear layer sees.
    ///
    /// # Shapes
    /// - `maps`: as in [`Self::logit`]
    /// - output: `[batch, 256, side', side']`; 4 for a side of 64
    pub fn features(&self, maps: Tensor<4>) -> Tensor<4> {
        let mut x = maps;
        for stage in &self.stages {
            x = stage.forward(x);
        }
        x
    }

    /// Both outputs: pristine, manipulated.
    ///
    /// # Shapes
    /// - `features`: of [`Self::features`]
    /// - output: `[batch, 2]`
    pub fn outputs(&self, features: Tensor<4>) -> Tensor<2> {
        let [batch, channels, height, width] = features.dims();
        let x = features.reshape([batch, channels * height * width]);
        self.linear.forward(x)
    }
}

impl Stage {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, (height - 4) / 2, (width - 4) / 2]`
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let pool = MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init();
        let x = max_pool2d(&pool, self.conv.forward(input));
        normalized(&self.norm, x, Activation::Relu)
    }
}

/// Log-likelihoods as the classifier wants them: cut at -20 and 0 nats, and brought to -1 to 1 (METHODS
/// 4.7).
///
/// # Shapes
/// - `maps` and output: `[batch, channels, height, width]`
pub fn scaled(maps: Tensor<4>) -> Tensor<4> {
    maps.clamp(-20.0, 0.0) / 10.0 + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{host_tensor, num_trainable};
    use burn::prelude::TensorData;

    fn maps(batch: usize, side: usize, device: &Device) -> Tensor<4> {
        let shape = [batch, 3, side, side];
        let values = (0..shape.iter().product())
            .map(|at: usize| -((at * 7919 % 2003) as f32) * 0.01)
            .collect::<Vec<_>>();
        scaled(Tensor::from_data(TensorData::new(values, shape), device))
    }

    #[test]
    fn its_size_is_the_published_one() {
        let net = LeNetConfig::new().init(&Device::flex()).unwrap();
        assert_eq!(num_trainable(&net), 933_442);
    }

    #[test]
    fn other_sides_change_the_last_layer_alone() {
        let device = Device::flex();
        for (side, features, count) in [(36, 1, 925_762), (64, 4, 933_442), (96, 8, 958_018)] {
            let net = LeNetConfig::new().with_side_px(side).init(&device).unwrap();
            let found = net.features(maps(2, side, &device));
            assert_eq!(found.dims(), [2, 256, features, features]);
            assert_eq!(net.outputs(found).dims(), [2, 2]);
            assert_eq!(num_trainable(&net), count);
        }
        let failure = LeNetConfig::new().with_side_px(35).init(&device);
        assert!(failure.unwrap_err().to_string().contains("35 px"));
    }

    #[test]
    fn the_gradient_reaches_the_maps_and_every_weight() {
        let device = Device::flex().autodiff();
        let net = seeded(LeNetConfig::new().init(&device).unwrap(), 3);
        let maps = maps(4, 64, &device).require_grad();
        let grads = net.logit(maps.clone()).square().sum().backward();
        let mut gradients = vec![host_tensor(maps.grad(&grads).unwrap()).unwrap()];
        for stage in &net.stages {
            gradients.push(host_tensor(stage.conv.weight.grad(&grads).unwrap()).unwrap());
        }
        gradients.push(host_tensor(net.linear.weight.grad(&grads).unwrap()).unwrap());
        for gradient in gradients {
            assert!(gradient.values.iter().any(|value| *value != 0.0));
            assert!(gradient.values.iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn likelihoods_become_numbers_around_zero() {
        let maps = Tensor::<4>::from_data([[[[-50.0, -20.0, -10.0, 0.0, 3.0]]]], &Device::flex());
        let values = host_tensor(scaled(maps)).unwrap().values;
        assert_eq!(values, [-1.0, -1.0, 0.0, 1.0, 1.0]);
    }
}
