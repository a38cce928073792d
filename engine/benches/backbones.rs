//! Whole networks on the CPU device: scoring in the inference form, and a training step (there, back, Adam).
//!
//! `backbones.py` beside it runs the same in `PyTorch`. Both take batches of 4 pictures of 224 pixels;
//! `RAYON_NUM_THREADS=2` and `torch.set_num_threads(2)` make them comparable.

use burn::nn::{Linear, LinearConfig};
use burn::prelude::{Device, Module, Tensor};
use divan::Bencher;
use seam_engine::nn::adam::{Adam, AdamSettings};
use seam_engine::nn::backbone::{Backbone, BackboneConfig};
use seam_engine::nn::backbone_kind::BackboneKind;
use seam_engine::nn::inference::Inference;
use seam_engine::nn::noise::Noise;
use seam_engine::nn::pool::pool;

const BATCH: usize = 4;
const SIZE_PX: usize = 224;

const KINDS: [BackboneKind; 7] = [
    BackboneKind::Xception,
    BackboneKind::ResNet18,
    BackboneKind::ResNet50,
    BackboneKind::EfficientNetB0,
    BackboneKind::EfficientNetB4,
    BackboneKind::EfficientNetB5,
    BackboneKind::EfficientNetV2L,
];

fn main() {
    divan::main();
}

#[derive(Module, Debug)]
struct Classifier {
    backbone: Backbone,
    head: Linear,
}

fn classifier(kind: BackboneKind, device: &Device) -> Classifier {
    let config = BackboneConfig::new(kind).with_drop_path(0.0);
    let features = config.features();
    Classifier {
        backbone: config.init(device),
        head: LinearConfig::new(features, 2).init(device),
    }
}

fn pictures(device: &Device) -> Tensor<4> {
    let count = (BATCH * 3 * SIZE_PX * SIZE_PX) as i64;
    // A slope with steps: no two places alike, no random numbers.
    let values = Tensor::<1, burn::tensor::Int>::arange(0..count, device);
    let values = values.float().mul_scalar(0.618).sin();
    values.reshape([BATCH, 3, SIZE_PX, SIZE_PX])
}

#[divan::bench(args = KINDS, sample_count = 5, sample_size = 1)]
fn forward(bencher: Bencher<'_, '_>, kind: BackboneKind) {
    let device = Device::flex();
    let network = Inference::new(classifier(kind, &device).backbone, &device, BATCH);
    let pictures = pictures(&device);
    bencher.bench_local(|| network.features(pictures.clone()).into_data());
}

#[divan::bench(args = KINDS, sample_count = 3, sample_size = 1)]
fn training_step(bencher: Bencher<'_, '_>, kind: BackboneKind) {
    let device = Device::flex().autodiff();
    let mut model = Some(classifier(kind, &device));
    let mut adam = Adam::new(AdamSettings::default());
    let pictures = pictures(&device);
    bencher.bench_local(|| {
        let network = model
            .take()
            .expect("it is put back at the end of each step");
        let features = network
            .backbone
            .forward_with_noise(pictures.clone(), &mut Noise::off());
        let loss = network.head.forward(pool(features)).square().mean();
        model = Some(adam.step(network, loss.backward(), 1e-4));
    });
}
