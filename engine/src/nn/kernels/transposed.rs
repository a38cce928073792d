//! Chooses how a transposed convolution is computed.

use burn::prelude::Tensor;
use burn::tensor::module;
use burn::tensor::ops::ConvTransposeOptions;

use super::dense;
use super::planes::is_ours;

/// Everything about a transposed convolution but its numbers. Input pixel `(y, x)` reaches from output
/// pixel `(y * stride - before, x * stride - before)` on, a kernel down and across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransposedShape {
    pub stride: usize,
    /// Rows and columns cut off above and left: `PyTorch`'s `padding`.
    pub before: [usize; 2],
    /// Height and width of what remains; places that nothing reaches hold the bias.
    pub output: [usize; 2],
}

/// # Shapes
/// - `input`: `[batch, channels_in, height, width]`
/// - `weight`: `[channels_in, channels_out, kernel, kernel]`, as `PyTorch` has it
/// - `bias`: `[channels_out]`
/// - output: `[batch, channels_out, shape.output]`
///
/// # Panics
/// If the last pixels would reach nothing of the output: it must hold
/// `(height - 1) * stride < output + before` down and likewise across.
pub fn transposed_conv2d(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    shape: TransposedShape,
) -> Tensor<4> {
    let [_, _, height, width] = input.dims();
    let [_, _, down, across] = weight.dims();
    for (axis, length) in [height, width].into_iter().enumerate() {
        let end = shape.output[axis] + shape.before[axis];
        assert!(
            length == 0 || (length - 1) * shape.stride < end,
            "{length} pixels spread over {end}"
        );
    }
    if is_ours(&input) && is_ours(&weight) {
        return dense::dense_transposed(input, weight, bias, shape);
    }
    let reached = [(height, down), (width, across)]
        .map(|(length, kernel)| (length.max(1) - 1) * shape.stride + kernel);
    let missing = std::array::from_fn(|axis| {
        (shape.output[axis] + shape.before[axis]).saturating_sub(reached[axis])
    });
    let options = ConvTransposeOptions::new([shape.stride; 2], [0; 2], missing, [1; 2], 1);
    module::conv_transpose2d(input, weight, Some(bias), options)
        .narrow(2, shape.before[0], shape.output[0])
        .narrow(3, shape.before[1], shape.output[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::{Device, TensorData};

    fn tensor<const D: usize>(shape: [usize; D], step: usize, device: &Device) -> Tensor<D> {
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|at: usize| ((at * step * 7919 + 11) % 1009) as f32 * 0.002 - 1.0)
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    /// Output and three gradients against burn's operation, of which `padding` is cut by hand.
    fn check(channels: [usize; 2], size: [usize; 2], kernel: [usize; 2], shape: TransposedShape) {
        let device = Device::flex().autodiff();
        let [channels_in, channels_out] = channels;
        let input = tensor([2, channels_in, size[0], size[1]], 1, &device).require_grad();
        let weight = [channels_in, channels_out, kernel[0], kernel[1]];
        let weight = tensor(weight, 3, &device).require_grad();
        let bias = tensor([channels_out], 5, &device).require_grad();
        let factors = tensor(
            [2, channels_out, shape.output[0], shape.output[1]],
            7,
            &device,
        );
        let run = |is_ours: bool| {
            let (input, weight, bias) = (input.clone(), weight.clone(), bias.clone());
            let output = if is_ours {
                transposed_conv2d(input.clone(), weight.clone(), bias.clone(), shape)
            } else {
                // One more row and column than reached is enough for every case below.
                let options =
                    ConvTransposeOptions::new([shape.stride; 2], [0; 2], [1; 2], [1; 2], 1);
                let whole = (input.clone(), weight.clone(), Some(bias.clone()));
                module::conv_transpose2d(whole.0, whole.1, whole.2, options)
                    .narrow(2, shape.before[0], shape.output[0])
                    .narrow(3, shape.before[1], shape.output[1])
            };
            let mut gradients = (output.clone() * factors.clone()).sum().backward();
            [
                host_tensor(output.inner()).unwrap(),
                host_tensor(input.grad_remove(&mut gradients).unwrap()).unwrap(),
                host_tensor(weight.grad_remove(&mut gradients).unwrap()).unwrap(),
                host_tensor(bias.grad_remove(&mut gradients).unwrap()).unwrap(),
            ]
        };
        let (found, expected) = (run(true), run(false));
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found.shape, expected.shape, "{kernel:?} {shape:?}");
            for (found, expected) in found.values.iter().zip(&expected.values) {
                // Sums of at most a few hundred products below 1.
                let error = (found - expected).abs();
                assert!(error < 1e-4, "{kernel:?} {shape:?}: {found}, {expected}");
            }
        }
    }

    #[test]
    fn it_is_burns_there_and_back() {
        let twice = |before, [height, width]: [usize; 2]| TransposedShape {
            stride: 2,
            before,
            output: [2 * height, 2 * width],
        };
        for size in [[5, 7], [8, 8], [1, 1]] {
            for channels in [[3, 5], [20, 18]] {
                check(channels, size, [2, 3], twice([0, 1], size));
                check(channels, size, [2, 2], twice([0, 0], size));
                check(channels, size, [4, 4], twice([1, 1], size));
                check(channels, size, [3, 3], twice([1, 1], size));
            }
            let shape = TransposedShape {
                stride: 1,
                before: [1, 0],
                output: size,
            };
            check([4, 6], size, [3, 2], shape);
        }
    }
}
