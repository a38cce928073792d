//! What panes show of likelihoods, drawn on looks, scores and a record made by hand.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use egui::TextureId;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_engine::analysis::Partial;
use seam_engine::analysis::look::{Look, LookKey, LookLikelihood};
use seam_engine::analysis::record::{Analysis, Score};
use seam_engine::detectors::likelihood::{FaceLikelihood, LikelihoodReference};
use seam_engine::detectors::{DetectorInfo, FaceScore, Map, MapKind, known_answer};
use seam_engine::faces::{Gate, GateState, TrackId};
use serde_json::json;

use crate::command::{Command, CommandQueue};
use crate::maps::Drawn;
use crate::maps::density::Density;
use crate::panes::evidence_tests::{known_file, panes, partials, record_of};
use crate::panes::maps::{controls_ui, pictures_ui};
use crate::state::{AnalysisState, State};
use crate::theme::{self, LikelihoodColors};

/// A density model, which may have no model here.
static INFO: DetectorInfo = DetectorInfo {
    name: "pixelcnn",
    title: "PixelCNN++ background model",
    looks_at: "",
    limits: "",
    parts: &[],
    maps: &[
        MapKind::LogLikelihood,
        MapKind::LogLikelihoodChannel(0),
        MapKind::LogLikelihoodChannel(1),
        MapKind::LogLikelihoodChannel(2),
    ],
};

const SIDE: u32 = 64;
const SMOOTH: &str = "Smooth: any face so smooth is as likely";
const LEGEND: &str = "Colors of log-likelihoods";

fn face(bits_per_dim: f32, roughness: f32) -> FaceLikelihood {
    FaceLikelihood {
        bits_per_dim,
        by_channel: [bits_per_dim + 0.5, bits_per_dim, bits_per_dim - 0.5],
        roughness,
    }
}

/// Forty pristine faces whose bits follow their roughness, and two techniques whose do not.
fn references() -> Vec<LikelihoodReference> {
    let mut pristine = LikelihoodReference::default();
    for at in 0..40 {
        let roughness = 4.0 * 1.02_f32.powi(at);
        let noise = if at % 2 == 0 { 0.02 } else { -0.02 };
        pristine.add(face(1.0 + roughness.ln() + noise, roughness));
    }
    let forged = |name: &str, bits: f32, count: u8| LikelihoodReference {
        technique: Some(name.to_owned()),
        bits_per_dim: (0..count).map(|at| bits + 0.01 * f32::from(at)).collect(),
        roughness: vec![6.0; usize::from(count)],
    };
    vec![
        pristine,
        forged("swap", 2.0, 20),
        forged("reenact", 3.0, 30),
    ]
}

fn look(likelihood: FaceLikelihood) -> Arc<Look> {
    let face = known_answer::pattern(0, SIDE);
    let map = |&kind: &MapKind| Map {
        kind,
        width: SIDE,
        height: SIDE,
        values: (0..SIDE * SIDE).map(|at| -0.01 * at as f32).collect(),
        range: (-20.0, 0.0),
    };
    Arc::new(Look {
        key: LookKey {
            media: face.frame.media,
            pts_nanos: 0,
            track: TrackId(1),
            method: "pixelcnn",
        },
        frame: face.frame,
        crop: face.crop,
        raw: FaceScore::of(0.0),
        score: Score::from_logit(0.0).unwrap(),
        gate: Gate {
            state: GateState::Usable,
            reasons: Vec::new(),
        },
        maps: INFO.maps.iter().map(map).collect(),
        likelihood: Some(LookLikelihood {
            face: likelihood,
            references: references().into(),
        }),
        model: String::new(),
        took: Duration::ZERO,
    })
}

/// As the painter does it, without pictures.
fn drawn(state: &State, look: Arc<Look>) -> Drawn {
    let style = state.maps.style(state.settings.likelihood_colors);
    Drawn {
        face: TextureId::default(),
        maps: vec![TextureId::default(); look.maps.len()],
        style,
        density: Arc::new(Density::of(&look, style.costliest)),
        look,
    }
}

/// A state whose frame has a smooth and likely face, and whose calmest frame has a usual one.
fn state() -> RefCell<State> {
    let mut state = State::default();
    redraw(&mut state);
    RefCell::new(state)
}

fn redraw(state: &mut State) {
    state.maps.frame = Some(drawn(state, look(face(1.0, 1.0))));
    state.maps.control = Some(drawn(state, look(face(2.75, 5.75))));
}

/// The maps pane below its controls; what they ask for is done as the window does it.
fn pane(state: &RefCell<State>) -> Harness<'_> {
    let mut is_themed = false;
    Harness::builder()
        .with_size([1000.0, 360.0])
        .build_ui(move |ui| {
            if !is_themed {
                theme::apply(ui.ctx());
                is_themed = true;
            }
            let mut commands = CommandQueue::default();
            ui.horizontal(|ui| controls_ui(ui, &state.borrow(), &INFO, &mut commands));
            pictures_ui(ui, &state.borrow(), &INFO, &mut commands);
            for command in commands.take() {
                let mut state = state.borrow_mut();
                match command {
                    Command::Act(action) => state.act(action),
                    Command::Maps(command) => state.maps.run(command),
                    other => panic!("{other:?}"),
                }
                redraw(&mut state);
            }
        })
}

fn hover(pane: &mut Harness<'_>, label: &str) {
    pane.get_by_label_contains(label).hover();
    for _ in 0..40 {
        pane.step();
    }
}

#[test]
fn single_colors_come_on_demand() {
    let state = state();
    let mut pane = pane(&state);
    pane.run();
    let label = "log p green of this frame";
    assert_eq!(pane.query_all_by_label("log p of this frame").count(), 1);
    assert!(pane.query_by_label(label).is_none());
    pane.get_by_label("Color channels").click();
    pane.run();
    assert!(pane.query_by_label(label).is_some());
    assert_eq!(pane.query_all_by_label(LEGEND).count(), 4);
}

#[test]
fn the_costliest_pixels_are_marked_and_told_on_demand() {
    let state = state();
    let mut pane = pane(&state);
    pane.run();
    assert!(pane.query_by_label_contains("pixels at").is_none());
    pane.get_by_label("Costliest pixels").click();
    pane.run();
    // One in a hundred of 4096, and the values fall from left to right and from row to row.
    let told = "41 pixels at -40.55 nats or less, 41 of them in one patch";
    assert_eq!(pane.query_all_by_label(told).count(), 2);
    let edges = state.borrow().maps.frame.as_ref().map(|drawn| {
        let costliest = drawn.density.costliest.as_ref().unwrap();
        costliest.edges.len()
    });
    assert_eq!(edges, Some(4));
    pane.get_by_label("Costliest pixels").click();
    pane.run();
    assert!(pane.query_by_label_contains("pixels at").is_none());
}

#[test]
fn a_click_on_the_legend_changes_the_colors_and_the_setting() {
    let state = state();
    let mut pane = pane(&state);
    pane.run();
    pane.get_by_label(LEGEND).click();
    pane.run();
    assert_eq!(
        state.borrow().settings.likelihood_colors,
        LikelihoodColors::Even
    );
    let painted = state
        .borrow()
        .maps
        .frame
        .as_ref()
        .map(|drawn| drawn.style.colors);
    assert_eq!(painted, Some(LikelihoodColors::Even));
    hover(&mut pane, LEGEND);
    assert!(
        pane.query_by_label_contains("-20 nats per pixel on the left, -10 in the middle")
            .is_some()
    );
}

#[test]
fn both_faces_lie_beside_the_references_and_a_technique_can_be_chosen() {
    let state = state();
    let mut pane = pane(&state);
    pane.run();
    let faces =
        "Bits per dimension: this frame 1.00, calmest frame 2.75; beside pristine (40 faces)";
    let all = format!("{faces} and all techniques (50 faces)");
    assert_eq!(pane.query_all_by_label(&all).count(), 1);
    hover(&mut pane, "Bits per dimension:");
    assert!(pane.query_by_label_contains("% of 40\n").is_some());
    pane.get_by_label_contains("Forged faces beside").click();
    pane.run();
    pane.get_by_label("reenact").click();
    pane.run();
    let one = format!("{faces} and reenact (30 faces)");
    assert_eq!(pane.query_all_by_label(&one).count(), 1);
}

#[test]
fn smoothness_is_warned_of_where_it_explains_the_likelihood() {
    let state = state();
    let mut pane = pane(&state);
    pane.run();
    // Of the frame, and not of the calmest one.
    assert_eq!(pane.query_all_by_label(SMOOTH).count(), 1);
    let place = "This frame 1.00 bits, 100 % of pristine faces cost more";
    assert_eq!(pane.query_all_by_label(place).count(), 1);
    hover(&mut pane, SMOOTH);
    assert!(
        pane.query_by_label_contains("Nothing follows from it")
            .is_some()
    );
}

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
