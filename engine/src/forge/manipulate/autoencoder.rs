//! A small convolutional autoencoder of two people, as the first deepfakes had it: one encoder for both,
//! a decoder for each. It is trained to undo a random distortion of either person's faces; then the
//! target's face goes in, and out of the donor's decoder comes the donor with the target's expression.

use burn::module::{Module, ModuleMapper, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::prelude::{Device, Tensor, TensorData};
use burn::tensor::activation::relu;

use crate::forge::manipulate::ManipulateError;
use crate::forge::manipulate::distortion::{PADDED_PX, distorted_pair};
use crate::forge::manipulate::grid::Grid;
use crate::forge::manipulate::person::{Person, View};
use crate::forge::manipulate::picture::Patch;
use crate::job::JobContext;
use crate::nn::adam::{Adam, AdamSettings};
use crate::nn::initial::seeded;
use crate::nn::named::host_tensor;

pub use crate::forge::manipulate::distortion::SIDE_PX;

/// Faces of each person in a step.
const BATCH: usize = 8;

/// Learning rate at the start; it falls along a half cosine to a tenth.
const RATE: f64 = 2e-3;

/// Numbers that describe a face and an expression.
const LATENT: usize = 96;

/// First weights are uniform within 1 / sqrt(inputs); this factor keeps the signal's size through a
/// rectifier: sqrt(6) (He et al. 2015).
const GAIN: f64 = 2.449;

/// Channels and side of what the latent numbers unfold to.
const SEED_CHANNELS: usize = 48;
const SEED_PX: usize = 4;

#[derive(Module, Debug)]
struct Network {
    encoder: Encoder,
    target: Decoder,
    donor: Decoder,
}

#[derive(Module, Debug)]
struct Encoder {
    convs: Vec<Conv2d>,
    squeeze: Linear,
    unfold: Linear,
}

#[derive(Module, Debug)]
struct Decoder {
    /// Each gives four times the channels, which become twice the side.
    convs: Vec<Conv2d>,
    last: Conv2d,
}

impl Network {
    fn new(device: &Device, seed: u64) -> Self {
        let convs = |channels: &[usize], kernel: usize, stride: usize, factor: usize| {
            let pairs = channels.windows(2);
            pairs
                .map(|of| conv(of[0], factor * of[1], kernel, stride, device))
                .collect()
        };
        let decoder = || Decoder {
            convs: convs(&[SEED_CHANNELS, 40, 32, 24, 16], 3, 1, 4),
            last: conv(16, 3, 3, 1, device),
        };
        let folded = SEED_CHANNELS * SEED_PX * SEED_PX;
        let network = Self {
            encoder: Encoder {
                convs: convs(&[3, 16, 24, 32, SEED_CHANNELS], 3, 2, 1),
                squeeze: LinearConfig::new(folded, LATENT).init(device),
                unfold: LinearConfig::new(LATENT, folded).init(device),
            },
            target: decoder(),
            donor: decoder(),
        };
        seeded(network, seed).map(&mut Enlarge)
    }

    /// Mean absolute error of both people's faces.
    ///
    /// # Shapes
    /// - all: `[batch, 3, 64, 64]`, each person's colors at mean 0 and deviation 1
    fn loss(&self, [target, donor]: [[Tensor<4>; 2]; 2]) -> Tensor<1> {
        let [target_in, target_out] = target;
        let [donor_in, donor_out] = donor;
        let [batch, _, _, _] = target_in.dims();
        let code = self
            .encoder
            .forward(Tensor::cat(vec![target_in, donor_in], 0));
        let [all, channels, height, width] = code.dims();
        let part = |from: usize, to: usize| {
            code.clone()
                .slice([from..to, 0..channels, 0..height, 0..width])
        };
        let error = |made: Tensor<4>, wanted: Tensor<4>| (made - wanted).abs().mean();
        error(self.target.forward(part(0, batch)), target_out)
            + error(self.donor.forward(part(batch, all)), donor_out)
    }
}

impl Encoder {
    /// # Shapes
    /// - `faces`: `[batch, 3, 64, 64]`
    /// - output: `[batch, 48, 4, 4]`
    fn forward(&self, faces: Tensor<4>) -> Tensor<4> {
        let mut x = faces;
        for conv in &self.convs {
            x = relu(conv.forward(x));
        }
        let [batch, channels, height, width] = x.dims();
        let code = self
            .squeeze
            .forward(x.reshape([batch, channels * height * width]));
        let x = relu(self.unfold.forward(code));
        x.reshape([batch, channels, height, width])
    }
}

impl Decoder {
    /// # Shapes
    /// - `code`: `[batch, 48, 4, 4]`
    /// - output: `[batch, 3, 64, 64]`
    fn forward(&self, code: Tensor<4>) -> Tensor<4> {
        let mut x = code;
        for conv in &self.convs {
            x = doubled(relu(conv.forward(x)));
        }
        self.last.forward(x)
    }
}

/// Multiplies all weights by [`GAIN`].
struct Enlarge;

impl ModuleMapper for Enlarge {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if D == 1 {
            // Biases stay small.
            return param;
        }
        param.map(|weights| Tensor::from_inner(weights.inner() * GAIN).require_grad())
    }
}

fn conv(inputs: usize, outputs: usize, kernel: usize, stride: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new([inputs, outputs], [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .init(device)
}

/// Four channels become twice the side (pixel shuffle).
///
/// # Shapes
/// - `x`: `[batch, 4 * channels, height, width]`
/// - output: `[batch, channels, 2 * height, 2 * width]`
fn doubled(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let channels = channels / 4;
    x.reshape([batch, channels, 2, 2, height, width])
        .permute([0, 1, 4, 2, 5, 3])
        .reshape([batch, channels, 2 * height, 2 * width])
}

/// Mean and deviation of each channel, over all faces of a person.
#[derive(Clone, Copy, Debug)]
struct Tone {
    mean: [f32; 3],
    deviation: [f32; 3],
}

/// The trained network.
pub struct Autoencoder {
    network: Network,
    device: Device,
    tones: [Tone; 2],
    /// Losses of the first and the last steps.
    #[cfg(test)]
    pub losses: [f32; 2],
}

impl Autoencoder {
    /// Trains on the CPU from the views of both people; half a minute for 400 steps on two cores.
    pub fn train(
        target: &Person,
        donor: &Person,
        steps: u32,
        seed: u64,
        job: &mut JobContext,
    ) -> Result<Self, ManipulateError> {
        let failed = |detail: String| ManipulateError::Model { detail };
        let device = Device::flex().autodiff();
        let grid = Grid::with_margin(
            PADDED_PX,
            (PADDED_PX - SIDE_PX) as f32 / (2 * SIDE_PX) as f32,
        );
        let face = |view: &View| grid.aligned_view(view);
        let faces = [target, donor].map(|of| of.views.iter().map(face).collect::<Vec<Patch>>());
        let tones = [Tone::of(&faces[0]), Tone::of(&faces[1])];
        let mut network = Network::new(&device, seed);
        let mut adam = Adam::new(AdamSettings::default());
        let mut losses = Vec::with_capacity(steps as usize);
        for step in 0..steps {
            job.tick(
                "Training a face model",
                u64::from(step),
                Some(u64::from(steps)),
            )?;
            let batch = [0, 1].map(|of| {
                batch(
                    &faces[of],
                    &tones[of],
                    [seed, u64::from(step), of as u64],
                    &device,
                )
            });
            let loss = network.loss(batch);
            let value = loss.clone().try_into_scalar::<f32>();
            let value = value.map_err(|err| failed(format!("{err:?}")))?;
            if !value.is_finite() {
                return Err(failed(format!("the loss was not finite at step {step}")));
            }
            losses.push(value);
            let progress = f64::from(step) / f64::from(steps);
            let rate = RATE * (0.55 + 0.45 * libm::cos(std::f64::consts::PI * progress));
            network = adam.step(network, loss.backward(), rate);
        }
        job.tick(
            "Training a face model",
            u64::from(steps),
            Some(u64::from(steps)),
        )?;
        tracing::debug!(
            first = losses.first(),
            last = losses.last(),
            "face model trained"
        );
        Ok(Self {
            network: network.valid(),
            device: device.without_autodiff(),
            tones,
            #[cfg(test)]
            losses: [
                &losses[..losses.len().min(5)],
                &losses[losses.len().saturating_sub(5)..],
            ]
            .map(|part| part.iter().sum::<f32>() / part.len().max(1) as f32),
        })
    }

    /// A face of the target's as the donor's; 64 pixels square, as [`Grid::aligned`] cuts it. `None` where
    /// the device failed.
    pub fn donor_face(&self, face: &Patch) -> Option<Patch> {
        self.decoded(face, &self.network.donor, &self.tones[1])
    }

    fn decoded(&self, face: &Patch, decoder: &Decoder, tone: &Tone) -> Option<Patch> {
        let mut values = Vec::with_capacity(3 * face.rgb.len());
        self.tones[0].planes(face, &mut values);
        let input = Tensor::from_data(
            TensorData::new(values, [1, 3, SIDE_PX, SIDE_PX]),
            &self.device,
        );
        let made = host_tensor(decoder.forward(self.network.encoder.forward(input))).ok()?;
        let area = SIDE_PX * SIDE_PX;
        let level = |at: usize, channel: usize| {
            let value = made.values[channel * area + at];
            (value * tone.deviation[channel] + tone.mean[channel]).clamp(0.0, 255.0)
        };
        Some(Patch {
            width: SIDE_PX,
            height: SIDE_PX,
            rgb: (0..area)
                .map(|at| [0, 1, 2].map(|channel| level(at, channel)))
                .collect(),
        })
    }
}

/// Distorted faces, and the faces that they are to become.
fn batch(
    faces: &[Patch],
    tone: &Tone,
    [seed, step, person]: [u64; 3],
    device: &Device,
) -> [Tensor<4>; 2] {
    let [mut inputs, mut outputs] =
        [(); 2].map(|()| Vec::with_capacity(BATCH * 3 * SIDE_PX * SIDE_PX));
    for place in 0..BATCH as u64 {
        let (input, output) = distorted_pair(faces, seed, step, 2 * place + person);
        tone.planes(&input, &mut inputs);
        tone.planes(&output, &mut outputs);
    }
    [inputs, outputs].map(|values| {
        Tensor::from_data(
            TensorData::new(values, [BATCH, 3, SIDE_PX, SIDE_PX]),
            device,
        )
    })
}

impl Tone {
    fn of(faces: &[Patch]) -> Self {
        let mut sums = [[0.0f64; 2]; 3];
        let mut count = 0.0f64;
        for pixel in faces.iter().flat_map(|face| &face.rgb) {
            count += 1.0;
            for (sum, value) in sums.iter_mut().zip(pixel.map(f64::from)) {
                *sum = [sum[0] + value, sum[1] + value * value];
            }
        }
        let mean = sums.map(|[sum, _]| sum / count);
        let deviation = [0, 1, 2].map(|channel: usize| {
            let variance = sums[channel][1] / count - mean[channel] * mean[channel];
            variance.max(1.0).sqrt() as f32
        });
        Self {
            mean: mean.map(|mean| mean as f32),
            deviation,
        }
    }

    /// Appends red, green and blue, one after the other, at mean 0 and deviation 1.
    fn planes(&self, face: &Patch, values: &mut Vec<f32>) {
        for channel in 0..3 {
            let (mean, scale) = (self.mean[channel], 1.0 / self.deviation[channel]);
            values.extend(face.rgb.iter().map(|pixel| (pixel[channel] - mean) * scale));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::manipulate::tests::samples;
    use crate::nn::named::num_trainable;

    #[test]
    fn it_learns_and_its_decoders_make_different_faces() {
        let [target, donor] = [1, 2].map(|seed| Person::of(&samples(seed, 3)).unwrap());
        let model =
            Autoencoder::train(&target, &donor, 24, 5, &mut JobContext::detached()).unwrap();
        assert!(
            model.losses[1] < 0.75 * model.losses[0],
            "{:?}",
            model.losses
        );
        assert!((200_000..600_000).contains(&num_trainable(&Network::new(&model.device, 1))));
        let face = Grid::new(SIDE_PX).aligned_view(&target.views[0]);
        let own = model
            .decoded(&face, &model.network.target, &model.tones[0])
            .unwrap();
        let other = model.donor_face(&face).unwrap();
        let pairs = own.rgb.iter().flatten().zip(other.rgb.iter().flatten());
        let differs = pairs.map(|(a, b)| (a - b).abs()).sum::<f32>() / (3 * own.rgb.len()) as f32;
        assert!(3.0 < differs, "{differs}");
        assert_eq!(model.donor_face(&face).unwrap(), other);
    }

    #[test]
    fn four_channels_become_twice_the_side() {
        let values: Vec<f32> = (0..8).map(|value| value as f32).collect();
        let x = Tensor::from_data(TensorData::new(values, [1, 4, 1, 2]), &Device::flex());
        // torch.nn.functional.pixel_shuffle(torch.arange(8.).reshape(1, 4, 1, 2), 2)
        let shuffled = host_tensor(doubled(x)).unwrap();
        assert_eq!(shuffled.values, [0.0, 2.0, 1.0, 3.0, 4.0, 6.0, 5.0, 7.0]);
        assert_eq!(shuffled.shape, [1, 1, 2, 4]);
    }
}
