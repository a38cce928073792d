//! Every network against the published counts, and its folded form against itself.

use super::*;
use crate::nn::initial::seeded;
use crate::nn::named::{self, HostTensor, NamedTensors, host_tensor};
use crate::nn::noise::SplitMix;
use burn::nn::LinearConfig;
use burn::prelude::TensorData;

#[test]
fn classifiers_have_the_published_numbers_of_parameters() {
    // METHODS 6 and 19.
    let device = Device::flex();
    let check = |kind, expected: &[(usize, usize)]| {
        let config = BackboneConfig::new(kind);
        let backbone = named::num_trainable(&config.init(&device));
        for &(classes, expected) in expected {
            let head = LinearConfig::new(config.features(), classes).init(&device);
            let count = backbone + named::num_trainable(&head);
            assert_eq!(count, expected, "{kind} with {classes} classes");
        }
    };
    let counts = [(2, 20_811_050), (1000, 22_855_952)];
    check(BackboneKind::Xception, &counts);
    let counts = [(2, 28_344_882), (1000, 30_389_784)];
    check(BackboneKind::EfficientNetB5, &counts);
    let counts = [(2, 117_236_834), (1000, 118_515_272)];
    check(BackboneKind::EfficientNetV2L, &counts);
    let counts = [(2, 23_512_130), (1000, 25_557_032)];
    check(BackboneKind::ResNet50, &counts);
    check(BackboneKind::ResNet18, &[(1000, 11_689_512)]);
}

/// The shape of `kind` with few channels.
fn thin(kind: BackboneKind) -> BackboneConfig {
    BackboneConfig::new(kind)
        .with_width(0.05)
        .with_middle_blocks(1)
        .with_is_aligned(true)
}

fn noise_image(size: usize, device: &Device) -> Tensor<4> {
    let mut numbers = SplitMix::new(5);
    let values = (0..2 * 3 * size * size).map(|_| 2.0 * numbers.uniform() - 1.0);
    let data = TensorData::new(values.collect::<Vec<f32>>(), [2, 3, size, size]);
    Tensor::from_data(data, device)
}

/// Numbers for everything, running statistics and affine parts of norms included.
fn lively<M: Module>(module: M) -> M {
    let mut tensors: NamedTensors = named::collect(&seeded(module.clone(), 3)).unwrap();
    let mut numbers = SplitMix::new(11);
    for (name, HostTensor { values, .. }) in &mut tensors {
        let (low, high) = match name.rsplit('.').next().unwrap() {
            "running_mean" | "beta" => (-0.3, 0.3),
            "running_var" => (0.05, 0.3),
            "gamma" => (0.7, 1.3),
            _ => continue,
        };
        for value in values {
            *value = low + (high - low) * numbers.uniform();
        }
    }
    named::apply(module, tensors).unwrap()
}

#[test]
fn pyramids_halve_and_have_the_configured_channels() {
    let device = Device::flex();
    for kind in [
        BackboneKind::Xception,
        BackboneKind::EfficientNetB0,
        BackboneKind::EfficientNetV2S,
        BackboneKind::ResNet50,
    ] {
        let config = thin(kind);
        let images = noise_image(64, &device);
        let pyramid = config.init(&device).pyramid(images, &mut Noise::off());
        let dims: Vec<[usize; 4]> = pyramid.taps.iter().map(Tensor::dims).collect();
        let sizes = [32, 16, 8, 4, 2];
        let expected: Vec<[usize; 4]> = config
            .tap_channels()
            .into_iter()
            .zip(sizes)
            .map(|(channels, size)| [2, channels, size, size])
            .collect();
        assert_eq!(dims, expected, "{kind}");
        assert_eq!(pyramid.features.dims(), [2, config.features(), 2, 2]);
    }
}

#[test]
fn folded_networks_see_the_same() {
    let device = Device::flex();
    for kind in [
        BackboneKind::Xception,
        BackboneKind::EfficientNetB0,
        BackboneKind::EfficientNetV2S,
        BackboneKind::ResNet18,
        BackboneKind::ResNet50,
    ] {
        let network = lively(thin(kind).init(&device));
        let images = noise_image(64, &device);
        let expected = host_tensor(network.forward(images.clone())).unwrap();
        let again = host_tensor(network.forward(images.clone())).unwrap();
        assert_eq!(expected, again, "{kind} is not deterministic");
        let folded = network.folded();
        let names = named::collect(&folded).unwrap();
        assert!(!names.keys().any(|name| name.contains("running")), "{kind}");
        let found = host_tensor(folded.forward(images)).unwrap();
        assert_eq!(expected.shape, found.shape);
        let largest = expected.values.iter().copied().fold(0.0, f32::max);
        assert!(0.01 < largest && largest.is_finite(), "{kind}: {largest}");
        for (expected, found) in expected.values.iter().zip(&found.values) {
            // Another order of rounding in every layer.
            let bound = 1e-4 * largest.max(1.0);
            assert!(
                (expected - found).abs() < bound,
                "{kind}: {expected} and {found}"
            );
        }
    }
}

#[test]
fn a_step_of_training_is_repeatable_and_skips_blocks() {
    let device = Device::flex().autodiff();
    let config = thin(BackboneKind::EfficientNetB0).with_drop_path(0.9);
    let network = lively(config.init(&device));
    let features = |mut noise: Noise| {
        let features = network.forward_with_noise(noise_image(32, &device), &mut noise);
        host_tensor(features.without_autodiff()).unwrap()
    };
    assert_eq!(
        features(Noise::of_step(1, 1)),
        features(Noise::of_step(1, 1))
    );
    assert_ne!(
        features(Noise::of_step(1, 1)),
        features(Noise::of_step(1, 2))
    );
    assert_ne!(features(Noise::of_step(1, 1)), features(Noise::off()));
}
