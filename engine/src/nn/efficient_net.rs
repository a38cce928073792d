//! `EfficientNet` and `EfficientNetV2` with `TensorFlow`'s padding and norms (METHODS 6.2 and 6.3), as
//! `timm` names them `tf_efficientnet_b0` to `b7` and `tf_efficientnetv2_s`, `m` and `l`.
//!
//! Tan and Le, `EfficientNet`, 2019, and `EfficientNetV2`, 2021. Momentum of the norms is `timm`'s .1;
//! the first authors trained with .01.

use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{ConvConfig, Padding};
use crate::nn::conv_norm::{ConvNorm, ConvNormConfig};
use crate::nn::efficient_block::{BlockKind, EfficientBlock, EfficientBlockConfig, NORM_EPSILON};
use crate::nn::noise::Noise;
use crate::nn::norm::Activation;

/// Blocks that follow each other with one number of channels; the first one has the stride.
#[derive(Config, Debug)]
pub struct StageConfig {
    pub kind: BlockKind,
    pub expansion: usize,
    pub kernel: usize,
    pub stride: usize,
    pub channels: usize,
    pub repeats: usize,
}

#[derive(Config, Debug)]
pub struct EfficientNetConfig {
    /// Channels after the first convolution.
    pub stem: usize,
    pub stages: Vec<StageConfig>,
    /// Channels of the last feature map.
    pub head: usize,
    /// How likely the last block is skipped in training; earlier ones less, down to never.
    #[config(default = 0.2)]
    pub drop_path: f64,
}

#[derive(Module, Debug)]
pub struct EfficientNet {
    stem: ConvNorm,
    stages: Vec<Vec<EfficientBlock>>,
    head: ConvNorm,
    /// Strides of the stages.
    #[module(skip)]
    strides: Vec<usize>,
}

/// Rows of the published tables: kind, expansion, kernel, stride, channels, repeats.
type Row = (BlockKind, usize, usize, usize, usize, usize);

const B0: [Row; 7] = [
    (BlockKind::Separable, 1, 3, 1, 16, 1),
    (BlockKind::Inverted, 6, 3, 2, 24, 2),
    (BlockKind::Inverted, 6, 5, 2, 40, 2),
    (BlockKind::Inverted, 6, 3, 2, 80, 3),
    (BlockKind::Inverted, 6, 5, 1, 112, 3),
    (BlockKind::Inverted, 6, 5, 2, 192, 4),
    (BlockKind::Inverted, 6, 3, 1, 320, 1),
];

const V2_S: [Row; 6] = [
    (BlockKind::Plain, 1, 3, 1, 24, 2),
    (BlockKind::Fused, 4, 3, 2, 48, 4),
    (BlockKind::Fused, 4, 3, 2, 64, 4),
    (BlockKind::Inverted, 4, 3, 2, 128, 6),
    (BlockKind::Inverted, 6, 3, 1, 160, 9),
    (BlockKind::Inverted, 6, 3, 2, 256, 15),
];

const V2_M: [Row; 7] = [
    (BlockKind::Plain, 1, 3, 1, 24, 3),
    (BlockKind::Fused, 4, 3, 2, 48, 5),
    (BlockKind::Fused, 4, 3, 2, 80, 5),
    (BlockKind::Inverted, 4, 3, 2, 160, 7),
    (BlockKind::Inverted, 6, 3, 1, 176, 14),
    (BlockKind::Inverted, 6, 3, 2, 304, 18),
    (BlockKind::Inverted, 6, 3, 1, 512, 5),
];

const V2_L: [Row; 7] = [
    (BlockKind::Plain, 1, 3, 1, 32, 4),
    (BlockKind::Fused, 4, 3, 2, 64, 7),
    (BlockKind::Fused, 4, 3, 2, 96, 7),
    (BlockKind::Inverted, 4, 3, 2, 192, 10),
    (BlockKind::Inverted, 6, 3, 1, 224, 19),
    (BlockKind::Inverted, 6, 3, 2, 384, 25),
    (BlockKind::Inverted, 6, 3, 1, 640, 7),
];

impl EfficientNetConfig {
    /// B0 scaled: `(1.0, 1.0)` is B0 and `(1.6, 2.2)` is B5. A width below 1 makes a small network.
    pub fn compound(width: f64, depth: f64) -> Self {
        Self::scaled(32, &B0, width, depth)
    }

    pub fn v2_s(width: f64) -> Self {
        Self::scaled(24, &V2_S, width, 1.0)
    }

    pub fn v2_m(width: f64) -> Self {
        Self::scaled(24, &V2_M, width, 1.0)
    }

    pub fn v2_l(width: f64) -> Self {
        Self::scaled(32, &V2_L, width, 1.0)
    }

    fn scaled(stem: usize, rows: &[Row], width: f64, depth: f64) -> Self {
        let stages = rows
            .iter()
            .map(|&(kind, expansion, kernel, stride, channels, repeats)| {
                let repeats = (repeats as f64 * depth).ceil().max(1.0) as usize;
                let channels = scaled_channels(channels, width);
                StageConfig::new(kind, expansion, kernel, stride, channels, repeats)
            })
            .collect();
        Self::new(
            scaled_channels(stem, width),
            stages,
            scaled_channels(1280, width),
        )
    }

    /// Channels of the pyramid of `EfficientNet::run`, at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size.
    pub fn tap_channels(&self) -> Vec<usize> {
        let strides: Vec<usize> = self.stages.iter().map(|stage| stage.stride).collect();
        let mut channels = vec![self.stem];
        for (at, stage) in self.stages.iter().enumerate().skip(1) {
            if is_last_of_size(&strides, at) {
                channels.push(stage.channels);
            }
        }
        channels
    }

    pub fn init(&self, device: &Device) -> EfficientNet {
        let step = |conv: ConvConfig| {
            let config = ConvNormConfig {
                conv: conv.with_padding(Padding::Same),
                epsilon: NORM_EPSILON,
                then: Activation::Silu,
            };
            config.init(device)
        };
        let num_blocks: usize = self.stages.iter().map(|stage| stage.repeats).sum();
        let mut num_before = 0;
        let mut channels = self.stem;
        let mut stages = Vec::with_capacity(self.stages.len());
        for stage in &self.stages {
            let mut blocks = Vec::with_capacity(stage.repeats);
            for at in 0..stage.repeats {
                let config = EfficientBlockConfig {
                    kind: stage.kind,
                    channels_in: channels,
                    channels_out: stage.channels,
                    expansion: stage.expansion,
                    kernel: stage.kernel,
                    stride: if at == 0 { stage.stride } else { 1 },
                    drop_path: self.drop_path * f64::from(num_before) / num_blocks as f64,
                };
                blocks.push(config.init(device));
                channels = stage.channels;
                num_before += 1;
            }
            stages.push(blocks);
        }
        EfficientNet {
            stem: step(ConvConfig::new(3, self.stem, 3).with_stride(2)),
            stages,
            head: step(ConvConfig::new(channels, self.head, 1)),
            strides: self.stages.iter().map(|stage| stage.stride).collect(),
        }
    }
}

/// The nearest multiple of 8, at least 8, but not below .9 of the scaled count.
fn scaled_channels(channels: usize, width: f64) -> usize {
    let wanted = channels as f64 * width;
    let rounded = 8 * ((wanted + 4.0) as usize / 8).max(1);
    if (rounded as f64) < 0.9 * wanted {
        rounded + 8
    } else {
        rounded
    }
}

/// Whether the stage after this one halves the size, or there is none.
fn is_last_of_size(strides: &[usize], stage: usize) -> bool {
    strides.get(stage + 1).is_none_or(|&stride| stride != 1)
}

impl EfficientNet {
    /// The last feature map, after the head's `SiLU`; its pyramid is added to `taps`: after the stem, and
    /// after the last stage of each further size, before the head (METHODS 1.3).
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, standardized
    /// - output: `[batch, head, ceil(height / 32), ceil(width / 32)]`
    pub fn run(
        &self,
        images: Tensor<4>,
        noise: &mut Noise,
        mut taps: Option<&mut Vec<Tensor<4>>>,
    ) -> Tensor<4> {
        let mut x = self.stem.forward(images);
        if let Some(taps) = taps.as_deref_mut() {
            taps.push(x.clone());
        }
        for (at, stage) in self.stages.iter().enumerate() {
            for block in stage {
                x = block.forward(x, noise);
            }
            if let Some(taps) = taps.as_deref_mut()
                && 0 < at
                && is_last_of_size(&self.strides, at)
            {
                taps.push(x.clone());
            }
        }
        self.head.forward(x)
    }

    /// The inference form: see `fold`.
    pub fn folded(self) -> Self {
        let fold_stage = |stage: Vec<EfficientBlock>| {
            let blocks = stage.into_iter().map(EfficientBlock::folded);
            blocks.collect()
        };
        Self {
            stem: self.stem.folded(),
            stages: self.stages.into_iter().map(fold_stage).collect(),
            head: self.head.folded(),
            strides: self.strides,
        }
    }
}

#[cfg(test)]
mod tests;
