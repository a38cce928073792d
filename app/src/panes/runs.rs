//! The list of trainings: those that run, those that ended, and a new one.

use egui::Ui;

use crate::command::CommandQueue;
use crate::state::State;

pub fn runs_ui(ui: &mut Ui, _state: &State, _commands: &mut CommandQueue) {
    super::padded(ui, |_| {});
}
