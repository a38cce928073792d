//! Painting on a mask of 3840 x 2160: a stamp of any size takes under 8 ms on one core, one display frame.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use divan::Bencher;
use divan::counter::BytesCount;
use seam_engine::annotate::{
    Brush, Gauge, Mode, Outline, Stroke, Wand, difference, polygons, wand,
};
use seam_engine::data::annotations::{Delta, Mask};
use seam_engine::faces::FaceBox;
use seam_engine::media::{Frame, FrameId, MediaHash};

const WIDTH: u32 = 3840;
const HEIGHT: u32 = 2160;
const RADII: [u32; 5] = [4, 64, 500, 2000, 5000];
const MIDDLE: [f32; 2] = [1920.0, 1080.0];

fn main() {
    divan::main();
}

fn brush(radius_px: u32, softness: f32) -> Brush {
    Brush {
        radius_px: radius_px as f32,
        softness,
        mode: Mode::Paint,
    }
}

/// The first stamp of a stroke, on an empty mask: the one that changes most.
fn first_stamp(bencher: Bencher<'_, '_>, radius_px: u32, softness: f32) {
    let mask = Mask::empty(WIDTH, HEIGHT);
    bencher
        .with_inputs(|| (Stroke::begin(&mask), mask.clone()))
        .bench_local_refs(|(stroke, mask)| {
            stroke.capsule(mask, MIDDLE, MIDDLE, brush(radius_px, softness))
        });
}

#[divan::bench(args = RADII, sample_count = 50, sample_size = 1)]
fn hard_stamp(bencher: Bencher<'_, '_>, radius_px: u32) {
    first_stamp(bencher, radius_px, 0.0);
}

#[divan::bench(args = RADII, sample_count = 50, sample_size = 1)]
fn soft_stamp(bencher: Bencher<'_, '_>, radius_px: u32) {
    first_stamp(bencher, radius_px, 1.0);
}

/// The first stamp of a stroke on a mask whose every tile must be kept byte for byte.
#[divan::bench(args = RADII, sample_count = 50, sample_size = 1)]
fn soft_stamp_over_noise(bencher: Bencher<'_, '_>, radius_px: u32) {
    let mask = noisy();
    bencher
        .with_inputs(|| (Stroke::begin(&mask), mask.clone()))
        .bench_local_refs(|(stroke, mask)| {
            stroke.capsule(mask, MIDDLE, MIDDLE, brush(radius_px, 1.0))
        });
}

/// A later stamp, 40 pixels on.
#[divan::bench(args = RADII, sample_count = 50, sample_size = 1)]
fn soft_move(bencher: Bencher<'_, '_>, radius_px: u32) {
    let mut mask = Mask::empty(WIDTH, HEIGHT);
    let mut stroke = Stroke::begin(&mask);
    let to = [MIDDLE[0] + 40.0, MIDDLE[1] + 10.0];
    stroke.capsule(&mut mask, MIDDLE, MIDDLE, brush(radius_px, 0.5));
    bencher
        .with_inputs(|| (stroke.clone(), mask.clone()))
        .bench_local_refs(|(stroke, mask)| stroke.capsule(mask, MIDDLE, to, brush(radius_px, 0.5)));
}

/// Letting go: the change is made out and packed.
#[divan::bench(args = [0.0, 1.0], sample_count = 20, sample_size = 1)]
fn finish_whole_frame(bencher: Bencher<'_, '_>, softness: f32) {
    let mut mask = Mask::empty(WIDTH, HEIGHT);
    let mut stroke = Stroke::begin(&mask);
    stroke.capsule(&mut mask, MIDDLE, MIDDLE, brush(3000, softness));
    bencher
        .with_inputs(|| stroke.clone())
        .bench_local_values(|stroke| stroke.finish(&mask));
}

#[divan::bench(args = [0.0, 1.0], sample_count = 20, sample_size = 1)]
fn undo_whole_frame(bencher: Bencher<'_, '_>, softness: f32) {
    let mut mask = Mask::empty(WIDTH, HEIGHT);
    let mut stroke = Stroke::begin(&mask);
    stroke.capsule(&mut mask, MIDDLE, MIDDLE, brush(3000, softness));
    let delta: Delta = stroke.finish(&mask).unwrap();
    bencher
        .counter(BytesCount::new(delta.num_bytes()))
        .bench_local(|| delta.apply(&mut mask).unwrap());
}

/// A lasso of 4000 points over the whole frame, filled and laid on the mask.
#[divan::bench(args = [0.0, 20.0], sample_count = 20, sample_size = 1)]
fn lasso_whole_frame(bencher: Bencher<'_, '_>, soft_px: f32) {
    let outlines = [wavy()];
    let mask = Mask::empty(WIDTH, HEIGHT);
    bencher
        .with_inputs(|| (Stroke::begin(&mask), mask.clone()))
        .bench_local_refs(|(stroke, mask)| {
            let coverage = polygons(&outlines, soft_px, WIDTH, HEIGHT);
            stroke.lay(mask, &coverage, Mode::Paint)
        });
}

/// Everything but a grid of dots is taken.
#[divan::bench(args = [0, 8], sample_count = 10, sample_size = 1)]
fn wand_whole_frame(bencher: Bencher<'_, '_>, soft_px: u32) {
    let frame = dotted(0);
    let settings = Wand {
        tolerance: 20.0,
        limit: None,
        fills_holes: 0 < soft_px,
        soft_px,
    };
    bencher.bench_local(|| wand(&frame, [50, 50], settings, || false).unwrap());
}

/// A change to a face of about 800 pixels.
#[divan::bench(args = ["soften", "grow", "shrink", "fill_holes", "invert"], sample_count = 10, sample_size = 1)]
fn whole_mask(bencher: Bencher<'_, '_>, what: &str) {
    let mut mask = Mask::empty(WIDTH, HEIGHT);
    Stroke::begin(&mask).capsule(&mut mask, MIDDLE, MIDDLE, brush(400, 0.1));
    bencher
        .with_inputs(|| (Stroke::begin(&mask), mask.clone()))
        .bench_local_refs(|(stroke, mask)| match what {
            "soften" => stroke.soften(mask, 12),
            "grow" => stroke.grow(mask, 8),
            "shrink" => stroke.shrink(mask, 8),
            "fill_holes" => stroke.fill_holes(mask),
            _ => stroke.invert(mask),
        });
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn attention_gauge(bencher: Bencher<'_, '_>) {
    let mut mask = Mask::empty(WIDTH, HEIGHT);
    Stroke::begin(&mask).capsule(&mut mask, MIDDLE, MIDDLE, brush(300, 0.1));
    let map = [4.0, -0.4, 1400.0, 0.4, 4.0, 600.0];
    let gauge = Gauge::new(&vec![0.5; 256 * 256], [256, 256], 256, map).unwrap();
    bencher.bench_local(|| gauge.read(&mask));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn difference_to_pristine(bencher: Bencher<'_, '_>) {
    let (frame, pristine) = (dotted(3), dotted(0));
    let face = FaceBox {
        x: 1600.0,
        y: 700.0,
        width: 600.0,
        height: 700.0,
        confidence: 1.0,
    };
    bencher.bench_local(|| difference(&frame, &pristine, &face));
}

fn noisy() -> Mask {
    let mut mask = Mask::empty(WIDTH, HEIGHT);
    for (at, value) in mask.values.iter_mut().enumerate() {
        *value = (at.wrapping_mul(0x9e37_79b9) >> 13) as u8;
    }
    mask
}

fn wavy() -> Outline {
    (0..4000_u16)
        .map(|at| {
            let angle = f32::from(at) / 4000.0 * std::f32::consts::TAU;
            let reach = 0.9 + 0.08 * (60.0 * angle).sin();
            [
                1920.0 + 2000.0 * reach * angle.cos(),
                1080.0 + 1150.0 * reach * angle.sin(),
            ]
        })
        .collect()
}

/// Even but for a little noise and dark dots.
fn dotted(lift: u8) -> Frame {
    let mut pixels = Vec::with_capacity(3 * (WIDTH * HEIGHT) as usize);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let is_dot = x % 97 < 20 && y % 89 < 20;
            let noise = (x.wrapping_mul(7).wrapping_add(y * 13) % 9) as u8;
            let lift = if x.is_multiple_of(2) { lift } else { 0 };
            let level = if is_dot { 20 } else { 120 } + noise + lift;
            pixels.extend_from_slice(&[level, level, level]);
        }
    }
    Frame {
        id: FrameId {
            media: MediaHash::of(b"stamp"),
            stream: 0,
            pts_nanos: 0,
            index: 0,
        },
        width: WIDTH,
        height: HEIGHT,
        pixels,
    }
}
