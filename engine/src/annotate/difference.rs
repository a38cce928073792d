//! A first mask from a frame and the pristine frame that it was made of: where they differ more than two codings of the same
//! picture do.

use crate::annotate::blur::blurred;
use crate::annotate::coverage::Coverage;
use crate::annotate::flood::flood;
use crate::annotate::soften::without_holes;
use crate::data::annotations::{Mask, PixelRect};
use crate::faces::FaceBox;
use crate::media::Frame;

/// Differences are kept in quarters of a level, up to 63.75 levels, and compared in 16ths of what texture lets expect.
const QUARTERS: u32 = 4;
const SIXTEENTHS: f32 = 16.0;

/// Least that can count, whatever the noise, in 16ths: three quarters of a level where there is no texture.
const LEAST: f32 = 12.0;

/// A difference counts from so many times the noise on, and only with one of [`SURE`] times as much beside it.
const OVER_NOISE: f32 = 1.4;
const SURE: f32 = 1.5;

/// Share of the pixels without manipulation whose difference is called noise.
const NOISE_SHARE: f64 = 0.99;

/// That noise over its median, between two codings of the same clips (H.264, 1.8 to 2.4).
const OVER_MEDIAN: f32 = 2.4;

/// Sides of the box over those of the face's: all that may be manipulated, and all that is looked at.
const FACE_REACH: f32 = 1.5;
const NOISE_REACH: f32 = 4.0;

/// Least part that is kept, over the area of the face's box.
const LEAST_PART: f32 = 0.006;

/// Where less than this share of what is looked at lies around the face, that tells nothing about the noise.
const LEAST_AROUND: f64 = 0.1;

/// Where a frame differs from its pristine counterpart, with soft edges; `None` where they do not differ, or are of different
/// sizes. An aid to begin with, not the truth: faint changes drown in the coder's noise, and rims are a blur's width off.
///
/// The absolute difference is averaged over the neighborhood and divided by 1 + the square root of the mean step between
/// neighboring pixels, for coders lose more where there is more texture. The noise is the 99th percentile of that around
/// the face, out of reach of a manipulation; where the face fills the picture, it is told from the median within.
pub fn difference(frame: &Frame, pristine: &Frame, face: &FaceBox) -> Option<Mask> {
    if (frame.width, frame.height) != (pristine.width, pristine.height) {
        return None;
    }
    let near = stretched(face, FACE_REACH, frame);
    let far = stretched(face, NOISE_REACH, frame);
    if near.is_empty() {
        return None;
    }
    let soft_px = ((face.width.min(face.height) / 40.0) as u32).max(2);
    let differences = unlikely(
        &blurred(&absolute(frame, pristine, far), soft_px),
        &blurred(&texture(pristine, far), soft_px),
    );
    let part = PixelRect {
        x0: near.x0 - far.x0,
        y0: near.y0 - far.y0,
        x1: near.x1 - far.x0,
        y1: near.y1 - far.y0,
    };
    let threshold = (OVER_NOISE * noise_of(&differences, part)).max(LEAST);
    let least_px = (LEAST_PART * face.width * face.height).max(4.0) as usize;
    let kept = parts_over(&differences.crop(part), threshold, least_px)?;
    let smooth = blurred(&without_holes(&kept), soft_px);
    Some(Coverage::new(near, smooth).to_mask(frame.width, frame.height))
}

/// The box stretched about its middle, as much as lies in the frame.
fn stretched(face: &FaceBox, by: f32, frame: &Frame) -> PixelRect {
    let [x, y] = face.center();
    let sides = |middle: f32, size: f32, limit: u32| {
        let reach = 0.5 * by * size;
        // Casts take what is below zero to zero.
        let first = ((middle - reach) as u32).min(limit);
        (first, ((middle + reach).ceil() as u32).clamp(first, limit))
    };
    let (x0, x1) = sides(x, face.width, frame.width);
    let (y0, y1) = sides(y, face.height, frame.height);
    PixelRect { x0, y0, x1, y1 }
}

/// Mean over the channels, green twice.
fn absolute(frame: &Frame, pristine: &Frame, rect: PixelRect) -> Mask {
    let mut mask = Mask::empty(rect.x1 - rect.x0, rect.y1 - rect.y0);
    let width = mask.width.max(1) as usize;
    for (row, y) in mask.values.chunks_exact_mut(width).zip(rect.y0..) {
        let first = 3 * (y as usize * frame.width as usize + rect.x0 as usize);
        let pixels = |frame: &Frame| first..(first + 3 * width).min(frame.pixels.len());
        let own = frame.pixels[pixels(frame)].as_chunks::<3>().0;
        let other = pristine.pixels[pixels(pristine)].as_chunks::<3>().0;
        for (value, (own, other)) in row.iter_mut().zip(own.iter().zip(other)) {
            let [red, green, blue] = [0, 1, 2].map(|at| u32::from(own[at].abs_diff(other[at])));
            *value = ((red + 2 * green + blue) * QUARTERS / 4).min(255) as u8;
        }
    }
    mask
}

/// Steps in brightness to the right and down, in levels.
fn texture(frame: &Frame, rect: PixelRect) -> Mask {
    let mut mask = Mask::empty(rect.x1 - rect.x0, rect.y1 - rect.y0);
    let width = mask.width as usize;
    let mut above: Vec<u8> = Vec::new();
    let mut own = vec![0; width];
    for (row, y) in mask.values.chunks_exact_mut(width.max(1)).zip(rect.y0..) {
        let first = 3 * (y as usize * frame.width as usize + rect.x0 as usize);
        let pixels = frame.pixels[first..][..3 * width].as_chunks::<3>().0;
        for (level, [red, green, blue]) in own.iter_mut().zip(pixels) {
            let sum = u32::from(*red) + 2 * u32::from(*green) + u32::from(*blue);
            *level = (sum / 4) as u8;
        }
        if above.is_empty() {
            above.clone_from(&own);
        }
        let beside = own[..1].iter().chain(&own);
        for (value, ((own, above), beside)) in
            row.iter_mut().zip(own.iter().zip(&above).zip(beside))
        {
            *value = own.abs_diff(*above).saturating_add(own.abs_diff(*beside));
        }
        std::mem::swap(&mut own, &mut above);
    }
    mask
}

/// Differences by what the texture lets expect, in 16ths.
fn unlikely(differences: &Mask, texture: &Mask) -> Mask {
    let factor: [f32; 256] =
        std::array::from_fn(|level| SIXTEENTHS / QUARTERS as f32 / (1.0 + (level as f32).sqrt()));
    let pairs = differences.values.iter().zip(&texture.values);
    Mask {
        values: pairs
            .map(|(difference, level)| (f32::from(*difference) * factor[usize::from(*level)]) as u8)
            .collect(),
        ..*differences
    }
}

/// What two codings of the same picture differ by at most, but for a few pixels; in the unit of `differences`. `part` is where
/// a manipulation may be.
fn noise_of(differences: &Mask, part: PixelRect) -> f32 {
    let (mut around, mut within) = ([0_usize; 256], [0_usize; 256]);
    let rows = differences
        .values
        .chunks_exact(differences.width.max(1) as usize);
    for (row, y) in rows.zip(0..) {
        let is_beside = (part.y0..part.y1).contains(&y);
        for (value, x) in row.iter().zip(0..) {
            let is_within = is_beside && (part.x0..part.x1).contains(&x);
            let counts = if is_within { &mut within } else { &mut around };
            counts[usize::from(*value)] += 1;
        }
    }
    let num_around: usize = around.iter().sum();
    if LEAST_AROUND * differences.values.len() as f64 <= num_around as f64 {
        quantile(&around, NOISE_SHARE)
    } else {
        OVER_MEDIAN * quantile(&within, 0.5)
    }
}

/// The least value that a share of all counted is not over.
fn quantile(counts: &[usize; 256], share: f64) -> f32 {
    let all: usize = counts.iter().sum();
    let mut so_far = 0;
    let place = counts.iter().position(|count| {
        so_far += *count;
        share * all as f64 <= so_far as f64
    });
    place.unwrap_or(255) as f32
}

/// 255 in every large enough part over the threshold that is surely over it somewhere; `None` where there is none.
fn parts_over(differences: &Mask, threshold: f32, least_px: usize) -> Option<Mask> {
    const OPEN: u8 = 1;
    const KEPT: u8 = 255;
    let mut parts = Mask::empty(differences.width, differences.height);
    for (part, value) in parts.values.iter_mut().zip(&differences.values) {
        *part = u8::from(threshold < f32::from(*value)) * OPEN;
    }
    let sure = (SURE * threshold).min(254.0);
    let mut has_any = false;
    for (at, value) in differences.values.iter().enumerate() {
        if f32::from(*value) <= sure || parts.values[at] != OPEN {
            continue;
        }
        let seed = [at as u32 % parts.width, at as u32 / parts.width];
        let area = flood(&mut parts, seed, [OPEN, KEPT], |_, _| (), || false)?;
        if area < least_px {
            flood(&mut parts, seed, [KEPT, 0], |_, _| (), || false)?;
        } else {
            has_any = true;
        }
    }
    for part in &mut parts.values {
        *part = if *part == KEPT { 255 } else { 0 };
    }
    has_any.then_some(parts)
}

#[cfg(test)]
mod tests;
