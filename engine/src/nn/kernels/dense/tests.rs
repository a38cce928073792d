//! Our convolution against burn's, forward and all gradients.

use burn::prelude::{Device, Tensor, TensorData};
use burn::tensor::module;
use burn::tensor::ops::ConvOptions;

use super::dense_conv2d;
use crate::nn::kernels::conv::ConvShape;

fn noise(shape: &[usize], seed: u32) -> TensorData {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect();
    TensorData::new(values, shape.to_vec())
}

#[derive(Clone, Copy, Debug)]
struct Case {
    batch: usize,
    channels: [usize; 2],
    size: [usize; 2],
    kernel: [usize; 2],
    stride: usize,
    padding: [usize; 4],
    is_biased: bool,
}

/// Output and gradients to input, weight and bias, where the loss weighs the outputs by noise.
fn run(case: Case, is_ours: bool) -> Vec<Vec<f32>> {
    let device = Device::flex().autodiff();
    let Case {
        batch,
        channels: [channels_in, channels_out],
        size: [height, width],
        kernel,
        stride,
        padding: [top, bottom, left, right],
        is_biased,
    } = case;
    let input = Tensor::<4>::from_data(noise(&[batch, channels_in, height, width], 1), &device);
    let input = input.require_grad();
    let weight = noise(&[channels_out, channels_in, kernel[0], kernel[1]], 2);
    let weight = Tensor::<4>::from_data(weight, &device).require_grad();
    let bias = is_biased
        .then(|| Tensor::<1>::from_data(noise(&[channels_out], 3), &device).require_grad());
    let output = if is_ours {
        let shape = ConvShape {
            stride,
            padding: case.padding,
            groups: 1,
        };
        dense_conv2d(input.clone(), weight.clone(), bias.clone(), shape)
    } else {
        let padding = [(top, bottom), (left, right)];
        let options = ConvOptions::new_with_padding([stride; 2], padding, [1, 1], 1);
        module::conv2d(input.clone(), weight.clone(), bias.clone(), options)
    };
    let factors = Tensor::<4>::from_data(noise(&output.dims(), 4), &device);
    let mut gradients = (output.clone() * factors).sum().backward();
    let mut found = vec![
        output.into_data(),
        input.grad_remove(&mut gradients).unwrap().into_data(),
        weight.grad_remove(&mut gradients).unwrap().into_data(),
    ];
    found.extend(bias.map(|bias| bias.grad_remove(&mut gradients).unwrap().into_data()));
    found
        .into_iter()
        .map(|data| data.try_to_vec().unwrap())
        .collect()
}

fn check(case: Case) {
    let (found, expected) = (run(case, true), run(case, false));
    for (what, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found.len(), expected.len(), "{case:?}, part {what}");
        let largest = expected
            .iter()
            .fold(1e-3_f32, |most, value| most.max(value.abs()));
        for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
            // The same terms in another order.
            let error = (found - expected).abs() / largest;
            assert!(
                error < 1e-5,
                "{case:?}, part {what}, {index}: {found} for {expected}"
            );
        }
    }
}

#[test]
fn few_channels_in_wide_pictures_equal_the_plain_convolution() {
    for (kernel, padding) in [(3, [1; 4]), (5, [2; 4]), (3, [0, 1, 2, 0]), (5, [0; 4])] {
        for channels in [[3, 8], [8, 3], [9, 17], [1, 1]] {
            for size in [[37, 141], [6, 192], [9, 133], [40, 33]] {
                check(Case {
                    batch: 2,
                    channels,
                    size,
                    kernel: [kernel; 2],
                    stride: 1,
                    padding,
                    is_biased: false,
                });
            }
        }
    }
}

#[test]
fn all_shapes_equal_the_plain_convolution() {
    let plain = Case {
        batch: 2,
        channels: [5, 7],
        size: [9, 11],
        kernel: [3, 3],
        stride: 1,
        padding: [1; 4],
        is_biased: true,
    };
    for kernel in [1, 2, 3, 5, 7] {
        for stride in [1, 2, 3] {
            for padding in [[0; 4], [1; 4], [0, 1, 0, 1], [3, 2, 1, 0]] {
                check(Case {
                    kernel: [kernel; 2],
                    stride,
                    padding,
                    ..plain
                });
            }
        }
    }
    for channels in [[1, 1], [3, 32], [32, 3], [16, 20], [64, 48], [33, 65]] {
        for stride in [1, 2] {
            for size in [[1, 1], [7, 7], [8, 13], [31, 20]] {
                let is_biased = stride == 1;
                check(Case {
                    channels,
                    stride,
                    size,
                    is_biased,
                    batch: 1,
                    ..plain
                });
                check(Case {
                    channels,
                    stride,
                    size,
                    is_biased,
                    kernel: [1, 1],
                    padding: [0; 4],
                    ..plain
                });
            }
        }
    }
}

#[test]
fn oblong_kernels_equal_the_plain_convolution() {
    let zeros = |[down, across]: [usize; 2], is_above: bool| {
        if is_above {
            [down - 1, 0, (across - 1) / 2, (across - 1) / 2]
        } else {
            [down - 1, 0, across - 1, 0]
        }
    };
    for kernel in [[2, 3], [1, 3], [2, 1], [2, 2], [3, 2], [1, 5]] {
        for stride in [1, 2] {
            let is_biased = stride == 1;
            for channels in [[4, 6], [32, 33], [64, 150]] {
                for (batch, size) in [(2, [16, 16]), (1, [12, 34]), (3, [2, 4])] {
                    for is_above in [true, false] {
                        check(Case {
                            batch,
                            channels,
                            size,
                            kernel,
                            stride,
                            padding: zeros(kernel, is_above),
                            is_biased,
                        });
                    }
                }
            }
        }
    }
}

#[test]
fn long_sums_and_many_weights_equal_the_plain_convolution() {
    let case = Case {
        batch: 3,
        channels: [160, 150],
        size: [10, 9],
        kernel: [3, 3],
        stride: 1,
        padding: [1; 4],
        is_biased: false,
    };
    check(case);
    check(Case {
        stride: 2,
        padding: [0, 1, 0, 1],
        ..case
    });
    check(Case {
        kernel: [1, 1],
        padding: [0; 4],
        channels: [300, 700],
        ..case
    });
    check(Case {
        channels: [24, 40],
        size: [90, 70],
        ..case
    });
}

#[test]
fn tiles_equal_the_plain_convolution_under_any_padding() {
    for padding in [[0; 4], [1; 4], [2; 4], [0, 1, 2, 0], [2, 0, 1, 3]] {
        for (batch, size) in [(1, [33, 30]), (9, [15, 16])] {
            check(Case {
                batch,
                channels: [20, 28],
                size,
                kernel: [3, 3],
                stride: 1,
                padding,
                is_biased: true,
            });
        }
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let case = Case {
        batch: 3,
        channels: [40, 24],
        size: [33, 29],
        kernel: [3, 3],
        stride: 2,
        padding: [1; 4],
        is_biased: true,
    };
    let alone = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let many = rayon::ThreadPoolBuilder::new()
        .num_threads(5)
        .build()
        .unwrap();
    for case in [
        case,
        Case {
            stride: 1,
            channels: [160, 150],
            ..case
        },
    ] {
        assert_eq!(
            alone.install(|| run(case, true)),
            many.install(|| run(case, true))
        );
    }
}

/// The loss of `run`, with one number of the input (0), weight (1) or bias (2) moved.
fn nudged_loss(case: Case, part: usize, at: usize, by: f32) -> f64 {
    let device = Device::flex();
    let [channels_in, channels_out] = case.channels;
    let [height, width] = case.size;
    let data = |own: usize, shape: &[usize]| {
        let mut values: Vec<f32> = noise(shape, own as u32 + 1).try_to_vec().unwrap();
        if own == part {
            values[at] += by;
        }
        TensorData::new(values, shape.to_vec())
    };
    let input = data(0, &[case.batch, channels_in, height, width]);
    let [down, across] = case.kernel;
    let weight = data(1, &[channels_out, channels_in, down, across]);
    let output = dense_conv2d(
        Tensor::<4>::from_data(input, &device),
        Tensor::<4>::from_data(weight, &device),
        Some(Tensor::<1>::from_data(data(2, &[channels_out]), &device)),
        ConvShape {
            stride: case.stride,
            padding: case.padding,
            groups: 1,
        },
    );
    let factors: Vec<f32> = noise(&output.dims(), 4).try_to_vec().unwrap();
    let output: Vec<f32> = output.into_data().try_to_vec().unwrap();
    let terms = output.iter().zip(&factors);
    terms.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let case = Case {
        batch: 2,
        channels: [3, 5],
        size: [9, 8],
        kernel: [3, 3],
        stride: 1,
        padding: [1; 4],
        is_biased: true,
    };
    let strided = Case {
        stride: 2,
        padding: [0, 1, 1, 0],
        ..case
    };
    for case in [case, strided] {
        let gradients = &run(case, true)[1..];
        for (part, gradient) in gradients.iter().enumerate() {
            for at in [
                0,
                gradient.len() / 3,
                gradient.len() / 2,
                gradient.len() - 1,
            ] {
                // The loss is linear in each number, so a large step has no error but rounding.
                let moved = |by| nudged_loss(case, part, at, by);
                let slope = (moved(1.0) - moved(-1.0)) / 2.0;
                let found = f64::from(gradient[at]);
                assert!(
                    (slope - found).abs() < 1e-4,
                    "{case:?} {part} {at}: {slope} {found}"
                );
            }
        }
    }
}
