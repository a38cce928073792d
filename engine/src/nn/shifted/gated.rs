//! The gated residual block of PixelCNN++ (METHODS 4.2).

use burn::prelude::{Config, Device, Module, Tensor};

use super::conv::{ShiftedConv, ShiftedConvConfig, Sight};
use super::start::Pass;
use crate::nn::kernels::concat_elu::concat_elu;
use crate::nn::kernels::elementwise::add;
use crate::nn::kernels::gate::gate;
use crate::nn::noise::SplitMix;

#[derive(Config, Debug)]
pub struct GatedBlockConfig {
    pub channels: usize,
    /// Of what else it is told; 0 if nothing.
    pub channels_beside: usize,
    pub sight: Sight,
    /// How likely a number between its convolutions is dropped, at least 0 and below 1.
    pub dropout: f64,
}

/// `x + a * sigmoid(b)`, with `a` and `b` from two convolutions of `x` and a 1x1 one of what is beside.
#[derive(Module, Debug)]
pub struct GatedBlock {
    /// `2 channels` to `channels`.
    pub conv_in: ShiftedConv,
    /// 1x1, `2 channels_beside` to `channels`.
    pub beside: Option<ShiftedConv>,
    /// `2 channels` to `2 channels`: `a` and `b`.
    pub conv_out: ShiftedConv,
    dropout: f64,
}

impl GatedBlockConfig {
    pub fn init(&self, seeds: &mut SplitMix, device: &Device) -> GatedBlock {
        let channels = self.channels;
        let kernel = match self.sight {
            Sight::Above => [2, 3],
            Sight::AboveLeft => [2, 2],
        };
        let mut conv = |channels_out, start_scale| {
            ShiftedConvConfig::new(2 * channels, channels_out, kernel, self.sight)
                .with_start_scale(start_scale)
                .init(seeds, device)
        };
        let (conv_in, conv_out) = (conv(channels, 1.0), conv(2 * channels, 0.1));
        let beside = (0 < self.channels_beside).then(|| {
            ShiftedConvConfig::mixing(2 * self.channels_beside, channels).init(seeds, device)
        });
        GatedBlock {
            conv_in,
            beside,
            conv_out,
            dropout: self.dropout,
        }
    }
}

impl GatedBlock {
    /// # Shapes
    /// - `input` and output: `[batch, channels, height, width]`
    /// - `beside`: `[batch, 2 channels_beside, height, width]`, activated already by
    ///   [`concat_elu`]; given if and only if the block wants it
    pub fn forward(
        &self,
        input: Tensor<4>,
        beside: Option<Tensor<4>>,
        pass: &mut Pass<'_>,
    ) -> Tensor<4> {
        let inner = self.conv_in.forward(concat_elu(input.clone(), None), pass);
        let inner = match (&self.beside, beside) {
            (Some(conv), Some(beside)) => add(inner, conv.forward(beside, pass)),
            (None, None) => inner,
            (wanted, _) => unreachable!("beside is wanted: {}", wanted.is_some()),
        };
        let inner = concat_elu(inner, pass.noise.drops(self.dropout));
        gate(input, self.conv_out.forward(inner, pass))
    }

    /// Multiplications, each with an addition, for so many pixels.
    pub fn multiply_adds(&self, pixels: u64) -> u64 {
        let convs = [
            Some(&self.conv_in),
            self.beside.as_ref(),
            Some(&self.conv_out),
        ];
        let each = convs.into_iter().flatten();
        each.map(|conv| conv.multiply_adds(pixels)).sum()
    }
}
