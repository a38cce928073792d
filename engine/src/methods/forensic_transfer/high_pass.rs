//! Third-order differences of a picture: what is left of it is mostly noise and fine traces (METHODS 9, and 13 for
//! the taps).

/// r(n) = x(n - 1) - 3 x(n) + 3 x(n + 1) - x(n + 2).
const TAPS: [i32; 4] = [1, -3, 3, -1];

/// Of every color of square RGB8 pictures the mean of the differences along the row and along the column, in units
/// of half a channel's range, as colors from -1 to 1 are. Pixels beyond the border repeat it.
///
/// # Shapes
/// - `pixels`: `batch * size_px * size_px * 3` bytes; a last picture that is not whole is left out
/// - output: `batch * 3 * size_px * size_px` values, plane by plane
pub fn high_passed(pixels: &[u8], size_px: u32) -> Vec<f32> {
    let size = size_px as usize;
    let area = size * size;
    let mut values = Vec::with_capacity(pixels.len());
    for picture in pixels.chunks_exact(3 * area) {
        for channel in 0..3 {
            let plane = picture.iter().skip(channel).step_by(3);
            let plane: Vec<i32> = plane.map(|level| i32::from(*level)).collect();
            for y in 0..size {
                for x in 0..size {
                    let sum = TAPS.iter().enumerate().map(|(at, tap)| {
                        let along_row = plane[y * size + neighbor(x, at, size)];
                        let along_column = plane[neighbor(y, at, size) * size + x];
                        tap * (along_row + along_column)
                    });
                    // Halved, and by 127.5.
                    values.push(sum.sum::<i32>() as f32 / 255.0);
                }
            }
        }
    }
    values
}

/// The place under a tap, from one before on.
fn neighbor(at: usize, tap: usize, size: usize) -> usize {
    (at + tap).saturating_sub(1).min(size - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One 8 x 8 picture by the level of each place, the same in all colors but blue, which is 9.
    fn picture(level: impl Fn(usize, usize) -> u8) -> Vec<u8> {
        let places = (0..64).map(|at| (at % 8, at / 8));
        places
            .flat_map(|(x, y)| [level(x, y), level(x, y), 9])
            .collect()
    }

    #[test]
    fn parabolas_vanish_and_a_cubic_is_even() {
        let inside = |values: &[f32], x: usize, y: usize| values[y * 8 + x] * 127.5;
        let parabola = high_passed(&picture(|x, y| (x * x + 3 * y + 7) as u8), 8);
        let cubic = high_passed(&picture(|x, _| (x * x * x / 2) as u8), 8);
        let column = high_passed(&picture(|_, y| if y < 4 { 10 } else { 30 }), 8);
        for (x, y) in [(1, 1), (2, 4), (5, 5)] {
            assert!(inside(&parabola, x, y).abs() < 1e-3);
        }
        // Half of the level x^3 / 2, cut to whole numbers, has a third difference of -3 within two levels.
        assert!((inside(&cubic, 3, 3) + 1.5).abs() <= 2.0);
        // A step of 20 levels: 1, -3 and 3, -1 on its two sides.
        let found: Vec<f32> = (1..6).map(|y| inside(&column, 2, y).round()).collect();
        assert_eq!(found, [0.0, -10.0, 20.0, -10.0, 0.0]);
    }

    #[test]
    fn each_color_is_by_itself_and_borders_repeat() {
        let values = high_passed(&picture(|x, _| (x * 30) as u8), 8);
        assert_eq!(values.len(), 3 * 64);
        assert_eq!(values[..64], values[64..128], "red and green");
        assert!(values[128..].iter().all(|value| *value == 0.0), "blue");
        // x(-1) = x(0): 0 - 0 + 3 * 30 - 60, halved.
        assert!((values[8] * 127.5 - 15.0).abs() < 1e-3);
    }
}
