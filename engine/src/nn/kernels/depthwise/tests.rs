//! Our depthwise convolution against burn's, and against finite differences.

use super::*;
use crate::nn::kernels::conv::ConvShape;
use burn::prelude::{Device, TensorData};
use burn::tensor::{module, ops::ConvOptions};

/// Numbers without a pattern a window could hide.
fn numbers_of(count: usize, seed: usize) -> Vec<f32> {
    (0..count)
        .map(|at| ((at * 7919 + seed * 104_729) % 1009) as f32 / 504.5 - 1.0)
        .collect()
}

fn tensor(shape: [usize; 4], seed: usize, device: &Device) -> Tensor<4> {
    let values = numbers_of(shape.iter().product(), seed);
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn burns(input: Tensor<4>, weight: Tensor<4>, shape: ConvShape) -> Tensor<4> {
    let [top, bottom, left, right] = shape.padding;
    let options = ConvOptions::new_with_padding(
        [shape.stride; 2],
        [(top, bottom), (left, right)],
        [1, 1],
        shape.groups,
    );
    module::conv2d(input, weight, None, options)
}

#[expect(clippy::needless_pass_by_value, reason = "it has the form of burn's")]
fn ours(input: Tensor<4>, weight: Tensor<4>, shape: ConvShape) -> Tensor<4> {
    depthwise_conv2d(&input, &weight, shape).unwrap()
}

type Convolution = fn(Tensor<4>, Tensor<4>, ConvShape) -> Tensor<4>;

/// Output and both gradients of a weighted sum of the output.
fn there_and_back(
    convolution: Convolution,
    size: [usize; 4],
    kernel: usize,
    shape: ConvShape,
) -> [Vec<f32>; 3] {
    let device = Device::flex().autodiff();
    let input = tensor(size, 1, &device).require_grad();
    let weight = tensor([size[1], 1, kernel, kernel], 2, &device).require_grad();
    let output = convolution(input.clone(), weight.clone(), shape);
    let mut gradients = (output.clone() * tensor(output.dims(), 3, &device))
        .sum()
        .backward();
    let to_input = input.grad_remove(&mut gradients).unwrap();
    let to_weight = weight.grad_remove(&mut gradients).unwrap();
    [output.inner(), to_input, to_weight].map(|tensor| tensor.into_data().try_into_vec().unwrap())
}

#[test]
fn it_equals_burns_convolution_and_its_gradients() {
    let check = |size: [usize; 4], kernel, stride, padding| {
        let shape = ConvShape {
            stride,
            padding,
            groups: size[1],
        };
        let expected = there_and_back(burns, size, kernel, shape);
        let found = there_and_back(ours, size, kernel, shape);
        for (part, (expected, found)) in expected.iter().zip(&found).enumerate() {
            assert_eq!(expected.len(), found.len());
            for (expected, found) in expected.iter().zip(found) {
                // Sums of up to 2 * 33 * 17 terms in another order.
                let error = (expected - found).abs();
                let tolerance = 1e-5 * (10.0 + expected.abs());
                assert!(
                    error < tolerance,
                    "{part} {size:?} {shape:?}: {expected} and {found}"
                );
            }
        }
    };
    for size in [
        [1, 1, 5, 5],
        [2, 3, 19, 19],
        [2, 2, 33, 17],
        [1, 4, 16, 7],
        [3, 33, 6, 8],
    ] {
        for kernel in [3, 5] {
            for stride in [1, 2] {
                check(size, kernel, stride, [0; 4]);
                check(size, kernel, stride, [kernel / 2; 4]);
                // TensorFlow's SAME, and all sides different.
                check(
                    size,
                    kernel,
                    stride,
                    [kernel / 2 - 1, kernel / 2, kernel / 2 - 1, kernel / 2],
                );
                check(size, kernel, stride, [0, 2, 3, 1]);
            }
        }
        check(size, 3, 3, [1, 0, 2, 1]);
    }
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let device = Device::flex();
    let shape = ConvShape {
        stride: 2,
        padding: [1, 2, 2, 1],
        groups: 2,
    };
    let size = [1, 2, 7, 6];
    let [output, to_input, to_weight] = there_and_back(ours, size, 5, shape);
    let weights = numbers_of(output.len(), 3);
    let loss = |input: Vec<f32>, weight: Vec<f32>| -> f64 {
        let input = Tensor::from_data(TensorData::new(input, size), &device);
        let weight = Tensor::from_data(TensorData::new(weight, [2, 1, 5, 5]), &device);
        let output: Vec<f32> = ours(input, weight, shape)
            .into_data()
            .try_into_vec()
            .unwrap();
        output
            .iter()
            .zip(&weights)
            .map(|(a, b)| f64::from(a * b))
            .sum()
    };
    let (input, weight) = (numbers_of(84, 1), numbers_of(50, 2));
    let nudged = |values: &[f32], at: usize, by: f32| {
        let mut values = values.to_vec();
        values[at] += by;
        values
    };
    // The loss is linear in each, so that a large step has no error but rounding.
    for at in [0, 5, 17, 40, 60, 83] {
        let up = loss(nudged(&input, at, 0.5), weight.clone());
        let slope = up - loss(nudged(&input, at, -0.5), weight.clone());
        assert!((slope - f64::from(to_input[at])).abs() < 1e-4);
    }
    for at in [0, 7, 24, 25, 49] {
        let up = loss(input.clone(), nudged(&weight, at, 0.5));
        let slope = up - loss(input.clone(), nudged(&weight, at, -0.5));
        assert!((slope - f64::from(to_weight[at])).abs() < 1e-4);
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let shape = ConvShape {
        stride: 1,
        padding: [1; 4],
        groups: 40,
    };
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| there_and_back(ours, [3, 40, 9, 11], 3, shape))
    };
    let bits = |parts: [Vec<f32>; 3]| {
        parts.map(|part| part.into_iter().map(f32::to_bits).collect::<Vec<_>>())
    };
    assert_eq!(bits(on(1)), bits(on(3)));
}

#[test]
fn a_tensor_in_another_order_of_memory_is_convolved_as_it_reads() {
    let device = Device::flex();
    let shape = ConvShape {
        stride: 1,
        padding: [1; 4],
        groups: 3,
    };
    let input = tensor([2, 3, 6, 4], 1, &device).swap_dims(2, 3);
    let weight = tensor([3, 1, 3, 3], 2, &device);
    let found = ours(input.clone(), weight.clone(), shape);
    let expected = burns(input, weight, shape);
    assert!((found - expected).abs().max().into_scalar::<f32>() < 1e-5);
}

#[test]
fn what_is_not_depthwise_is_left_to_others() {
    let device = Device::flex();
    let shape = ConvShape {
        stride: 1,
        padding: [0; 4],
        groups: 1,
    };
    let check = |input, weight, shape| {
        let (input, weight) = (tensor(input, 1, &device), tensor(weight, 2, &device));
        assert!(depthwise_conv2d(&input, &weight, shape).is_none());
    };
    check([1, 2, 5, 5], [2, 2, 3, 3], shape);
    check([1, 2, 5, 5], [4, 1, 3, 3], ConvShape { groups: 2, ..shape });
    check([1, 2, 9, 9], [2, 1, 7, 7], ConvShape { groups: 2, ..shape });
}
