//! One person, ready to be filmed: surfaces, skin and landmarks, made once from a seed.

use rayon::prelude::*;

use super::body::{add_clothes, add_glasses, add_neck};
use super::features::{add_ears, add_eyes, add_lashes, add_mouth};
use super::hair::{add_brows_and_beard, add_hair};
use super::head_shape::HeadShape;
use super::identity::Identity;
use super::landmarks::Landmarks;
use super::lids::Lids;
use super::mesh::{HeadMesh, normals};
use super::model::{Model, Pin};
use super::noise::noise;
use super::raster::{Bands, Corner, Material, NOTHING, Seen, Triangle, draw_band};
use super::space::{V3, v3};
use super::texture::Texture;

/// Cheap to share between threads; shots borrow it.
#[derive(Debug)]
pub struct Person {
    pub(super) id: Identity,
    pub(super) shape: HeadShape,
    pub(super) model: Model,
    pub(super) texture: Texture,
    pub(super) landmarks: Landmarks,
    pub(super) lids: Lids,
}

impl Person {
    /// The same seed gives the same person on any machine.
    pub fn new(seed: u64) -> Self {
        Self::of(Identity::new(seed))
    }

    /// A person of chosen traits.
    pub fn of(id: Identity) -> Self {
        let shape = HeadShape::new(&id);
        let mut mesh = HeadMesh::new(&shape);
        let texture = Texture::bake(&id, &shape, &mesh);
        let landmarks = Landmarks::new(&id, &shape, &mesh);
        let lids = Lids::new(&id);
        // No face is quite symmetric.
        let salt = id.seed as u32 ^ 0x51;
        for point in &mut mesh.rest {
            let at = *point * 0.16;
            let shift = v3(noise(at, salt), noise(at, salt ^ 1), noise(at, salt ^ 2));
            *point = *point + shift * 0.1;
        }
        mesh.normals = normals(&mesh.rest, shape.mouth_half);
        let mut model = Model::default();
        for (point, normal) in mesh.rest.iter().zip(&mesh.normals) {
            model.add_point(*point, *normal, V3::ZERO, Pin::Grid);
        }
        for triangle in &mesh.triangles {
            model.add_triangle(*triangle, Material::Skin);
        }
        add_ears(&mut model, &id, &shape);
        add_neck(&mut model, &id);
        add_clothes(&mut model, &id);
        add_mouth(&mut model, &id, &shape);
        add_hair(&mut model, &id, &mesh);
        if id.has_glasses {
            add_glasses(&mut model, &id, &shape);
        }
        let num_occluders = model.triangles.len();
        add_eyes(&mut model, &shape);
        add_brows_and_beard(&mut model, &id, &shape, &mesh);
        add_lashes(&mut model, &id, &shape, &lids);
        model.open = openness(&model, num_occluders);
        Self {
            id,
            shape,
            model,
            texture,
            landmarks,
            lids,
        }
    }

    pub fn identity(&self) -> &Identity {
        &self.id
    }
}

/// For each point, the share of the sky over its normal that nothing hides.
fn openness(model: &Model, num_occluders: usize) -> Vec<f32> {
    const DIRECTIONS: u64 = 48;
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
                let mut seen = vec![
                    Seen {
                        triangle: NOTHING,
                        weights: [0.0; 2],
                        near: 0.0
                    };
                    part.len()
                ];
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

    /// Share of light that reaches a point, from samples within `blur` centimeters around it.
    pub fn light(&self, point: V3, blur: f32, slack: f32) -> f32 {
        let mut lit = 0;
        for at in 0..12 {
            let angle = at as f32 * 2.399_963;
            let reach = blur * ((at as f32 + 0.5) / 12.0).sqrt();
            let (s, c) = (super::space::sin(angle), super::space::cos(angle));
            lit += i32::from(self.is_lit(
                point + self.right * (reach * s) + self.up * (reach * c),
                slack,
            ));
        }
        lit as f32 / 12.0
    }
}
