//! Doubling and concatenation against burn's, there and back.

use super::*;
use crate::nn::named::host_tensor;
use burn::prelude::{Device, TensorData};

fn tensor(shape: [usize; 4], seed: usize, device: &Device) -> Tensor<4> {
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|at: usize| ((at * 7919 + seed * 104_729) % 101) as f32 - 50.0)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    host_tensor(tensor).unwrap().values
}

/// From burn's operations.
fn expected(input: Tensor<4>, skip: Tensor<4>) -> Tensor<4> {
    let rows = input.repeat_dim(3, 2);
    let [batch, channels, height, width] = rows.dims();
    // [.., width * 2] as two copies side by side, to pairs of equal pixels.
    let across = rows.reshape([batch, channels * height, 2, width / 2]);
    let across = across.swap_dims(2, 3);
    let down = across.reshape([batch, channels * height, 1, width]);
    let down = down.repeat_dim(2, 2);
    let doubled = down.reshape([batch, channels, 2 * height, width]);
    Tensor::cat(vec![doubled, skip], 1)
}

type Joining = fn(Tensor<4>, Tensor<4>) -> Tensor<4>;

/// Output, and gradients to input and skip.
fn there_and_back(joining: Joining, sizes: [[usize; 4]; 2]) -> [Vec<f32>; 3] {
    let device = Device::flex().autodiff();
    let input = tensor(sizes[0], 1, &device).require_grad();
    let skip = tensor(sizes[1], 2, &device).require_grad();
    let output = joining(input.clone(), skip.clone());
    let weights = tensor(output.dims(), 3, &device);
    let mut gradients = (output.clone() * weights).sum().backward();
    let to_input = input.grad_remove(&mut gradients).unwrap();
    let to_skip = skip.grad_remove(&mut gradients).unwrap();
    [output.inner(), to_input, to_skip].map(values)
}

#[test]
fn it_is_burns_concatenation_with_both_gradients() {
    for sizes in [
        [[2, 3, 4, 5], [2, 2, 8, 10]],
        [[1, 8, 33, 17], [1, 16, 66, 34]],
        [[3, 1, 1, 1], [3, 4, 2, 2]],
    ] {
        assert_eq!(
            there_and_back(doubled_beside, sizes),
            there_and_back(expected, sizes),
            "{sizes:?}"
        );
    }
}

#[test]
fn doubling_alone_repeats_pixels_down_and_across_and_sums_what_comes_back() {
    let device = Device::flex().autodiff();
    let data = TensorData::new(vec![1.0_f32, 2.0, 3.0, 4.0], [1, 2, 1, 2]);
    let input = Tensor::<4>::from_data(data, &device).require_grad();
    let output = doubled(input.clone());
    assert_eq!(output.dims(), [1, 2, 2, 4]);
    let weights = tensor([1, 2, 2, 4], 3, &device);
    let gradient = input
        .grad(&(output.clone() * weights.clone()).sum().backward())
        .unwrap();
    let weights = values(weights.inner());
    let sum = |at: usize| weights[at] + weights[at + 1] + weights[at + 4] + weights[at + 5];
    assert_eq!(values(gradient), [0, 2, 8, 10].map(sum));
    let expected = [
        1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0, //
        3.0, 3.0, 4.0, 4.0, 3.0, 3.0, 4.0, 4.0,
    ];
    assert_eq!(values(output.inner()), expected);
}

#[test]
fn a_skip_without_gradient_gets_none() {
    let device = Device::flex().autodiff();
    let input = tensor([1, 2, 2, 2], 1, &device).require_grad();
    let skip = tensor([1, 1, 4, 4], 2, &device);
    let gradients = doubled_beside(input.clone(), skip.clone()).sum().backward();
    assert_eq!(values(input.grad(&gradients).unwrap()), [4.0; 8]);
    assert!(skip.grad(&gradients).is_none());
}
