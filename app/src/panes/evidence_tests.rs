//! What panes show of techniques, drawn on a record made by hand.

use std::path::Path;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_engine::analysis::record::{Analysis, Score};
use seam_engine::analysis::{Partial, TrackScore};
use seam_engine::detectors::FaceScore;
use seam_engine::faces::{FaceBox, TrackId, TrackedFace};
use seam_engine::media::{FrameId, MediaHash, MediaInfo, VideoInfo};
use seam_engine::{Engine, Request};
use serde_json::{Value, json};

use crate::command::CommandQueue;
use crate::panes::{findings_ui, timeline_ui};
use crate::state::{AnalysisState, Intake, State};
use crate::theme;

const SENTENCE: &str = "If it was forged, then most like swap (0.67) among the 2 techniques that DID was trained on; a forgery of another kind also resembles one of them";
const KEY: &str = "Techniques that the frames are like";

fn frame(index: u32) -> FrameId {
    FrameId {
        media: MediaHash::of(b"test"),
        stream: 0,
        pts_nanos: i64::from(index) * 125_000_000,
        index,
    }
}

/// Faces and scores of two people over ten seconds: the first one is objected to in the middle.
pub(super) fn partials() -> Vec<Partial> {
    let tracks = [TrackId(1), TrackId(2)];
    let face = |track, index| TrackedFace {
        track,
        frame: frame(index),
        box_in_frame: FaceBox {
            x: 10.0,
            y: 10.0,
            width: 120.0,
            height: 120.0,
            confidence: 5.0,
        },
        is_detected: true,
    };
    let score = |track: TrackId, index: u32| {
        let lean = 1.0 - (index as f32 - 40.0).abs() / 40.0;
        let score = if track == TrackId(1) { lean } else { 0.1 };
        let swap = 0.5 + 0.4 * (index as f32 * 0.3).sin();
        TrackScore {
            track,
            frame: frame(index),
            raw: FaceScore {
                logit: 4.0 * (score - 0.5),
                parts: Vec::new(),
            },
            score: Score::new(score).unwrap(),
            domains: vec![1.0 - score, score * swap, score * (1.0 - swap)],
            likelihood: None,
        }
    };
    let faces = (0..80).map(|index| Partial::Faces {
        frame: frame(index),
        faces: tracks.map(|track| face(track, index)).to_vec(),
    });
    let scores = (0..80).map(|index| Partial::Scored {
        method: "did",
        domains: ["pristine", "swap", "reenact"].map(str::to_owned).into(),
        likelihoods: Vec::new().into(),
        scores: tracks.map(|track| score(track, index)).to_vec(),
    });
    faces.chain(scores).collect()
}

fn record() -> Analysis {
    let check = |score: f32, resembles: Value| {
        json!({
            "method": "did", "model": "did-test@00000000", "state": "ran", "score": score,
            "calibrated": true, "frames": [], "extra": null, "resembles": resembles,
        })
    };
    let resembles = json!({
        "sentence": SENTENCE,
        "techniques": [{ "name": "swap", "share": 0.67 }, { "name": "reenact", "share": 0.33 }],
        "pristine": 0.2, "frames": 40, "domains": ["pristine", "swap", "reenact"],
    });
    record_of([check(0.7, resembles), check(0.1, Value::Null)])
}

/// A record of two people with a check on each.
pub(super) fn record_of([first, second]: [Value; 2]) -> Analysis {
    let track = |id: u32, check: Value| {
        json!({
            "id": id, "first_pts_secs": 0.0, "last_pts_secs": 10.0, "frames": 80,
            "median_box_px": 120.0, "gate": { "state": "usable", "reasons": [] },
            "checks": [check],
        })
    };
    let record = json!({
        "schema": "seam-scan/1", "seam": { "version": "0" },
        "device": { "kind": "cpu", "name": "test" },
        "media": {
            "path": "a.mp4", "sha256": MediaHash::of(b"test").to_string(), "bytes": 1,
            "container": "mp4", "reencode_signs": [],
            "video": {
                "codec": "h264", "width": 640, "height": 360, "rotation": 0,
                "frames_decoded": 80, "duration_secs": 10.0, "fps_mean": 8.0,
                "variable_rate": false,
            },
        },
        "sampling": { "frames_examined": 80, "rule": "every frame" },
        "aligner": "dlib68",
        "tracks": [track(1, first), track(2, second)],
        "summary": { "verdict": "some", "sentence": "Some evidence", "limits": [] },
        "ledger": [], "warnings": [],
    });
    serde_json::from_value(record).unwrap()
}

fn state(analysis: AnalysisState) -> State {
    let mut state = State::default();
    let (id, _) = state.add_file(Path::new("clips/a.mp4"));
    state.select(id);
    let file = state.file_mut(id).unwrap();
    for partial in partials() {
        file.add(partial);
    }
    file.analysis = analysis;
    state
}

/// The same file once its frames are counted: eight a second for ten seconds.
pub(super) fn known_file(analysis: AnalysisState) -> State {
    let mut state = state(analysis);
    let file = state.files.first_mut().unwrap();
    file.intake = Intake::Known(Box::new(MediaInfo {
        path: file.path.clone(),
        sha256: MediaHash::of(b"test"),
        bytes: 1,
        container: "mp4".to_owned(),
        video: VideoInfo {
            stream: 0,
            codec: "h264".to_owned(),
            profile: None,
            pixel_format: "yuv420p".to_owned(),
            width: 640,
            height: 360,
            rotation: 0,
            pixel_aspect: (1, 1),
            interlaced: false,
            color: String::new(),
            is_still: false,
            frames_decoded: 80,
            frames_claimed: None,
            first_pts_secs: 0.0,
            duration_secs: 10.0,
            fps_mean: 8.0,
            variable_rate: false,
            bits_per_second: None,
            second_bytes: Vec::new(),
            pts_nanos: (0..80).map(|index| frame(index).pts_nanos).collect(),
        },
        other_streams: Vec::new(),
        tags: Vec::new(),
        reencode_signs: Vec::new(),
        warnings: Vec::new(),
    }));
    state
}

/// Both panes above each other.
pub(super) fn panes(state: &State) -> Harness<'_> {
    let mut is_themed = false;
    Harness::builder()
        .with_size([760.0, 860.0])
        .build_ui(move |ui| {
            if !is_themed {
                theme::apply(ui.ctx());
                is_themed = true;
            }
            let mut commands = CommandQueue::default();
            let (above, below) = ui.max_rect().split_top_bottom_at_fraction(0.72);
            let findings = above.with_max_x(above.left() + 330.0);
            ui.scope_builder(egui::UiBuilder::new().max_rect(findings), |ui| {
                findings_ui(ui, state, &mut commands);
            });
            ui.scope_builder(egui::UiBuilder::new().max_rect(below), |ui| {
                timeline_ui(ui, state, &mut commands);
            });
        })
}

#[test]
fn techniques_are_shown_of_the_person_with_evidence_alone() {
    let state = state(AnalysisState::Done(Box::new(record())));
    let mut panes = panes(&state);
    panes.run();
    assert_eq!(panes.query_all_by_label(SENTENCE).count(), 1);
    assert_eq!(panes.query_all_by_label(KEY).count(), 1);
    assert_eq!(panes.query_all_by_label("reenact").count(), 1);
    panes.get_by_label(KEY).hover();
    for _ in 0..40 {
        panes.step();
    }
    assert!(
        panes
            .query_by_label_contains("This is a resemblance and no finding")
            .is_some()
    );
}

#[test]
fn the_timeline_tells_what_a_frame_is_like_where_it_leans_to_manipulation() {
    let state = known_file(AnalysisState::Done(Box::new(record())));
    let mut panes = panes(&state);
    panes.run();
    // The pointer is in the middle of the clip, where the first person is objected to most.
    panes.get_by_label("Timeline").hover();
    panes.run();
    let told = panes.query_all_by_label_contains("if forged, like reenact 0.71, swap 0.29");
    assert_eq!(told.count(), 1);
}

#[test]
fn without_a_record_nothing_is_shown_of_techniques() {
    let mut engine = Engine::new(|| ());
    let path = "no/such.mp4".into();
    let job = engine.submit(Request::Open { path }).unwrap();
    for analysis in [AnalysisState::Running(job), AnalysisState::Cancelled] {
        let state = state(analysis);
        let mut panes = panes(&state);
        // An analysis that runs asks for frames without end.
        panes.run_steps(4);
        let told = panes.query_all_by_label_contains("has scored 80 frames");
        assert_eq!(told.count(), 2);
        for absent in ["If it was forged", "Techniques that"] {
            assert!(panes.query_by_label_contains(absent).is_none(), "{absent}");
        }
    }
}
