//! What to train, on what, and every number of it with its reason.

use egui::Ui;

use crate::command::CommandQueue;
use crate::state::State;

pub fn setup_ui(ui: &mut Ui, _state: &State, _commands: &mut CommandQueue) {
    super::padded(ui, |_| {});
}
