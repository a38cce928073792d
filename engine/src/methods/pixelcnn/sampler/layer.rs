//! A convolution at one place of several pictures at once.

use crate::nn::kernels::vector::{Vectored, fma, vectored};

/// Pictures computed side by side.
pub const LANES: usize = 8;
/// Output channels computed side by side: with so many sums the processor need not wait for any.
const OUTPUTS: usize = 8;

/// The numbers of one channel, or of one output, in all pictures.
pub type Lane = [f32; LANES];

/// A convolution with a bias, its weights in the order in which they are read.
pub struct Layer {
    taps: Vec<Tap>,
    /// As many as there are outputs, and zeros to a multiple of `OUTPUTS`.
    bias: Vec<f32>,
    outputs: usize,
    /// Places of the input for one of the output.
    pub stride: usize,
}

/// The weights for one place of the input.
struct Tap {
    /// Rows and columns from the place of the output.
    offset: [isize; 2],
    /// `[outputs / OUTPUTS, inputs, OUTPUTS]`.
    weights: Vec<f32>,
}

impl Layer {
    pub fn new(bias: &[f32]) -> Self {
        let mut padded = bias.to_vec();
        padded.resize(Self::room(bias.len()), 0.0);
        Self {
            taps: Vec::new(),
            bias: padded,
            outputs: bias.len(),
            stride: 1,
        }
    }

    /// Adds a place; `weight` gives the number for an output and an input channel.
    pub fn tap(
        mut self,
        offset: [isize; 2],
        inputs: usize,
        weight: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let mut weights = vec![0.0; self.bias.len() * inputs];
        for output in 0..self.outputs {
            let block = output / OUTPUTS * OUTPUTS * inputs;
            for input in 0..inputs {
                weights[block + input * OUTPUTS + output % OUTPUTS] = weight(output, input);
            }
        }
        self.taps.push(Tap { offset, weights });
        self
    }

    /// All its taps moved; up and to the left where negative.
    pub fn moved(mut self, rows: isize, columns: isize) -> Self {
        for tap in &mut self.taps {
            tap.offset[0] += rows;
            tap.offset[1] += columns;
        }
        self
    }

    /// Sums that a layer of so many outputs wants.
    pub fn room(outputs: usize) -> usize {
        outputs.next_multiple_of(OUTPUTS)
    }

    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Adds the result at a place to `sums`, [`Self::room`] of them. `input` gives the channels of a place,
    /// of which the first count, and nothing outside the picture.
    pub fn add<'a>(
        &self,
        place: [usize; 2],
        input: impl Fn(isize, isize) -> Option<&'a [Lane]>,
        sums: &mut [Lane],
    ) {
        for (sums, bias) in sums.iter_mut().zip(&self.bias) {
            for sum in sums {
                *sum += bias;
            }
        }
        let [row, column] = place.map(|at| (at * self.stride) as isize);
        for tap in &self.taps {
            if let Some(input) = input(row + tap.offset[0], column + tap.offset[1]) {
                vectored(Accumulate {
                    weights: &tap.weights,
                    inputs: tap.weights.len() / self.bias.len(),
                    input,
                    sums,
                });
            }
        }
    }
}

struct Accumulate<'a> {
    weights: &'a [f32],
    inputs: usize,
    input: &'a [Lane],
    sums: &'a mut [Lane],
}

impl Vectored for Accumulate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let input = &self.input[..self.inputs];
        let blocks = self.weights.as_chunks::<OUTPUTS>().0;
        let (all_sums, _) = self.sums.as_chunks_mut::<OUTPUTS>();
        for (block, kept) in blocks.chunks_exact(self.inputs).zip(all_sums) {
            let mut sums = *kept;
            for (x, weights) in input.iter().zip(block) {
                for output in 0..OUTPUTS {
                    for lane in 0..LANES {
                        sums[output][lane] =
                            fma::<FMA>(weights[output], x[lane], sums[output][lane]);
                    }
                }
            }
            *kept = sums;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_takes_its_own_weights_at_its_own_places() {
        let weight = |output: usize, input: usize| (output * 10 + input) as f32;
        let layer = Layer::new(&[0.5; 9])
            .tap([-1, 0], 3, weight)
            .tap([0, 1], 3, |output, input| -weight(output, input))
            .moved(0, -1);
        let above: Vec<Lane> = (0..3).map(|at| [at as f32; LANES]).collect();
        let outside_is_skipped = |row, column| (row == 4 && column == 1).then_some(&above[..]);
        let mut sums = [[0.0; LANES]; 16];
        layer.add([5, 2], outside_is_skipped, &mut sums);
        for (output, sums) in sums[..9].iter().enumerate() {
            // 0, 1 and 2 times three weights in a row, and the bias.
            let expected = (30 * output + 5) as f32 + 0.5;
            assert_eq!(*sums, [expected; LANES]);
        }
        assert_eq!(sums[9..], [[0.0; LANES]; 7]);
    }
}
