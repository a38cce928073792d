//! The clips whose faces are in one bar of the histogram; a click opens one on that frame.

use egui::Ui;
use seam_engine::eval::report::MethodResult;

use crate::command::CommandQueue;
use crate::evaluation::{BrushedItem, EvaluationCommand, Evaluations};
use crate::panes::evaluation::does;
use crate::panes::evaluation::results::title_ui;
use crate::theme::{self, UNIT};
use crate::widgets::{Cell, RowStyle, note_ui, small_button_ui, table_row_ui};

/// Clips that are listed.
const MAX_ITEMS: usize = 40;
const COLUMN: f32 = 74.0;

pub fn brush_ui(
    ui: &mut Ui,
    evaluations: &Evaluations,
    result: &MethodResult,
    commands: &mut CommandQueue,
) {
    let Some(brush) = evaluations.brush() else {
        return;
    };
    let [low, high] = result.histogram.ends_of(brush.bar);
    ui.horizontal(|ui| {
        title_ui(ui, &format!("Clips with faces from {low:.2} to {high:.2}"));
        if small_button_ui(ui, "Close the list", "").clicked() {
            commands.push(does(EvaluationCommand::Brush(brush.bar)));
        }
    });
    match &brush.items {
        None => note_ui(ui, "Reading the scores…", theme::text_faint()),
        Some(Err(error)) => note_ui(ui, error, theme::error()),
        Some(Ok(items)) => items_ui(ui, items, commands),
    }
    ui.add_space(2.0 * UNIT);
}

fn items_ui(ui: &mut Ui, items: &[BrushedItem], commands: &mut CommandQueue) {
    if items.is_empty() {
        note_ui(ui, "No face has such a score", theme::text_faint());
        return;
    }
    let head = ["kind", "faces", "logit"].map(Cell::new);
    table_row_ui(
        ui,
        "Click one to look at it in Inspect",
        &head,
        COLUMN,
        RowStyle::Head,
    );
    for item in items.iter().take(MAX_ITEMS) {
        let kind = match (&item.technique, item.is_manipulated) {
            (_, false) => "pristine",
            (Some(technique), true) => technique,
            (None, true) => "manipulated",
        };
        let cells = [
            Cell::new(kind),
            Cell::new(item.faces.to_string()),
            Cell::new(format!("{:.2}", item.logit)),
        ];
        let name = item.path.rsplit(['/', '\\']).next().unwrap_or_default();
        let row = table_row_ui(ui, name, &cells, COLUMN, RowStyle::Plain);
        let frame = item
            .frame_index
            .map_or(String::new(), |at| format!("\nFrame {at}"));
        let row = row
            .on_hover_text(format!("{}{frame}", item.path))
            .on_hover_cursor(egui::CursorIcon::PointingHand);
        if row.clicked() {
            commands.push(does(EvaluationCommand::OpenItem(Box::new(item.clone()))));
        }
    }
    if MAX_ITEMS < items.len() {
        let more = items.len() - MAX_ITEMS;
        note_ui(ui, &format!("and {more} more"), theme::text_faint());
    }
}
