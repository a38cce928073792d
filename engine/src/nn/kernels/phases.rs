//! A plane with its padding, split so that a strided window sees only neighbors.
//!
//! With stride `s` the padded plane becomes `s * s` phases: pixel `(y, x)` goes to phase
//! `(y % s, x % s)`, row `y / s`, column `x / s`. The pixel that a window's place `(dy, dx)` meets is
//! then the same step away for every output, and with all rows at one pitch a whole plane is a single
//! run of numbers: output `i` meets `phase(dy, dx)[i + step(dy, dx)]`. Outputs are at that pitch too;
//! the last `reach` columns of each row mean nothing.

use super::vector::LANES;

/// Sizes of a sliding square window over a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Side of the window.
    pub kernel: usize,
    pub stride: usize,
    /// Above, below, left and right.
    pub padding: [usize; 4],
    /// Height and width of the plane.
    pub size: [usize; 2],
}

impl Window {
    /// Height and width of the output; `None` if the window is larger than the padded plane.
    pub fn output(&self) -> Option<[usize; 2]> {
        let [top, bottom, left, right] = self.padding;
        let [height, width] = self.size;
        let count = |length: usize| Some(length.checked_sub(self.kernel)? / self.stride + 1);
        Some([count(height + top + bottom)?, count(width + left + right)?])
    }

    pub fn phases(&self) -> Phases {
        let output = self
            .output()
            .expect("the caller chose our operation for a window that fits");
        let reach = (self.kernel - 1) / self.stride;
        Phases {
            window: *self,
            output,
            reach,
            pitch: output[1] + reach,
        }
    }
}

/// Where each pixel goes.
#[derive(Clone, Copy, Debug)]
pub struct Phases {
    window: Window,
    /// Height and width of the output.
    pub output: [usize; 2],
    /// How many phase rows and columns a window needs beyond the output's own.
    reach: usize,
    /// Numbers from one row to the next.
    pub pitch: usize,
}

impl Phases {
    /// Numbers of the output at this pitch, rounded up to whole vectors.
    pub fn run(&self) -> usize {
        let [height, width] = self.output;
        ((height - 1) * self.pitch + width).next_multiple_of(LANES)
    }

    /// Numbers of one phase, with room to read a whole run from every step.
    pub fn length(&self) -> usize {
        (self.run() + self.farthest()).next_multiple_of(LANES)
    }

    /// Numbers of all phases.
    pub fn total(&self) -> usize {
        self.length() * self.window.stride * self.window.stride
    }

    /// The largest step within a phase.
    pub fn farthest(&self) -> usize {
        self.reach * self.pitch + self.reach
    }

    pub fn is_single(&self) -> bool {
        self.window.stride == 1
    }

    /// Places in the window.
    pub fn places(&self) -> usize {
        self.window.kernel * self.window.kernel
    }

    /// The phase that a place in the window looks at.
    pub fn phase(&self, place: usize) -> usize {
        let (down, across) = (place / self.window.kernel, place % self.window.kernel);
        down % self.window.stride * self.window.stride + across % self.window.stride
    }

    /// How far ahead of the output it looks.
    pub fn step(&self, place: usize) -> usize {
        let (down, across) = (place / self.window.kernel, place % self.window.kernel);
        down / self.window.stride * self.pitch + across / self.window.stride
    }

    /// Where in all phases the place finds the pixel of the first output.
    pub fn start(&self, place: usize) -> usize {
        self.phase(place) * self.length() + self.step(place)
    }

    /// Writes the pixels into the phases; what is padding keeps its value.
    #[inline(always)]
    pub fn spread(&self, plane: &[f32], phases: &mut [f32]) {
        let stride = self.window.stride;
        self.for_rows(|y, phase, x, count, at| {
            let row = &plane[y * self.window.size[1]..][..self.window.size[1]];
            let target = &mut phases[phase * self.length() + at..][..count];
            if stride == 1 {
                copy(&row[x..][..count], target);
            } else if stride == 2 {
                // Known to the compiler, a stride of two is a shuffle.
                for (pixel, value) in target.iter_mut().zip(row[x..].iter().step_by(2)) {
                    *pixel = *value;
                }
            } else {
                for (pixel, value) in target.iter_mut().zip(row[x..].iter().step_by(stride)) {
                    *pixel = *value;
                }
            }
        });
    }

    /// Reads the pixels back from the phases; those that no window meets become 0.
    #[inline(always)]
    pub fn collect(&self, phases: &[f32], plane: &mut [f32]) {
        let stride = self.window.stride;
        if stride != 1 {
            plane.fill(0.0);
        }
        self.for_rows(|y, phase, x, count, at| {
            let row = &mut plane[y * self.window.size[1]..][..self.window.size[1]];
            let source = &phases[phase * self.length() + at..][..count];
            if stride == 1 {
                copy(source, &mut row[x..][..count]);
            } else {
                for (value, pixel) in row[x..].iter_mut().step_by(stride).zip(source) {
                    *value = *pixel;
                }
            }
        });
    }

    /// Writes a plane of the output's size at this pitch; the columns between keep their value.
    #[inline(always)]
    pub fn space(&self, plane: &[f32], run: &mut [f32]) {
        let width = self.output[1];
        for (row, target) in plane.chunks_exact(width).zip(run.chunks_mut(self.pitch)) {
            copy(row, &mut target[..width]);
        }
    }

    /// Reads it back.
    #[inline(always)]
    pub fn pack(&self, run: &[f32], plane: &mut [f32]) {
        let width = self.output[1];
        for (target, row) in plane.chunks_exact_mut(width).zip(run.chunks(self.pitch)) {
            copy(&row[..width], target);
        }
    }

    /// For every part of a row that lies in one phase: row, phase, first column, how many of them,
    /// and where they start in the phase.
    #[inline(always)]
    fn for_rows(&self, mut row: impl FnMut(usize, usize, usize, usize, usize)) {
        let Window {
            stride,
            padding: [top, _, left, _],
            size: [height, width],
            ..
        } = self.window;
        let rows = self.output[0] + self.reach;
        for y in 0..height {
            let (down, phase_down) = ((y + top) / stride, (y + top) % stride);
            if down >= rows {
                break;
            }
            for first in 0..stride.min(width) {
                let (across, phase_across) = ((first + left) / stride, (first + left) % stride);
                let count = (width - first).div_ceil(stride);
                let count = count.min(self.pitch.saturating_sub(across));
                let phase = phase_down * stride + phase_across;
                row(y, phase, first, count, down * self.pitch + across);
            }
        }
    }
}

/// Short rows are faster in a plain loop than through the library's copy.
#[inline(always)]
fn copy(from: &[f32], to: &mut [f32]) {
    let (from_vectors, from_rest) = from.as_chunks::<LANES>();
    let (to_vectors, to_rest) = to.as_chunks_mut::<LANES>();
    for (to, from) in to_vectors.iter_mut().zip(from_vectors) {
        *to = *from;
    }
    for (to, from) in to_rest.iter_mut().zip(from_rest) {
        *to = *from;
    }
}
