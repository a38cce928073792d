//! The sizes of one convolution, and the windows through which its products look.

use super::gather::Window;
use crate::nn::kernels::conv::ConvShape;

/// Everything about a convolution but its numbers, sizes included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    pub batch: usize,
    pub channels_in: usize,
    pub channels_out: usize,
    /// Height and width of the input.
    pub input: [usize; 2],
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// Height and width of the output.
    pub output: [usize; 2],
    pub stride: usize,
    /// Zeros above and left of the input.
    pub before: [usize; 2],
}

impl Geometry {
    /// Of an input `[batch, channels_in, height, width]` and a weight
    /// `[channels_out, channels_in, kernel, kernel]`.
    ///
    /// # Panics
    /// If the kernel is larger than the padded input or the channels do not fit.
    pub fn new(input: [usize; 4], weight: [usize; 4], shape: ConvShape) -> Self {
        let [batch, channels_in, height, width] = input;
        let [channels_out, weight_channels, down, across] = weight;
        assert_eq!(channels_in, weight_channels, "channels of input and weight");
        let [top, bottom, left, right] = shape.padding;
        let output = |length: usize, kernel: usize| {
            assert!(
                length >= kernel,
                "a kernel of {kernel} over {length} padded pixels"
            );
            (length - kernel) / shape.stride + 1
        };
        Self {
            batch,
            channels_in,
            channels_out,
            input: [height, width],
            kernel: [down, across],
            output: [
                output(height + top + bottom, down),
                output(width + left + right, across),
            ],
            stride: shape.stride,
            before: [top, left],
        }
    }

    /// Pixels of one channel of the input.
    pub fn area_in(&self) -> usize {
        self.input[0] * self.input[1]
    }

    /// Pixels of one channel of the output.
    pub fn area_out(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Terms of one sum of the forward product.
    pub fn depth(&self) -> usize {
        self.channels_in * self.kernel[0] * self.kernel[1]
    }

    /// Whether 2x2 tiles are faster (measured, forward and to the input): enough channels to pay for
    /// making tiles, pictures that fill them, and weights that stay in the cache from strip to strip,
    /// for tiles make them 16 / 9 as large, and more so for smaller kernels, which gain less as well.
    pub fn is_tiled(&self) -> bool {
        let [height, width] = self.output;
        let weights = self.channels_in * self.channels_out;
        let is_fit = self.stride == 1
            && self.kernel.iter().all(|side| (2..=3).contains(side))
            && self.before[0] < self.kernel[0]
            && self.before[1] < self.kernel[1];
        is_fit
            && self.channels_in.min(self.channels_out) >= 16
            && height.min(width) >= 12
            && (weights <= 128 * 128
                || self.kernel == [3, 3] && weights <= 256 * 256 && self.area_out() >= 28 * 28)
    }

    /// What an output pixel sees of the input; taps lie as in the weight.
    pub fn forward_window(&self) -> Window {
        let [top, left] = self.before.map(|zeros| zeros as isize);
        let [down, across] = self.kernel.map(|size| size as isize);
        Window {
            height: self.input[0],
            width: self.input[1],
            taps: (0..down)
                .flat_map(|y| (0..across).map(move |x| (y - top, x - left)))
                .collect(),
            step: self.stride,
            grid_width: self.output[1],
        }
    }

    /// What the input pixels `(y * stride + phase)` see of the output's gradient, and the place of each
    /// tap in the kernel. With a stride most taps fall between the output pixels and are left out.
    pub fn backward_window(&self, phase: [usize; 2]) -> (Window, Vec<usize>) {
        let axis = |axis: usize| {
            let shifted = phase[axis] + self.before[axis];
            let first = shifted % self.stride;
            (first..self.kernel[axis])
                .step_by(self.stride)
                .map(move |place| {
                    (
                        place,
                        (shifted as isize - place as isize) / self.stride as isize,
                    )
                })
        };
        let (mut taps, mut places) = (Vec::new(), Vec::new());
        for (place_y, down) in axis(0) {
            for (place_x, right) in axis(1) {
                taps.push((down, right));
                places.push(place_y * self.kernel[1] + place_x);
            }
        }
        let window = Window {
            height: self.output[0],
            width: self.output[1],
            taps,
            step: 1,
            grid_width: self.input[1].saturating_sub(phase[1]).div_ceil(self.stride),
        };
        (window, places)
    }
}

/// Cuts each of `rows` rows of `area` pixels into pieces of `piece`, and collects the pieces that lie
/// under each other.
pub fn stacks(values: &mut [f32], area: usize, piece: usize) -> Vec<Vec<&mut [f32]>> {
    let mut stacks: Vec<Vec<&mut [f32]>> = (0..area.div_ceil(piece)).map(|_| Vec::new()).collect();
    for row in values.chunks_exact_mut(area) {
        for (stack, part) in stacks.iter_mut().zip(row.chunks_mut(piece)) {
            stack.push(part);
        }
    }
    stacks
}

/// Output pixels per task: what is summed up stays in the second cache, and a single picture still
/// keeps several threads busy. Sums do not depend on it.
pub fn piece_len(rows: usize, area: usize) -> usize {
    const VALUES: usize = 64 * 1024;
    let most = (VALUES / rows.max(1)).clamp(96, area.max(96));
    let pieces = area.div_ceil(most).max(1);
    area.div_ceil(pieces).next_multiple_of(48).max(1)
}
