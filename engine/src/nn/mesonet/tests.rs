//! Sizes of both networks, and their numbers against the same layers in `PyTorch`.

use super::*;
use crate::nn::initial::glorot;
use crate::nn::named::{NamedTensors, apply, collect, host_tensor, num_trainable};
use burn::prelude::TensorData;

const KINDS: [MesonetKind; 2] = [MesonetKind::Meso4, MesonetKind::MesoInception4];

fn network(kind: MesonetKind, device: &Device) -> Mesonet {
    MesonetConfig { kind }.init(device)
}

#[test]
fn counts_are_those_of_the_reference() {
    let count = |kind| num_trainable(&network(kind, &Device::flex()));
    assert_eq!(KINDS.map(count), [27_977, 28_615]);
}

#[test]
fn features_are_8_by_8_for_any_picture() {
    let device = Device::flex();
    for kind in KINDS {
        let network = network(kind, &device);
        for [height, width] in [[256, 256], [128, 128], [32, 32], [299, 45], [512, 320]] {
            let pictures = Tensor::ones([1, 3, height, width], &device);
            let features = network.features(pictures.clone());
            assert_eq!(features.dims(), [1, 16, 8, 8], "{height} x {width}");
            let logits = network.forward(pictures, &mut Noise::off());
            assert_eq!(logits.dims(), [1]);
        }
    }
}

/// `(arange(count) * 37 % 103) / 103`, from 0 to 1.
fn numbers(count: usize) -> Vec<f32> {
    let numbers = (0..count).map(|at| (at * 37 % 103) as f32 / 103.0);
    numbers.collect()
}

/// Weights and biases from -0.24 to 0.26, the rest from half to one and a half.
fn filled(network: Mesonet) -> Mesonet {
    let mut tensors: NamedTensors = collect(&network).unwrap();
    for (name, tensor) in &mut tensors {
        let is_weight = name.ends_with("weight") || name.ends_with("bias");
        let numbers = numbers(tensor.values.len()).into_iter();
        tensor.values = numbers
            .map(|x| if is_weight { (x - 0.48) / 2.0 } else { x + 0.5 })
            .collect();
    }
    apply(network, tensors).unwrap()
}

fn picture(side: usize, device: &Device) -> Tensor<4> {
    let shape = [2, 3, side, side];
    let data = TensorData::new(numbers(shape.iter().product()), shape);
    Tensor::from_data(data, device)
}

#[test]
fn logits_are_those_of_the_same_layers_in_pytorch() {
    // Stages of Conv2d(bias, padding), ReLU, BatchNorm2d(eps=1e-3).eval() and MaxPool2d, then
    // AdaptiveAvgPool2d(8), Flatten, Linear, LeakyReLU(0.1) and Linear, filled as above: linear weights are
    // transposed, all other tensors in PyTorch's own order.
    let cases = [
        (MesonetKind::Meso4, 256, [-13.64576, -14.15876]),
        (MesonetKind::Meso4, 64, [-23.3179, -21.58858]),
        (MesonetKind::MesoInception4, 256, [-0.68801, -0.69335]),
        (MesonetKind::MesoInception4, 64, [-0.92273, -0.92414]),
    ];
    for (kind, side, expected) in cases {
        let device = Device::flex();
        let logits =
            filled(network(kind, &device)).forward(picture(side, &device), &mut Noise::off());
        for (found, expected) in host_tensor(logits).unwrap().values.iter().zip(expected) {
            // Sums of thousands of terms in another order.
            assert!(
                (found - expected).abs() < 1e-4 * (1.0 + expected.abs()),
                "{kind:?} at {side}: {found} and {expected}"
            );
        }
    }
}

#[test]
fn copies_of_few_features_give_all_their_gradients_back() {
    // Sizing is linear: what comes back times the input is what went out times its gradient.
    let device = Device::flex().autodiff();
    for [height, width] in [[4, 4], [1, 1], [3, 11], [16, 10]] {
        let numbers = |side: [usize; 2], step: usize| {
            let count = 2 * side[0] * side[1];
            let values: Vec<f32> = (0..count).map(|at| (at * step % 7) as f32).collect();
            Tensor::<4>::from_data(TensorData::new(values, [1, 2, side[0], side[1]]), &device)
        };
        let input = numbers([height, width], 3).require_grad();
        let sum = (sized(input.clone()) * numbers([SIDE, SIDE], 5)).sum();
        let gradient = input.grad(&sum.backward()).unwrap();
        let back = (gradient * input.inner()).sum().into_scalar::<f32>();
        let out = sum.into_scalar::<f32>();
        assert!((back - out).abs() < 1e-5 * out, "{back} and {out}");
    }
}

#[test]
fn a_step_drops_the_same_features_again_and_inference_none() {
    let device = Device::flex().autodiff();
    let network = glorot(network(MesonetKind::Meso4, &device), 3);
    let logits = |noise: &mut Noise| {
        let logits = network.forward(picture(64, &device), noise);
        host_tensor(logits.inner()).unwrap().values
    };
    let step = logits(&mut Noise::of_step(1, 2));
    assert_eq!(step, logits(&mut Noise::of_step(1, 2)));
    assert_ne!(step, logits(&mut Noise::of_step(1, 3)));
    assert_ne!(step, logits(&mut Noise::off()));
}
