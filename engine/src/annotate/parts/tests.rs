//! Every part covers what it is named after, and not its neighbors.

use super::*;
use crate::annotate::polygons;
use crate::data::annotations::Mask;
use crate::faces::Aligner;
use crate::faces::mean_face::mean_face;

const SIDE: u32 = 400;

fn face() -> Landmarks {
    Landmarks {
        points: mean_face().map(|[x, y]| [100.0 + 200.0 * x, 150.0 + 200.0 * y]),
        aligner: Aligner::BoxEstimate,
    }
}

fn painted(outlines: &[Outline]) -> Mask {
    polygons(outlines, 0.0, SIDE, SIDE).to_mask(SIDE, SIDE)
}

fn is_in(mask: &Mask, [x, y]: [f32; 2]) -> bool {
    128 <= mask.values[(y.round() as u32 * SIDE + x.round() as u32) as usize]
}

#[test]
fn parts_hold_their_own_points_and_no_others() {
    let face = face();
    let cases: [(FacePart, &[usize], &[usize]); 9] = [
        (FacePart::Mouth, &[48, 51, 54, 57, 62, 66], &[8, 33, 36]),
        (FacePart::LeftEye, &[36, 37, 39, 41], &[42, 45, 19, 30]),
        (FacePart::RightEye, &[42, 44, 45, 47], &[36, 39, 24, 30]),
        (FacePart::BothEyes, &[36, 39, 42, 45], &[27, 33, 62]),
        (FacePart::Brows, &[17, 19, 21, 22, 24, 26], &[27, 37, 44]),
        (FacePart::Nose, &[27, 30, 31, 33, 35], &[36, 45, 51]),
        (FacePart::Jaw, &[], &[33, 51, 62, 57, 36]),
        (FacePart::Forehead, &[], &[27, 30, 36, 62]),
        (FacePart::InnerFace, &[17, 26, 30, 48, 54, 57], &[8, 0, 16]),
    ];
    for (part, inside, outside) in cases {
        let mask = painted(&part.outlines(&face));
        for at in inside {
            assert!(is_in(&mask, face.points[*at]), "{part:?} has {at}");
        }
        for at in outside {
            assert!(!is_in(&mask, face.points[*at]), "{part:?} has no {at}");
        }
        assert!(!mask.is_empty(), "{part:?}");
    }
    let jaw = painted(&FacePart::Jaw.outlines(&face));
    let chin = face.points[8];
    assert!(is_in(&jaw, [chin[0], chin[1] - 8.0]));
    let forehead = painted(&FacePart::Forehead.outlines(&face));
    assert!(is_in(&forehead, [200.0, face.points[19][1] - 30.0]));
}

#[test]
fn the_whole_face_holds_all_points_and_the_forehead() {
    let face = face();
    let whole = painted(&FacePart::WholeFace.outlines(&face));
    for [x, y] in face.points {
        // Those on the hull itself lie half inside.
        let inwards = [x + 0.02 * (200.0 - x), y + 0.02 * (250.0 - y)];
        assert!(is_in(&whole, inwards), "{x} {y}");
    }
    let top = face.points[19][1] - 50.0;
    assert!(is_in(&whole, [200.0, top]));
    assert!(!is_in(&whole, [200.0, 60.0]));
}

#[test]
fn the_ring_lies_around_the_outline_and_is_as_wide_as_asked() {
    let face = face();
    let ear = face.points[1];
    for width in [0.06, 0.12, 0.3] {
        let ring = painted(&blend_ring(&face, width));
        assert!(is_in(&ring, ear), "{width}");
        assert!(!is_in(&ring, face.points[30]), "{width}: the nose is free");
        let row = 250 * SIDE as usize;
        let across = ring.values[row..row + 200].iter();
        let found = across.map(|value| f32::from(*value)).sum::<f32>() / 255.0;
        let wanted = width * 0.94 * 200.0;
        assert!((found / wanted - 1.0).abs() < 0.15, "{found} for {wanted}");
    }
}

#[test]
fn parts_turn_with_the_face() {
    let upright = face();
    let (sin, cos) = 0.6_f32.sin_cos();
    let turned = |[x, y]: [f32; 2]| {
        let (x, y) = (x - 200.0, y - 230.0);
        [200.0 + cos * x - sin * y, 230.0 + sin * x + cos * y]
    };
    let tilted = Landmarks {
        points: upright.points.map(turned),
        ..upright
    };
    for part in FacePart::ALL {
        let expected: Vec<Outline> = part
            .outlines(&upright)
            .into_iter()
            .map(|outline| outline.into_iter().map(turned).collect())
            .collect();
        let (one, other) = (painted(&expected), painted(&part.outlines(&tilted)));
        // The circles and middles that outlines are made with do not turn.
        assert!(0.93 < one.iou(&other), "{part:?}: {}", one.iou(&other));
    }
}

#[test]
fn every_part_has_a_letter_of_its_own() {
    let mut keys = FacePart::ALL.map(FacePart::key);
    keys.sort_unstable();
    assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
}

#[test]
fn points_that_are_one_give_outlines_without_panic() {
    for at in [0.0, f32::NAN] {
        let none = Landmarks {
            points: [[at; 2]; 68],
            aligner: Aligner::BoxEstimate,
        };
        for part in FacePart::ALL {
            painted(&part.outlines(&none));
        }
    }
}
