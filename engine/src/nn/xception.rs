//! Xception, the backbone of DADD (METHODS 6.1), at full size or narrowed for a laptop.
//!
//! Channel counts follow the reference implementation; `width` scales them all and `middle_blocks`
//! shortens the middle, which no paper does.

use burn::nn::{BatchNorm, BatchNormConfig};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::fold::folded;
use crate::nn::norm::Activation;
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
    /// Zeros around the first two convolutions, so that every size is exactly half of the one before: what
    /// U-Net needs (METHODS 1.3). The published network has none.
    #[config(default = false)]
    pub is_aligned: bool,
}

#[derive(Module, Debug)]
pub struct Xception {
    conv1: Conv,
    /// Norms are none once folded.
    norm1: Option<BatchNorm>,
    conv2: Conv,
    norm2: Option<BatchNorm>,
    /// Blocks 1 to 3, `middle_blocks` of the middle, and the last one.
    blocks: Vec<XceptionBlock>,
    conv3: SeparableConv,
    norm3: Option<BatchNorm>,
    conv4: SeparableConv,
    norm4: Option<BatchNorm>,
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

    /// Channels of the pyramid of `Xception::run`, at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size.
    pub fn tap_channels(&self) -> Vec<usize> {
        let full = [64, 128, 256, 728, 2048];
        full.map(|channels| self.channels(channels)).to_vec()
    }

    pub fn init(&self, device: &Device) -> Xception {
        let c = |at_full_width| self.channels(at_full_width);
        let conv = |channels_in, channels_out, stride| {
            ConvConfig::new(channels_in, channels_out, 3)
                .with_stride(stride)
                .with_padding(Padding::Even(self.is_aligned.into()))
                .init(device)
        };
        let norm = |channels| Some(BatchNormConfig::new(channels).init(device));
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
        self.run(images, None)
    }

    /// As `forward`; the pyramid is added to `taps`: after the entry convolutions, after blocks 1 and 2,
    /// after the middle, and at the end before the last `ReLU` (METHODS 1.3).
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, -1 to 1
    /// - taps at 299 and full width: `[batch, 64, 147, 147]`, `[batch, 128, 74, 74]`,
    ///   `[batch, 256, 37, 37]`, `[batch, 728, 19, 19]`, `[batch, 2048, 10, 10]`
    pub fn run(&self, images: Tensor<4>, mut taps: Option<&mut Vec<Tensor<4>>>) -> Tensor<4> {
        let mut keep = |x: &Tensor<4>| {
            if let Some(taps) = taps.as_deref_mut() {
                taps.push(x.clone());
            }
        };
        let then = Activation::Relu;
        let x = self
            .conv1
            .forward_normalized(images, self.norm1.as_ref(), then);
        let mut x = self.conv2.forward_normalized(x, self.norm2.as_ref(), then);
        keep(&x);
        let before_last = self.blocks.len() - 2;
        for (at, block) in self.blocks.iter().enumerate() {
            x = block.forward(x);
            if at < 2 || at == before_last {
                keep(&x);
            }
        }
        let x = self.conv3.forward_normalized(x, self.norm3.as_ref(), then);
        let norm4 = self.norm4.as_ref();
        match taps {
            Some(taps) => {
                let last = self.conv4.forward_normalized(x, norm4, Activation::None);
                taps.push(last.clone());
                then.apply(last)
            }
            None => self.conv4.forward_normalized(x, norm4, then),
        }
    }

    /// The inference form: see `fold`.
    pub fn folded(self) -> Self {
        let (conv1, norm1) = folded(self.conv1, self.norm1);
        let (conv2, norm2) = folded(self.conv2, self.norm2);
        let (conv3, norm3) = self.conv3.folded(self.norm3);
        let (conv4, norm4) = self.conv4.folded(self.norm4);
        let blocks = self.blocks.into_iter().map(XceptionBlock::folded);
        Self {
            conv1,
            norm1,
            conv2,
            norm2,
            blocks: blocks.collect(),
            conv3,
            norm3,
            conv4,
            norm4,
        }
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
        let check = |config: &XceptionConfig, size, expected: [usize; 5]| {
            let network = config.init(&device);
            let mut taps = Vec::new();
            let last = network.run(Tensor::zeros([1, 3, size, size], &device), Some(&mut taps));
            let sizes: Vec<usize> = taps.iter().map(|tap| tap.dims()[2]).collect();
            assert_eq!(sizes, expected);
            let channels: Vec<usize> = taps.iter().map(|tap| tap.dims()[1]).collect();
            assert_eq!(channels, config.tap_channels());
            assert_eq!(last.dims(), taps[4].dims());
        };
        check(&config, 299, [147, 74, 37, 19, 10]);
        check(&config, 256, [125, 63, 32, 16, 8]);
        let aligned = config.with_is_aligned(true);
        check(&aligned, 256, [128, 64, 32, 16, 8]);
    }

    #[test]
    fn widths_round_to_multiples_of_eight() {
        let channels = |width, count| XceptionConfig::new().with_width(width).channels(count);
        assert_eq!(channels(1.0, 728), 728);
        assert_eq!(channels(0.25, 728), 184);
        assert_eq!(channels(0.1, 32), 8);
    }
}
