//! Training steps of whole methods on the CPU device: there, back, and the optimizer.
//!
//! `training_steps.py` beside it runs the same in `PyTorch`; `RAYON_NUM_THREADS=2` and
//! `torch.set_num_threads(2)` make them comparable. Batches of other methods' `paper` are cut to 4 pictures.

use burn::prelude::Device;
use divan::Bencher;
use seam_engine::methods;
use seam_engine::methods::training::Batch;

/// Method, preset, and pictures of a step.
const CASES: [(&str, &str, usize); 11] = [
    ("ce-xception", "laptop", 24),
    ("intele", "laptop", 24),
    ("intele", "paper", 4),
    ("did", "laptop", 25),
    ("did", "paper", 15),
    ("did", "paper-resnet50", 15),
    ("lae", "laptop", 24),
    ("lae", "paper", 4),
    ("pixelcnn", "laptop", 16),
    ("lgsc", "laptop", 24),
    ("lgsc", "paper-xception", 4),
];

fn main() {
    divan::main();
}

/// Half of it pristine; a slope with steps, no random numbers.
fn batch(size_px: u32, count: usize) -> Batch {
    let bytes = 3 * (size_px * size_px) as usize * count;
    Batch {
        size_px,
        pixels: (0..bytes).map(|at| (at * 97 % 251) as u8).collect(),
        labels: (0..count).map(|at| (at % 2) as f32).collect(),
        categories: vec![None; count],
        sources: vec![String::new(); count],
        masked: None,
    }
}

#[divan::bench(args = CASES.map(|(method, preset, _)| format!("{method}/{preset}")), sample_count = 3, sample_size = 1)]
fn step(bencher: Bencher<'_, '_>, case: &str) {
    let (method, preset) = case.split_once('/').expect("named so above");
    let method = methods::find(method).expect("a method of the list");
    let count = CASES
        .iter()
        .find(|(name, of, _)| *name == method.detector.name && *of == preset)
        .map_or(2, |(_, _, count)| *count);
    let mut config = (method.preset)(preset).expect("a preset of the method");
    config.batch_size = count;
    let device = Device::flex().autodiff();
    let mut trainer = (method.trainer)(&config, &device).expect("a preset fits its method");
    let batch = batch(config.size_px, count);
    let mut done = 0;
    bencher.bench_local(|| {
        done += 1;
        trainer.step(done, &batch).expect("the step is possible")
    });
}
