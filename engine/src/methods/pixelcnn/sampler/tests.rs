//! Pixel by pixel against the network on whole pictures.

use burn::prelude::{Device, Tensor};

use super::*;
use crate::methods::pixelcnn::network::NetworkConfig;
use crate::nn::named::host_tensor;
use crate::nn::noise::Noise;
use crate::tensor::pictures;

const SIDE: usize = 12;

/// Ten filters are no whole number of the outputs that are computed together.
fn network() -> PixelCnn {
    let config = NetworkConfig::new(10, 2).with_mixtures(3);
    let network = config.init(&Device::flex(), 5);
    // So that gains and biases count.
    network.started_from_data(tensor(&noise(8)), &mut Noise::off())
}

fn noise(count: usize) -> Vec<u8> {
    let mut noise = SplitMix::new(2);
    (0..count * 3 * SIDE * SIDE)
        .map(|_| noise.draw() as u8)
        .collect()
}

fn tensor(pixels: &[u8]) -> Tensor<4> {
    pictures(pixels, SIDE as u32, &Device::flex())
}

fn wish(count: usize) -> Wish {
    Wish {
        count,
        side_px: SIDE,
        seed: 7,
        temperature: 1.0,
    }
}

fn sampled(sampler: &Sampler, wish: Wish) -> Vec<u8> {
    let mut progress = |_, _| Ok::<(), ()>(());
    sampler.sample(wish, &mut progress).unwrap()
}

#[test]
fn at_every_pixel_it_finds_what_the_network_finds() {
    let network = network();
    let pixels = noise(3);
    let output = network.forward(tensor(&pixels), &mut Noise::off());
    let expected = host_tensor(output).unwrap();
    assert_eq!(expected.shape, [3, 30, SIDE, SIDE]);
    let sampler = Sampler::new(&network).unwrap();
    let each = pixels.chunks(3 * SIDE * SIDE).map(<[u8]>::to_vec).collect();
    let noises = vec![SplitMix::new(0); 3];
    let mut group = Group::new(&sampler.program, SIDE, noises, each);
    for row in 0..SIDE {
        group.start_row(&sampler.program, row);
        for column in 0..SIDE {
            group.look(&sampler.program, row, column);
            group.ask(&sampler.program, row, column);
            group.show(row, column);
            for (at, outputs) in group.outputs[..30].iter().enumerate() {
                for (picture, found) in outputs[..3].iter().enumerate() {
                    let place = ((picture * 30 + at) * SIDE + row) * SIDE + column;
                    let expected = expected.values[place];
                    assert!(
                        (found - expected).abs() < 1e-4,
                        "output {at} at {row}, {column}: {found} for {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_seed_gives_the_same_pictures_however_many() {
    let sampler = Sampler::new(&network()).unwrap();
    let many = sampled(&sampler, wish(9));
    assert_eq!(many.len(), 9 * 3 * SIDE * SIDE);
    assert_eq!(many, sampled(&sampler, wish(9)));
    let few = sampled(&sampler, wish(2));
    assert_eq!(few, many[..few.len()]);
    assert_ne!(few[..few.len() / 2], few[few.len() / 2..]);
    let other = sampled(&sampler, Wish { seed: 8, ..wish(2) });
    assert_ne!(few, other);
}

#[test]
fn what_is_given_stays_and_the_rest_follows_from_it() {
    let sampler = Sampler::new(&network()).unwrap();
    let pixels = noise(2);
    let complete = |pixels: &[u8], rows| {
        let mut progress = |_, _| Ok::<(), ()>(());
        let found = sampler.complete(pixels, rows, wish(2), &mut progress);
        found.unwrap()
    };
    assert_eq!(complete(&pixels, SIDE), pixels);
    let given = 5 * SIDE * 3;
    let found = complete(&pixels, 5);
    assert_eq!(found[..given], pixels[..given]);
    assert_ne!(found[given..], pixels[given..]);
    // Nothing below is read.
    let mut other = pixels;
    other[given] ^= 128;
    assert_eq!(complete(&other, 5), found);
    other[given - 1] ^= 128;
    assert_ne!(complete(&other, 5)[given..], found[given..]);
}

#[test]
fn whoever_hears_of_the_progress_may_stop_it() {
    let sampler = Sampler::new(&network()).unwrap();
    let mut heard = Vec::new();
    let stopped = sampler.sample(wish(1), &mut |done, rows| {
        heard.push((done, rows));
        if done < 3 { Ok(()) } else { Err("stopped") }
    });
    assert_eq!(stopped, Err("stopped"));
    assert_eq!(heard, [(0, SIDE), (1, SIDE), (2, SIDE), (3, SIDE)]);
}

#[test]
fn a_network_in_training_is_read_too_and_a_strange_one_is_refused() {
    let config = NetworkConfig::new(4, 1).with_mixtures(2);
    let network = config.init(&Device::flex().autodiff(), 5);
    let pictures = sampled(&Sampler::new(&network).unwrap(), wish(1));
    let network = config.init(&Device::flex(), 5);
    assert_eq!(sampled(&Sampler::new(&network).unwrap(), wish(1)), pictures);
    let mut weights = named::collect(&network).unwrap();
    weights.remove("down.1.left.1.beside.gain");
    let failure = Program::read(&weights).err().unwrap();
    assert_eq!(failure, "down.1.left.1.beside.gain is missing");
}
