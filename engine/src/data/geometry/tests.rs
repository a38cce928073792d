//! Geometry that tells nothing, and geometry that leaks.

use super::*;
use crate::faces::align::Crop;
use crate::faces::{Aligner, FaceBox, Landmarks};
use rand::RngExt as _;

fn sample(rng: &mut StdRng, shift: f32) -> FaceSample {
    let width = rng.random_range(80.0..200.0);
    let face = FaceBox {
        x: rng.random_range(0.0..300.0) + shift,
        y: rng.random_range(0.0..200.0),
        width,
        height: width * rng.random_range(1.0..1.1),
        confidence: 1.0,
    };
    let scale = 1.3 * width / 64.0;
    let points =
        std::array::from_fn(|_| [rng.random_range(10.0..54.0), rng.random_range(10.0..54.0)]);
    FaceSample {
        frame_index: 0,
        pts_secs: 0.0,
        box_in_frame: face,
        frame_size: [640, 480],
        crop: Crop {
            size_px: 64,
            pixels: Vec::new(),
            landmarks: Landmarks {
                points,
                aligner: Aligner::BoxEstimate,
            },
            frame_from_crop: [scale, 0.0, face.x, 0.0, scale, face.y],
        },
    }
}

/// Mann-Whitney, ties half.
fn auc(scores: &[f32], labels: &[u8]) -> f64 {
    let of = |label| {
        scores
            .iter()
            .zip(labels)
            .filter(move |(_, l)| **l == label)
            .map(|(s, _)| *s)
    };
    let pairs = of(1).flat_map(|one| of(0).map(move |zero| (one, zero)));
    let wins: Vec<f64> = pairs
        .map(|(one, zero)| {
            if zero < one {
                1.0
            } else if zero < one + f32::EPSILON {
                0.5
            } else {
                0.0
            }
        })
        .collect();
    wins.iter().sum::<f64>() / wins.len() as f64
}

struct Set {
    features: Vec<Geometry>,
    labels: Vec<u8>,
    sources: Vec<String>,
}

/// `num_sources` clips with a pristine and a manipulated version of some crops each. `shift` moves
/// the boxes of the manipulated ones to the right.
fn set(num_sources: usize, shift: f32, is_same: bool, seed: u64) -> Set {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut set = Set {
        features: Vec::new(),
        labels: Vec::new(),
        sources: Vec::new(),
    };
    for source in 0..num_sources {
        for _ in 0..6 {
            let pristine = sample(&mut rng, 0.0);
            let manipulated = if is_same {
                pristine.clone()
            } else {
                sample(&mut rng, shift)
            };
            for (label, sample) in [(0, pristine), (1, manipulated)] {
                set.features.push(geometry_of(&sample));
                set.labels.push(label);
                set.sources.push(format!("clip {source}"));
            }
        }
    }
    set
}

fn probe(set: &Set, seed: u64) -> Vec<f32> {
    let sources: Vec<&str> = set.sources.iter().map(String::as_str).collect();
    geometry_probe(&set.features, &set.labels, &sources, seed)
}

#[test]
fn the_same_geometry_for_both_labels_tells_nothing() {
    let set = set(30, 0.0, true, 1);
    let auc = auc(&probe(&set, 7), &set.labels);
    assert!((auc - 0.5).abs() < 1e-9, "{auc}");
}

#[test]
fn geometry_drawn_from_one_distribution_tells_next_to_nothing() {
    let aucs: Vec<f64> = (0..10)
        .map(|seed| {
            let set = set(40, 0.0, false, seed);
            auc(&probe(&set, seed), &set.labels)
        })
        .collect();
    let mean = aucs.iter().sum::<f64>() / aucs.len() as f64;
    // 480 crops: one AUC has a standard error of 0.027, the mean of ten one of 0.009.
    assert!((mean - 0.5).abs() < 0.03, "{aucs:?}");
    assert!(aucs.iter().all(|auc| (auc - 0.5).abs() < 0.1), "{aucs:?}");
}

#[test]
fn one_label_in_each_source_does_not_lean_the_scores() {
    let mut rng = StdRng::seed_from_u64(3);
    let mut set = set(60, 0.0, false, 3);
    // Every source gets a single label, unevenly: a third is manipulated.
    for at in 0..set.labels.len() {
        set.labels[at] = u8::from(at / 12 % 3 == 0);
        set.features[at] = geometry_of(&sample(&mut rng, 0.0));
    }
    let auc = auc(&probe(&set, 1), &set.labels);
    assert!((auc - 0.5).abs() < 0.1, "{auc}");
}

#[test]
fn a_leak_is_found() {
    let moved = set(30, 400.0, false, 2);
    let found = auc(&probe(&moved, 7), &moved.labels);
    assert!(0.98 < found, "{found}");
    let mut larger = set(30, 0.0, true, 2);
    for at in 0..larger.labels.len() {
        // Manipulated frames are a little larger: 656 instead of 640 pixels.
        larger.features[at][6] += 0.025 * f64::from(larger.labels[at]);
    }
    let found = auc(&probe(&larger, 7), &larger.labels);
    assert!(0.99 < found, "{found}");
}

#[test]
fn the_seed_deals_the_folds_and_no_source_is_in_two() {
    let set = set(23, 100.0, false, 5);
    let sources: Vec<&str> = set.sources.iter().map(String::as_str).collect();
    let dealt = |seed| folds_of(&set.labels, &sources, &mut StdRng::seed_from_u64(seed));
    let folds = dealt(1);
    for (at, fold) in folds.iter().enumerate() {
        let first = sources
            .iter()
            .position(|source| *source == sources[at])
            .unwrap();
        assert_eq!(*fold, folds[first]);
    }
    assert!((0..FOLDS).all(|fold| folds.contains(&fold)));
    assert_ne!(folds, dealt(2));
    assert_eq!(probe(&set, 1), probe(&set, 1));
    assert!(geometry_probe(&[], &[], &[], 1).is_empty());
    let one = geometry_probe(&set.features[..2], &set.labels[..2], &sources[..2], 1);
    assert_eq!(one, [0.0, 0.0]);
}
