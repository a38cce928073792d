//! Counts, what each pixel sees, the start from data, and that a step can be repeated (METHODS 4.9).

use burn::module::{ModuleVisitor, Param};
use burn::prelude::TensorData;

use super::*;
use crate::nn::named::{collect, host_tensor, shapes};

/// In -1 to 1.
fn pictures(batch: usize, side: usize, seed: u64, device: &Device) -> Tensor<4> {
    let mut numbers = SplitMix::new(seed);
    let values: Vec<f32> = (0..batch * 3 * side * side)
        .map(|_| 2.0 * numbers.uniform() - 1.0)
        .collect();
    Tensor::from_data(TensorData::new(values, [batch, 3, side, side]), device)
}

fn small() -> NetworkConfig {
    NetworkConfig::new(6, 2).with_mixtures(2)
}

fn small_started(device: &Device) -> PixelCnn {
    started(&small(), device)
}

/// From data, so that what a pixel hears is loud enough to tell.
fn started(config: &NetworkConfig, device: &Device) -> PixelCnn {
    let start = pictures(4, 16, 9, device);
    config
        .init(device, 1)
        .started_from_data(start, &mut Noise::of_step(1, 0))
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    host_tensor(tensor.without_autodiff()).unwrap().values
}

#[test]
fn parameters_are_those_of_the_authors_code() {
    for (resnets, filters, expected) in [
        (5, 160, 53_659_080),
        (5, 80, 13_440_840),
        (2, 32, 974_856),
        (1, 40, 901_320),
    ] {
        assert_eq!(NetworkConfig::new(filters, resnets).num_params(), expected);
    }
}

#[test]
fn each_part_has_the_authors_parameters() {
    let network = NetworkConfig::new(160, 5).init(&Device::flex(), 0);
    let of = |wanted: &dyn Fn(&str) -> bool| -> usize {
        let all = shapes(&network).into_iter();
        let sizes =
            all.map(|(name, shape)| wanted(&name) as usize * shape.iter().product::<usize>());
        sizes.sum()
    };
    let starting = |start: &'static str| of(&|name| name.starts_with(start));
    let stream = |way: &'static str, stream: &'static str| {
        of(&|name| name.starts_with(way) && name.split('.').nth(2) == Some(stream))
    };
    assert_eq!(starting("above_start"), 4_160);
    assert_eq!(starting("left_start_above"), 2_240);
    assert_eq!(starting("left_start_left"), 1_600);
    assert_eq!(stream("up", "above"), 13_838_400);
    assert_eq!(stream("up", "left"), 10_003_200);
    assert_eq!(stream("down", "above"), 16_559_360);
    assert_eq!(stream("down", "left"), 12_207_360);
    for way in ["up", "down"] {
        assert_eq!(stream(way, "resize_above"), 307_840);
        assert_eq!(stream(way, "resize_left"), 205_440);
    }
    assert_eq!(starting("output"), 16_200);
}

#[test]
fn the_papers_size_can_be_built_and_run() {
    let device = Device::flex();
    let network = NetworkConfig::new(160, 5).init(&device, 1);
    let output = network.forward(pictures(1, 8, 1, &device), &mut Noise::off());
    assert_eq!(output.dims(), [1, 100, 8, 8]);
    assert!(values(output).iter().all(|value| value.is_finite()));
}

#[test]
fn work_grows_with_the_pixels_and_is_that_of_the_weights() {
    let config = NetworkConfig::new(32, 2);
    assert_eq!(config.multiply_adds(64), 4 * config.multiply_adds(32));
    // A 1x1 picture of one size would meet each direction once, and gains and biases are no work.
    let network = config.init(&Device::flex(), 0);
    let top = network.up[0].above[0].multiply_adds(1);
    assert_eq!(top, (64 * 32 + 64 * 64) * 6);
}

#[test]
fn an_output_sees_only_pixels_before_it() {
    check_sight(&small());
}

#[test]
fn nor_does_a_convolution_by_tiles_see_more() {
    // Enough channels for tiles, as `Geometry::is_tiled` has it.
    check_sight(&NetworkConfig::new(16, 1).with_mixtures(1));
}

fn check_sight(config: &NetworkConfig) {
    const SIDE: usize = 16;
    let device = Device::flex();
    let network = started(config, &device);
    let picture = pictures(1, SIDE, 3, &device);
    let plain = values(network.forward(picture.clone(), &mut Noise::off()));
    for (row, column) in [(0, 0), (0, 15), (5, 0), (7, 8), (8, 7), (12, 9), (15, 14)] {
        let mut changed = values(picture.clone());
        for plane in changed.chunks_exact_mut(SIDE * SIDE) {
            plane[row * SIDE + column] += 0.7;
        }
        let changed = Tensor::from_data(TensorData::new(changed, [1, 3, SIDE, SIDE]), &device);
        let found = values(network.forward(changed, &mut Noise::off()));
        let at = row * SIDE + column;
        let mut reached = vec![false; SIDE * SIDE];
        let planes = plain
            .chunks_exact(SIDE * SIDE)
            .zip(found.chunks_exact(SIDE * SIDE));
        for (plain, found) in planes {
            for ((reached, plain), found) in reached.iter_mut().zip(plain).zip(found) {
                *reached |= plain.to_bits() != found.to_bits();
            }
        }
        assert!(!reached[..=at].contains(&true), "{row}, {column}");
        if at == 0 {
            assert!(!reached[1..].contains(&false), "all see the first pixel");
        }
    }
}

#[test]
fn an_output_sees_every_pixel_before_it() {
    const SIDE: usize = 16;
    let device = Device::flex().autodiff();
    let network = small_started(&device);
    let picture = pictures(1, SIDE, 3, &device).require_grad();
    let output = network.forward(picture.clone(), &mut Noise::off());
    let mut gradients = output
        .narrow(2, 12, 1)
        .narrow(3, 9, 1)
        .square()
        .sum()
        .backward();
    let gradient = values(picture.grad_remove(&mut gradients).unwrap());
    for at in 0..SIDE * SIDE {
        let planes = gradient.chunks_exact(SIDE * SIDE);
        let is_seen = planes.map(|plane| plane[at]).any(|value| value != 0.0);
        assert_eq!(is_seen, at < 12 * SIDE + 9, "pixel {at}");
    }
}

/// What convolutions give, by the path of their gain.
struct Gains(Vec<(String, Vec<f32>)>, Vec<String>);

impl ModuleVisitor for Gains {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.1.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.1.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.1.last().is_some_and(|name| name == "gain") {
            let gain = host_tensor(param.val().without_autodiff()).unwrap().values;
            self.0.push((self.1.join("."), gain));
        }
    }
}

fn gains(network: &PixelCnn) -> Vec<(String, Vec<f32>)> {
    let mut gains = Gains(Vec::new(), Vec::new());
    network.visit(&mut gains);
    gains.0
}

#[test]
fn a_start_from_data_gives_every_convolution_its_deviation() {
    let device = Device::flex();
    let batch = pictures(8, 16, 4, &device);
    let config = small();
    let start =
        |network: PixelCnn| network.started_from_data(batch.clone(), &mut Noise::of_step(2, 0));
    let once = start(config.init(&device, 1));
    assert_ne!(
        collect(&config.init(&device, 1)).unwrap(),
        collect(&once).unwrap()
    );
    // Each convolution already has mean 0 and its deviation on these pictures with these drops, so that a
    // second start finds nothing to change. Rounding, and the 1e-10 beside variances of 0.01.
    let (once, twice) = (once.clone(), start(once));
    for ((name, once), (_, twice)) in gains(&once).iter().zip(&gains(&twice)) {
        for (once, twice) in once.iter().zip(twice) {
            assert!((once / twice - 1.0).abs() < 1e-3, "{name}: {once}, {twice}");
        }
    }
    // And the last is what it says, seen from outside.
    let output = once.forward(batch, &mut Noise::of_step(2, 0));
    let channels = output.dims()[1];
    let lines: Tensor<2> = output.swap_dims(0, 1).reshape([channels as i32, -1]);
    let mean = lines.clone().mean_dim(1);
    let deviation = (lines - mean.clone()).square().mean_dim(1).sqrt();
    for (mean, deviation) in host_tensor(mean)
        .unwrap()
        .values
        .iter()
        .zip(&host_tensor(deviation).unwrap().values)
    {
        assert!(
            mean.abs() < 1e-3 && (deviation - 1.0).abs() < 1e-3,
            "{mean} {deviation}"
        );
    }
}

#[test]
fn a_started_network_can_still_be_trained() {
    let device = Device::flex().autodiff();
    let network = small_started(&device);
    let output = network.forward(pictures(2, 8, 5, &device), &mut Noise::of_step(1, 1));
    let gradients = output.square().mean().backward();
    let block = &network.down[2].left[0];
    for gain in [
        &network.above_start.gain,
        &block.conv_out.gain,
        &network.output.bias,
    ] {
        assert!(gain.val().grad(&gradients).is_some());
    }
    assert!(network.output.direction.val().grad(&gradients).is_some());
}

#[test]
fn a_step_drops_the_same_again_and_inference_drops_nothing() {
    let device = Device::flex();
    let network = small_started(&device);
    let picture = pictures(1, 8, 6, &device);
    let run = |mut noise| values(network.forward(picture.clone(), &mut noise));
    assert_eq!(run(Noise::of_step(1, 1)), run(Noise::of_step(1, 1)));
    assert_ne!(run(Noise::of_step(1, 1)), run(Noise::of_step(1, 2)));
    assert_ne!(run(Noise::of_step(1, 1)), run(Noise::off()));
    assert_eq!(run(Noise::off()), run(Noise::off()));
}

#[test]
#[should_panic(expected = "cannot be halved twice")]
fn sizes_that_cannot_be_halved_twice_are_refused() {
    let device = Device::flex();
    assert!(!PixelCnn::takes(10, 8) && PixelCnn::takes(12, 8) && !PixelCnn::takes(0, 8));
    let network = small().init(&device, 1);
    drop(network.forward(pictures(1, 10, 1, &device), &mut Noise::off()));
}
