//! Where hair grows: scalp, brows and beard as soft regions of the head's surface.

use super::head_shape::{HeadShape, STAR};
use super::identity::{Beard, HairStyle, Identity};
use super::noise::noise;
use super::space::{V3, along, atan2, bell, ramp};

/// The hairline's height by angle from the front (radians).
const LINE: [(f32, f32); 15] = [
    (0.0, 6.5),
    (0.3, 6.6),
    (0.5, 6.3),
    (0.68, 5.2),
    (0.82, 3.8),
    (0.98, 2.0),
    (1.12, 0.6),
    (1.24, -0.6),
    (1.36, -1.2),
    (1.46, 0.6),
    (1.62, 1.9),
    (1.9, 1.6),
    (2.15, -2.5),
    (2.5, -7.0),
    (3.2, -8.6),
];

/// How far a point of the skin lies inside the scalp's hair, centimeters; negative outside.
pub fn scalp(id: &Identity, point: V3) -> f32 {
    let angle = atan2(point.x.abs(), point.z - STAR.z);
    let front = ramp(1.0, 0.5, angle);
    let recess = bell((angle - 0.62) / 0.3) * id.masculine * (0.5 + 1.6 * id.wrinkles);
    let line = along(&LINE, angle)
        + front * (0.5 * id.forehead_height)
        + recess
        + 0.25 * noise(point * 1.1, id.seed as u32 ^ 77);
    if id.hair == HairStyle::Bald {
        -9.0
    } else {
        point.y - line
    }
}

/// The brow's middle line: its height over the eye's middle, by distance from the face's middle.
pub fn brow_line(id: &Identity, shape: &HeadShape, x: f32) -> f32 {
    let t = (x - 1.35) / 4.1;
    let arch = id.brow_arch * 1.4 * bell((t - 0.68) / 0.4);
    shape.eye.y + 1.95 + id.brow_height + 0.14 * ramp(0.0, 0.6, t) + arch
        - 0.75 * ramp(0.65, 1.15, t)
}

/// Half the brow's thickness there; zero beyond its ends.
pub fn brow_half(id: &Identity, x: f32) -> f32 {
    let t = (x - 1.3) / 4.15;
    0.36 * id.brow_thick * ramp(-0.04, 0.2, t) * ramp(1.03, 0.45, t)
}

/// 0..1 where a beard would grow, less at the edges.
pub fn beard(id: &Identity, shape: &HeadShape, point: V3) -> f32 {
    let angle = atan2(point.x.abs(), point.z - STAR.z);
    let mouth = point.y - shape.mouth_line(point.x);
    let top = along(
        &[
            (0.0, 0.0),
            (0.25, 0.6),
            (0.42, -0.6),
            (0.7, -1.2),
            (1.1, 2.2),
            (1.35, 6.0),
        ],
        angle,
    ) + 0.35 * noise(point * 1.3, id.seed as u32 ^ 5);
    let cheeks = ramp(0.5, -0.9, mouth - top) * ramp(1.62, 1.42, angle);
    let lip_top = shape.nose_base_y - shape.mouth_y;
    let mustache = ramp(lip_top + 0.1, lip_top - 0.5, mouth)
        * ramp(
            shape.mouth_half + 0.9,
            shape.mouth_half + 0.1,
            point.x.abs(),
        )
        * ramp(-0.1, 0.3, mouth);
    let under_lip = 1.0 - 0.6 * bell((point.x.abs() - 1.3) / 0.5) * bell((mouth + 1.5) / 0.5);
    let lips = lip_mask(shape, point, 0.25);
    let below = ramp(-13.4, -11.9, point.y);
    match id.beard {
        Beard::Mustache => mustache * (1.0 - lips),
        _ => cheeks.max(mustache) * under_lip * (1.0 - lips) * below,
    }
}

/// 1 on the lips' red, 0 outside, with an edge of `soft` centimeters.
pub fn lip_mask(shape: &HeadShape, point: V3, soft: f32) -> f32 {
    if 1.02 * shape.mouth_half < point.x.abs() || point.z < -4.0 {
        return 0.0;
    }
    let above = point.y - shape.mouth_line(point.x);
    let upper = ramp(soft, -soft, above - shape.upper_red(point.x));
    let lower = ramp(soft, -soft, -above - shape.lower_red(point.x));
    upper.min(lower)
}
