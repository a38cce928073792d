//! What a face does: the mouth, the brows and the lids, and how the head's points follow.

use super::head_shape::{HeadShape, STAR};
use super::mesh::{COLUMNS, LOWER_EDGE, ROWS, UPPER_EDGE, openness};
use super::space::{V3, bell, cos, mix, ramp, sin, v3};

/// Amounts are 0..1 where nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expression {
    pub jaw_open: f32,
    /// -0.5 (sad) to 1 (broad smile).
    pub smile: f32,
    pub pucker: f32,
    /// Lips pressed or parted without the jaw.
    pub part: f32,
    /// -0.6 to 1, by side: the viewer's left, right.
    pub brows: [f32; 2],
    pub frown: f32,
    pub squint: f32,
    /// By side: the viewer's left, right.
    pub blink: [f32; 2],
    /// Radians: to the viewer's right, and up.
    pub gaze: [f32; 2],
}

/// About here the jaw turns.
const HINGE: V3 = v3(0.0, -1.2, -8.0);

/// The jaw's turn about its hinge, by `share` of its full opening.
pub fn jaw_turned(point: V3, open: f32, share: f32) -> V3 {
    let angle = 0.3 * open * share;
    let (s, c) = (sin(angle), cos(angle));
    let from = point - HINGE;
    HINGE + v3(from.x, c * from.y - s * from.z, s * from.y + c * from.z)
}

/// Where the point of one row of the grid goes.
pub fn deform(shape: &HeadShape, expression: &Expression, point: V3, row: usize) -> V3 {
    let p = point;
    if p.z < -12.0 {
        return p;
    }
    let half = shape.mouth_half;
    let t = p.x / half;
    let is_front = ramp(-6.0, -4.0, p.z);
    let is_lower = UPPER_EDGE + 2 < row;
    let open = openness(t);
    let off = p.y - shape.mouth_line(p.x);
    let share = if is_lower {
        let near = ramp(-2.4, 0.0, off.min(0.0));
        1.0 - 0.5 * (1.0 - open) * near
    } else {
        let near = ramp(2.4, 0.0, off.max(0.0));
        0.5 * (1.0 - open) * near
    };
    let share = share * ramp(-11.5, -7.5, p.z);
    let mut q = jaw_turned(p, expression.jaw_open, share);
    // The lips part a little without the jaw.
    let lip = bell(off / 0.9) * open * is_front;
    q.y += expression.part * 0.22 * lip * if is_lower { -1.0 } else { 0.8 };
    let side = p.x.abs();
    let sign = if p.x < 0.0 { -1.0 } else { 1.0 };
    let smile = expression.smile;
    let corner = bell((side - half) / 1.5) * bell(off / 1.35) * is_front;
    q = q + v3(0.42 * sign, 0.4 + 0.06 * smile, -0.4) * (smile * corner);
    q.y += smile.max(0.0) * 0.16 * lip * if is_lower { 0.2 } else { 1.0 };
    let cheek = bell((side - 3.4) / 1.7) * bell((p.y + 2.9) / 1.5) * is_front;
    q = q + v3(0.1 * sign, 0.24, 0.2) * (smile.max(0.0) * cheek);
    let around = bell(t / 1.3) * bell(off / 1.8) * is_front;
    q.x -= p.x * 0.32 * expression.pucker * around;
    q.z += 0.4 * expression.pucker * around;
    // Nothing but skin moves over the brows.
    let raise = mix(
        expression.brows[0],
        expression.brows[1],
        ramp(-1.2, 1.2, p.x),
    );
    let brow = bell((p.y - 2.3) / 1.35) * bell((side - 2.6) / 2.9) * is_front;
    q.y += 0.5 * raise * brow;
    let knit = bell((p.y - 1.7) / 1.1) * bell((side - 1.3) / 1.2) * is_front;
    q = q + v3(-0.22 * sign * ramp(0.0, 0.6, side), -0.18, 0.05) * (expression.frown * knit);
    q
}

/// The whole grid, deformed.
pub fn deform_grid(shape: &HeadShape, expression: &Expression, rest: &[V3], out: &mut [V3]) {
    for at in 0..ROWS * COLUMNS {
        let row = at / COLUMNS;
        let point = rest[at];
        out[at] = deform(shape, expression, point, row);
        // Where the mouth ends, both edges are one.
        if (UPPER_EDGE..=LOWER_EDGE).contains(&row)
            && (1.0 <= (point.x / shape.mouth_half).abs() || point.z < STAR.z)
        {
            out[at] = out[UPPER_EDGE * COLUMNS + at % COLUMNS];
        }
    }
}
