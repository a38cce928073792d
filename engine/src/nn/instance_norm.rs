//! Instance normalization: each channel of each picture by its own mean and variance, in training as in
//! inference (Ulyanov et al., Instance Normalization, 2016; `torch.nn.InstanceNorm2d(affine=True)`).

use burn::module::Param;
use burn::prelude::{Device, Module, Tensor};

use crate::nn::kernels::batch_norm::instance_norm;
use crate::nn::norm::Activation;

/// Added to the variance: `PyTorch`'s default.
const EPSILON: f64 = 1e-5;

/// Scale `gamma` and shift `beta`, each `[channels]`.
#[derive(Module, Debug)]
pub struct InstanceNorm {
    pub gamma: Param<Tensor<1>>,
    pub beta: Param<Tensor<1>>,
}

impl InstanceNorm {
    pub fn new(channels: usize, device: &Device) -> Self {
        let start = |value: f32| Param::from_tensor(Tensor::full([channels], value, device));
        Self {
            gamma: start(1.0),
            beta: start(0.0),
        }
    }

    /// Normalized, scaled, shifted and activated.
    ///
    /// # Shapes
    /// - `input` and output: `[batch, channels, height, width]`
    pub fn forward(&self, input: Tensor<4>, then: Activation) -> Tensor<4> {
        let (gamma, beta) = (self.gamma.val(), self.beta.val());
        match instance_norm(&input, gamma, beta, EPSILON, then) {
            Some(output) => output,
            None => then.apply(self.by_burn(input)),
        }
    }

    /// The same from single operations.
    fn by_burn(&self, input: Tensor<4>) -> Tensor<4> {
        let shape @ [batch, channels, height, width] = input.dims();
        let input = input.reshape([batch, channels, height * width]);
        let centered = input.clone() - input.mean_dim(2);
        let variance = centered.clone().square().mean_dim(2);
        let of_each = |param: &Param<Tensor<1>>| param.val().reshape([1, channels, 1]);
        let output = centered / (variance + EPSILON).sqrt() * of_each(&self.gamma);
        (output + of_each(&self.beta)).reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::{host_tensor, num_trainable};
    use burn::prelude::TensorData;
    use burn::tensor::activation::{relu, silu};

    fn tensor<const D: usize>(shape: [usize; D], step: usize, device: &Device) -> Tensor<D> {
        let count: usize = shape.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|at| (at * step % 101) as f32 / 25.0 - 1.7)
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    fn layer(channels: usize, device: &Device) -> InstanceNorm {
        InstanceNorm {
            gamma: Param::from_tensor(tensor([channels], 5, device)),
            beta: Param::from_tensor(tensor([channels], 7, device)),
        }
    }

    type Normalization = fn(&InstanceNorm, Tensor<4>) -> Tensor<4>;

    /// Output, and gradients to input, gamma and beta.
    fn there_and_back(normalization: Normalization, size: [usize; 4]) -> [Vec<f32>; 4] {
        let device = Device::flex().autodiff();
        let norm = layer(size[1], &device);
        let input = tensor(size, 37, &device).require_grad();
        let output = normalization(&norm, input.clone());
        let mut gradients = (output.clone() * tensor(size, 11, &device))
            .sum()
            .backward();
        let to_input = input.grad_remove(&mut gradients).unwrap();
        let affine = [&norm.gamma, &norm.beta];
        let [to_gamma, to_beta] =
            affine.map(|param| param.val().grad_remove(&mut gradients).unwrap());
        [
            host_tensor(output.inner()).unwrap().values,
            host_tensor(to_input).unwrap().values,
            host_tensor(to_gamma).unwrap().values,
            host_tensor(to_beta).unwrap().values,
        ]
    }

    #[track_caller]
    fn check(ours: Normalization, expected: Normalization) {
        for size in [[2, 3, 19, 15], [1, 5, 4, 4], [3, 40, 8, 9]] {
            let found = there_and_back(ours, size);
            let expected = there_and_back(expected, size);
            for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
                // Sums of up to 600 terms of some units in another order.
                let tolerance = 2e-5 * (10.0 + expected.abs());
                assert!(
                    (found - expected).abs() < tolerance,
                    "{found} and {expected}, {size:?}"
                );
            }
        }
    }

    #[test]
    fn one_pass_is_one_operation_after_the_other_with_all_gradients() {
        check(
            |norm, x| norm.forward(x, Activation::None),
            |norm, x| norm.by_burn(x),
        );
        check(
            |norm, x| norm.forward(x, Activation::Relu),
            |norm, x| relu(norm.by_burn(x)),
        );
        check(
            |norm, x| norm.forward(x, Activation::Silu),
            |norm, x| silu(norm.by_burn(x)),
        );
    }

    #[test]
    fn numbers_are_those_of_pytorch() {
        // n = lambda c, s: ((torch.arange(c) * s % 101).float() / 25 - 1.7)
        // F.instance_norm(n(12, 37).reshape(2, 2, 1, 3), weight=n(2, 5), bias=n(2, 7))
        let device = Device::flex();
        let input = tensor([2, 2, 1, 3], 37, &device);
        let output = layer(2, &device).forward(input, Activation::None);
        let expected = [
            0.3820592, -1.6999999, -3.7820592, 0.417111, -1.4200002, -3.257111, 0.382059, -1.7,
            -3.7820592, -1.2294085, -3.3449748, 0.3143832,
        ];
        for (found, expected) in host_tensor(output).unwrap().values.iter().zip(expected) {
            // Seven digits are given.
            assert!((found - expected).abs() < 2e-6, "{found} and {expected}");
        }
    }

    #[test]
    fn a_picture_does_not_depend_on_those_beside_it_nor_on_training() {
        let size = [3, 4, 5, 6];
        let norm = layer(4, &Device::flex());
        let pictures = tensor(size, 37, &Device::flex());
        let all = norm.forward(pictures.clone(), Activation::Relu);
        let second = norm.forward(pictures.narrow(0, 1, 1), Activation::Relu);
        let values = |tensor| host_tensor::<4>(tensor).unwrap().values;
        assert_eq!(values(all.clone().narrow(0, 1, 1)), values(second));
        let [trained, ..] = there_and_back(|norm, x| norm.forward(x, Activation::Relu), size);
        assert_eq!(values(all), trained);
    }

    #[test]
    fn scale_and_shift_are_to_be_trained() {
        assert_eq!(num_trainable(&InstanceNorm::new(64, &Device::flex())), 128);
    }
}
