//! An experiment of a paper: its rows, what they reached, and what comes out.

use egui::Ui;
use seam_engine::eval::experiment::record::{ExperimentRecord, RowRecord};

use crate::panes::evaluation::results::title_ui;
use crate::theme::{self, UNIT};
use crate::widgets::{Cell, RowStyle, note_ui, table_row_ui};

const COLUMN: f32 = 96.0;

pub fn experiment_ui(ui: &mut Ui, record: &ExperimentRecord) {
    title_ui(ui, &record.title);
    note_ui(ui, &record.question, theme::text_quiet());
    for line in &record.reading {
        note_ui(ui, line, theme::text());
    }
    ui.add_space(UNIT);
    let group = record
        .groups
        .first()
        .map_or("", |group| group.name.as_str());
    let head = ["AUC by frame", "by video", "seeds"].map(Cell::new);
    table_row_ui(
        ui,
        &format!("In percent, on {group}"),
        &head,
        COLUMN,
        RowStyle::Head,
    );
    for row in &record.rows {
        row_ui(ui, row);
    }
    note_ui(
        ui,
        "The page of this evaluation has all groups, the published numbers and the curves",
        theme::text_faint(),
    );
    ui.add_space(2.0 * UNIT);
}

fn row_ui(ui: &mut Ui, row: &RowRecord) {
    let Some(group) = row.main() else {
        let cells = ["–", "–", "0"].map(Cell::new);
        let response = table_row_ui(ui, &row.label, &cells, COLUMN, RowStyle::Plain);
        let reasons = row.failures.iter().map(|failure| failure.reason.as_str());
        response.on_hover_text(reasons.collect::<Vec<_>>().join("\n"));
        return;
    };
    let level = |level: Option<&seam_engine::eval::experiment::record::LevelRecord>| match level {
        None => Cell::new("–"),
        Some(level) => Cell {
            text: format!("{:.1}", 100.0 * level.mean),
            below: Some(format!(
                "{:.1}–{:.1}",
                100.0 * level.interval.low,
                100.0 * level.interval.high
            )),
        },
    };
    let cells = [
        level(group.frames.as_ref()),
        level(group.videos.as_ref()),
        Cell::new(row.runs.len().to_string()),
    ];
    table_row_ui(ui, &row.label, &cells, COLUMN, RowStyle::Plain).on_hover_text(&row.about);
}
