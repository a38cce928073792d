//! The density model on the CPU device: log-likelihood images of faces of 64 pixels, and faces drawn from it.

use burn::prelude::Device;
use divan::Bencher;
use seam_engine::methods::pixelcnn::likelihood::log_likelihoods;
use seam_engine::methods::pixelcnn::network::{NetworkConfig, PixelCnn};
use seam_engine::methods::pixelcnn::sampler::{Sampler, Wish};
use seam_engine::tensor::pictures;

const SIDE_PX: u32 = 64;

/// Filters and blocks of the presets `laptop` and `paper`.
const NETWORKS: [(usize, usize); 2] = [(32, 2), (160, 5)];

fn main() {
    divan::main();
}

fn network((filters, resnets): (usize, usize)) -> PixelCnn {
    NetworkConfig::new(filters, resnets).init(&Device::flex(), 1)
}

/// Time over faces is the time of a face.
#[divan::bench(args = [1, 8], consts = [0, 1], sample_count = 5, sample_size = 1)]
fn log_likelihood<const PRESET: usize>(bencher: Bencher<'_, '_>, faces: usize) {
    let network = network(NETWORKS[PRESET]);
    let bytes = 3 * (SIDE_PX * SIDE_PX) as usize * faces;
    let pixels: Vec<u8> = (0..bytes).map(|at| (at * 97 % 251) as u8).collect();
    let faces = pictures(&pixels, SIDE_PX, &Device::flex());
    bencher.bench_local(|| log_likelihoods(&network, faces.clone()).into_data());
}

#[divan::bench(args = [1, 16], sample_count = 3, sample_size = 1)]
fn draw_faces(bencher: Bencher<'_, '_>, count: usize) {
    let sampler = Sampler::new(&network(NETWORKS[0])).expect("the network is a fresh one");
    let wish = Wish {
        count,
        side_px: SIDE_PX as usize,
        seed: 1,
        temperature: 1.0,
    };
    bencher.bench_local(|| {
        let drawn = sampler.sample::<()>(wish, &mut |_, _| Ok(()));
        drawn.expect("nothing stops it")
    });
}
