//! U-Net's decoder and its convolutions, forward and there and back, at the published and at the laptop
//! size. The same in `PyTorch`: `unet.py`.
//!
//! `RAYON_NUM_THREADS=2 cargo bench --bench unet`, then `python benches/unet.py`.

use burn::prelude::{Device, Tensor};
use burn::tensor::Distribution;
use divan::Bencher;
use seam_engine::nn::kernels::conv::{ConvShape, conv2d};
use seam_engine::nn::unet::{UnetConfig, UnetDecoder};

#[derive(Clone, Copy, Debug)]
struct Case {
    name: &'static str,
    /// Side of the picture.
    size: usize,
    batch: usize,
    taps: [usize; 5],
    width: f64,
}

/// Over Xception, full and at a quarter of its width.
const CASES: [Case; 2] = [
    Case {
        name: "paper",
        size: 320,
        batch: 2,
        taps: [64, 128, 256, 728, 2048],
        width: 1.0,
    },
    Case {
        name: "laptop",
        size: 128,
        batch: 24,
        taps: [16, 32, 64, 184, 512],
        width: 0.25,
    },
];

#[derive(Clone, Copy, Debug)]
struct Conv {
    name: &'static str,
    batch: usize,
    channels: [usize; 2],
    side: usize,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl std::fmt::Display for Conv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [inputs, outputs] = self.channels;
        write!(f, "{} {inputs}-{outputs} at {}", self.name, self.side)
    }
}

fn main() {
    divan::main();
}

fn config(case: Case) -> UnetConfig {
    UnetConfig::new(case.taps.to_vec(), true).with_width(case.width)
}

fn taps(case: Case, device: &Device) -> Vec<Tensor<4>> {
    let taps = case.taps.into_iter().zip(1..).map(|(channels, halvings)| {
        let side = case.size >> halvings;
        let shape = [case.batch, channels, side, side];
        Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device)
    });
    taps.collect()
}

/// Forward, and backward to the taps and to every weight.
#[divan::bench(args = CASES, sample_count = 9, sample_size = 1)]
fn decoder_training(bencher: Bencher<'_, '_>, case: Case) {
    let device = Device::flex().autodiff();
    let decoder: UnetDecoder = config(case).init(&device);
    let taps: Vec<Tensor<4>> = taps(case, &device)
        .into_iter()
        .map(Tensor::require_grad)
        .collect();
    bencher.bench_local(|| decoder.forward(taps.clone()).sum().backward());
}

#[divan::bench(args = CASES, sample_count = 9, sample_size = 1)]
fn decoder_inference(bencher: Bencher<'_, '_>, case: Case) {
    let decoder = config(case).init(&Device::flex()).folded();
    let taps = taps(case, &Device::flex());
    bencher.bench_local(|| decoder.forward(taps.clone()));
}

fn convs() -> Vec<Conv> {
    CASES.into_iter().flat_map(convs_of).collect()
}

fn convs_of(case: Case) -> Vec<Conv> {
    let conv = |inputs, outputs, side| Conv {
        name: case.name,
        batch: case.batch,
        channels: [inputs, outputs],
        side,
    };
    let mut smaller = case.taps.into_iter().rev();
    let mut inputs = smaller.next().unwrap_or_default();
    let mut convs = Vec::new();
    for (outputs, halvings) in config(case).channels().into_iter().zip((0..5).rev()) {
        let skip = smaller.next().unwrap_or_default();
        let side = case.size >> halvings;
        convs.push(conv(inputs + skip, outputs, side));
        convs.push(conv(outputs, outputs, side));
        inputs = outputs;
    }
    convs.push(conv(inputs, 3, case.size));
    convs
}

fn numbers(conv: Conv, device: &Device) -> [Tensor<4>; 2] {
    let [inputs, outputs] = conv.channels;
    let input = [conv.batch, inputs, conv.side, conv.side];
    [input, [outputs, inputs, 3, 3]]
        .map(|shape| Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device))
}

const SHAPE: ConvShape = ConvShape {
    stride: 1,
    padding: [1; 4],
    groups: 1,
};

#[divan::bench(args = convs(), sample_count = 9, sample_size = 1)]
fn conv_forward(bencher: Bencher<'_, '_>, conv: Conv) {
    let [input, weight] = numbers(conv, &Device::flex());
    bencher.bench_local(|| conv2d(input.clone(), weight.clone(), None, SHAPE));
}

#[divan::bench(args = convs(), sample_count = 9, sample_size = 1)]
fn conv_training(bencher: Bencher<'_, '_>, conv: Conv) {
    let [input, weight] = numbers(conv, &Device::flex().autodiff()).map(Tensor::require_grad);
    bencher.bench_local(|| conv2d(input.clone(), weight.clone(), None, SHAPE).backward());
}
