//! Losses and gradients of both stages against `PyTorch`: the same tiny networks, written with its own layers in
//! 64 bits, with the same made-up weights.

use burn::prelude::{Device, Module, TensorData};

use super::*;
use crate::methods::lae::attention::{MaskSize, masks};
use crate::methods::lae::loss::{Difference, discriminator_loss};
use crate::nn::backbone_kind::Normalization;
use crate::nn::descent::gradient_norm;
use crate::nn::named::{HostTensor, NamedTensors, apply, collect, shapes};
use crate::nn::vgg16::Vgg16FeaturesConfig;

const SIDE: usize = 64;

fn settings() -> LaeSettings {
    LaeSettings {
        width: 0.02,
        decoder_width: 0.02,
        discriminator_width: 0.02,
        latent: 6,
        pristine_units: 3,
        beta2: 10.0,
        ..LaeSettings::default()
    }
}

/// Weights within `sqrt(6 / inputs)`, of numbers that look random; those of norms near their start.
fn made_up<M: Module>(module: M) -> M {
    let filled = shapes(&module).into_iter().enumerate();
    let filled = filled.map(|(salt, (path, shape))| {
        let count: usize = shape.iter().product();
        let numbers = (0..count).map(|at| ((at * 7919 + 31 * salt) % 1009) as f64 / 1009.0 - 0.5);
        let last = path.rsplit('.').next().unwrap();
        let (center, scale) = match last {
            "weight" if shape.len() == 2 => (0.0, 2.0 * (6.0 / shape[0] as f64).sqrt()),
            "weight" => {
                let inputs: usize = shape[1..].iter().product();
                (0.0, 2.0 * (6.0 / inputs as f64).sqrt())
            }
            "running_mean" => (0.0, 0.0),
            "running_var" => (1.0, 0.0),
            "gamma" => (1.0, 0.2),
            _ => (0.0, 0.2),
        };
        let values = numbers.map(|number| (center + scale * number) as f32);
        let values = values.collect();
        (path, HostTensor { shape, values })
    });
    let filled: NamedTensors = filled.collect();
    apply(module, filled).unwrap()
}

fn pictures(count: usize, salt: usize, device: &Device) -> Tensor<4> {
    let pixels: Vec<u8> = (0..count * SIDE * SIDE * 3)
        .map(|at| ((at * 7919 + salt) % 256) as u8)
        .collect();
    Normalization::IMAGE_NET.pictures(&pixels, SIDE as u32, device)
}

fn labels(device: &Device) -> Tensor<1> {
    Tensor::from_data(TensorData::from([0.0, 1.0, 1.0]), device)
}

/// Within a thousandth: sums of some thousand 32-bit products.
fn check(found: impl Into<f64>, expected: f64) {
    let found = found.into();
    let error = (found - expected).abs();
    assert!(error < 1e-3 * expected, "{found}, {expected}");
}

fn check_parts(parts: Parts, expected: &[(&str, f64)]) -> Tensor<1> {
    assert_eq!(parts.len(), expected.len());
    let mut sum: Option<Tensor<1>> = None;
    for ((name, loss), (expected_name, expected)) in parts.into_iter().zip(expected) {
        assert_eq!(name, *expected_name);
        check(loss.clone().into_scalar::<f32>(), *expected);
        sum = Some(match sum {
            None => loss,
            Some(sum) => sum + loss,
        });
    }
    sum.unwrap()
}

struct Networks {
    autoencoder: Autoencoder,
    discriminator: Discriminator,
    comparator: Comparator,
}

fn networks(device: &Device) -> Networks {
    let settings = settings();
    let vgg16 = Vgg16FeaturesConfig::new().with_convs(10).with_width(0.025);
    Networks {
        autoencoder: made_up(settings.autoencoder(SIDE as u32).init(device)),
        discriminator: made_up(settings.discriminator(SIDE as u32).init(device)),
        comparator: Comparator::of(made_up(vgg16.init(device)), 16),
    }
}

#[test]
fn the_first_stage_is_pytorchs() {
    let device = Device::flex().autodiff();
    let networks = networks(&device);
    let expected = [
        (
            Difference::Mae,
            [0.612_714_026, 0.097_156_702],
            [2.807_293_262, 6.594_845_737],
        ),
        (
            Difference::Mse,
            [0.557_605_549, 0.003_099_001],
            [0.722_878_248, 0.551_509_735],
        ),
    ];
    for (difference, [pixels, perceptual], [of_encoder, of_decoder]) in expected {
        let settings = LaeSettings {
            difference,
            ..settings()
        };
        let Networks {
            autoencoder,
            discriminator,
            comparator,
        } = &networks;
        let seen = Seen::of(autoencoder, &settings, pictures(3, 5, &device));
        let loss = discriminator_loss(
            discriminator.logits(seen.wanted.clone()),
            discriminator.logits(seen.painted.clone().detach()),
        );
        check(loss.clone().into_scalar::<f32>(), 1.206_876_560);
        let gradients = loss.backward();
        check(gradient_norm(discriminator, &gradients, ""), 28.295_408_022);
        assert_eq!(gradient_norm(autoencoder, &gradients, ""), 0.0);

        let parts = seen.first_stage(&settings, &labels(&device), Some(comparator), discriminator);
        let expected = [
            ("pixels", pixels),
            ("perceptual", perceptual),
            ("adversarial", 0.031_373_449),
            ("latent", 0.953_860_168),
        ];
        let gradients = check_parts(parts, &expected).backward();
        check(
            gradient_norm(autoencoder, &gradients, "encoder"),
            of_encoder,
        );
        check(
            gradient_norm(autoencoder, &gradients, "decoder"),
            of_decoder,
        );
        assert_eq!(gradient_norm(discriminator, &gradients, ""), 0.0);
    }
}

#[test]
fn the_second_stage_is_pytorchs_and_the_decoder_rests() {
    let device = Device::flex().autodiff();
    let Networks { autoencoder, .. } = networks(&device);
    let bytes: Vec<u8> = (0..2 * SIDE * SIDE)
        .map(|at| if (at * 31 + at / 64) % 7 < 3 { 255 } else { 0 })
        .collect();
    for (mask_size, attention, [of_encoder, of_linear]) in [
        (
            MaskSize::Picture,
            0.317_560_790,
            [2.548_166_478, 0.477_169_532],
        ),
        (MaskSize::Map, 0.109_520_972, [3.417_986_765, 0.662_050_799]),
    ] {
        let settings = settings();
        let masked = Masked {
            pictures: pictures(2, 77, &device),
            masks: masks(&bytes, SIDE, mask_size, &device),
        };
        let before = collect(&autoencoder.valid().decoder).unwrap();
        let encoder = &autoencoder.encoder;
        let shown = pictures(3, 5, &device);
        let parts = second_stage(encoder, &settings, shown, labels(&device), Some(masked));
        let expected = [("latent", 0.469_079_509), ("attention", attention)];
        let gradients = check_parts(parts, &expected).backward();
        let norm = |start| gradient_norm(&autoencoder, &gradients, start);
        check(norm("encoder"), of_encoder);
        check(norm("encoder.linear"), of_linear);
        assert_eq!(norm("decoder"), 0.0);
        assert_eq!(collect(&autoencoder.valid().decoder).unwrap(), before);
    }
}

#[test]
fn parts_without_weight_are_left_out() {
    let device = Device::flex().autodiff();
    let networks = networks(&device);
    let names = |settings: &LaeSettings| -> Vec<&str> {
        let seen = Seen::of(&networks.autoencoder, settings, pictures(3, 5, &device));
        let parts = seen.first_stage(
            settings,
            &labels(&device),
            Some(&networks.comparator),
            &networks.discriminator,
        );
        parts.into_iter().map(|(name, _)| name).collect()
    };
    // The paper's ablations, Table 4.
    let mut settings = settings();
    settings.alpha1 = 0.0;
    assert_eq!(names(&settings), ["latent"]);
    settings = LaeSettings {
        beta2: 0.0,
        beta3: 0.0,
        ..self::settings()
    };
    assert_eq!(names(&settings), ["pixels", "latent"]);
    settings = LaeSettings {
        alpha2: 0.0,
        ..self::settings()
    };
    assert_eq!(names(&settings), ["pixels", "perceptual", "adversarial"]);
}
