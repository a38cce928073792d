//! Layers against the plainest way to compute them: loops over indices, in f64, on the host.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use burn::prelude::{Device, Module as _, Tensor, TensorData};
use seam_engine::nn::initial::seeded;
use seam_engine::nn::named::{self, HostTensor, NamedTensors, host_tensor};
use seam_engine::nn::xception_block::XceptionBlockConfig;

/// One picture's features, `[channels, height, width]`.
#[derive(Clone)]
struct Features {
    channels: usize,
    height: usize,
    width: usize,
    values: Vec<f64>,
}

impl Features {
    fn from_fn(
        [channels, height, width]: [usize; 3],
        value: impl Fn(usize, usize, usize) -> f64,
    ) -> Self {
        let mut values = Vec::new();
        for c in 0..channels {
            for y in 0..height {
                values.extend((0..width).map(|x| value(c, y, x)));
            }
        }
        Self {
            channels,
            height,
            width,
            values,
        }
    }

    /// `None` outside the picture.
    fn at(&self, c: usize, y: isize, x: isize) -> Option<f64> {
        let y = usize::try_from(y).ok().filter(|y| *y < self.height)?;
        let x = usize::try_from(x).ok().filter(|x| *x < self.width)?;
        Some(self.values[(c * self.height + y) * self.width + x])
    }

    fn map(&self, value: impl Fn(usize, f64) -> f64) -> Self {
        Self::from_fn([self.channels, self.height, self.width], |c, y, x| {
            value(c, self.at(c, y as isize, x as isize).unwrap())
        })
    }

    fn relu(&self) -> Self {
        self.map(|_, value| value.max(0.0))
    }

    /// 3x3 in each channel, zeros outside.
    fn depthwise(&self, weight: &HostTensor) -> Self {
        Self::from_fn([self.channels, self.height, self.width], |c, y, x| {
            let taps = (0..9).map(|tap| {
                let (dy, dx) = (tap as isize / 3 - 1, tap as isize % 3 - 1);
                let value = self.at(c, y as isize + dy, x as isize + dx);
                f64::from(weight.values[9 * c + tap]) * value.unwrap_or(0.0)
            });
            taps.sum()
        })
    }

    /// 1x1 over channels, at every `stride`-th place.
    fn pointwise(&self, weight: &HostTensor, stride: usize) -> Self {
        let size = |length: usize| length.div_ceil(stride);
        let shape = [weight.shape[0], size(self.height), size(self.width)];
        Self::from_fn(shape, |o, y, x| {
            let (y, x) = ((stride * y) as isize, (stride * x) as isize);
            let taps = (0..self.channels).map(|c| {
                f64::from(weight.values[o * self.channels + c]) * self.at(c, y, x).unwrap()
            });
            taps.sum()
        })
    }

    /// Batch norm with running statistics.
    fn norm(&self, tensors: &NamedTensors, name: &str) -> Self {
        let part = |part: &str, c: usize| f64::from(tensors[&format!("{name}.{part}")].values[c]);
        self.map(|c, value| {
            let deviation = (part("running_var", c) + 1e-5).sqrt();
            (value - part("running_mean", c)) / deviation * part("gamma", c) + part("beta", c)
        })
    }

    /// Largest of 3x3 at every other place, nothing outside.
    fn pool(&self) -> Self {
        let size = |length: usize| length.div_ceil(2);
        let shape = [self.channels, size(self.height), size(self.width)];
        Self::from_fn(shape, |c, y, x| {
            let taps = (0..9).filter_map(|tap| {
                let (dy, dx) = (tap / 3 - 1, tap % 3 - 1);
                self.at(c, 2 * y as isize + dy, 2 * x as isize + dx)
            });
            taps.fold(f64::MIN, f64::max)
        })
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            values: self
                .values
                .iter()
                .zip(&other.values)
                .map(|(a, b)| a + b)
                .collect(),
            ..self.clone()
        }
    }
}

/// Numbers of both signs without a pattern that any layer would cancel.
fn number(at: usize) -> f32 {
    ((at * 7919 + 13) % 101) as f32 / 50.0 - 1.0
}

#[test]
fn a_halving_block_equals_its_definition() {
    // METHODS 6.1: [ReLU, separable convolution, batch norm] twice, pool, plus 1x1 and batch norm.
    let device = Device::flex();
    let config = XceptionBlockConfig::new(vec![5, 6, 7]).with_stride(2);
    let block = seeded(config.init(&device), 4);
    let mut tensors = named::collect(&block).unwrap();
    for (name, tensor) in &mut tensors {
        for (at, value) in tensor.values.iter_mut().enumerate() {
            match name.rsplit('.').next().unwrap() {
                "running_var" => *value = 1.5 + 0.5 * number(at),
                "running_mean" | "beta" | "gamma" => *value = number(at + 3),
                _ => {}
            }
        }
    }
    let block = named::apply(block, tensors.clone()).unwrap().valid();

    let input = Features::from_fn([5, 7, 6], |c, y, x| f64::from(number((c * 7 + y) * 6 + x)));
    let mut expected = input.clone();
    for at in 0..2 {
        expected = expected
            .relu()
            .depthwise(&tensors[&format!("convs.{at}.depthwise.weight")])
            .pointwise(&tensors[&format!("convs.{at}.pointwise.weight")], 1)
            .norm(&tensors, &format!("norms.{at}"));
    }
    let skip = input.pointwise(&tensors["skip_conv.weight"], 2);
    let expected = expected.pool().plus(&skip.norm(&tensors, "skip_norm"));

    let values: Vec<f32> = input.values.iter().map(|value| *value as f32).collect();
    let data = TensorData::new(values, [1, 5, 7, 6]);
    let found = host_tensor(block.forward(Tensor::from_data(data, &device))).unwrap();
    assert_eq!(found.shape, [1, 7, 4, 3]);
    for (found, expected) in found.values.iter().zip(&expected.values) {
        // About fifty products of numbers near one, in f32.
        let difference = (f64::from(*found) - expected).abs();
        assert!(difference < 1e-4, "{found} instead of {expected}");
    }
}
