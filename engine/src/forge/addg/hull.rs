//! Convex hulls of points, filled into masks.

/// Buffers of [`fill_hull`].
#[derive(Default)]
pub struct HullScratch {
    pub sorted: Vec<[f32; 2]>,
    pub hull: Vec<[f32; 2]>,
}

/// Sets the mask to 255 where a pixel's center lies in the convex hull of the points, border
/// included, and to 0 elsewhere. The mask is a square of `size_px`; points may lie outside of it.
pub fn fill_hull(
    points: impl Iterator<Item = [f32; 2]>,
    size_px: usize,
    mask: &mut [u8],
    scratch: &mut HullScratch,
) {
    mask.fill(0);
    add_hull(points, size_px, mask, scratch);
}

/// As [`fill_hull`], but what the hull does not cover stays as it is.
pub fn add_hull(
    points: impl Iterator<Item = [f32; 2]>,
    size_px: usize,
    mask: &mut [u8],
    scratch: &mut HullScratch,
) {
    let HullScratch { sorted, hull } = scratch;
    sorted.clear();
    sorted.extend(points);
    find_hull(sorted, hull);
    for (y, row) in mask.chunks_exact_mut(size_px).enumerate() {
        let (first, last) = span(hull, y as f32);
        // No pixel where the row misses the hull: the span is then infinite the wrong way round.
        let first = first.ceil().max(0.0);
        let last = last.floor().min((size_px - 1) as f32);
        if first <= last {
            row[first as usize..=last as usize].fill(255);
        }
    }
}

/// Andrew's monotone chain: the corners in one turning direction, so that what is inside lies on the
/// same side of each edge: `0 <= cross(q - p, inside - p)`. The first corner may come again as the last.
pub fn find_hull(sorted: &mut [[f32; 2]], hull: &mut Vec<[f32; 2]>) {
    sorted.sort_unstable_by(|p, q| p[0].total_cmp(&q[0]).then(p[1].total_cmp(&q[1])));
    hull.clear();
    for &point in sorted.iter() {
        keep_turning(hull, 0, point);
    }
    let lower = hull.len().saturating_sub(1);
    for &point in sorted.iter().rev().skip(1) {
        keep_turning(hull, lower, point);
    }
}

/// Adds a corner after taking away those (from `first` on) that it makes needless.
fn keep_turning(hull: &mut Vec<[f32; 2]>, first: usize, point: [f32; 2]) {
    while let [.., p, q] = hull[first..] {
        let turn = (q[0] - p[0]) * (point[1] - p[1]) - (q[1] - p[1]) * (point[0] - p[0]);
        if 0.0 < turn {
            break;
        }
        hull.pop();
    }
    hull.push(point);
}

/// Where a row crosses the hull, from left to right; `(inf, -inf)` where it does not.
fn span(hull: &[[f32; 2]], y: f32) -> (f32, f32) {
    let mut span = (f32::INFINITY, f32::NEG_INFINITY);
    let mut widen = |x: f32| span = (span.0.min(x), span.1.max(x));
    for (at, p) in hull.iter().enumerate() {
        let q = hull[(at + 1) % hull.len()];
        if y < p[1].min(q[1]) || p[1].max(q[1]) < y {
            continue;
        }
        if p[1] == q[1] {
            widen(p[0]);
            widen(q[0]);
        } else {
            widen(p[0] + (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1]));
        }
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(points: &[[f32; 2]], size_px: usize) -> Vec<u8> {
        let mut mask = vec![7; size_px * size_px];
        let points = points.iter().copied();
        fill_hull(points, size_px, &mut mask, &mut HullScratch::default());
        mask
    }

    #[test]
    fn a_square_with_points_inside_is_filled_with_its_border() {
        let points = [[1.0, 1.0], [3.0, 1.0], [2.0, 2.0], [3.0, 3.0], [1.0, 3.0]];
        let mask = filled(&points, 5);
        for y in 0..5 {
            for x in 0..5 {
                let is_inside = (1..=3).contains(&x) && (1..=3).contains(&y);
                assert_eq!(mask[5 * y + x], if is_inside { 255 } else { 0 }, "{x} {y}");
            }
        }
    }

    #[test]
    fn a_triangle_has_half_of_its_square() {
        let mask = filled(&[[0.0, 0.0], [99.0, 0.0], [0.0, 99.0]], 100);
        let count = mask.iter().filter(|value| **value == 255).count();
        assert_eq!(count, 100 * 101 / 2);
    }

    #[test]
    fn points_outside_and_too_few_points_do_no_harm() {
        assert!(filled(&[[-9.0, -9.0], [50.0, -9.0], [20.0, 80.0]], 16).contains(&255));
        assert!(!filled(&[], 4).contains(&255));
        assert_eq!(filled(&[[2.0, 1.0]], 4)[6], 255);
        assert!(!filled(&[[f32::NAN, 1.0]; 3], 4).contains(&255));
    }
}
