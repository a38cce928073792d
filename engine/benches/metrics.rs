//! Metrics of 50,000 frames with intervals from 1000 draws of videos: under a second.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use divan::Bencher;
use seam_engine::eval::metrics::{Metrics, NUM_DRAWS, Scored, auc_interval};

const NUM_FRAMES: usize = 50_000;
const FRAMES_PER_VIDEO: usize = 100;

fn main() {
    divan::main();
}

fn frames() -> Vec<Scored> {
    (0..NUM_FRAMES)
        .map(|at| {
            let clip = at / FRAMES_PER_VIDEO;
            let is_manipulated = clip.is_multiple_of(2);
            let lift = if is_manipulated { 0.2 } else { 0.0 };
            Scored {
                is_manipulated,
                score: 0.8 * ((at * 7919) % 50_021) as f64 / 50_021.0 + lift,
                clip,
            }
        })
        .collect()
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn auc_with_interval(bencher: Bencher<'_, '_>) {
    let frames = frames();
    bencher.bench(|| auc_interval(&frames, NUM_DRAWS, 1).unwrap());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn all_metrics_with_intervals(bencher: Bencher<'_, '_>) {
    let frames = frames();
    bencher.bench(|| Metrics::measure(&frames, Some(&frames), 1).unwrap());
}
