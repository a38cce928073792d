//! Ordinary convolutions on the CPU device, ours beside burn's, alone and with all gradients. The same
//! in `PyTorch`: `convolutions.py`.

use burn::prelude::{Device, Tensor};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Distribution, module};
use divan::Bencher;
use seam_engine::nn::kernels::conv::{ConvShape, conv2d};

const BATCH: usize = 8;

#[derive(Clone, Copy, Debug)]
struct Case {
    name: &'static str,
    channels: [usize; 2],
    size: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
}

const CASES: [Case; 10] = [
    case("3x3 128-128 at 64", [128, 128], 64, [3, 1, 1]),
    case("3x3 64-64 at 56", [64, 64], 56, [3, 1, 1]),
    case("3x3 256-256 at 28", [256, 256], 28, [3, 1, 1]),
    case("3x3 512-512 at 14", [512, 512], 14, [3, 1, 1]),
    case("3x3/2 32-64 at 149", [32, 64], 149, [3, 2, 1]),
    case("3x3/2 3-32 at 299", [3, 32], 299, [3, 2, 0]),
    case("7x7/2 3-64 at 224", [3, 64], 224, [7, 2, 3]),
    case("1x1 728-728 at 19", [728, 728], 19, [1, 1, 0]),
    case("1x1 64-128 at 147", [64, 128], 147, [1, 1, 0]),
    case("1x1/2 256-728 at 37", [256, 728], 37, [1, 2, 0]),
];

/// The last are kernel, stride and padding.
const fn case(name: &'static str, channels: [usize; 2], size: usize, last: [usize; 3]) -> Case {
    let [kernel, stride, padding] = last;
    Case {
        name,
        channels,
        size,
        kernel,
        stride,
        padding,
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn main() {
    divan::main();
}

fn ours(case: Case, input: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
    let shape = ConvShape {
        stride: case.stride,
        padding: [case.padding; 4],
        groups: 1,
    };
    conv2d(input, weight, None, shape)
}

fn burns(case: Case, input: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
    let (stride, padding) = ([case.stride; 2], [case.padding; 2]);
    let options = ConvOptions::new(stride, padding, [1, 1], 1);
    module::conv2d(input, weight, None, options)
}

fn numbers(case: Case, device: &Device) -> [Tensor<4>; 2] {
    let [channels_in, channels_out] = case.channels;
    let input = [BATCH, channels_in, case.size, case.size];
    let weight = [channels_out, channels_in, case.kernel, case.kernel];
    [input, weight].map(|shape| Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device))
}

fn forward(
    bencher: Bencher<'_, '_>,
    case: Case,
    conv: fn(Case, Tensor<4>, Tensor<4>) -> Tensor<4>,
) {
    let [input, weight] = numbers(case, &Device::flex());
    bencher.bench_local(|| conv(case, input.clone(), weight.clone()));
}

fn training(
    bencher: Bencher<'_, '_>,
    case: Case,
    conv: fn(Case, Tensor<4>, Tensor<4>) -> Tensor<4>,
) {
    let [input, weight] = numbers(case, &Device::flex().autodiff()).map(Tensor::require_grad);
    bencher.bench_local(|| conv(case, input.clone(), weight.clone()).backward());
}

#[divan::bench(args = CASES, sample_count = 20, sample_size = 1)]
fn ours_forward(bencher: Bencher<'_, '_>, case: Case) {
    forward(bencher, case, ours);
}

#[divan::bench(args = CASES, sample_count = 20, sample_size = 1)]
fn burns_forward(bencher: Bencher<'_, '_>, case: Case) {
    forward(bencher, case, burns);
}

#[divan::bench(args = CASES, sample_count = 20, sample_size = 1)]
fn ours_training(bencher: Bencher<'_, '_>, case: Case) {
    training(bencher, case, ours);
}

#[divan::bench(args = CASES, sample_count = 20, sample_size = 1)]
fn burns_training(bencher: Bencher<'_, '_>, case: Case) {
    training(bencher, case, burns);
}
