//! A convolution, the normalization that follows it, and the activation: the step that most networks
//! repeat.

use burn::nn::{BatchNorm, BatchNormConfig};
use burn::prelude::{Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig};
use crate::nn::fold::folded;
use crate::nn::norm::Activation;

#[derive(Clone, Debug)]
pub struct ConvNormConfig {
    pub conv: ConvConfig,
    /// Added to the variance: 1e-5 in most networks, 1e-3 in `EfficientNet`.
    pub epsilon: f64,
    pub then: Activation,
}

#[derive(Module, Debug)]
pub struct ConvNorm {
    conv: Conv,
    /// None once folded.
    norm: Option<BatchNorm>,
    #[module(skip)]
    then: Activation,
}

impl ConvNormConfig {
    pub fn init(&self, device: &Device) -> ConvNorm {
        let norm = BatchNormConfig::new(self.conv.channels_out).with_epsilon(self.epsilon);
        ConvNorm {
            conv: self.conv.init(device),
            norm: Some(norm.init(device)),
            then: self.then,
        }
    }
}

impl ConvNorm {
    /// # Shapes
    /// - `input`: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height', width']`, by the convolution
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.conv
            .forward_normalized(input, self.norm.as_ref(), self.then)
    }

    /// The inference form: see `fold`.
    pub fn folded(self) -> Self {
        let (conv, norm) = folded(self.conv, self.norm);
        Self { conv, norm, ..self }
    }
}
