//! The lights of a shot, and how skin, eyes, hair and cloth answer them.

use super::noise::Dice;
use super::space::{V3, cos, mix, sin, v3};

/// Light from one direction.
#[derive(Clone, Copy, Debug)]
pub struct Lamp {
    /// Unit, toward the lamp.
    pub toward: V3,
    pub color: V3,
}

/// All light of a shot, linear.
#[derive(Clone, Debug)]
pub struct Lights {
    /// The lamp that casts shadows.
    pub key: Lamp,
    pub fill: Lamp,
    pub rim: Lamp,
    pub sky: V3,
    pub ground: V3,
    /// Width of the key's penumbra, centimeters.
    pub softness: f32,
}

impl Lights {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, 3);
        let side = if dice.chance(0.5) { 1.0 } else { -1.0 };
        let from = |azimuth: f32, height: f32| {
            v3(
                sin(azimuth) * cos(height),
                sin(height),
                cos(azimuth) * cos(height),
            )
        };
        let warmth = dice.range(-1.0, 1.0);
        let tint = |warmth: f32| v3(1.0 + 0.06 * warmth, 1.0, 1.0 - 0.1 * warmth);
        let key = dice.range(1.15, 2.0);
        let level = dice.range(0.25, 0.6);
        Self {
            key: Lamp {
                toward: from(side * dice.range(0.15, 0.95), dice.range(0.3, 0.85)),
                color: tint(warmth) * key,
            },
            fill: Lamp {
                toward: from(-side * dice.range(0.5, 1.1), dice.range(0.0, 0.4)),
                color: tint(-0.5 * warmth) * (level * dice.range(0.5, 1.2)),
            },
            rim: Lamp {
                toward: from(-side * dice.range(2.0, 2.6), dice.range(0.2, 0.7)),
                color: tint(dice.range(-1.0, 1.0)) * dice.range(0.0, 1.3),
            },
            sky: tint(-0.4 * warmth) * level,
            ground: tint(0.5) * (level * dice.range(0.35, 0.6)),
            softness: dice.range(0.5, 1.6),
        }
    }

    /// Light from all around on a surface that sees `open` of it.
    pub fn ambient(&self, normal: V3, open: f32) -> V3 {
        self.ground.mix(self.sky, 0.5 + 0.5 * normal.y) * open
    }
}

/// What lies between a surface and the lamps, and where the camera is.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    pub view: V3,
    /// Share of the sky that is open.
    pub open: f32,
    /// Share of the key light that arrives.
    pub lit: f32,
}

/// Skin: light spreads under it, red the farthest; a thin film of oil shines.
pub fn skin(lights: &Lights, smooth: V3, rough: V3, albedo: V3, gloss: f32, around: Around) -> V3 {
    let Around { view, open, lit } = around;
    let mut light = ambient_on_skin(lights, rough, open);
    for (lamp, lit) in [
        (&lights.key, lit),
        (&lights.fill, 0.4 + 0.6 * open),
        (&lights.rim, open),
    ] {
        let a = smooth.dot(lamp.toward);
        let b = rough.dot(lamp.toward);
        let spread = |share: f32, wrap: f32| {
            let value = (mix(b, a, share) + wrap) / (1.0 + wrap);
            if value < 0.0 { 0.0 } else { value }
        };
        // The edge of a shadow is red, too.
        let edge = lit.sqrt();
        let arrived = v3(mix(lit, edge, 0.55), mix(lit, edge, 0.12), lit);
        let diffuse = v3(spread(0.6, 0.3), spread(0.25, 0.13), spread(0.1, 0.08));
        light = light + lamp.color.by(diffuse).by(arrived);
    }
    let mut color = albedo.by(light);
    let facing = rough.dot(view).max(0.0);
    let fresnel = 0.03 + 0.6 * pow5(1.0 - facing);
    for (lamp, lit) in [
        (&lights.key, lit),
        (&lights.fill, open),
        (&lights.rim, open),
    ] {
        let half = (lamp.toward + view).unit();
        let h = rough.dot(half).max(0.0);
        let slope = smooth.dot(lamp.toward).clamp(0.0, 1.0);
        let lobes = 0.65 * shine(h, 4) + 0.35 * shine(h, 6);
        let strength = (0.032 + 0.5 * pow5(1.0 - half.dot(view).max(0.0))) * (0.75 * gloss * lit);
        color = color + lamp.color * (strength * lobes * slope);
    }
    color + lights.ambient(rough, open * open) * (0.28 * fresnel * gloss)
}

fn ambient_on_skin(lights: &Lights, normal: V3, open: f32) -> V3 {
    // Light that bounces between folds of skin takes on its color.
    lights.ambient(normal, 1.0).by(v3(
        open.sqrt() * 0.35 + open * 0.65,
        open * 0.9 + 0.1 * open * open,
        open * (0.75 + 0.25 * open),
    ))
}

/// Blinn's lobe, with its energy kept.
fn shine(h: f32, doublings: u32) -> f32 {
    ((1 << doublings) as f32 + 8.0) * 0.125 * squared(h, doublings)
}

/// x to the power of two to the `times`.
fn squared(x: f32, times: u32) -> f32 {
    (0..times).fold(x, |x, _| x * x)
}

fn pow5(x: f32) -> f32 {
    let x = x.clamp(0.0, 1.0);
    x * x * x * x * x
}

/// Hair: it shines along its strands (Kajiya and Kay 1989).
pub fn hair(lights: &Lights, tangent: V3, out: V3, albedo: V3, around: Around) -> V3 {
    let Around { view, open, lit } = around;
    let mut color = albedo.by(lights.ambient(out, 0.3 + 0.7 * open));
    let across = |t: f32| (1.0 - t * t).max(0.0).sqrt();
    for (lamp, lit) in [
        (&lights.key, lit),
        (&lights.fill, open),
        (&lights.rim, open),
    ] {
        let tl = tangent.dot(lamp.toward);
        let facing = (0.5 + 0.5 * out.dot(lamp.toward)).max(0.0);
        color = color + albedo.by(lamp.color) * (across(tl) * lit * facing * 0.75);
        let half = (lamp.toward + view).unit();
        let along = across(tangent.dot(half + out * 0.12));
        let gloss = squared(along, 6) * 0.055 + squared(along, 4) * 0.03;
        color = color
            + (V3::splat(0.45) + albedo * 1.6).by(lamp.color)
                * (gloss * lit * facing * (0.3 + 0.7 * open));
    }
    color
}

/// A matte surface with a weak shine.
pub fn matte(lights: &Lights, normal: V3, albedo: V3, gloss: f32, around: Around) -> V3 {
    let mut light = lights.ambient(normal, around.open);
    let mut shines = V3::ZERO;
    for (lamp, lit) in [
        (&lights.key, around.lit),
        (&lights.fill, around.open),
        (&lights.rim, around.open),
    ] {
        let facing = normal.dot(lamp.toward).max(0.0);
        light = light + lamp.color * (facing * lit);
        if 0.0 < gloss {
            let h = normal.dot((lamp.toward + around.view).unit()).max(0.0);
            shines = shines + lamp.color * (gloss * lit * shine(h, 6) * facing.min(1.0).sqrt());
        }
    }
    albedo.by(light) + shines
}
