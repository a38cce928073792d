//! The head crop (METHODS 10, step 5).

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::part::Part;

/// The box of the 68 points, widened to the left and to the right by up to an eighth of its width, to
/// the top by up to a fifth of its height and to the bottom by half as much; cut at the picture's border.
pub fn draw_head(points: &[[f32; 2]; 68], size_px: usize, rng: &mut StdRng) -> Part {
    let range = |axis: usize| {
        let values = points.iter().map(|point| point[axis]);
        let low = values.clone().fold(f32::INFINITY, f32::min);
        (low, values.fold(f32::NEG_INFINITY, f32::max))
    };
    let ((left, right), (top, bottom)) = (range(0), range(1));
    let mut draw = |most: f32| rng.random_range(0..(most as u32).max(1)) as f32;
    let (width, height) = (right - left, bottom - top);
    let [to_left, to_right] = [(); 2].map(|()| draw(width / 8.0));
    let to_top = draw(height / 5.0);
    let (left, width) = pixels(left - to_left, right + to_right, size_px);
    let (top, height) = pixels(top - to_top, bottom + 0.5 * to_top, size_px);
    Part {
        left,
        top,
        width,
        height,
    }
}

/// First pixel and number of pixels between two places, within the picture.
fn pixels(low: f32, high: f32, size_px: usize) -> (usize, usize) {
    let first = (low.max(0.0) as usize).min(size_px - 1);
    let end = (high.max(0.0).ceil() as usize + 1).clamp(first + 1, size_px);
    (first, end - first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    #[test]
    fn the_head_holds_every_point_and_widens_by_no_more_than_it_may() {
        let points = synthetic::landmarks(256, 3).points;
        let range = |axis: usize| {
            let values = points.map(|point| point[axis]);
            let low = values.into_iter().fold(f32::INFINITY, f32::min);
            (low, values.into_iter().fold(f32::NEG_INFINITY, f32::max))
        };
        let ((left, right), (top, bottom)) = (range(0), range(1));
        let mut widths = Vec::new();
        for seed in 0..200 {
            let head = draw_head(&points, 256, &mut example_rng(seed, 0, 0));
            let (end_x, end_y) = (head.left + head.width, head.top + head.height);
            assert!(end_x <= 256 && end_y <= 256);
            assert!(head.left as f32 <= left && right <= end_x as f32);
            assert!(head.top as f32 <= top && bottom <= end_y as f32);
            assert!(left - (right - left) / 8.0 - 1.0 <= head.left as f32);
            assert!(top - (bottom - top) / 5.0 - 1.0 <= head.top as f32);
            widths.push(head.width);
        }
        widths.sort_unstable();
        widths.dedup();
        assert!(20 < widths.len());
    }

    #[test]
    fn points_outside_of_the_picture_leave_a_part_inside() {
        for points in [[[-50.0, 400.0]; 68], [[f32::NAN; 2]; 68]] {
            let head = draw_head(&points, 64, &mut example_rng(1, 0, 0));
            assert!(1 <= head.width && head.left + head.width <= 64);
            assert!(1 <= head.height && head.top + head.height <= 64);
        }
    }
}
