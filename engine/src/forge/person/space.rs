//! Points and turns in three dimensions, with functions that give the same bits on every machine.

use std::ops::{Add, Mul, Neg, Sub};

/// A point or direction: x to the viewer's right, y up, z toward the viewer; centimeters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct V3 {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

pub const fn v3(x: f32, y: f32, z: f32) -> V3 {
    V3 { x, y, z }
}

impl V3 {
    pub const ZERO: Self = v3(0.0, 0.0, 0.0);

    pub const fn splat(value: f32) -> Self {
        v3(value, value, value)
    }

    pub fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub fn cross(self, other: Self) -> Self {
        v3(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    /// Each part by its own factor.
    pub fn by(self, other: Self) -> Self {
        v3(self.x * other.x, self.y * other.y, self.z * other.z)
    }

    pub fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// The direction; zero stays zero.
    pub fn unit(self) -> Self {
        let length = self.length();
        if length < 1e-12 {
            Self::ZERO
        } else {
            self * (1.0 / length)
        }
    }

    pub fn mix(self, other: Self, share: f32) -> Self {
        self + (other - self) * share
    }

    /// The same point on the other side of the face.
    pub fn mirrored(self) -> Self {
        v3(-self.x, self.y, self.z)
    }
}

impl Add for V3 {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        v3(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for V3 {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        v3(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f32> for V3 {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        v3(self.x * factor, self.y * factor, self.z * factor)
    }
}

impl Neg for V3 {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1.0
    }
}

/// A rotation, as the rows of its matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn(pub [V3; 3]);

impl Turn {
    /// Yaw turns the nose to the viewer's right, pitch lifts it, roll turns the head clockwise on
    /// screen; radians, applied in the order roll, pitch, yaw.
    pub fn from_angles(yaw: f32, pitch: f32, roll: f32) -> Self {
        let (sy, cy) = (sin(yaw), cos(yaw));
        let (sp, cp) = (sin(pitch), cos(pitch));
        let (sr, cr) = (sin(-roll), cos(-roll));
        let yaw = Self([v3(cy, 0.0, sy), v3(0.0, 1.0, 0.0), v3(-sy, 0.0, cy)]);
        let pitch = Self([v3(1.0, 0.0, 0.0), v3(0.0, cp, sp), v3(0.0, -sp, cp)]);
        let roll = Self([v3(cr, -sr, 0.0), v3(sr, cr, 0.0), v3(0.0, 0.0, 1.0)]);
        yaw.after(pitch).after(roll)
    }

    pub fn of(&self, point: V3) -> V3 {
        v3(
            self.0[0].dot(point),
            self.0[1].dot(point),
            self.0[2].dot(point),
        )
    }

    /// The turn that does `first`, then this.
    pub fn after(&self, first: Self) -> Self {
        let columns = first.transposed().0;
        Self(self.0.map(|row| {
            v3(
                row.dot(columns[0]),
                row.dot(columns[1]),
                row.dot(columns[2]),
            )
        }))
    }

    pub fn transposed(&self) -> Self {
        let [a, b, c] = self.0;
        Self([v3(a.x, b.x, c.x), v3(a.y, b.y, c.y), v3(a.z, b.z, c.z)])
    }
}

pub fn sin(x: f32) -> f32 {
    libm::sinf(x)
}

pub fn cos(x: f32) -> f32 {
    libm::cosf(x)
}

pub fn exp(x: f32) -> f32 {
    libm::expf(x)
}

pub fn pow(x: f32, y: f32) -> f32 {
    libm::powf(x, y)
}

pub fn atan2(y: f32, x: f32) -> f32 {
    libm::atan2f(y, x)
}

/// exp(-x²).
pub fn bell(x: f32) -> f32 {
    if 4.0 < x.abs() { 0.0 } else { exp(-x * x) }
}

pub fn mix(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

/// 0 below `from`, 1 above `to`, smooth between; `to` may be below `from`.
pub fn ramp(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A piecewise linear function through points sorted by their first part.
pub fn along(points: &[(f32, f32)], x: f32) -> f32 {
    let next = points.partition_point(|point| point.0 < x);
    if next == 0 {
        return points[0].1;
    }
    let Some(&(x1, y1)) = points.get(next) else {
        return points[points.len() - 1].1;
    };
    let (x0, y0) = points[next - 1];
    mix(y0, y1, (x - x0) / (x1 - x0))
}
