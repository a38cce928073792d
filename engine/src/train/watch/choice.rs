//! Which faces are watched: two pristine and two manipulated ones of a validation, as unlike as there are.

use crate::train::watch::{FaceCropPixels, WatchedFace};

/// Faces of each kind.
const FACES_A_KIND: usize = 2;

/// A face of a validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Watchable<'a> {
    pub size_px: u32,
    /// As [`FaceCropPixels::rgb`].
    pub rgb: &'a [u8],
    pub is_manipulated: bool,
    /// What was done to it; `None` for a pristine face.
    pub technique: Option<&'a str>,
    /// The clip it comes from.
    pub clip: usize,
}

/// The first faces of each kind, pristine ones first: of another technique and another clip than those before
/// where there are such. Nothing is said or drawn of them yet.
pub fn chosen(faces: &[Watchable<'_>]) -> Vec<WatchedFace> {
    let mut chosen: Vec<&Watchable<'_>> = Vec::new();
    for is_manipulated in [false, true] {
        let kind = || {
            faces
                .iter()
                .filter(|face| face.is_manipulated == is_manipulated)
        };
        let first = chosen.len();
        while chosen.len() < first + FACES_A_KIND {
            let before = &chosen[first..];
            let is_new =
                |face: &&Watchable<'_>| !before.iter().any(|old| std::ptr::eq(*old, *face));
            let is_like = |face: &Watchable<'_>| {
                let same_clip = before.iter().any(|old| old.clip == face.clip);
                let same_technique = before.iter().any(|old| old.technique == face.technique);
                u8::from(same_clip) + 2 * u8::from(is_manipulated && same_technique)
            };
            // The first of those that are least like the others.
            let Some(next) = kind().filter(is_new).min_by_key(|face| is_like(face)) else {
                break;
            };
            chosen.push(next);
        }
    }
    let watched = |face: &Watchable<'_>| WatchedFace {
        crop: FaceCropPixels {
            size_px: face.size_px,
            rgb: face.rgb.to_vec(),
        },
        label: u8::from(face.is_manipulated),
        technique: face.technique.map(str::to_owned),
        logit: f32::NAN,
        maps: Vec::new(),
    };
    chosen.into_iter().map(watched).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIXELS: [[u8; 3]; 7] = [[0; 3], [1; 3], [2; 3], [3; 3], [4; 3], [5; 3], [6; 3]];

    fn face(number: usize, technique: Option<&'static str>, clip: usize) -> Watchable<'static> {
        Watchable {
            size_px: 1,
            rgb: &PIXELS[number],
            is_manipulated: technique.is_some(),
            technique,
            clip,
        }
    }

    fn check(faces: &[Watchable<'_>], expected: &[u8]) {
        let numbers: Vec<u8> = chosen(faces).iter().map(|face| face.crop.rgb[0]).collect();
        assert_eq!(numbers, expected);
    }

    #[test]
    fn other_clips_and_techniques_are_preferred() {
        check(
            &[
                face(0, Some("swap"), 4),
                face(1, None, 1),
                face(2, None, 1),
                face(3, Some("swap"), 5),
                face(4, None, 2),
                face(5, Some("mouth"), 4),
                face(6, Some("mouth"), 6),
            ],
            &[1, 4, 0, 6],
        );
    }

    #[test]
    fn few_faces_are_all_taken() {
        check(&[face(0, None, 1), face(1, None, 1)], &[0, 1]);
        check(&[face(0, Some("swap"), 1)], &[0]);
        check(&[], &[]);
    }
}
