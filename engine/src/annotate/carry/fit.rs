//! Lays the face of one frame onto another frame, by landmarks first and then by its pixels.

use crate::annotate::carry::template::{SIDE, Template};
use crate::faces::align::{CropRule, crop};
use crate::faces::similarity::Similarity;
use crate::faces::{FaceBox, Landmarks};
use crate::media::Frame;

/// Cells on a side of the first, coarse comparison: it forgives a larger distance.
const COARSE_SIDE: usize = 48;

/// The square's side over the face's.
const MARGIN: f32 = 1.3;

/// A face as it looks in the frame it is known in.
#[derive(Clone, Debug)]
pub struct Likeness {
    frame_from_crop: Similarity,
    coarse: Template,
    fine: Template,
}

/// Where a face went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// From pixels of the frame that the face is known in, to those of the other one.
    pub other_from_own: Similarity,
    /// How alike the face's pixels are, see [`Template::likeness`].
    pub likeness: f32,
}

impl Likeness {
    pub fn of(frame: &Frame, face: &FaceBox, landmarks: &Landmarks) -> Self {
        let rule = CropRule {
            size_px: SIDE as u32,
            margin: MARGIN,
            is_aligned: true,
        };
        let cut = crop(frame, face, landmarks, rule);
        let [a, _, x, b, _, y] = cut.frame_from_crop;
        let frame_from_crop = Similarity {
            a,
            b,
            shift: [x, y],
        };
        let face = ellipse(&cut.landmarks);
        Self {
            frame_from_crop,
            coarse: Template::of(frame, &frame_from_crop, COARSE_SIDE, face),
            fine: Template::of(frame, &frame_from_crop, SIDE, face),
        }
    }

    /// Looks for the face in another frame, beginning at each of `guesses`; the best place is told, however
    /// bad it is.
    ///
    /// The least squares of Lucas and Kanade in the inverse compositional form (Baker and Matthews 2004)
    /// over scale, turn and shift, with Tukey's weights against what moved on its own, such as lips, and with
    /// brightness and contrast made equal.
    pub fn find(&self, other: &Frame, guesses: &[Similarity]) -> Fit {
        let mut best = Fit {
            other_from_own: guesses.first().copied().unwrap_or(Similarity::IDENTITY),
            likeness: f32::NEG_INFINITY,
        };
        for guess in guesses {
            let start = guess.after(&self.frame_from_crop);
            let coarse = self.coarse.refined(other, start);
            let fine = self.fine.refined(other, coarse);
            // Where the steps led away, the guess stands.
            for other_from_crop in [start, fine] {
                let likeness = self.fine.likeness(other, &other_from_crop);
                if best.likeness < likeness {
                    best = Fit {
                        other_from_own: other_from_crop.after(&self.crop_from_frame()),
                        likeness,
                    };
                }
            }
        }
        best
    }

    fn crop_from_frame(&self) -> Similarity {
        let inverse = self.frame_from_crop.inverse();
        inverse.unwrap_or(Similarity::IDENTITY)
    }
}

/// The face without its surroundings, which do not move with it: center and half axes.
fn ellipse(landmarks: &Landmarks) -> ([f32; 2], [f32; 2]) {
    let bounds = |axis: usize| {
        let places = landmarks.points.iter().map(|point| point[axis]);
        let low = places.clone().fold(f32::INFINITY, f32::min);
        (low, places.fold(f32::NEG_INFINITY, f32::max))
    };
    let ((left, right), (top, bottom)) = (bounds(0), bounds(1));
    // Points end at the brows; the forehead moves with the face too.
    let top = top - 0.15 * (bottom - top);
    (
        [0.5 * (left + right), 0.5 * (top + bottom)],
        [
            (0.5 * (right - left)).max(4.0),
            (0.5 * (bottom - top)).max(4.0),
        ],
    )
}
