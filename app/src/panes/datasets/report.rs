//! What an import of this session told: what is missing, what was left out, and what to know.

use egui::{CollapsingHeader, RichText, Ui};
use seam_engine::data::ImportReport;

use crate::theme;
use crate::widgets::note_ui;
use crate::words;

/// Lines of a list that are shown.
const MAX_LINES: usize = 8;

pub fn report_ui(ui: &mut Ui, report: &ImportReport) {
    let title = RichText::new("What the import told")
        .size(theme::SMALL)
        .color(theme::text_quiet());
    CollapsingHeader::new(title)
        .default_open(true)
        .show(ui, |ui| {
            note_ui(
                ui,
                &format!(
                    "{} items of {}",
                    words::count(report.items as u64),
                    report.dataset
                ),
                theme::text_quiet(),
            );
            let missing = report.missing.iter();
            let missing = missing.map(|own| format!("{}: {}", own.path, own.reason));
            list_ui(ui, "listed and not on disk", report.missing.len(), missing);
            let refused = report
                .refused
                .iter()
                .map(|own| format!("{} ({} items): {}", own.source, own.items, own.reason));
            list_ui(ui, "items left out", report.num_refused(), refused);
            for note in &report.notes {
                note_ui(ui, note, theme::text_quiet());
            }
        });
}

fn list_ui(ui: &mut Ui, what: &str, count: usize, lines: impl Iterator<Item = String>) {
    if count == 0 {
        return;
    }
    note_ui(
        ui,
        &format!("{} {what}", words::count(count as u64)),
        theme::error(),
    );
    let mut lines = lines;
    for line in lines.by_ref().take(MAX_LINES) {
        note_ui(ui, &line, theme::text_faint());
    }
    let more = lines.count();
    if 0 < more {
        note_ui(ui, &format!("and {more} more"), theme::text_faint());
    }
}
