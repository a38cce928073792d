//! The card of the tour, and the outline of the pane that it speaks of.

use egui::{Align, Align2, Area, Frame, Id, Key, Layout, Margin, Modifiers, Order, RichText, Ui};

use crate::command::{Command, CommandQueue};
use crate::layout;
use crate::shell::ShellCommand;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::tour::STEPS;

const WIDTH: f32 = 340.0;

pub fn tour_ui(ui: &Ui, state: &State, commands: &mut CommandQueue) {
    let Some(tour) = &state.shell.tour else {
        return;
    };
    let Some(step) = STEPS.get(tour.at) else {
        return;
    };
    let ctx = ui.ctx();
    let to = |at: Option<usize>| Command::Shell(ShellCommand::Tour(at));
    let next = (tour.at + 1 < STEPS.len()).then_some(tour.at + 1);
    if !state.shell.has_keyboard()
        && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
    {
        commands.push(to(None));
    }
    let screen = ctx.content_rect();
    let pane = step.pane.and_then(|pane| layout::place_of(ctx, pane));
    if let Some(pane) = pane {
        let layer = egui::LayerId::new(Order::Middle, Id::unique("tour-outline"));
        let stroke = egui::Stroke::new(1.5, theme::accent());
        let painter = ctx.layer_painter(layer);
        painter.rect_stroke(
            pane.shrink(1.0),
            theme::RADIUS,
            stroke,
            egui::StrokeKind::Inside,
        );
    }
    // In the half of the window where the pane is not.
    let is_low = pane.is_some_and(|pane| screen.center().y < pane.center().y);
    let is_right = pane.is_some_and(|pane| screen.center().x < pane.center().x);
    let (pivot, offset) = match (is_low, is_right) {
        (true, _) => (Align2::CENTER_TOP, [0.0, 56.0]),
        (false, true) => (Align2::LEFT_BOTTOM, [24.0, -48.0]),
        (false, false) => (Align2::RIGHT_BOTTOM, [-24.0, -48.0]),
    };
    Area::new(Id::unique("tour"))
        .order(Order::Foreground)
        .anchor(pivot, offset)
        .show(ctx, |ui| {
            let frame = Frame::popup(ui.style()).inner_margin(Margin::same(16));
            frame.show(ui, |ui| {
                ui.set_width(WIDTH);
                let title = RichText::new(step.title).font(theme::medium(theme::TITLE));
                ui.label(title.color(theme::text_strong()));
                ui.add_space(UNIT);
                ui.add(egui::Label::new(RichText::new(step.text).color(theme::text())).wrap());
                ui.add_space(3.0 * UNIT);
                ui.horizontal(|ui| {
                    let place = format!("{} of {}", tour.at + 1, STEPS.len());
                    let place = RichText::new(place).size(theme::SMALL);
                    ui.label(place.color(theme::text_faint()));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let word = if next.is_some() { "Next" } else { "Finish" };
                        if ui.button(word).clicked() {
                            commands.push(to(next));
                        }
                        if tour.at != 0 && ui.button("Back").clicked() {
                            commands.push(to(Some(tour.at - 1)));
                        }
                        if next.is_some() && ui.button("Leave the tour").clicked() {
                            commands.push(to(None));
                        }
                        if tour.is_done() {
                            let done = RichText::new("Done").size(theme::SMALL);
                            ui.label(done.color(theme::accent()));
                        }
                    });
                });
            });
        });
}
