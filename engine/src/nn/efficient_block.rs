//! The four blocks of `EfficientNet` and `EfficientNetV2` (METHODS 6.2 and 6.3): a wider inside, and the
//! input added to the output where the two have one shape.

use burn::prelude::{Config, Device, Module, Tensor};
use serde::{Deserialize, Serialize};

use crate::nn::conv::{ConvConfig, Padding};
use crate::nn::conv_norm::{ConvNorm, ConvNormConfig};
use crate::nn::drop_path::DropPath;
use crate::nn::kernels::elementwise::add;
use crate::nn::noise::Noise;
use crate::nn::norm::Activation;
use crate::nn::squeeze_excite::SqueezeExcite;

/// `EfficientNet`'s batch norms add this to the variance, `TensorFlow`'s value.
pub const NORM_EPSILON: f64 = 1e-3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockKind {
    /// One ordinary convolution with activation; `timm`'s `ConvBnAct`.
    Plain,
    /// An ordinary convolution that widens, and 1x1 back; Fused-MBConv, `timm`'s `EdgeResidual`.
    Fused,
    /// Depthwise, squeeze and excite, 1x1; `timm`'s `DepthwiseSeparableConv`.
    Separable,
    /// 1x1 that widens, depthwise, squeeze and excite, 1x1 back; `MBConv`, `timm`'s `InvertedResidual`.
    Inverted,
}

#[derive(Config, Debug)]
pub struct EfficientBlockConfig {
    pub kind: BlockKind,
    pub channels_in: usize,
    pub channels_out: usize,
    /// How many times wider the inside is; 1 for plain and separable blocks.
    pub expansion: usize,
    /// Side of the spatial kernel.
    pub kernel: usize,
    pub stride: usize,
    /// How likely the block is skipped for a sample in training.
    #[config(default = 0.0)]
    pub drop_path: f64,
}

/// The parts that its kind has, in their order.
#[derive(Module, Debug)]
pub struct EfficientBlock {
    expand: Option<ConvNorm>,
    depthwise: Option<ConvNorm>,
    squeeze: Option<SqueezeExcite>,
    project: Option<ConvNorm>,
    is_residual: bool,
    drop_path: DropPath,
}

impl EfficientBlockConfig {
    pub fn init(&self, device: &Device) -> EfficientBlock {
        let Self {
            channels_in,
            channels_out,
            kernel,
            stride,
            ..
        } = *self;
        let inside = channels_in * self.expansion;
        let step = |conv: ConvConfig, then| {
            let config = ConvNormConfig {
                conv: conv.with_padding(Padding::Same),
                epsilon: NORM_EPSILON,
                then,
            };
            Some(config.init(device))
        };
        let widen = |kernel, stride, channels| {
            let conv = ConvConfig::new(channels_in, channels, kernel).with_stride(stride);
            step(conv, Activation::Silu)
        };
        let depthwise = || {
            let conv = ConvConfig::depthwise(inside, kernel).with_stride(stride);
            step(conv, Activation::Silu)
        };
        // A quarter of the block's input, not of its inside.
        let squeeze = || Some(SqueezeExcite::new(inside, channels_in / 4, device));
        let project = || step(ConvConfig::new(inside, channels_out, 1), Activation::None);
        let (expand, depthwise, squeeze, project) = match self.kind {
            BlockKind::Plain => (widen(kernel, stride, channels_out), None, None, None),
            BlockKind::Fused => (widen(kernel, stride, inside), None, None, project()),
            BlockKind::Separable => (None, depthwise(), squeeze(), project()),
            BlockKind::Inverted => (widen(1, 1, inside), depthwise(), squeeze(), project()),
        };
        EfficientBlock {
            expand,
            depthwise,
            squeeze,
            project,
            is_residual: stride == 1 && channels_in == channels_out,
            drop_path: DropPath::new(self.drop_path),
        }
    }
}

impl EfficientBlock {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, ceil(height / stride), ceil(width / stride)]`
    pub fn forward(&self, input: Tensor<4>, noise: &mut Noise) -> Tensor<4> {
        let skip = self.is_residual.then(|| input.clone());
        let mut x = input;
        for step in [&self.expand, &self.depthwise].into_iter().flatten() {
            x = step.forward(x);
        }
        if let Some(squeeze) = &self.squeeze {
            x = squeeze.forward(x);
        }
        if let Some(project) = &self.project {
            x = project.forward(x);
        }
        match skip {
            Some(skip) => add(self.drop_path.forward(x, noise), skip),
            None => x,
        }
    }

    /// The inference form: see `fold`.
    pub fn folded(self) -> Self {
        Self {
            expand: self.expand.map(ConvNorm::folded),
            depthwise: self.depthwise.map(ConvNorm::folded),
            project: self.project.map(ConvNorm::folded),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{host_tensor, num_trainable};

    #[test]
    fn each_kind_has_its_parts() {
        // timm.models._efficientnet_blocks: ConvBnAct(8, 16, 3), EdgeResidual(8, 16, 3, exp_ratio=4),
        // DepthwiseSeparableConv(8, 16, 3, se_layer=..), InvertedResidual(8, 16, 3, exp_ratio=4, ..)
        let check = |kind, expansion, expected| {
            let config = EfficientBlockConfig::new(kind, 8, 16, expansion, 3, 1);
            let block = config.init(&Device::flex());
            assert_eq!(num_trainable(&block), expected, "{kind:?}");
        };
        let project = |inside: usize| inside * 16 + 2 * 16;
        let squeeze = |inside: usize| inside * 2 + 2 + 2 * inside + inside;
        check(BlockKind::Plain, 1, 8 * 16 * 9 + 2 * 16);
        check(BlockKind::Fused, 4, 8 * 32 * 9 + 2 * 32 + project(32));
        let depthwise = |inside: usize| inside * 9 + 2 * inside;
        check(
            BlockKind::Separable,
            1,
            depthwise(8) + squeeze(8) + project(8),
        );
        let inverted = 8 * 32 + 2 * 32 + depthwise(32) + squeeze(32) + project(32);
        check(BlockKind::Inverted, 4, inverted);
    }

    #[test]
    fn a_skipped_block_is_its_input() {
        let device = Device::flex().autodiff();
        let config = EfficientBlockConfig::new(BlockKind::Inverted, 8, 8, 2, 3, 1);
        let block = seeded(config.with_drop_path(0.999).init(&device), 1);
        let values: Vec<f32> = (0..8 * 16).map(|i| (i % 7) as f32).collect();
        let data = burn::prelude::TensorData::new(values, [1, 8, 4, 4]);
        let input = Tensor::<4>::from_data(data, &device);
        let output = |noise: &mut Noise| {
            let output = block.forward(input.clone(), noise);
            host_tensor(output.without_autodiff()).unwrap()
        };
        let given = host_tensor(input.clone().without_autodiff()).unwrap();
        assert_eq!(output(&mut Noise::of_step(1, 1)), given);
        assert_ne!(output(&mut Noise::off()), given);
    }
}
