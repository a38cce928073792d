//! A face's line of symmetry, so that what is painted on one side is painted on the other.

use crate::faces::Landmarks;

/// Points of the iBUG scheme that lie opposite each other, the one on the left of the picture first.
const PAIRS: [(usize, usize); 29] = [
    (0, 16),
    (1, 15),
    (2, 14),
    (3, 13),
    (4, 12),
    (5, 11),
    (6, 10),
    (7, 9),
    (17, 26),
    (18, 25),
    (19, 24),
    (20, 23),
    (21, 22),
    (31, 35),
    (32, 34),
    (36, 45),
    (37, 44),
    (38, 43),
    (39, 42),
    (40, 47),
    (41, 46),
    (48, 54),
    (49, 53),
    (50, 52),
    (59, 55),
    (58, 56),
    (60, 64),
    (61, 63),
    (67, 65),
];

/// The line that a face is mirrored in, in pixels of the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mirror {
    /// A point on the line.
    pub middle: [f32; 2],
    /// Of length 1, square to the line, towards the right of the face as it is seen.
    pub across: [f32; 2],
}

impl Mirror {
    /// Through the middles of all pairs of opposite points, square to what they have in common; `None` where the points
    /// fall onto one. Of a turned head it is the line in the picture, not in space.
    pub fn of(landmarks: &Landmarks) -> Option<Self> {
        let points = &landmarks.points;
        let (mut middle, mut across) = ([0.0; 2], [0.0; 2]);
        for (left, right) in PAIRS {
            for axis in 0..2 {
                let (left, right) = (points[left][axis], points[right][axis]);
                middle[axis] += 0.5 * (left + right) / PAIRS.len() as f32;
                across[axis] += right - left;
            }
        }
        let length = across[0].hypot(across[1]);
        (length.is_finite() && 1e-3 < length).then(|| Self {
            middle,
            across: across.map(|side| side / length),
        })
    }

    /// The point opposite another.
    pub fn point(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [right, down] = self.across;
        let aside = (x - self.middle[0]) * right + (y - self.middle[1]) * down;
        [x - 2.0 * aside * right, y - 2.0 * aside * down]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::{Brush, Mode, Stroke};
    use crate::data::annotations::Mask;
    use crate::faces::Aligner;
    use crate::faces::mean_face::mean_face;

    fn face(scale: f32, shift: [f32; 2]) -> Landmarks {
        Landmarks {
            points: mean_face().map(|[x, y]| [shift[0] + scale * x, shift[1] + scale * y]),
            aligner: Aligner::BoxEstimate,
        }
    }

    #[test]
    fn opposite_points_of_a_straight_face_are_mirrored_onto_each_other() {
        let face = face(300.0, [40.0, 20.0]);
        let mirror = Mirror::of(&face).unwrap();
        for (left, right) in PAIRS {
            let [x, y] = mirror.point(face.points[left]);
            let error = (x - face.points[right][0]).hypot(y - face.points[right][1]);
            assert!(error < 1e-2, "{left} {right}: {error}");
        }
        for middle in [8, 27, 30, 33, 51, 57] {
            let [x, y] = mirror.point(face.points[middle]);
            assert!((x - face.points[middle][0]).hypot(y - face.points[middle][1]) < 1e-2);
        }
    }

    #[test]
    fn mirrored_twice_is_nowhere_else_on_a_tilted_face() {
        let (sin, cos) = 0.5_f32.sin_cos();
        let mut tilted = face(200.0, [0.0; 2]);
        for [x, y] in &mut tilted.points {
            [*x, *y] = [cos * *x - sin * *y, sin * *x + cos * *y];
        }
        let mirror = Mirror::of(&tilted).unwrap();
        assert!((mirror.across[0] - cos).abs() < 1e-4 && (mirror.across[1] - sin).abs() < 1e-4);
        let [x, y] = mirror.point(mirror.point([31.0, -7.0]));
        assert!((x - 31.0).abs() < 1e-3 && (y + 7.0).abs() < 1e-3);
    }

    #[test]
    fn mirrored_stamps_are_mirror_images() {
        let (width, height) = (201, 160);
        let mirror = Mirror {
            middle: [100.0, 0.0],
            across: [1.0, 0.0],
        };
        let brush = Brush {
            radius_px: 23.4,
            softness: 0.4,
            mode: Mode::Paint,
        };
        let mut mask = Mask::empty(width, height);
        let mut stroke = Stroke::begin(&mask);
        let (from, to) = ([30.25, 40.5], [70.75, 120.0]);
        stroke.pressed_capsule(&mut mask, from, to, brush, [1.0, 0.5]);
        let (from, to) = (mirror.point(from), mirror.point(to));
        stroke.pressed_capsule(&mut mask, from, to, brush, [1.0, 0.5]);
        assert!(!mask.is_empty());
        for row in mask.values.chunks_exact(width as usize) {
            for (left, right) in row.iter().zip(row.iter().rev()) {
                assert!(left.abs_diff(*right) <= 1, "but for rounding");
            }
        }
    }

    #[test]
    fn points_that_are_one_have_no_mirror() {
        assert_eq!(Mirror::of(&face(0.0, [3.0, 3.0])), None);
    }
}
