//! The line at the top: workspaces, menus, and what the program promises.

use egui::{Align, Layout, RichText, Ui};

use crate::command::{Action, Command, CommandQueue, Scope};
use crate::shell::ShellCommand;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::menu_entry_ui;
use crate::workspace::Workspace;

/// Menus that are there even where none of their actions is of the workspace alone.
const ALWAYS: [&str; 3] = ["File", "View", "Help"];

/// Menus, and what the program promises.
pub fn top_bar_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let frame = egui::Frame::new()
        .fill(theme::panel())
        .inner_margin(egui::Margin::symmetric(12, 4));
    egui::Panel::top("menus").frame(frame).show(ui, |ui| {
        egui::MenuBar::new().ui(ui, |ui| {
            let name = RichText::new("Seam").font(theme::medium(theme::TITLE));
            let size = egui::vec2(44.0, theme::ROW);
            ui.add_sized(size, egui::Label::new(name.color(theme::text_strong())));
            ui.add_space(2.0 * UNIT);
            workspaces_ui(ui, state, commands);
            ui.add_space(2.0 * UNIT);
            menus_ui(ui, state, commands);
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

fn menus_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let workspace = state.settings.workspace;
    for (title, actions) in Action::MENUS {
        let here = |action: &&Action| action.scope().is_in(workspace);
        let is_own = |action: &Action| {
            action.scope() != Scope::Everywhere && action.scope().is_in(workspace)
        };
        if !actions.iter().any(is_own) && !ALWAYS.contains(&title) {
            continue;
        }
        ui.menu_button(title, |ui| {
            ui.set_min_width(260.0);
            egui::ScrollArea::vertical()
                .max_height(ui.ctx().content_rect().height() - 80.0)
                .show(ui, |ui| {
                    for &action in actions.iter().filter(here) {
                        menu_entry_ui(ui, state, action, commands);
                        if action == Action::OpenFiles {
                            recent_ui(ui, state, commands);
                        }
                    }
                });
        });
    }
}

/// What was opened lately, the newest first; what is gone from the disk says so.
fn recent_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    if state.settings.recent.is_empty() {
        return;
    }
    ui.menu_button("Open recent", |ui| {
        ui.set_min_width(260.0);
        for path in &state.settings.recent {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let is_missing = state.shell.missing.contains(path);
            let word = if is_missing { "missing" } else { "" };
            let color = if is_missing {
                theme::text_faint()
            } else {
                theme::text()
            };
            let word = RichText::new(word)
                .size(theme::SMALL)
                .color(theme::text_faint());
            let button = egui::Button::new(RichText::new(name.to_string_lossy()).color(color))
                .right_text(word)
                .min_size(egui::vec2(ui.available_width(), theme::ROW));
            let response = ui.add(button).on_hover_text(path.display().to_string());
            if response.clicked() {
                commands.push(Command::Shell(ShellCommand::OpenAny(vec![path.clone()])));
                ui.close();
            }
        }
        ui.separator();
        if ui.button("Forget these").clicked() {
            commands.push(Command::Shell(ShellCommand::ForgetRecent));
            ui.close();
        }
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
