//! Rows of text and bars: pane headers, facts, notes, menu entries.

use egui::{Align, Color32, Layout, Rect, RichText, Sense, Ui, Vec2, pos2, vec2};

use crate::command::{Action, CommandQueue};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::term_ui;
use crate::words;

/// The title line of a pane, with room for controls at its right end.
pub fn header_ui(ui: &mut Ui, title: &str, right: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), 28.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let title = RichText::new(title)
            .font(theme::medium(theme::BODY))
            .color(theme::text_strong());
        ui.label(title);
        ui.with_layout(Layout::right_to_left(Align::Center), right);
    });
}

/// One fact: its name in a narrow column, its value beside it.
pub fn fact_ui(ui: &mut Ui, name: &str, value: &str) -> egui::Response {
    const NAME_WIDTH: f32 = 68.0;
    let row = ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let name = RichText::new(name)
            .size(theme::SMALL)
            .color(theme::text_faint());
        let column = vec2(NAME_WIDTH, 14.0);
        ui.allocate_ui_with_layout(column, Layout::left_to_right(Align::Min), |ui| {
            ui.set_min_width(NAME_WIDTH);
            term_ui(ui, name);
        });
        let value = RichText::new(value).size(theme::SMALL).color(theme::text());
        ui.add(egui::Label::new(value).wrap())
    });
    row.inner
}

/// A small paragraph, wrapped.
pub fn note_ui(ui: &mut Ui, text: &str, color: Color32) {
    let text = RichText::new(text).size(theme::SMALL).color(color);
    ui.add(egui::Label::new(text).wrap());
}

/// A bar of `value` from 0 to 1, with a tick where `now` is.
pub fn bar_ui(
    ui: &mut Ui,
    width: f32,
    value: f32,
    now: Option<f32>,
    color: Color32,
) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 8.0), Sense::hover());
    let x = |share: f32| rect.left() + share.clamp(0.0, 1.0) * rect.width();
    let painter = ui.painter();
    painter.rect_filled(rect, 2.0, theme::raised());
    let end = pos2(x(value).max(rect.left() + 1.0), rect.bottom());
    let filled = Rect::from_min_max(rect.min, end);
    painter.rect_filled(filled, 2.0, color);
    if let Some(now) = now {
        let y = rect.y_range().expand(2.0);
        painter.vline(x(now), y, egui::Stroke::new(1.5, theme::text_strong()));
    }
    response
}

/// A thin progress line; without a known share it only shows that something is going on.
pub fn progress_ui(ui: &mut Ui, share: Option<f32>) {
    const HEIGHT: f32 = 3.0;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, 1.5, theme::button());
    let filled = match share {
        Some(share) => {
            Rect::from_min_size(rect.min, vec2(share.clamp(0.0, 1.0) * rect.width(), HEIGHT))
        }
        None => Rect::from_center_size(rect.center(), vec2(0.3 * rect.width(), HEIGHT)),
    };
    ui.painter().rect_filled(filled, 1.5, theme::text_quiet());
}

/// One line of a menu or of the palette. True when it was chosen.
pub fn menu_entry_ui(
    ui: &mut Ui,
    state: &State,
    action: Action,
    commands: &mut CommandQueue,
) -> bool {
    let info = action.info();
    let keys = info
        .shortcut
        .map(|keys| words::keys(ui.ctx(), &keys))
        .unwrap_or_default();
    let mark = if state.is_on(action) { "•  " } else { "" };
    let keys = RichText::new(keys)
        .size(theme::SMALL)
        .color(theme::text_faint());
    let button = egui::Button::new(format!("{mark}{}", info.text))
        .right_text(keys)
        .min_size(Vec2::new(ui.available_width(), theme::ROW));
    let response = ui
        .add_enabled(state.can(action), button)
        .on_hover_text(info.tooltip);
    if response.clicked() {
        commands.act(action);
        ui.close();
    }
    response.clicked()
}
