//! What a training sees on the same held-out faces, step by step.

use egui::Ui;

use crate::command::CommandQueue;
use crate::state::State;

pub fn sees_ui(ui: &mut Ui, _state: &State, _commands: &mut CommandQueue) {
    super::padded(ui, |_| {});
}
