//! The mixture on tensors against its definition, and its gradient three ways.

use burn::prelude::{Device, Tensor, TensorData};

use super::exact::{self, Tails};
use super::{bits_per_dim, chain_maps, kernel, nll, tensors};
use crate::nn::named::host_tensor;
use crate::nn::noise::SplitMix;

/// METHODS 4.9: one component that stands out, all others zero.
pub fn sharp_outputs() -> Vec<f64> {
    let mut outputs = vec![0.0; 100];
    outputs[0] = 2.0;
    for (channel, numbers) in [[0.1, -3.0, 0.5], [-0.2, -2.0, -0.25], [0.3, -4.0, 1.0]]
        .into_iter()
        .enumerate()
    {
        for (kind, number) in numbers.into_iter().enumerate() {
            outputs[10 + 30 * channel + 10 * kind] = number;
        }
    }
    outputs
}

/// A hundred numbers up to `reach` from zero.
pub fn random_outputs(seed: u64, reach: f64) -> Vec<f64> {
    let mut noise = SplitMix::new(seed);
    (0..100)
        .map(|_| reach * (2.0 * f64::from(noise.uniform()) - 1.0))
        .collect()
}

/// Outputs and pictures of 2 by 11 by 7 pixels: not a whole number of vectors.
struct Case {
    outputs: Vec<f32>,
    levels: Vec<u8>,
    device: Device,
}

const SHAPE: [usize; 3] = [2, 11, 7];
const AREA: usize = 77;

impl Case {
    fn new(seed: u64, reach: f64, device: Device) -> Self {
        let mut noise = SplitMix::new(seed);
        let mut uniform = || 2.0 * noise.uniform() - 1.0;
        let outputs = (0..SHAPE[0] * 100 * AREA)
            .map(|_| reach as f32 * uniform())
            .collect();
        let levels = (0..SHAPE[0] * 3 * AREA)
            .map(|_| ((uniform() * 180.0) + 127.5).clamp(0.0, 255.0) as u8)
            .collect();
        Self {
            outputs,
            levels,
            device,
        }
    }

    fn tensor(&self, values: Vec<f32>, channels: usize) -> Tensor<4> {
        let [batch, height, width] = SHAPE;
        Tensor::from_data(
            TensorData::new(values, [batch, channels, height, width]),
            &self.device,
        )
    }

    fn outputs(&self) -> Tensor<4> {
        self.tensor(self.outputs.clone(), 100)
    }

    fn pictures(&self) -> Tensor<4> {
        let values = self.levels.iter();
        self.tensor(
            values
                .map(|&level| f32::from(level) / 127.5 - 1.0)
                .collect(),
            3,
        )
    }

    /// By the definition, pixel by pixel.
    fn chain(&self) -> Vec<f64> {
        let mut maps = vec![0.0; self.levels.len()];
        for pixel in 0..SHAPE[0] * AREA {
            let (picture, place) = (pixel / AREA, pixel % AREA);
            let outputs: Vec<f64> = (0..100)
                .map(|plane| f64::from(self.outputs[(100 * picture + plane) * AREA + place]))
                .collect();
            let at = |channel: usize| (3 * picture + channel) * AREA + place;
            let levels = [0, 1, 2].map(|channel| self.levels[at(channel)]);
            let found = exact::chain(&outputs, levels, Tails::Exact);
            for (channel, found) in found.into_iter().enumerate() {
                maps[at(channel)] = found;
            }
        }
        maps
    }
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    host_tensor(tensor).unwrap().values
}

/// Of the kernel and of burn's operations: value and gradient.
fn gradients(case: &Case) -> [(f32, Vec<f32>); 2] {
    [kernel::nll, |outputs: Tensor<4>, pictures: Tensor<4>| {
        tensors::nll(&outputs, &pictures)
    }]
    .map(|nll| {
        let outputs = case.outputs().require_grad();
        let value = nll(outputs.clone(), case.pictures());
        // Bits, so that the way back has something to multiply by.
        let grads = (value.clone() * 0.5).backward();
        let gradient = outputs.grad(&grads).unwrap();
        (numbers(value.inner())[0], numbers(gradient))
    })
}

#[test]
fn maps_are_those_of_the_definition() {
    for (seed, reach) in [(1, 1.0), (2, 4.0), (3, 9.0)] {
        let case = Case::new(seed, reach, Device::flex());
        let expected = case.chain();
        for maps in [
            chain_maps(case.outputs(), case.pictures()),
            tensors::chain_maps(&case.outputs(), &case.pictures()),
        ] {
            let found = numbers(maps);
            for (found, expected) in found.iter().zip(&expected) {
                // Means and levels are of 32 bits, and up to 1100 units of the scale apart.
                let tolerance = 2e-5 * (1.0 + reach + expected.abs());
                let error = (f64::from(*found) - expected).abs();
                assert!(error < tolerance, "reach {reach}: {found} for {expected}");
            }
        }
        let total = numbers(nll(case.outputs(), case.pictures()))[0];
        let sum: f64 = -expected.iter().sum::<f64>();
        assert!(
            (f64::from(total) - sum).abs() < 1e-5 * sum,
            "{total} for {sum}"
        );
    }
}

#[test]
fn gradients_are_those_of_burns_operations() {
    for (seed, reach) in [(4, 1.0), (5, 3.0), (6, 8.0)] {
        let case = Case::new(seed, reach, Device::flex().autodiff());
        let [(found, ours), (expected, theirs)] = gradients(&case);
        assert!((found - expected).abs() < 1e-5 * expected);
        let largest = theirs
            .iter()
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        for (at, (found, expected)) in ours.iter().zip(&theirs).enumerate() {
            let error = (found - expected).abs();
            let tolerance = 1e-4 * expected.abs() + 2e-6 * largest + 2e-5;
            assert!(
                error < tolerance,
                "reach {reach}, {at}: {found} for {expected}"
            );
        }
    }
}

#[test]
fn gradients_are_the_slopes_of_the_definition() {
    let case = Case::new(7, 2.0, Device::flex().autodiff());
    let (_, gradient) = gradients(&case).into_iter().next().unwrap();
    for pixel in [0, 5, 63, 64, 76] {
        let outputs: Vec<f64> = (0..100)
            .map(|plane| f64::from(case.outputs[plane * AREA + pixel]))
            .collect();
        let levels = [0, 1, 2].map(|channel| case.levels[channel * AREA + pixel]);
        let nll = |outputs: &[f64]| {
            -exact::chain(outputs, levels, Tails::Exact)
                .iter()
                .sum::<f64>()
        };
        for at in 0..100 {
            let mut moved = outputs.clone();
            let slope = [1e-5, -1e-5].map(|step| {
                moved[at] = outputs[at] + step;
                nll(&moved)
            });
            let slope = (slope[0] - slope[1]) / 2e-5;
            let found = f64::from(gradient[at * AREA + pixel]) * 2.0;
            let error = (found - slope).abs();
            assert!(
                error < 1e-4 * (1.0 + slope.abs()),
                "{at}: {found} for {slope}"
            );
        }
    }
}

#[test]
fn nothing_makes_it_infinite() {
    for extreme in [1e3, -1e3, 1e10, -1e10, 1e30, -1e30] {
        for kind in 0..10 {
            let mut case = Case::new(8, 1.0, Device::flex().autodiff());
            for picture in 0..2 {
                case.outputs[(100 * picture + 10 * kind) * AREA..][..10 * AREA].fill(extreme);
            }
            case.levels[..20].fill(0);
            case.levels[AREA..][..20].fill(255);
            let outputs = case.outputs().require_grad();
            let value = nll(outputs.clone(), case.pictures());
            let gradient = outputs.grad(&value.backward()).unwrap();
            let maps = chain_maps(case.outputs(), case.pictures());
            let all = [numbers(value.inner()), numbers(gradient), numbers(maps)].concat();
            let is_finite = all.iter().all(|value| value.is_finite());
            assert!(is_finite, "{extreme} in numbers {kind}");
        }
    }
}

/// METHODS 4.9, check 5.
#[test]
fn outputs_of_zero_cost_nine_bits_in_the_middle() {
    let device = Device::flex();
    let pictures = Tensor::full([1, 3, 4, 4], 128.0 / 127.5 - 1.0, &device);
    let total = numbers(nll(Tensor::zeros([1, 100, 4, 4], &device), pictures))[0];
    let bits = bits_per_dim(f64::from(total), 3 * 16);
    assert!((bits - 8.994_361).abs() < 1e-5, "{bits}");
}
