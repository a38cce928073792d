//! One person, ready to be filmed: surfaces, skin and landmarks, made once from a seed.

use super::body::{add_clothes, add_glasses, add_neck};
use super::face_hair::add_brows_and_beard;
use super::features::{add_ears, add_eyes, add_lashes, add_mouth};
use super::hair::add_hair;
use super::head_shape::HeadShape;
use super::identity::Identity;
use super::landmarks::Landmarks;
use super::lids::Lids;
use super::mesh::{COLUMNS, HeadMesh, ROWS, normals};
use super::model::{Model, Pin};
use super::noise::noise;
use super::raster::{Material, Triangle};
use super::shadow::{openness, smooth};
use super::space::{V3, v3};
use super::texture::Texture;

/// Cheap to share between threads; shots borrow it.
#[derive(Debug)]
pub struct Person {
    pub(super) id: Identity,
    pub(super) shape: HeadShape,
    pub(super) model: Model,
    /// The triangles that cast shadows.
    pub(super) casts: Vec<Triangle>,
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
        model.grids.push([0, COLUMNS, ROWS]);
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
        for &[first, columns, rows] in &model.grids {
            smooth(&mut model.open[first..first + columns * rows], columns);
        }
        // Half of the hair casts the shadow of all of it.
        let is_cast = |triangle: &&Triangle| match triangle.material {
            Material::Lash | Material::Brow | Material::Eye => false,
            Material::Strand => model.extra[triangle.corners[0] as usize].z < 0.5,
            _ => true,
        };
        let casts = model.triangles.iter().filter(is_cast).copied().collect();
        Self {
            id,
            shape,
            model,
            casts,
            texture,
            landmarks,
            lids,
        }
    }

    pub fn identity(&self) -> &Identity {
        &self.id
    }
}
