//! The head as a signed distance: skull, jaw, nose, lips and lids as rounded bodies that melt together.
//!
//! Proportions follow common anthropometric means (Farkas 1994): 6.3 cm between the pupils, 11.8 cm from
//! nasion to chin, 13.5 cm over the cheekbones. The origin lies between the pupils, at the depth of the
//! glabella; all lengths are centimeters.

use super::identity::Identity;
use super::space::{V3, bell, v3};

/// Bodies of one identity, ready to be asked for distances. The face is symmetric here; expressions
/// and small displacements break that later.
#[derive(Clone, Debug)]
pub struct HeadShape {
    id: Identity,
    /// Middle of the lid ball on the viewer's right.
    pub eye: V3,
    /// Heights of the nose's tip and base, the mouth line and the chin.
    pub tip: V3,
    pub nose_base_y: f32,
    pub mouth_y: f32,
    pub mouth_half: f32,
    pub chin: V3,
}

/// From here rays meet the surface once.
pub const STAR: V3 = v3(0.0, -2.0, -7.5);

/// Radii of the ball that the lids lie on; the eyeball is a little smaller.
pub const LID_BALL: V3 = v3(1.88, 1.55, 1.6);

impl HeadShape {
    pub fn new(id: &Identity) -> Self {
        let tip_y = -3.3 - id.nose_length + 0.5 * id.nose_lift;
        let nose_base_y = -4.2 - id.nose_length;
        let mouth_y = nose_base_y - 2.15 - id.philtrum;
        Self {
            eye: v3(3.17 + id.eye_apart, -0.05, -2.98 - id.eye_depth),
            tip: v3(0.0, tip_y, 0.95 + id.nose_forward),
            nose_base_y,
            mouth_y,
            mouth_half: id.mouth_width,
            chin: v3(
                0.0,
                mouth_y - 3.45 - 0.6 * id.jaw_drop,
                -1.65 + id.chin_forward,
            ),
            id: id.clone(),
        }
    }

    /// Height of the line between the lips, by distance from the middle.
    pub fn mouth_line(&self, x: f32) -> f32 {
        let t = (x / self.mouth_half).clamp(-1.2, 1.2);
        self.mouth_y + 0.06 * bell(t * 4.0) * self.id.cupid_bow
            - 0.05 * bell((t.abs() - 0.45) * 3.0)
            - 0.08 * t * t
    }

    /// Depth of the seam between the lips.
    pub fn mouth_depth(&self, x: f32) -> f32 {
        let t = x / self.mouth_half;
        0.12 - 0.45 * t * t - 1.0 * t * t * t * t
    }

    /// Upper edge of the upper lip's red, above the mouth line.
    pub fn upper_red(&self, x: f32) -> f32 {
        let t = (x.abs() / self.mouth_half).min(1.0);
        let bow = bell((x.abs() - 0.5) * 2.1) - 0.65 * bell(x * 2.8);
        let arch = super::space::pow((1.0 - t * t).max(0.0), 0.7);
        (0.5 * arch + 0.12 * self.id.cupid_bow * bow * arch) * self.id.upper_lip.max(0.4)
    }

    /// Lower edge of the lower lip's red, below the mouth line.
    pub fn lower_red(&self, x: f32) -> f32 {
        let t = (x.abs() / self.mouth_half).min(1.0);
        0.84 * super::space::pow((1.0 - t * t).max(0.0), 0.62) * self.id.lower_lip.max(0.45)
    }

    /// Distance to the skin; the point may lie on either side of the face.
    pub fn distance(&self, point: V3) -> f32 {
        let p = v3(point.x.abs(), point.y, point.z);
        let id = &self.id;
        let wide = id.face_width;
        let q = v3(p.x / wide, p.y, p.z);
        let mut d = ellipsoid(
            q,
            v3(
                0.0,
                3.6 + 0.5 * id.forehead_height,
                -9.35 - 0.5 * id.forehead_slope,
            ),
            v3(7.35, 8.4 + 0.3 * id.forehead_height, 9.35),
        );
        d = melt(
            d,
            ellipsoid(q, v3(0.0, 3.2, -4.6 - id.forehead_slope), v3(5.6, 5.2, 4.5)),
            1.2,
        );
        d = melt(d, ellipsoid(q, v3(0.0, -3.5, -6.6), v3(5.7, 7.4, 5.8)), 1.6);
        // Cheekbones and the arches behind them.
        let bone = v3(4.35, -2.35, -3.5 + 0.4 * id.cheekbone);
        d = melt(
            d,
            ellipsoid(q, bone, v3(1.9 + 0.3 * id.cheekbone, 1.5, 1.8)),
            2.2,
        );
        d = melt(
            d,
            capsule(q, v3(5.2, -2.0, -4.4), v3(5.95, -1.0, -8.0), 0.65),
            2.2,
        );
        // The jaw: two branches and the chin.
        let gonion = v3(3.95 + 0.8 * id.jaw_width, -7.2 - 0.6 * id.jaw_drop, -7.0);
        let masseter = v3(3.9 + 0.6 * id.jaw_width, -4.6, -6.0);
        d = melt(d, ellipsoid(q, masseter, v3(1.9, 3.6, 2.6)), 1.8);
        let chin = self.chin;
        let mental = v3(1.25 + 0.5 * id.chin_width, chin.y + 0.2, chin.z - 0.7);
        d = melt(d, capsule(q, gonion, mental, 1.1), 2.0);
        d = melt(d, capsule(q, gonion, v3(5.2, -1.5, -8.2), 1.1), 2.2);
        d = melt(
            d,
            ellipsoid(p, chin, v3(1.65 + 0.6 * id.chin_width, 1.2, 1.35)),
            0.9,
        );
        d = melt(
            d,
            capsule(
                q,
                v3(0.0, chin.y + 0.9, -4.0),
                v3(0.0, chin.y - 0.2, -8.5),
                1.9,
            ),
            1.6,
        );
        // Flesh of the cheeks, and the teeth's arch under the lips.
        let cheek = v3(3.3, -4.9, -3.45 + 0.25 * id.fullness);
        d = melt(
            d,
            ellipsoid(q, cheek, v3(1.9 + 0.35 * id.fullness, 2.4, 1.8)),
            1.6,
        );
        let arch = v3(0.0, self.mouth_y + 0.3, -3.35);
        d = melt(d, ellipsoid(p, arch, v3(3.0, 2.5, 3.0)), 1.1);
        d = self.eyes(p, q, d);
        d = self.nose(p, d);
        self.lips(p, d)
    }

    fn eyes(&self, p: V3, q: V3, before: f32) -> f32 {
        let id = &self.id;
        let ridge = v3(2.6, 1.75, -2.12 + 0.5 * id.brow_ridge);
        let mut d = melt(before, ellipsoid(q, ridge, v3(2.3, 0.85, 1.25)), 1.4);
        let socket = self.eye + v3(-0.12, 0.12, 2.75);
        d = carve(d, ellipsoid(p, socket, v3(1.8, 1.2, 1.45)), 1.3);
        // The inner corner lies deep beside the nose.
        d = carve(
            d,
            ellipsoid(p, v3(1.35, 0.25, -0.35), v3(0.55, 0.75, 0.8)),
            0.6,
        );
        melt(d, ellipsoid(p, self.eye, LID_BALL), 0.5)
    }

    fn nose(&self, p: V3, before: f32) -> f32 {
        let id = &self.id;
        let tip = self.tip;
        let wide = id.nose_width;
        let root = v3(0.0, 0.55, -1.05 + 0.3 * (id.nose_bridge - 1.0));
        let mut d = melt(
            before,
            ellipsoid(p, v3(0.0, tip.y + 0.9, -0.95), v3(1.35 * wide, 2.3, 1.55)),
            0.9,
        );
        let middle = root.mix(tip, 0.5) + v3(0.0, 0.0, 0.08 + id.nose_hump);
        let bridge = 0.52 * id.nose_bridge;
        d = melt(d, cone(p, root, middle, bridge, bridge), 0.65);
        d = melt(d, cone(p, middle, tip, bridge, 0.68 * id.nose_tip), 0.5);
        d = melt(
            d,
            ellipsoid(
                p,
                tip + v3(0.2, -0.1, 0.05),
                v3(0.66, 0.68, 0.68) * id.nose_tip,
            ),
            0.35,
        );
        let wing = v3(0.98 * wide, tip.y - 0.2, 0.0);
        d = melt(d, ellipsoid(p, wing, v3(0.6 * wide, 0.58, 0.95)), 0.5);
        let base = v3(0.0, self.nose_base_y + 0.15, 0.1);
        d = melt(d, capsule(p, tip + v3(0.0, -0.55, -0.1), base, 0.3), 0.3);
        let nostril = v3(0.56 * wide, tip.y - 0.8, 0.48 + 0.5 * id.nose_forward);
        carve(d, ellipsoid(p, nostril, v3(0.31 * wide, 0.4, 0.48)), 0.16)
    }

    fn lips(&self, p: V3, before: f32) -> f32 {
        let half = self.mouth_half;
        let t = p.x / half;
        if 1.4 < t || 3.0 < (p.y - self.mouth_y).abs() {
            return before;
        }
        let inside = (1.0 - t * t).max(0.0);
        let full = inside.sqrt();
        let line = self.mouth_line(p.x);
        let depth = self.mouth_depth(p.x);
        // The philtrum, a shallow groove over the upper lip.
        let mut d = before + 0.07 * bell(p.x * 3.2) * bell((p.y - self.mouth_y - 1.35) * 1.3);
        let up = self.upper_red(p.x);
        let low = self.lower_red(p.x);
        let upper = v3(0.0, line + 0.42 * up, depth - 0.28);
        let lower = v3(0.0, line - 0.44 * low, depth - 0.42);
        let across = v3(0.0, p.y, p.z);
        d = melt(
            d,
            ellipsoid(across, upper, v3(1.0, 0.62 * up + 0.05, 0.35 + 0.28 * full)),
            0.22,
        );
        d = melt(
            d,
            ellipsoid(
                across,
                lower,
                v3(1.0, 0.58 * low + 0.05, 0.38 + 0.34 * full),
            ),
            0.22,
        );
        // A fold under the lower lip, and dimples at the corners.
        let fold = line - low.max(0.6) - 0.55;
        d += 0.16 * bell((p.y - fold) / 0.45) * bell(p.x / (0.62 * half));
        let corner = v3(half + 0.12, self.mouth_line(half), -0.75);
        let seam = 0.12 * bell((p.y - line) / 0.13) * full.min(1.0);
        carve(d, ellipsoid(p, corner, v3(0.25, 0.25, 0.35)), 0.3) + seam * bell((p.z - depth) * 0.7)
    }

    /// The skin of the face's front at x and y.
    pub fn front(&self, x: f32, y: f32) -> V3 {
        let mut point = v3(x, y, -0.5);
        for _ in 0..6 {
            let found = self.surface((point - STAR).unit());
            point = v3(x, y, found.z);
        }
        self.surface((point - STAR).unit())
    }

    /// The skin's point in a direction from [`STAR`], first hit from outside.
    pub fn surface(&self, direction: V3) -> V3 {
        let mut reach = 15.0;
        for _ in 0..90 {
            let d = self.distance(STAR + direction * reach);
            if d < 0.002 {
                break;
            }
            reach -= 0.75 * d;
            if reach < 2.0 {
                break;
            }
        }
        STAR + direction * reach
    }
}

/// The smooth union of two distances (polynomial, k is the reach of the blend).
fn melt(a: f32, b: f32, k: f32) -> f32 {
    let h = (k - (a - b).abs()).max(0.0) / k;
    a.min(b) - h * h * k * 0.25
}

/// `a` without `b`, smoothly.
fn carve(a: f32, b: f32, k: f32) -> f32 {
    -melt(-a, b, k)
}

fn ellipsoid(p: V3, center: V3, radii: V3) -> f32 {
    let p = p - center;
    let a = v3(p.x / radii.x, p.y / radii.y, p.z / radii.z);
    let k0 = a.length();
    let k1 = v3(a.x / radii.x, a.y / radii.y, a.z / radii.z).length();
    if k1 < 1e-6 {
        -radii.x.min(radii.y).min(radii.z)
    } else {
        k0 * (k0 - 1.0) / k1
    }
}

fn capsule(p: V3, a: V3, b: V3, radius: f32) -> f32 {
    cone(p, a, b, radius, radius)
}

/// A capsule whose radius changes from one end to the other (not exact, close for mild cones).
fn cone(p: V3, a: V3, b: V3, from: f32, to: f32) -> f32 {
    let (pa, ba) = (p - a, b - a);
    let t = (pa.dot(ba) / ba.dot(ba)).clamp(0.0, 1.0);
    (pa - ba * t).length() - (from + (to - from) * t)
}
