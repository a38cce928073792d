//! Models: bundled, trained and brought along, each with its card.

use egui::Ui;

use crate::command::CommandQueue;
use crate::state::State;

pub fn models_ui(ui: &mut Ui, _state: &State, _commands: &mut CommandQueue) {
    super::padded(ui, |_| {});
}
