//! LAE's autoencoder (METHODS 3.1): the encoder, whose latent vector says what a face is and whose last
//! convolution says where, and the decoder that paints the face from that vector alone.

use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::conv_norm::{ConvNorm, ConvNormConfig};
use crate::nn::kernels::tanh::tanh;
use crate::nn::norm::{Activation, normalized};
use crate::nn::pool::pool;
use crate::nn::transposed_conv::{TransposedConv, TransposedConvConfig};

/// Side of the maps at every size of the pictures: at the published 256 px four convolutions halve them.
pub const MAP_SIDE: usize = 16;

/// Channels of the encoder's halving convolutions; further ones have as many as the last.
const ENCODER_CHANNELS: [usize; 4] = [64, 128, 256, 512];

/// Channels of the last convolution, which is not halved.
const FEATURES: usize = 512;

/// Channels of the decoder's steps, from 4x4 on, each twice as large; further ones have as many as the last.
const DECODER_CHANNELS: [usize; 6] = [256, 128, 64, 32, 16, 8];

#[derive(Config, Debug)]
pub struct AutoencoderConfig {
    /// Side of the pictures: a power of two, at least 32. Published for 256.
    #[config(default = 256)]
    pub side_px: usize,
    /// Scales the encoder's channels; 1 is the published network.
    #[config(default = 1.0)]
    pub width: f64,
    /// Scales the decoder's channels.
    #[config(default = 1.0)]
    pub decoder_width: f64,
    /// Numbers of the latent vector, `d_z`.
    #[config(default = 128)]
    pub latent: usize,
}

/// Paths begin with `encoder` and `decoder`.
#[derive(Module, Debug)]
pub struct Autoencoder {
    pub encoder: Encoder,
    pub decoder: Decoder,
}

#[derive(Module, Debug)]
pub struct Encoder {
    first: Conv,
    /// Each halves.
    stages: Vec<ConvNorm>,
    /// `f_l`: what the maps are made of.
    last: Conv,
    /// Weight `[features, latent]`.
    linear: Linear,
}

#[derive(Module, Debug)]
pub struct Decoder {
    steps: Vec<DecoderStep>,
    last: TransposedConv,
}

#[derive(Module, Debug)]
struct DecoderStep {
    conv: TransposedConv,
    /// None once folded.
    norm: Option<BatchNorm>,
}

/// The channels at a width: the nearest multiple of 8, at least 8.
pub fn scaled(channels: usize, width: f64) -> usize {
    8 * ((channels as f64 * width / 8.0).round() as usize).max(1)
}

/// The number at this place of a list whose last one goes on.
pub fn going_on(list: &[usize], at: usize) -> usize {
    list.get(at).or(list.last()).copied().unwrap_or_default()
}

impl AutoencoderConfig {
    pub fn init(&self, device: &Device) -> Autoencoder {
        Autoencoder {
            encoder: self.encoder(device),
            decoder: self.decoder(device),
        }
    }

    pub fn encoder(&self, device: &Device) -> Encoder {
        let halvings = (self.side_px / MAP_SIDE).max(2).ilog2() as usize;
        let channels = |at| scaled(going_on(&ENCODER_CHANNELS, at), self.width);
        let halving = |channels_in, channels_out| {
            ConvConfig::new(channels_in, channels_out, 4)
                .with_stride(2)
                .with_padding(Padding::Even(1))
                .with_bias(true)
        };
        let stage = |at| {
            let config = ConvNormConfig {
                conv: halving(channels(at - 1), channels(at)),
                epsilon: 1e-5,
                then: Activation::Relu,
            };
            config.init(device)
        };
        let features = scaled(FEATURES, self.width);
        Encoder {
            first: halving(3, channels(0)).init(device),
            stages: (1..halvings).map(stage).collect(),
            last: ConvConfig::new(channels(halvings - 1), features, 3)
                .with_padding(Padding::Even(1))
                .with_bias(true)
                .init(device),
            linear: LinearConfig::new(features, self.latent).init(device),
        }
    }

    pub fn decoder(&self, device: &Device) -> Decoder {
        // From 4 px to half the size; the last convolution doubles once more.
        let count = (self.side_px / 4).max(2).ilog2() as usize;
        let channels = |at| scaled(going_on(&DECODER_CHANNELS, at), self.decoder_width);
        let doubling = |channels_in, channels_out| {
            TransposedConvConfig::new(channels_in, channels_out, 4)
                .with_stride(2)
                .with_padding(1)
        };
        let step = |at| DecoderStep {
            conv: match at {
                0 => TransposedConvConfig::new(self.latent, channels(0), 4),
                at => doubling(channels(at - 1), channels(at)),
            }
            .init(device),
            norm: Some(BatchNormConfig::new(channels(at)).init(device)),
        };
        Decoder {
            steps: (0..count).map(step).collect(),
            last: doubling(channels(count - 1), 3).init(device),
        }
    }
}

impl Encoder {
    /// The last convolution's output, `f_l`, after its `ReLU`.
    ///
    /// # Shapes
    /// - `pictures`: `[batch, 3, side, side]`, RGB, `ImageNet` mean and deviation
    /// - output: `[batch, features, 16, 16]`
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<4> {
        let mut x = self.first.forward_then(pictures, Activation::Relu);
        for stage in &self.stages {
            x = stage.forward(x);
        }
        self.last.forward_then(x, Activation::Relu)
    }

    /// The latent vector z.
    ///
    /// # Shapes
    /// - `features`: of [`Self::features`]
    /// - output: `[batch, latent]`
    pub fn latent(&self, features: Tensor<4>) -> Tensor<2> {
        self.linear.forward(pool(features))
    }

    /// How much each channel of `f_l` counts for each number of z (Eq. 7's `w`).
    ///
    /// # Shapes
    /// - output: `[features, latent]`
    pub fn unit_weights(&self) -> Tensor<2> {
        self.linear.weight.val()
    }

    /// What each number of z has beside its map.
    ///
    /// # Shapes
    /// - output: `[latent]`
    pub fn unit_biases(&self) -> Option<Tensor<1>> {
        self.linear.bias.as_ref().map(burn::module::Param::val)
    }

    /// The inference form: see `nn::fold`. Give it `module.valid()`.
    pub fn folded(self) -> Self {
        Self {
            stages: self.stages.into_iter().map(ConvNorm::folded).collect(),
            ..self
        }
    }
}

impl Decoder {
    /// # Shapes
    /// - `latent`: `[batch, latent]`
    /// - output: `[batch, 3, side, side]`, RGB, -1 to 1
    pub fn forward(&self, latent: Tensor<2>) -> Tensor<4> {
        let [batch, numbers] = latent.dims();
        let mut x = latent.reshape([batch, numbers, 1, 1]);
        for step in &self.steps {
            x = step.forward(x);
        }
        tanh(self.last.forward(x))
    }

    /// The inference form: see `nn::fold`. Give it `module.valid()`.
    pub fn folded(self) -> Self {
        Self {
            steps: self.steps.into_iter().map(DecoderStep::folded).collect(),
            ..self
        }
    }
}

impl DecoderStep {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, 2 height, 2 width]`; of the first step 4x4 from 1x1
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let x = self.conv.forward(input);
        match &self.norm {
            Some(norm) => normalized(norm, x, Activation::Relu),
            None => Activation::Relu.apply(x),
        }
    }

    fn folded(self) -> Self {
        match self.norm {
            Some(norm) => Self {
                conv: self.conv.folded(&norm),
                norm: None,
            },
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{host_tensor, num_trainable};

    #[test]
    fn counts_and_shapes_are_those_of_the_paper() {
        // METHODS 3.1, Table 2; checks 3.6, 5.
        let device = Device::flex();
        let network = AutoencoderConfig::new().init(&device);
        assert_eq!(num_trainable(&network.encoder), 5_183_808);
        assert_eq!(num_trainable(&network.encoder.linear), 65_664);
        assert_eq!(num_trainable(&network.decoder), 1_224_555);
        let network = AutoencoderConfig::new().with_width(0.125).init(&device);
        let mut x = Tensor::zeros([1, 3, 256, 256], &device);
        x = network.encoder.first.forward(x);
        let mut dims = vec![x.dims()];
        for stage in &network.encoder.stages {
            x = stage.forward(x);
            dims.push(x.dims());
        }
        x = network.encoder.last.forward(x);
        dims.push(x.dims());
        let shape = |(channels, side): (usize, usize)| [1, channels / 8, side, side];
        let expected = [(64, 128), (128, 64), (256, 32), (512, 16), (512, 16)];
        assert_eq!(dims, expected.map(shape));
        let mut latent = network.encoder.latent(x).reshape([1, 128, 1, 1]);
        let mut dims = Vec::new();
        for step in &network.decoder.steps {
            latent = step.forward(latent);
            dims.push(latent.dims());
        }
        dims.push(network.decoder.last.forward(latent).dims());
        let expected = [
            (256, 4),
            (128, 8),
            (64, 16),
            (32, 32),
            (16, 64),
            (8, 128),
            (3, 256),
        ];
        assert_eq!(
            dims,
            expected.map(|(channels, side)| [1, channels, side, side])
        );
    }

    #[test]
    fn other_sizes_have_the_same_maps() {
        let device = Device::flex();
        for side_px in [32, 64, 128, 512] {
            let config = AutoencoderConfig {
                side_px,
                width: 0.03,
                decoder_width: 0.03,
                latent: 6,
            };
            let network = config.init(&device);
            let picture = Tensor::zeros([1, 3, side_px, side_px], &device);
            let features = network.encoder.features(picture);
            assert_eq!(features.dims(), [1, 16, MAP_SIDE, MAP_SIDE]);
            let latent = network.encoder.latent(features);
            assert_eq!(latent.dims(), [1, 6]);
            let painted = network.decoder.forward(latent);
            assert_eq!(painted.dims(), [1, 3, side_px, side_px]);
        }
    }

    #[test]
    fn the_inference_form_gives_the_same() {
        let device = Device::flex();
        let config = AutoencoderConfig {
            side_px: 64,
            width: 0.03,
            decoder_width: 0.03,
            latent: 6,
        };
        let network = seeded(config.init(&device.clone().autodiff()), 3);
        let picture = |device: &Device| {
            let values = (0..2 * 3 * 64 * 64).map(|at: usize| (at * 7919 % 1009) as f32 * 2e-3);
            let data = burn::prelude::TensorData::new(values.collect(), [2, 3, 64, 64]);
            Tensor::<4>::from_data(data, device)
        };
        // Moves the running statistics away from their start.
        let train = device.clone().autodiff();
        let latent = network
            .encoder
            .latent(network.encoder.features(picture(&train)));
        network.decoder.forward(latent);
        let network = network.valid();
        let run = |network: &Autoencoder| {
            let features = network.encoder.features(picture(&device));
            let painted = network
                .decoder
                .forward(network.encoder.latent(features.clone()));
            [features, painted].map(|tensor| host_tensor(tensor).unwrap().values)
        };
        let expected = run(&network);
        let found = run(&Autoencoder {
            encoder: network.encoder.folded(),
            decoder: network.decoder.folded(),
        });
        for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found - expected).abs() < 1e-4, "{found}, {expected}");
        }
    }
}
