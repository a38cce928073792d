//! Gray pictures for the face detector: a frame's luma, shrunk, padded or turned.

use crate::media::Frame;

/// One byte of luma a pixel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gray {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

/// BT.601 luma, 0 to 255.
pub(super) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    (sum >> 8) as u8
}

impl Gray {
    /// The whole frame at `scale`, each pixel averaged over all it covers, and read between pixels where
    /// the frame grows (a triangle filter). At least one pixel a side.
    pub fn of(frame: &Frame, scale: f32) -> Self {
        let width = scaled(frame.width, scale);
        let height = scaled(frame.height, scale);
        let columns = Taps::new(frame.width as usize, width);
        let rows = Taps::new(frame.height as usize, height);
        let narrow = narrowed(frame, &columns);
        let mut pixels = Vec::with_capacity(width * height);
        let mut sums = vec![0.0f32; width];
        for (first, weights) in rows.iter() {
            sums.fill(0.5);
            for (row, weight) in narrow.chunks_exact(width).skip(first).zip(weights) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
            pixels.extend(sums.iter().map(|sum| *sum as u8));
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    /// The same with `border` more pixels on every side, which repeat the nearest one.
    pub fn padded(&self, border: usize) -> Self {
        let width = self.width + 2 * border;
        let height = self.height + 2 * border;
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let y = y.saturating_sub(border).min(self.height - 1);
            let row = &self.pixels[y * self.width..(y + 1) * self.width];
            pixels.extend(std::iter::repeat_n(row[0], border));
            pixels.extend_from_slice(row);
            pixels.extend(std::iter::repeat_n(row[self.width - 1], border));
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Turned about its center by `radians` (positive turns the picture clockwise on screen) onto a
    /// canvas that holds all of it; the corners repeat the border.
    pub fn turned(&self, radians: f32) -> Self {
        let (sin, cos) = radians.sin_cos();
        let (own_width, own_height) = (self.width as f32, self.height as f32);
        let width = (own_width * cos.abs() + own_height * sin.abs()).ceil() as usize;
        let height = (own_width * sin.abs() + own_height * cos.abs()).ceil() as usize;
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let from_center_y = y as f32 + 0.5 - 0.5 * height as f32;
            for x in 0..width {
                let from_center_x = x as f32 + 0.5 - 0.5 * width as f32;
                let own_x = cos * from_center_x + sin * from_center_y + 0.5 * own_width;
                let own_y = -sin * from_center_x + cos * from_center_y + 0.5 * own_height;
                pixels.push(self.nearest(own_x, own_y));
            }
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    fn nearest(&self, x: f32, y: f32) -> u8 {
        let x = (x.max(0.0) as usize).min(self.width - 1);
        let y = (y.max(0.0) as usize).min(self.height - 1);
        self.pixels[y * self.width + x]
    }
}

fn scaled(side: u32, scale: f32) -> usize {
    ((side as f32 * scale).round() as usize).max(1)
}

/// The frame's luma at another width and its own height.
fn narrowed(frame: &Frame, columns: &Taps) -> Vec<f32> {
    let width = frame.width as usize;
    let mut narrow = Vec::with_capacity(columns.starts.len() * frame.height as usize);
    let mut lumas = Vec::with_capacity(width);
    for line in frame.pixels.chunks_exact(3 * width) {
        lumas.clear();
        lumas.extend(
            line.chunks_exact(3)
                .map(|rgb| f32::from(luma([rgb[0], rgb[1], rgb[2]]))),
        );
        narrow.extend(columns.iter().map(|(first, weights)| {
            let covered = lumas[first..].iter().zip(weights);
            covered.map(|(value, weight)| value * weight).sum::<f32>()
        }));
    }
    narrow
}

/// Which old pixels make each new one along one side, with weights that sum to 1.
struct Taps {
    /// First old pixel, and where its weights begin.
    starts: Vec<(usize, usize)>,
    weights: Vec<f32>,
}

impl Taps {
    fn new(from: usize, to: usize) -> Self {
        let scale = from as f32 / to as f32;
        let radius = scale.max(1.0);
        let mut taps = Self {
            starts: Vec::with_capacity(to),
            weights: Vec::new(),
        };
        for at in 0..to {
            let center = (at as f32 + 0.5) * scale - 0.5;
            let first = (center - radius).ceil().max(0.0) as usize;
            let last = ((center + radius).floor().max(0.0) as usize).min(from - 1);
            let first = first.min(last);
            let begin = taps.weights.len();
            let near = |old: usize| (1.0 - (old as f32 - center).abs() / radius).max(1e-3);
            taps.weights.extend((first..=last).map(near));
            let sum: f32 = taps.weights[begin..].iter().sum();
            taps.weights[begin..]
                .iter_mut()
                .for_each(|weight| *weight /= sum);
            taps.starts.push((first, begin));
        }
        taps
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.starts.iter().enumerate().map(|(at, &(first, begin))| {
            let end = self
                .starts
                .get(at + 1)
                .map_or(self.weights.len(), |next| next.1);
            (first, &self.weights[begin..end])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_and_turning_back_keeps_the_middle() {
        let gray = Gray {
            width: 41,
            height: 31,
            pixels: (0..41 * 31).map(|at| (at % 41 * 5) as u8).collect(),
        };
        let turned = gray.turned(0.5).turned(-0.5);
        let middle = |gray: &Gray| gray.pixels[gray.height / 2 * gray.width + gray.width / 2];
        assert!(middle(&gray).abs_diff(middle(&turned)) <= 10);
    }

    fn frame(width: u32, height: u32, value: impl Fn(u32, u32) -> u8) -> Frame {
        Frame {
            id: crate::media::FrameId {
                media: crate::media::MediaHash::of(b"gray"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width,
            height,
            pixels: (0..width * height)
                .flat_map(|at| [value(at % width, at / width); 3])
                .collect(),
        }
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let gray = Gray::of(&frame(31, 17, |x, y| (7 * x + y) as u8), 1.0);
        assert_eq!((gray.width, gray.height), (31, 17));
        let expected = (0..31 * 17).map(|at| (7 * (at % 31) + at / 31) as u8);
        for (own, expected) in gray.pixels.iter().zip(expected) {
            assert!(own.abs_diff(expected) <= 1);
        }
    }

    #[test]
    fn shrinking_averages_and_growing_reads_between() {
        let fine = Gray::of(&frame(300, 200, |x, y| 200 * ((x + y) % 2) as u8), 0.25);
        assert_eq!((fine.width, fine.height), (75, 50));
        assert!(fine.pixels.iter().all(|value| value.abs_diff(100) <= 3));
        let slope = Gray::of(&frame(20, 20, |x, _| 10 * x as u8), 2.0);
        assert!(slope.pixels[..40].is_sorted());
        assert!(
            slope.pixels[20].abs_diff(98) <= 2,
            "{:?}",
            &slope.pixels[..40]
        );
    }

    #[test]
    fn padding_repeats_the_border() {
        let gray = Gray {
            width: 2,
            height: 1,
            pixels: vec![3, 7],
        };
        let padded = gray.padded(1);
        assert_eq!((padded.width, padded.height), (4, 3));
        assert_eq!(padded.pixels, [3, 3, 7, 7].repeat(3));
    }
}
