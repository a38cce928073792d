//! Encoder and decoder with the divided code between them (METHODS 9).

use burn::prelude::{Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::conv_norm::{ConvNorm, ConvNormConfig};
use crate::nn::kernels::doubling::doubled;
use crate::nn::norm::Activation;

/// Channels after each of the encoder's convolutions; the decoder's are the same backwards.
const CHANNELS: [usize; 5] = [8, 16, 32, 64, 128];

/// Channels of one half of the code: C0, of pristine faces, comes first, then C1, of manipulated ones.
pub const HALF_CHANNELS: usize = 64;

/// Pixels of a picture's side that one place of the code stands for.
pub const STRIDE: u32 = 16;

#[derive(Module, Debug)]
pub struct ForensicTransfer {
    pub encoder: Encoder,
    pub decoder: Decoder,
}

/// Five 3x3 convolutions, of which all but the first halve the size; norms on all but the first and the last; the
/// last ends in a `ReLU` too, so that a half's activation is a plain mean.
#[derive(Module, Debug)]
pub struct Encoder {
    first: Conv,
    steps: Vec<ConvNorm>,
    last: Conv,
}

/// Four times nearest doubling and a 3x3 convolution, then one to three channels. It ends with nothing: METHODS
/// names no activation there.
#[derive(Module, Debug)]
pub struct Decoder {
    steps: Vec<ConvNorm>,
    last: Conv,
}

/// Mean activation of each half of the code, a0 and a1.
///
/// # Shapes
/// - each: `[batch]`, at least 0
#[derive(Clone, Debug)]
pub struct Activations {
    pub pristine: Tensor<1>,
    pub manipulated: Tensor<1>,
}

fn conv(channels_in: usize, channels_out: usize, stride: usize) -> ConvConfig {
    ConvConfig::new(channels_in, channels_out, 3)
        .with_stride(stride)
        .with_padding(Padding::Even(1))
        .with_bias(true)
}

fn step(conv: ConvConfig, device: &Device) -> ConvNorm {
    let config = ConvNormConfig {
        conv,
        epsilon: 1e-5,
        then: Activation::Relu,
    };
    config.init(device)
}

impl ForensicTransfer {
    pub fn new(device: &Device) -> Self {
        let [first, .., before, last] = CHANNELS;
        let between = CHANNELS.windows(2).take(CHANNELS.len() - 2);
        let encoder = Encoder {
            first: conv(3, first, 1).init(device),
            steps: between
                .map(|pair| step(conv(pair[0], pair[1], 2), device))
                .collect(),
            last: conv(before, last, 2).init(device),
        };
        let back = CHANNELS.windows(2).rev();
        let decoder = Decoder {
            steps: back
                .map(|pair| step(conv(pair[1], pair[0], 1), device))
                .collect(),
            last: conv(first, 3, 1).init(device),
        };
        Self { encoder, decoder }
    }

    /// The inference form: see `nn::fold`. Give it `module.valid()`.
    pub fn folded(self) -> Self {
        let folded = |steps: Vec<ConvNorm>| steps.into_iter().map(ConvNorm::folded).collect();
        Self {
            encoder: Encoder {
                steps: folded(self.encoder.steps),
                ..self.encoder
            },
            decoder: Decoder {
                steps: folded(self.decoder.steps),
                ..self.decoder
            },
        }
    }
}

impl Encoder {
    /// The code h.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, both sides multiples of 16
    /// - output: `[batch, 128, height / 16, width / 16]`, at least 0
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        let mut x = self.first.forward_then(images, Activation::Relu);
        for step in &self.steps {
            x = step.forward(x);
        }
        self.last.forward_then(x, Activation::Relu)
    }
}

impl Decoder {
    /// # Shapes
    /// - `code`: `[batch, 128, height / 16, width / 16]`
    /// - output: `[batch, 3, height, width]`
    pub fn forward(&self, code: Tensor<4>) -> Tensor<4> {
        let mut x = code;
        for step in &self.steps {
            x = step.forward(doubled(x));
        }
        self.last.forward(x)
    }
}

/// `a_c`: of each half the sum of |h| over its channels and places, by their number `K_c`.
///
/// # Shapes
/// - `code`: `[batch, 128, height, width]`
pub fn activations(code: &Tensor<4>) -> Activations {
    let [batch, _, height, width] = code.dims();
    let of = |half: usize| {
        code.clone()
            .narrow(1, half * HALF_CHANNELS, HALF_CHANNELS)
            .abs()
            .reshape([batch, HALF_CHANNELS * height * width])
            .mean_dim(1)
            .reshape([batch])
    };
    Activations {
        pristine: of(0),
        manipulated: of(1),
    }
}

/// The code with zeros in the half that does not match the label: what is decoded in training.
///
/// # Shapes
/// - `code` and output: `[batch, 128, height, width]`
/// - `labels`: `[batch]`, 1 is manipulated, 0 pristine
pub fn selected(code: Tensor<4>, labels: &Tensor<1>) -> Tensor<4> {
    let [batch, ..] = code.dims();
    let halves: Tensor<2> = Tensor::stack(vec![labels.clone().neg() + 1.0, labels.clone()], 1);
    let mask = halves
        .reshape([batch, 2, 1])
        .expand([batch, 2, HALF_CHANNELS])
        .reshape([batch, 2 * HALF_CHANNELS, 1, 1]);
    code * mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{host_tensor, num_trainable};

    /// Codes of two faces on 2 x 3 places: `value` in one half, zero in the other.
    fn code(half: usize, value: f32) -> Tensor<4> {
        let device = Device::flex();
        let filled = Tensor::full([2, HALF_CHANNELS, 2, 3], value, &device);
        let empty = Tensor::zeros([2, HALF_CHANNELS, 2, 3], &device);
        let parts = if half == 0 {
            vec![filled, empty]
        } else {
            vec![empty, filled]
        };
        Tensor::cat(parts, 1)
    }

    fn values(tensor: Tensor<1>) -> Vec<f32> {
        host_tensor(tensor).unwrap().values
    }

    #[test]
    fn counts_and_shapes_are_those_of_the_reference() {
        // METHODS 9.
        let device = Device::flex();
        let model = seeded(ForensicTransfer::new(&device), 1);
        assert_eq!(num_trainable(&model.encoder), 98_608);
        assert_eq!(num_trainable(&model.decoder), 98_499);
        let images = Tensor::ones([2, 3, 64, 96], &device);
        let code = model.encoder.forward(images);
        assert_eq!(code.dims(), [2, 2 * HALF_CHANNELS, 4, 6]);
        let least = host_tensor(code.clone().min()).unwrap().values[0];
        assert!(0.0 <= least, "the code ends in a ReLU");
        assert_eq!(model.decoder.forward(code).dims(), [2, 3, 64, 96]);
    }

    #[test]
    fn a_half_full_of_ones_has_an_activation_of_one() {
        for half in [0, 1] {
            let found = activations(&code(half, 1.0));
            let [of_half, other] = if half == 0 {
                [found.pristine, found.manipulated]
            } else {
                [found.manipulated, found.pristine]
            };
            assert_eq!(values(of_half), [1.0, 1.0]);
            assert_eq!(values(other), [0.0, 0.0]);
        }
        // K_c = 64 * 2 * 3 numbers, and their signs do not matter.
        assert_eq!(values(activations(&code(1, -0.25)).manipulated), [0.25; 2]);
        let one = Tensor::<4>::zeros([1, 2 * HALF_CHANNELS, 2, 3], &Device::flex());
        let one = one.slice_fill([0..1, 70..71, 1..2, 2..3], 384.0);
        assert_eq!(values(activations(&one).manipulated), [1.0]);
    }

    #[test]
    fn the_half_of_the_other_label_is_not_decoded_and_gets_no_gradient_from_the_picture() {
        let device = Device::flex().autodiff();
        let model = seeded(ForensicTransfer::new(&device), 2);
        let code = Tensor::<4>::ones([2, 2 * HALF_CHANNELS, 2, 2], &device).require_grad();
        let labels = Tensor::<1>::from_data([0.0_f32, 1.0], &device);
        let painted = model.decoder.forward(selected(code.clone(), &labels));
        let gradients = painted.abs().mean().backward();
        let gradient = code.grad(&gradients).unwrap().abs();
        let sum = |face: usize, half: usize| {
            let part = gradient.clone().narrow(0, face, 1);
            let part = part.narrow(1, half * HALF_CHANNELS, HALF_CHANNELS);
            host_tensor(part.sum()).unwrap().values[0]
        };
        for face in [0, 1] {
            assert!(0.0 < sum(face, face), "the matching half learns");
            assert_eq!(sum(face, 1 - face), 0.0, "the other does not");
        }
    }
}
