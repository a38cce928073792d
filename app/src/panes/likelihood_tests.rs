//! What the maps pane shows of likelihoods, drawn on looks made by hand.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use egui::TextureId;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_engine::analysis::look::{Look, LookKey, LookLikelihood};
use seam_engine::analysis::record::Score;
use seam_engine::detectors::likelihood::{FaceLikelihood, LikelihoodReference};
use seam_engine::detectors::{DetectorInfo, FaceScore, Map, MapKind, known_answer};
use seam_engine::faces::{Gate, GateState, TrackId};

use crate::command::{Command, CommandQueue};
use crate::maps::Drawn;
use crate::maps::density::Density;
use crate::panes::evidence_tests::known_file;
use crate::panes::maps::{controls_ui, pictures_ui};
use crate::panes::on_clip::map_ui;
use crate::state::{AnalysisState, Shown, State};
use crate::theme::{self, LikelihoodColors};
use crate::viewport::ScreenFromFrame;

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

pub(super) fn face(bits_per_dim: f32, roughness: f32) -> FaceLikelihood {
    FaceLikelihood {
        bits_per_dim,
        by_channel: [bits_per_dim + 0.5, bits_per_dim, bits_per_dim - 0.5],
        roughness,
    }
}

/// Forty pristine faces whose bits follow their roughness, and two techniques whose do not.
pub(super) fn references() -> Vec<LikelihoodReference> {
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

pub(super) fn hover(pane: &mut Harness<'_>, label: &str) {
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
    assert!(pane.query_by_label_contains("pixels up to").is_none());
    pane.get_by_label("Costliest pixels").click();
    pane.run();
    // One in a hundred of 4096, and the values fall from left to right and from row to row.
    let told = "41 pixels up to -40.55 nats, 41 in a patch";
    assert_eq!(pane.query_all_by_label(told).count(), 2);
    let edges = state.borrow().maps.frame.as_ref().map(|drawn| {
        let costliest = drawn.density.costliest.as_ref().unwrap();
        costliest.edges.len()
    });
    assert_eq!(edges, Some(4));
    pane.get_by_label("Costliest pixels").click();
    pane.run();
    assert!(pane.query_by_label_contains("pixels up to").is_none());
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
    for told in [
        "This frame 1.00 bits per dimension",
        "100 % of the pristine faces cost more",
        "Calmest frame 2.75 bits per dimension",
    ] {
        assert_eq!(pane.query_all_by_label(told).count(), 1, "{told}");
    }
    hover(&mut pane, SMOOTH);
    assert!(
        pane.query_by_label_contains("Nothing follows from it")
            .is_some()
    );
}

#[test]
fn the_costliest_pixels_are_marked_in_the_frame_with_the_map_on_the_clip() {
    let mut state = known_file(AnalysisState::Cancelled);
    redraw(&mut state);
    let shapes = |state: &State| {
        let look = &state.maps.frame.as_ref().unwrap().look;
        let shown = Shown {
            frame: look.frame,
            width: 640,
            height: 360,
            texture: TextureId::default(),
        };
        let view = ScreenFromFrame {
            scale: 1.0,
            offset: egui::Vec2::ZERO,
        };
        let mut count = 0;
        Harness::new_ui(|ui| {
            let painter = ui.painter();
            let first = painter.add(egui::Shape::Noop).0;
            let file = state.selected_file().unwrap();
            map_ui(ui, painter, state, file, shown, view, None);
            count = painter.add(egui::Shape::Noop).0 - first - 1;
        });
        count
    };
    assert_eq!(shapes(&state), 0);
    state.maps.is_on_clip = true;
    assert_eq!(shapes(&state), 0);
    state.maps.marks_costliest = true;
    redraw(&mut state);
    // Four lines, each on its shade.
    assert_eq!(shapes(&state), 8);
    state.maps.is_on_clip = false;
    assert_eq!(shapes(&state), 0);
}
