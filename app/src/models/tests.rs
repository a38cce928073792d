//! The pane of models, driven by its labels; cards in words.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_engine::detectors::card::Card;
use seam_engine::detectors::models::Origin;
use seam_engine::job::JobId;
use seam_engine::methods::self_test::{TestedModel, Verdict};
use seam_engine::methods::shelf;
use seam_engine::nn::import::report::{ImportReport, Renamed};
use seam_engine::nn::import::source::FileKind;
use seam_engine::{Engine, Outcome, Request};

use crate::command::{Command, CommandQueue};
use crate::models::about;
use crate::models::{Imported, Models, ModelsCommand};
use crate::panes::models_ui;
use crate::state::State;
use crate::theme;

fn bundled(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../assets/models")
        .join(name)
}

/// Two bundled models, and one whose card is missing.
fn state() -> State {
    let mut state = State::default();
    let read = |name| shelf::read(&bundled(name), Origin::Bundled);
    let missing = shelf::read(Path::new("no-such/gone-laptop"), Origin::Elsewhere);
    state
        .models
        .take(vec![read("did-laptop"), read("lae-laptop"), missing]);
    state
}

struct Shown<'a> {
    pane: Harness<'a>,
    commands: &'a RefCell<Vec<Command>>,
}

fn shown<'a>(state: &'a RefCell<State>, commands: &'a RefCell<Vec<Command>>) -> Shown<'a> {
    let mut is_themed = false;
    let pane = Harness::builder()
        .with_size([380.0, 1400.0])
        .build_ui(move |ui| {
            if !is_themed {
                theme::apply(ui.ctx());
                is_themed = true;
            }
            let mut queue = CommandQueue::default();
            models_ui(ui, &state.borrow(), &mut queue);
            commands.borrow_mut().extend(queue.take());
        });
    Shown { pane, commands }
}

impl Shown<'_> {
    fn click(&mut self, label: &str) -> Vec<Command> {
        self.commands.borrow_mut().clear();
        self.pane.get_by_label(label).click();
        self.pane.run();
        self.commands.borrow_mut().drain(..).collect()
    }

    fn says(&self, text: &str) -> bool {
        self.pane.query_by_label_contains(text).is_some()
    }
}

#[test]
fn a_pane_that_is_shown_first_reads_the_list() {
    let (state, commands) = (RefCell::default(), RefCell::default());
    let shown = shown(&state, &commands);
    assert!(shown.says("Reading the models"));
    assert!(
        commands
            .borrow()
            .contains(&Command::Models(ModelsCommand::Look))
    );
}

#[test]
fn a_training_that_ended_has_the_list_read_again() {
    let (state, commands) = (RefCell::new(state()), RefCell::default());
    let mut shown = shown(&state, &commands);
    let look = Command::Models(ModelsCommand::Look);
    assert!(!commands.borrow().contains(&look));
    let trained = Outcome::Trained("runs/did/model".into());
    state.borrow_mut().models.hear_of(&trained);
    shown.pane.run();
    assert!(commands.borrow().contains(&look));
    state.borrow_mut().models.begin_reading();
    commands.borrow_mut().clear();
    shown.pane.run();
    assert!(!commands.borrow().contains(&look));
    // The list stays while it is read.
    assert!(shown.says("did-laptop, not asked"));
}

#[test]
fn models_are_listed_with_the_card_of_the_selected_one() {
    let (state, commands) = (RefCell::new(state()), RefCell::default());
    let mut shown = shown(&state, &commands);
    assert!(shown.says("Came with Seam") && shown.says("Opened"));
    assert!(shown.says("gone-laptop, cannot be used"));
    // The first one is looked at.
    for text in [
        "What it must not be used for",
        "Deciding alone whether a clip is manipulated",
        "more clips were kept for validation",
        "seam train did",
        "Not asked yet",
    ] {
        assert!(shown.says(text), "{text}");
    }
    let lae = shown.click("lae-laptop, not asked");
    let select = ModelsCommand::Select(bundled("lae-laptop"));
    assert_eq!(lae, [Command::Models(select)]);
    let all = shown.click("Run the self-test");
    assert_eq!(all, [Command::Models(ModelsCommand::SelfTest(Vec::new()))]);
    let one = shown.click("Ask this one");
    let ask = ModelsCommand::SelfTest(vec![bundled("did-laptop")]);
    assert_eq!(one, [Command::Models(ask)]);
    let weights = shown.click("Import weights…");
    assert_eq!(weights, [Command::Models(ModelsCommand::AskWeights)]);
    let copied = shown.click("Copy the command");
    assert!(matches!(&copied[..], [Command::CopyText(text)] if text.starts_with("seam train did")));
}

#[test]
fn a_model_that_cannot_be_used_says_why() {
    let (state, commands) = (RefCell::new(state()), RefCell::default());
    state.borrow_mut().models.selected = Some("no-such/gone-laptop".into());
    let shown = shown(&state, &commands);
    assert!(shown.says("It cannot be used. Could not read the model"));
}

fn tested(name: &str, verdict: Verdict) -> TestedModel {
    TestedModel {
        dir: bundled(name),
        method: None,
        answers: 4,
        verdict,
        seconds: 0.5,
    }
}

/// The number of a job that ends at once.
fn job() -> JobId {
    let mut engine = Engine::new(|| ());
    let path = PathBuf::from("no-such-file");
    engine.submit(Request::Open { path }).unwrap()
}

#[test]
fn the_self_test_is_shown_model_by_model() {
    let mut begun = state();
    let id = job();
    let dirs = vec![bundled("did-laptop"), bundled("lae-laptop")];
    begun.models.testing = Some((id, dirs));
    let (state, commands) = (RefCell::new(begun), RefCell::default());
    let mut shown = shown(&state, &commands);
    assert!(shown.says("did-laptop, asking…"));
    let outcome = Outcome::SelfTested(vec![
        tested("did-laptop", Verdict::Passed { difference: 2e-6 }),
        tested("lae-laptop", Verdict::Drifted { difference: 0.25 }),
    ]);
    state.borrow_mut().models.finished(id, outcome);
    shown.pane.run();
    assert!(shown.says("did-laptop, passed") && shown.says("lae-laptop, drifted"));
    assert!(shown.says("It gives the 4 answers on its card"));
    state.borrow_mut().models.selected = Some(bundled("lae-laptop"));
    shown.pane.run();
    assert!(shown.says("do not rely on its scores on this computer"));
}

fn report() -> ImportReport {
    ImportReport {
        architecture: None,
        file_kind: FileKind::Safetensors,
        source_kind: None,
        root: String::new(),
        matched: 7,
        renamed: vec![Renamed {
            key: "conv1.weight".to_owned(),
            path: "entry.weight".to_owned(),
        }],
        reshaped: Vec::new(),
        ignored: Vec::new(),
        missing: vec!["block.3.gamma".to_owned()],
        unexpected: vec!["teacher.weight".to_owned()],
        wrong_shape: Vec::new(),
        notes: Vec::new(),
    }
}

#[test]
fn an_import_lists_what_matched_and_what_did_not() {
    let models = Models {
        imported: Some(Imported {
            file: "student.safetensors".to_owned(),
            result: Err("These are not the weights of a network".to_owned()),
            report: Some(report()),
        }),
        ..Models::default()
    };
    let begun = State {
        models,
        ..State::default()
    };
    let (state, commands) = (RefCell::new(begun), RefCell::default());
    let mut shown = shown(&state, &commands);
    for text in [
        "Weights of student.safetensors",
        "7 tensors",
        "Renamed: 1",
        "Missing: 1",
        "block.3.gamma",
        "Left over: 1",
        "teacher.weight",
    ] {
        assert!(shown.says(text), "{text}");
    }
    // What fits is folded away.
    assert!(!shown.says("conv1.weight is entry.weight"));
    let closed = shown.click("Close this list");
    assert!(closed.contains(&Command::Models(ModelsCommand::ForgetImport)));
}

#[test]
fn a_card_reads_as_sentences() {
    let card = Card::read(&bundled("did-laptop")).unwrap();
    let learned = about::trained_on(&card);
    assert!(
        learned.contains(" pristine, ") && learned.contains(" swap"),
        "{learned}"
    );
    let long = about::trained_for(&card.training);
    assert!(
        long.contains("steps in ") && long.contains("pictures a second"),
        "{long}"
    );
    let mut own = card.training;
    own.minutes = 150.0;
    own.best_step = own.steps;
    let long = about::trained_for(&own);
    assert!(
        long.contains("2.5 hours") && long.contains("the last one"),
        "{long}"
    );
    assert!(about::calibration(None).starts_with("No: "));
}
