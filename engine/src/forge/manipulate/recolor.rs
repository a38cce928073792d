//! `recolor`: an attribute changed by color alone, under the mask of its part: skin, lips, make-up, brows.

use rand::RngExt as _;

use crate::forge::addg::example_rng;
use crate::forge::manipulate::color::{lab_from_rgb, rgb_from_lab};
use crate::forge::manipulate::outline::{brows, eyes, lids, lips, mouth_interior, whole_face};
use crate::forge::manipulate::picture::Patch;
use crate::forge::manipulate::quality::Quality;
use crate::forge::manipulate::region::Region;
use crate::forge::manipulate::stage::{Layer, Painter, Scene};
use crate::forge::manipulate::steady::Running;

/// What is recolored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Skin,
    Lips,
    /// Lips and lids.
    MakeUp,
    /// Brows and lips.
    Brows,
}

/// Lab distance at which a color is no longer the skin's.
const SKIN_SPREAD: f32 = 22.0;

/// What is least like skin still takes this share of its change.
const LEAST: f32 = 0.2;

pub struct Recolor {
    part: Part,
    /// Added to L, a and b.
    shift: [f32; 3],
    /// Factor of the distance from the part's mean lightness: less than one flattens, as powder does.
    contrast: f32,
    /// Mean of the part in Lab.
    mean: Running<3>,
}

impl Recolor {
    /// Changes that are to be noticed are strong; those of clean blending are slight.
    pub fn new(quality: &Quality, seed: u64) -> Self {
        let strength = match (quality.is_poisson, quality.face_px) {
            (true, None) => 0.6,
            (true, Some(_)) => 0.75,
            (false, _) => 1.0,
        };
        let mut rng = example_rng(seed, 0x7265_636f, 0);
        let part = [
            Part::Skin,
            Part::Skin,
            Part::Lips,
            Part::MakeUp,
            Part::Brows,
        ][rng.random_range(0..5)];
        let mut draw = |low: f32, high: f32| strength * rng.random_range(low..high);
        let (shift, contrast) = match part {
            // Paler and cooler, or darker and warmer.
            Part::Skin if draw(-1.0, 1.0) < 0.0 => {
                ([draw(6.0, 11.0), draw(-7.0, -3.0), draw(-9.0, -4.0)], 0.9)
            }
            Part::Skin => ([draw(-16.0, -9.0), draw(3.0, 7.0), draw(5.0, 10.0)], 1.05),
            Part::Lips => ([draw(-16.0, -6.0), draw(16.0, 28.0), draw(-8.0, 8.0)], 1.0),
            Part::MakeUp => (
                [draw(-14.0, -6.0), draw(10.0, 20.0), draw(-26.0, -8.0)],
                1.0,
            ),
            Part::Brows => ([draw(-22.0, -14.0), draw(4.0, 10.0), draw(-6.0, 6.0)], 1.0),
        };
        Self {
            part,
            shift,
            contrast,
            mean: Running::new(0.1),
        }
    }

    fn region(&self, scene: &Scene<'_>) -> Region {
        let corners = &scene.corners;
        let mut region = Region::empty(scene.patch.width, scene.patch.height);
        let fill = |region: &mut Region, outlines: &[Vec<[f32; 2]>], is_inside| {
            for outline in outlines {
                region.fill(outline, is_inside);
            }
        };
        match self.part {
            Part::Skin => {
                region.fill(&whole_face(corners, 0.04), true);
                fill(&mut region, &eyes(corners), false);
            }
            Part::Lips => region.fill(&lips(corners), true),
            Part::MakeUp => {
                region.fill(&lips(corners), true);
                fill(&mut region, &lids(corners), true);
            }
            Part::Brows => {
                region.fill(&lips(corners), true);
                fill(&mut region, &brows(corners), true);
            }
        }
        region.fill(&mouth_interior(corners), false);
        region
    }
}

impl Painter for Recolor {
    fn paint(&mut self, scene: &Scene<'_>) -> Option<Layer> {
        if scene.is_new {
            self.mean.forget();
        }
        let region = self.region(scene);
        let mut sum = [0.0; 3];
        let mut count = 0.0f32;
        let mut lab = vec![[0.0; 3]; scene.patch.rgb.len()];
        for (at, pixel) in scene
            .patch
            .rgb
            .iter()
            .enumerate()
            .filter(|of| region.inside[of.0])
        {
            lab[at] = lab_from_rgb(*pixel);
            count += 1.0;
            sum = [0, 1, 2].map(|channel| sum[channel] + lab[at][channel]);
        }
        if count < 1.0 {
            return None;
        }
        let mean = self.mean.next(sum.map(|sum| sum / count));
        let mut face = scene.patch.clone();
        for at in (0..lab.len()).filter(|at| region.inside[*at]) {
            face.rgb[at] = self.changed(lab[at], mean, &face, at);
        }
        Some(Layer {
            face,
            region,
            // Parts are small: their borders are narrower than a face's.
            feather_scale: if self.part == Part::Skin { 0.6 } else { 0.2 },
            is_foreign: false,
            kept: None,
            is_made: false,
        })
    }
}

impl Recolor {
    fn changed(&self, lab: [f32; 3], mean: [f32; 3], face: &Patch, at: usize) -> [f32; 3] {
        let share = if self.part == Part::Skin {
            let off = [0.5 * (lab[0] - mean[0]), lab[1] - mean[1], lab[2] - mean[2]];
            let square: f32 = off.iter().map(|value| value * value).sum();
            LEAST + (1.0 - LEAST) * libm::expf(-0.5 * square / (SKIN_SPREAD * SKIN_SPREAD))
        } else {
            1.0
        };
        let flat = [(self.contrast - 1.0) * (lab[0] - mean[0]), 0.0, 0.0];
        let change = |channel: usize| share * (self.shift[channel] + flat[channel]);
        // Only the change goes through Lab and back, so that what rounding does there stays out.
        let (from, to) = (
            rgb_from_lab(lab),
            rgb_from_lab([0, 1, 2].map(|channel| lab[channel] + change(channel))),
        );
        [0, 1, 2].map(|channel| face.rgb[at][channel] + to[channel] - from[channel])
    }
}
