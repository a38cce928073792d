//! The four hull masks of step 3: unions of convex hulls of landmarks, as `DeepFaceLab` and faceswap
//! have them.

use crate::forge::addg::hull::{HullScratch, add_hull};

/// Which union of hulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Jaw with mouth, ridge of the nose, eyes with brows.
    Full,
    /// As [`Self::Components`], with the brows raised by half their distance to the eyes.
    Extended,
    /// Eight parts: jaws, cheeks, ridge, eyes, nose.
    Components,
    /// The hull of all points.
    FaceHull,
}

/// Points of one hull, as ranges of the 68.
type Hull = &'static [std::ops::Range<usize>];

const FULL: [Hull; 3] = [
    &[0..17, 48..68],
    &[27..31, 33..34],
    &[17..27, 0..1, 27..28, 16..17, 33..34],
];

const COMPONENTS: [Hull; 8] = [
    &[0..9, 17..18],
    &[8..17, 26..27],
    &[17..20, 8..9],
    &[24..27, 8..9],
    &[19..25, 8..9],
    &[17..22, 27..28, 31..36, 8..9],
    &[22..27, 27..28, 31..36, 8..9],
    &[27..31, 31..36],
];

const FACE_HULL: [Hull; 1] = [&[0..17, 17..68]];

impl Shape {
    pub const ALL: [Self; 4] = [Self::Full, Self::Extended, Self::Components, Self::FaceHull];

    /// The technique in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "blended-full",
            Self::Extended => "blended-extended",
            Self::Components => "blended-components",
            Self::FaceHull => "blended-facehull",
        }
    }

    /// Sets the mask, a square of `size_px`, to 255 within the hulls and 0 elsewhere.
    pub fn fill(
        self,
        points: &[[f32; 2]; 68],
        size_px: usize,
        mask: &mut [u8],
        scratch: &mut HullScratch,
    ) {
        let raised = (self == Self::Extended).then(|| with_raised_brows(points));
        let points = raised.as_ref().unwrap_or(points);
        let hulls: &[Hull] = match self {
            Self::Full => &FULL,
            Self::Extended | Self::Components => &COMPONENTS,
            Self::FaceHull => &FACE_HULL,
        };
        mask.fill(0);
        for hull in hulls {
            let corners = hull.iter().cloned().flatten().map(|at| points[at]);
            add_hull(corners, size_px, mask, scratch);
        }
    }
}

/// Each point of a brow goes away from one at the eye by half their distance. At the outer end, where a
/// brow has one point more than the lid, that is a point between the eye and the temple.
fn with_raised_brows(points: &[[f32; 2]; 68]) -> [[f32; 2]; 68] {
    let middle = |p: [f32; 2], q: [f32; 2]| [0, 1].map(|axis| f32::midpoint(p[axis], q[axis]));
    let left_end = middle(points[36], middle(points[36], points[0]));
    let right_end = middle(points[45], middle(points[45], points[16]));
    let mut lids = [left_end; 10];
    lids[1..5].copy_from_slice(&points[36..40]);
    lids[5..9].copy_from_slice(&points[42..46]);
    lids[9] = right_end;
    let mut raised = *points;
    for (brow, lid) in raised[17..27].iter_mut().zip(lids) {
        *brow = [0, 1].map(|axis| brow[axis] + 0.5 * (brow[axis] - lid[axis]));
    }
    raised
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    fn filled(shape: Shape) -> Vec<u8> {
        let points = synthetic::landmarks(128, 5).points;
        let mut mask = vec![9; 128 * 128];
        shape.fill(&points, 128, &mut mask, &mut HullScratch::default());
        mask
    }

    fn count(mask: &[u8]) -> usize {
        mask.iter().filter(|value| **value == 255).count()
    }

    #[test]
    fn all_but_the_extended_mask_lie_in_the_hull_of_all_points() {
        let whole = filled(Shape::FaceHull);
        for shape in [Shape::Full, Shape::Components] {
            let mask = filled(shape);
            assert!(mask.iter().zip(&whole).all(|(m, w)| m <= w), "{shape:?}");
            assert!(4 * count(&whole) < 5 * count(&mask), "{shape:?}");
        }
        let extended = filled(Shape::Extended);
        assert!(count(&filled(Shape::Components)) < count(&extended));
        let first = |mask: &[u8]| mask.iter().position(|value| *value == 255).unwrap() / 128;
        assert!(first(&extended) < first(&whole));
    }

    #[test]
    fn masks_cover_eyes_nose_and_mouth() {
        let points = synthetic::landmarks(128, 5).points;
        for shape in Shape::ALL {
            let mask = filled(shape);
            for at in [30, 37, 41, 43, 47, 51, 57] {
                let [x, y] = points[at].map(|v| v.round() as usize);
                assert_eq!(mask[128 * y + x], 255, "{shape:?} at point {at}");
            }
            assert_eq!(mask[0], 0);
        }
    }

    #[test]
    fn brows_go_up_by_half_of_what_they_stand_above_the_eyes() {
        let points = synthetic::landmarks(128, 5).points;
        let raised = with_raised_brows(&points);
        let lift = points[18][1] - raised[18][1];
        assert!((lift - 0.5 * (points[36][1] - points[18][1])).abs() < 1e-4);
        let lift = points[25][1] - raised[25][1];
        assert!((lift - 0.5 * (points[45][1] - points[25][1])).abs() < 1e-4);
        assert!(points[..17] == raised[..17] && points[27..] == raised[27..]);
    }
}
