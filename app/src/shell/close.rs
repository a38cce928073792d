//! The question before the window is closed while work is running.

use egui::{Id, Modal, RichText, Ui};

use crate::command::{Command, CommandQueue};
use crate::state::State;
use crate::theme::{self, UNIT};

pub fn close_ui(ui: &Ui, state: &State, commands: &mut CommandQueue) {
    let modal = Modal::new(Id::unique("close"))
        .backdrop_color(theme::faded(theme::veil(), 0.8))
        .show(ui.ctx(), |ui| {
            ui.set_width(360.0);
            ui.label(RichText::new("Work is still running").font(theme::medium(theme::TITLE)));
            ui.add_space(UNIT);
            if state.is_closing {
                ui.label(
                    RichText::new("Trainings write their checkpoints, then the window closes")
                        .color(theme::text_quiet()),
                );
                ui.add_space(3.0 * UNIT);
                if ui.button("Close without waiting").clicked() {
                    commands.push(Command::CloseAnyway(true));
                }
                return;
            }
            let what = match state.running().count() {
                _ if state.is_training() => {
                    "Trainings stop with a checkpoint and can be resumed; other work would be lost"
                        .to_owned()
                }
                1 => "One job would be stopped, and what it found so far is lost".to_owned(),
                num => format!("{num} jobs would be stopped, and what they found so far is lost"),
            };
            ui.label(RichText::new(what).color(theme::text_quiet()));
            ui.add_space(3.0 * UNIT);
            ui.horizontal(|ui| {
                if ui.button("Keep working").clicked() {
                    commands.push(Command::CloseAnyway(false));
                }
                if ui.button("Stop and close").clicked() {
                    commands.push(Command::CloseAnyway(true));
                }
            });
        });
    if modal.should_close() && !state.is_closing {
        commands.push(Command::CloseAnyway(false));
    }
}
