//! What an empty pane says: what it is for, and the buttons that fill it.

use egui::{RichText, Ui};

use crate::command::{Action, CommandQueue};
use crate::theme::{self, UNIT};

/// A sentence and the buttons that help, in the middle of an empty pane.
pub fn empty_ui(ui: &mut Ui, text: &str, actions: &[Action], commands: &mut CommandQueue) {
    ui.add_space(2.0 * UNIT);
    let text = RichText::new(text)
        .size(theme::SMALL)
        .color(theme::text_quiet());
    ui.add(egui::Label::new(text).wrap());
    ui.add_space(UNIT);
    ui.horizontal_wrapped(|ui| {
        for &action in actions {
            let info = action.info();
            let button = egui::Button::new(RichText::new(info.text).size(theme::SMALL));
            if ui.add(button).on_hover_text(info.tooltip).clicked() {
                commands.act(action);
            }
        }
    });
}
