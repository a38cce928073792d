//! Fields of a form: a name in a narrow column, the control beside it.

use std::path::Path;

use egui::{Align, Button, Label, Layout, Response, RichText, Ui, vec2};

use crate::theme::{self, UNIT};

/// Width of the names' column, in points.
const NAME: f32 = 88.0;

/// One field; the tooltip is on its name.
pub fn field_ui<R>(
    ui: &mut Ui,
    name: &str,
    tooltip: &str,
    control: impl FnOnce(&mut Ui) -> R,
) -> R {
    let row = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let column = vec2(NAME, theme::ROW);
        ui.allocate_ui_with_layout(column, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(NAME);
            let name = RichText::new(name)
                .size(theme::SMALL)
                .color(theme::text_faint());
            let name = ui.add(Label::new(name).truncate());
            if !tooltip.is_empty() {
                name.on_hover_text(tooltip);
            }
        });
        control(ui)
    });
    row.inner
}

/// A button with small words.
pub fn small_button_ui(ui: &mut Ui, text: &str, tooltip: &str) -> Response {
    let button = ui.add(Button::new(RichText::new(text).size(theme::SMALL)));
    if tooltip.is_empty() {
        return button;
    }
    button.on_hover_text(tooltip)
}

/// A button that opens a dialog, and the path that was chosen there or a hint. True when it was pressed.
pub fn path_field_ui(
    ui: &mut Ui,
    name: &str,
    button: &str,
    chosen: Option<&Path>,
    hint: &str,
) -> bool {
    field_ui(ui, name, "", |ui| {
        let is_pressed = small_button_ui(ui, button, "").clicked();
        let (text, color) = match chosen {
            Some(path) => (path.display().to_string(), theme::text()),
            None => (hint.to_owned(), theme::text_faint()),
        };
        let label = RichText::new(&text).size(theme::SMALL).color(color);
        ui.add(Label::new(label).truncate()).on_hover_text(text);
        is_pressed
    })
}

/// A list to choose from that falls open; gives the place that was chosen anew.
pub fn choice_ui<'a>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    chosen: &str,
    all: impl Iterator<Item = (bool, &'a str)>,
) -> Option<usize> {
    let text = RichText::new(chosen).size(theme::SMALL);
    let combo = egui::ComboBox::from_id_salt(name)
        .width(width)
        .truncate()
        .selected_text(text);
    let mut now = None;
    let shown = combo.show_ui(ui, |ui| {
        for (at, (is_chosen, text)) in all.enumerate() {
            if ui.selectable_label(is_chosen, text).clicked() {
                now = Some(at);
            }
        }
    });
    shown.response.accessible_name(name);
    now
}
