//! Attention along space and channels at once (METHODS 2.2). The paper's Figure 3 is not in its text: this
//! is the reconstruction of METHODS, and every number of it that was guessed is a setting.

use burn::prelude::{Device, Module, Tensor};
use burn::tensor::activation::sigmoid;
use serde::{Deserialize, Serialize};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::prelu::Prelu;

/// How the two branches become one mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// `sigmoid(Mc * Ms)`: starts near a half everywhere, a neutral split.
    SigmoidOfProduct,
    /// `sigmoid(Mc) * sigmoid(Ms)`: starts near a quarter.
    ProductOfSigmoids,
}

/// The form of an attention network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionConfig {
    pub channels: usize,
    /// The channel branch narrows to `channels / reduction`.
    pub reduction: usize,
    /// Side of the depthwise kernel, odd.
    pub depthwise_kernel: usize,
    /// Side of the spatial branch's kernel, odd.
    pub spatial_kernel: usize,
    pub combination: Combination,
}

/// A mask for every channel and place of a feature map. Every convolution is followed by `PReLU`.
#[derive(Module, Debug)]
pub struct Attention {
    /// S-ADP: each channel by itself, then its sum over places.
    depthwise: Conv,
    depthwise_act: Prelu,
    reduce: Conv,
    reduce_act: Prelu,
    expand: Conv,
    expand_act: Prelu,
    /// C-ADP: all channels to one.
    squeeze: Conv,
    squeeze_act: Prelu,
    spatial: Conv,
    spatial_act: Prelu,
    #[module(skip)]
    combination: Combination,
}

impl AttentionConfig {
    pub fn init(&self, device: &Device) -> Attention {
        let channels = self.channels;
        let reduced = (channels / self.reduction.max(1)).max(1);
        let same = |kernel: usize| Padding::Even(kernel / 2);
        let conv = |channels_in, channels_out, kernel| {
            ConvConfig::new(channels_in, channels_out, kernel)
                .with_padding(same(kernel))
                .with_bias(true)
                .init(device)
        };
        Attention {
            depthwise: ConvConfig::depthwise(channels, self.depthwise_kernel)
                .with_padding(same(self.depthwise_kernel))
                .with_bias(true)
                .init(device),
            depthwise_act: Prelu::new(device),
            reduce: conv(3 * channels, reduced, 1),
            reduce_act: Prelu::new(device),
            expand: conv(reduced, channels, 1),
            expand_act: Prelu::new(device),
            squeeze: conv(channels, 1, 1),
            squeeze_act: Prelu::new(device),
            spatial: conv(3, 1, self.spatial_kernel),
            spatial_act: Prelu::new(device),
            combination: self.combination,
        }
    }
}

impl Attention {
    /// The mask M, 0 to 1.
    ///
    /// # Shapes
    /// - `features` and output: `[batch, channels, height, width]`
    pub fn mask(&self, features: Tensor<4>) -> Tensor<4> {
        let channels = self.of_channels(features.clone());
        let places = self.of_places(features);
        match self.combination {
            Combination::SigmoidOfProduct => sigmoid(channels * places),
            Combination::ProductOfSigmoids => sigmoid(channels) * sigmoid(places),
        }
    }

    /// Mc: space is pooled by mean, by maximum, and by a convolution's sum.
    ///
    /// # Shapes
    /// - output: `[batch, channels, 1, 1]`
    fn of_channels(&self, features: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = features.dims();
        let flat = |tensor: Tensor<4>| tensor.reshape([batch, channels, height * width]);
        let pooled = |tensor: Tensor<3>| tensor.reshape([batch, channels, 1, 1]);
        // Without the PReLU before it, the sum would be a scaled mean.
        let convolved = self
            .depthwise_act
            .forward(self.depthwise.forward(features.clone()));
        let features = flat(features);
        let all = vec![
            pooled(features.clone().mean_dim(2)),
            pooled(features.max_dim(2)),
            pooled(flat(convolved).sum_dim(2)),
        ];
        let reduced = self.reduce.forward(Tensor::cat(all, 1));
        let expanded = self.expand.forward(self.reduce_act.forward(reduced));
        self.expand_act.forward(expanded)
    }

    /// Ms: channels are pooled by mean, by maximum, and by a convolution to one.
    ///
    /// # Shapes
    /// - output: `[batch, 1, height, width]`
    fn of_places(&self, features: Tensor<4>) -> Tensor<4> {
        let all = vec![
            features.clone().mean_dim(1),
            features.clone().max_dim(1),
            self.squeeze_act.forward(self.squeeze.forward(features)),
        ];
        self.spatial_act
            .forward(self.spatial.forward(Tensor::cat(all, 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{self, NamedTensors, host_tensor};
    use burn::prelude::TensorData;

    fn config(channels: usize, combination: Combination) -> AttentionConfig {
        AttentionConfig {
            channels,
            reduction: 16,
            depthwise_kernel: 3,
            spatial_kernel: 7,
            combination,
        }
    }

    fn features(channels: usize) -> Tensor<4> {
        let count = 2 * channels * 9;
        let values: Vec<f32> = (0..count)
            .map(|at| (at * 37 % 23) as f32 * 0.3 - 2.0)
            .collect();
        let shape = [2, channels, 3, 3];
        Tensor::from_data(TensorData::new(values, shape), &Device::flex())
    }

    #[test]
    fn counts_are_those_of_the_reconstruction() {
        // METHODS 2.2, for EfficientNetV2-L and ResNet50.
        for (channels, expected) in [(1280, 425_194), (2048, 1_073_434)] {
            let config = config(channels, Combination::SigmoidOfProduct);
            let attention = config.init(&Device::flex());
            assert_eq!(named::num_trainable(&attention), expected);
        }
    }

    #[test]
    fn a_mask_lies_between_zero_and_one_and_differs_by_channel_and_place() {
        for combination in [
            Combination::SigmoidOfProduct,
            Combination::ProductOfSigmoids,
        ] {
            let attention = seeded(config(32, combination).init(&Device::flex()), 2);
            let mask = attention.mask(features(32));
            assert_eq!(mask.dims(), [2, 32, 3, 3]);
            let values = host_tensor(mask).unwrap().values;
            assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
            let differ = |a: usize, b: usize| (values[a] - values[b]).abs() > 1e-7;
            assert!((1..9).any(|place| differ(0, place)));
            assert!((1..32).any(|channel| differ(0, 9 * channel)));
        }
    }

    /// The equations of METHODS 2.2 in plain loops.
    fn by_hand(tensors: &NamedTensors, x: &[f32]) -> Vec<f32> {
        const C: usize = 4;
        let get = |name: &str| tensors[name].values.as_slice();
        let prelu = |value: f32| if value < 0.0 { 0.25 * value } else { value };
        let at = |c: usize, y: i32, x_: i32| -> f32 {
            let inside = (0..3).contains(&y) && (0..3).contains(&x_);
            if inside {
                x[9 * c + 3 * y as usize + x_ as usize]
            } else {
                0.0
            }
        };
        let plane = |c: usize| &x[9 * c..9 * (c + 1)];
        let mean: Vec<f32> = (0..C).map(|c| plane(c).iter().sum::<f32>() / 9.0).collect();
        let max: Vec<f32> = (0..C)
            .map(|c| plane(c).iter().copied().fold(f32::MIN, f32::max))
            .collect();
        let sum: Vec<f32> = (0..C)
            .map(|c| {
                let kernel = &get("depthwise.weight")[9 * c..9 * (c + 1)];
                (0..9)
                    .map(|place| {
                        let (y, x_) = (place / 3, place % 3);
                        let taps = (0..9)
                            .map(|k| kernel[k as usize] * at(c, y + k / 3 - 1, x_ + k % 3 - 1));
                        prelu(get("depthwise.bias")[c] + taps.sum::<f32>())
                    })
                    .sum()
            })
            .collect();
        let u: Vec<f32> = [mean, max, sum].concat();
        let dense = |weight: &[f32], bias: &[f32], input: &[f32]| -> Vec<f32> {
            let rows = weight.chunks(input.len()).zip(bias);
            rows.map(|(row, bias)| {
                prelu(bias + row.iter().zip(input).map(|(w, v)| w * v).sum::<f32>())
            })
            .collect()
        };
        let hidden = dense(get("reduce.weight"), get("reduce.bias"), &u);
        let mc = dense(get("expand.weight"), get("expand.bias"), &hidden);
        let column = |place: usize| (0..C).map(move |c| x[9 * c + place]);
        let v: [Vec<f32>; 3] = [
            (0..9).map(|p| column(p).sum::<f32>() / C as f32).collect(),
            (0..9).map(|p| column(p).fold(f32::MIN, f32::max)).collect(),
            (0..9)
                .map(|p| {
                    let taps = column(p).zip(get("squeeze.weight")).map(|(v, w)| v * w);
                    prelu(get("squeeze.bias")[0] + taps.sum::<f32>())
                })
                .collect(),
        ];
        let ms: Vec<f32> = (0..9_i32)
            .map(|place| {
                let mut sum = get("spatial.bias")[0];
                for (plane, kernel) in v.iter().zip(get("spatial.weight").chunks(49)) {
                    for (tap, weight) in (0..49_i32).zip(kernel) {
                        let (y, x_) = (place / 3 + tap / 7 - 3, place % 3 + tap % 7 - 3);
                        if (0..3).contains(&y) && (0..3).contains(&x_) {
                            sum += weight * plane[(3 * y + x_) as usize];
                        }
                    }
                }
                prelu(sum)
            })
            .collect();
        mc.iter()
            .flat_map(|mc| ms.iter().map(move |ms| 1.0 / (1.0 + (-mc * ms).exp())))
            .collect()
    }

    #[test]
    fn a_mask_follows_the_equations() {
        let config = AttentionConfig {
            reduction: 2,
            ..config(4, Combination::SigmoidOfProduct)
        };
        let attention = seeded(config.init(&Device::flex()), 5);
        let tensors = named::collect(&attention).unwrap();
        let input = features(4);
        let values = host_tensor(input.clone()).unwrap().values;
        let found = host_tensor(attention.mask(input)).unwrap().values;
        for (found, input) in found.chunks(36).zip(values.chunks(36)) {
            for (found, expected) in found.iter().zip(by_hand(&tensors, input)) {
                assert!((found - expected).abs() < 1e-5, "{found} and {expected}");
            }
        }
    }
}
