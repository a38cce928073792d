//! Notices in the corner, and the list of all that were told.

use egui::{Align, Align2, Area, Frame, Id, Layout, Margin, Order, RichText, ScrollArea, Ui};

use crate::command::{Action, Command, CommandQueue, ShellAction};
use crate::notices::{Notice, Weight};
use crate::shell::ShellCommand;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::words;

const WIDTH: f32 = 360.0;

/// Notices of the last seconds, above the status line at the right: nothing there is clicked otherwise.
pub fn toasts_ui(ui: &Ui, state: &State, commands: &mut CommandQueue) {
    let notices = &state.shell.notices;
    let is_empty = notices.shown(state.now_secs).next().is_none();
    if is_empty {
        return;
    }
    // The next one may fade while nothing else happens.
    ui.ctx().request_repaint_after_secs(0.5);
    Area::new(Id::unique("notices"))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, [-12.0, -36.0])
        .show(ui.ctx(), |ui| {
            ui.spacing_mut().item_spacing.y = UNIT;
            for notice in notices.shown(state.now_secs) {
                toast_ui(ui, notice, commands);
            }
        });
}

fn toast_ui(ui: &mut Ui, notice: &Notice, commands: &mut CommandQueue) {
    let frame = Frame::new()
        .fill(theme::raised())
        .stroke(egui::Stroke::new(1.0, theme::outline()))
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::symmetric(12, 8));
    frame.show(ui, |ui| {
        ui.set_width(WIDTH);
        ui.horizontal_top(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                let dismiss = ui.small_button("Dismiss");
                if dismiss.clicked() {
                    commands.push(Command::Shell(ShellCommand::DismissNotice(notice.id)));
                }
                if notice.can_undo && ui.small_button("Undo").clicked() {
                    commands.act(Action::Shell(ShellAction::Undo));
                    commands.push(Command::Shell(ShellCommand::DismissNotice(notice.id)));
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    let text = RichText::new(notice.words()).color(color(notice.weight));
                    ui.add(egui::Label::new(text).wrap());
                });
            });
        });
    });
}

fn color(weight: Weight) -> egui::Color32 {
    match weight {
        Weight::Quiet => theme::text(),
        Weight::Warning => theme::text_strong(),
        Weight::Error => theme::error(),
    }
}

/// The button at the end of the status line, and the list that it opens.
pub fn history_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let num = state.shell.notices.all().len();
    if num == 0 {
        return;
    }
    let text = match num {
        1 => "1 notice".to_owned(),
        _ => format!("{num} notices"),
    };
    let text = RichText::new(text)
        .size(theme::SMALL)
        .color(theme::text_faint());
    let button = ui.add(egui::Button::new(text).frame(false));
    if button
        .on_hover_text("What the program told since it started")
        .clicked()
    {
        let shows = !state.shell.shows_notices;
        commands.push(Command::Shell(ShellCommand::ShowNotices(shows)));
    }
    if state.shell.shows_notices {
        list_ui(ui, state, commands);
    }
}

fn list_ui(ui: &Ui, state: &State, commands: &mut CommandQueue) {
    let area = Area::new(Id::unique("all-notices"))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, [-12.0, -36.0]);
    area.show(ui.ctx(), |ui| {
        let frame = Frame::popup(ui.style()).inner_margin(Margin::same(12));
        frame.show(ui, |ui| {
            ui.set_width(WIDTH + 60.0);
            ui.horizontal(|ui| {
                ui.label(RichText::new("Notices").font(theme::medium(theme::BODY)));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if ui.small_button("Close").clicked() {
                        commands.push(Command::Shell(ShellCommand::ShowNotices(false)));
                    }
                });
            });
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for notice in state.shell.notices.all().iter().rev() {
                    ui.horizontal_top(|ui| {
                        let time = words::time((notice.at_secs * 1e9) as i64);
                        let time = RichText::new(&time[..5]).size(theme::SMALL);
                        ui.label(time.color(theme::text_faint()));
                        let text = RichText::new(notice.words()).size(theme::SMALL);
                        let label = egui::Label::new(text.color(color(notice.weight)));
                        ui.add(label.wrap().selectable(true));
                    });
                }
            });
        });
    });
}
