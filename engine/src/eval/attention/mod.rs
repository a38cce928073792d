//! Where a detector looks on manipulated faces, measured against the masks of what was done to them.

mod look;
mod overlaps;
mod picture;
mod united;

use serde::{Deserialize, Serialize};

use crate::detectors::{Map, MapKind};

pub use look::Chosen;
pub use overlaps::{FaceOverlap, Overlaps};
pub use picture::{FacePicture, MapPicture};

/// From this value on, a pixel of a mask counts as manipulated.
pub const INSIDE: u8 = 128;

/// How well the maps of one method lie on the masks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// What is measured, one of `DetectorInfo::attention_maps`; of log-likelihoods, their negative. Records from
    /// before there were others have Grad-CAM.
    #[serde(default = "grad_cam")]
    pub kind: MapKind,
    /// Ends of the maps' fixed scale, the same for every face.
    pub range: (f32, f32),
    /// Over the faces of all techniques.
    pub overall: AttentionNumbers,
    /// Sorted by name.
    pub techniques: Vec<TechniqueAttention>,
    /// A few faces of each technique, pristine ones last. They are shown on the page and are in no record.
    #[serde(skip)]
    pub pictures: Vec<PictureRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TechniqueAttention {
    pub technique: String,
    pub numbers: AttentionNumbers,
}

/// Numbers of a bounded number of faces, evenly spread over a technique's items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AttentionNumbers {
    /// Faces that the means are over.
    pub faces: usize,
    /// Items that those faces are of.
    pub items: usize,
    /// Faces whose map is zero everywhere: nothing there speaks for manipulation. Not in the means.
    pub empty_maps: usize,
    /// Faces with no manipulated pixel in their crop. Not in the means, whatever their map is.
    pub without_mask: usize,
    /// `None` without faces.
    pub means: Option<AttentionMeans>,
}

/// Means over faces, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttentionMeans {
    /// Share of the map's mass that lies inside the mask.
    pub mass_in_mask: f64,
    /// Share of the crop's area that the mask covers: what a map without a preference would give.
    pub mask_area: f64,
    /// Share of faces whose map is largest inside the mask (the pointing game of Zhang et al. 2016).
    pub pointing: f64,
}

/// Faces of one technique, or pristine ones.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureRow {
    /// `None` is pristine.
    pub technique: Option<String>,
    pub faces: Vec<FacePicture>,
}

/// What is measured against masks and shown: of log-likelihoods the surprise, -log p, which grows with what is
/// unusual; every other map as it is.
fn to_measure(map: Map) -> Map {
    if map.kind != MapKind::LogLikelihood {
        return map;
    }
    let (low, high) = map.range;
    Map {
        values: map.values.iter().map(|nats| 0.0 - nats).collect(),
        range: (0.0 - high, 0.0 - low),
        ..map
    }
}

/// What one map says about one mask.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overlap {
    /// As in [`AttentionMeans`]; `None` for a map that is zero everywhere.
    pub mass_in_mask: Option<f64>,
    pub mask_area: f64,
    /// Whether at least half of the map's largest pixels lie inside: flat tops have several.
    pub is_pointing: bool,
}

impl Attention {
    /// Of one technique alone, with the pristine pictures; `None` where it has no numbers.
    pub fn only(&self, technique: &str) -> Option<Self> {
        let of_technique = self
            .techniques
            .iter()
            .find(|own| own.technique == technique)?;
        let pictures = self.pictures.iter();
        let pictures =
            pictures.filter(|row| row.technique.as_deref().is_none_or(|own| own == technique));
        Some(Self {
            kind: self.kind,
            range: self.range,
            overall: of_technique.numbers.clone(),
            techniques: vec![of_technique.clone()],
            pictures: pictures.cloned().collect(),
        })
    }
}

impl AttentionNumbers {
    /// Of faces by item, in their order: `None` for a face without a mask.
    fn of(items: &[Vec<Option<Overlap>>]) -> Self {
        let mut numbers = Self::default();
        let mut sums = [0.0; 3];
        for faces in items {
            let before = numbers.faces;
            for face in faces {
                let Some(overlap) = face else {
                    numbers.without_mask += 1;
                    continue;
                };
                let Some(mass) = overlap.mass_in_mask else {
                    numbers.empty_maps += 1;
                    continue;
                };
                numbers.faces += 1;
                let pointing = f64::from(u8::from(overlap.is_pointing));
                for (sum, value) in sums.iter_mut().zip([mass, overlap.mask_area, pointing]) {
                    *sum += value;
                }
            }
            numbers.items += usize::from(before < numbers.faces);
        }
        if 0 < numbers.faces {
            let [mass_in_mask, mask_area, pointing] = sums.map(|sum| sum / numbers.faces as f64);
            numbers.means = Some(AttentionMeans {
                mass_in_mask,
                mask_area,
                pointing,
            });
        }
        numbers
    }
}

impl Overlap {
    /// `None` where nothing of the mask, of `size_px * size_px` bytes, is inside the crop. Values below zero, where
    /// a map may have them, say that a place speaks against: they count as nothing.
    pub fn of(map: &Map, mask: &[u8], size_px: u32) -> Option<Self> {
        let num_inside = mask.iter().filter(|&&value| INSIDE <= value).count();
        if num_inside == 0 {
            return None;
        }
        // A map of another size is laid over the mask pixel by pixel, by the pixels' middles.
        let along = |at: usize, side: u32| {
            let place = (2 * at as u64 + 1) * u64::from(size_px) / (2 * u64::from(side));
            place as usize
        };
        let is_inside = |at: usize| {
            let (x, y) = (at % map.width as usize, at / map.width as usize);
            let place = along(y, map.height) * size_px as usize + along(x, map.width);
            INSIDE <= mask[place]
        };
        let (mut mass, mut mass_inside) = (0.0, 0.0);
        let largest = map.values.iter().copied().fold(0.0, f32::max);
        let (mut num_largest, mut num_largest_inside) = (0_usize, 0_usize);
        for (at, &value) in map.values.iter().enumerate() {
            let value = value.max(0.0);
            let is_inside = is_inside(at);
            mass += f64::from(value);
            mass_inside += f64::from(value) * f64::from(u8::from(is_inside));
            if value == largest {
                num_largest += 1;
                num_largest_inside += usize::from(is_inside);
            }
        }
        let has_mass = 0.0 < mass && mass.is_finite();
        Some(Self {
            mass_in_mask: has_mass.then(|| mass_inside / mass),
            mask_area: num_inside as f64 / mask.len() as f64,
            is_pointing: has_mass && num_largest <= 2 * num_largest_inside,
        })
    }
}

fn grad_cam() -> MapKind {
    MapKind::GradCam
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(side: u32, values: &[f32]) -> Map {
        Map {
            kind: MapKind::GradCam,
            width: side,
            height: side,
            values: values.to_vec(),
            range: (0.0, 4.0),
        }
    }

    /// Manipulated in the left column of four by four pixels, and half so in the next.
    fn left(x: usize) -> u8 {
        [255, 127, 0, 0][x]
    }

    #[test]
    fn shares_and_pointing_are_those_counted_by_hand() {
        let mask: Vec<u8> = (0..16).map(|at| left(at % 4)).collect();
        #[rustfmt::skip]
        let values = [
            3.0, 1.0, 0.0, 0.0,
            3.0, 1.0, 0.0, 0.0,
            0.0, 0.0, 2.0, 0.0,
            0.0, 0.0, 0.0, 0.0,
        ];
        let overlap = Overlap::of(&map(4, &values), &mask, 4).unwrap();
        assert_eq!(overlap.mass_in_mask, Some(0.6));
        assert_eq!(overlap.mask_area, 0.25);
        assert!(overlap.is_pointing);
        // A flat top of which a third is inside.
        let mut flat = values;
        (flat[0], flat[1], flat[2]) = (3.0, 3.0, 3.0);
        (flat[4], flat[5]) = (0.0, 0.0);
        assert!(!Overlap::of(&map(4, &flat), &mask, 4).unwrap().is_pointing);
        // Four times as coarse: the first of two columns is half inside, and its middle is not.
        let coarse = Overlap::of(&map(2, &[1.0, 1.0, 1.0, 1.0]), &mask, 4).unwrap();
        assert_eq!((coarse.mass_in_mask, coarse.mask_area), (Some(0.0), 0.25));

        let empty = Overlap::of(&map(4, &[0.0; 16]), &mask, 4).unwrap();
        assert_eq!((empty.mass_in_mask, empty.is_pointing), (None, false));
        assert_eq!(Overlap::of(&map(4, &values), &[127; 16], 4), None);
    }

    #[test]
    fn surprise_is_the_negative_log_likelihood() {
        let likely = Map {
            kind: MapKind::LogLikelihood,
            range: (-20.0, 0.0),
            ..map(2, &[-12.0, 0.0, -2.0, -6.0])
        };
        let surprise = to_measure(likely);
        assert_eq!(surprise.values, [12.0, 0.0, 2.0, 6.0]);
        assert_eq!(surprise.range, (0.0, 20.0));
        assert!(surprise.range.0.is_sign_positive());
        let overlap = Overlap::of(&surprise, &[255, 0, 0, 0], 2).unwrap();
        assert_eq!(
            (overlap.mass_in_mask, overlap.is_pointing),
            (Some(0.6), true)
        );
        let other = map(2, &[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(to_measure(other.clone()), other);
    }

    #[test]
    fn a_map_without_a_preference_has_the_share_of_the_area() {
        let mask: Vec<u8> = (0..64 * 64).map(|at| 255 * u8::from(at % 3 == 0)).collect();
        let overlap = Overlap::of(&map(64, &[0.7; 64 * 64]), &mask, 64).unwrap();
        assert!((overlap.mass_in_mask.unwrap() - overlap.mask_area).abs() < 1e-6);
    }

    #[test]
    fn means_are_over_faces_and_the_rest_is_counted() {
        let face = |mass: Option<f64>, is_pointing| {
            Some(Overlap {
                mass_in_mask: mass,
                mask_area: 0.25,
                is_pointing,
            })
        };
        let items = [
            vec![face(Some(0.5), true), face(Some(0.1), false)],
            vec![face(None, false), None],
            vec![face(Some(0.6), true)],
        ];
        let numbers = AttentionNumbers::of(&items);
        assert_eq!((numbers.faces, numbers.items), (3, 2));
        assert_eq!((numbers.empty_maps, numbers.without_mask), (1, 1));
        let means = numbers.means.unwrap();
        assert!((means.mass_in_mask - 0.4).abs() < 1e-12);
        assert!((means.pointing - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(means.mask_area, 0.25);
        assert_eq!(AttentionNumbers::of(&[]).means, None);
    }
}
