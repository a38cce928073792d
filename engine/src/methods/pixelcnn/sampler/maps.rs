//! The newest rows of a layer's features, as they are and activated.

use super::layer::{LANES, Lane};
use crate::nn::kernels::vector::{Vectored, exp, fma, sigmoid, vectored};

pub struct Map {
    rows: usize,
    width: usize,
    channels: usize,
    /// `[rows, width, channels]`: row `r` of the features stands in row `r % rows`.
    raw: Vec<Lane>,
    /// `elu(cat[x, -x])` of them: `[rows, width, 2 * channels]`.
    bent: Vec<Lane>,
}

/// Which numbers of a map are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Raw,
    Bent,
}

impl Map {
    pub fn new(rows: usize, width: usize, channels: usize) -> Self {
        Self {
            rows,
            width,
            channels,
            raw: vec![[0.0; LANES]; rows * width * channels],
            bent: vec![[0.0; LANES]; rows * width * channels * 2],
        }
    }

    /// The channels at a place that was put not longer than `rows` ago; nothing outside.
    pub fn at(&self, form: Form, row: isize, column: isize) -> Option<&[Lane]> {
        let row = usize::try_from(row).ok()?;
        let column = usize::try_from(column).ok()?;
        let place = row % self.rows * self.width + column;
        (column < self.width).then(|| match form {
            Form::Raw => &self.raw[place * self.channels..][..self.channels],
            Form::Bent => &self.bent[place * self.channels * 2..][..self.channels * 2],
        })
    }

    /// Of `features` the first `channels` count.
    pub fn put(&mut self, [row, column]: [usize; 2], features: &[Lane]) {
        let place = row % self.rows * self.width + column;
        let features = &features[..self.channels];
        self.raw[place * self.channels..][..self.channels].copy_from_slice(features);
        let bent = &mut self.bent[place * self.channels * 2..][..self.channels * 2];
        vectored(Bend { features, bent });
    }
}

struct Bend<'a> {
    features: &'a [Lane],
    bent: &'a mut [Lane],
}

impl Vectored for Bend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (plus, minus) = self.bent.split_at_mut(self.features.len());
        for (at, features) in self.features.iter().enumerate() {
            for lane in 0..LANES {
                let x = features[lane];
                // One exponential does for both: the other side is linear.
                let low = exp::<FMA>(-x.abs()) - 1.0;
                plus[at][lane] = if x > 0.0 { x } else { low };
                minus[at][lane] = if x < 0.0 { -x } else { low };
            }
        }
    }
}

/// `input + a * sigmoid(b)`, where `gates` are as many `a` as there are inputs, and then the `b`.
pub fn gate(input: &[Lane], gates: &[Lane], output: &mut [Lane]) {
    vectored(Gate {
        input,
        gates,
        output,
    });
}

struct Gate<'a> {
    input: &'a [Lane],
    gates: &'a [Lane],
    output: &'a mut [Lane],
}

impl Vectored for Gate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let channels = self.input.len();
        let (a, b) = (&self.gates[..channels], &self.gates[channels..]);
        for (at, output) in self.output[..channels].iter_mut().enumerate() {
            for lane in 0..LANES {
                let open = sigmoid::<FMA>(b[at][lane]);
                output[lane] = fma::<FMA>(a[at][lane], open, self.input[at][lane]);
            }
        }
    }
}
