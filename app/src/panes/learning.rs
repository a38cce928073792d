//! What the model learned from the masks: another round, and whether it paid.

use egui::{RichText, Ui};

use crate::command::{Action, CommandQueue, QueueAction};
use crate::panes::padded;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{header_ui, note_ui};

pub fn learning_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Learning", |ui| {
            let info = QueueAction::Retrain.info();
            let button = egui::Button::new(RichText::new(info.text).size(theme::SMALL));
            let enabled = state.queue.open().is_some();
            if ui.add_enabled(enabled, button).on_hover_text(info.tooltip).clicked() {
                commands.act(Action::Queue(QueueAction::Retrain));
            }
        });
        ui.add_space(UNIT);
        note_ui(ui, "After the first round of training, how much the model gained from your masks", theme::TEXT_FAINT);
    });
}
