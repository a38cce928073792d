//! The convolutions of a network with their lengths and in the order in which they are read.

use super::layer::Layer;
use crate::nn::named::{HostTensor, NamedTensors};

/// Which columns a kernel reaches.
#[derive(Clone, Copy)]
pub enum Sight {
    Above,
    Left,
}

/// The convolution at a path, padded so that it sees nothing below its row, and to the right no more
/// than `sight` allows.
pub fn conv(weights: &NamedTensors, path: &str, sight: Sight) -> Result<Layer, String> {
    let kernel = Kernel::read(weights, path)?;
    let before = kernel.before(sight) as isize;
    let mut layer = Layer::new(&kernel.bias);
    for row in 0..kernel.down {
        for column in 0..kernel.across {
            let offset = [
                row as isize - (kernel.down as isize - 1),
                column as isize - before,
            ];
            layer = layer.tap(offset, kernel.inputs, |output, input| {
                kernel.at(output, input, row, column)
            });
        }
    }
    Ok(layer)
}

/// A transposed convolution of stride 2: which weights meet depends on whether the output's row and
/// column are even.
pub fn doubling(
    weights: &NamedTensors,
    path: &str,
    sight: Sight,
) -> Result<[[Layer; 2]; 2], String> {
    let kernel = Kernel::read(weights, path)?;
    let cut = match sight {
        Sight::Above => (kernel.across - 1) / 2,
        Sight::Left => 0,
    };
    let layer = |odd_row: usize, odd_column: usize| {
        let mut layer = Layer::new(&kernel.bias);
        for row in (0..kernel.down).filter(|row| row % 2 == odd_row) {
            for column in 0..kernel.across {
                // Input column j reaches column 2 j + column - cut of the output.
                let reached = (odd_column + cut) as isize - column as isize;
                if reached % 2 == 0 {
                    let offset = [-(row as isize / 2), reached / 2];
                    layer = layer.tap(offset, kernel.inputs, |output, input| {
                        kernel.at(output, input, row, column)
                    });
                }
            }
        }
        layer
    };
    Ok([0, 1].map(|row| [0, 1].map(|column| layer(row, column))))
}

/// The 1x1 convolution of `parts` maps beside each other, one layer for each: its inputs are those of
/// `elu(cat[x, y, -x, -y])`, and a map holds `elu(cat[x, -x])`.
pub fn mixing(weights: &NamedTensors, path: &str, parts: usize) -> Result<Vec<Layer>, String> {
    if parts == 0 {
        return Ok(Vec::new());
    }
    let kernel = Kernel::read(weights, path)?;
    let channels = kernel.inputs / (2 * parts);
    let layers = (0..parts).map(|part| {
        let bias = if part == 0 {
            kernel.bias.clone()
        } else {
            vec![0.0; kernel.bias.len()]
        };
        Layer::new(&bias).tap([0, 0], 2 * channels, |output, input| {
            let (sign, channel) = (input / channels, input % channels);
            kernel.at(output, (sign * parts + part) * channels + channel, 0, 0)
        })
    });
    Ok(layers.collect())
}

/// Weights as they multiply, `gain * direction / |direction|`, `[outputs, inputs, down, across]`.
struct Kernel {
    weight: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
    down: usize,
    across: usize,
}

impl Kernel {
    fn read(weights: &NamedTensors, path: &str) -> Result<Self, String> {
        let tensor = |name: &str| -> Result<&HostTensor, String> {
            let path = format!("{path}.{name}");
            weights
                .get(&path)
                .ok_or_else(|| format!("{path} is missing"))
        };
        let [direction, gain, bias] = [tensor("direction")?, tensor("gain")?, tensor("bias")?];
        let [outputs, inputs, down, across] = direction.shape[..] else {
            return Err(format!(
                "{path}.direction has the shape {:?}",
                direction.shape
            ));
        };
        if gain.shape != [outputs] || bias.shape != [outputs] {
            return Err(format!("{path} has not as many gains as outputs"));
        }
        let mut weight = Vec::with_capacity(direction.values.len());
        let each = inputs * down * across;
        for (values, gain) in direction.values.chunks_exact(each.max(1)).zip(&gain.values) {
            let squares: f64 = values.iter().map(|value| f64::from(*value).powi(2)).sum();
            let factor = f64::from(*gain) / squares.sqrt();
            weight.extend(
                values
                    .iter()
                    .map(|value| (f64::from(*value) * factor) as f32),
            );
        }
        Ok(Self {
            weight,
            bias: bias.values.clone(),
            inputs,
            down,
            across,
        })
    }

    fn at(&self, output: usize, input: usize, row: usize, column: usize) -> f32 {
        self.weight[((output * self.inputs + input) * self.down + row) * self.across + column]
    }

    /// Columns to the left of a place.
    fn before(&self, sight: Sight) -> usize {
        match sight {
            Sight::Above => (self.across - 1) / 2,
            Sight::Left => self.across - 1,
        }
    }
}
