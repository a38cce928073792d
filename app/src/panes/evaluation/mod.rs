//! How good detectors are: setting up an evaluation, watching it, and reading its results.

mod brush;
mod chart;
mod comparison;
mod confusion;
mod experiment;
mod histogram;
mod numbers;
mod results;
mod roc;
mod setup;
mod training;

use egui::{ScrollArea, Ui};

use crate::command::{Command, CommandQueue};
use crate::evaluation::{EvaluationAsk, EvaluationCommand, Evaluations};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{choice_ui, header_ui, note_ui, progress_ui, small_button_ui};

pub fn evaluation_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    super::padded(ui, |ui| {
        let evaluations = &state.evaluations;
        let shows_form = evaluations.shows_form || evaluations.chosen().is_none();
        header_ui(ui, "Evaluation", |ui| {
            ui.spacing_mut().item_spacing.x = UNIT;
            let tooltip =
                "Open the eval.json of an earlier evaluation; it can be dropped on the window, too";
            if small_button_ui(ui, "Open results…", tooltip).clicked() {
                commands.push(does(EvaluationCommand::Ask(EvaluationAsk::Record)));
            }
            let tooltip = "Measure detectors on data whose labels are known";
            if !shows_form && small_button_ui(ui, "New evaluation", tooltip).clicked() {
                commands.push(does(EvaluationCommand::ShowForm(true)));
            }
            if shows_form
                && evaluations.chosen().is_some()
                && small_button_ui(ui, "Back to the results", "").clicked()
            {
                commands.push(does(EvaluationCommand::ShowForm(false)));
            }
        });
        running_ui(ui, state, commands);
        if !shows_form {
            chooser_ui(ui, evaluations, commands);
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            if let Some(error) = &evaluations.error {
                note_ui(ui, error, theme::error());
                ui.add_space(UNIT);
            }
            match evaluations.chosen() {
                Some(open) if !shows_form => results::results_ui(ui, state, open, commands),
                _ => setup::setup_ui(ui, state, commands),
            }
        });
    });
}

fn does(command: EvaluationCommand) -> Command {
    Command::Evaluation(command)
}

/// How far the running one is.
fn running_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let Some(running) = &state.evaluations.running else {
        return;
    };
    let job = state.jobs.iter().find(|job| job.id == running.job);
    let progress = job.and_then(|job| job.progress.as_ref());
    ui.horizontal(|ui| {
        let stop = small_button_ui(
            ui,
            "Stop",
            "What was trained and cut so far is kept for the next time",
        );
        if stop.accessible_name("Stop the evaluation").clicked() {
            commands.push(Command::CancelJob(running.job));
        }
        let mut text = job
            .and_then(|job| job.part.as_ref())
            .map(|part| format!("{part}: "))
            .unwrap_or_default();
        text += &progress.map_or_else(
            || "Starting".to_owned(),
            |progress| match progress.total {
                Some(total) => format!("{} {} of {total}", progress.stage, progress.done),
                None => progress.stage.to_owned(),
            },
        );
        note_ui(ui, &text, theme::text_quiet());
    });
    let share = progress.and_then(|progress| {
        let total = progress.total.filter(|&total| 0 < total)?;
        Some(progress.done as f32 / total as f32)
    });
    progress_ui(ui, share);
    ui.add_space(UNIT);
}

/// Which results are shown, and which are laid beside them.
fn chooser_ui(ui: &mut Ui, evaluations: &Evaluations, commands: &mut CommandQueue) {
    let names: Vec<String> = evaluations.open.iter().map(|open| open.name()).collect();
    let Some(chosen) = names.get(evaluations.chosen) else {
        return;
    };
    ui.horizontal(|ui| {
        let all = names.iter().enumerate();
        let all = all.map(|(at, name)| (at == evaluations.chosen, name.as_str()));
        if let Some(at) = choice_ui(ui, "Results", 130.0, chosen, all) {
            commands.push(does(EvaluationCommand::Choose(at)));
        }
        if 1 < names.len() {
            let beside = evaluations.beside();
            let text = beside.map_or("compare with…".to_owned(), |open| {
                format!("and {}", open.name())
            });
            let others: Vec<usize> = (0..names.len())
                .filter(|at| *at != evaluations.chosen)
                .collect();
            let entries = std::iter::once((beside.is_none(), "nothing")).chain(
                others
                    .iter()
                    .map(|&at| (evaluations.beside == Some(at), names[at].as_str())),
            );
            if let Some(at) = choice_ui(ui, "Compare with", 130.0, &text, entries) {
                let other = at.checked_sub(1).map(|at| others[at]);
                commands.push(does(EvaluationCommand::Beside(other)));
            }
        }
        if small_button_ui(
            ui,
            "Close",
            "Take these results off the list; nothing on disk changes",
        )
        .clicked()
        {
            commands.push(does(EvaluationCommand::Close));
        }
    });
    ui.add_space(UNIT);
}
