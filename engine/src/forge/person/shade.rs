//! The color and the label of one sample of a person.

use super::features::EYE_BALL;
use super::identity::{Beard, Identity};
use super::individual::Person;
use super::lids::{LidPose, local};
use super::light::{Around, Lights, hair, matte, skin};
use super::mesh::COLUMNS;
use super::noise::{fractal, noise};
use super::parts::Part;
use super::raster::{Material, Triangle, blend};
use super::space::{Turn, V3, atan2, bell, cos, mix, ramp, sin, v3};

/// A person as posed in one frame.
#[derive(Debug)]
pub struct Posed<'a> {
    pub person: &'a Person,
    /// Points and normals in the camera's space; the camera is at the origin and looks along -z.
    pub points: &'a [V3],
    pub normals: &'a [V3],
    /// Share of the key light that arrives.
    pub lit: Vec<f32>,
    /// Turns directions of the head's own space into the camera's.
    pub head: Turn,
    /// Viewer's left and right eye.
    pub lids: [LidPose; 2],
    pub gaze: [f32; 2],
}

/// What a sample looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shade {
    pub color: V3,
    pub part: Part,
    pub is_face: bool,
}

impl Posed<'_> {
    /// Whether the skin has a hole here, through which an eye looks.
    pub fn is_cut(&self, triangle: &Triangle, weights: [f32; 2]) -> bool {
        let first = triangle.corners[0] as usize;
        let near = self.person.model.points[first];
        let [x, y] = local(near, self.person.shape.eye);
        if 2.3 < x.abs() || 1.7 < y.abs() || near.z < -6.0 {
            return false;
        }
        let point = blend(&self.person.model.points, triangle, weights);
        self.inside_lids(point).0 > 0.0
    }

    fn inside_lids(&self, point: V3) -> (f32, bool) {
        let [x, y] = local(point, self.person.shape.eye);
        let pose = self.lids[usize::from(0.0 < point.x)];
        self.person.lids.inside(x, y, pose)
    }

    /// `weights` are those of the second and third corner.
    pub fn shade(&self, lights: &Lights, triangle: &Triangle, weights: [f32; 2]) -> Shade {
        let model = &self.person.model;
        let id = &self.person.id;
        let point = blend(self.points, triangle, weights);
        let normal = blend(self.normals, triangle, weights).unit();
        let extra = blend(&model.extra, triangle, weights);
        let scalar = |values: &[f32]| {
            let [a, b, c] = triangle.corners.map(|corner| values[corner as usize]);
            a + (b - a) * weights[0] + (c - a) * weights[1]
        };
        let around = Around {
            view: (-point).unit(),
            open: scalar(&model.open),
            lit: scalar(&self.lit),
        };
        let plain = |color: V3, part: Part| Shade {
            color,
            part,
            is_face: false,
        };
        match triangle.material {
            Material::Skin => self.skin(lights, triangle, weights, normal, around),
            Material::Neck => {
                let grain = noise(blend(&model.points, triangle, weights) * 5.0, 7) * 0.03;
                plain(
                    skin(lights, normal, normal, extra * (1.0 + grain), 0.6, around),
                    Part::Neck,
                )
            }
            Material::Ear => plain(skin(lights, normal, normal, extra, 0.8, around), Part::Ear),
            Material::Eye => {
                let is_right = 0.0 < blend(&model.points, triangle, weights).x;
                self.eye(lights, extra, normal, is_right, around)
            }
            Material::Mouth => {
                let own = Around {
                    open: (around.open * 1.6).clamp(0.45, 0.9),
                    ..around
                };
                let gloss = if extra.x < 0.05 { 0.0 } else { 0.05 };
                Shade {
                    color: matte(lights, normal, extra, gloss, own),
                    part: Part::MouthInside,
                    is_face: true,
                }
            }
            Material::Strand => {
                let own = self.strand(extra, normal, around.view);
                let albedo = strand_color(id, extra, false);
                plain(hair(lights, normal, own, albedo, around), Part::Hair)
            }
            Material::Scalp => {
                let at = blend(&model.points, triangle, weights);
                let streak = noise(v3(at.x * 6.0, at.y * 1.2, at.z * 3.0), id.seed as u32 ^ 8);
                let albedo = id.hair_color * (0.55 + 0.2 * streak);
                let tangent = self
                    .head
                    .of(v3(0.0, -0.5, -1.0))
                    .cross(normal)
                    .cross(normal)
                    .unit();
                plain(
                    hair(
                        lights,
                        tangent,
                        normal,
                        albedo,
                        Around {
                            open: around.open * 0.8,
                            ..around
                        },
                    ),
                    Part::Hair,
                )
            }
            Material::Brow => {
                let albedo = strand_color(id, extra, true);
                let color = hair(
                    lights,
                    normal,
                    self.strand(extra, normal, around.view),
                    albedo,
                    around,
                );
                let at = blend(&model.points, triangle, weights);
                let is_brow = self.person.shape.eye.y < at.y;
                let part = if is_brow {
                    Part::Brow
                } else if id.beard == Beard::None {
                    Part::Skin
                } else {
                    Part::Hair
                };
                Shade {
                    color,
                    part,
                    is_face: is_brow || at.y > self.person.shape.chin.y - 0.8,
                }
            }
            Material::Lash => {
                let at_right = 0.0 < blend(&model.points, triangle, weights).x;
                let color =
                    (id.brow_color * 0.3 + V3::splat(0.004)).by(lights.sky + V3::splat(0.2));
                Shade {
                    color,
                    part: if at_right {
                        Part::EyeAtRight
                    } else {
                        Part::EyeAtLeft
                    },
                    is_face: true,
                }
            }
            Material::Cloth => {
                let at = blend(&model.points, triangle, weights);
                let weave = 1.0 + 0.12 * noise(at * 6.0, 3) + 0.1 * fractal(at * 0.7, 2, 4);
                plain(
                    matte(lights, normal, extra * weave, 0.0, around),
                    Part::Clothes,
                )
            }
            Material::Glasses => plain(matte(lights, normal, extra, 0.12, around), Part::Glasses),
        }
    }

    /// The normal of a strand, rounded across its width.
    fn strand(&self, extra: V3, tangent: V3, view: V3) -> V3 {
        let facing = (view - tangent * view.dot(tangent)).unit();
        let side = tangent.cross(facing);
        (facing + side * (0.7 * extra.y)).unit()
    }

    fn skin(
        &self,
        lights: &Lights,
        triangle: &Triangle,
        weights: [f32; 2],
        normal: V3,
        around: Around,
    ) -> Shade {
        let person = self.person;
        let place = |corner: u32| {
            v3(
                (corner as usize % COLUMNS) as f32,
                (corner as usize / COLUMNS) as f32,
                0.0,
            )
        };
        let [a, b, c] = triangle.corners.map(place);
        let at = a * (1.0 - weights[0] - weights[1]) + b * weights[0] + c * weights[1];
        let mut texel = person.texture.sample(at.x, at.y);
        let rest = blend(&person.model.points, triangle, weights);
        let mut is_eye = false;
        let [x, y] = local(rest, person.shape.eye);
        if x.abs() < 2.2 && y.abs() < 1.5 && -6.0 < rest.z {
            // The lids' rims: a dark line of lashes above, a moist rose one below.
            let (depth, is_upper) = self.inside_lids(rest);
            let rim = ramp(-0.13, -0.01, depth);
            let dark = 0.35 + 0.4 * person.id.makeup;
            let tint = if is_upper {
                v3(1.0 - dark, 1.0 - 1.1 * dark, 1.0 - 1.1 * dark)
            } else {
                v3(0.9, 0.72, 0.7)
            };
            texel.albedo = texel.albedo.by(V3::splat(1.0).mix(tint, rim));
            if !is_upper {
                texel.gloss += 0.7 * rim;
            }
            is_eye = -0.05 < depth;
        }
        let rough = (normal + self.head.of(texel.relief)).unit();
        let color = skin(lights, normal, rough, texel.albedo, texel.gloss, around);
        let eye = if rest.x < 0.0 {
            Part::EyeAtLeft
        } else {
            Part::EyeAtRight
        };
        Shade {
            color,
            part: if is_eye { eye } else { texel.part },
            is_face: texel.is_face,
        }
    }

    /// The eye at a place of its ball (in the head's space, from the ball's middle).
    fn eye(&self, lights: &Lights, at: V3, normal: V3, is_right: bool, around: Around) -> Shade {
        let id = &self.person.id;
        let side = if is_right { 1.0 } else { -1.0 };
        let (depth, is_upper) =
            self.person
                .lids
                .inside(at.x * side, at.y, self.lids[usize::from(is_right)]);
        let [gx, gy] = self.gaze;
        let iris = v3(
            sin(gx) * EYE_BALL.x * 0.86 - 0.03 * side,
            sin(gy) * EYE_BALL.y * 0.9 - 0.02,
            0.0,
        );
        let (dx, dy) = (
            (at.x - iris.x) / cos(gx).max(0.5),
            (at.y - iris.y) / cos(gy).max(0.5),
        );
        let off = (dx * dx + dy * dy).sqrt();
        let angle = atan2(dy, dx);
        let seed = id.seed as u32 ^ if is_right { 200 } else { 201 };
        let radius = 0.65;
        // White with veins, yellower and redder toward the corners.
        let corner = ramp(0.8, 1.5, at.x.abs());
        let veins =
            bell(noise(v3(at.x * 3.0, at.y * 7.0, 1.0), seed) / 0.09) * ramp(0.5, 1.5, at.x.abs());
        let mut albedo = (v3(0.44, 0.405, 0.38) * mix(0.78, 1.0, id.skin_light))
            .mix(v3(0.3, 0.17, 0.15), 0.5 * corner + 0.18 * veins);
        let rays = noise(v3(cos(angle) * 5.0, sin(angle) * 5.0, off * 1.5), seed ^ 3)
            + 0.5
                * noise(
                    v3(cos(angle) * 12.0, sin(angle) * 12.0, off * 2.0),
                    seed ^ 4,
                );
        let t = off / radius;
        let inner = bell((t - 0.48) / 0.16);
        let mut color = id.iris * (0.95 + 0.4 * rays);
        color = color.mix(v3(0.24, 0.15, 0.07), 0.4 * inner);
        color = color * mix(1.0, 0.3, ramp(0.72, 1.0, t)) * 1.25;
        color = color.mix(v3(0.004, 0.004, 0.004), ramp(0.43, 0.36, t));
        let in_iris = ramp(1.06, 0.93, t);
        albedo = albedo.mix(color, in_iris);
        // Flesh at the inner corner.
        let flesh = ramp(-1.12, -1.36, at.x * side);
        albedo = albedo.mix(
            v3(0.5, 0.22, 0.2).by(V3::splat(mix(0.6, 1.0, id.skin_light))),
            flesh,
        );
        // The lids shade the ball.
        let shadow = if is_upper {
            mix(0.22, 1.0, ramp(-0.02, 0.42, depth))
        } else {
            mix(0.6, 1.0, ramp(-0.02, 0.2, depth))
        };
        let deep = Around {
            open: around.open.max(0.45) * shadow,
            lit: around.lit * shadow,
            ..around
        };
        let mut light = matte(lights, normal, albedo, 0.0, deep);
        // The cornea's bulge gathers light at the side away from the lamp.
        light = light + albedo.by(lights.key.color) * (in_iris * 0.2 * deep.lit);
        let bulge = self.head.of(v3(dx, dy, 0.0)) * (0.9 * ramp(1.25, 0.6, t));
        let wet = (normal + bulge).unit();
        let mut shine = V3::ZERO;
        for (lamp, lit, size) in [
            (&lights.key, around.lit.max(0.55), 0.985),
            (&lights.fill, 0.5, 0.99),
        ] {
            let reflected = wet * (2.0 * wet.dot(around.view)) - around.view;
            let hit = ramp(size - 0.035, size, reflected.dot(lamp.toward));
            shine = shine + lamp.color * (hit * lit * 1.1);
        }
        let sky = lights.ambient(wet * 2.0 - around.view, 1.0) * 0.035;
        light = light + (shine + sky) * mix(0.35, 1.0, ramp(0.0, 0.25, depth));
        Shade {
            color: light,
            part: if is_right {
                Part::EyeAtRight
            } else {
                Part::EyeAtLeft
            },
            is_face: true,
        }
    }
}

fn strand_color(id: &Identity, extra: V3, is_brow: bool) -> V3 {
    let base = if is_brow {
        id.brow_color
    } else {
        id.hair_color
    };
    let vary = 0.7 + 0.55 * extra.z;
    let streak = 0.85
        + 0.3
            * noise(
                v3(
                    extra.y * 3.5 + extra.z * 90.0,
                    extra.x * 1.5,
                    extra.z * 50.0,
                ),
                id.seed as u32,
            );
    let tip = 1.0 + 0.25 * extra.x;
    base * (vary * streak * tip)
}
