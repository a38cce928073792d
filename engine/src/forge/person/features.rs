//! Eyeballs, lashes, teeth, tongue and ears.

use super::head_shape::{HeadShape, STAR};
use super::identity::Identity;
use super::lids::Lids;
use super::model::{Model, Pin};
use super::noise::Dice;
use super::raster::Material;
use super::space::{V3, bell, cos, mix, pow, ramp, sin, v3};

/// Radii of the visible ball of the eye.
pub const EYE_BALL: V3 = v3(1.76, 1.43, 1.49);

pub fn add_eyes(model: &mut Model, shape: &HeadShape) {
    const STEPS: usize = 21;
    for side in [-1.0, 1.0] {
        let eye = v3(side * shape.eye.x, shape.eye.y, shape.eye.z);
        let points: Vec<V3> = (0..STEPS * STEPS)
            .map(|at| {
                let across = (at % STEPS) as f32 / (STEPS - 1) as f32 * 2.0 - 1.0;
                let down = (at / STEPS) as f32 / (STEPS - 1) as f32 * 2.0 - 1.0;
                let (a, e) = (1.5 * across, -1.2 * down);
                eye + v3(sin(a) * cos(e), sin(e), cos(a) * cos(e)).by(EYE_BALL)
            })
            .collect();
        model.add_grid(&points, STEPS, Material::Eye, true, |at| {
            (points[at] - eye, Pin::Head)
        });
    }
}

pub fn add_lashes(model: &mut Model, id: &Identity, shape: &HeadShape, lids: &Lids) {
    let mut dice = Dice::new(id.seed, 30);
    let long = mix(0.62, 0.5, id.masculine) + 0.25 * id.makeup;
    let width = lids.outer[0] - lids.inner[0];
    for (is_right, side) in [(false, -1.0), (true, 1.0)] {
        for at in 0..90 {
            let is_upper = at < 58;
            let t = if is_upper {
                (at as f32 + dice.unit()) / 58.0
            } else {
                (at as f32 - 58.0 + dice.unit()) / 32.0
            };
            let t = 0.1 + 0.9 * t;
            let x = lids.inner[0] + t * width;
            let size = if is_upper {
                long * mix(0.5, 1.1, t)
            } else {
                0.3 * long
            } * dice.range(0.6, 1.1);
            let fan = (t - 0.35) * 0.9 + 0.15 * dice.normal();
            let [curl, forth] = if is_upper { [0.62, 0.75] } else { [-0.75, 0.5] };
            let tip = [side * fan * size, curl * size, forth * size];
            // The lid gives the line's root while drawing; here only its form matters.
            let root = v3(
                side * shape.eye.x + side * x,
                shape.eye.y,
                shape.eye.z + 1.5,
            );
            let line = [0.0, 0.35, 0.7, 1.0]
                .map(|t: f32| root + v3(tip[0] * t, tip[1] * t * t, tip[2] * t));
            model.add_ribbon(
                &line,
                v3(0.1, 0.2, 1.0).unit(),
                |t| mix(0.055, 0.015, t),
                dice.unit(),
                Material::Lash,
                |along| Pin::Lash {
                    x,
                    is_upper,
                    is_right,
                    tip: [tip[0] * along, tip[1] * along * along, tip[2] * along],
                },
            );
        }
    }
}

pub fn add_mouth(model: &mut Model, id: &Identity, shape: &HeadShape) {
    let mut dice = Dice::new(id.seed, 31);
    let ivory =
        v3(0.74, 0.68, 0.56).mix(v3(0.8, 0.77, 0.7), dice.unit()) * mix(1.0, 0.85, id.wrinkles);
    let gum = v3(0.42, 0.16, 0.15).by(v3(1.0, 1.0, 1.0) * mix(0.6, 1.0, id.skin_light));
    const COLUMNS: usize = 81;
    for is_upper in [true, false] {
        let rows = 9;
        let depth = shape.mouth_depth(0.0) - if is_upper { 0.62 } else { 1.05 };
        let gap = dice.range(0.0, 0.1);
        let points: Vec<V3> = (0..COLUMNS * rows)
            .map(|at| {
                let x = ((at % COLUMNS) as f32 / (COLUMNS - 1) as f32 * 2.0 - 1.0) * 2.4;
                let t = (at / COLUMNS) as f32 / (rows - 1) as f32;
                let (place, size) = tooth(x, is_upper);
                let round = pow((1.0 - place * place).max(0.0), 0.35);
                let edge = 0.07 * (1.0 - round) + 0.04 * bell((x.abs() - 0.62) / 0.3);
                let y = if is_upper {
                    shape.mouth_y + 0.75 - t * (1.0 - edge - 0.1 * gap)
                } else {
                    shape.mouth_y - 1.2 + t * (0.85 - edge)
                };
                let bulge = 0.09 * round * bell((t - 0.75) / 0.5) * size;
                v3(
                    x,
                    y,
                    depth - 0.2 * x * x - 0.02 * x * x * x * x + bulge
                        - 0.5 * (1.0 - t) * (1.0 - t),
                )
            })
            .collect();
        let pin = if is_upper { Pin::Head } else { Pin::Jaw };
        model.add_grid(&points, COLUMNS, Material::Mouth, is_upper, |at| {
            let x = points[at].x;
            let t = (at / COLUMNS) as f32 / (rows - 1) as f32;
            let (place, _) = tooth(x, is_upper);
            let seam = ramp(0.8, 1.0, place.abs());
            let gums = ramp(0.3, 0.17, t + 0.12 * (1.0 - place * place));
            let color = (ivory * mix(0.82, 1.0, ramp(0.4, 0.8, t)))
                .mix(v3(0.2, 0.1, 0.08), 0.6 * seam)
                .mix(gum, gums);
            // Teeth lie in the shade of the lips, deeper at the sides.
            (color * mix(1.0, 0.3, ramp(0.6, 2.2, x.abs())), pin)
        });
    }
    let across = |at: usize, n: usize| (at % n) as f32 / (n - 1) as f32 * 2.0 - 1.0;
    let tongue: Vec<V3> = (0..12 * 9)
        .map(|at| {
            let x = across(at, 12);
            let t = (at / 12) as f32 / 8.0;
            v3(
                1.55 * x,
                shape.mouth_y - 0.75 - 0.35 * x * x + 0.5 * t * (1.0 - t) * 2.0,
                -1.35 - 2.4 * t,
            )
        })
        .collect();
    model.add_grid(&tongue, 12, Material::Mouth, true, |at| {
        (
            v3(0.34, 0.11, 0.1) * mix(0.8, 0.1, (at / 12) as f32 / 8.0),
            Pin::Jaw,
        )
    });
    // The dark behind.
    let back: Vec<V3> = (0..9 * 9)
        .map(|at| {
            v3(
                2.65 * across(at, 9),
                shape.mouth_y + 1.4 - 3.4 * (at / 9) as f32 / 8.0,
                -3.3,
            )
        })
        .collect();
    model.add_grid(&back, 9, Material::Mouth, true, |at| {
        let pin = if at / 9 < 4 { Pin::Head } else { Pin::Jaw };
        (v3(0.02, 0.006, 0.006), pin)
    });
}

/// Place within a tooth (-1..1) and its size, by distance from the middle.
fn tooth(x: f32, is_upper: bool) -> (f32, f32) {
    let widths: [f32; 6] = if is_upper {
        [0.43, 0.34, 0.38, 0.36, 0.36, 0.6]
    } else {
        [0.28, 0.3, 0.34, 0.36, 0.36, 0.6]
    };
    let mut from = 0.0;
    for width in widths {
        if x.abs() < from + width {
            return ((x.abs() - from) / width * 2.0 - 1.0, 1.0);
        }
        from += width;
    }
    (0.0, 0.5)
}

pub fn add_ears(model: &mut Model, id: &Identity, shape: &HeadShape) {
    const AROUND: usize = 41;
    const OUT: usize = 15;
    let tilt: f32 = 0.2;
    for side in [1.0f32, -1.0] {
        let near = shape.surface((v3(6.2, -0.6, -8.0) - STAR).unit());
        let hold = v3(near.x - 0.32, -0.9, -8.2);
        let (flare, size) = (id.ear_out, id.ear_size);
        let points: Vec<V3> = (0..AROUND * OUT)
            .map(|at| {
                let angle = (at % AROUND) as f32 / (AROUND - 1) as f32 * std::f32::consts::TAU;
                let r = (at / AROUND) as f32 / (OUT - 2) as f32;
                let [a, b, c] = ear_point(angle, r);
                let (a, b, c) = (a * size, b * size, c * size);
                let back = a * cos(tilt) + b * sin(tilt) * 0.6;
                let up = b * cos(tilt) - a * sin(tilt) * 0.4;
                let point = hold
                    + v3(
                        sin(flare) * back + cos(flare) * c,
                        up,
                        -cos(flare) * back + sin(flare) * c,
                    );
                v3(point.x * side, point.y, point.z)
            })
            .collect();
        model.add_grid(&points, AROUND, Material::Ear, 0.0 < side, |at| {
            let angle = (at % AROUND) as f32 / (AROUND - 1) as f32 * std::f32::consts::TAU;
            let r = (at / AROUND) as f32 / (OUT - 2) as f32;
            let bowl = bell((r - 0.3) / 0.25) * (0.6 + 0.4 * cos(angle));
            let groove = bell((r - 0.8) / 0.07) * ramp(-0.9, 0.2, sin(angle) + 0.3);
            let shade = 1.0 - 0.5 * bowl - 0.35 * groove;
            let red = v3(1.05, 0.86, 0.84);
            (id.skin.by(red) * shade, Pin::Head)
        });
    }
}

/// The ear as a leaf: along its back, its height, and out of its plane.
fn ear_point(angle: f32, r: f32) -> [f32; 3] {
    // The angle runs from the back over the top to the front.
    let (s, c) = (sin(angle), cos(angle));
    let tall = if 0.0 < s { 2.9 } else { 3.0 };
    let wide = if 0.0 < c {
        mix(1.75, 1.15, ramp(-0.2, -1.0, s))
    } else {
        1.35
    };
    let inside = r.min(1.0);
    let a = 1.35 + c * wide * inside;
    let b = s * tall * inside;
    let back = 0.5 + 0.5 * c;
    let rim = ramp(-0.75, -0.2, s) + ramp(0.3, 1.0, c) * 0.5;
    let helix = 0.42 * bell((inside - 0.94) / 0.11) * rim.min(1.0);
    let fold = 0.3 * bell((inside - 0.62) / 0.14) * ramp(-0.7, 0.1, s + c * 0.6);
    let bowl = -0.55 * bell((inside - 0.2) / 0.28);
    let tragus = 0.35 * bell((inside - 0.75) / 0.2) * bell((angle - 3.3) / 0.35);
    let lobe = 0.12 * ramp(-0.6, -0.95, s);
    let out = helix + fold + bowl + tragus + lobe + 0.25 * back;
    // The last ring leads behind the ear.
    if 1.0 < r {
        [a * 0.86 + 0.1, b * 0.93, out - 0.75]
    } else {
        [a, b, out]
    }
}
