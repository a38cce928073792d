//! The results of an evaluation: warnings first, then numbers, charts, and what must be known to read them.

use egui::{RichText, Ui, vec2};
use seam_engine::eval::report::{Evaluation, MethodResult};

use crate::command::{Command, CommandQueue};
use crate::evaluation::{EvaluationCommand, Evaluations, OpenEvaluation};
use crate::panes::evaluation::{
    brush, comparison, confusion, does, experiment, histogram, numbers, roc,
};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{note_ui, small_button_ui};

/// Height of the charts, in points.
const CHART: f32 = 220.0;
/// Beside each other where each has so much room.
const LEAST: f32 = 210.0;

pub fn results_ui(ui: &mut Ui, state: &State, open: &OpenEvaluation, commands: &mut CommandQueue) {
    let evaluations = &state.evaluations;
    let evaluation = &open.evaluation;
    note_ui(ui, &evaluation.protocol.in_words, theme::text());
    for warning in &evaluation.warnings {
        note_ui(ui, &format!("Warning: {warning}"), theme::error());
    }
    if let Some(probe) = &evaluation.probe {
        let is_told = evaluation.warnings.contains(&probe.in_words);
        if !is_told {
            note_ui(ui, &probe.in_words, theme::text_quiet());
        }
    }
    ui.add_space(UNIT);
    if let Some(record) = &evaluation.experiment {
        experiment::experiment_ui(ui, record);
    }
    if !evaluation.results.is_empty() {
        numbers::numbers_ui(ui, evaluations, evaluation, commands);
        if let Some(beside) = evaluations.beside() {
            comparison::comparison_ui(ui, open, beside);
        }
        if let Some(result) = evaluations.result() {
            charts_ui(ui, evaluations, result, commands);
            brush::brush_ui(ui, evaluations, result, commands);
        }
        caveats_ui(ui, evaluation);
        if let Some(result) = evaluations.result() {
            calibration_ui(ui, result);
            numbers::techniques_ui(ui, result, evaluations.by_video);
            confusion::confusion_ui(ui, result);
            missed_ui(ui, result);
        }
    } else {
        caveats_ui(ui, evaluation);
    }
    files_ui(ui, open, evaluations, commands);
}

/// Always shown, right beneath the numbers and their charts.
fn caveats_ui(ui: &mut Ui, evaluation: &Evaluation) {
    let own = evaluation.experiment.iter().flat_map(|own| &own.caveats);
    let all: Vec<&String> = own.chain(&evaluation.caveats).collect();
    if all.is_empty() {
        return;
    }
    ui.add_space(UNIT);
    title_ui(ui, "How to read this");
    for caveat in all {
        note_ui(ui, caveat, theme::text_quiet());
    }
    ui.add_space(2.0 * UNIT);
}

fn charts_ui(
    ui: &mut Ui,
    evaluations: &Evaluations,
    result: &MethodResult,
    commands: &mut CommandQueue,
) {
    let top = ui.cursor().min;
    let width = ui.available_width();
    let is_wide = 2.0 * LEAST + 2.0 * UNIT <= width;
    let size = if is_wide {
        vec2(0.5 * (width - 2.0 * UNIT), CHART)
    } else {
        vec2(width, CHART)
    };
    let mut charts = |ui: &mut Ui| {
        roc::roc_ui(ui, size, evaluations);
        histogram::histogram_ui(ui, size, evaluations, result, commands);
    };
    let drawn = if is_wide {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0 * UNIT;
            charts(ui);
        })
        .response
        .rect
    } else {
        ui.vertical(|ui| charts(ui)).response.rect
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let by_video = evaluations.by_video;
        for (is_wanted, text) in [(false, "By frame"), (true, "By video")] {
            let has = !is_wanted || result.videos.is_some();
            let button = egui::Button::selectable(
                by_video == is_wanted,
                RichText::new(text).size(theme::SMALL),
            );
            if ui.add_enabled(has, button).clicked() {
                commands.push(does(EvaluationCommand::SetByVideo(is_wanted)));
            }
        }
        ui.add_space(2.0 * UNIT);
        let tooltip = "Writes numbers.csv beside the results: numbers with intervals, points of the curves, bars";
        if small_button_ui(ui, "Export the numbers", tooltip).clicked() {
            commands.push(does(EvaluationCommand::ExportTable));
        }
        let tooltip = "Writes charts.png beside the results: the charts as they are on screen";
        if small_button_ui(ui, "Export the charts", tooltip).clicked() {
            let part = egui::Rect::from_min_max(top, drawn.max);
            commands.push(does(EvaluationCommand::ExportPicture(part)));
        }
    });
    if let Some(notice) = &evaluations.notice {
        note_ui(ui, notice, theme::text_quiet());
    }
    ui.add_space(2.0 * UNIT);
}

/// How logits became probabilities, and how well that fits.
fn calibration_ui(ui: &mut Ui, result: &MethodResult) {
    let calibration = &result.calibration;
    title_ui(ui, "Calibration");
    if !calibration.applied.is_empty() {
        note_ui(ui, &calibration.applied, theme::text_quiet());
    }
    if let Some(fit) = &calibration.fit {
        let own = &fit.calibration;
        let text = format!(
            "Fitted on {}: ECE {:.3} before, {:.3} after; Brier score {:.3} before, {:.3} after{}",
            own.fitted_on,
            own.ece_before,
            own.ece_after,
            fit.brier_before,
            fit.brier_after,
            if calibration.is_in_card {
                ". It is in the model's card now"
            } else {
                ". It was not kept"
            }
        );
        note_ui(ui, &text, theme::text_quiet());
    }
    if let Some(reason) = &calibration.not_fitted {
        note_ui(ui, &format!("Not fitted: {reason}"), theme::text_quiet());
    }
    ui.add_space(2.0 * UNIT);
}

fn missed_ui(ui: &mut Ui, result: &MethodResult) {
    const MAX: usize = 5;
    if result.missed.is_empty() {
        return;
    }
    title_ui(ui, "Not scored");
    let text = match result.missed.len() {
        1 => "1 item gave no score".to_owned(),
        num => format!("{num} items gave no score"),
    };
    note_ui(ui, &text, theme::text_quiet());
    for missed in result.missed.iter().take(MAX) {
        let reason = missed.reason.lines().next().unwrap_or_default();
        note_ui(
            ui,
            &format!("{}: {reason}", missed.path),
            theme::text_faint(),
        );
    }
    ui.add_space(2.0 * UNIT);
}

/// Where everything was written.
fn files_ui(
    ui: &mut Ui,
    open: &OpenEvaluation,
    evaluations: &Evaluations,
    commands: &mut CommandQueue,
) {
    title_ui(ui, "Files");
    let page = open.folder().join("index.html");
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let tooltip =
            "The page with all charts and pictures, for a browser: its path goes to the clipboard";
        if small_button_ui(ui, "Copy the path of the page", tooltip).clicked() {
            commands.push(Command::CopyText(page.display().to_string()));
        }
    });
    note_ui(ui, &page.display().to_string(), theme::text_faint());
    if let Some(result) = evaluations.result() {
        let scores = open.folder().join(&result.scores_file);
        note_ui(
            ui,
            &format!("Scores of all faces: {}", scores.display()),
            theme::text_faint(),
        );
    }
    let evaluation = &open.evaluation;
    let data = evaluation.data.as_ref().map(|data| {
        format!(
            "Data {}, list {}; ",
            data.name,
            data.manifest_sha256.chars().take(12).collect::<String>()
        )
    });
    let text = format!(
        "{}seed {}, Seam {}{}",
        data.unwrap_or_default(),
        evaluation.seed,
        evaluation.seam,
        evaluation
            .device
            .as_ref()
            .map(|device| format!(", {device}"))
            .unwrap_or_default()
    );
    note_ui(ui, &text, theme::text_faint());
}

pub fn title_ui(ui: &mut Ui, title: &str) {
    let title = RichText::new(title)
        .font(theme::medium(theme::SMALL))
        .color(theme::text());
    ui.label(title);
}
