//! Hair as locks that grow, bend and fall around the head, over a cap that hides the skin.

use super::hairline::scalp;
use super::head_shape::STAR;
use super::identity::{HairStyle, Identity};
use super::mesh::{COLUMNS, HeadMesh, ROWS, at_place};
use super::model::{Model, Pin};
use super::noise::{Dice, noise};
use super::raster::Material;
use super::space::{V3, mix, ramp, v3};

/// How a style grows.
#[derive(Clone, Copy, Debug)]
struct Growth {
    num_locks: usize,
    /// Length at the top and at the sides, centimeters.
    top: f32,
    sides: f32,
    /// Distance of the hair from the head at the top and at the sides.
    lift_top: f32,
    lift_sides: f32,
    width: f32,
    curl: f32,
    /// Share of gravity.
    fall: f32,
}

fn growth(id: &Identity) -> Option<Growth> {
    let base = Growth {
        num_locks: 5200,
        top: 3.0,
        sides: 1.3,
        lift_top: 0.7,
        lift_sides: 0.3,
        width: 0.13,
        curl: 0.06,
        fall: 0.1,
    };
    match id.hair {
        HairStyle::Bald => None,
        HairStyle::Buzzed => Some(Growth {
            num_locks: 4200,
            top: 0.45,
            sides: 0.3,
            lift_top: 0.12,
            lift_sides: 0.08,
            width: 0.07,
            ..base
        }),
        HairStyle::Short => Some(base),
        HairStyle::Swept => Some(Growth {
            top: 6.5,
            sides: 2.4,
            lift_top: 1.5,
            lift_sides: 0.5,
            width: 0.26,
            fall: 0.2,
            ..base
        }),
        HairStyle::Curly => Some(Growth {
            num_locks: 2500,
            top: 5.0,
            sides: 4.2,
            lift_top: 2.0,
            lift_sides: 1.3,
            width: 0.26,
            curl: 0.55,
            fall: 0.3,
        }),
        HairStyle::Bob => Some(Growth {
            num_locks: 2200,
            top: 23.0,
            sides: 15.0,
            lift_top: 0.9,
            lift_sides: 1.0,
            width: 0.68,
            curl: 0.14,
            fall: 1.0,
        }),
        HairStyle::Long => Some(Growth {
            num_locks: 2200,
            top: 38.0,
            sides: 30.0,
            lift_top: 0.9,
            lift_sides: 1.0,
            width: 0.68,
            curl: 0.25,
            fall: 1.0,
        }),
        HairStyle::TiedBack => Some(Growth {
            num_locks: 3600,
            top: 17.0,
            sides: 14.0,
            lift_top: 0.5,
            lift_sides: 0.3,
            width: 0.28,
            curl: 0.05,
            fall: 0.0,
        }),
    }
}

pub fn add_hair(model: &mut Model, id: &Identity, mesh: &HeadMesh) {
    let Some(growth) = growth(id) else {
        return;
    };
    add_cap(model, id, mesh, growth);
    let mut dice = Dice::new(id.seed, 20);
    // A root is as likely where the grid is wide as where it is fine.
    let mut places = Vec::new();
    let mut total = 0.0;
    for row in 1..ROWS - 1 {
        for column in 0..COLUMNS - 1 {
            let at = row * COLUMNS + column;
            let low = if growth.fall < 0.5 { -6.0 } else { -20.0 };
            if 0.05 < scalp(id, mesh.rest[at]) && low < mesh.rest[at].y {
                let across = mesh.rest[at + 1] - mesh.rest[at];
                total += across
                    .cross(mesh.rest[at + COLUMNS] - mesh.rest[at])
                    .length();
                places.push((total, [column as f32, row as f32]));
            }
        }
    }
    if places.is_empty() {
        return;
    }
    let part = if dice.chance(0.5) {
        dice.range(-2.6, 2.6)
    } else {
        0.0
    };
    for at in 0..growth.num_locks {
        let wanted = total * (at as f32 + dice.unit()) / growth.num_locks as f32;
        let [column, row] = places[places
            .partition_point(|place| place.0 < wanted)
            .min(places.len() - 1)]
        .1;
        let place = [column + dice.unit(), row + dice.unit()];
        let root = at_place(&mesh.rest, place, V3::mix);
        let normal = at_place(&mesh.normals, place, V3::mix).unit();
        add_lock(model, id, mesh, growth, (root, normal, part), &mut dice);
    }
}

/// Which way hair is combed at a point of the head.
fn combed(id: &Identity, p: V3, part: f32, side: f32) -> V3 {
    let up = ramp(5.0, 9.5, p.y);
    match id.hair {
        HairStyle::Swept => v3(
            0.55 * if part < 0.0 { 1.0 } else { -1.0 } * up,
            0.25 * ramp(1.0, 5.0, p.z + 2.0) - (1.0 - up),
            -1.0,
        ),
        HairStyle::Bob | HairStyle::Long => v3(
            side * (0.25 + up),
            -1.3 * (1.0 - up) - 0.1,
            -0.55 * up - 0.15,
        ),
        HairStyle::TiedBack => v3(-0.12 * p.x, 1.5 - 0.35 * (p.y - 1.0), -9.0 * 0.35).unit(),
        _ => v3(
            0.35 * if part < 0.0 { 1.0 } else { -1.0 } * up,
            -(1.0 - up),
            mix(0.25, 0.75, up) * if p.z < -13.0 { -1.0 } else { 1.0 } * up,
        ),
    }
}

fn add_lock(
    model: &mut Model,
    id: &Identity,
    mesh: &HeadMesh,
    growth: Growth,
    (root, normal, part): (V3, V3, f32),
    dice: &mut Dice,
) {
    let top = ramp(3.5, 8.5, root.y);
    let mut length = mix(growth.sides, growth.top, top) * dice.range(0.75, 1.1);
    let inside = scalp(id, root);
    // The edge is shorter and finer.
    let edge = ramp(-0.1, 1.6, inside);
    if growth.top < 10.0 {
        length *= mix(0.45, 1.0, edge);
    }
    let lift =
        mix(growth.lift_sides, growth.lift_top, top) * mix(0.35, 1.0, edge) * dice.range(0.15, 1.1);
    let side = if root.x < part { -1.0 } else { 1.0 };
    let pace = if 0.5 < growth.curl { 0.6 } else { 1.4 };
    let num_steps = if growth.top < 1.0 {
        2
    } else {
        (length / pace).clamp(4.0, 12.0) as usize
    };
    let step = length / num_steps as f32;
    let phase = dice.range(0.0, std::f32::consts::TAU);
    let [turn_x, turn_z] = [dice.range(-1.0, 1.0), dice.range(-1.0, 1.0)];
    let mut p = root - normal * 0.05;
    let mut line = vec![p];
    let mut heading = (normal * 0.8
        + tangent_of(combed(id, p, part, side), normal)
        + v3(turn_x, 0.0, turn_z) * 0.2)
        .unit();
    let long = 10.0 < growth.top && growth.fall > 0.5;
    for at in 1..=num_steps {
        let out = (p - STAR).unit();
        let fallen = ramp(2.5, -1.0, p.y).max(if long { ramp(7.4, 9.4, p.x.abs()) } else { 0.0 });
        let wish = tangent_of(combed(id, p, part, side), out)
            .mix(v3(0.02 * side, -1.0, -0.06), growth.fall * fallen);
        let wave = v3(
            noise(p * 0.45 + V3::splat(3.0), id.seed as u32),
            noise(p * 0.45, id.seed as u32 ^ 1),
            noise(p * 0.45, id.seed as u32 ^ 2),
        );
        heading = (heading * 0.35 + wish.unit() * 0.65 + wave * 0.22).unit();
        p = p + heading * step;
        p = pushed_out(id, mesh, p, lift * ramp(0.0, 2.5, at as f32) + 0.06);
        if long && -7.0 < p.z {
            // Long hair hangs beside the face, not before it.
            let beside = 5.6 * ramp(8.0, 4.5, p.y) + 0.5 * lift;
            p.x = side * (p.x * side).max(beside.min(p.x * side + 2.0));
        }
        if !long && p.y < -7.0 {
            break;
        }
        let angle = phase + at as f32 * 1.35;
        let own = growth.curl * ramp(0.0, 3.0, at as f32);
        let coil = v3(
            super::space::sin(angle),
            super::space::cos(angle),
            super::space::sin(angle + 2.0),
        ) * own;
        line.push(p + coil);
    }
    let number = dice.unit();
    let width = growth.width * dice.range(0.5, 1.2) * mix(0.45, 1.0, edge);
    let out = (line[line.len() / 2] - STAR).unit();
    model.add_ribbon(
        &line,
        out,
        |t| width * (1.0 - 0.75 * t * t) * (0.25 + 4.0 * t).min(1.0),
        number,
        Material::Strand,
        |_| Pin::Head,
    );
}

/// The part of a direction along the surface.
pub fn tangent_of(direction: V3, normal: V3) -> V3 {
    (direction - normal * direction.dot(normal)).unit()
}

/// The point, at least `lift` from the head, the neck and the shoulders.
fn pushed_out(id: &Identity, mesh: &HeadMesh, p: V3, lift: f32) -> V3 {
    let from = p - STAR;
    let mut p = p;
    if -9.5 < p.y {
        let surface = at_place(&mesh.rest, mesh.place_of(p), V3::mix);
        let reach = (surface - STAR).length() + lift;
        if from.length() < reach {
            p = STAR + from.unit() * reach;
        }
        // Over the ears.
        let ear =
            (v3(p.x.abs(), p.y, p.z) - v3(6.4, -0.9, -9.3)).by(v3(1.0 / 1.8, 1.0 / 3.6, 1.0 / 2.4));
        if id.hair != HairStyle::TiedBack && ear.length() < 1.0 {
            p.x += (1.0 - ear.length()) * 1.8 * p.x.signum();
        }
    } else {
        let axis = v3(p.x, 0.0, p.z + 10.0);
        let wide = id.neck_width + 0.7 + lift + 5.0 * ramp(-14.0, -20.0, p.y);
        if axis.length() < wide {
            let out = axis.unit() * wide;
            p = v3(out.x, p.y, out.z - 10.0);
        }
    }
    p
}

fn add_cap(model: &mut Model, id: &Identity, mesh: &HeadMesh, growth: Growth) {
    let first = model.points.len() as u32;
    let rows = ROWS - 20;
    let mut shown = Vec::with_capacity(rows * COLUMNS);
    for at in 0..rows * COLUMNS {
        let p = mesh.rest[at];
        let inside = scalp(id, p);
        let top = ramp(3.5, 8.5, p.y);
        let lift = 0.5 * mix(growth.lift_sides, growth.lift_top, top);
        let rough = 0.2 * noise(v3(p.x * 3.0, p.y, p.z * 3.0), id.seed as u32 ^ 80);
        let up = (lift + 0.02) * ramp(0.3, 2.2, inside + rough)
            - 0.35 * ramp(0.35, -0.2, inside + rough);
        shown.push(-0.4 < inside);
        model.add_point(
            p + mesh.normals[at] * up,
            mesh.normals[at],
            v3(inside, 0.0, 0.0),
            Pin::Root(at as u32),
        );
    }
    for triangle in &mesh.triangles {
        if triangle
            .iter()
            .all(|corner| (*corner as usize) < shown.len() && shown[*corner as usize])
        {
            model.add_triangle(triangle.map(|corner| corner + first), Material::Scalp);
        }
    }
    if id.hair == HairStyle::TiedBack {
        let points: Vec<V3> = (0..17 * 17)
            .map(|at| {
                let a = (at % 17) as f32 / 16.0 * std::f32::consts::TAU;
                let e = 1.57 - (at / 17) as f32 / 16.0 * std::f32::consts::PI;
                let flat = super::space::cos(e);
                v3(0.0, 4.0, -19.6)
                    + v3(
                        flat * super::space::sin(a),
                        super::space::sin(e),
                        flat * super::space::cos(a),
                    ) * 3.4
            })
            .collect();
        model.add_grid(&points, 17, Material::Scalp, true, |_| {
            (v3(3.0, 0.0, 0.0), Pin::Head)
        });
    }
}
