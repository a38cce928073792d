//! `MesoInception`'s module: convolutions of four reaches side by side (METHODS 8; Afchar et al.,
//! `MesoNet`, 2018, figure 5).

use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::kernels::elementwise::relu;
use crate::nn::norm::Activation;

#[derive(Config, Debug)]
pub struct MesoInceptionConfig {
    pub inputs: usize,
    /// Channels that each branch gives.
    pub outputs: [usize; 4],
}

/// 1x1 alone, before a 3x3, and before a 3x3 with its taps two and three pixels apart; each with bias and
/// `ReLU`.
#[derive(Module, Debug)]
pub struct MesoInception {
    /// The 1x1 of each branch.
    mixes: Vec<Conv>,
    near: Conv,
    /// Two and three pixels apart: by burn, for our kernels know only neighbors.
    far: Vec<Conv2d>,
}

impl MesoInceptionConfig {
    pub fn init(&self, device: &Device) -> MesoInception {
        let mix = |&outputs: &usize| {
            let config = ConvConfig::new(self.inputs, outputs, 1);
            config.with_bias(true).init(device)
        };
        let [_, near, far @ ..] = self.outputs;
        let near = ConvConfig::new(near, near, 3).with_padding(Padding::Even(1));
        let apart = |(outputs, apart): (usize, usize)| {
            Conv2dConfig::new([outputs, outputs], [3, 3])
                .with_dilation([apart, apart])
                .with_padding(PaddingConfig2d::Explicit(apart, apart, apart, apart))
                .init(device)
        };
        MesoInception {
            mixes: self.outputs.iter().map(mix).collect(),
            near: near.with_bias(true).init(device),
            far: far.into_iter().zip([2, 3]).map(apart).collect(),
        }
    }
}

impl MesoInception {
    /// # Shapes
    /// - `input`: `[batch, inputs, height, width]`
    /// - output: `[batch, sum of outputs, height, width]`
    pub fn forward(&self, input: &Tensor<4>) -> Tensor<4> {
        let mixed = self.mixes.iter();
        let mut branches: Vec<Tensor<4>> = mixed
            .map(|mix| mix.forward_then(input.clone(), Activation::Relu))
            .collect();
        if let [_, near, far @ ..] = branches.as_mut_slice() {
            *near = self.near.forward_then(near.clone(), Activation::Relu);
            for (branch, conv) in far.iter_mut().zip(&self.far) {
                *branch = relu(conv.forward(branch.clone()));
            }
        }
        Tensor::cat(branches, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::{apply, collect, host_tensor, num_trainable};

    fn module(inputs: usize, outputs: [usize; 4], device: &Device) -> MesoInception {
        MesoInceptionConfig { inputs, outputs }.init(device)
    }

    #[test]
    fn counts_are_those_of_the_reference() {
        let device = Device::flex();
        let count = |inputs, outputs| num_trainable(&module(inputs, outputs, &device));
        assert_eq!(count(3, [1, 4, 4, 2]), 378);
        assert_eq!(count(11, [2, 4, 4, 2]), 478);
    }

    /// How many pixels in a row, of nine, the middle pixel of some output channels depends on.
    fn reach(first: usize, count: usize) -> usize {
        let device = Device::flex().autodiff();
        let module = module(3, [1, 4, 4, 2], &device);
        let mut tensors = collect(&module).unwrap();
        for tensor in tensors.values_mut() {
            tensor.values.fill(0.1);
        }
        let module = apply(module, tensors).unwrap();
        let input = Tensor::<4>::ones([1, 3, 9, 9], &device).require_grad();
        let middle = module.forward(&input).narrow(1, first, count);
        let middle = middle.narrow(2, 4, 1).narrow(3, 4, 1);
        let gradient = input.grad(&middle.sum().backward()).unwrap();
        let row = gradient.narrow(2, 4, 1).narrow(1, 0, 1);
        let row = host_tensor(row).unwrap().values;
        let first = row.iter().position(|&value| value != 0.0).unwrap();
        let last = row.iter().rposition(|&value| value != 0.0).unwrap();
        last - first + 1
    }

    #[test]
    fn branches_see_one_three_five_and_seven_pixels() {
        let reaches = [(0, 1), (1, 4), (5, 4), (9, 2)].map(|(first, count)| reach(first, count));
        assert_eq!(reaches, [1, 3, 5, 7]);
    }
}
