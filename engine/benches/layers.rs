//! Layers there and back on two threads, each beside burn's own; `layers.py` times `PyTorch`'s.
//!
//! `RAYON_NUM_THREADS=2 cargo bench --bench layers`, then `python benches/layers.py`.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use burn::module::Module;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::prelude::{Device, Tensor};
use burn::tensor::activation::{relu, silu};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Distribution, module};
use divan::Bencher;
use seam_engine::nn::adam::{Adam, AdamSettings};
use seam_engine::nn::kernels::conv::{ConvShape, conv2d};
use seam_engine::nn::kernels::max_pool::max_pool2d;
use seam_engine::nn::norm::{Activation, normalized};
use seam_engine::nn::xception::{Xception, XceptionConfig};

fn main() {
    divan::main();
}

fn uniform(shape: [usize; 4]) -> Tensor<4> {
    let device = Device::flex().autodiff();
    Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), &device)
}

/// Forward, and backward to the input and to every weight.
fn there_and_back(
    bencher: Bencher<'_, '_>,
    shape: [usize; 4],
    layer: impl Fn(Tensor<4>) -> Tensor<4>,
) {
    let input = uniform(shape).require_grad();
    bencher.bench_local(|| layer(input.clone()).sum().backward());
}

/// A convolution of `channels` by themselves, and burn's own way to do it.
fn depthwise(channels: usize, kernel: usize, stride: usize) -> (Tensor<4>, ConvShape) {
    let shape = ConvShape {
        stride,
        padding: [kernel / 2; 4],
        groups: channels,
    };
    let weight = uniform([channels, 1, kernel, kernel]).require_grad();
    (weight, shape)
}

fn burns_conv2d(input: Tensor<4>, weight: Tensor<4>, shape: ConvShape) -> Tensor<4> {
    let [top, bottom, left, right] = shape.padding;
    let padding = [(top, bottom), (left, right)];
    let options = ConvOptions::new_with_padding([shape.stride; 2], padding, [1, 1], shape.groups);
    module::conv2d(input, weight, None, options)
}

type Convolution = fn(Tensor<4>, Tensor<4>, ConvShape) -> Tensor<4>;

fn ours_conv2d(input: Tensor<4>, weight: Tensor<4>, shape: ConvShape) -> Tensor<4> {
    conv2d(input, weight, None, shape)
}

const WAYS: [&str; 2] = ["ours", "burn"];

fn convolution(way: &str) -> Convolution {
    if way == "ours" {
        ours_conv2d
    } else {
        burns_conv2d
    }
}

/// Eight separable convolutions of 728 channels at 19x19, batch 8: the middle of Xception.
#[divan::bench(args = WAYS, sample_count = 5, sample_size = 1)]
fn separable_stack(bencher: Bencher<'_, '_>, way: &str) {
    let conv = convolution(way);
    let mix_shape = ConvShape {
        stride: 1,
        padding: [0; 4],
        groups: 1,
    };
    let layers: Vec<_> = (0..8)
        .map(|_| {
            let mix = (uniform([728, 728, 1, 1]) * 0.05).detach().require_grad();
            (depthwise(728, 3, 1), mix)
        })
        .collect();
    there_and_back(bencher, [8, 728, 19, 19], |mut x| {
        for ((weight, shape), mix) in &layers {
            x = conv(conv(x, weight.clone(), *shape), mix.clone(), mix_shape);
        }
        x
    });
}

fn depthwise_bench(
    bencher: Bencher<'_, '_>,
    way: &str,
    size: [usize; 4],
    kernel: usize,
    stride: usize,
) {
    let conv = convolution(way);
    let (weight, shape) = depthwise(size[1], kernel, stride);
    there_and_back(bencher, size, |x| conv(x, weight.clone(), shape));
}

#[divan::bench(args = WAYS, sample_count = 20, sample_size = 1)]
fn depthwise_3x3_19(bencher: Bencher<'_, '_>, way: &str) {
    depthwise_bench(bencher, way, [8, 728, 19, 19], 3, 1);
}

#[divan::bench(args = WAYS, sample_count = 20, sample_size = 1)]
fn depthwise_3x3_74(bencher: Bencher<'_, '_>, way: &str) {
    depthwise_bench(bencher, way, [8, 128, 74, 74], 3, 1);
}

#[divan::bench(args = WAYS, sample_count = 20, sample_size = 1)]
fn depthwise_5x5_stride_2(bencher: Bencher<'_, '_>, way: &str) {
    depthwise_bench(bencher, way, [8, 240, 28, 28], 5, 2);
}

fn norm_bench(
    bencher: Bencher<'_, '_>,
    way: &str,
    then: Activation,
    burns: fn(Tensor<4>) -> Tensor<4>,
) {
    let norm: BatchNorm = BatchNormConfig::new(728).init(&Device::flex().autodiff());
    there_and_back(bencher, [8, 728, 19, 19], |x| {
        if way == "ours" {
            normalized(&norm, x, then)
        } else {
            burns(norm.forward(x))
        }
    });
}

#[divan::bench(args = WAYS, sample_count = 20, sample_size = 1)]
fn norm_relu(bencher: Bencher<'_, '_>, way: &str) {
    norm_bench(bencher, way, Activation::Relu, relu);
}

#[divan::bench(args = WAYS, sample_count = 20, sample_size = 1)]
fn norm_silu(bencher: Bencher<'_, '_>, way: &str) {
    norm_bench(bencher, way, Activation::Silu, silu);
}

#[divan::bench(args = WAYS, sample_count = 10, sample_size = 1)]
fn max_pool(bencher: Bencher<'_, '_>, way: &str) {
    let pool: MaxPool2d = MaxPool2dConfig::new([3, 3])
        .with_strides([2, 2])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .init();
    there_and_back(bencher, [8, 128, 147, 147], |x| {
        if way == "ours" {
            max_pool2d(&pool, x)
        } else {
            pool.forward(x)
        }
    });
}

#[derive(Module, Debug)]
struct Classifier {
    body: Xception,
    head: Linear,
}

/// Forward, backward and Adam of the full network, batch 8, 299x299.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn xception_step(bencher: Bencher<'_, '_>) {
    let device = Device::flex().autodiff();
    let mut network = Some(Classifier {
        body: XceptionConfig::new().init(&device),
        head: LinearConfig::new(2048, 1).init(&device),
    });
    let mut adam = Adam::new(AdamSettings::default());
    let images = uniform([8, 3, 299, 299]);
    bencher.bench_local(|| {
        let trained = network.take().unwrap();
        let features = trained.body.forward(images.clone());
        let [batch, channels, height, width] = features.dims();
        let pooled = features
            .reshape([batch, channels, height * width])
            .mean_dim(2);
        let logits = trained.head.forward(pooled.reshape([batch, channels]));
        let gradients = logits.square().mean().backward();
        network = Some(adam.step(trained, gradients, 1e-4));
    });
}
