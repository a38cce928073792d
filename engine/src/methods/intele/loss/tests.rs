//! METHODS 1.6, checks 1 to 4, on a model of a few thousand weights.

use std::collections::BTreeMap;

use burn::prelude::{Device, TensorData};

use super::*;
use crate::nn::descent::descend;
use crate::nn::initial::seeded;
use crate::nn::named::host_tensor;
use crate::nn::noise::SplitMix;

const BATCH: usize = 4;
const SIZE: usize = 32;

fn settings() -> InteleSettings {
    InteleSettings {
        width: 0.03,
        middle_blocks: 1,
        decoder_width: 0.05,
        ..InteleSettings::default()
    }
}

fn device() -> Device {
    Device::flex().autodiff()
}

fn model(settings: &InteleSettings) -> Intele {
    seeded(Intele::new(settings, &device()), 5)
}

fn images() -> Tensor<4> {
    let mut numbers = SplitMix::new(9);
    let values = (0..BATCH * 3 * SIZE * SIZE).map(|_| 2.0 * numbers.uniform() - 1.0);
    let data = TensorData::new(values.collect::<Vec<f32>>(), [BATCH, 3, SIZE, SIZE]);
    Tensor::from_data(data, &device())
}

fn vector(values: [f32; BATCH]) -> Tensor<1> {
    Tensor::from_data(values, &device())
}

fn losses(model: &Intele, settings: &InteleSettings, labels: [f32; BATCH]) -> Losses {
    Losses::of(
        model,
        settings,
        &images(),
        &vector(labels),
        &mut Noise::of_step(1, 1),
    )
}

fn scalar(tensor: Tensor<1>) -> f32 {
    host_tensor(tensor.inner()).unwrap().values[0]
}

/// The largest gradient of each parameter that has one.
fn gradients(model: &Intele, loss: &Tensor<1>) -> BTreeMap<String, f32> {
    let mut all = BTreeMap::new();
    descend(model.clone(), loss.backward(), |path, value, gradient| {
        let values = host_tensor(gradient).unwrap().values;
        assert!(values.iter().all(|value| value.is_finite()), "{path}");
        let largest = values.iter().map(|value| value.abs()).fold(0.0, f32::max);
        all.insert(path.to_owned(), largest);
        value
    });
    all
}

fn largest(gradients: &BTreeMap<String, f32>, start: &str) -> f32 {
    let of_part = gradients.iter().filter(|(path, _)| path.starts_with(start));
    of_part.map(|(_, value)| *value).fold(0.0, f32::max)
}

fn sum(parts: Vec<(&'static str, Tensor<1>)>) -> Tensor<1> {
    let parts = parts.into_iter().map(|(_, part)| part);
    parts.reduce(|sum, part| sum + part).unwrap()
}

#[test]
fn check_1_pictures_of_one_kind_leave_the_other_decoder_alone() {
    let settings = InteleSettings {
        lambda1: 0.0,
        lambda2: 0.0,
        ..settings()
    };
    let model = model(&settings);
    for (labels, trained, left) in [
        ([0.0; BATCH], "decoders.pristine.", "decoders.manipulated."),
        ([1.0; BATCH], "decoders.manipulated.", "decoders.pristine."),
    ] {
        let parts = losses(&model, &settings, labels).weighted(&settings);
        let gradients = gradients(&model, &sum(parts));
        assert_eq!(largest(&gradients, left), 0.0, "{labels:?}");
        assert!(1e-4 < largest(&gradients, trained), "{labels:?}");
        assert!(1e-6 < largest(&gradients, "encoder."), "{labels:?}");
        assert_eq!(largest(&gradients, "classifier."), 0.0);
    }
}

#[test]
fn check_2_the_loss_of_painted_pictures_reaches_both_decoders_for_both_labels() {
    let settings = settings();
    let model = model(&settings);
    for labels in [[0.0; BATCH], [1.0; BATCH]] {
        let semantic = losses(&model, &settings, labels).semantic.unwrap();
        let gradients = gradients(&model, &semantic.painted);
        for part in [
            "decoders.pristine.head.",
            "decoders.manipulated.head.",
            "decoders.pristine.blocks.0.",
            "decoders.manipulated.blocks.0.",
            "encoder.",
            "semantic.",
        ] {
            assert!(0.0 < largest(&gradients, part), "{part} of {labels:?}");
        }
        assert_eq!(largest(&gradients, "classifier."), 0.0);
    }
}

#[test]
fn check_3_a_shallow_classifier_that_knows_nothing_costs_what_the_paper_says() {
    let zeros = || vector([0.0; BATCH]);
    for labels in [[0.0, 1.0, 1.0, 0.0], [1.0; BATCH]] {
        let semantic = SemanticLosses::of(zeros(), zeros(), zeros(), &vector(labels));
        let [painted, shown] = [semantic.painted, semantic.shown].map(scalar);
        assert!((painted - 1.386_294).abs() < 1e-5, "{painted}");
        assert!((shown - std::f32::consts::LN_2).abs() < 1e-6, "{shown}");
        let alpha = InteleSettings::default().alpha as f32;
        assert!((painted + alpha * shown - 4.158_883).abs() < 1e-5);
    }
}

#[test]
fn check_4_one_step_on_painted_pictures_drives_the_two_decoders_apart() {
    let settings = settings();
    let model = model(&settings);
    // Mean logits of f_SC on both decoders' pictures, with the same dropout each time.
    let answers = |model: &Intele| {
        let noise = &mut Noise::of_step(1, 1);
        let painted = model.forward(images(), noise).painted;
        let all = Tensor::cat(vec![painted.pristine, painted.manipulated, images()], 0);
        let all = settings.backbone.normalization().undo(all);
        let logits = model.semantic.as_ref().unwrap().forward(all, noise);
        let logits = host_tensor(logits.without_autodiff()).unwrap().values;
        let mean = |at: usize| logits[at * BATCH..][..BATCH].iter().sum::<f32>() / BATCH as f32;
        [mean(0), mean(1)]
    };
    let before = answers(&model);
    let loss = losses(&model, &settings, [0.0, 1.0, 0.0, 1.0]);
    let gradients = loss.semantic.unwrap().painted.backward();
    let stepped = descend(model, gradients, |_, value, gradient| {
        value - gradient * 0.02
    });
    let after = answers(&stepped);
    assert!(after[0] < before[0], "f0: {} to {}", before[0], after[0]);
    assert!(before[1] < after[1], "f1: {} to {}", before[1], after[1]);
}

#[test]
fn eq_1_takes_each_picture_from_its_own_decoder() {
    let flat = |value: f32| Tensor::<4>::ones([BATCH, 3, SIZE, SIZE], &device()) * value;
    let painted = Painted {
        pristine: flat(0.5),
        manipulated: flat(-1.0),
    };
    let loss = |labels| scalar(reconstruction(&flat(0.0), painted.clone(), &vector(labels)));
    assert!((loss([0.0; BATCH]) - 0.25).abs() < 1e-6);
    assert!((loss([1.0; BATCH]) - 1.0).abs() < 1e-6);
    assert!((loss([0.0, 0.0, 0.0, 1.0]) - 0.4375).abs() < 1e-6);
}

#[test]
fn eq_5_weighs_its_parts() {
    let settings = settings();
    let one = || Tensor::<1>::ones([1], &device());
    let losses = Losses {
        reconstruction: one(),
        semantic: Some(SemanticLosses {
            painted: one(),
            shown: one(),
        }),
        classification: one(),
    };
    // 1 + 2 (1 + 4) + 0.25
    assert_eq!(scalar(sum(losses.weighted(&settings))), 11.25);
}

#[test]
fn a_detached_encoder_hears_nothing_of_the_shallow_classifier() {
    let settings = InteleSettings {
        detach_enc_for_sc: true,
        ..settings()
    };
    let model = model(&settings);
    let semantic = losses(&model, &settings, [0.0, 1.0, 0.0, 1.0]).semantic;
    let gradients = gradients(&model, &semantic.unwrap().painted);
    assert_eq!(largest(&gradients, "encoder."), 0.0);
    assert!(0.0 < largest(&gradients, "decoders.pristine."));
    assert!(0.0 < largest(&gradients, "decoders.manipulated."));
}

#[test]
fn without_the_shallow_classifier_its_losses_are_gone_and_the_others_stay() {
    let settings = InteleSettings {
        has_semantic_classifier: false,
        ..settings()
    };
    let parts = losses(&model(&settings), &settings, [0.0, 1.0, 0.0, 1.0]).weighted(&settings);
    let names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["reconstruction", "classification"]);
}
