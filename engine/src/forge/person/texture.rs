//! Skin, baked once per person: color, relief, gloss and labels over the head's grid.

use rayon::prelude::*;

use super::hairline::{beard, brow_half, brow_line, lip_mask, scalp};
use super::head_shape::{HeadShape, STAR};
use super::identity::{Beard, HairStyle, Identity};
use super::lids::{LidPose, Lids, local};
use super::mesh::{COLUMNS, HeadMesh, LOWER_EDGE, ROWS, UPPER_EDGE, at_place};
use super::noise::{Dice, cells, fractal, noise};
use super::parts::Part;
use super::space::{V3, bell, ramp, v3};

pub const TEXTURE_SIZE: usize = 768;

/// One point of the skin.
#[derive(Clone, Copy, Debug)]
pub struct Texel {
    /// Linear RGB.
    pub albedo: V3,
    /// What the relief adds to the unit normal at rest.
    pub relief: V3,
    /// Strength of the shine, around 1.
    pub gloss: f32,
    pub part: Part,
    /// Inside the hairline and the jaw.
    pub is_face: bool,
}

#[derive(Debug)]
pub struct Texture {
    texels: Vec<Texel>,
}

impl Texture {
    pub fn bake(id: &Identity, shape: &HeadShape, mesh: &HeadMesh) -> Self {
        let painter = Painter::new(id, shape);
        let size = TEXTURE_SIZE;
        let place = |at: usize| {
            let column = (at % size) as f32 / (size - 1) as f32 * (COLUMNS - 1) as f32;
            let row = (at / size) as f32 / (size - 1) as f32 * (ROWS - 1) as f32;
            [column, row]
        };
        let points: Vec<V3> = (0..size * size)
            .into_par_iter()
            .map(|at| at_place(&mesh.rest, place(at), V3::mix))
            .collect();
        let heights: Vec<f32> = points
            .par_iter()
            .map(|point| painter.height(*point))
            .collect();
        let texels = (0..size * size)
            .into_par_iter()
            .map(|at| {
                let (column, row) = (at % size, at / size);
                let [_, grid_row] = place(at);
                let inner = (UPPER_EDGE as f32 + 0.3..LOWER_EDGE as f32 - 0.3).contains(&grid_row);
                let mut texel = painter.texel(points[at], heights[at], inner);
                if 0 < column && column < size - 1 && 0 < row && row < size - 1 && !inner {
                    texel.relief =
                        -(slope(&points, &heights, at, 1) + slope(&points, &heights, at, size));
                }
                texel
            })
            .collect();
        Self { texels }
    }

    /// The texel at a fractional place of the grid, blended; labels are the nearest.
    pub fn sample(&self, column: f32, row: f32) -> Texel {
        let size = TEXTURE_SIZE;
        let x = (column / (COLUMNS - 1) as f32 * (size - 1) as f32).clamp(0.0, size as f32 - 1.01);
        let y = (row / (ROWS - 1) as f32 * (size - 1) as f32).clamp(0.0, size as f32 - 1.01);
        let (i, j) = (x as usize, y as usize);
        let (s, t) = (x - i as f32, y - j as f32);
        let at = j * size + i;
        let [a, b] = [&self.texels[at], &self.texels[at + 1]];
        let [c, d] = [&self.texels[at + size], &self.texels[at + size + 1]];
        let weights = [(1.0 - s) * (1.0 - t), s * (1.0 - t), (1.0 - s) * t, s * t];
        let sum = |part: fn(&Texel) -> V3| {
            part(a) * weights[0]
                + part(b) * weights[1]
                + part(c) * weights[2]
                + part(d) * weights[3]
        };
        let nearest = match (s < 0.5, t < 0.5) {
            (true, true) => a,
            (false, true) => b,
            (true, false) => c,
            (false, false) => d,
        };
        Texel {
            albedo: sum(|texel| texel.albedo),
            relief: sum(|texel| texel.relief),
            ..*nearest
        }
    }
}

/// The gradient of the height along one direction of the texture, as a vector on the surface.
fn slope(points: &[V3], heights: &[f32], at: usize, step: usize) -> V3 {
    let along = points[at + step] - points[at - step];
    let rise = heights[at + step] - heights[at - step];
    along * (rise / along.dot(along).max(1e-4))
}

struct Painter<'a> {
    id: &'a Identity,
    shape: &'a HeadShape,
    lids: Lids,
    seed: u32,
    /// Place, radius and strength.
    moles: Vec<(V3, f32, f32)>,
}

impl<'a> Painter<'a> {
    fn new(id: &'a Identity, shape: &'a HeadShape) -> Self {
        let mut dice = Dice::new(id.seed, 2);
        let num_moles = dice.index(7);
        let moles = (0..num_moles).map(|_| {
            let toward = v3(dice.range(-0.75, 0.75), dice.range(-0.95, 0.6), 1.0).unit();
            (
                shape.surface(toward),
                dice.range(0.06, 0.16),
                dice.range(0.2, 0.7),
            )
        });
        Self {
            id,
            shape,
            lids: Lids::new(id),
            seed: id.seed as u32 ^ (id.seed >> 32) as u32,
            moles: moles.collect(),
        }
    }

    /// 1 along the fold from the nose's wing past the corner of the mouth.
    fn nasolabial(&self, p: V3) -> f32 {
        let top = self.shape.tip.y + 0.1;
        let bottom = self.shape.mouth_y - 0.7;
        let t = ((top - p.y) / (top - bottom)).clamp(-0.2, 1.2);
        let x = 1.75 * self.id.nose_width
            + (self.shape.mouth_half - 1.0) * t.max(0.0) * (1.55 - 0.55 * t);
        bell((p.x.abs() - x) / 0.2)
            * ramp(-0.15, 0.2, t)
            * ramp(1.15, 0.6, t)
            * f32::from(-5.0 < p.z)
    }

    /// Lines of age around the eyes and over the forehead.
    fn lines(&self, p: V3) -> f32 {
        let [ex, ey] = local(p, self.shape.eye);
        let bend = 0.35 * noise(p * 0.5, self.seed ^ 3) + 0.03 * p.x * p.x;
        let forehead = bell((super::space::sin((p.y + bend) * 4.6) - 1.0) / 0.35)
            * ramp(2.7, 3.4, p.y)
            * ramp(6.6, 5.0, p.y)
            * ramp(4.6, 3.0, p.x.abs())
            * (0.6 + 0.6 * noise(p * 0.8, self.seed ^ 9));
        let angle = super::space::atan2(ey, ex - 0.9);
        let feet = bell((super::space::sin(angle * 9.0 + 1.0) - 1.0) / 0.4)
            * bell((ex - 2.3) / 0.55)
            * ramp(1.1, 0.5, angle.abs());
        let under = bell((ey + 0.85 - 0.12 * ex * ex) / 0.09) * ramp(1.6, 0.8, ex.abs());
        let frown = bell((p.x.abs() - 0.45) / 0.09) * bell((p.y - 2.0) / 0.6);
        let front = f32::from(-6.5 < p.z);
        front
            * (self.id.wrinkles * (forehead + feet + 0.7 * frown)
                + (0.25 + 0.6 * self.id.wrinkles) * under)
    }

    /// The crease over the upper lid.
    fn crease(&self, p: V3) -> f32 {
        let [x, y] = local(p, self.shape.eye);
        if 2.0 < x.abs() || 1.6 < y.abs() || p.z < -5.0 {
            return 0.0;
        }
        let [up, _] = self.lids.heights(x * 0.9, LidPose::default());
        let gap = 0.36 - 0.22 * self.id.lid_weight.clamp(0.0, 1.0);
        bell((y - up - gap) / 0.085) * ramp(1.75, 1.2, x.abs())
    }

    /// Relief in centimeters.
    fn height(&self, p: V3) -> f32 {
        if p.z < -8.5 {
            return 0.0;
        }
        let (pore, _) = cells(p * 9.0, self.seed);
        let mut height = 0.004 * ramp(0.0, 0.5, pore)
            + 0.007 * noise(p * 7.0, self.seed ^ 1)
            + 0.02 * fractal(p * 2.2, 2, self.seed ^ 2);
        let lips = lip_mask(self.shape, p, 0.1);
        height += lips * 0.02 * noise(v3(p.x * 7.0, p.y * 0.9, p.z), self.seed ^ 4);
        height -= 0.075 * self.lines(p) + (0.05 + 0.13 * self.id.wrinkles) * self.nasolabial(p);
        height - 0.07 * self.crease(p)
    }

    fn texel(&self, p: V3, height: f32, inner: bool) -> Texel {
        let (id, shape) = (self.id, self.shape);
        let mut part = Part::Skin;
        if p.z < -10.5 {
            return Texel {
                albedo: self.haired(id.skin, p, &mut part),
                relief: V3::ZERO,
                gloss: 0.6,
                part,
                is_face: false,
            };
        }
        let mirrored = v3(p.x.abs(), p.y, p.z);
        let [ex, ey] = local(p, shape.eye);
        let near = |center: V3, size: f32| bell((mirrored - center).length() / size);
        // Blood: cheeks, nose, chin and lids are redder than forehead and jaw.
        let mottle = fractal(p * 0.55, 3, self.seed ^ 20);
        let fine = fractal(p * 2.6, 3, self.seed ^ 21);
        let cheek = near(v3(3.6, -2.9, -1.9), 2.0);
        let nose = near(shape.tip + v3(0.3, -0.1, 0.5), 1.1);
        let chin = near(shape.chin + v3(0.0, 0.0, 1.0), 1.3);
        let blood = id.redness
            * (0.5 * cheek + 0.6 * nose + 0.25 * chin + 0.25 * mottle + 0.1 * fine)
            + 0.35 * id.makeup * near(v3(4.6, -2.2, -2.6), 1.6);
        let mut color = id
            .skin
            .by(v3(1.0 + 0.06 * blood, 1.0 - 0.2 * blood, 1.0 - 0.2 * blood));
        color =
            color * (1.0 + 0.09 * mottle + 0.07 * fine + 0.8 * (height + 0.002).clamp(-0.1, 0.03));
        // Under and around the eyes.
        let bag = bell((ey + 0.75 + 0.05 * ex) / 0.5) * bell(ex / 1.6) * f32::from(-6.0 < p.z);
        let lid = bell((ey - 0.5) / 0.55) * bell(ex / 1.5) * f32::from(-6.0 < p.z);
        color = color.by(
            v3(1.0, 0.94, 0.96).mix(v3(0.82, 0.72, 0.76), 0.3 + 0.35 * id.wrinkles) * bag
                + V3::splat(1.0 - bag),
        );
        color = color.by(V3::splat(1.0).mix(v3(0.88, 0.8, 0.79), lid * (0.12 + 0.45 * id.makeup)));
        color = self.spotted(color, p);
        if id.hair != HairStyle::Bald || id.beard != Beard::None {
            color = self.haired(color, p, &mut part);
        }
        let lips = lip_mask(shape, p, 0.07);
        let grooves = 1.0 + 0.1 * noise(v3(p.x * 8.0, p.y * 1.3, p.z), self.seed ^ 30);
        color = color.mix(id.lip_tint * grooves, 0.9 * lips);
        let mouth_line = bell((p.y - shape.mouth_line(p.x)) / 0.07)
            * ramp(1.05, 0.9, (p.x / shape.mouth_half).abs());
        if -5.0 < p.z {
            color = color * (1.0 - 0.45 * mouth_line);
        }
        if inner {
            color = id.lip_tint.by(v3(0.55, 0.4, 0.42));
        }
        if 0.5 < lips || inner && p.x.abs() < 1.02 * shape.mouth_half && -5.0 < p.z {
            part = Part::Lips;
        }
        let nostril = v3(
            0.54 * id.nose_width,
            shape.tip.y - 0.78,
            0.42 + 0.5 * id.nose_forward,
        );
        let hole = bell((mirrored - nostril).by(v3(2.6, 2.2, 1.5)).length());
        color = color * (1.0 - 0.8 * hole);
        if part == Part::Skin && self.is_nose(p) {
            part = Part::Nose;
        }
        let shiny = 0.5 * near(v3(0.0, 4.5, 0.0), 3.0)
            + 0.8 * nose
            + 0.4 * cheek
            + 0.3 * bell(ey / 0.8) * bell(ex / 1.4);
        Texel {
            albedo: color,
            relief: V3::ZERO,
            gloss: (0.55 + id.oiliness * shiny + 0.2 * fine) * (1.0 - 0.9 * hole) + 0.9 * lips,
            part,
            is_face: self.is_face(p),
        }
    }

    /// Freckles and moles.
    fn spotted(&self, mut color: V3, p: V3) -> V3 {
        if 0.0 < self.id.freckles {
            let (distance, number) = cells(p * 3.4, self.seed ^ 40);
            let where_ =
                bell((p.y + 2.0) / 2.6) * ramp(6.0, 3.0, p.x.abs()) * ramp(-5.0, -2.5, p.z);
            let spot = ramp(0.3, 0.12, distance) * f32::from(number < 0.45 * where_);
            color = color.by(V3::splat(1.0).mix(v3(0.72, 0.55, 0.42), self.id.freckles * spot));
        }
        for (center, radius, strength) in &self.moles {
            let spot = ramp(1.0, 0.5, (p - *center).length() / radius);
            color = color.by(V3::splat(1.0).mix(v3(0.4, 0.26, 0.2), strength * spot));
        }
        color
    }

    /// Skin darkened by hair: brows, stubble and scalp.
    fn haired(&self, mut color: V3, p: V3, part: &mut Part) -> V3 {
        let id = self.id;
        if -6.0 < p.z {
            let half = brow_half(id, p.x.abs());
            let off = (p.y - brow_line(id, self.shape, p.x.abs())).abs();
            let brow = if 0.0 < half {
                ramp(1.25, 0.3, off / half.max(0.05)) * ramp(0.0, 0.12, half)
            } else {
                0.0
            };
            let streak =
                0.75 + 0.25 * noise(v3(p.x * 9.0 - p.y * 7.0, p.y * 4.0, 0.0), self.seed ^ 50);
            color = color.mix(id.brow_color, 0.8 * brow * streak);
            if 0.45 < brow {
                *part = Part::Brow;
            }
        }
        if id.beard != Beard::None || 0.5 < id.masculine {
            let grown = match id.beard {
                Beard::None => 0.16,
                Beard::Stubble => 0.5,
                Beard::Short | Beard::Mustache => 0.75,
                Beard::Full => 0.9,
            };
            let mask = beard(id, self.shape, p);
            if 0.0 < mask {
                let (distance, _) = cells(p * 8.5, self.seed ^ 60);
                let dots = 0.55 + 0.9 * ramp(0.55, 0.2, distance);
                let shade = (grown * mask * dots).min(0.95);
                color = color.mix(id.brow_color * 0.9, shade * 0.8);
            }
        }
        let inside =
            scalp(id, p) + 0.5 * noise(v3(p.x * 4.0, p.y * 1.5, p.z * 4.0), self.seed ^ 70);
        color = color.mix(id.hair_color * 0.6, 0.85 * ramp(-0.35, 0.7, inside));
        if 0.2 < inside {
            *part = Part::Hair;
        }
        color
    }

    fn is_nose(&self, p: V3) -> bool {
        let tip = self.shape.tip.y;
        let t = ((0.6 - p.y) / (0.6 - tip)).clamp(0.0, 1.0);
        let half = 0.75 + t * t * (1.62 * self.id.nose_width - 0.75);
        p.x.abs() < half && p.y < 0.6 && self.shape.nose_base_y - 0.05 < p.y && -2.6 < p.z
    }

    /// Inside the hairline and the jaw, in front of the ears.
    fn is_face(&self, p: V3) -> bool {
        let angle = super::space::atan2(p.x.abs(), p.z - STAR.z);
        let jaw = super::landmarks::jaw_height(self.id, self.shape, angle);
        let top = super::space::along(&[(0.0, 6.4), (0.6, 5.6), (0.9, 3.0), (1.3, 0.5)], angle)
            + 0.5 * self.id.forehead_height;
        angle < super::landmarks::EAR_ANGLE && jaw < p.y && p.y < top && scalp(self.id, p) < 0.2
    }
}
