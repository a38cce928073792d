//! VGG16 as torchvision has it, without norms: its features compare pictures (METHODS 3.1 and 6.4;
//! Simonyan and Zisserman, Very Deep Convolutional Networks, 2015).

use burn::nn::pool::{AdaptiveAvgPool2dConfig, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::prelude::{Config, Device, Module, Tensor};
use burn::tensor::activation::relu;

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::kernels::max_pool::max_pool2d;
use crate::nn::norm::Activation;

/// Channels of the 13 convolutions, by size.
const SIZES: [&[usize]; 5] = [
    &[64, 64],
    &[128, 128],
    &[256, 256, 256],
    &[512, 512, 512],
    &[512, 512, 512],
];

#[derive(Config, Debug)]
pub struct Vgg16FeaturesConfig {
    /// How many of the 13 convolutions there are; 10 end at `conv4_3`.
    #[config(default = 13)]
    pub convs: usize,
    /// Scales the channels, at least 1 each; 1 is the published network.
    #[config(default = 1.0)]
    pub width: f64,
}

#[derive(Module, Debug)]
pub struct Vgg16Features {
    /// 3x3, padding 1, with bias.
    convs: Vec<Conv>,
}

/// The whole classifier.
#[derive(Module, Debug)]
pub struct Vgg16 {
    features: Vgg16Features,
    linears: Vec<Linear>,
}

impl Vgg16FeaturesConfig {
    pub fn init(&self, device: &Device) -> Vgg16Features {
        let mut channels_in = 3;
        let channels = SIZES.into_iter().flatten().take(self.convs);
        let convs = channels.map(|&channels| {
            let channels = ((channels as f64 * self.width).round() as usize).max(1);
            let conv = ConvConfig::new(channels_in, channels, 3)
                .with_padding(Padding::Even(1))
                .with_bias(true);
            channels_in = channels;
            conv.init(device)
        });
        Vgg16Features {
            convs: convs.collect(),
        }
    }
}

impl Vgg16Features {
    /// The `ReLU` after the last convolution of each size, before the pool; the last is that of the
    /// last convolution there is.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, `ImageNet` mean and deviation
    /// - output for ten convolutions at 224: `[batch, 64, 224, 224]`, `[batch, 128, 112, 112]`,
    ///   `[batch, 256, 56, 56]`, `[batch, 512, 28, 28]`
    pub fn taps(&self, images: Tensor<4>) -> Vec<Tensor<4>> {
        let halve = MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init();
        let mut convs = self.convs.iter();
        let mut taps: Vec<Tensor<4>> = Vec::with_capacity(SIZES.len());
        let mut x = images;
        for size in SIZES {
            let mut here = convs.by_ref().take(size.len()).peekable();
            if here.peek().is_none() {
                break;
            }
            if !taps.is_empty() {
                x = max_pool2d(&halve, x);
            }
            for conv in here {
                x = conv.forward_then(x, Activation::Relu);
            }
            taps.push(x.clone());
        }
        taps
    }

    /// The last tap: the comparator of METHODS 3.1 for ten convolutions.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, `ImageNet` mean and deviation
    /// - output for ten convolutions: `[batch, 512, height / 8, width / 8]`
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        let last = self.taps(images.clone()).pop();
        last.unwrap_or(images)
    }
}

impl Vgg16 {
    pub fn new(num_classes: usize, device: &Device) -> Self {
        let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(device);
        Self {
            features: Vgg16FeaturesConfig::new().init(device),
            linears: vec![
                linear(512 * 7 * 7, 4096),
                linear(4096, 4096),
                linear(4096, num_classes),
            ],
        }
    }

    /// Without the dropout of its training.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, `ImageNet` mean and deviation; 224 or more
    /// - output: `[batch, classes]`, logits
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let [batch, ..] = images.dims();
        let halve = MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init();
        let x = max_pool2d(&halve, self.features.forward(images));
        let x = AdaptiveAvgPool2dConfig::new([7, 7]).init().forward(x);
        let mut x = x.reshape([batch, 512 * 7 * 7]);
        for (at, linear) in self.linears.iter().enumerate() {
            if 0 < at {
                x = relu(x);
            }
            x = linear.forward(x);
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::num_trainable;

    #[test]
    fn counts_are_the_published_ones() {
        let device = Device::flex();
        let features = |convs| Vgg16FeaturesConfig::new().with_convs(convs).init(&device);
        assert_eq!(num_trainable(&features(10)), 7_635_264);
        assert_eq!(num_trainable(&features(13)), 14_714_688);
        let narrow = Vgg16FeaturesConfig::new().with_convs(2).with_width(0.125);
        // Eight channels, then eight.
        assert_eq!(num_trainable(&narrow.init(&device)), 8 * 28 + 8 * 73);
        assert_eq!(num_trainable(&Vgg16::new(1000, &device)), 138_357_544);
    }

    #[test]
    fn ten_convolutions_end_at_an_eighth_of_the_size() {
        let device = Device::flex();
        let network = Vgg16FeaturesConfig::new().with_convs(10).init(&device);
        let taps = network.taps(Tensor::zeros([1, 3, 32, 48], &device));
        let dims: Vec<[usize; 4]> = taps.iter().map(Tensor::dims).collect();
        let expected = [
            [1, 64, 32, 48],
            [1, 128, 16, 24],
            [1, 256, 8, 12],
            [1, 512, 4, 6],
        ];
        assert_eq!(dims, expected);
    }
}
