//! The numbers of a training, one by one, each with what it is for.

use egui::{Align, Layout, RichText, TextEdit, Ui, vec2};

use crate::command::{Command, CommandQueue};
use crate::theme::{self, UNIT};
use crate::training::TrainCommand;
use crate::training::form::{Field, Form};
use crate::training::key::{KeyRow, Kind};
use crate::widgets::{Icon, icon_button_ui, note_ui};

/// Width of the button that goes back to the preset, in points.
const BACK: f32 = 28.0;
/// Widths of the names and of the values, in points.
const NAMES: f32 = 150.0;
const VALUES: f32 = 104.0;

pub fn keys_ui(ui: &mut Ui, form: &Form, commands: &mut CommandQueue) {
    ui.horizontal(|ui| {
        let title = RichText::new("Numbers").font(theme::medium(theme::BODY));
        ui.label(title.color(theme::text_strong()));
        let mut filter = form.filter.clone();
        let edit = TextEdit::singleline(&mut filter)
            .hint_text(RichText::new("Find").size(theme::SMALL))
            .desired_width(120.0)
            .align(egui::Align2::LEFT_CENTER)
            .font(theme::regular(theme::SMALL));
        ui.add(edit).accessible_name("Find a number");
        if filter != form.filter {
            commands.push(Command::Train(TrainCommand::Set(Field::Filter(filter))));
        }
        let text = match form.changes.len() {
            0 => "as in the preset".to_owned(),
            1 => "1 changed".to_owned(),
            changed => format!("{changed} changed"),
        };
        ui.label(
            RichText::new(text)
                .size(theme::SMALL)
                .color(theme::text_faint()),
        );
    });
    if let Some(fault) = &form.checked.fault {
        note_ui(ui, fault, theme::error());
    }
    let mut was_own = false;
    for row in form.shown_rows() {
        if row.key.is_own && !was_own {
            was_own = true;
            group_ui(ui, &format!("Of {} alone", form.method().detector.title));
        }
        key_ui(ui, form, row, commands);
    }
    if form.shown_rows().next().is_none() {
        note_ui(ui, "No number is called like that", theme::text_faint());
    }
}

/// The same, of a run that has been made.
pub fn facts_ui(ui: &mut Ui, rows: &[KeyRow]) {
    let mut was_own = false;
    for row in rows {
        if row.key.is_own && !was_own {
            was_own = true;
            group_ui(ui, "Of the method alone");
        }
        ui.horizontal(|ui| {
            name_ui(ui, &row.key.name, false);
            let size = vec2(VALUES, theme::ROW);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(VALUES);
                let value = RichText::new(&row.preset).size(theme::SMALL);
                ui.add(egui::Label::new(value.color(theme::text())).truncate());
            });
            if let Some(why) = row.why {
                let why = RichText::new(why).size(theme::SMALL);
                ui.add(egui::Label::new(why.color(theme::text_faint())).wrap());
            }
        });
    }
}

fn group_ui(ui: &mut Ui, text: &str) {
    ui.add_space(UNIT);
    ui.label(
        RichText::new(text)
            .size(theme::SMALL)
            .color(theme::text_quiet()),
    );
}

fn key_ui(ui: &mut Ui, form: &Form, row: &KeyRow, commands: &mut CommandQueue) {
    let shown = form.value(row);
    let fault = form.checked.faults.get(&row.key);
    let is_changed = form.changes.contains_key(&row.key);
    let set = |typed: Option<String>| {
        let field = Field::Key(row.key.clone(), typed);
        Command::Train(TrainCommand::Set(field))
    };
    ui.horizontal(|ui| {
        name_ui(ui, &row.key.name, is_changed);
        let mut typed = shown.to_owned();
        if row.kind == Kind::Switch && fault.is_none() {
            let mut is_on = shown == "true";
            let size = vec2(VALUES, theme::ROW);
            ui.allocate_ui(size, |ui| {
                ui.set_min_width(VALUES);
                ui.checkbox(&mut is_on, "").accessible_name(&row.key.name);
            });
            typed = is_on.to_string();
        } else {
            let color = if fault.is_some() {
                theme::error()
            } else {
                theme::text()
            };
            let edit = TextEdit::singleline(&mut typed)
                .desired_width(VALUES)
                .align(egui::Align2::LEFT_CENTER)
                .text_color(color)
                .font(theme::regular(theme::SMALL));
            ui.add(edit).accessible_name(&row.key.name);
        }
        if typed != shown {
            commands.push(set(Some(typed)));
        }
        if is_changed {
            let name = format!("Back to the preset's {}", row.key.name);
            let tooltip = format!("Back to {}", row.preset);
            if icon_button_ui(ui, Icon::Undo, &name, &tooltip, false).clicked() {
                commands.push(set(None));
            }
        } else {
            ui.add_space(BACK + 2.0 * UNIT);
        }
        let (text, color) = match (fault, row.why) {
            (Some(fault), _) => (fault.as_str(), theme::error()),
            (None, Some(why)) => (why, theme::text_faint()),
            (None, None) => return,
        };
        let label = RichText::new(text).size(theme::SMALL).color(color);
        ui.add(egui::Label::new(label).wrap());
    });
}

/// A key's name in its column, which stands out where its value was changed.
fn name_ui(ui: &mut Ui, name: &str, is_changed: bool) {
    let color = if is_changed {
        theme::text_strong()
    } else {
        theme::text_quiet()
    };
    let size = vec2(NAMES, theme::ROW);
    ui.allocate_ui_with_layout(
        size,
        egui::Layout::left_to_right(egui::Align::Center),
        |ui| {
            ui.set_min_width(NAMES);
            let mark = if is_changed { "• " } else { "" };
            let text = RichText::new(format!("{mark}{name}")).size(theme::SMALL);
            ui.add(egui::Label::new(text.color(color)).truncate());
        },
    );
}
