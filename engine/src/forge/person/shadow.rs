//! What light reaches: maps of depth along a direction, and how much of the sky a point sees.

use rayon::prelude::*;

use super::model::Model;
use super::raster::{Bands, Corner, Seen, Triangle, draw_band};
use super::space::{V3, v3};

/// For each point, the share of the sky over its normal that nothing hides.
pub fn openness(model: &Model, num_occluders: usize) -> Vec<f32> {
    const DIRECTIONS: u64 = 36;
    let sums = (0..DIRECTIONS)
        .into_par_iter()
        .map(|at| {
            // Evenly spread over the sphere, more from above than from below.
            let y = 1.0 - 1.8 * (at as f32 + 0.5) / DIRECTIONS as f32;
            let flat = (1.0 - y * y).sqrt();
            let angle = at as f32 * 2.399_963;
            let toward = v3(
                flat * super::space::sin(angle),
                y,
                flat * super::space::cos(angle),
            );
            seen_from(model, num_occluders, toward)
        })
        .collect::<Vec<_>>();
    (0..model.points.len())
        .into_par_iter()
        .map(|at| {
            let (mut open, mut whole) = (0.0, 0.001);
            for (toward, seen) in &sums {
                let weight = model.normals[at].dot(*toward).max(0.0);
                whole += weight;
                open += weight * f32::from(seen[at]);
            }
            open / whole
        })
        .collect()
}

/// Which points light from a direction reaches.
fn seen_from(model: &Model, num_occluders: usize, toward: V3) -> (V3, Vec<bool>) {
    const SIZE: usize = 192;
    let map = DepthMap::new(
        &model.points,
        &model.triangles[..num_occluders],
        toward,
        v3(0.0, -3.0, -8.0),
        17.0,
        SIZE,
    );
    let seen = model
        .points
        .iter()
        .zip(&model.normals)
        .map(|(point, normal)| map.is_lit(*point + *normal * 0.15, 0.22));
    (toward, seen.collect())
}

/// Depths seen along one direction, for shadows.
#[derive(Debug)]
pub struct DepthMap {
    right: V3,
    up: V3,
    toward: V3,
    middle: V3,
    scale: f32,
    size: usize,
    /// Distance toward the light of the nearest surface, plus `OFFSET`.
    depths: Vec<f32>,
}

/// Keeps depths positive.
const OFFSET: f32 = 200.0;

impl DepthMap {
    /// A square map of `size` samples that shows `reach` centimeters around `middle`.
    pub fn new(
        points: &[V3],
        triangles: &[Triangle],
        toward: V3,
        middle: V3,
        reach: f32,
        size: usize,
    ) -> Self {
        let right = v3(0.0, 1.0, 0.05).cross(toward).unit();
        let up = toward.cross(right);
        let scale = 0.5 * size as f32 / reach;
        let corners: Vec<Corner> = points
            .iter()
            .map(|point| {
                let from = *point - middle;
                Corner {
                    x: 0.5 * size as f32 + from.dot(right) * scale,
                    y: 0.5 * size as f32 + from.dot(up) * scale,
                    near: OFFSET + from.dot(toward),
                }
            })
            .collect();
        let mut bands = Bands::default();
        let rows = size.div_ceil(8);
        bands.fill(&corners, triangles, size, rows);
        let mut depths = vec![0.0; size * size];
        depths
            .par_chunks_mut(rows * size)
            .enumerate()
            .for_each(|(at, part)| {
                let mut seen = vec![Seen::NOTHING; part.len()];
                draw_band(
                    &corners,
                    triangles,
                    &bands.lists[at],
                    at * rows,
                    size,
                    &mut seen,
                    |_, _| false,
                );
                for (depth, seen) in part.iter_mut().zip(&seen) {
                    *depth = seen.near;
                }
            });
        Self {
            right,
            up,
            toward,
            middle,
            scale,
            size,
            depths,
        }
    }

    /// Whether nothing lies more than `slack` centimeters before a point.
    pub fn is_lit(&self, point: V3, slack: f32) -> bool {
        let from = point - self.middle;
        let x = 0.5 * self.size as f32 + from.dot(self.right) * self.scale;
        let y = 0.5 * self.size as f32 + from.dot(self.up) * self.scale;
        if x < 0.0 || y < 0.0 || self.size as f32 <= x || self.size as f32 <= y {
            return true;
        }
        let depth = self.depths[y as usize * self.size + x as usize];
        depth < OFFSET + from.dot(self.toward) + slack
    }

    /// Places around a point, within `blur` centimeters across the light, where it is looked for.
    pub fn around(&self, blur: f32) -> [V3; 8] {
        std::array::from_fn(|at| {
            let angle = at as f32 * 2.399_963;
            let reach = blur * ((at as f32 + 0.5) / 8.0).sqrt();
            let (s, c) = (super::space::sin(angle), super::space::cos(angle));
            self.right * (reach * s) + self.up * (reach * c)
        })
    }

    /// Share of the light that reaches the places around a point.
    pub fn light(&self, point: V3, around: &[V3], slack: f32) -> f32 {
        let is_lit = |shift: &&V3| self.is_lit(point + **shift, slack);
        around.iter().filter(is_lit).count() as f32 / around.len() as f32
    }
}

/// Takes the edges off shadows that are finer than the grid they fall on.
pub fn smooth(lit: &mut [f32], columns: usize) {
    for _ in 0..2 {
        for step in [1, columns] {
            let mut before = lit[0];
            for at in step..lit.len() - step {
                let own = lit[at];
                let left = if step == 1 { before } else { lit[at - step] };
                lit[at] = 0.25 * left + 0.5 * own + 0.25 * lit[at + step];
                before = own;
            }
        }
    }
}
