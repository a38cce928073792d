//! The data there is to learn from and to measure on.

use egui::Ui;

use crate::command::CommandQueue;
use crate::state::State;

pub fn datasets_ui(ui: &mut Ui, _state: &State, _commands: &mut CommandQueue) {
    super::padded(ui, |_| {});
}
