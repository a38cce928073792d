//! A small picture in floating levels, with what the manipulations ask of it: reading between pixels,
//! blurs, sharpening.

use image::RgbImage;

/// RGB in levels from 0 to 255, row by row. Not empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<[f32; 3]>,
}

impl Patch {
    pub fn filled(width: usize, height: usize, color: [f32; 3]) -> Self {
        Self {
            width,
            height,
            rgb: vec![color; width * height],
        }
    }

    /// `width * height` pixels of a picture from `[left, top]` on, all of which must be inside.
    pub fn cut(picture: &RgbImage, [left, top]: [u32; 2], width: usize, height: usize) -> Self {
        let mut rgb = Vec::with_capacity(width * height);
        for y in top..top + height as u32 {
            for x in left..left + width as u32 {
                rgb.push(picture.get_pixel(x, y).0.map(f32::from));
            }
        }
        Self { width, height, rgb }
    }

    pub fn whole(picture: &RgbImage) -> Self {
        let (width, height) = picture.dimensions();
        Self::cut(picture, [0, 0], width as usize, height as usize)
    }

    /// Catmull-Rom's cubic: keeps sharpness, and gives pixels exactly at their centers. Outside, the
    /// border repeats.
    pub fn cubic(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let (left, top) = (x.floor(), y.floor());
        let (weights_x, weights_y) = (cubic_weights(x - left), cubic_weights(y - top));
        let column = |step: i32| clamped(left as i32 + step, self.width);
        let columns = [column(-1), column(0), column(1), column(2)];
        let mut sum = [0.0; 3];
        for (step, weight_y) in weights_y.into_iter().enumerate() {
            let row = clamped(top as i32 + step as i32 - 1, self.height) * self.width;
            let mut line = [0.0; 3];
            for (column, weight_x) in columns.iter().zip(weights_x) {
                add(&mut line, self.rgb[row + column], weight_x);
            }
            add(&mut sum, line, weight_y);
        }
        sum
    }

    /// Bilinear: cheap, and soft. Outside, the border repeats.
    pub fn linear(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let (left, top) = (x.floor(), y.floor());
        let column = |step: i32| clamped(left as i32 + step, self.width);
        let row = |step: i32| clamped(top as i32 + step, self.height) * self.width;
        let (first, second) = (column(0), column(1));
        let line = |row: usize| mix(self.rgb[row + first], self.rgb[row + second], x - left);
        mix(line(row(0)), line(row(1)), y - top)
    }

    /// Half the size, by means of 2 x 2 pixels.
    pub fn half(&self) -> Self {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let mut half = Self::filled(width, height, [0.0; 3]);
        for y in 0..height {
            for x in 0..width {
                let sum = &mut half.rgb[y * width + x];
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let column = (2 * x + dx).min(self.width - 1);
                    let row = (2 * y + dy).min(self.height - 1);
                    add(sum, self.rgb[row * self.width + column], 0.25);
                }
            }
        }
        half
    }

    /// Nearly Gaussian, of a deviation in pixels; at the border over what there is.
    pub fn blurred(&self, deviation_px: f32) -> Self {
        self.blurred_under(&vec![1.0; self.rgb.len()], deviation_px)
    }

    /// The same, from the pixels with a weight alone; 0 where there is none within reach.
    pub fn blurred_under(&self, weights: &[f32], deviation_px: f32) -> Self {
        let pairs = self.rgb.iter().zip(weights);
        let mut sums: Vec<[f32; 4]> = pairs
            .map(|([r, g, b], w)| [r * w, g * w, b * w, *w])
            .collect();
        blur(&mut sums, self.width, self.height, deviation_px);
        let mean = |[r, g, b, w]: [f32; 4]| {
            if w < 1e-6 {
                [0.0; 3]
            } else {
                [r / w, g / w, b / w]
            }
        };
        Self {
            rgb: sums.into_iter().map(mean).collect(),
            ..*self
        }
    }

    /// Adds what a blur takes away, `amount` times.
    pub fn sharpen(&mut self, deviation_px: f32, amount: f32) {
        let soft = self.blurred(deviation_px);
        for (pixel, soft) in self.rgb.iter_mut().zip(soft.rgb) {
            for (value, soft) in pixel.iter_mut().zip(soft) {
                *value += amount * (*value - soft);
            }
        }
    }
}

/// `sum += weight * color`
pub fn add(sum: &mut [f32; 3], color: [f32; 3], weight: f32) {
    for (sum, value) in sum.iter_mut().zip(color) {
        *sum += weight * value;
    }
}

/// From `a` at 0 to `b` at 1.
pub fn mix(a: [f32; 3], b: [f32; 3], share: f32) -> [f32; 3] {
    [0, 1, 2].map(|channel| a[channel] + share * (b[channel] - a[channel]))
}

/// Brightness as the eye weighs it (BT.601).
pub fn luma([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Three box blurs in place, which come close to a Gaussian; outside counts as 0.
pub fn blur<const N: usize>(
    values: &mut [[f32; N]],
    width: usize,
    height: usize,
    deviation_px: f32,
) {
    // Three boxes of 2r + 1 pixels have the variance r (r + 1).
    let radius = ((0.25 + deviation_px * deviation_px).sqrt() - 0.5).round() as usize;
    if radius == 0 {
        return;
    }
    let mut other = vec![[0.0; N]; values.len()];
    for _ in 0..3 {
        for (row, target) in values
            .chunks_exact(width)
            .zip(other.chunks_exact_mut(width))
        {
            blur_row(row, target, radius);
        }
        blur_columns(&other, values, width, height, radius);
    }
}

fn blur_row<const N: usize>(row: &[[f32; N]], target: &mut [[f32; N]], radius: usize) {
    let scale = 1.0 / (2 * radius + 1) as f32;
    let mut sum = [0.0; N];
    for value in row.iter().take(radius) {
        accumulate(&mut sum, value, 1.0);
    }
    for (x, target) in target.iter_mut().enumerate() {
        if let Some(value) = row.get(x + radius) {
            accumulate(&mut sum, value, 1.0);
        }
        if let Some(value) = x.checked_sub(radius + 1).and_then(|x| row.get(x)) {
            accumulate(&mut sum, value, -1.0);
        }
        *target = sum.map(|sum| sum * scale);
    }
}

fn blur_columns<const N: usize>(
    values: &[[f32; N]],
    target: &mut [[f32; N]],
    width: usize,
    height: usize,
    radius: usize,
) {
    let scale = 1.0 / (2 * radius + 1) as f32;
    let mut sums = vec![[0.0; N]; width];
    let take = |sums: &mut [[f32; N]], y: usize, sign: f32| {
        for (sum, value) in sums.iter_mut().zip(&values[y * width..][..width]) {
            accumulate(sum, value, sign);
        }
    };
    for y in 0..radius.min(height) {
        take(&mut sums, y, 1.0);
    }
    for y in 0..height {
        if y + radius < height {
            take(&mut sums, y + radius, 1.0);
        }
        if radius < y {
            take(&mut sums, y - radius - 1, -1.0);
        }
        for (target, sum) in target[y * width..].iter_mut().zip(&sums) {
            *target = sum.map(|sum| sum * scale);
        }
    }
}

fn accumulate<const N: usize>(sum: &mut [f32; N], value: &[f32; N], sign: f32) {
    for (sum, value) in sum.iter_mut().zip(value) {
        *sum += sign * value;
    }
}

fn clamped(at: i32, length: usize) -> usize {
    at.clamp(0, length as i32 - 1) as usize
}

fn cubic_weights(part: f32) -> [f32; 4] {
    let (part_2, part_3) = (part * part, part * part * part);
    [
        0.5 * (2.0 * part_2 - part_3 - part),
        0.5 * (3.0 * part_3 - 5.0 * part_2 + 2.0),
        0.5 * (4.0 * part_2 - 3.0 * part_3 + part),
        0.5 * (part_3 - part_2),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Patch {
        Patch {
            width: 9,
            height: 7,
            rgb: (0..63)
                .map(|at| [(at % 9) as f32, (at / 9) as f32, 5.0])
                .collect(),
        }
    }

    #[test]
    fn the_cubic_gives_pixels_back_and_lines_between_them() {
        let patch = ramp();
        assert_eq!(patch.cubic([3.0, 4.0]), [3.0, 4.0, 5.0]);
        let [x, y, _] = patch.cubic([3.25, 4.5]);
        assert!((x - 3.25).abs() < 1e-5 && (y - 4.5).abs() < 1e-5);
        assert_eq!(patch.cubic([-50.0, 900.0])[1], 6.0);
    }

    #[test]
    fn a_blur_keeps_flat_areas_to_the_border_and_spreads_a_point_by_its_deviation() {
        let flat = Patch::filled(20, 15, [7.0, 8.0, 9.0]).blurred(3.0);
        assert!(flat.rgb.iter().all(|pixel| (pixel[0] - 7.0).abs() < 1e-4));
        let mut values = vec![[0.0]; 101];
        values[50] = [1.0];
        blur(&mut values, 101, 1, 4.0);
        let spread = values.iter().enumerate();
        let variance: f32 = spread.map(|(x, [v])| v * (x as f32 - 50.0).powi(2)).sum();
        let total: f32 = values.iter().map(|[v]| v).sum();
        // One row alone loses what the vertical boxes carry outside.
        assert!(((variance / total).sqrt() - 4.0).abs() < 0.5);
    }

    #[test]
    fn a_weighted_blur_takes_nothing_from_pixels_without_weight() {
        let mut patch = Patch::filled(16, 16, [10.0; 3]);
        let mut weights = vec![1.0; 256];
        patch.rgb[..128].fill([200.0; 3]);
        weights[..128].fill(0.0);
        let soft = patch.blurred_under(&weights, 3.0);
        assert!(
            soft.rgb[128..]
                .iter()
                .all(|pixel| (pixel[0] - 10.0).abs() < 1e-3)
        );
    }
}
