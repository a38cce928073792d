//! The command palette: everything that can be done or gone to, found by a few letters.

use egui::{Align, Align2, Id, Key, Modal, Modifiers, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::command::{Action, Command, CommandQueue};
use crate::finder::{self, Entry};
use crate::shell::{Palette, ShellCommand};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::words;

const WIDTH: f32 = 560.0;
const ROW: f32 = 26.0;
/// What a few letters leave over is seldom worth reading beyond so many rows.
const MAX_ROWS: usize = 80;

pub fn palette_ui(ui: &Ui, state: &State, commands: &mut CommandQueue) {
    let Some(palette) = &state.shell.palette else {
        return;
    };
    let area = Modal::default_area(Id::unique("palette")).anchor(Align2::CENTER_TOP, [0.0, 72.0]);
    let modal = Modal::new(Id::unique("palette"))
        .area(area)
        .backdrop_color(theme::faded(theme::veil(), 0.6))
        .show(ui.ctx(), |ui| {
            ui.set_width(WIDTH);
            let moved = arrows(ui);
            let mut text = palette.typed.clone();
            let edit = egui::TextEdit::singleline(&mut text)
                .hint_text("Find a command, a file, a person")
                .desired_width(f32::INFINITY);
            let edit = ui.add(edit).accessible_name("Find a command");
            edit.request_focus();
            let mut found = finder::find(state, &text);
            found.truncate(MAX_ROWS);
            let last = found.len().saturating_sub(1);
            let row = if text == palette.typed {
                palette.row.saturating_add_signed(moved).min(last)
            } else {
                0
            };
            let now = Palette { typed: text, row };
            if now != *palette {
                commands.push(Command::Shell(ShellCommand::Palette(now)));
            }
            let enters = ui.input(|input| input.key_pressed(Key::Enter));
            if let (true, Some(entry)) = (enters, found.get(row)) {
                commands.push(Command::Shell(ShellCommand::Take(entry.target.clone())));
            }
            ui.add_space(UNIT);
            rows_ui(ui, &found, (row, moved != 0), commands);
        });
    if modal.should_close() {
        commands.act(Action::Palette);
    }
}

/// By how many rows the arrow keys go; the text field does not get them.
fn arrows(ui: &Ui) -> isize {
    ui.input_mut(|input| {
        let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key) as isize;
        count(Key::ArrowDown) - count(Key::ArrowUp)
            + 10 * (count(Key::PageDown) - count(Key::PageUp))
    })
}

fn rows_ui(
    ui: &mut Ui,
    found: &[Entry],
    (chosen, has_moved): (usize, bool),
    commands: &mut CommandQueue,
) {
    if found.is_empty() {
        ui.colored_label(theme::text_quiet(), "Nothing is called like that");
        return;
    }
    egui::ScrollArea::vertical()
        .max_height(400.0)
        .min_scrolled_height(400.0)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (at, entry) in found.iter().enumerate() {
                let response = row_ui(ui, entry, at == chosen);
                if at == chosen && has_moved {
                    response.scroll_to_me(None);
                }
                if response.on_hover_text(&entry.tooltip).clicked() {
                    commands.push(Command::Shell(ShellCommand::Take(entry.target.clone())));
                }
            }
        });
}

/// One line: its words, where it belongs if not here, its key.
fn row_ui(ui: &mut Ui, entry: &Entry, is_chosen: bool) -> egui::Response {
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_chosen, &entry.text));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter_at(rect);
    if is_chosen || response.hovered() {
        let fill = if is_chosen {
            theme::accent_fill()
        } else {
            theme::button_hover()
        };
        painter.rect_filled(rect, theme::RADIUS, fill);
    }
    let inner = rect.shrink2(vec2(2.0 * UNIT, 0.0));
    let mut right = inner.right();
    let mut at_right = |text: &str| {
        if text.is_empty() {
            return;
        }
        let at = pos2(right, inner.center().y);
        let font = theme::regular(theme::SMALL);
        let drawn = painter.text(at, Align2::RIGHT_CENTER, text, font, theme::text_faint());
        right = drawn.left() - 3.0 * UNIT;
    };
    let keys = entry.keys.map(|keys| words::keys(ui.ctx(), &keys));
    at_right(&keys.unwrap_or_default());
    at_right(entry.note);
    let color = match (entry.is_elsewhere, is_chosen) {
        (true, _) => theme::text_faint(),
        (false, true) => theme::text_strong(),
        (false, false) => theme::text(),
    };
    let words = Rect::from_min_max(inner.min, pos2(right, inner.bottom()));
    let text = egui::RichText::new(&entry.text).color(color);
    let label = egui::Label::new(text).truncate().selectable(false);
    let layout = egui::Layout::left_to_right(Align::Center);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(words).layout(layout));
    child.add(label);
    response
}
