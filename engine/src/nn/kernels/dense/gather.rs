//! Reads the pixels under a kernel as the columns of a matrix, a panel at a time, and never all of it.

use std::ops::Range;

/// A kernel laid over pictures: output pixel `(y, x)` sees pixel `(y * step + down, x * step + right)`
/// for each tap, and zero outside the picture.
#[derive(Clone, Debug)]
pub struct Window {
    /// Of the pictures read.
    pub height: usize,
    pub width: usize,
    /// Offsets down and right.
    pub taps: Vec<(isize, isize)>,
    pub step: usize,
    /// Of the grid of output pixels.
    pub grid_width: usize,
}

/// Pixels of one tap that lie in one row of the picture.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Within the panel's row.
    at: usize,
    len: usize,
    /// Of the first one, within a channel.
    source: usize,
}

/// The runs of every tap for one range of output pixels.
#[derive(Default)]
pub struct Runs {
    runs: Vec<Run>,
    /// Where each tap's runs end, and whether they leave gaps to be zero.
    taps: Vec<(usize, bool)>,
}

impl Runs {
    /// Finds the runs for output pixels `columns`, in a panel of `panel_width`.
    pub fn set(&mut self, window: &Window, columns: Range<usize>, panel_width: usize) {
        self.runs.clear();
        self.taps.clear();
        let (height, width) = (window.height as isize, window.width as isize);
        let step = window.step as isize;
        for &(down, right) in &window.taps {
            let first = self.runs.len();
            let mut column = columns.start;
            while column < columns.end {
                let (y, x) = (column / window.grid_width, column % window.grid_width);
                let len = (window.grid_width - x).min(columns.end - column);
                let source_y = y as isize * step + down;
                let source_x = x as isize * step + right;
                // The first and one past the last pixel of the run inside the picture.
                let skipped = ((-source_x).max(0) + step - 1) / step;
                let stop = ((width - source_x).max(0) + step - 1) / step;
                let (skipped, stop) = (skipped as usize, (stop as usize).min(len));
                if (0..height).contains(&source_y) && skipped < stop {
                    self.runs.push(Run {
                        at: column - columns.start + skipped,
                        len: stop - skipped,
                        source: (source_y * width + source_x + skipped as isize * step) as usize,
                    });
                }
                column += len;
            }
            let covered: usize = self.runs[first..].iter().map(|run| run.len).sum();
            self.taps.push((self.runs.len(), covered < panel_width));
        }
    }

    /// Fills rows `depth` of the matrix, which count taps within channels.
    #[inline(always)]
    pub fn fill(
        &self,
        window: &Window,
        picture: &[f32],
        depth: Range<usize>,
        panel: &mut [f32],
        panel_width: usize,
    ) {
        let area = window.height * window.width;
        let num_taps = window.taps.len();
        let (mut channel, mut tap) = (depth.start / num_taps, depth.start % num_taps);
        for row in panel.chunks_exact_mut(panel_width).take(depth.len()) {
            let source = &picture[channel * area..(channel + 1) * area];
            let first = if tap == 0 { 0 } else { self.taps[tap - 1].0 };
            let (end, has_gaps) = self.taps[tap];
            if has_gaps {
                row.fill(0.0);
            }
            for run in &self.runs[first..end] {
                copy_run(
                    &mut row[run.at..run.at + run.len],
                    &source[run.source..],
                    window.step,
                );
            }
            tap += 1;
            if tap == num_taps {
                (channel, tap) = (channel + 1, 0);
            }
        }
    }
}

/// Every `step`-th of `source`.
#[inline(always)]
fn copy_run(target: &mut [f32], source: &[f32], step: usize) {
    match step {
        1 => target.copy_from_slice(&source[..target.len()]),
        2 => {
            let (last, most) = target
                .split_last_mut()
                .expect("runs have at least one pixel");
            for (target, pair) in most.iter_mut().zip(source.as_chunks::<2>().0) {
                *target = pair[0];
            }
            *last = source[2 * most.len()];
        }
        _ => {
            for (target, source) in target.iter_mut().zip(source.iter().step_by(step)) {
                *target = *source;
            }
        }
    }
}
