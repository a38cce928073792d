//! Xception's repeated block: separable convolutions with a way around them (METHODS 6.1).

use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig};
use crate::nn::fold::folded;
use crate::nn::kernels::elementwise::{add, relu};
use crate::nn::kernels::max_pool::max_pool2d;
use crate::nn::norm::Activation;
use crate::nn::separable::{SeparableConv, SeparableConvConfig};

#[derive(Config, Debug)]
pub struct XceptionBlockConfig {
    /// Channels before the first separable convolution and after each of them: `[64, 128, 128]`.
    pub channels: Vec<usize>,
    /// 1 or 2; 2 halves the size by a maximum pool.
    #[config(default = 1)]
    pub stride: usize,
    /// The first block of the network comes after a `ReLU` and has none of its own.
    #[config(default = true)]
    pub starts_with_relu: bool,
}

/// `[ReLU, separable convolution, batch norm]` some times, a pool where the size halves, plus the
/// input itself or its 1x1 projection.
#[derive(Module, Debug)]
pub struct XceptionBlock {
    convs: Vec<SeparableConv>,
    /// None once folded.
    norms: Vec<Option<BatchNorm>>,
    pool: Option<MaxPool2d>,
    skip_conv: Option<Conv>,
    skip_norm: Option<BatchNorm>,
    starts_with_relu: bool,
}

impl XceptionBlockConfig {
    pub fn init(&self, device: &Device) -> XceptionBlock {
        let steps: Vec<(usize, usize)> = self
            .channels
            .windows(2)
            .map(|pair| (pair[0], pair[1]))
            .collect();
        let first = self.channels.first().copied().unwrap_or_default();
        let last = self.channels.last().copied().unwrap_or_default();
        let is_projected = self.stride != 1 || first != last;
        let stride = [self.stride, self.stride];
        XceptionBlock {
            convs: steps
                .iter()
                .map(|&(channels_in, channels_out)| {
                    SeparableConvConfig::new(channels_in, channels_out).init(device)
                })
                .collect(),
            norms: steps
                .iter()
                .map(|&(_, channels_out)| Some(BatchNormConfig::new(channels_out).init(device)))
                .collect(),
            pool: (self.stride != 1).then(|| {
                MaxPool2dConfig::new([3, 3])
                    .with_strides(stride)
                    .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                    .init()
            }),
            skip_conv: is_projected.then(|| {
                ConvConfig::new(first, last, 1)
                    .with_stride(self.stride)
                    .init(device)
            }),
            skip_norm: is_projected.then(|| BatchNormConfig::new(last).init(device)),
            starts_with_relu: self.starts_with_relu,
        }
    }
}

impl XceptionBlock {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, ceil(height / stride), ceil(width / stride)]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let mut x = input.clone();
        if self.starts_with_relu {
            x = relu(x);
        }
        let last = self.convs.len() - 1;
        for (at, (conv, norm)) in self.convs.iter().zip(&self.norms).enumerate() {
            let then = if at == last {
                Activation::None
            } else {
                Activation::Relu
            };
            x = conv.forward_normalized(x, norm.as_ref(), then);
        }
        if let Some(pool) = &self.pool {
            x = max_pool2d(pool, x);
        }
        let skip = match &self.skip_conv {
            Some(conv) => conv.forward_normalized(input, self.skip_norm.as_ref(), Activation::None),
            None => input,
        };
        add(x, skip)
    }

    /// The inference form: see `fold`.
    pub fn folded(self) -> Self {
        let pairs = self.convs.into_iter().zip(self.norms);
        let (convs, norms) = pairs.map(|(conv, norm)| conv.folded(norm)).unzip();
        let (skip_conv, skip_norm) = match self.skip_conv {
            Some(conv) => {
                let (conv, norm) = folded(conv, self.skip_norm);
                (Some(conv), norm)
            }
            None => (None, None),
        };
        Self {
            convs,
            norms,
            skip_conv,
            skip_norm,
            ..self
        }
    }
}
