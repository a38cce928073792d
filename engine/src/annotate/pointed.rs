//! What a model's map of a face points at, as a mask to begin with. An aid and no truth: it is noted as assisted, because
//! what a person is shown biases what they mark.

use crate::annotate::Coverage;
use crate::data::annotations::{Mask, PixelRect};
use crate::detectors::Map;
use crate::faces::align::Crop;

/// What is at least this share of the map's strongest value is marked.
const SHARE_OF_PEAK: f32 = 0.5;

/// `map` is of the face `crop`, cut from a frame of `width` by `height` pixels. Nothing where no value is above zero.
pub fn pointed_at(map: &Map, crop: &Crop, width: u32, height: u32) -> Coverage {
    let peak = map.values.iter().copied().fold(0.0_f32, f32::max);
    let rect = around(crop, width, height);
    if peak <= 0.0 || rect.is_empty() {
        return Coverage::nothing();
    }
    let mut found = Mask::empty(rect.x1 - rect.x0, rect.y1 - rect.y0);
    let places = (rect.y0..rect.y1).flat_map(|y| (rect.x0..rect.x1).map(move |x| [x, y]));
    for (value, at) in found.values.iter_mut().zip(places) {
        let at = to_crop(crop, at.map(|side| side as f32));
        if SHARE_OF_PEAK * peak <= at.map_or(0.0, |at| sample(map, crop.size_px as f32, at)) {
            *value = 255;
        }
    }
    Coverage::new(rect, found)
}

/// The pixels of the frame that the crop may hold.
fn around(crop: &Crop, width: u32, height: u32) -> PixelRect {
    let size = crop.size_px as f32;
    let [a, b, c, d, e, f] = crop.frame_from_crop;
    let corners = [[0.0, 0.0], [size, 0.0], [0.0, size], [size, size]].map(|[x, y]| {
        let (x, y) = (x - 0.5, y - 0.5);
        [a * x + b * y + c, d * x + e * y + f]
    });
    let ends = |axis: usize, side: u32| {
        let along = corners.map(|corner| corner[axis]);
        let least = along.into_iter().fold(f32::INFINITY, f32::min);
        let most = along.into_iter().fold(f32::NEG_INFINITY, f32::max);
        (
            least.max(0.0) as u32,
            (most.ceil().max(0.0) as u32 + 1).min(side),
        )
    };
    let ((x0, x1), (y0, y1)) = (ends(0, width), ends(1, height));
    PixelRect { x0, y0, x1, y1 }
}

/// A point of the frame in the crop; `None` where the crop has no area.
fn to_crop(crop: &Crop, [x, y]: [f32; 2]) -> Option<[f32; 2]> {
    let [a, b, c, d, e, f] = crop.frame_from_crop;
    let determinant = a * e - b * d;
    let (x, y) = (x - c, y - f);
    let at = [(e * x - b * y) / determinant, (a * y - d * x) / determinant];
    at.iter().all(|side| side.is_finite()).then_some(at)
}

/// The map's value at a point of the crop of side `size`, between the nearest four; 0 outside.
fn sample(map: &Map, size: f32, at: [f32; 2]) -> f32 {
    if at.iter().any(|side| !(-0.5..size - 0.5).contains(side)) {
        return 0.0;
    }
    let sides = [map.width, map.height];
    let place = [0, 1].map(|axis: usize| {
        let last = (sides[axis] - 1) as f32;
        ((at[axis] + 0.5) / size * sides[axis] as f32 - 0.5).clamp(0.0, last)
    });
    let [x, y] = place.map(|side| side as u32);
    let [right, down] = [place[0] - x as f32, place[1] - y as f32];
    let value = |x: u32, y: u32| {
        let (x, y) = (x.min(map.width - 1), y.min(map.height - 1));
        map.values[(y * map.width + x) as usize]
    };
    let top = value(x, y) * (1.0 - right) + value(x + 1, y) * right;
    let bottom = value(x, y + 1) * (1.0 - right) + value(x + 1, y + 1) * right;
    top * (1.0 - down) + bottom * down
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::Gauge;
    use crate::detectors::MapKind;
    use crate::faces::{Aligner, Landmarks};

    #[test]
    fn a_mask_from_a_map_holds_most_of_its_attention_and_stays_inside_the_crop() {
        // 8 pixels that lie at 10, 20 of the frame, twice as large there.
        let crop = Crop {
            size_px: 8,
            pixels: vec![0; 3 * 8 * 8],
            landmarks: Landmarks {
                points: [[0.0; 2]; 68],
                aligner: Aligner::BoxEstimate,
            },
            frame_from_crop: [2.0, 0.0, 10.5, 0.0, 2.0, 20.5],
        };
        let mut map = Map {
            kind: MapKind::GradCam,
            width: 4,
            height: 4,
            values: vec![0.1; 16],
            range: (0.0, 1.0),
        };
        for at in [5, 6, 9, 10] {
            map.values[at] = 1.0;
        }
        let mask = pointed_at(&map, &crop, 64, 64).to_mask(64, 64);
        let gauge = Gauge::new(&map.values, [4, 4], 8, crop.frame_from_crop).unwrap();
        let reading = gauge.read(&mask);
        assert!(
            1.5 * reading.chance < reading.inside.unwrap(),
            "{reading:?}"
        );
        for (at, value) in (0..).zip(&mask.values) {
            let (x, y) = (at % 64, at / 64);
            let is_in_crop = (9..27).contains(&x) && (19..37).contains(&y);
            assert!(*value == 0 || is_in_crop, "{x} {y}");
        }
        map.values.fill(0.0);
        assert_eq!(pointed_at(&map, &crop, 64, 64), Coverage::nothing());
    }
}
