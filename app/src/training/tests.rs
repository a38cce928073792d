//! The list of runs: its order, what is shown and compared, what a job changes.

use std::path::{Path, PathBuf};

use seam_engine::methods;
use seam_engine::train::run_log::Line;
use seam_engine::train::runs::{Run, RunState};

use crate::training::clerk::Answer;
use crate::training::run::{RunEntry, Status};
use crate::training::{Training, TrainingSettings};

/// A run with one loss and one validation, watched at these steps.
pub fn run(name: &str, state: RunState, watched: &[u64]) -> Run {
    Run {
        dir: PathBuf::from("runs").join(name),
        name: name.to_owned(),
        config: (methods::find("dadd").unwrap().preset)("laptop").unwrap(),
        lines: vec![Line::Steps {
            step: 18,
            losses: vec![("final".to_owned(), 0.5)],
            images_per_second: 9.0,
        }],
        state,
        model: None,
        watched: watched.to_vec(),
    }
}

pub fn entry(name: &str, watched: &[u64]) -> RunEntry {
    RunEntry::of(run(name, RunState::Finished, watched))
}

fn found(names: &[&str], show: Option<&str>) -> Training {
    let mut training = Training::default();
    let answer = Answer::Runs {
        found: (names.iter())
            .map(|name| run(name, RunState::Stopped { step: 18 }, &[]))
            .collect(),
        show: show.map(|name| Path::new("runs").join(name)),
        error: None,
    };
    training.answered(answer, &TrainingSettings::default());
    training
}

fn names(training: &Training) -> Vec<&str> {
    training.runs.iter().map(|run| run.name.as_str()).collect()
}

#[test]
fn runs_are_in_the_order_of_their_numbers() {
    let training = found(&["dadd-10", "dadd-9", "ce-1"], None);
    assert_eq!(names(&training), ["ce-1", "dadd-9", "dadd-10"]);
    assert_eq!(training.runs[0].word(), "stopped at step 18");
    assert!(training.runs[0].can_resume());
}

#[test]
fn two_runs_are_compared_with_the_shown_one_at_most() {
    let mut training = found(&["a", "b", "c", "d"], Some("a"));
    let dir = |name: &str| Path::new("runs").join(name);
    for name in ["a", "b", "c", "d"] {
        training.mark(dir(name));
    }
    let drawn: Vec<&str> = training
        .drawn()
        .iter()
        .map(|run| run.name.as_str())
        .collect();
    assert_eq!(drawn, ["a", "c", "d"]);
    training.mark(dir("c"));
    training.show(dir("d"));
    let drawn: Vec<&str> = training
        .drawn()
        .iter()
        .map(|run| run.name.as_str())
        .collect();
    assert_eq!(drawn, ["d"]);
    let (common, chosen) = training.common_losses();
    assert_eq!(common, ["final"]);
    assert_eq!(chosen.as_deref(), Some("final"));
}

#[test]
fn a_run_that_was_taken_off_the_list_stays_off() {
    let mut training = found(&["a", "b"], Some("a"));
    training.forget(Path::new("runs/a"));
    assert!(training.shown().is_none() && training.shows_form());
    let mut settings = TrainingSettings::default();
    settings.hidden.insert(PathBuf::from("runs/a"));
    let answer = Answer::Runs {
        found: vec![run("a", RunState::Begun, &[])],
        show: None,
        error: None,
    };
    training.answered(answer, &settings);
    assert_eq!(names(&training), ["b"]);
    settings.remember_folders(&[PathBuf::from("runs")]);
    assert!(settings.hidden.is_empty());
}

#[test]
fn the_newest_data_are_remembered_first_and_once() {
    let mut settings = TrainingSettings::default();
    for name in ["a", "b", "a"] {
        settings.remember_data(Path::new(name));
    }
    assert_eq!(settings.recent_data, [Path::new("a"), Path::new("b")]);
}

#[test]
fn why_a_run_failed_outlives_reading_its_folder() {
    let mut training = found(&["a"], Some("a"));
    training.runs[0].status = Status::Failed("no faces".to_owned());
    let answer = |state| Answer::Runs {
        found: vec![run("a", state, &[])],
        show: None,
        error: None,
    };
    let settings = TrainingSettings::default();
    training.answered(answer(RunState::Begun), &settings);
    assert_eq!(training.runs[0].word(), "failed: no faces");
    training.answered(answer(RunState::Stopped { step: 3 }), &settings);
    assert!(training.runs[0].can_resume());
}
