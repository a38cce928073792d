//! What every technique must hold to at every quality, on made-up faces.

use image::{Rgb, RgbImage};

use super::*;
use crate::forge::manipulate::mesh::canonical_face;
use crate::forge::synthetic;

const SIDE_PX: usize = 150;
const FACE_PX: f32 = 84.0;

/// A frame of smooth noise with a face on it: skin, brows, eyes, nose, lips, all moved by `step`.
fn frame(seed: u64, step: f32) -> (RgbImage, Points) {
    let backdrop = synthetic::texture(SIDE_PX, seed);
    let grain = synthetic::noise(SIDE_PX, seed + 50);
    let points = canonical_face().map(|[x, y]| [30.0 + step + FACE_PX * x, 22.0 + FACE_PX * y]);
    let skin = [[196.0, 150.0, 128.0], [142.0, 100.0, 80.0]][(seed % 2) as usize];
    let mean = |part: std::ops::Range<usize>| {
        let sum = points[part.clone()]
            .iter()
            .fold([0.0, 0.0], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
        sum.map(|sum: f32| sum / part.len() as f32)
    };
    let spots = [
        (mean(36..42), [8.0, 4.0], [40.0, 30.0, 30.0]),
        (mean(42..48), [8.0, 4.0], [40.0, 30.0, 30.0]),
        (mean(17..22), [14.0, 3.0], [70.0, 50.0, 40.0]),
        (mean(22..27), [14.0, 3.0], [70.0, 50.0, 40.0]),
        (
            mean(48..60),
            [16.0, 6.0],
            [170.0, 70.0 + 30.0 * (seed % 2) as f32, 80.0],
        ),
        (points[30], [7.0, 5.0], [210.0, 160.0, 140.0]),
    ];
    let picture = RgbImage::from_fn(SIDE_PX as u32, SIDE_PX as u32, |x, y| {
        let at = 3 * (y as usize * SIDE_PX + x as usize);
        let (x, y) = (x as f32, y as f32);
        let within = |center: [f32; 2], radii: [f32; 2]| {
            let (dx, dy) = ((x - center[0]) / radii[0], (y - center[1]) / radii[1]);
            dx * dx + dy * dy < 1.0
        };
        let mut color = [0, 1, 2].map(|c| 0.6 * f32::from(backdrop[at + c]));
        if within(
            [points[29][0], points[29][1]],
            [0.52 * FACE_PX, 0.75 * FACE_PX],
        ) {
            let shade = 0.15 * (f32::from(backdrop[at]) - 128.0);
            color = skin.map(|value| value + shade);
        }
        for (center, radii, spot) in spots {
            if within(center, radii) {
                color = spot;
            }
        }
        let noise = |c: usize| f32::from(grain[at + c]) / 40.0 - 3.2;
        Rgb([0, 1, 2].map(|c| (color[c] + noise(c)).clamp(0.0, 255.0) as u8))
    });
    (picture, points)
}

/// Samples of one made-up person.
pub fn samples(seed: u64, count: u32) -> Vec<FaceSample> {
    (0..count)
        .map(|index| {
            let (picture, points) = frame(seed, index as f32);
            FaceSample::cut(&picture, &points, 20 * index).unwrap()
        })
        .collect()
}

fn qualities() -> [Quality; 5] {
    let all = [
        Quality::crude(),
        Quality::low(),
        Quality::high(),
        Quality::invisible(),
    ];
    let [crude, low, high, invisible] = all.map(|quality| Quality {
        face_model: FaceModel::LowRank { rank: 3 },
        ..quality
    });
    let histogram = Quality {
        color_match: ColorMatch::Histogram,
        ..low
    };
    [crude, low, high, invisible, histogram]
}

fn prepared(technique: Technique, quality: &Quality, seed: u64) -> Box<dyn Manipulation> {
    let job = &mut JobContext::detached();
    prepare(
        technique,
        quality,
        &samples(1, 3),
        &samples(2, 3),
        seed,
        job,
    )
    .unwrap()
}

#[test]
fn every_technique_changes_the_face_under_its_mask_and_nothing_else() {
    for technique in Technique::ALL {
        for (number, quality) in qualities().into_iter().enumerate() {
            let mut manipulation = prepared(technique, &quality, 3);
            for index in 0..2 {
                let (pristine, points) = frame(1, index as f32);
                let mut forged = pristine.clone();
                let mask = manipulation.apply(&mut forged, &points, index);
                let mut counts = [0u32; 2];
                for ((x, y), m) in pristine.pixels().zip(forged.pixels()).zip(mask.pixels()) {
                    assert!(
                        m.0[0] == 255 || (m.0[0] == 0 && x == y),
                        "{technique:?} {number}"
                    );
                    if m.0[0] == 255 {
                        counts[usize::from(x != y)] += 1;
                    }
                }
                let [same, changed] = counts;
                // Where grain alone is put back, a good part of the levels come out as they were.
                assert!(
                    0.3 * (same + changed) as f32 <= changed as f32,
                    "{technique:?} {number} {counts:?}"
                );
                let area = (SIDE_PX * SIDE_PX) as u32;
                assert!(
                    (60..area / 2).contains(&(same + changed)),
                    "{technique:?} {number} {counts:?}"
                );
            }
            assert_eq!(manipulation.num_skipped(), 0);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_seeds_matter() {
    let forged = |technique, seed| {
        let mut manipulation = prepared(technique, &qualities()[2], seed);
        let (mut picture, points) = frame(1, 0.0);
        for index in 0..3 {
            (picture, _) = frame(1, index as f32);
            let points = points.map(|[x, y]| [x + index as f32, y]);
            manipulation.apply(&mut picture, &points, index);
        }
        picture
    };
    for technique in Technique::ALL {
        assert_eq!(forged(technique, 7), forged(technique, 7));
    }
    assert_ne!(forged(Technique::Reenact, 7), forged(Technique::Reenact, 8));
    assert_ne!(forged(Technique::Texture, 7), forged(Technique::Texture, 8));
}

#[test]
fn a_face_at_rest_stays_at_rest() {
    let (pristine, points) = frame(1, 0.0);
    for technique in Technique::ALL {
        for quality in qualities() {
            let mut manipulation = prepared(technique, &quality, 3);
            let forged: Vec<RgbImage> = (0..4)
                .map(|index| {
                    let mut forged = pristine.clone();
                    manipulation.apply(&mut forged, &points, index);
                    forged
                })
                .collect();
            let most = if technique == Technique::Reenact {
                // It talks while the face rests; slowly enough to be a movement.
                6.0
            } else {
                0.02
            };
            for pair in forged.windows(2) {
                let levels = pair[0].as_raw().iter().zip(pair[1].as_raw());
                let sum: u32 = levels.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
                let mean = sum as f32 / (FACE_PX * FACE_PX);
                assert!(mean <= most, "{technique:?} {mean}");
            }
        }
    }
}

#[test]
fn faces_over_the_border_are_done_as_far_as_they_go() {
    for technique in Technique::ALL {
        for quality in qualities() {
            let mut manipulation = prepared(technique, &quality, 3);
            let (pristine, points) = frame(1, 0.0);
            for (index, [dx, dy]) in [[-70.0, 0.0], [80.0, 30.0], [0.0, 90.0], [-45.0, -60.0]]
                .iter()
                .enumerate()
            {
                let mut forged = pristine.clone();
                let moved = points.map(|[x, y]| [x + dx, y + dy]);
                let mask = manipulation.apply(&mut forged, &moved, index as u32);
                for ((x, y), m) in pristine.pixels().zip(forged.pixels()).zip(mask.pixels()) {
                    assert!(m.0[0] == 255 || x == y);
                }
            }
        }
    }
}

#[test]
fn what_is_no_face_is_left_alone_and_counted() {
    let (pristine, points) = frame(1, 0.0);
    for technique in Technique::ALL {
        let mut manipulation = prepared(technique, &qualities()[3], 3);
        let nowhere = [
            [[f32::NAN; 2]; 68],
            [[40.0, 40.0]; 68],
            points.map(|[x, y]| [x + 5000.0, y]),
            points.map(|[x, y]| [0.05 * x, 0.05 * y]),
        ];
        for (index, points) in nowhere.iter().enumerate() {
            let mut forged = pristine.clone();
            let mask = manipulation.apply(&mut forged, points, index as u32);
            assert_eq!(forged, pristine);
            assert!(mask.pixels().all(|m| m.0[0] == 0));
            assert_eq!(manipulation.num_skipped(), 1 + index as u64);
        }
    }
}

#[test]
fn a_missing_donor_is_told() {
    let job = &mut JobContext::detached();
    for technique in Technique::ALL {
        let made = prepare(technique, &qualities()[0], &samples(1, 2), &[], 1, job);
        assert_eq!(made.is_err(), technique.needs_donor(), "{technique:?}");
        let none = prepare(technique, &qualities()[0], &[], &samples(1, 2), 1, job);
        assert!(none.err().unwrap().to_string().contains("target"));
    }
}
