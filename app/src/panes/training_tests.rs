//! What the panes of the workspace for training show, drawn on runs made by hand.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Role, TextureId, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_engine::detectors::{Map, MapKind};
use seam_engine::train::runs::RunState;
use seam_engine::train::watch::{FaceCropPixels, WatchedFace, WatchedStep};

use crate::command::{Command, CommandQueue};
use crate::panes::{curves_ui, runs_ui, sees_ui, setup_ui};
use crate::state::State;
use crate::theme;
use crate::training::TrainCommand;
use crate::training::film::{Beside, DrawnFace, DrawnStep, Place};
use crate::training::history::Validation;
use crate::training::run::RunEntry;
use crate::training::tests::{entry, run};

type Pane = fn(&mut Ui, &State, &mut CommandQueue);

/// Two runs that ended; the first is shown and was watched twice.
fn state() -> State {
    let mut state = State::default();
    let mut first = entry("dadd-1", &[20, 40]);
    for (step, auc) in [(20, 0.61), (40, 0.84), (60, 0.79)] {
        first.history.validated(Validation {
            step,
            auc: Some(auc),
            interval: Some([auc - 0.1, auc + 0.1]),
            by_category: Vec::new(),
        });
    }
    let second = RunEntry::of(run("dadd-2", RunState::Stopped { step: 18 }, &[]));
    state.training.shown = Some(first.dir.clone());
    state.training.runs = vec![first, second];
    state
}

fn watched(step: u64, logit: f32) -> DrawnStep {
    let face = |label: u8| WatchedFace {
        crop: FaceCropPixels {
            size_px: 2,
            rgb: vec![9; 12],
        },
        label,
        technique: (label == 1).then(|| "swap".to_owned()),
        logit,
        maps: vec![Map {
            kind: MapKind::GradCam,
            width: 2,
            height: 2,
            values: vec![0.0, 1.0, 2.0, 3.0],
            range: (0.0, 4.0),
        }],
    };
    let drawn = || DrawnFace {
        face: TextureId::default(),
        maps: vec![TextureId::default()],
    };
    DrawnStep {
        place: Place {
            run: PathBuf::from("runs/dadd-1"),
            step,
        },
        watched: Arc::new(WatchedStep {
            step,
            faces: vec![face(0), face(1)],
        }),
        faces: vec![drawn(), drawn()],
    }
}

fn drawn<'a>(state: &'a State, commands: &'a RefCell<CommandQueue>, pane: Pane) -> Harness<'a> {
    let mut is_themed = false;
    let mut harness = Harness::builder()
        .with_size([760.0, 620.0])
        .build_ui(move |ui| {
            if !is_themed {
                theme::apply(ui.ctx());
                is_themed = true;
            }
            pane(ui, state, &mut commands.borrow_mut());
        });
    harness.run_steps(3);
    commands.borrow_mut().take();
    harness
}

#[track_caller]
fn shows(harness: &Harness<'_>, texts: &[&str]) {
    for text in texts {
        let found = harness.query_all_by_label_contains(text).next();
        assert!(found.is_some(), "nothing says {text:?}");
    }
}

#[test]
fn the_list_says_where_runs_stand_and_a_click_shows_or_compares() {
    let (state, commands) = (state(), RefCell::default());
    let mut list = drawn(&state, &commands, runs_ui);
    shows(
        &list,
        &[
            "dadd-1",
            "done, AUC 0.840",
            "stopped at step 18",
            "+ New run",
        ],
    );
    list.get_by_role_and_label(Role::CheckBox, "Compare dadd-2")
        .click();
    list.run_steps(2);
    let second = Path::new("runs/dadd-2").to_owned();
    let expected = Command::Train(TrainCommand::Mark(second.clone()));
    assert_eq!(commands.borrow_mut().take(), [expected]);
    list.get_by_role_and_label(Role::Button, "dadd-2").click();
    list.run_steps(2);
    let expected = Command::Train(TrainCommand::Show(second));
    assert_eq!(commands.borrow_mut().take(), [expected]);
}

#[test]
fn curves_have_their_names_and_their_best_step() {
    let (state, commands) = (state(), RefCell::default());
    let curves = drawn(&state, &commands, curves_ui);
    shows(
        &curves,
        &[
            "Losses over the steps",
            "final",
            "Validation AUC over the steps",
            "best at step 40",
        ],
    );
}

#[test]
fn a_run_shows_its_numbers_and_a_new_one_what_is_missing() {
    let (mut state, commands) = (state(), RefCell::default());
    shows(
        &drawn(&state, &commands, setup_ui),
        &["New run from this", "learning_rate", "batch_size"],
    );
    state.training.has_form = true;
    let form = drawn(&state, &commands, setup_ui);
    shows(
        &form,
        &[
            "Choose the data it learns from",
            "as in the preset",
            "seam train dadd",
            "Looks at",
        ],
    );
}

#[test]
fn watched_faces_have_labels_logits_and_scales() {
    let (mut state, commands) = (state(), RefCell::default());
    state.training.film.drawn = [Some(watched(40, 1.25)), Some(watched(20, -0.5))];
    state.training.film.beside = Beside::Step(20);
    let sees = drawn(&state, &commands, sees_ui);
    shows(
        &sees,
        &[
            "Pristine",
            "Manipulated: swap",
            "logit 1.25",
            "Grad-CAM",
            "Face 2 at step 40",
            "Step 40",
        ],
    );
    assert!(
        sees.query_by_role_and_label(Role::Slider, "Watched steps")
            .is_some()
    );
}

#[test]
fn empty_panes_say_what_to_do() {
    let (state, commands) = (State::default(), RefCell::default());
    shows(&drawn(&state, &commands, runs_ui), &["Set up a new run"]);
    shows(
        &drawn(&state, &commands, curves_ui),
        &["drawn here while a training runs"],
    );
    shows(&drawn(&state, &commands, sees_ui), &["Four faces"]);
    shows(&drawn(&state, &commands, setup_ui), &["No data yet?"]);
}
