//! Neck, shoulders with clothes, and glasses.

use super::head_shape::HeadShape;
use super::identity::Identity;
use super::model::{Model, Pin};
use super::noise::fractal;
use super::raster::Material;
use super::space::{V3, along, bell, cos, mix, pow, ramp, sin, v3};

const AROUND: usize = 73;

/// Angle around the vertical of a column of a ring; 0 is the front.
fn around(at: usize) -> f32 {
    (at % AROUND) as f32 / (AROUND - 1) as f32 * std::f32::consts::TAU + std::f32::consts::PI
}

pub fn add_neck(model: &mut Model, id: &Identity) {
    const ROWS: usize = 48;
    let points: Vec<V3> = (0..AROUND * ROWS)
        .map(|at| {
            let angle = around(at);
            // It begins inside the skull.
            let y = -2.0 - (at / AROUND) as f32 / (ROWS - 1) as f32 * 18.0;
            let thin = mix(0.78, 1.0, ramp(-2.0, -10.0, y));
            let flare = ramp(-14.5, -20.0, y);
            let wide = id.neck_width * (1.0 + 0.75 * flare) * thin;
            let deep = id.neck_width * 1.02 * (1.0 + 0.1 * flare) * thin;
            let middle = -9.6 - 0.1 * (-y - 8.0);
            let (s, c) = (sin(angle), cos(angle));
            let front = ramp(0.2, 0.9, c);
            // The muscles that run down to the pit of the throat, and the larynx.
            let off = 4.2 * ramp(-19.0, -8.0, y) + 0.7;
            let cord = 0.32 * bell((s.abs() * wide - off) / 0.9) * front;
            let larynx = id.masculine
                * 0.5
                * bell((y + 13.6) / 1.2)
                * bell(s * wide / 0.9)
                * f32::from(0.0 < c);
            v3(
                s * wide,
                y,
                middle + c * (deep + cord + larynx) * mix(1.0, 0.93, front * flare),
            )
        })
        .collect();
    model.add_grid(&points, AROUND, Material::Neck, true, |at| {
        let p = points[at];
        let tone = 1.0 + 0.1 * fractal(p * 0.5, 3, id.seed as u32 ^ 90);
        let ring = 1.0 - 0.07 * (1.0 + id.wrinkles) * bell((p.y + 14.6 - 0.06 * p.x * p.x) / 0.12);
        let color = id.skin.by(v3(0.99, 0.93, 0.92)) * (tone * ring * 0.96);
        (color, Pin::Neck(ramp(-18.0, -9.0, p.y)))
    });
}

pub fn add_clothes(model: &mut Model, id: &Identity) {
    const ROWS: usize = 46;
    let broad = mix(0.86, 1.04, id.masculine);
    let wide = [
        (0.0, 1.0),
        (0.06, 1.12),
        (0.2, 1.9),
        (0.4, 3.0),
        (0.55, 3.5),
        (0.7, 3.75),
        (1.0, 3.8),
    ];
    let drop = [
        (0.0, 0.0),
        (0.06, 0.5),
        (0.2, 2.0),
        (0.4, 4.0),
        (0.55, 6.6),
        (0.7, 11.0),
        (1.0, 36.0),
    ];
    let deep = [
        (0.0, 1.0),
        (0.06, 1.06),
        (0.2, 1.25),
        (0.4, 1.5),
        (0.7, 1.8),
        (1.0, 1.9),
    ];
    let collar = if id.has_collar { 2.0 } else { 0.0 };
    let points: Vec<V3> = (0..AROUND * ROWS)
        .map(|at| {
            let angle = around(at);
            let t = (at / AROUND) as f32 / (ROWS - 1) as f32;
            let (s, c) = (sin(angle), cos(angle));
            let neck = id.neck_width + 1.15;
            let power = mix(1.0, 0.75, ramp(0.1, 0.5, t));
            let x = neck
                * along(&wide, t)
                * mix(1.0, broad, t.min(1.0))
                * s.signum()
                * pow(s.abs(), power);
            let z = -10.6 + neck * along(&deep, t) * c.signum() * pow(c.abs(), power);
            // The neckline lies lower in front.
            let neckline = -14.4 - 2.2 * ramp(-0.2, 1.0, c) * ramp(0.3, 0.0, t)
                + collar * ramp(0.1, 0.02, t) * ramp(1.05, 0.8, c);
            let mut y =
                neckline - along(&drop, t) - 7.0 * c.max(0.0) * c.max(0.0) * ramp(0.03, 0.5, t);
            let fold = 0.5
                * fractal(v3(x * 0.16, y * 0.1, z * 0.16), 3, id.seed as u32 ^ 91)
                * ramp(0.1, 0.45, t);
            y += fold;
            v3(x, y, z + 2.0 * fold)
        })
        .collect();
    model.add_grid(&points, AROUND, Material::Cloth, true, |at| {
        let t = (at / AROUND) as f32 / (ROWS - 1) as f32;
        let hem = 1.0 - 0.35 * bell((t - 0.055) / 0.012);
        (id.cloth * hem, Pin::Neck(0.0))
    });
}

pub fn add_glasses(model: &mut Model, id: &Identity, shape: &HeadShape) {
    let size = v3(2.55, mix(1.75, 2.15, id.glasses_round), 0.0);
    let power = mix(0.55, 1.0, id.glasses_round);
    let thick = mix(
        0.09,
        0.17,
        id.glasses_color.x.clamp(0.0, 0.02) * 50.0 * 0.5 + 0.25,
    );
    let front = |x: f32| 0.15 - 0.035 * x * x;
    for side in [-1.0f32, 1.0] {
        let center = v3(side * (shape.eye.x + 0.12), shape.eye.y - 0.3, 0.0);
        let rim: Vec<V3> = (0..49)
            .map(|at| {
                let angle = at as f32 / 48.0 * std::f32::consts::TAU;
                let (s, c) = (sin(angle), cos(angle));
                let x = center.x + size.x * c.signum() * pow(c.abs(), power);
                let y = center.y
                    + size.y * s.signum() * pow(s.abs(), power) * if 0.0 < s { 0.95 } else { 1.0 };
                v3(x, y, front(x))
            })
            .collect();
        add_tube(model, &rim, thick, id.glasses_color);
        let hinge = v3(
            side * (shape.eye.x + 2.65),
            shape.eye.y + 0.6,
            front(shape.eye.x + 2.6),
        );
        let temple = [
            hinge,
            v3(side * 6.35, hinge.y - 0.1, -2.6),
            v3(side * 6.75, hinge.y - 0.3, -6.5),
            v3(side * 6.9, hinge.y - 0.9, -9.6),
        ];
        add_tube(model, &temple, thick, id.glasses_color);
    }
    let inner = shape.eye.x + 0.12 - size.x;
    let bridge: Vec<V3> = (0..9)
        .map(|at| {
            let t = at as f32 / 4.0 - 1.0;
            v3(
                t * inner.max(0.3),
                shape.eye.y + 0.35 + 0.3 * (1.0 - t * t),
                front(0.0) + 0.45 * (1.0 - t * t),
            )
        })
        .collect();
    add_tube(model, &bridge, thick, id.glasses_color);
}

fn add_tube(model: &mut Model, line: &[V3], radius: f32, color: V3) {
    const SIDES: usize = 7;
    let mut points = Vec::new();
    for (at, point) in line.iter().enumerate() {
        let is_ring = (line[0] - line[line.len() - 1]).length() < 1e-3;
        let before = if at == 0 && is_ring {
            line[line.len() - 2]
        } else {
            line[at.saturating_sub(1)]
        };
        let after = if at == line.len() - 1 && is_ring {
            line[1]
        } else {
            line[(at + 1).min(line.len() - 1)]
        };
        let tangent = (after - before).unit();
        let side = tangent.cross(v3(0.05, 0.1, 1.0)).unit();
        let up = side.cross(tangent);
        points.extend((0..SIDES).map(|step| {
            let angle = step as f32 / (SIDES - 1) as f32 * std::f32::consts::TAU;
            *point + side * (radius * cos(angle)) + up * (radius * sin(angle))
        }));
    }
    let tube = points.clone();
    model.add_grid(&points, SIDES, Material::Glasses, false, |at| {
        let out = tube[at] - line[at / SIDES];
        (color * if 0.0 < out.z { 1.0 } else { 0.9 }, Pin::Head)
    });
}
