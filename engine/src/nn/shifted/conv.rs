//! A weight-normalized convolution that sees only what lies above, or above and left (METHODS 4.2).

use burn::module::{Param, ParamId};
use burn::prelude::{Config, Device, Module, Tensor, TensorData};

use super::start::Pass;
use crate::nn::kernels::conv::{ConvShape, conv2d};
use crate::nn::kernels::transposed::{TransposedShape, transposed_conv2d};
use crate::nn::kernels::weight_norm::weight_norm;
use crate::nn::noise::SplitMix;

/// Deviation of the first directions.
const DEVIATION: f32 = 0.05;

/// What an output pixel sees, if its kernel is `down` by `across`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Sight {
    /// Its own row and those above, as far to the left as to the right: the down-shifted convolution.
    Above,
    /// Its own row and those above, its own column and those to the left: the down-right-shifted one.
    AboveLeft,
}

/// How the size changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Resize {
    Keep,
    /// By a stride of 2.
    Halve,
    /// By a transposed convolution of stride 2.
    Double,
}

#[derive(Config, Debug)]
pub struct ShiftedConvConfig {
    pub channels_in: usize,
    pub channels_out: usize,
    /// Down and across; across is odd where it sees both sides.
    pub kernel: [usize; 2],
    pub sight: Sight,
    #[config(default = "Resize::Keep")]
    pub resize: Resize,
    /// Deviation of each output channel after a start from data.
    #[config(default = 1.0)]
    pub start_scale: f32,
}

/// Its weight is `gain * direction / |direction|`, with the norm over all but the output channel.
#[derive(Module, Debug)]
pub struct ShiftedConv {
    /// `[channels_out, channels_in, down, across]`, of the transposed form too.
    pub direction: Param<Tensor<4>>,
    /// `[channels_out]`
    pub gain: Param<Tensor<1>>,
    /// `[channels_out]`
    pub bias: Param<Tensor<1>>,
    #[module(skip)]
    sight: Sight,
    #[module(skip)]
    resize: Resize,
    start_scale: f32,
}

impl ShiftedConvConfig {
    /// A 1x1 convolution.
    pub fn mixing(channels_in: usize, channels_out: usize) -> Self {
        Self::new(channels_in, channels_out, [1, 1], Sight::AboveLeft)
    }

    /// Numbers are drawn from a number of `seeds` when they are first wanted.
    pub fn init(&self, seeds: &mut SplitMix, device: &Device) -> ShiftedConv {
        let [down, across] = self.kernel;
        let shape = [self.channels_out, self.channels_in, down, across];
        let seed = seeds.draw();
        let start = move |device: &Device, is_require_grad| {
            let count = shape.iter().product::<usize>();
            let mut numbers = SplitMix::new(seed);
            let mut values: Vec<f32> = Vec::with_capacity(count + 1);
            while values.len() < count {
                values.extend(numbers.normals().map(|number| DEVIATION * number));
            }
            values.truncate(count);
            Tensor::<4>::from_data(TensorData::new(values, shape), device)
                .set_require_grad(is_require_grad)
        };
        let line = |value: f32| {
            let channels = self.channels_out;
            let start = move |device: &Device, is_require_grad| {
                Tensor::<1>::full([channels], value, device).set_require_grad(is_require_grad)
            };
            Param::uninitialized(
                ParamId::new(),
                start,
                device.clone(),
                true,
                [channels].into(),
            )
        };
        ShiftedConv {
            direction: Param::uninitialized(
                ParamId::new(),
                start,
                device.clone(),
                true,
                shape.into(),
            ),
            gain: line(1.0),
            bias: line(0.0),
            sight: self.sight,
            resize: self.resize,
            start_scale: self.start_scale,
        }
    }
}

impl ShiftedConv {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`, even sizes where they are halved
    /// - output: `[batch, channels_out, height', width']`: the same size, half or twice of it
    pub fn forward(&self, input: Tensor<4>, pass: &mut Pass<'_>) -> Tensor<4> {
        let [_, _, height, width] = input.dims();
        let (weight, bias) = (self.weight(), self.bias.val());
        let (before, after) = self.zeros();
        let output = match self.resize {
            Resize::Double => {
                let shape = TransposedShape {
                    stride: 2,
                    // Rows past the end are cut off below, so that none sees what is below it.
                    before: [0, after],
                    output: [2 * height, 2 * width],
                };
                transposed_conv2d(input, weight.swap_dims(0, 1), bias, shape)
            }
            Resize::Keep | Resize::Halve => {
                let [above, left] = before;
                let shape = ConvShape {
                    stride: if self.resize == Resize::Keep { 1 } else { 2 },
                    padding: [above, 0, left, after],
                    groups: 1,
                };
                conv2d(input, weight, Some(bias), shape)
            }
        };
        pass.settled(output, &self.gain, &self.bias, self.start_scale)
    }

    /// With its length.
    ///
    /// # Shapes
    /// - output: as `direction`
    pub fn weight(&self) -> Tensor<4> {
        weight_norm(self.direction.val(), self.gain.val())
    }

    /// Multiplications, each with an addition, for an input of so many pixels.
    pub fn multiply_adds(&self, pixels: u64) -> u64 {
        let weights = self.direction.lazy_shape().num_elements() as u64;
        // A pixel that is doubled meets every weight; one of four is met by a stride of 2.
        match self.resize {
            Resize::Keep | Resize::Double => pixels * weights,
            Resize::Halve => pixels / 4 * weights,
        }
    }

    /// Zeros above and left, and right.
    fn zeros(&self) -> ([usize; 2], usize) {
        let [_, _, down, across] = self.direction.lazy_shape().dims();
        match self.sight {
            Sight::Above => ([down - 1, (across - 1) / 2], (across - 1) / 2),
            Sight::AboveLeft => ([down - 1, across - 1], 0),
        }
    }
}
