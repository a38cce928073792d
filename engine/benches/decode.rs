//! Decoding speed. The bar is 0.9 of `ffmpeg -i CLIP -an -f null -`: compare with its time.
//!
//! The clip is `SEAM_BENCH_CLIP`, or the sample that the program made itself.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::path::PathBuf;

use divan::Bencher;
use divan::counter::ItemsCount;
use seam_engine::media::{self, MediaHash};

fn main() {
    divan::main();
}

fn clip() -> PathBuf {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../sample_media/swap.mp4");
    std::env::var_os("SEAM_BENCH_CLIP").map_or_else(|| sample.into(), PathBuf::from)
}

/// Every frame, without making pictures of them.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn skip_all(bencher: Bencher<'_, '_>) {
    let path = clip();
    let mut source = media::open(&path, MediaHash::of(b"skip")).unwrap();
    let mut num_frames = 0_usize;
    while source.skip_frame().unwrap().is_some() {
        num_frames += 1;
    }
    bencher.counter(ItemsCount::new(num_frames)).bench(|| {
        let mut source = media::open(&path, MediaHash::of(b"skip")).unwrap();
        while source.skip_frame().unwrap().is_some() {}
    });
}

/// Every frame as RGB.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_all(bencher: Bencher<'_, '_>) {
    let path = clip();
    bencher.bench(|| {
        let mut source = media::open(&path, MediaHash::of(b"read")).unwrap();
        while source.next_frame().unwrap().is_some() {}
    });
}

/// One frame in the middle, when all frames are known.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn seek_to_the_middle(bencher: Bencher<'_, '_>) {
    let mut source = media::open(&clip(), MediaHash::of(b"seek")).unwrap();
    let mut last = 0;
    while let Some(id) = source.skip_frame().unwrap() {
        last = id.pts_nanos;
    }
    bencher.bench_local(|| {
        source.seek(last / 2).unwrap();
        source.next_frame().unwrap()
    });
}
