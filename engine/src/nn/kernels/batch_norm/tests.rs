//! Our norms against burn's, and against finite differences.

use super::*;
use crate::nn::norm::Activation;
use burn::module::{Module as _, Param};
use burn::nn::BatchNormConfig;
use burn::prelude::{Device, TensorData};
use burn::tensor::activation::{relu, silu};

fn tensor<const D: usize>(shape: [usize; D], seed: usize, device: &Device) -> Tensor<D> {
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|at: usize| ((at * 7919 + seed * 104_729) % 1009) as f32 / 252.0 - 1.7)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn layer(channels: usize, device: &Device) -> BatchNorm {
    let mut norm = BatchNormConfig::new(channels)
        .with_momentum(0.3)
        .init(device);
    norm.gamma = Param::from_tensor(tensor([channels], 5, device));
    norm.beta = Param::from_tensor(tensor([channels], 6, device));
    norm
}

fn burns(norm: &BatchNorm, input: &Tensor<4>, then: Activation) -> Tensor<4> {
    let output = norm.forward(input.clone());
    match then {
        Activation::None => output,
        Activation::Relu => relu(output),
        Activation::Silu => silu(output),
    }
}

fn ours(norm: &BatchNorm, input: &Tensor<4>, then: Activation) -> Tensor<4> {
    assert!(takes(norm, input));
    batch_norm(norm, input.clone(), then)
}

type Normalization = fn(&BatchNorm, &Tensor<4>, Activation) -> Tensor<4>;

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

/// Output, gradients to input, gamma and beta, and the running statistics after two steps.
fn trained(normalization: Normalization, size: [usize; 4], then: Activation) -> [Vec<f32>; 6] {
    let device = Device::flex().autodiff();
    let norm = layer(size[1], &device);
    normalization(&norm, &tensor(size, 9, &device), then);
    let input = tensor(size, 1, &device).require_grad();
    let output = normalization(&norm, &input, then);
    let mut gradients = (output.clone() * tensor(size, 3, &device)).sum().backward();
    let to_input = input.grad_remove(&mut gradients).unwrap();
    let to_gamma = norm.gamma.val().grad_remove(&mut gradients).unwrap();
    let to_beta = norm.beta.val().grad_remove(&mut gradients).unwrap();
    [
        values(output),
        values(to_input),
        values(to_gamma),
        values(to_beta),
        values(norm.running_mean.value_sync()),
        values(norm.running_var.value_sync()),
    ]
}

fn assert_close(expected: &[f32], found: &[f32], what: &str) {
    assert_eq!(expected.len(), found.len());
    for (expected, found) in expected.iter().zip(found) {
        // Sums of up to 600 terms of some units in another order.
        let tolerance = 2e-5 * (10.0 + expected.abs());
        assert!(
            (expected - found).abs() < tolerance,
            "{what}: {expected} and {found}"
        );
    }
}

const ALL: [Activation; 3] = [Activation::None, Activation::Relu, Activation::Silu];

#[test]
fn training_equals_burns_with_all_gradients_and_running_statistics() {
    for size in [[2, 3, 19, 15], [1, 5, 4, 4], [4, 2, 1, 1], [3, 40, 8, 9]] {
        for then in ALL {
            let expected = trained(burns, size, then);
            let found = trained(ours, size, then);
            for (part, (expected, found)) in expected.iter().zip(&found).enumerate() {
                assert_close(expected, found, &format!("{part} {size:?} {then:?}"));
            }
        }
    }
}

#[test]
fn the_trained_layer_infers_as_burns() {
    let device = Device::flex().autodiff();
    let norm = layer(3, &device);
    ours(&norm, &tensor([2, 3, 5, 4], 1, &device), Activation::None);
    let norm = norm.valid();
    let input = tensor([2, 3, 6, 7], 2, &Device::flex());
    for then in ALL {
        let expected = values(burns(&norm, &input, then));
        assert_close(&expected, &values(ours(&norm, &input, then)), "inference");
    }
}

#[test]
fn a_frozen_layer_is_left_to_burn() {
    let device = Device::flex().autodiff();
    let mut norm = layer(3, &device);
    norm.training = Param::from_bool(false);
    assert!(!takes(&norm, &tensor([2, 3, 5, 4], 1, &device)));
}

#[test]
fn the_gradient_to_the_input_is_that_of_finite_differences() {
    let size = [2, 2, 3, 3];
    let [_, to_input, ..] = trained(ours, size, Activation::Silu);
    let device = Device::flex().autodiff();
    let weights = tensor(size, 3, &device);
    let start = values(tensor(size, 1, &device));
    let loss = |at: usize, by: f32| {
        let mut nudged = start.clone();
        nudged[at] += by;
        let input = Tensor::from_data(TensorData::new(nudged, size), &device);
        let output = ours(&layer(2, &device), &input, Activation::Silu);
        (output * weights.clone()).sum().into_scalar::<f32>()
    };
    for at in [0, 4, 10, 25, 35] {
        let slope = (loss(at, 0.01) - loss(at, -0.01)) / 0.02;
        // The third derivative times the square of the step, and rounding of a sum of 36.
        assert!(
            (slope - to_input[at]).abs() < 5e-3,
            "{slope} and {}",
            to_input[at]
        );
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let parts = pool.install(|| trained(ours, [3, 17, 9, 11], Activation::Relu));
        parts.map(|part| part.into_iter().map(f32::to_bits).collect::<Vec<_>>())
    };
    assert_eq!(on(1), on(3));
}
