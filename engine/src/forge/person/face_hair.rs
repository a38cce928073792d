//! Hair of the face: brows, and beards that are more than stubble.

use super::hair::tangent_of;
use super::hairline::{beard, brow_half, brow_line};
use super::head_shape::HeadShape;
use super::identity::{Beard, Identity};
use super::mesh::{COLUMNS, HeadMesh, ROWS, at_place};
use super::model::{Model, Pin};
use super::noise::Dice;
use super::raster::Material;
use super::space::{V3, bell, mix, ramp, v3};

/// Short hairs of the brows, and of a beard that is more than stubble.
pub fn add_brows_and_beard(model: &mut Model, id: &Identity, shape: &HeadShape, mesh: &HeadMesh) {
    let mut dice = Dice::new(id.seed, 21);
    for side in [-1.0, 1.0] {
        for _ in 0..430 {
            let x = 1.3 + 4.1 * dice.unit();
            let half = brow_half(id, x);
            let off = dice.range(-1.0, 1.0);
            let y = brow_line(id, shape, x) + off * half;
            let place = mesh.place_of(shape.front(side * x, y));
            let (root, normal, at) = root(mesh, place);
            // Hairs stand at the nose, then lie outward; both edges lean to the middle.
            let t = (x - 1.3) / 4.1;
            let lean = mix(1.3, -0.12, ramp(0.0, 0.45, t)) - 0.5 * off;
            let heading = tangent_of(v3(side, lean + 0.3 * dice.normal(), 0.0), normal);
            let size = dice.range(0.35, 0.75) * ramp(-0.2, 0.25, t) * mix(0.75, 1.0, id.masculine);
            let line = [0.0, 0.5, 1.0]
                .map(|t: f32| root + heading * (t * size) + normal * (0.05 + 0.05 * t));
            model.add_ribbon(
                &line,
                normal,
                |t| mix(0.06, 0.02, t),
                dice.unit(),
                Material::Brow,
                |_| Pin::Root(at),
            );
        }
    }
    let (length, count) = match id.beard {
        Beard::None | Beard::Stubble => return,
        Beard::Short => (0.5, 2600),
        Beard::Mustache => (0.7, 1800),
        Beard::Full => (1.5, 3600),
    };
    for _ in 0..4 * count {
        let column = (COLUMNS as f32) * dice.range(0.2, 0.8);
        let row = mix(70.0, (ROWS - 4) as f32, dice.unit());
        let (root, normal, at) = root(mesh, [column, row]);
        let mask = beard(id, shape, root);
        if !dice.chance(mask * 0.9) || root.z < -9.0 {
            continue;
        }
        let aside = 0.35 * root.x / 3.0 * bell((root.y - shape.mouth_y - 1.2) / 0.9);
        let down = v3(aside + 0.15 * dice.normal(), -1.0, 0.1 * dice.normal());
        let heading = (tangent_of(down, normal) * 1.1 + normal * 0.35).unit();
        let size = length * dice.range(0.6, 1.2) * mix(0.5, 1.0, mask);
        let line = [0.0, 0.5, 1.0].map(|t: f32| {
            root + heading * (t * size) - normal * 0.02 + v3(0.0, -0.25 * t * t * size, 0.0)
        });
        model.add_ribbon(
            &line,
            normal,
            |t| mix(0.075, 0.03, t),
            dice.unit(),
            Material::Brow,
            |_| Pin::Root(at),
        );
    }
}

/// The surface at a place, its normal, and the nearest point of the grid.
fn root(mesh: &HeadMesh, place: [f32; 2]) -> (V3, V3, u32) {
    let point = at_place(&mesh.rest, place, V3::mix);
    let normal = at_place(&mesh.normals, place, V3::mix).unit();
    let column = ((place[0] + 0.5) as usize).min(COLUMNS - 1);
    let row = ((place[1] + 0.5) as usize).min(ROWS - 1);
    (point, normal, (row * COLUMNS + column) as u32)
}
