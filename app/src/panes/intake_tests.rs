//! The panes that clips are looked at in, as a journalist meets them: card, question, lanes, findings. Drawn on
//! records made by hand.

use egui::{Modifiers, PointerButton, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_engine::analysis::applicable::{Applicability, Fit};
use seam_engine::faces::GateState;
use serde_json::{Value, json};

use crate::command::{Action, Command, CommandQueue};
use crate::inspect::digest::Digest;
use crate::inspect::faces::tests::{found, group};
use crate::inspect::{InspectCommand, Suspicion};
use crate::panes::evidence_tests::{known_file, record_of};
use crate::panes::{findings_ui, media_ui, timeline_ui};
use crate::state::{AnalysisState, State};
use crate::theme;

/// Card, findings and timeline of a state; commands are kept in the harness's own state.
fn window(state: State) -> Harness<'static, CommandQueue> {
    let mut is_themed = false;
    Harness::builder()
        .with_size([1100.0, 1400.0])
        .build_ui_state(
            move |ui: &mut egui::Ui, commands: &mut CommandQueue| {
                if !is_themed {
                    theme::apply(ui.ctx());
                    is_themed = true;
                }
                let (above, below) = ui.max_rect().split_top_bottom_at_fraction(0.8);
                let (left, right) = above.split_left_right_at_fraction(0.4);
                let mut part =
                    |ui: &mut egui::Ui,
                     rect: Rect,
                     draw: &mut dyn FnMut(&mut egui::Ui, &mut CommandQueue)| {
                        let builder = egui::UiBuilder::new().max_rect(rect);
                        ui.scope_builder(builder.id_salt(rect.min.to_string()), |ui| {
                            draw(ui, commands);
                        });
                    };
                part(ui, left, &mut |ui, commands| media_ui(ui, &state, commands));
                part(ui, right, &mut |ui, commands| {
                    findings_ui(ui, &state, commands);
                });
                part(ui, below, &mut |ui, commands| {
                    timeline_ui(ui, &state, commands);
                });
            },
            CommandQueue::default(),
        )
}

/// A clip whose faces were found and that nobody asked about yet.
fn looked_at() -> State {
    let mut state = known_file(AnalysisState::NotAsked);
    let file = state.files.first_mut().unwrap();
    file.evidence.forget_scores();
    let mut faces = found(vec![
        group(1, 120.0, GateState::Usable),
        group(2, 33.0, GateState::NotUsable),
    ]);
    let one = |method, fit, because: &[&str], notes: &[&str]| Applicability {
        method,
        fit,
        because: because.iter().map(|&text| text.to_owned()).collect(),
        notes: notes.iter().map(|&text| text.to_owned()).collect(),
    };
    let rendered = "trained on rendered people alone";
    faces.methods = vec![
        one("did", Fit::WillRun, &[], &[rendered]),
        one("intele", Fit::WillRun, &[], &[rendered]),
        one(
            "dadd",
            Fit::Weak,
            &["the picture is strongly compressed"],
            &[],
        ),
        one(
            "lae",
            Fit::OnRequest,
            &["it knows rendered people alone"],
            &[],
        ),
    ];
    file.faces = Some(Box::new(faces));
    state
}

fn check(method: &str, scores: &[f32]) -> Value {
    let mean = scores.iter().sum::<f32>() / scores.len() as f32;
    let frames: Vec<Value> = (0..)
        .zip(scores)
        .map(|(index, score)| {
            json!({ "pts_secs": f64::from(index) * 0.125, "index": index, "logit": 0.0, "score": score })
        })
        .collect();
    json!({
        "method": method, "model": format!("{method}-test@00000000"), "state": "ran",
        "score": mean, "calibrated": false, "frames": frames, "extra": null,
    })
}

/// Two people: two methods differ on the first; on the second one failed.
fn analyzed() -> State {
    let nobody = || check("did", &[0.1]);
    let mut record = record_of([nobody(), nobody()]);
    let from = |value: Value| serde_json::from_value(value).unwrap();
    record.tracks[0].checks = vec![
        from(check("did", &[0.9, 0.7, 0.8])),
        from(check("intele", &[0.1, 0.3, 0.2])),
    ];
    let failed = json!({
        "method": "intele", "model": "", "state": "failed", "reason": "the weights are damaged",
        "calibrated": false, "frames": [], "extra": null,
    });
    record.tracks[1].checks = vec![from(check("did", &[0.1, 0.2])), from(failed)];
    let mut state = known_file(AnalysisState::Done(Box::new(record.clone())));
    let file = state.files.first_mut().unwrap();
    file.digest = Some(Box::new(Digest::of(&record)));
    state
}

fn says(window: &Harness<'_, CommandQueue>, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

fn press(window: &Harness<'_, CommandQueue>, pos: Pos2, pressed: bool) {
    window.event(egui::Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
}

fn track(window: &Harness<'_, CommandQueue>) -> Rect {
    window
        .get_by_role_and_label(egui::Role::Slider, "Timeline")
        .rect()
}

#[test]
fn the_card_says_who_is_there_and_what_methods_can_see_before_any_score() {
    let mut window = window(looked_at());
    window.run();
    for text in [
        "2 people, 120 and 33 px, one too small",
        "120 px, sharp, frontal",
        "DID, InTeLe: will run",
        "Trained on rendered people alone",
        "DADD: weak here",
        "LAE: runs only when asked for",
        "Look first. Then ask the methods.",
        "What do you suspect, and where?",
    ] {
        assert!(says(&window, text), "{text:?} is not said");
    }
    for text in ["evidence", "0.9", "bjects"] {
        assert!(
            !says(&window, text),
            "{text:?} is said before anybody asked"
        );
    }
}

#[test]
fn the_button_asks_the_methods() {
    let state = looked_at();
    let file = state.files[0].id;
    let mut window = window(state);
    window.run();
    let buttons: Vec<_> = window.query_all_by_label_contains("Analyze").collect();
    assert_eq!(buttons.len(), 3, "card, findings, timeline");
    buttons[2].click();
    window.run();
    assert!(window.state_mut().take().contains(&Command::Analyze(file)));
}

#[test]
fn what_is_suspected_is_written_down_and_marked() {
    let mut window = window(looked_at());
    window.run();
    window.get_by_label("What you suspect").focus();
    window.run();
    window.get_by_label("What you suspect").type_text("mouth");
    window.run();
    window.get_by_label_contains("Mark this moment").click();
    window.run();
    let commands = window.state_mut().take();
    let noted = InspectCommand::Suspect("mouth".to_owned());
    assert!(commands.contains(&Command::Inspect(noted)), "{commands:?}");
    assert!(commands.contains(&Command::Act(Action::Suspect)));
}

#[test]
fn the_key_marks_the_region_else_the_moment() {
    let mut state = looked_at();
    state.playback.position_nanos = 3_000_000_000;
    state.inspect(InspectCommand::MarkSuspicion);
    state.playback.region = Some((6_000_000_000, 7_000_000_000));
    state.inspect(InspectCommand::MarkSuspicion);
    let spans: Vec<(i64, i64)> = (state.files[0].suspicion.marks.iter())
        .map(|mark| (mark.start, mark.end))
        .collect();
    assert_eq!(
        spans,
        [
            (2_750_000_000, 3_250_000_000),
            (6_000_000_000, 7_000_000_000)
        ]
    );
    assert!(state.files[0].suspicion.is_blind());
}

#[test]
fn a_drag_over_the_lanes_repeats_a_part_and_a_click_goes_there() {
    let mut window = window(looked_at());
    window.run();
    let rect = track(&window);
    let y = rect.bottom() - 20.0;
    let from = egui::pos2(rect.left() + 0.2 * rect.width(), y);
    let to = from + vec2(0.3 * rect.width(), 0.0);
    window.event(egui::Event::PointerMoved(from));
    press(&window, from, true);
    window.step();
    window.event(egui::Event::PointerMoved(to));
    window.step();
    press(&window, to, false);
    window.step();
    let commands = window.state_mut().take();
    let region = commands.iter().find_map(|command| match command {
        Command::SetRegion(Some(region)) => Some(*region),
        _ => None,
    });
    let (start, end) = region.unwrap();
    assert!((1_990_000_000..2_010_000_000).contains(&start), "{start}");
    assert!((4_990_000_000..5_010_000_000).contains(&end), "{end}");
    let is_sought = |commands: &[Command]| {
        commands
            .iter()
            .any(|command| matches!(command, Command::Seek(_)))
    };
    assert!(
        !is_sought(&commands),
        "a drag over the lanes does not scrub"
    );
    for pressed in [true, false] {
        press(&window, to, pressed);
    }
    window.step();
    assert!(is_sought(&window.state_mut().take()));
}

#[test]
fn a_drag_along_the_ruler_scrubs() {
    let mut window = window(looked_at());
    window.run();
    let from = track(&window).left_top() + vec2(100.0, 8.0);
    window.event(egui::Event::PointerMoved(from));
    press(&window, from, true);
    window.step();
    window.event(egui::Event::PointerMoved(from + vec2(80.0, 0.0)));
    window.step();
    let commands = window.state_mut().take();
    let seeks = commands.iter().filter(|it| matches!(it, Command::Seek(_)));
    assert!(2 <= seeks.count());
    assert!(
        !commands
            .iter()
            .any(|it| matches!(it, Command::SetRegion(_)))
    );
}

#[test]
fn hovering_asks_for_the_frame_and_tells_what_the_face_is_like() {
    let mut window = window(looked_at());
    window.run();
    window.get_by_label("Timeline").hover();
    window.run();
    assert!(says(&window, "face found, 120 px"));
    let commands = window.state_mut().take();
    let is_asked = commands
        .iter()
        .any(|command| matches!(command, Command::Inspect(InspectCommand::Peek(Some(_)))));
    assert!(is_asked, "{commands:?}");
}

#[test]
fn the_hottest_moment_is_marked_and_can_be_clicked() {
    let mut window = window(analyzed());
    window.run();
    let label = "Hottest moment of DID on person 1";
    assert_eq!(window.query_all_by_label(label).count(), 1);
    assert!(says(&window, "Calmest moment of DID on person 2"));
    window.get_by_label(label).click();
    window.run();
    let commands = window.state_mut().take();
    // The made-up scores are highest in the middle of ten seconds.
    assert!(
        commands.contains(&Command::Seek(5_000_000_000)),
        "{commands:?}"
    );
}

#[test]
fn while_scores_come_in_nothing_is_marked() {
    let mut engine = seam_engine::Engine::new(|| ());
    let path = "no/such.mp4".into();
    let job = engine.submit(seam_engine::Request::Open { path }).unwrap();
    let mut window = window(known_file(AnalysisState::Running(job)));
    window.run_steps(4);
    assert!(!says(&window, "Hottest moment"));
}

#[test]
fn findings_say_state_words_spread_and_where_methods_differ() {
    let mut window = window(analyzed());
    window.run();
    for text in [
        "Mean 0.80, not calibrated; half of the 3 frames lie from",
        "The methods differ",
        "DID objects, InTeLe does not",
        "InTeLe looks at: the fine texture",
        "Furthest apart at 00:00.000: DID 0.90, InTeLe 0.10",
        "treat it as open",
        "Their numbers are not calibrated",
        "failed",
        "the weights are damaged",
        "What to do next",
        "Find the original",
        "What was not checked",
        "Sound, captions",
        "Little evidence",
        "Some evidence",
    ] {
        assert!(says(&window, text), "{text:?} is not said");
    }
    for text in ["authentic", "genuine", "% fake"] {
        assert!(!says(&window, text), "{text:?} is said");
    }
    window.get_by_label_contains("Furthest apart").click();
    window.run();
    assert!(window.state_mut().take().contains(&Command::Seek(0)));
}

#[test]
fn a_blind_note_is_shown_beside_what_the_methods_found() {
    let mut state = analyzed();
    let file = state.files.first_mut().unwrap();
    file.suspicion = Suspicion {
        text: "The mouth lags".to_owned(),
        ..Suspicion::default()
    };
    state.playback.position_nanos = 1_000_000_000;
    let mut blind = state.files[0].suspicion.clone();
    blind.marks = vec![crate::inspect::suspicion::Span {
        start: 4_500_000_000,
        end: 5_500_000_000,
        is_after: false,
    }];
    state.files.first_mut().unwrap().suspicion = blind;
    let mut window = window(state);
    window.run();
    assert!(says(&window, "Noted before the methods were asked"));
    assert!(says(
        &window,
        "lies in what you marked. That two agree is no proof"
    ));
    assert!(says(&window, "00:04.500 to 00:05.500"));
}
