//! What lies around the panes: menus, the status line, and what may lie over them.

use egui::{Align, Align2, Id, Layout, Modal, RichText, Ui};

use crate::command::{Action, Command, CommandQueue, Scope};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::menu_entry_ui;
use crate::workspace::Workspace;

/// Menus, and what the program promises.
pub fn top_bar_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let frame = egui::Frame::new()
        .fill(theme::panel())
        .inner_margin(egui::Margin::symmetric(12, 4));
    egui::Panel::top("menus").frame(frame).show(ui, |ui| {
        egui::MenuBar::new().ui(ui, |ui| {
            ui.label(
                RichText::new("Seam")
                    .font(theme::medium(theme::TITLE))
                    .color(theme::text_strong()),
            );
            ui.add_space(2.0 * UNIT);
            workspaces_ui(ui, state, commands);
            ui.add_space(2.0 * UNIT);
            let workspace = state.settings.workspace;
            for (title, actions) in Action::MENUS {
                let here = |action: &&Action| action.scope().is_in(workspace);
                let is_own = |action: &Action| action.scope() != Scope::Everywhere && action.scope().is_in(workspace);
                if !actions.iter().any(is_own) && title != "File" && title != "View" {
                    continue;
                }
                ui.menu_button(title, |ui| {
                    ui.set_min_width(260.0);
                    for &action in actions.iter().filter(here) {
                        menu_entry_ui(ui, state, action, commands);
                    }
                });
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let promise = ui.label(
                    RichText::new("Works offline")
                        .size(theme::SMALL)
                        .color(theme::text_faint()),
                );
                promise.on_hover_text(
                    "Nothing leaves this machine: no upload, no account, no network. Originals are only read.",
                );
            });
        });
    });
}

/// The switch between workspaces.
fn workspaces_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let frame = egui::Frame::new()
        .fill(theme::stage())
        .corner_radius(theme::RADIUS);
    frame.inner_margin(2).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for workspace in Workspace::ALL {
            let info = workspace.action().info();
            let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
            let is_shown = state.settings.workspace == workspace;
            let button =
                egui::Button::selectable(is_shown, info.text).min_size(egui::vec2(72.0, 20.0));
            let tooltip = format!("{} ({})", info.tooltip, keys.unwrap_or_default());
            if ui.add(button).on_hover_text(tooltip).clicked() {
                commands.act(workspace.action());
            }
        }
    });
}

/// The quiet line at the bottom: what runs, and how fast the window draws.
pub fn status_bar_ui(ui: &mut Ui, state: &State) {
    let frame = egui::Frame::new()
        .fill(theme::panel())
        .inner_margin(egui::Margin::symmetric(12, 3));
    egui::Panel::bottom("status").frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            let running = state.running().count();
            let text = match running {
                0 => "Idle".to_owned(),
                1 => "1 job is running".to_owned(),
                _ => format!("{running} jobs are running"),
            };
            ui.label(quiet(text));
            if let Some(saving) = state.queue.saving_words() {
                ui.add_space(2.0 * UNIT);
                let color = if state.queue.has_save_error() {
                    theme::error()
                } else {
                    theme::text_faint()
                };
                ui.label(RichText::new(saving).size(theme::SMALL).color(color));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let Some(times) = state.frame_times.summary() else {
                    return;
                };
                ui.label(quiet(format!("Window {:.1} ms a frame", times.median_millis)))
                    .on_hover_text(format!(
                        "The window's own work on the last {} frames\nMiddle {:.1} ms\n99th percentile {:.1} ms\nLongest {:.1} ms",
                        times.frames, times.median_millis, times.p99_millis, times.longest_millis
                    ));
            });
        });
    });
}

fn quiet(text: impl Into<String>) -> RichText {
    RichText::new(text)
        .size(theme::SMALL)
        .color(theme::text_faint())
}

/// The drop target, the palette and the question before closing. Dropped files become commands.
pub fn overlays_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    drop_ui(ui, commands);
    palette_ui(ui, state, commands);
    if state.asks_to_close || state.is_closing {
        close_ui(ui, state, commands);
    }
}

fn drop_ui(ui: &Ui, commands: &mut CommandQueue) {
    let ctx = ui.ctx();
    let (hovered, dropped) = ctx.input(|input| {
        let paths: Vec<_> = input
            .raw
            .dropped_files
            .iter()
            .map(|file| file.path().to_owned())
            .collect();
        (input.raw.hovered_files.len(), paths)
    });
    if !dropped.is_empty() {
        commands.push(Command::Open(dropped));
    }
    if hovered == 0 {
        return;
    }
    let layer = egui::LayerId::new(egui::Order::Foreground, Id::unique("drop"));
    let painter = ctx.layer_painter(layer);
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, theme::veil());
    painter.rect_stroke(
        rect.shrink(6.0 * UNIT),
        theme::RADIUS,
        egui::Stroke::new(1.5, theme::accent()),
        egui::StrokeKind::Inside,
    );
    let text = match hovered {
        1 => "Drop to open".to_owned(),
        _ => format!("Drop to open {hovered} files"),
    };
    let font = theme::medium(theme::VERDICT);
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        font,
        theme::text_strong(),
    );
}

fn palette_ui(ui: &Ui, state: &State, commands: &mut CommandQueue) {
    let Some(typed) = &state.palette else {
        return;
    };
    let area = Modal::default_area(Id::unique("palette")).anchor(Align2::CENTER_TOP, [0.0, 96.0]);
    let modal = Modal::new(Id::unique("palette"))
        .area(area)
        .backdrop_color(theme::faded(theme::veil(), 0.6))
        .show(ui.ctx(), |ui| {
            ui.set_width(440.0);
            let mut text = typed.clone();
            let edit = egui::TextEdit::singleline(&mut text)
                .hint_text("Find a command")
                .desired_width(f32::INFINITY);
            let edit = ui.add(edit).accessible_name("Find a command");
            edit.request_focus();
            if text != *typed {
                commands.push(Command::SetPaletteText(text.clone()));
            }
            ui.add_space(UNIT);
            let wanted = text.to_lowercase();
            let found: Vec<Action> = Action::within(state.settings.workspace)
                .filter(|action| action.info().text.to_lowercase().contains(&wanted))
                .filter(|action| *action != Action::Palette)
                .collect();
            let enters = ui.input(|input| input.key_pressed(egui::Key::Enter));
            if let (true, Some(&first)) = (enters, found.first()) {
                commands.act(Action::Palette);
                commands.act(first);
            }
            egui::ScrollArea::vertical()
                .max_height(360.0)
                .show(ui, |ui| {
                    for action in found {
                        if menu_entry_ui(ui, state, action, commands) {
                            commands.act(Action::Palette);
                        }
                    }
                });
        });
    if modal.should_close() {
        commands.act(Action::Palette);
    }
}

fn close_ui(ui: &Ui, state: &State, commands: &mut CommandQueue) {
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
