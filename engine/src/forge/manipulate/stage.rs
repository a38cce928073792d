//! What all techniques share: the face is cut out of the frame, a painter paints over it, and the layer is
//! matched, blended in, and masked.

use image::{GrayImage, Luma, RgbImage};

use crate::forge::manipulate::color::Matcher;
use crate::forge::manipulate::grain::{Grain, noise_deviation};
use crate::forge::manipulate::mesh::{Corners, Pose};
use crate::forge::manipulate::picture::{Patch, luma, mix};
use crate::forge::manipulate::poisson::membrane;
use crate::forge::manipulate::region::{Region, without_traces};
use crate::forge::manipulate::steady::{PointSmoother, Running};
use crate::forge::manipulate::{Manipulation, Points, Quality};

/// How far around the face the patch reaches, in face widths.
const MARGIN: f32 = 0.06;

/// Steps along the region's border beyond this many levels from the median are hair or hands, not light.
const MAX_EDGE_STEP: f32 = 24.0;

/// Share of a change of grain that one frame takes.
const GRAIN_GAIN: f32 = 0.1;

/// One frame's face as a painter sees it; all places in pixels of the patch.
pub struct Scene<'a> {
    pub patch: &'a Patch,
    pub corners: Corners,
    pub pose: Pose,
    /// The points in canonical coordinates.
    pub shape: Points,
    pub index: u32,
    /// Whether nothing of earlier frames should be mixed in.
    pub is_new: bool,
}

/// What a painter made of a scene.
pub struct Layer {
    /// Of the patch's size, filled everywhere.
    pub face: Patch,
    pub region: Region,
    /// The feather's width over that of [`Quality::feather`].
    pub feather_scale: f32,
    /// How much of the pristine face shows through, 0 to 1, in places within the region.
    pub kept: Option<Vec<f32>>,
    /// Whether colors and light come from elsewhere, and may be matched and cloned.
    pub is_foreign: bool,
    /// Whether it was made anew, and so has the resolution of what made it.
    pub is_made: bool,
}

/// One technique.
pub trait Painter: Send {
    /// `None` where there is nothing to paint.
    fn paint(&mut self, scene: &Scene<'_>) -> Option<Layer>;
}

/// Runs a painter over frames.
pub struct Stage {
    quality: Quality,
    painter: Box<dyn Painter>,
    smoother: PointSmoother,
    matcher: Matcher,
    /// Deviations of the target's grain and of the layer's.
    grain: Running<2>,
    num_skipped: u64,
}

impl Stage {
    pub fn new(quality: Quality, painter: Box<dyn Painter>) -> Self {
        Self {
            quality,
            painter,
            smoother: PointSmoother::default(),
            matcher: Matcher::new(quality.color_match),
            grain: Running::new(GRAIN_GAIN),
            num_skipped: 0,
        }
    }

    /// `None` where the frame stays as it is.
    fn change(
        &mut self,
        frame: &mut RgbImage,
        points: &Points,
        index: u32,
        mask: &mut GrayImage,
    ) -> Option<()> {
        let pose = Pose::of(points)?;
        let (points, is_new) = self.smoother.next(points, &pose, index);
        let pose = Pose::of(&points)?;
        let (corner, width, height) = bounds(&pose, &points, frame)?;
        let points = points.map(|[x, y]| [x - corner[0] as f32, y - corner[1] as f32]);
        let pose = Pose::of(&points)?;
        let patch = Patch::cut(frame, corner, width, height);
        let scene = Scene {
            patch: &patch,
            corners: pose.corners(&points),
            pose,
            shape: pose.shape(&points),
            index,
            is_new,
        };
        if is_new {
            self.matcher.forget();
            self.grain.forget();
        }
        let mut layer = self.painter.paint(&scene)?;
        if layer.region.is_empty() {
            return None;
        }
        let shares = self.finish(&scene, &mut layer);
        for (at, share) in shares.iter().enumerate().filter(|(_, share)| 0.0 < **share) {
            let x = corner[0] + (at % width) as u32;
            let y = corner[1] + (at / width) as u32;
            let mixed = mix(patch.rgb[at], layer.face.rgb[at], *share);
            frame.put_pixel(
                x,
                y,
                image::Rgb(mixed.map(|value| value.round().clamp(0.0, 255.0) as u8)),
            );
            mask.put_pixel(x, y, Luma([255]));
        }
        Some(())
    }

    /// Matches the layer to the patch; gives how much of it each pixel takes.
    fn finish(&mut self, scene: &Scene<'_>, layer: &mut Layer) -> Vec<f32> {
        let quality = self.quality;
        let width_px = scene.pose.width_px();
        let feather_px = quality.feather * width_px * layer.feather_scale;
        let mut shares = layer.region.shares(feather_px);
        if let Some(kept) = &layer.kept {
            for (share, kept) in shares.iter_mut().zip(kept) {
                *share = without_traces(*share * (1.0 - kept));
            }
        }
        if layer.is_made {
            coarsen(&mut layer.face, width_px, &quality);
        }
        if layer.is_foreign {
            self.matcher.apply(scene.patch, &mut layer.face, &shares);
            if 0.0 < quality.relighting {
                relight(
                    scene.patch,
                    &mut layer.face,
                    &shares,
                    0.13 * width_px,
                    quality.relighting,
                );
            }
            if quality.is_poisson {
                clone_seamlessly(
                    scene.patch,
                    &mut layer.face,
                    &layer.region,
                    0.012 * width_px,
                );
            }
        }
        if layer.is_made && quality.is_grain_matched {
            let mut grain = Grain::of(scene.patch, &layer.region.inside);
            let own = noise_deviation(&layer.face, &layer.region.inside);
            let [wanted, own] = self.grain.next([grain.deviation, own]);
            grain.deviation = wanted;
            grain.add_to(&mut layer.face, own);
        }
        shares
    }
}

impl Manipulation for Stage {
    fn apply(&mut self, frame: &mut RgbImage, points: &Points, index: u32) -> GrayImage {
        let mut mask = GrayImage::new(frame.width(), frame.height());
        if self.change(frame, points, index, &mut mask).is_none() {
            self.num_skipped += 1;
        }
        mask
    }

    fn num_skipped(&self) -> u64 {
        self.num_skipped
    }
}

/// The first pixel, width and height of what surrounds the face; `None` where that is outside.
fn bounds(pose: &Pose, points: &Points, frame: &RgbImage) -> Option<([u32; 2], usize, usize)> {
    let margin = MARGIN * pose.width_px() + 2.0;
    let corners = pose.corners(points);
    let span = |axis: usize, length: u32| {
        let values = corners[..73].iter().map(|corner| corner[axis]);
        let low = values.clone().fold(f32::INFINITY, f32::min) - margin;
        let high = values.fold(f32::NEG_INFINITY, f32::max) + margin;
        let first = low.floor().clamp(0.0, length as f32) as u32;
        let end = (high.ceil() + 1.0).clamp(0.0, length as f32) as u32;
        (first + 2 < end).then(|| (first, (end - first) as usize))
    };
    let (left, width) = span(0, frame.width())?;
    let (top, height) = span(1, frame.height())?;
    Some(([left, top], width, height))
}

/// Takes away what a face made with `face_px` pixels could not have, and sharpens as enlargers do. By
/// blurs alone, so that no grid of pixels shimmers while the face moves.
fn coarsen(face: &mut Patch, width_px: f32, quality: &Quality) {
    let Some(face_px) = quality
        .face_px
        .map(|px| px as f32)
        .filter(|px| *px < width_px)
    else {
        return;
    };
    let deviation = 0.5 * ((width_px / face_px) * (width_px / face_px) - 1.0).sqrt();
    *face = face.blurred(deviation);
    if 0.0 < quality.sharpening {
        face.sharpen(deviation.max(1.0), quality.sharpening);
    }
}

/// Lays the target's soft light over the face: by the ratio of their blurred brightness.
fn relight(target: &Patch, face: &mut Patch, shares: &[f32], deviation_px: f32, strength: f32) {
    let under: Vec<f32> = shares
        .iter()
        .map(|share| if 0.0 < *share { 1.0 } else { 0.0 })
        .collect();
    let pairs = target.rgb.iter().zip(&face.rgb);
    let both = Patch {
        rgb: pairs
            .map(|(target, face)| [luma(*target), luma(*face), 0.0])
            .collect(),
        ..*target
    };
    let soft = both.blurred_under(&under, deviation_px);
    for (pixel, [target, own, _]) in face.rgb.iter_mut().zip(soft.rgb) {
        let ratio = ((target + 4.0) / (own + 4.0)).clamp(0.75, 1.33);
        let ratio = 1.0 + strength * (ratio - 1.0);
        *pixel = pixel.map(|value| value * ratio);
    }
}

/// Adds the membrane that makes the face meet the target along the region's border.
pub fn clone_seamlessly(target: &Patch, face: &mut Patch, region: &Region, deviation_px: f32) {
    // Single pixels along the border are noise, which would run as streaks into the face.
    let pairs = target.rgb.iter().zip(&face.rgb);
    let steps = Patch {
        rgb: pairs
            .map(|(target, face)| [0, 1, 2].map(|channel| target[channel] - face[channel]))
            .collect(),
        ..*target
    };
    let mut steps = steps.blurred(deviation_px).rgb;
    limit_steps(&mut steps, region);
    let correction = membrane(region.width, region.height, &region.inside, &steps);
    for (pixel, correction) in face.rgb.iter_mut().zip(correction) {
        *pixel = [0, 1, 2].map(|channel| pixel[channel] + correction[channel]);
    }
}

fn limit_steps(steps: &mut [[f32; 3]], region: &Region) {
    let width = region.width;
    let is_edge = |at: usize| {
        let near = |at: Option<usize>| at.and_then(|at| region.inside.get(at)) == Some(&true);
        !region.inside[at]
            && (near(at.checked_sub(1))
                || near(Some(at + 1))
                || near(at.checked_sub(width))
                || near(Some(at + width)))
    };
    let edge: Vec<usize> = (0..steps.len()).filter(|at| is_edge(*at)).collect();
    if edge.is_empty() {
        return;
    }
    let median = [0, 1, 2].map(|channel: usize| {
        let mut values: Vec<f32> = edge.iter().map(|at| steps[*at][channel]).collect();
        let middle = values.len() / 2;
        *values.select_nth_unstable_by(middle, f32::total_cmp).1
    });
    for at in edge {
        for (step, median) in steps[at].iter_mut().zip(median) {
            *step = step.clamp(median - MAX_EDGE_STEP, median + MAX_EDGE_STEP);
        }
    }
}
