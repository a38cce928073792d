//! A trained network as a list of steps: what is computed at the start of a row, and what at a pixel.

use super::layer::Layer;
use super::weights::{Sight, conv, doubling, mixing};
use crate::nn::named::NamedTensors;

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
