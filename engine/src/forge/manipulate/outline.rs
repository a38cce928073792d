//! Outlines of parts of a face, as polygons of mesh corners.

use crate::forge::manipulate::mesh::Corners;

/// The point a share of the way from one to another.
pub fn between(a: [f32; 2], b: [f32; 2], share: f32) -> [f32; 2] {
    [0, 1].map(|axis| a[axis] + share * (b[axis] - a[axis]))
}

/// Jaw and forehead, drawn in towards the nose by a share.
pub fn whole_face(corners: &Corners, inset: f32) -> Vec<[f32; 2]> {
    let around = (0..=16).chain((68..=72).rev());
    let outline: Vec<[f32; 2]> = around
        .map(|at| between(corners[at], corners[29], inset))
        .collect();
    rounded(&outline)
}

/// Corners cut at a quarter of their sides, twice (Chaikin 1974).
fn rounded(outline: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut outline = outline.to_vec();
    for _ in 0..2 {
        let next = outline.iter().cycle().skip(1);
        let sides = outline.iter().zip(next);
        outline = sides
            .flat_map(|(a, b)| [between(*a, *b, 0.25), between(*a, *b, 0.75)])
            .collect();
    }
    outline
}

/// Mouth, chin and lower cheeks, drawn in from the jaw by a share.
pub fn lower_face(corners: &Corners, inset: f32) -> Vec<[f32; 2]> {
    let middle = between(corners[51], corners[57], 0.5);
    let mut outline = vec![
        between(corners[2], corners[31], 0.45),
        between(corners[31], corners[49], 0.25),
        between(corners[33], corners[51], 0.25),
        between(corners[35], corners[53], 0.25),
        between(corners[14], corners[35], 0.45),
    ];
    outline.extend((3..=13).rev().map(|at| between(corners[at], middle, inset)));
    rounded(&outline)
}

/// Nose and inner cheeks, without eyes and mouth.
pub fn center(corners: &Corners) -> Vec<[f32; 2]> {
    let side = |eye: [usize; 3], lip: [usize; 2], wing: usize| {
        let [inner, below_in, below_out] = eye.map(|at| corners[at]);
        let [lip, mouth] = lip.map(|at| corners[at]);
        let cheek = between(below_out, mouth, 0.45);
        [
            between(corners[27], inner, 0.45),
            between(below_in, mouth, 0.14),
            between(below_out, mouth, 0.18),
            between(cheek, corners[30], -0.12),
            between(mouth, corners[wing], 0.5),
            between(lip, corners[33], 0.6),
        ]
    };
    let right = side([42, 47, 46], [52, 54], 35);
    let left = side([39, 40, 41], [50, 48], 31);
    let mut outline = vec![between(corners[27], corners[28], -0.3)];
    outline.extend(right);
    outline.push(between(corners[33], corners[51], 0.5));
    outline.extend(left.into_iter().rev());
    rounded(&outline)
}

pub fn lips(corners: &Corners) -> Vec<[f32; 2]> {
    corners[48..60].to_vec()
}

pub fn mouth_interior(corners: &Corners) -> Vec<[f32; 2]> {
    corners[60..68].to_vec()
}

/// The opening of either eye.
pub fn eyes(corners: &Corners) -> [Vec<[f32; 2]>; 2] {
    [corners[36..42].to_vec(), corners[42..48].to_vec()]
}

/// Either upper lid, up to near the brow.
pub fn lids(corners: &Corners) -> [Vec<[f32; 2]>; 2] {
    let lid = |eye: [usize; 4], brow: [usize; 4]| {
        let upper = eye.into_iter().zip(brow).rev();
        let raised = upper.map(|(eye, brow)| between(corners[eye], corners[brow], 0.62));
        let lower = eye.into_iter().map(|eye| corners[eye]);
        lower.chain(raised).collect()
    };
    [
        lid([36, 37, 38, 39], [17, 18, 20, 21]),
        lid([42, 43, 44, 45], [22, 23, 25, 26]),
    ]
}

/// Either brow, thickened about its line by a share of the distance to the eye.
pub fn brows(corners: &Corners) -> [Vec<[f32; 2]>; 2] {
    let brow = |first: usize, eye: [usize; 5]| {
        let line = || (first..first + 5).zip(eye);
        let upper = line().map(|(brow, eye)| between(corners[brow], corners[eye], -0.16));
        let lower = line().map(|(brow, eye)| between(corners[brow], corners[eye], 0.28));
        upper.chain(lower.rev()).collect()
    };
    [
        brow(17, [36, 37, 37, 38, 39]),
        brow(22, [42, 43, 44, 44, 45]),
    ]
}

/// The corner that each corner becomes in a mirror.
pub fn mirrored(corners: &Corners) -> Corners {
    std::array::from_fn(|at| {
        corners[match at {
            0..17 => 16 - at,
            17..27 => 43 - at,
            27..31 => at,
            31..36 => 66 - at,
            36..40 => 81 - at,
            40..42 => 87 - at,
            42..46 => 81 - at,
            46..48 => 87 - at,
            48..55 => 102 - at,
            55..60 => 114 - at,
            60..65 => 124 - at,
            65..68 => 132 - at,
            68..73 => 140 - at,
            // The ring begins on the right and has twelve points.
            _ => 73 + (18 - (at - 73)) % 12,
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::similarity::Similarity;
    use crate::forge::manipulate::mesh::{Pose, canonical_face};
    use crate::forge::manipulate::region::Region;

    fn corners() -> Corners {
        let points = canonical_face().map(|[x, y]| [50.0 + 100.0 * x, 50.0 + 100.0 * y]);
        Pose::of(&points).unwrap().corners(&points)
    }

    #[test]
    fn mirroring_the_mean_face_gives_its_mirror_image() {
        let corners = corners();
        for (point, other) in corners.iter().zip(mirrored(&corners)) {
            assert!(
                (point[0] + other[0] - 200.0).abs() < 0.3,
                "{point:?} {other:?}"
            );
            assert!((point[1] - other[1]).abs() < 0.3, "{point:?} {other:?}");
        }
        assert_eq!(mirrored(&mirrored(&corners)), corners);
        assert_eq!(Similarity::IDENTITY.scale(), 1.0);
    }

    #[test]
    fn parts_have_sensible_sizes_and_places() {
        let corners = corners();
        let count = |outline: &[[f32; 2]]| {
            let region = Region::polygon(200, 200, outline);
            region.inside.iter().filter(|inside| **inside).count()
        };
        let whole = count(&whole_face(&corners, 0.0));
        let share = |outline: &[[f32; 2]]| count(outline) as f32 / whole as f32;
        assert!((0.2..0.5).contains(&share(&lower_face(&corners, 0.06))));
        assert!((0.08..0.3).contains(&share(&center(&corners))));
        assert!((0.02..0.08).contains(&share(&lips(&corners))));
        for lid in lids(&corners) {
            assert!(0.003 < share(&lid));
        }
        for brow in brows(&corners) {
            assert!(0.008 < share(&brow));
        }
        assert!(!Region::polygon(200, 200, &center(&corners)).inside[200 * 81 + 79]);
    }
}
