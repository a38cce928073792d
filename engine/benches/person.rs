//! Speed of rendering people. The bar is ten frames per second for a 256-pixel face on two cores.

use std::sync::Arc;

use divan::Bencher;
use seam_engine::forge::person::{Person, RenderedFrame, Shot, ShotSettings};

fn main() {
    divan::main();
}

/// Surfaces, skin and hair of one identity.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn make_a_person() -> Person {
    Person::new(2)
}

/// One frame of one person.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn frame_of_a_256_pixel_face(bencher: Bencher<'_, '_>) {
    let settings = ShotSettings {
        width: 640,
        height: 480,
        fps: 25.0,
        face_px: 256.0,
        liveliness: 1.0,
    };
    let shot = Shot::new(&[Arc::new(Person::new(2))], 1, settings);
    let mut frame = RenderedFrame::default();
    let mut index = 0;
    bencher.bench_local(|| {
        index += 1;
        shot.render(index, &mut frame);
    });
}
