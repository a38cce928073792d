//! Xception, the backbone of DADD (METHODS 6.1), at full size or narrowed for a laptop.
//!
//! Channel counts follow the reference implementation; `width` scales them all and `middle_blocks`
//! shortens the middle, which no paper does.

use burn::nn::{BatchNorm, BatchNormConfig};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig};
use crate::nn::norm::{Activation, normalized};
use crate::nn::separable::{SeparableConv, SeparableConvConfig};
use crate::nn::xception_block::{XceptionBlock, XceptionBlockConfig};

#[derive(Config, Debug)]
pub struct XceptionConfig {
    /// Scales every channel count; counts are rounded to multiples of 8.
    #[config(default = 1.0)]
    pub width: f64,
    /// Blocks at the smallest but one size; the published network has 8.
    #[config(default = 8)]
    pub middle_blocks: usize,
}

#[derive(Module, Debug)]
pub struct Xception {
    conv1: Conv,
    norm1: BatchNorm,
    conv2: Conv,
    norm2: BatchNorm,
    /// Blocks 1 to 3, `middle_blocks` of the middle, and the last one.
    blocks: Vec<XceptionBlock>,
    conv3: SeparableConv,
    norm3: BatchNorm,
    conv4: SeparableConv,
    norm4: BatchNorm,
}

impl XceptionConfig {
    /// Channels at this width: the nearest multiple of 8, at least 8.
    pub fn channels(&self, at_full_width: usize) -> usize {
        let eighths = (at_full_width as f64 * self.width / 8.0).round();
        8 * (eighths as usize).max(1)
    }

    /// Channels of the last feature map; 2048 at full width.
    pub fn features(&self) -> usize {
        self.channels(2048)
    }

    pub fn init(&self, device: &Device) -> Xception {
        let c = |at_full_width| self.channels(at_full_width);
        let conv = |channels_in, channels_out, stride| {
            ConvConfig::new(channels_in, channels_out, 3)
                .with_stride(stride)
                .init(device)
        };
        let norm = |channels| BatchNormConfig::new(channels).init(device);
        let halving = |channels: [usize; 3]| {
            XceptionBlockConfig::new(channels.map(c).to_vec()).with_stride(2)
        };
        let middle = XceptionBlockConfig::new(vec![c(728); 4]);

        let mut blocks = vec![
            halving([64, 128, 128]).with_starts_with_relu(false),
            halving([128, 256, 256]),
            halving([256, 728, 728]),
        ];
        blocks.extend(std::iter::repeat_n(middle, self.middle_blocks));
        // Channels grow at the second convolution here, unlike in the other halving blocks.
        blocks.push(halving([728, 728, 1024]));

        Xception {
            conv1: conv(3, c(32), 2),
            norm1: norm(c(32)),
            conv2: conv(c(32), c(64), 1),
            norm2: norm(c(64)),
            blocks: blocks.iter().map(|block| block.init(device)).collect(),
            conv3: SeparableConvConfig::new(c(1024), c(1536)).init(device),
            norm3: norm(c(1536)),
            conv4: SeparableConvConfig::new(c(1536), c(2048)).init(device),
            norm4: norm(c(2048)),
        }
    }
}

impl Xception {
    /// Features of the last `ReLU`, before pooling.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, -1 to 1
    /// - output: `[batch, features, about height / 32, about width / 32]`, not negative
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        let [.., last] = self.stages(images);
        last
    }

    /// Features at each size: after the entry convolutions, after blocks 1, 2 and 3, at the end.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, -1 to 1
    /// - output at 299 and full width: `[batch, 64, 147, 147]`, `[batch, 128, 74, 74]`,
    ///   `[batch, 256, 37, 37]`, `[batch, 728, 19, 19]`, `[batch, 2048, 10, 10]`
    pub fn stages(&self, images: Tensor<4>) -> [Tensor<4>; 5] {
        let x = normalized(&self.norm1, self.conv1.forward(images), Activation::Relu);
        let entry = normalized(&self.norm2, self.conv2.forward(x), Activation::Relu);
        let mut sizes = Vec::with_capacity(3);
        let mut x = entry.clone();
        for block in &self.blocks {
            x = block.forward(x);
            if sizes.len() < 3 {
                sizes.push(x.clone());
            }
        }
        let x = normalized(&self.norm3, self.conv3.forward(x), Activation::Relu);
        let last = normalized(&self.norm4, self.conv4.forward(x), Activation::Relu);
        let [first, second, third] = sizes
            .try_into()
            .expect("every configuration has three entry blocks and a last one");
        [entry, first, second, third, last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named;

    #[test]
    fn the_full_network_has_the_published_number_of_parameters() {
        let network = XceptionConfig::new().init(&Device::flex());
        assert_eq!(named::num_trainable(&network), 20_806_952);
    }

    #[test]
    fn feature_maps_have_the_published_sizes() {
        let config = XceptionConfig::new().with_width(0.01).with_middle_blocks(1);
        let device = Device::flex();
        let network = config.init(&device);
        let check = |size, expected: [usize; 5]| {
            let stages = network.stages(Tensor::zeros([1, 3, size, size], &device));
            assert_eq!(stages.map(|stage| stage.dims()[2]), expected);
        };
        check(299, [147, 74, 37, 19, 10]);
        check(256, [125, 63, 32, 16, 8]);
    }

    #[test]
    fn widths_round_to_multiples_of_eight() {
        let channels = |width, count| XceptionConfig::new().with_width(width).channels(count);
        assert_eq!(channels(1.0, 728), 728);
        assert_eq!(channels(0.25, 728), 184);
        assert_eq!(channels(0.1, 32), 8);
    }
}
