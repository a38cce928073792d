//! `reenact`: the target's own mouth and brows, moved to an expression that talks on its own, with the
//! inside of the mouth from another frame of the same person.

use std::f32::consts::TAU;

use rand::RngExt as _;

use crate::faces::similarity::Similarity;
use crate::forge::addg::example_rng;
use crate::forge::manipulate::Points;
use crate::forge::manipulate::mesh::{Corners, Mesh, Pyramid, Warp};
use crate::forge::manipulate::outline::{lips, mouth_interior};
use crate::forge::manipulate::person::{Person, View};
use crate::forge::manipulate::pick::mouth_gap;
use crate::forge::manipulate::picture::{Patch, luma, mix};
use crate::forge::manipulate::quality::{ColorMatch, Quality};
use crate::forge::manipulate::region::Region;
use crate::forge::manipulate::stage::{Layer, Painter, Scene};
use crate::forge::manipulate::steady::Running;

/// A mouth open at least this wide, in face widths, shows its inside.
const MIN_OPEN: f32 = 0.035;

/// Pixels that move less than this stay as they are.
const MIN_MOVE_PX: f32 = 0.3;

/// The expression over time, drawn once for a clip. Lengths in face widths, times in frames.
#[derive(Clone, Copy, Debug)]
struct Script {
    /// How wide the mouth opens at most.
    opening: f32,
    /// Radians a frame and start of syllables and of phrases.
    syllables: [f32; 2],
    phrases: [f32; 2],
    /// Corners of the mouth, outwards.
    widening: f32,
    /// Corners of the mouth, upwards.
    smile: f32,
    /// Brows, upwards.
    raising: f32,
}

pub struct Reenact {
    /// The target with the mouth open widest, if it ever is.
    open: Option<View>,
    mesh: Mesh,
    script: Script,
    /// A renderer's wrong colors: factors of red, green and blue.
    tint: [f32; 3],
    /// Brightness of the lips now and in `open`.
    light: Running<2>,
}

impl Reenact {
    pub fn new(target: Person, mesh: Mesh, quality: &Quality, seed: u64) -> Self {
        let gap = |view: &View| mouth_gap(&view.shape);
        let open = target
            .views
            .into_iter()
            .max_by(|a, b| gap(a).total_cmp(&gap(b)))
            .filter(|view| MIN_OPEN < gap(view));
        let mut rng = example_rng(seed, 0x7265_656e, 0);
        let mut draw = |low: f32, high: f32| rng.random_range(low..high);
        // A renderer that does not match colors is off by a tenth, one that matches means by little.
        let off = match quality.color_match {
            ColorMatch::None => 0.1,
            ColorMatch::Mean => 0.025,
            ColorMatch::MeanStd | ColorMatch::Histogram => 0.0,
        };
        let side = if draw(-1.0, 1.0) < 0.0 { -off } else { off };
        let tint = [(); 3].map(|()| 1.0 + side * draw(0.4, 1.0));
        Self {
            tint,
            open,
            mesh,
            script: Script {
                opening: draw(0.075, 0.11),
                syllables: [draw(0.45, 0.7), draw(0.0, TAU)],
                phrases: [draw(0.06, 0.12), draw(0.0, TAU)],
                widening: draw(-0.012, 0.02),
                smile: draw(-0.008, 0.018),
                raising: draw(0.02, 0.045),
            },
            light: Running::new(0.15),
        }
    }

    /// The inside of the mouth, warped to the new lips; `None` where the target's own serves.
    fn inside(&mut self, scene: &Scene<'_>, moved: &Corners) -> Patch {
        let outline = lips(&scene.corners);
        let Some(open) = &self.open else {
            return drawn_mouth(scene, moved);
        };
        let mut face = open.onto_corners(scene, &self.mesh, moved);
        let region = Region::polygon(face.width, face.height, &outline);
        let mean = |patch: &Patch, region: &Region| {
            let pixels = patch.rgb.iter().zip(&region.inside);
            let inside = pixels.filter(|(_, inside)| **inside);
            let (sum, count) = inside.fold((0.0, 1.0), |(sum, count), (pixel, _)| {
                (sum + luma(*pixel), count + 1.0f32)
            });
            sum / count
        };
        let lips_there = open.onto(scene, &self.mesh);
        let [own, other] = self
            .light
            .next([mean(scene.patch, &region), mean(&lips_there, &region)]);
        let gain = ((own + 1.0) / (other + 1.0)).clamp(0.6, 1.6);
        for pixel in &mut face.rgb {
            *pixel = pixel.map(|value| value * gain);
        }
        face
    }
}

impl Painter for Reenact {
    fn paint(&mut self, scene: &Scene<'_>) -> Option<Layer> {
        if scene.is_new {
            self.light.forget();
        }
        let (shape, wanted) = self.script.shape(&scene.shape, scene.index);
        let points = shape.map(|point| scene.pose.from_canonical.point(point));
        let mut moved = scene.corners;
        moved[..68].copy_from_slice(&points);
        // The forehead and the ring stay where they are.
        let (width, height) = (scene.patch.width, scene.patch.height);
        let still = Similarity::IDENTITY;
        let warp = Warp::piecewise(width, height, &self.mesh, &moved, &scene.corners, &still);
        let mut face = warp.read(&Pyramid::new(scene.patch.clone()), 1.0);

        let mut region = Region::polygon(width, height, &lips(&moved));
        for (at, [x, y]) in warp.places.iter().enumerate() {
            let (dx, dy) = (x - (at % width) as f32, y - (at / width) as f32);
            if MIN_MOVE_PX * MIN_MOVE_PX < dx * dx + dy * dy {
                region.inside[at] = true;
            }
        }
        // The frame's own mouth is stretched up to twice; beyond, another one is needed.
        let lacking = ((wanted - 1.4 * mouth_gap(&scene.shape)) / 0.02).clamp(0.0, 1.0);
        if 0.0 < lacking {
            let inside = self.inside(scene, &moved);
            let shares = Region::polygon(width, height, &mouth_interior(&moved))
                .shares(0.02 * scene.pose.width_px());
            for ((pixel, inside), share) in face.rgb.iter_mut().zip(inside.rgb).zip(shares) {
                *pixel = mix(*pixel, inside, lacking * share);
            }
        }
        for pixel in &mut face.rgb {
            *pixel = [0, 1, 2].map(|channel| pixel[channel] * self.tint[channel]);
        }
        Some(Layer {
            face,
            region,
            feather_scale: 0.25,
            is_foreign: false,
            kept: None,
            is_made: true,
        })
    }
}

impl Script {
    /// The canonical shape in this expression, and how wide its mouth is open.
    fn shape(&self, shape: &Points, index: u32) -> (Points, f32) {
        let wave = |[speed, start]: [f32; 2]| {
            // Whole turns are taken off first, so that hour-long clips keep their precision.
            let angle = f64::from(speed) * f64::from(index) + f64::from(start);
            0.5 + 0.5 * libm::sinf((angle % f64::from(TAU)) as f32)
        };
        let (syllable, phrase) = (wave(self.syllables), wave(self.phrases));
        let wanted = self.opening * syllable * (0.35 + 0.65 * phrase);
        let change = wanted - mouth_gap(shape);
        let raising = self.raising * (0.4 + 0.6 * phrase);
        let middle = 0.5 * (shape[48][0] + shape[54][0]);
        let half = (0.5 * (shape[54][0] - shape[48][0])).abs().max(0.05);
        let mut moved = *shape;
        for (at, point) in moved.iter_mut().enumerate() {
            let off = (point[0] - middle) / half;
            let inner = (1.0 - off * off).clamp(0.0, 1.0);
            match at {
                // Inner ends of the brows rise most.
                17..=26 => point[1] -= raising * (0.6 + 0.1 * (at.min(43 - at) - 17) as f32),
                49..=53 | 61..=63 => point[1] -= 0.25 * change * inner,
                55..=59 | 65..=67 => point[1] += 0.75 * change * inner,
                _ => {}
            }
            if (48..=67).contains(&at) {
                point[0] += self.widening * off.clamp(-1.0, 1.0);
                point[1] -= self.smile * (off * off).min(1.0);
            }
        }
        (moved, wanted)
    }
}

/// Where no frame shows an open mouth: dark, with the upper teeth in its upper part.
fn drawn_mouth(scene: &Scene<'_>, moved: &Corners) -> Patch {
    let mut patch = scene.patch.clone();
    let (upper, lower) = (moved[62], moved[66]);
    let (dx, dy) = (lower[0] - upper[0], lower[1] - upper[1]);
    let length = (dx * dx + dy * dy).max(1.0);
    let light = {
        let cheek = scene.corners[50];
        luma(scene.patch.cubic(cheek)).clamp(30.0, 220.0) / 150.0
    };
    let width = patch.width;
    for (at, pixel) in patch.rgb.iter_mut().enumerate() {
        let (x, y) = (
            (at % width) as f32 - upper[0],
            (at / width) as f32 - upper[1],
        );
        let depth = (x * dx + y * dy) / length;
        let teeth = (1.0 - (depth - 0.12).abs() / 0.28).clamp(0.0, 1.0);
        let dark = [52.0, 22.0, 22.0].map(|value| value * light);
        *pixel = mix(
            dark,
            [196.0, 184.0, 170.0].map(|value| value * light),
            0.75 * teeth,
        );
    }
    patch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::manipulate::mesh::canonical_face;

    #[test]
    fn the_mouth_opens_as_wide_as_the_script_says_and_the_jaw_stays() {
        let script = Script {
            opening: 0.1,
            syllables: [0.5, 1.0],
            phrases: [0.1, 2.0],
            widening: 0.0,
            smile: 0.0,
            raising: 0.03,
        };
        let shape = canonical_face();
        for index in 0..50 {
            let (moved, wanted) = script.shape(&shape, index);
            assert!((0.0..0.1).contains(&wanted));
            assert!(
                (mouth_gap(&moved) - wanted).abs() < 0.02,
                "{} {wanted}",
                mouth_gap(&moved)
            );
            assert_eq!(moved[..17], shape[..17]);
            assert_eq!(moved[27..48], shape[27..48]);
            assert!(moved[19][1] < shape[19][1]);
        }
    }
}
