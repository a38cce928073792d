//! Evaluations: protocols, curves, histograms, tables.

use egui::Ui;

use crate::command::CommandQueue;
use crate::state::State;

pub fn evaluation_ui(ui: &mut Ui, _state: &State, _commands: &mut CommandQueue) {
    super::padded(ui, |_| {});
}
