//! The quiet line at the bottom.

use egui::{Align, Layout, RichText, Ui};

use crate::command::CommandQueue;
use crate::shell::toasts;
use crate::state::State;
use crate::theme::{self, UNIT};

/// The quiet line at the bottom: what runs, and how fast the window draws.
pub fn status_bar_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let frame = egui::Frame::new()
        .fill(theme::panel())
        .inner_margin(egui::Margin::symmetric(12, 3));
    egui::Panel::bottom("status").frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            let running = state.running().count();
            let text = match running {
                0 if state.shell.is_sorting => "Looking at the files…".to_owned(),
                0 => "Idle".to_owned(),
                1 => "1 job is running".to_owned(),
                _ => format!("{running} jobs are running"),
            };
            ui.label(quiet(text));
            if let Some(saving) = state.queue.saving_words() {
                ui.add_space(2.0 * UNIT);
                let color = if state.queue.has_save_error() {
                    theme::error()
                } else {
                    theme::text_faint()
                };
                ui.label(RichText::new(saving).size(theme::SMALL).color(color));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                toasts::history_ui(ui, state, commands);
                let Some(times) = state.frame_times.summary() else {
                    return;
                };
                ui.label(quiet(format!("Window {:.1} ms a frame", times.median_millis)))
                    .on_hover_text(format!(
                        "The window's own work on the last {} frames\nMiddle {:.1} ms\n99th percentile {:.1} ms\nLongest {:.1} ms",
                        times.frames, times.median_millis, times.p99_millis, times.longest_millis
                    ));
            });
        });
    });
}

fn quiet(text: impl Into<String>) -> RichText {
    RichText::new(text)
        .size(theme::SMALL)
        .color(theme::text_faint())
}
