//! `ResNet18` and `ResNet50` as torchvision has them, with the stride on the 3x3 of a bottleneck
//! (METHODS 6.4; He et al., Deep Residual Learning, 2016).

use burn::nn::PaddingConfig2d;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{ConvConfig, Padding};
use crate::nn::conv_norm::{ConvNorm, ConvNormConfig};
use crate::nn::kernels::elementwise::{add, relu};
use crate::nn::kernels::max_pool::max_pool2d;
use crate::nn::norm::Activation;

#[derive(Config, Debug)]
pub struct ResNetConfig {
    /// Blocks at each of the four sizes.
    pub repeats: [usize; 4],
    /// 1x1, 3x3, 1x1 with four times the channels at the end, instead of two 3x3.
    pub has_bottlenecks: bool,
    /// Channels after the first convolution; they double with each size.
    #[config(default = 64)]
    pub channels: usize,
}

#[derive(Module, Debug)]
pub struct ResNet {
    stem: ConvNorm,
    pool: MaxPool2d,
    /// The blocks of one size each.
    layers: Vec<Vec<ResidualBlock>>,
}

/// Convolutions with a way around them; the last `ReLU` comes after both met.
#[derive(Module, Debug)]
pub struct ResidualBlock {
    convs: Vec<ConvNorm>,
    shortcut: Option<ConvNorm>,
}

impl ResNetConfig {
    pub fn resnet18() -> Self {
        Self::new([2, 2, 2, 2], false)
    }

    pub fn resnet50() -> Self {
        Self::new([3, 4, 6, 3], true)
    }

    /// Channels of the last feature map.
    pub fn features(&self) -> usize {
        (self.channels << 3) * self.growth()
    }

    /// Channels of the pyramid of `ResNet::run`, at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size.
    pub fn tap_channels(&self) -> Vec<usize> {
        let layers = (0..4).map(|layer| (self.channels << layer) * self.growth());
        std::iter::once(self.channels).chain(layers).collect()
    }

    /// How many times more channels leave a block than its 3x3 convolutions have.
    fn growth(&self) -> usize {
        if self.has_bottlenecks { 4 } else { 1 }
    }

    pub fn init(&self, device: &Device) -> ResNet {
        let stem = ConvConfig::new(3, self.channels, 7)
            .with_stride(2)
            .with_padding(Padding::Even(3));
        let mut channels_in = self.channels;
        let mut layers = Vec::with_capacity(4);
        for (layer, &repeats) in self.repeats.iter().enumerate() {
            let inside = self.channels << layer;
            let mut blocks = Vec::with_capacity(repeats);
            for at in 0..repeats {
                let stride = if at == 0 && 0 < layer { 2 } else { 1 };
                blocks.push(self.block(channels_in, inside, stride, device));
                channels_in = inside * self.growth();
            }
            layers.push(blocks);
        }
        ResNet {
            stem: step(stem, Activation::Relu, device),
            pool: MaxPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(),
            layers,
        }
    }

    fn block(
        &self,
        channels_in: usize,
        inside: usize,
        stride: usize,
        device: &Device,
    ) -> ResidualBlock {
        let channels_out = inside * self.growth();
        let three = |channels_in, stride| {
            ConvConfig::new(channels_in, inside, 3)
                .with_stride(stride)
                .with_padding(Padding::Even(1))
        };
        let convs = if self.has_bottlenecks {
            vec![
                step(
                    ConvConfig::new(channels_in, inside, 1),
                    Activation::Relu,
                    device,
                ),
                step(three(inside, stride), Activation::Relu, device),
                step(
                    ConvConfig::new(inside, channels_out, 1),
                    Activation::None,
                    device,
                ),
            ]
        } else {
            vec![
                step(three(channels_in, stride), Activation::Relu, device),
                step(three(inside, 1), Activation::None, device),
            ]
        };
        let is_projected = stride != 1 || channels_in != channels_out;
        ResidualBlock {
            convs,
            shortcut: is_projected.then(|| {
                let conv = ConvConfig::new(channels_in, channels_out, 1).with_stride(stride);
                step(conv, Activation::None, device)
            }),
        }
    }
}

fn step(conv: ConvConfig, then: Activation, device: &Device) -> ConvNorm {
    let config = ConvNormConfig {
        conv,
        epsilon: 1e-5,
        then,
    };
    config.init(device)
}

impl ResNet {
    /// The output of the last layer; the pyramid, after the stem and after each layer, is added to
    /// `taps`.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, standardized
    /// - output: `[batch, features, ceil(height / 32), ceil(width / 32)]`, not negative
    pub fn run(&self, images: Tensor<4>, mut taps: Option<&mut Vec<Tensor<4>>>) -> Tensor<4> {
        let x = self.stem.forward(images);
        if let Some(taps) = taps.as_deref_mut() {
            taps.push(x.clone());
        }
        let mut x = max_pool2d(&self.pool, x);
        for layer in &self.layers {
            for block in layer {
                x = block.forward(x);
            }
            if let Some(taps) = taps.as_deref_mut() {
                taps.push(x.clone());
            }
        }
        x
    }

    /// The inference form: see `fold`.
    pub fn folded(self) -> Self {
        let fold_layer = |layer: Vec<ResidualBlock>| {
            let blocks = layer.into_iter().map(ResidualBlock::folded);
            blocks.collect()
        };
        Self {
            stem: self.stem.folded(),
            layers: self.layers.into_iter().map(fold_layer).collect(),
            ..self
        }
    }
}

impl ResidualBlock {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, ceil(height / stride), ceil(width / stride)]`, not negative
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let mut x = input.clone();
        for conv in &self.convs {
            x = conv.forward(x);
        }
        let skip = match &self.shortcut {
            Some(shortcut) => shortcut.forward(input),
            None => input,
        };
        relu(add(x, skip))
    }

    fn folded(self) -> Self {
        Self {
            convs: self.convs.into_iter().map(ConvNorm::folded).collect(),
            shortcut: self.shortcut.map(ConvNorm::folded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::num_trainable;
    use burn::nn::LinearConfig;

    #[test]
    fn both_networks_have_their_number_of_parameters() {
        let device = Device::flex();
        let check = |config: ResNetConfig, without_head, features, with_1000_classes| {
            let count = num_trainable(&config.init(&device));
            assert_eq!(count, without_head);
            let head = LinearConfig::new(features, 1000).init(&device);
            assert_eq!(count + num_trainable(&head), with_1000_classes);
            assert_eq!(config.tap_channels().last(), Some(&features));
        };
        check(ResNetConfig::resnet18(), 11_176_512, 512, 11_689_512);
        check(ResNetConfig::resnet50(), 23_508_032, 2048, 25_557_032);
    }

    #[test]
    fn each_layer_halves_the_size() {
        let device = Device::flex();
        for config in [ResNetConfig::resnet18(), ResNetConfig::resnet50()] {
            let config = config.with_channels(2);
            let mut taps = Vec::new();
            let images = Tensor::zeros([1, 3, 97, 64], &device);
            let last = config.init(&device).run(images, Some(&mut taps));
            let sizes: Vec<[usize; 2]> = taps
                .iter()
                .map(|tap| [tap.dims()[2], tap.dims()[3]])
                .collect();
            assert_eq!(sizes, [[49, 32], [25, 16], [13, 8], [7, 4], [4, 2]]);
            let channels: Vec<usize> = taps.iter().map(|tap| tap.dims()[1]).collect();
            assert_eq!(channels, config.tap_channels());
            assert_eq!(last.dims(), taps[4].dims());
        }
    }
}
