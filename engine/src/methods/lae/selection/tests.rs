//! What is asked for first, what is asked for once, and that "larger on manipulated faces" is what is looked for.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

/// Faces with noise in every channel; the labels turn about.
fn faces(
    num: usize,
    num_channels: usize,
    lifted: &[(usize, f32, bool)],
) -> (Vec<Vec<f32>>, Vec<bool>) {
    let mut rng = StdRng::seed_from_u64(5);
    let labels: Vec<bool> = (0..num).map(|face| face % 2 == 1).collect();
    let features = labels.iter().map(|label| {
        let mut row: Vec<f32> = (0..num_channels).map(|_| rng.random::<f32>()).collect();
        for (channel, lift, for_label) in lifted {
            if label == for_label {
                row[*channel] += lift;
            }
        }
        row
    });
    (features.collect(), labels)
}

#[test]
fn channels_larger_on_manipulated_faces_are_found_and_those_larger_on_pristine_ones_are_not() {
    // METHODS 3.6, check 7: the sign of Eq. 10.
    let lifted = [(3, 0.5, true), (7, 0.4, true), (5, 0.6, false)];
    let (features, labels) = faces(400, 32, &lifted);
    let found = concepts(&features, &labels).unwrap();
    let channels: Vec<u32> = found.channels.iter().map(|one| one.channel).collect();
    assert_eq!(channels[..2], [3, 7]);
    assert!(!channels.contains(&5), "{channels:?}");
    assert!(channels.len() <= MAX_CONCEPTS);
    assert!(found.channels.iter().all(|one| 0.0 < one.weight));
    assert!(
        found
            .channels
            .is_sorted_by(|one, other| other.weight <= one.weight)
    );
    assert_eq!([found.mean.len(), found.deviation.len()], [32, 32]);
    let mean = |is_manipulated: bool| {
        let of = features.iter().zip(&labels);
        let of = of.filter(|(_, label)| **label == is_manipulated);
        of.map(|(row, _)| found.value(row)).sum::<f32>() / 200.0
    };
    assert!(mean(false) + 1.0 < mean(true));
    assert_eq!(
        concepts(&features, &labels).unwrap(),
        found,
        "no chance in it"
    );
}

#[test]
fn the_scale_of_a_channel_says_nothing() {
    let (mut features, labels) = faces(200, 8, &[(3, 0.5, true)]);
    let before = concepts(&features, &labels).unwrap();
    for row in &mut features {
        row[3] = row[3] * 1024.0 + 64.0;
        row[4] = 7.0;
    }
    let after = concepts(&features, &labels).unwrap();
    assert_eq!(after.channels[0].channel, 3);
    assert!((before.channels[0].weight / after.channels[0].weight - 1.0).abs() < 0.1);
    assert_eq!(after.deviation[4], 0.0);
    assert!(after.channels.iter().all(|one| one.channel != 4));
}

#[test]
fn what_fires_is_said_in_deviations_farthest_first() {
    let concept = |channel, weight| Concept { channel, weight };
    let found = Concepts {
        channels: vec![
            concept(1, 2.0),
            concept(0, 1.5),
            concept(2, 1.0),
            concept(9, 0.5),
        ],
        mean: vec![1.0, 1.0, 1.0],
        deviation: vec![0.5, 2.0, 0.0],
    };
    let face = [2.0, 2.0, 4.0];
    assert_eq!(found.value(&face), 2.5);
    let fired: Vec<(u32, f32)> = found
        .fired(&face)
        .iter()
        .map(|chosen| (chosen.channel, chosen.deviations))
        .collect();
    assert_eq!(fired, [(0, 2.0), (1, 0.5)]);
    assert!(found.fired(&[0.0, 0.0, 0.0]).is_empty());
}

#[test]
fn faces_that_cannot_be_told_apart_are_an_error() {
    let rows = vec![vec![0.0, 1.0], vec![1.0, 1.0]];
    let found = concepts(&rows, &[true, true]).unwrap_err();
    assert!(found.to_string().contains("0 pristine and 2 manipulated"));
    assert!(concepts(&[], &[]).is_err());
    let uneven = concepts(&[vec![0.0], vec![]], &[true, false]).unwrap_err();
    assert!(matches!(
        uneven,
        SelectionError::Uneven {
            face: 1,
            expected: 1,
            found: 0
        }
    ));
    let nan = concepts(&[vec![0.0], vec![f32::NAN]], &[true, false]).unwrap_err();
    assert_eq!(
        nan,
        SelectionError::NotFinite {
            face: 1,
            channel: 0
        }
    );
    let lower = concepts(&[vec![0.0], vec![1.0]], &[true, false]).unwrap_err();
    assert_eq!(lower, SelectionError::NoConcept);
    assert_eq!(concepts(&rows, &[false, true]).unwrap().channels.len(), 1);
}

fn candidate(feature: f32, logit: f32, is_manipulated: bool) -> Candidate {
    Candidate {
        features: vec![feature],
        logit,
        is_manipulated,
        clip: 0,
        frame_index: 0,
    }
}

fn order_of(ranked: &[Ranked]) -> Vec<usize> {
    ranked.iter().map(|one| one.candidate).collect()
}

#[test]
fn each_order_puts_first_what_it_looks_for() {
    let concepts = Concepts {
        channels: vec![Concept {
            channel: 0,
            weight: 1.0,
        }],
        mean: vec![0.0],
        deviation: vec![1.0],
    };
    let mut all = vec![
        candidate(1.0, 3.0, true),
        candidate(9.0, 0.0, false),
        candidate(f32::NAN, f32::NAN, true),
        candidate(2.0, -0.5, true),
        candidate(1.0, -3.0, true),
        candidate(5.0, 0.1, true),
    ];
    let ranked = |all: &[Candidate], order| order_of(&rank(order, all, Some(&concepts), 1));
    assert_eq!(ranked(&all, Order::Active), [5, 3, 0, 4, 2]);
    assert_eq!(ranked(&all, Order::Uncertainty), [5, 3, 0, 4, 2]);
    assert_eq!(ranked(&all, Order::Asked), [0, 2, 3, 4, 5]);
    assert!(rank(Order::Active, &all, None, 1).is_empty());
    assert_eq!(rank(Order::Active, &all, Some(&concepts), 1)[0].value, 5.0);
    assert_eq!(rank(Order::Uncertainty, &all, None, 1)[0].value, -0.1);
    for one in &mut all {
        one.is_manipulated = false;
    }
    let unlabelled = ranked(&all, Order::Active);
    assert_eq!(
        unlabelled,
        [1, 5, 3, 0, 4, 2],
        "without labels all are ranked"
    );
}

#[test]
fn chance_is_dealt_by_the_seed_and_by_a_candidates_number() {
    let mut all = vec![candidate(0.0, 0.0, true); 50];
    let dealt = |all: &[Candidate], seed| order_of(&rank(Order::Random, all, None, seed));
    let first = dealt(&all, 1);
    assert_eq!(first, dealt(&all, 1));
    assert_ne!(first, dealt(&all, 2));
    assert!(!first.is_sorted());
    all[first[0]].is_manipulated = false;
    assert_eq!(first[1..], dealt(&all, 1));
}

/// Candidates of clips 0, 1, ... with features of 16 channels.
fn clip(rows: &[(usize, u32, Vec<f32>)]) -> (Vec<Candidate>, Vec<Ranked>) {
    let candidates: Vec<Candidate> = rows
        .iter()
        .map(|(clip, frame_index, features)| Candidate {
            features: features.clone(),
            logit: 0.0,
            is_manipulated: true,
            clip: *clip,
            frame_index: *frame_index,
        })
        .collect();
    let ranked = rank(Order::Asked, &candidates, None, 0);
    (candidates, ranked)
}

#[test]
fn neighbors_that_look_the_same_are_asked_for_once() {
    let mut rng = StdRng::seed_from_u64(2);
    let mut look = || -> Vec<f32> { (0..16).map(|_| rng.random::<f32>()).collect() };
    let (one, other, third) = (look(), look(), look());
    let nearly: Vec<f32> = one.iter().map(|value| value + 0.01).collect();
    let (candidates, ranked) = clip(&[
        (0, 100, one),
        (0, 103, nearly.clone()),
        (0, 99, nearly.clone()),
        (0, 101, other.clone()),
        (0, 106, nearly.clone()),
        (1, 100, nearly.clone()),
        (0, 100, nearly),
        (0, 101, other),
        (1, 3, third),
    ]);
    let (kept, left_out) = without_near_duplicates(&ranked, &candidates);
    // Another look, another time, another clip, and another face of the same frame stay.
    assert_eq!(order_of(&kept), [0, 3, 4, 5, 6, 8]);
    let left: Vec<[usize; 2]> = left_out
        .iter()
        .map(|one| [one.candidate, one.kept])
        .collect();
    assert_eq!(left, [[1, 0], [2, 0], [7, 3]]);
    assert!(left_out[0].reason.contains("Frame 103") && left_out[0].reason.contains("frame 100"));
    assert!(
        left_out[0].reason.contains("3 frames from it"),
        "{}",
        left_out[0].reason
    );
    assert!(left_out[1].reason.contains("the frame beside it"));
    assert!(left_out[2].reason.contains("twice"));
    assert!(without_near_duplicates(&[], &candidates).0.is_empty());
    // Ranked the other way, the other one is kept.
    let reversed = [ranked[1], ranked[0]];
    let (kept, _) = without_near_duplicates(&reversed, &candidates);
    assert_eq!(order_of(&kept), [1]);
}
