//! From a mask to a blending weight that rises inward (step 7).

use crate::forge::addg::hull::{HullScratch, find_hull};

/// How far inside of the hull the weight is 1, as a share of the mask's longer side.
const SHARE: f32 = 0.2;

/// Turns a mask of 0 and 255 into weights: within the mask the distance to the convex hull of its pixels
/// over a fifth of its longer side, at most 1, as 0 to 255; 0 elsewhere and on the hull itself.
pub fn feather(mask: &mut [u8], size_px: usize, scratch: &mut HullScratch) {
    let HullScratch { sorted, hull } = scratch;
    sorted.clear();
    for (y, row) in mask.chunks_exact(size_px).enumerate() {
        let Some(first) = row.iter().position(|value| *value != 0) else {
            continue;
        };
        let last = row.iter().rposition(|value| *value != 0).unwrap_or(first);
        sorted.push([first as f32, y as f32]);
        sorted.push([last as f32, y as f32]);
    }
    let range = |axis: usize| {
        let values = sorted.iter().map(|point| point[axis]);
        let low = values.clone().fold(f32::INFINITY, f32::min);
        values.fold(f32::NEG_INFINITY, f32::max) - low
    };
    let reach = SHARE * range(0).max(range(1));
    if sorted.is_empty() || reach <= 0.0 {
        mask.fill(0);
        return;
    }
    find_hull(sorted, hull);
    let edges = || (0..hull.len()).map(|at| (hull[at], hull[(at + 1) % hull.len()]));
    let edges: Vec<Edge> = edges().filter_map(|(p, q)| Edge::between(p, q)).collect();
    for (at, value) in mask.iter_mut().enumerate() {
        if *value == 0 {
            continue;
        }
        let point = [(at % size_px) as f32, (at / size_px) as f32];
        let distances = edges.iter().map(|edge| edge.distance(point));
        let distance = distances.fold(f32::INFINITY, f32::min);
        *value = (255.0 * (distance / reach).clamp(0.0, 1.0) + 0.5) as u8;
    }
}

/// The line through two corners, with its normal to the inside.
struct Edge {
    corner: [f32; 2],
    normal: [f32; 2],
}

impl Edge {
    fn between(p: [f32; 2], q: [f32; 2]) -> Option<Self> {
        let along = [q[0] - p[0], q[1] - p[1]];
        let length = (along[0] * along[0] + along[1] * along[1]).sqrt();
        (0.0 < length).then(|| Self {
            corner: p,
            normal: [-along[1] / length, along[0] / length],
        })
    }

    /// Positive inside; of the least over all edges of a convex hull it is the distance to the hull.
    fn distance(&self, point: [f32; 2]) -> f32 {
        (point[0] - self.corner[0]) * self.normal[0] + (point[1] - self.corner[1]) * self.normal[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feathered(is_inside: impl Fn(usize, usize) -> bool) -> Vec<u8> {
        let mut mask: Vec<u8> = (0..64 * 64)
            .map(|at| if is_inside(at % 64, at / 64) { 255 } else { 0 })
            .collect();
        feather(&mut mask, 64, &mut HullScratch::default());
        mask
    }

    #[test]
    fn the_weight_of_a_square_rises_by_its_distance_to_the_border() {
        let inside = 10..=50;
        let weights = feathered(|x, y| inside.contains(&x) && inside.contains(&y));
        for (at, weight) in weights.iter().enumerate() {
            let (x, y) = (at % 64, at / 64);
            let to_border = |v: usize| (v as f32 - 10.0).min(50.0 - v as f32).max(0.0);
            // A fifth of 40 pixels.
            let wanted = (to_border(x).min(to_border(y)) / 8.0).min(1.0);
            assert!((f32::from(*weight) - 255.0 * wanted).abs() < 1.0, "{x} {y}");
        }
    }

    #[test]
    fn a_notch_ends_at_once_and_what_is_outside_the_mask_stays_nothing() {
        let is_inside = |x: usize, y: usize| {
            (10..=50).contains(&x) && (10..=50).contains(&y) && !(28..33).contains(&x)
        };
        let weights = feathered(is_inside);
        for (at, weight) in weights.iter().enumerate() {
            assert!(*weight == 0 || is_inside(at % 64, at / 64));
        }
        assert_eq!(weights[64 * 30 + 27], 255);
    }

    #[test]
    fn lines_points_and_nothing_give_no_weight() {
        assert!(feathered(|x, y| x == 9 && y == 9).iter().all(|w| *w == 0));
        assert!(feathered(|x, y| x == y).iter().all(|w| *w == 0));
        assert!(feathered(|_, _| false).iter().all(|w| *w == 0));
    }
}
