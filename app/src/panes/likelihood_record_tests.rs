//! What the findings and the timeline show of likelihoods, drawn on scores and a record made by hand.

use egui_kittest::kittest::Queryable as _;
use seam_engine::analysis::Partial;
use seam_engine::analysis::record::Analysis;
use seam_engine::faces::TrackId;
use serde_json::json;

use crate::panes::evidence_tests::{known_file, panes, partials, record_of};
use crate::panes::likelihood_tests::{face, hover, references};
use crate::state::AnalysisState;

/// Scores of a density model on the first person, the second one having none.
fn likelihoods() -> impl Iterator<Item = Partial> {
    partials().into_iter().filter_map(|partial| match partial {
        Partial::Scored {
            domains,
            mut scores,
            ..
        } => {
            scores.truncate(1);
            for score in &mut scores {
                score.domains = Vec::new();
                score.likelihood = Some(face(2.0 + 0.01 * score.frame.index as f32, 6.0));
            }
            Some(Partial::Scored {
                method: "pixelcnn",
                domains,
                likelihoods: references().into(),
                scores,
            })
        }
        _ => None,
    })
}

const SENTENCE: &str = "A color of a pixel costs 2.40 bits: 60 % of the pristine faces of the model's validation cost more";

/// A check that cannot tell, on a part of the faces.
fn record() -> Analysis {
    let likelihood = json!({
        "bits_per_dim": 2.4, "by_channel": [2.9, 2.4, 1.9], "roughness": 6.0,
        "place": { "share_less_likely": 0.6, "smoothness": "usual" },
        "sentence": SENTENCE,
        "references": [
            { "kind": "pristine", "faces": 40, "bits_per_dim": [2.1, 2.3, 2.5, 2.7, 3.0] },
            { "kind": "swap", "faces": 20, "bits_per_dim": [2.0, 2.1, 2.2, 2.3, 2.4] },
        ],
    });
    let budget = json!({
        "faces_scored": 12, "faces_usable": 95, "reason": "One face takes 9 s on this computer",
    });
    let check = json!({
        "method": "pixelcnn", "model": "pixelcnn-test@00000000", "state": "ran", "score": 0.5,
        "calibrated": true, "frames": [], "extra": { "budget": budget }, "likelihood": likelihood,
    });
    let failed = json!({
        "method": "pixelcnn", "model": "", "state": "not_applicable", "reason": "no face",
        "score": null, "calibrated": false, "frames": [], "extra": null,
    });
    record_of([check, failed])
}

#[test]
fn likelihoods_stand_beside_a_verdict_that_cannot_tell_and_under_the_scores() {
    let mut state = known_file(AnalysisState::Done(Box::new(record())));
    let id = state.selected.unwrap();
    for partial in likelihoods() {
        state.file_mut(id).unwrap().add(partial);
    }
    let mut panes = panes(&state);
    panes.run();
    assert_eq!(panes.query_all_by_label(SENTENCE).count(), 1);
    assert!(panes.query_all_by_label("Cannot tell").next().is_some());
    assert_eq!(panes.query_all_by_label("12 of 95 faces").count(), 1);
    let place = "Likelihood among pristine faces";
    assert_eq!(panes.query_all_by_label(place).count(), 1);
    // Only where there are likelihoods.
    let over_time = "Bits per dimension over time";
    assert_eq!(panes.query_all_by_label(over_time).count(), 1);
    for (label, told) in [
        (place, "2.10  2.50  3.00  pristine (40)"),
        ("12 of 95 faces", "One face takes 9 s"),
        (over_time, "90 % of the 40 pristine faces"),
        // The middle of the clip.
        ("Timeline", "; 2.40 bits per dimension"),
    ] {
        hover(&mut panes, label);
        assert!(panes.query_by_label_contains(told).is_some(), "{label}");
    }
}

#[test]
fn the_band_of_pristine_faces_is_kept_from_the_first_scores() {
    let mut state = known_file(AnalysisState::Cancelled);
    let id = state.selected.unwrap();
    let file = state.file_mut(id).unwrap();
    assert!(file.evidence.usual_bits.is_empty());
    for partial in likelihoods() {
        file.add(partial);
    }
    let usual = file.evidence.usual_bits["pixelcnn"];
    assert_eq!(usual.num_faces, 40);
    let [low, high] = usual.band;
    assert!(
        (2.3..2.6).contains(&low) && (3.0..3.3).contains(&high),
        "{low} {high}"
    );
    let strip = &file.evidence.people[&TrackId(1)].strips["pixelcnn"];
    assert_eq!(strip.marks[3].bits_per_dim, Some(2.03));
}
