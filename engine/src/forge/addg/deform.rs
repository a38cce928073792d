//! Slight random deformation of a mask: a 4 x 4 grid of nodes, each pushed about, piecewise affine
//! between them (METHODS 5.2).

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand_distr::StandardNormal;

/// Nodes along one side of the grid.
const NODES: usize = 4;

/// Standard deviation of a node's push along each axis, in pixels of a 256-pixel picture.
const DEVIATION_AT_256: f32 = 20.0;

/// Where each node of the regular grid looks, relative to itself, in pixels.
pub struct Grid([[[f32; 2]; NODES]; NODES]);

impl Grid {
    pub fn draw(rng: &mut StdRng, size_px: usize) -> Self {
        let deviation = DEVIATION_AT_256 * size_px as f32 / 256.0;
        let mut push = || deviation * rng.sample::<f32, _>(StandardNormal);
        Self([[(); NODES]; NODES].map(|row| row.map(|()| [push(), push()])))
    }

    /// As imgaug's `PiecewiseAffine`: pushes have a standard deviation of `share` of the side, and no
    /// node looks outside of the picture.
    pub fn draw_within(rng: &mut StdRng, size_px: usize, share: f32) -> Self {
        let last = (size_px - 1) as f32;
        let mut push = |at: usize| {
            let rest = at as f32 * last / (NODES - 1) as f32;
            let push = share * size_px as f32 * rng.sample::<f32, _>(StandardNormal);
            (rest + push).clamp(0.0, last) - rest
        };
        let mut grid = Self([[[0.0; 2]; NODES]; NODES]);
        for (y, row) in grid.0.iter_mut().enumerate() {
            for (x, node) in row.iter_mut().enumerate() {
                *node = [push(x), push(y)];
            }
        }
        grid
    }

    /// Fills `target` with `source` (0 or 255) as the grid sees it; outside the picture is 0. The
    /// result is 0 or 255 again, cut at one half of the bilinear value.
    pub fn deform(&self, source: &[u8], size_px: usize, target: &mut [u8]) {
        let cells = (NODES - 1) as f32;
        let cell = |at: usize| {
            let place = at as f32 * cells / (size_px - 1).max(1) as f32;
            let index = (place as usize).min(NODES - 2);
            (index, place - index as f32)
        };
        for (y, row) in target.chunks_exact_mut(size_px).enumerate() {
            let (cell_y, part_y) = cell(y);
            for (x, value) in row.iter_mut().enumerate() {
                let (cell_x, part_x) = cell(x);
                let [push_x, push_y] = self.push(cell_x, cell_y, part_x, part_y);
                let share = sample(source, size_px, x as f32 + push_x, y as f32 + push_y);
                *value = if 127.5 <= share { 255 } else { 0 };
            }
        }
    }

    /// Each cell is two triangles, split along its falling diagonal; within one, the push is affine.
    fn push(&self, cell_x: usize, cell_y: usize, part_x: f32, part_y: f32) -> [f32; 2] {
        let rows = [&self.0[cell_y], &self.0[cell_y + 1]];
        let right = rows[0][cell_x + 1];
        let below = rows[1][cell_x];
        let (corner, to_right, to_below) = if part_x + part_y <= 1.0 {
            (rows[0][cell_x], part_x, part_y)
        } else {
            // Seen from the opposite corner, where right and below change places.
            (rows[1][cell_x + 1], 1.0 - part_y, 1.0 - part_x)
        };
        [0, 1].map(|axis| {
            corner[axis]
                + to_right * (right[axis] - corner[axis])
                + to_below * (below[axis] - corner[axis])
        })
    }
}

/// Bilinear value of a one-channel square, 0 outside.
fn sample(source: &[u8], size_px: usize, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (part_x, part_y) = (x - left, y - top);
    let (left, top) = (left as i32, top as i32);
    let value = |x: i32, y: i32| {
        let inside = 0..size_px as i32;
        if inside.contains(&x) && inside.contains(&y) {
            f32::from(source[y as usize * size_px + x as usize])
        } else {
            0.0
        }
    };
    let upper = value(left, top) * (1.0 - part_x) + value(left + 1, top) * part_x;
    let lower = value(left, top + 1) * (1.0 - part_x) + value(left + 1, top + 1) * part_x;
    upper * (1.0 - part_y) + lower * part_y
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;

    fn disc(size_px: usize) -> Vec<u8> {
        let middle = (size_px - 1) as f32 / 2.0;
        let is_inside = |at: usize| {
            let (x, y) = ((at % size_px) as f32, (at / size_px) as f32);
            (x - middle).hypot(y - middle) < 0.3 * size_px as f32
        };
        (0..size_px * size_px)
            .map(|at| if is_inside(at) { 255 } else { 0 })
            .collect()
    }

    #[test]
    fn a_grid_at_rest_changes_nothing_and_one_push_for_all_moves_the_mask() {
        let mask = disc(64);
        let mut deformed = vec![0; mask.len()];
        Grid([[[0.0; 2]; NODES]; NODES]).deform(&mask, 64, &mut deformed);
        assert_eq!(deformed, mask);
        Grid([[[3.0, -5.0]; NODES]; NODES]).deform(&mask, 64, &mut deformed);
        assert_eq!(
            deformed[64 * 40 + 20..64 * 40 + 50],
            mask[64 * 35 + 23..64 * 35 + 53]
        );
    }

    #[test]
    fn pushes_are_continuous_across_triangles_and_cells() {
        let grid = Grid::draw(&mut example_rng(5, 0, 0), 256);
        let near = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() + (a[1] - b[1]).abs() < 0.1;
        for part in [0.0, 0.3, 0.7, 1.0] {
            let across = 1.0 - part;
            let before = grid.push(1, 1, part, across - 1e-4);
            assert!(near(before, grid.push(1, 1, part, across + 1e-4)));
            assert!(near(grid.push(0, 2, 1.0, part), grid.push(1, 2, 0.0, part)));
            assert!(near(grid.push(2, 0, part, 1.0), grid.push(2, 1, part, 0.0)));
        }
        assert!(near(grid.push(2, 2, 1.0, 1.0), grid.0[3][3]));
    }

    #[test]
    fn pushes_scale_with_the_picture() {
        let [small, large] =
            [64, 256].map(|size_px| Grid::draw(&mut example_rng(5, 0, 0), size_px));
        assert!((4.0 * small.0[1][2][0] - large.0[1][2][0]).abs() < 1e-4);
    }

    #[test]
    fn nodes_of_an_imgaug_grid_look_inside_of_the_picture_and_wander_by_the_share() {
        for (share, most) in [(0.01, 6.0), (0.15, 99.0), (9.0, 99.0)] {
            let grid = Grid::draw_within(&mut example_rng(2, 0, 0), 100, share);
            let mut farthest = 0.0f32;
            for (y, row) in grid.0.iter().enumerate() {
                for (x, push) in row.iter().enumerate() {
                    for (push, at) in push.iter().zip([x, y]) {
                        assert!((-1e-4..=99.0 + 1e-4).contains(&(33.0 * at as f32 + push)));
                        farthest = farthest.max(push.abs());
                    }
                }
            }
            assert!(0.5 < farthest && farthest <= most, "{share}: {farthest}");
        }
    }
}
