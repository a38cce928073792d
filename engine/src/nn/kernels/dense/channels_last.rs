//! Pictures turned so that the channels of one pixel lie side by side, padding included: then all that a
//! row of the kernel sees from one pixel is one run of values.

use std::ops::Range;

use super::geometry::Geometry;

/// Some rows of one padded picture, `[row, column, channel]`.
#[derive(Default)]
pub struct ChannelsLast {
    pub values: Vec<f32>,
    /// Values from one row to the next.
    pub row_len: usize,
}

/// Channels turned at once.
const TURNED: usize = 16;

impl ChannelsLast {
    /// Takes the rows that output rows `rows` look at.
    pub fn set(&mut self, geometry: &Geometry, picture: &[f32], rows: Range<usize>) {
        let [height, width] = geometry.input;
        let [top, left] = geometry.before;
        let channels = geometry.channels_in;
        let padded_width = (geometry.output[1] - 1) * geometry.stride + geometry.kernel[1];
        let first = rows.start * geometry.stride;
        let num_rows = (rows.len() - 1) * geometry.stride + geometry.kernel[0];
        self.row_len = padded_width * channels;
        self.values.resize(num_rows * self.row_len, 0.0);
        let inside = left.min(padded_width)..(left + width).min(padded_width);
        for (index, row) in self.values.chunks_exact_mut(self.row_len).enumerate() {
            let y = first + index;
            if y < top || y >= top + height {
                row.fill(0.0);
                continue;
            }
            row[..inside.start * channels].fill(0.0);
            row[inside.end * channels..].fill(0.0);
            let start = (y - top) * width;
            let source =
                |channel: usize| &picture[channel * height * width + start..][..inside.len()];
            turn(
                channels,
                source,
                &mut row[inside.start * channels..inside.end * channels],
            );
        }
    }
}

/// Interleaves the rows of all channels into `target`.
fn turn<'a>(channels: usize, source: impl Fn(usize) -> &'a [f32], target: &mut [f32]) {
    let whole = channels / TURNED * TURNED;
    for first in (0..whole).step_by(TURNED) {
        let rows: [&[f32]; TURNED] = std::array::from_fn(|i| source(first + i));
        let len = rows[0].len();
        let rows = rows.map(|row| &row[..len]);
        for (x, pixel) in target.chunks_exact_mut(channels).enumerate().take(len) {
            let pixel = &mut pixel[first..first + TURNED];
            for (value, row) in pixel.iter_mut().zip(rows) {
                *value = row[x];
            }
        }
    }
    for channel in whole..channels {
        let row = source(channel);
        for (pixel, value) in target.chunks_exact_mut(channels).zip(row) {
            pixel[channel] = *value;
        }
    }
}
