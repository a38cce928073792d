//! `PReLU` with one slope for all channels (He et al., Delving Deep into Rectifiers, 2015).

use burn::module::Param;
use burn::nn::Initializer;
use burn::prelude::{Device, Module, Tensor};

use crate::nn::kernels::elementwise::relu;

/// `PyTorch`'s start.
const START: f64 = 0.25;

/// `x` above zero and `slope * x` below.
#[derive(Module, Debug)]
pub struct Prelu {
    /// `[1]`; not called a weight, so that no start draws it at random.
    slope: Param<Tensor<1>>,
}

impl Prelu {
    pub fn new(device: &Device) -> Self {
        let start = Initializer::Constant { value: START };
        Self {
            slope: start.init([1], device),
        }
    }

    /// # Shapes
    /// - `input` and output: `[batch, channels, height, width]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let slope = self.slope.val().reshape([1, 1, 1, 1]);
        relu(input.clone()) - relu(input.neg()) * slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{host_tensor, num_trainable};

    #[test]
    fn negative_numbers_are_scaled_and_positive_ones_kept() {
        let device = Device::flex();
        let prelu = seeded(Prelu::new(&device), 1);
        assert_eq!(num_trainable(&prelu), 1);
        let input = Tensor::<4>::from_floats([[[[-4.0, -1.0], [0.0, 3.0]]]], &device);
        let output = host_tensor(prelu.forward(input)).unwrap().values;
        assert_eq!(output, [-1.0, -0.25, 0.0, 3.0]);
    }

    #[test]
    fn the_slope_learns_from_negative_numbers_alone() {
        let device = Device::flex().autodiff();
        let prelu = Prelu::new(&device);
        let input = Tensor::<4>::from_floats([[[[-4.0, -1.0], [0.0, 3.0]]]], &device);
        let gradients = prelu.forward(input).sum().backward();
        let slope = prelu.slope.val().grad(&gradients).unwrap();
        assert_eq!(slope.into_scalar::<f32>(), -5.0);
    }
}
