//! Losses and validations of a training as it goes.

use egui::Ui;

use crate::command::CommandQueue;
use crate::state::State;

pub fn curves_ui(ui: &mut Ui, _state: &State, _commands: &mut CommandQueue) {
    super::padded(ui, |_| {});
}
