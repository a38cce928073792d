//! How much of a detector's attention lies inside a mask, quick enough to be told at every stamp.

use crate::data::annotations::Mask;

/// A map is gathered into at most so many cells along a side.
const MAX_CELLS: usize = 64;

/// Places along a cell's side at which the mask is read.
const PLACES: usize = 4;

/// What a map says about a mask, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Share of the map's positive values that lies inside; `None` where it has none.
    pub inside: Option<f32>,
    /// Share of the crop that the mask covers: what a map without a preference would have inside.
    pub chance: f32,
}

/// A map over a crop of a face, ready to be read against any mask of the crop's frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// Cells in a row, and in a column.
    cells: [usize; 2],
    /// Sum of the positive values of each cell, row by row.
    mass: Vec<f32>,
    crop_px: f32,
    frame_from_crop: [f32; 6],
}

impl Gauge {
    /// `values` are a map of `width` x `height` over a square crop of `crop_px` pixels, row by row; `frame_from_crop` is the
    /// crop's own. `None` where the numbers do not go together, or are not finite.
    pub fn new(
        values: &[f32],
        [width, height]: [u32; 2],
        crop_px: u32,
        frame_from_crop: [f32; 6],
    ) -> Option<Self> {
        let [width, height] = [width as usize, height as usize];
        let is_whole = values.len() == width * height && !values.is_empty() && 0 < crop_px;
        if !is_whole || !frame_from_crop.iter().all(|number| number.is_finite()) {
            return None;
        }
        let cells = [width.min(MAX_CELLS), height.min(MAX_CELLS)];
        let mut mass = vec![0.0; cells[0] * cells[1]];
        for (y, row) in values.chunks_exact(width).enumerate() {
            let first = y * cells[1] / height * cells[0];
            for (x, value) in row.iter().enumerate() {
                if value.is_finite() {
                    mass[first + x * cells[0] / width] += value.max(0.0);
                }
            }
        }
        Some(Self {
            cells,
            mass,
            crop_px: crop_px as f32,
            frame_from_crop,
        })
    }

    /// Reads the mask at 16 places of each cell, some 65,000 in all; soft pixels count by their share, and what lies out
    /// of the frame is not marked.
    pub fn read(&self, mask: &Mask) -> Reading {
        let [a, b, c, d, e, f] = self.frame_from_crop;
        // Coordinates name the centers of pixels; the places lie evenly over the crop's area.
        let steps = self
            .cells
            .map(|cells| self.crop_px / (cells * PLACES) as f32);
        let place = |at: usize, step: f32| (at as f32 + 0.5) * step - 0.5;
        let (mut inside, mut all, mut covered) = (0.0_f64, 0.0_f64, 0.0_f64);
        let mut sums = vec![0_u32; self.cells[0]];
        for (row, mass) in self.mass.chunks_exact(self.cells[0]).enumerate() {
            sums.fill(0);
            for line in 0..PLACES {
                let y = place(row * PLACES + line, steps[1]);
                let (x0, y0) = (b * y + c, e * y + f);
                for (cell, sum) in sums.iter_mut().enumerate() {
                    for at in 0..PLACES {
                        let x = place(cell * PLACES + at, steps[0]);
                        *sum += u32::from(value_at(mask, a * x + x0, d * x + y0));
                    }
                }
            }
            for (mass, sum) in mass.iter().zip(&sums) {
                let share = f64::from(*sum) / (255 * PLACES * PLACES) as f64;
                inside += f64::from(*mass) * share;
                all += f64::from(*mass);
                covered += share;
            }
        }
        Reading {
            inside: (0.0 < all).then(|| (inside / all) as f32),
            chance: (covered / self.mass.len() as f64) as f32,
        }
    }
}

/// Share of a map's positive values inside a mask, once; `None` where it has none. For every stamp keep a [`Gauge`].
pub fn attention_inside(
    values: &[f32],
    size: [u32; 2],
    crop_px: u32,
    frame_from_crop: [f32; 6],
    mask: &Mask,
) -> Option<f32> {
    let gauge = Gauge::new(values, size, crop_px, frame_from_crop)?;
    gauge.read(mask).inside
}

/// Of the pixel that a point lies in.
fn value_at(mask: &Mask, x: f32, y: f32) -> u8 {
    let (x, y) = (x + 0.5, y + 0.5);
    if x < 0.0 || y < 0.0 {
        return 0;
    }
    let (x, y) = (x as usize, y as usize);
    if (mask.width as usize) <= x {
        return 0;
    }
    let at = y.saturating_mul(mask.width as usize).saturating_add(x);
    mask.values.get(at).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::annotations::PixelRect;

    /// A crop of 100 pixels at 50, 30 of the frame, at twice its size.
    const TWICE: [f32; 6] = [2.0, 0.0, 50.0, 0.0, 2.0, 30.0];

    fn left_half(columns: u32) -> Mask {
        let mut mask = Mask::empty(400, 300);
        mask.fill(
            PixelRect {
                x0: 0,
                x1: 49 + 2 * columns,
                ..mask.rect()
            },
            255,
        );
        mask
    }

    #[test]
    fn even_attention_lies_inside_by_chance() {
        let values = vec![0.7; 100 * 100];
        for columns in [0, 10, 50, 100] {
            let gauge = Gauge::new(&values, [100, 100], 100, TWICE).unwrap();
            let reading = gauge.read(&left_half(columns));
            let share = columns as f32 / 100.0;
            assert!(
                (reading.inside.unwrap() - share).abs() < 0.01,
                "{reading:?}"
            );
            assert!((reading.chance - share).abs() < 0.01, "{reading:?}");
        }
    }

    #[test]
    fn only_positive_values_count_and_soft_pixels_by_their_share() {
        let mut values = vec![-5.0; 8 * 8];
        values[3 * 8 + 1] = 3.0;
        values[3 * 8 + 6] = 1.0;
        values[0] = f32::NAN;
        let gauge = Gauge::new(&values, [8, 8], 100, TWICE).unwrap();
        assert!((gauge.read(&left_half(50)).inside.unwrap() - 0.75).abs() < 1e-6);
        let mut soft = left_half(50);
        soft.values.iter_mut().for_each(|value| *value /= 2);
        let half = gauge.read(&soft).inside.unwrap();
        assert!((half - 0.75 * 127.0 / 255.0).abs() < 1e-6, "{half}");
        let nothing = Gauge::new(&[-1.0, 0.0], [2, 1], 100, TWICE).unwrap();
        assert_eq!(nothing.read(&left_half(50)).inside, None);
        assert_eq!(Gauge::new(&values, [8, 9], 100, TWICE), None);
        assert_eq!(Gauge::new(&values, [8, 8], 100, [f32::NAN; 6]), None);
    }

    #[test]
    fn fine_maps_on_turned_crops_agree_with_every_pixel() {
        let map = [1.5, -0.8, 190.0, 0.8, 1.5, 20.0];
        let mut values = vec![0.0; 224 * 224];
        let mut mask = Mask::empty(400, 300);
        for (at, value) in mask.values.iter_mut().enumerate() {
            let (x, y) = ((at % 400) as f32 - 200.0, (at / 400) as f32 - 160.0);
            *value = if x.hypot(y) < 90.0 { 255 } else { 0 };
        }
        let (mut inside, mut all) = (0.0, 0.0);
        for (at, value) in values.iter_mut().enumerate() {
            let (x, y) = ((at % 224) as f32, (at / 224) as f32);
            *value = (x * 0.05).sin() + (y * 0.03).cos();
            let (u, v) = (
                map[0] * x + map[1] * y + map[2],
                map[3] * x + map[4] * y + map[5],
            );
            inside += value.max(0.0) * f32::from(value_at(&mask, u, v)) / 255.0;
            all += value.max(0.0);
        }
        let found = attention_inside(&values, [224, 224], 224, map, &mask).unwrap();
        assert!(
            (found - inside / all).abs() < 0.005,
            "{found} {}",
            inside / all
        );
    }

    #[test]
    fn a_crop_out_of_the_frame_is_not_marked_there() {
        let mut mask = Mask::empty(50, 50);
        mask.fill(mask.rect(), 255);
        let out = [1.0, 0.0, -50.0, 0.0, 1.0, -50.0];
        let gauge = Gauge::new(&[1.0], [1, 1], 100, out).unwrap();
        assert!((gauge.read(&mask).chance - 0.25).abs() < 0.02);
    }
}
