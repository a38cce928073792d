//! A trained network as a list of steps: what is computed at the start of a row, and what at a pixel.

use super::layer::Layer;
use crate::nn::named::{HostTensor, NamedTensors};

/// Sizes on the way down and back up.
const LEVELS: usize = 3;

pub struct Program {
    /// At the start of a row, from all that is above.
    pub above: Vec<Step>,
    /// At a pixel, from what is above and left.
    pub left: Vec<Step>,
    /// Of each map of features the pixels of the picture for one of its own: 1, 2 or 4.
    pub maps: Vec<usize>,
    /// Features of every map.
    pub channels: usize,
    /// From one half of the activated features to the mixture.
    pub last: Layer,
    pub last_map: usize,
}

pub struct Step {
    /// It is done where row (and column) divide by it.
    pub scale: usize,
    /// Map it writes.
    pub output: usize,
    pub op: Op,
}

/// Numbers are those of maps.
pub enum Op {
    /// The first features, from rows above alone; zero in the first row.
    Above(Layer),
    /// The first features of the stream that sees its own row too.
    Beside {
        above: Layer,
        left: Layer,
    },
    Smaller {
        layer: Layer,
        input: usize,
    },
    /// A layer for even and odd rows, and in them for even and odd columns.
    Larger {
        layers: [[Layer; 2]; 2],
        input: usize,
    },
    /// The first half of a gated residual block: a sum of layers, each of the activated features of a map.
    Sum(Vec<(usize, Layer)>),
    /// The second half: what is added to the block's input.
    Gate {
        layer: Layer,
        hidden: usize,
        input: usize,
    },
}

/// Which columns a kernel reaches.
#[derive(Clone, Copy)]
enum Sight {
    Above,
    Left,
}

impl Program {
    /// `weights` by their paths in the network (see there).
    ///
    /// # Errors
    /// If one is missing or has another shape.
    pub fn read(weights: &NamedTensors) -> Result<Self, String> {
        let last = conv(weights, "output", Sight::Left)?;
        let channels = weights["output.direction"].shape[1];
        let mut builder = Builder {
            weights,
            above: Vec::new(),
            left: Vec::new(),
            maps: Vec::new(),
        };
        let last_map = builder.build()?;
        Ok(Self {
            above: builder.above,
            left: builder.left,
            maps: builder.maps,
            channels,
            last,
            last_map,
        })
    }
}

struct Builder<'a> {
    weights: &'a NamedTensors,
    above: Vec<Step>,
    left: Vec<Step>,
    maps: Vec<usize>,
}

impl Builder<'_> {
    /// Gives the map with the last features.
    fn build(&mut self) -> Result<usize, String> {
        let start = conv(self.weights, "above_start", Sight::Above)?.moved(-1, 0);
        let above = conv(self.weights, "left_start_above", Sight::Above)?.moved(-1, 0);
        let left = conv(self.weights, "left_start_left", Sight::Left)?.moved(0, -1);
        let mut scale = 1;
        let mut at = [self.map(scale), self.map(scale)];
        let op = Op::Above(start);
        self.above.push(Step {
            scale,
            output: at[0],
            op,
        });
        let op = Op::Beside { above, left };
        self.left.push(Step {
            scale,
            output: at[1],
            op,
        });
        let mut held = vec![at];
        for level in 0..LEVELS {
            for block in 0..self.blocks("up", level) {
                let path = |stream| format!("up.{level}.{stream}.{block}");
                at[0] = self.gated(Sight::Above, &path("above"), scale, at[0], &[])?;
                at[1] = self.gated(Sight::Left, &path("left"), scale, at[1], &[at[0]])?;
                held.push(at);
            }
            if level + 1 < LEVELS {
                scale *= 2;
                for (stream, (name, sight)) in STREAMS.into_iter().enumerate() {
                    let path = format!("up.{level}.resize_{name}");
                    let mut layer = conv(self.weights, &path, sight)?;
                    layer.stride = 2;
                    let op = Op::Smaller {
                        layer,
                        input: at[stream],
                    };
                    at[stream] = self.push(sight, scale, op);
                }
                held.push(at);
            }
        }
        at = held.pop().expect("the start is held");
        for level in 0..LEVELS {
            for block in 0..self.blocks("down", level) {
                let path = |stream| format!("down.{level}.{stream}.{block}");
                let told = held
                    .pop()
                    .ok_or("the network has more blocks down than up")?;
                at[0] = self.gated(Sight::Above, &path("above"), scale, at[0], &told[..1])?;
                let both = [at[0], told[1]];
                at[1] = self.gated(Sight::Left, &path("left"), scale, at[1], &both)?;
            }
            if level + 1 < LEVELS {
                scale /= 2;
                for (stream, (name, sight)) in STREAMS.into_iter().enumerate() {
                    let path = format!("down.{level}.resize_{name}");
                    let layers = doubling(self.weights, &path, sight)?;
                    let op = Op::Larger {
                        layers,
                        input: at[stream],
                    };
                    at[stream] = self.push(sight, scale, op);
                }
            }
        }
        if held.is_empty() {
            Ok(at[1])
        } else {
            Err("the network has fewer blocks down than up".to_owned())
        }
    }

    fn map(&mut self, scale: usize) -> usize {
        self.maps.push(scale);
        self.maps.len() - 1
    }

    fn push(&mut self, sight: Sight, scale: usize, op: Op) -> usize {
        let output = self.map(scale);
        let step = Step { scale, output, op };
        match sight {
            Sight::Above => self.above.push(step),
            Sight::Left => self.left.push(step),
        }
        output
    }

    fn blocks(&self, way: &str, level: usize) -> usize {
        (0..)
            .take_while(|block| {
                let path = format!("{way}.{level}.above.{block}.conv_in.direction");
                self.weights.contains_key(&path)
            })
            .count()
    }

    fn gated(
        &mut self,
        sight: Sight,
        path: &str,
        scale: usize,
        input: usize,
        told: &[usize],
    ) -> Result<usize, String> {
        let mut sum = vec![(
            input,
            conv(self.weights, &format!("{path}.conv_in"), sight)?,
        )];
        let layers = mixing(self.weights, &format!("{path}.beside"), told.len())?;
        sum.extend(told.iter().copied().zip(layers));
        let hidden = self.push(sight, scale, Op::Sum(sum));
        let layer = conv(self.weights, &format!("{path}.conv_out"), sight)?;
        let op = Op::Gate {
            layer,
            hidden,
            input,
        };
        Ok(self.push(sight, scale, op))
    }
}

const STREAMS: [(&str, Sight); 2] = [("above", Sight::Above), ("left", Sight::Left)];

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

fn conv(weights: &NamedTensors, path: &str, sight: Sight) -> Result<Layer, String> {
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
fn doubling(weights: &NamedTensors, path: &str, sight: Sight) -> Result<[[Layer; 2]; 2], String> {
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
fn mixing(weights: &NamedTensors, path: &str, parts: usize) -> Result<Vec<Layer>, String> {
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
