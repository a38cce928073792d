//! Ours against burn's operations, there and back.

use super::*;
use crate::nn::named::{HostTensor, host_tensor};
use burn::prelude::Device;

fn tensor(shape: [usize; 4], step: usize, device: &Device) -> Tensor<4> {
    let count = shape.iter().product();
    let values: Vec<f32> = (0..count)
        .map(|at: usize| ((at * step * 7919 + 11) % 1009) as f32 * 0.01 - 5.0)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn plain(input: Tensor<4>, drops: Option<Drops>) -> Tensor<4> {
    let output = activation::elu(Tensor::cat(vec![input.clone(), -input], 1), 1.0);
    let [batch, channels, height, width] = output.dims();
    match drops {
        None => output,
        Some(drops) => {
            let factors = drops.factors(batch * channels, height * width);
            let factors = TensorData::new(factors, output.dims());
            let factors = Tensor::from_data(factors, &output.device());
            output * factors
        }
    }
}

/// Output and gradients to both inputs.
fn there_and_back(
    shapes: [[usize; 4]; 2],
    forward: impl Fn(Tensor<4>, Tensor<4>) -> Tensor<4>,
) -> [HostTensor; 3] {
    let device = Device::flex().autodiff();
    let first = tensor(shapes[0], 1, &device).require_grad();
    let second = tensor(shapes[1], 3, &device).require_grad();
    let output = forward(first.clone(), second.clone());
    let factors = tensor(output.dims(), 5, &device);
    // The second always has some gradient.
    let loss = (output.clone() * factors).sum() + second.clone().sum();
    let mut gradients = loss.backward();
    let found = [&first, &second].map(|tensor| tensor.grad_remove(&mut gradients).unwrap());
    let [to_first, to_second] = found;
    [output.inner(), to_first, to_second].map(|tensor| host_tensor(tensor).unwrap())
}

fn check(found: &[HostTensor; 3], expected: &[HostTensor; 3]) {
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.shape, expected.shape);
        for (found, expected) in found.values.iter().zip(&expected.values) {
            // Values up to 50; the exponential is good to 2e-7.
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
    }
}

#[test]
fn it_is_burns_there_and_back() {
    let shapes = [[2, 3, 19, 31], [1, 1, 1, 1]];
    for drops in [None, Some(Drops::new(7, 0.5)), Some(Drops::new(8, 0.2))] {
        let found = there_and_back(shapes, |x, _| concat_elu(x, drops));
        let expected = there_and_back(shapes, |x, _| plain(x, drops));
        check(&found, &expected);
    }
}

#[test]
fn two_beside_each_other_are_burns_there_and_back() {
    let shapes = [[3, 2, 6, 5], [3, 5, 6, 5]];
    let found = there_and_back(shapes, concat_elu_beside);
    let expected = there_and_back(shapes, |x, y| plain(Tensor::cat(vec![x, y], 1), None));
    check(&found, &expected);
}
