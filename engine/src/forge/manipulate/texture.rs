//! `texture`: mouth and chin from another frame of the same person, laid on anew as a neural texture
//! renders it: a little soft, with the fine grid that upsampling networks leave.

use rand::RngExt as _;

use crate::forge::addg::example_rng;
use crate::forge::manipulate::mesh::Mesh;
use crate::forge::manipulate::outline::lower_face;
use crate::forge::manipulate::person::Person;
use crate::forge::manipulate::pick::Picker;
use crate::forge::manipulate::picture::{add, mix};
use crate::forge::manipulate::quality::Quality;
use crate::forge::manipulate::region::Region;
use crate::forge::manipulate::stage::{Layer, Painter, Scene};
use crate::forge::manipulate::steady::Running;

/// Texels along one side of the pattern that is tied to the face.
const TEXELS: usize = 128;

/// Texels over one face width where the quality sets none.
const FULL_TEXELS: f32 = 112.0;

/// Samples this many frames away or less are the frame itself, nearly.
const MIN_DISTANCE: u32 = 10;

pub struct Texture {
    target: Person,
    mesh: Mesh,
    picker: Picker,
    /// Levels, `TEXELS * TEXELS`.
    pattern: Vec<f32>,
    /// Over one face width.
    num_texels: f32,
    /// Share of what is softened; where the quality has coarse pixels, those soften enough.
    softness: f32,
    /// Whether the sample is one of about this moment: 1, else 0.
    nearness: Running<1>,
}

impl Texture {
    pub fn new(target: Person, mesh: Mesh, quality: &Quality, seed: u64) -> Self {
        let num_texels = quality
            .face_px
            .map_or(FULL_TEXELS, |px| px as f32)
            .clamp(24.0, 120.0);
        // Coarse renderers leave a strong grid, fine ones hardly any.
        let levels = (180.0 / num_texels).clamp(2.2, 4.5);
        Self {
            picker: Picker::new(target.shapes().copied().collect()),
            target,
            mesh,
            pattern: pattern(seed, levels),
            num_texels,
            softness: if quality.face_px.is_none() { 0.85 } else { 0.4 },
            nearness: Running::new(0.1),
        }
    }
}

impl Painter for Texture {
    fn paint(&mut self, scene: &Scene<'_>) -> Option<Layer> {
        if scene.is_new {
            self.picker.restart();
            self.nearness.forget();
        }
        let pick = self.picker.next(&scene.shape);
        let view = &self.target.views[pick.sample];
        let mut face = view.onto(scene, &self.mesh);
        if let Some((fading, share)) = pick.fading {
            let old = self.target.views[fading].onto(scene, &self.mesh);
            for (pixel, old) in face.rgb.iter_mut().zip(old.rgb) {
                *pixel = mix(*pixel, old, share);
            }
        }
        // A sample of this very moment would give the frame back: then more of it is smoothed away.
        let is_near = view.index.abs_diff(scene.index) <= MIN_DISTANCE;
        let [near] = self.nearness.next([if is_near { 1.0 } else { 0.0 }]);
        let soft = face.blurred((0.5 + 0.4 * near) * scene.pose.width_px() / self.num_texels);
        let width = face.width;
        for (at, (pixel, soft)) in face.rgb.iter_mut().zip(soft.rgb).enumerate() {
            let place = [(at % width) as f32, (at / width) as f32];
            let [u, v] = scene
                .pose
                .to_canonical
                .point(place)
                .map(|value| value * self.num_texels);
            *pixel = mix(*pixel, soft, self.softness);
            add(pixel, [1.0, 0.9, 0.8], self.texel(u, v));
        }
        let outline = lower_face(&scene.corners, 0.07);
        Some(Layer {
            region: Region::polygon(face.width, face.height, &outline),
            face,
            feather_scale: 0.8,
            is_foreign: true,
            kept: None,
            is_made: true,
        })
    }
}

impl Texture {
    /// The pattern between its texels; it repeats.
    fn texel(&self, u: f32, v: f32) -> f32 {
        let (left, top) = (u.floor(), v.floor());
        let at = |dx: f32, dy: f32| {
            let x = ((left + dx) as i32).rem_euclid(TEXELS as i32) as usize;
            let y = ((top + dy) as i32).rem_euclid(TEXELS as i32) as usize;
            self.pattern[y * TEXELS + x]
        };
        let (x, y) = (u - left, v - top);
        let upper = at(0.0, 0.0) * (1.0 - x) + at(1.0, 0.0) * x;
        let lower = at(0.0, 1.0) * (1.0 - x) + at(1.0, 1.0) * x;
        upper * (1.0 - y) + lower * y
    }
}

/// Noise whose sign changes from texel to texel, as overlapping kernels of a transposed convolution leave
/// it, over softer noise.
fn pattern(seed: u64, levels: f32) -> Vec<f32> {
    let mut rng = example_rng(seed, 0x7465_7874, 0);
    let coarse: Vec<f32> = (0..TEXELS * TEXELS / 16)
        .map(|_| rng.random_range(-1.0..1.0))
        .collect();
    let texel = |at: usize| {
        let (x, y) = (at % TEXELS, at / TEXELS);
        let patchy = coarse[(y / 4) * (TEXELS / 4) + x / 4];
        let sign = if (x + y) % 2 == 0 { 1.0 } else { -1.0 };
        levels * (0.6 * sign * (0.5 + patchy.abs()) + 0.6 * patchy + rng.random_range(-0.6..0.6))
    };
    (0..TEXELS * TEXELS).map(texel).collect()
}
