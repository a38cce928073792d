//! The pixels of a face as a square of cells, and how they must be moved to look like those of another frame.

use crate::faces::align::cut_again;
use crate::faces::similarity::Similarity;
use crate::media::Frame;

/// Side of the square in which faces are compared, in cells.
pub const SIDE: usize = 96;

/// Steps of the comparison at most.
const MAX_STEPS: usize = 15;

/// A step that moves no cell by more is the last.
const SMALL_STEP_CELLS: f32 = 0.01;

/// Where Tukey's weight falls to zero, in robust standard deviations; the usual value.
const TUKEY: f32 = 4.685;

/// Differences below so many levels are noise of the coding, and count fully.
const MIN_DEVIATION: f32 = 2.0;

/// Levels of noise that two flat places may differ by and still be alike.
const FLAT_LEVELS: f32 = 3.0;

/// Lumas of the square with all that a comparison needs of them.
#[derive(Clone, Debug)]
pub struct Template {
    side: usize,
    lumas: Vec<f32>,
    /// How the luma changes with each of the four numbers of a similarity: scale, turn (both of half the
    /// square), and the shifts.
    slopes: Vec<[f32; 4]>,
    /// 1 inside of the face, 0 outside.
    weights: Vec<f32>,
}

impl Template {
    /// `face` is the face's ellipse in cells of the fine square: center and half axes.
    pub fn of(
        frame: &Frame,
        frame_from_crop: &Similarity,
        side: usize,
        face: ([f32; 2], [f32; 2]),
    ) -> Self {
        let lumas = lumas(frame, &scaled(frame_from_crop, side), side);
        let value = |x: usize, y: usize| lumas[y * side + x];
        let half = 0.5 * side as f32;
        let middle = half - 0.5;
        let cell = SIDE as f32 / side as f32;
        let mut slopes = Vec::with_capacity(side * side);
        let mut weights = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                let (left, right) = (x.saturating_sub(1), (x + 1).min(side - 1));
                let (above, below) = (y.saturating_sub(1), (y + 1).min(side - 1));
                let across = (value(right, y) - value(left, y)) / (right - left) as f32;
                let down = (value(x, below) - value(x, above)) / (below - above) as f32;
                let (u, v) = ((x as f32 - middle) / half, (y as f32 - middle) / half);
                slopes.push([across * u + down * v, down * u - across * v, across, down]);
                let (center, axes) = face;
                let place = [x, y].map(|at| (at as f32 + 0.5) * cell - 0.5);
                let [u, v] = [0, 1].map(|axis| (place[axis] - center[axis]) / axes[axis]);
                weights.push(f32::from(u8::from(u * u + v * v <= 1.0)));
            }
        }
        Self {
            side,
            lumas,
            slopes,
            weights,
        }
    }

    /// Moves the square, which lies in the other frame at `start`, to where it looks most like the template.
    pub fn refined(&self, other: &Frame, start: Similarity) -> Similarity {
        let mut other_from_crop = start;
        for _ in 0..MAX_STEPS {
            let seen = lumas(other, &scaled(&other_from_crop, self.side), self.side);
            let Some(step) = self.step(&seen) else {
                break;
            };
            let largest = step.iter().fold(0.0_f32, |max, value| max.max(value.abs()));
            let Some(back) = self.moved(step).inverse() else {
                break;
            };
            other_from_crop = other_from_crop.after(&back);
            if largest < SMALL_STEP_CELLS {
                break;
            }
        }
        other_from_crop
    }

    /// How the template must be moved to look like what is seen; `None` where that cannot be told.
    fn step(&self, seen: &[f32]) -> Option<[f32; 4]> {
        let differences = self.differences(seen)?;
        let mut sizes: Vec<f32> = differences
            .iter()
            .zip(&self.weights)
            .filter(|(_, weight)| 0.0 < **weight)
            .map(|(difference, _)| difference.abs())
            .collect();
        let middle = sizes.len() / 2;
        let (_, median, _) = sizes.select_nth_unstable_by(middle, f32::total_cmp);
        let limit = TUKEY * (1.4826 * *median).max(MIN_DEVIATION);
        let mut matrix = [[0.0_f64; 4]; 4];
        let mut right = [0.0_f64; 4];
        for ((slope, difference), weight) in self.slopes.iter().zip(&differences).zip(&self.weights)
        {
            if *weight <= 0.0 || limit <= difference.abs() {
                continue;
            }
            let near = 1.0 - (difference / limit).powi(2);
            let weight = f64::from(near * near);
            for row in 0..4 {
                for column in 0..4 {
                    matrix[row][column] +=
                        weight * f64::from(slope[row]) * f64::from(slope[column]);
                }
                right[row] += weight * f64::from(slope[row]) * f64::from(*difference);
            }
        }
        let solved = solve(matrix, right)?;
        let step = solved.map(|value| value as f32);
        let bound = 0.25 * self.side as f32;
        step.iter()
            .all(|value| value.is_finite() && value.abs() < bound)
            .then_some(step)
    }

    /// What is seen less the template, with mean and spread of what is seen made equal to the template's.
    fn differences(&self, seen: &[f32]) -> Option<Vec<f32>> {
        let own = Moments::of(&self.lumas, &self.weights)?;
        let other = Moments::of(seen, &self.weights)?;
        let noise = f64::from(FLAT_LEVELS * FLAT_LEVELS);
        let contrast = ((own.variance + noise) / (other.variance + noise)).sqrt();
        let contrast = (contrast as f32).clamp(0.5, 2.0);
        let pairs = seen.iter().zip(&self.lumas);
        let (own_mean, other_mean) = (own.mean as f32, other.mean as f32);
        Some(
            pairs
                .map(|(seen, own)| contrast * (seen - other_mean) + own_mean - own)
                .collect(),
        )
    }

    /// The similarity, in cells of the fine square, of four numbers in cells of this one.
    fn moved(&self, [grow, turn, right, down]: [f32; 4]) -> Similarity {
        let half = 0.5 * self.side as f32;
        let cell = SIDE as f32 / self.side as f32;
        let (a, b) = (1.0 + grow / half, turn / half);
        let middle = 0.5 * SIDE as f32 - 0.5;
        Similarity {
            a,
            b,
            shift: [
                cell * right + middle - (a * middle - b * middle),
                cell * down + middle - (b * middle + a * middle),
            ],
        }
    }

    /// How alike the other frame is there, see [`correlation`].
    pub fn likeness(&self, other: &Frame, other_from_crop: &Similarity) -> f32 {
        let seen = lumas(other, &scaled(other_from_crop, self.side), self.side);
        correlation(&self.lumas, &seen, &self.weights)
    }
}

/// Mean and variance under weights.
struct Moments {
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(values: &[f32], weights: &[f32]) -> Option<Self> {
        let (mut total, mut sum, mut squares) = (0.0_f64, 0.0_f64, 0.0_f64);
        for (value, weight) in values.iter().zip(weights) {
            let (value, weight) = (f64::from(*value), f64::from(*weight));
            total += weight;
            sum += weight * value;
            squares += weight * value * value;
        }
        (0.0 < total).then(|| {
            let mean = sum / total;
            Self {
                mean,
                variance: (squares / total - mean * mean).max(0.0),
            }
        })
    }
}

/// Normalized cross-correlation of lumas under weights, -1 to 1: 1 where one is the other but for brightness
/// and contrast. Two flat places are alike: a little noise of either is taken for agreement, as in the
/// structure term of SSIM (Wang et al. 2004). 0 without weights.
pub fn correlation(own: &[f32], other: &[f32], weights: &[f32]) -> f32 {
    let (Some(first), Some(second)) = (Moments::of(own, weights), Moments::of(other, weights))
    else {
        return 0.0;
    };
    let (mut total, mut sum) = (0.0_f64, 0.0_f64);
    for ((own, other), weight) in own.iter().zip(other).zip(weights) {
        let weight = f64::from(*weight);
        total += weight;
        sum += weight * (f64::from(*own) - first.mean) * (f64::from(*other) - second.mean);
    }
    let noise = f64::from(FLAT_LEVELS * FLAT_LEVELS);
    let spread = (first.variance * second.variance).sqrt();
    ((sum / total + noise) / (spread + noise)) as f32
}

/// Lumas, 0 to 255, of a square of `side` cells.
pub fn lumas(frame: &Frame, frame_from_cells: &Similarity, side: usize) -> Vec<f32> {
    let Similarity { a, b, shift } = *frame_from_cells;
    let pixels = cut_again(frame, [a, -b, shift[0], b, a, shift[1]], side as u32);
    pixels
        .chunks_exact(3)
        .map(|rgb| {
            0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2])
        })
        .collect()
}

/// The same square in another number of cells; pixels are named by their middles.
fn scaled(frame_from_crop: &Similarity, side: usize) -> Similarity {
    let cell = SIDE as f32 / side as f32;
    frame_from_crop.after(&Similarity {
        a: cell,
        b: 0.0,
        shift: [0.5 * cell - 0.5; 2],
    })
}

/// Gaussian elimination with pivots; `None` where the matrix has no inverse.
fn solve(mut matrix: [[f64; 4]; 4], mut right: [f64; 4]) -> Option<[f64; 4]> {
    for column in 0..4 {
        let pivot = (column..4).max_by(|a, b| {
            let size = |row: usize| matrix[row][column].abs();
            size(*a).total_cmp(&size(*b))
        })?;
        if matrix[pivot][column].abs() < 1e-6 {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in column + 1..4 {
            let factor = matrix[row][column] / matrix[column][column];
            let above = matrix[column];
            for (own, above) in matrix[row].iter_mut().zip(above).skip(column) {
                *own -= factor * above;
            }
            right[row] -= factor * right[column];
        }
    }
    let mut solution = [0.0; 4];
    for row in (0..4).rev() {
        let known: f64 = (row + 1..4).map(|at| matrix[row][at] * solution[at]).sum();
        solution[row] = (right[row] - known) / matrix[row][row];
    }
    Some(solution)
}
