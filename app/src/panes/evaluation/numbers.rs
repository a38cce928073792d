//! The numbers of every result with their intervals, and those of each technique.

use egui::Ui;
use seam_engine::detectors::card::Interval;
use seam_engine::eval::metrics::Metrics;
use seam_engine::eval::report::{Evaluation, MethodResult, TechniqueResult};

use crate::command::CommandQueue;
use crate::evaluation::{EvaluationCommand, Evaluations};
use crate::panes::evaluation::does;
use crate::panes::evaluation::results::title_ui;
use crate::theme::UNIT;
use crate::widgets::{Cell, RowStyle, table_row_ui};

/// Width of a column, in points.
const COLUMN: f32 = 62.0;

/// The columns, and what each means.
const COLUMNS: [(&str, &str); 6] = [
    (
        "AUC",
        "The chance that a manipulated one scores above a pristine one: 0.5 is chance, 1 tells all apart",
    ),
    (
        "EER",
        "The rate at which as many pristine are taken for manipulated as manipulated are missed; smaller is better",
    ),
    (
        "AP",
        "Average precision; a guess reaches the share of manipulated ones",
    ),
    (
        "ACC",
        "Share of right calls where everything above 0.5 is called manipulated",
    ),
    (
        "ECE",
        "How far probabilities are from what comes true, over 15 bins; smaller is better",
    ),
    (
        "Brier",
        "Mean squared difference between probability and label; smaller is better",
    ),
];

/// A row a result and level. A click shows its curves.
pub fn numbers_ui(
    ui: &mut Ui,
    evaluations: &Evaluations,
    evaluation: &Evaluation,
    commands: &mut CommandQueue,
) {
    let head = COLUMNS.map(|(name, _)| Cell::new(name));
    let about = COLUMNS.map(|(name, about)| format!("{name}: {about}"));
    table_row_ui(ui, "95 % intervals below", &head, COLUMN, RowStyle::Head)
        .on_hover_text(about.join("\n"));
    for (result, at) in evaluation.results.iter().zip(0..) {
        let title = result.with_fold(&result.title);
        let is_chosen = at == evaluations.result && 1 < evaluation.results.len();
        let mut row = |ui: &mut Ui, level: &str, metrics: &Metrics, by_video: bool| {
            let style = if is_chosen && evaluations.by_video == by_video {
                RowStyle::Chosen
            } else {
                RowStyle::Plain
            };
            let name = format!("{title} {level}");
            let response = table_row_ui(ui, &name, &cells(metrics), COLUMN, style);
            let pristine = metrics.count - metrics.manipulated;
            let tooltip = format!(
                "{name}: {} manipulated and {pristine} pristine scored\nClick to see its curves",
                metrics.manipulated
            );
            if response.on_hover_text(tooltip).clicked() {
                commands.push(does(EvaluationCommand::ChooseResult(at)));
                commands.push(does(EvaluationCommand::SetByVideo(by_video)));
            }
        };
        row(ui, "by frame", &result.frames, false);
        if let Some(videos) = &result.videos {
            row(ui, "by video", videos, true);
        }
    }
}

/// Each technique against everything pristine, the hardest first.
pub fn techniques_ui(ui: &mut Ui, result: &MethodResult, by_video: bool) {
    if result.techniques.is_empty() {
        return;
    }
    title_ui(ui, "By technique, against everything pristine");
    let level = |technique: &'_ TechniqueResult| -> Metrics {
        let videos = technique.videos.as_ref().filter(|_| by_video);
        videos.unwrap_or(&technique.frames).clone()
    };
    let mut rows: Vec<(&str, Metrics)> = result
        .techniques
        .iter()
        .map(|technique| (technique.technique.as_str(), level(technique)))
        .collect();
    rows.sort_by(|a, b| a.1.auc.value.total_cmp(&b.1.auc.value));
    let level = if by_video { "videos" } else { "faces" };
    let head = [level, "AUC", "EER", "AP"].map(Cell::new);
    table_row_ui(ui, "the hardest first", &head, COLUMN, RowStyle::Head);
    for (name, metrics) in rows {
        let cells = [
            Cell::new(metrics.manipulated.to_string()),
            cell(Some(&metrics.auc)),
            cell(Some(&metrics.eer)),
            cell(Some(&metrics.ap)),
        ];
        table_row_ui(ui, name, &cells, COLUMN, RowStyle::Plain);
    }
    ui.add_space(2.0 * UNIT);
}

fn cells(metrics: &Metrics) -> [Cell; 6] {
    [
        Some(&metrics.auc),
        Some(&metrics.eer),
        Some(&metrics.ap),
        metrics.acc.as_ref(),
        metrics.ece.as_ref(),
        metrics.brier.as_ref(),
    ]
    .map(cell)
}

fn cell(interval: Option<&Interval>) -> Cell {
    let Some(interval) = interval else {
        return Cell::new("–");
    };
    Cell {
        text: format!("{:.3}", interval.value),
        below: Some(format!("{}–{}", short(interval.low), short(interval.high))),
    }
}

/// `.91`, so that both ends have room.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}
