//! The log: what the program did and what went wrong, newest at the bottom.

use egui::{RichText, ScrollArea, Ui};
use tracing::Level;

use crate::logging::Line;
use crate::panes::padded;
use crate::state::State;
use crate::theme;

pub fn log_ui(ui: &mut Ui, state: &State) {
    padded(ui, |ui| {
        state.log.read(|lines| {
            if lines.is_empty() {
                let text = RichText::new("Nothing has been logged yet");
                ui.label(text.size(theme::SMALL).color(theme::text_faint()));
            }
            ScrollArea::vertical()
                .auto_shrink(false)
                .stick_to_bottom(true)
                .show_rows(ui, 16.0, lines.len(), |ui, rows| {
                    for line in lines.range(rows) {
                        line_ui(ui, line);
                    }
                });
        });
    });
}

fn line_ui(ui: &mut Ui, line: &Line) {
    let (word, color) = match line.level {
        Level::ERROR => ("error", theme::error()),
        Level::WARN => ("warning", theme::text_strong()),
        _ => ("", theme::text_quiet()),
    };
    ui.horizontal(|ui| {
        ui.set_height(16.0);
        let time = RichText::new(format!("{:9.3}", line.secs)).size(theme::SMALL);
        ui.label(time.color(theme::text_faint()));
        // One line each: a path on a line of its own is joined to what it belongs to.
        let text = line.text.replace('\n', "  ");
        let text = if word.is_empty() {
            text
        } else {
            format!("{word}  {text}")
        };
        let text = RichText::new(text).size(theme::SMALL).color(color);
        ui.add(egui::Label::new(text).truncate().selectable(true));
    });
}
