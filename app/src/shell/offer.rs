//! The offer of the tour, made once on the empty window.

use egui::{Align2, Area, Frame, Id, Margin, Order, Ui};

use crate::command::{Action, Command, CommandQueue, ShellAction};
use crate::shell::ShellCommand;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::workspace::Workspace;

/// Offers the tour once, on the empty window; it lies where nothing else is.
pub fn offer_ui(ui: &Ui, stage: egui::Rect, state: &State, commands: &mut CommandQueue) {
    let is_wanted = !state.settings.was_tour_offered
        && state.settings.workspace == Workspace::Inspect
        && state.files.is_empty()
        && state.shell.tour.is_none();
    if !is_wanted || stage.height() < 300.0 {
        return;
    }
    let at = stage.center_bottom() - egui::vec2(0.0, 3.0 * UNIT);
    Area::new(Id::unique("offer"))
        .order(Order::Middle)
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(at)
        .show(ui.ctx(), |ui| {
            let frame = Frame::new()
                .fill(theme::raised())
                .corner_radius(theme::RADIUS)
                .inner_margin(Margin::symmetric(12, 8));
            frame.show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.label("First time here? A sample clip shows the way in three minutes.");
                    if ui.button("Take the tour").clicked() {
                        commands.act(Action::Shell(ShellAction::Tour));
                    }
                    if ui.button("Not now").clicked() {
                        commands.push(Command::Shell(ShellCommand::NoTour));
                    }
                });
            });
        });
}
