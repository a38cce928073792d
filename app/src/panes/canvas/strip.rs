//! The tools under the canvas: what paints, how large and soft, what changes the mask as a whole.

use egui::{Align, Layout, Rect, RichText, Slider, Ui, UiBuilder, vec2};

use crate::command::{Action, Command, CommandQueue, PARTS, PaintAction};
use crate::paint::PaintCommand;
use crate::paint::tools::{RADII_PX, RINGS, TOLERANCES, Tool};
use crate::state::State;
use crate::theme::{self, MaskColor, UNIT};
use crate::widgets::{Icon, action_button_ui, menu_entry_ui};

/// Height of the strip, in points: two rows.
pub const HEIGHT: f32 = 66.0;
const SLIDER_WIDTH: f32 = 84.0;

pub fn strip_ui(ui: &mut Ui, rect: Rect, state: &State, commands: &mut CommandQueue) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter()
        .hline(rect.x_range(), rect.top() + 0.5, theme::hairline());
    let inner = rect.shrink2(vec2(8.0, 6.0));
    let half = 0.5 * inner.height();
    let rows = [
        Rect::from_min_size(inner.min, vec2(inner.width(), half)),
        Rect::from_min_size(inner.min + vec2(0.0, half), vec2(inner.width(), half)),
    ];
    let is_enabled = state.paint.easel.is_some();
    for (at, row) in rows.into_iter().enumerate() {
        let builder = UiBuilder::new()
            .id_salt(at)
            .max_rect(row)
            .layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.add_enabled_ui(is_enabled, |ui| match at {
                0 => {
                    tools_ui(ui, state, commands);
                    gap(ui);
                    settings_ui(ui, state, commands);
                }
                _ => {
                    changes_ui(ui, state, commands);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        sight_ui(ui, state, commands);
                    });
                }
            });
        });
    }
}

fn gap(ui: &mut Ui) {
    ui.add_space(UNIT);
    let (rect, _) = ui.allocate_exact_size(vec2(1.0, 18.0), egui::Sense::hover());
    ui.painter()
        .vline(rect.center().x, rect.y_range(), theme::hairline());
    ui.add_space(UNIT);
}

fn buttons(
    ui: &mut Ui,
    state: &State,
    commands: &mut CommandQueue,
    buttons: &[(Icon, PaintAction)],
) {
    for &(icon, action) in buttons {
        action_button_ui(ui, state, icon, Action::Paint(action), commands);
    }
}

fn tools_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let tools = [
        (Icon::Brush, PaintAction::Brush),
        (Icon::Eraser, PaintAction::Eraser),
        (Icon::Lasso, PaintAction::Lasso),
        (Icon::Wand, PaintAction::Wand),
    ];
    buttons(ui, state, commands, &tools);
    let parts = ui.menu_button(RichText::new("Parts").size(theme::SMALL), |ui| {
        ui.set_min_width(220.0);
        for part in PARTS {
            menu_entry_ui(ui, state, Action::Paint(part), commands);
        }
        let mut ring = state.paint.tools.ring;
        ui.horizontal(|ui| {
            name_ui(ui, "Width of the blend ring");
            let slider = Slider::new(&mut ring, RINGS).show_value(false);
            ui.add(slider).accessible_name("Width of the blend ring");
        });
        if ring != state.paint.tools.ring {
            commands.push(Command::Paint(PaintCommand::SetRing(ring)));
        }
    });
    parts
        .response
        .on_hover_text("Mark a part of the face whole, by its landmarks; keys 1 to 8");
    let more = [
        (Icon::Ring, PaintAction::BlendRing),
        (Icon::Mirror, PaintAction::Mirror),
    ];
    buttons(ui, state, commands, &more);
}

/// What can be set of the tool in hand.
fn settings_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let tools = &state.paint.tools;
    ui.spacing_mut().slider_width = SLIDER_WIDTH;
    let mut push = |command| commands.push(Command::Paint(command));
    if tools.tool == Tool::Wand {
        let mut tolerance = tools.tolerance;
        name_ui(ui, "Alike");
        let slider = Slider::new(&mut tolerance, TOLERANCES).logarithmic(true);
        let response = ui.add(slider.show_value(false));
        let response = response.accessible_name("Tolerance");
        response.on_hover_text(format!(
            "Pixels that differ by at most {tolerance:.0} levels of 255 from the one under the pointer"
        ));
        value_ui(ui, format!("{tolerance:.0}"));
        if tolerance != tools.tolerance {
            push(PaintCommand::SetTolerance(tolerance));
        }
        return;
    }
    let mut radius = tools.radius_px;
    name_ui(ui, "Size");
    let slider = Slider::new(&mut radius, RADII_PX).logarithmic(true);
    let response = ui.add(slider.show_value(false)).accessible_name("Size");
    response.on_hover_text("Radius of the brush in pixels of the frame; also the wheel, [ and ]");
    value_ui(ui, format!("{radius:.0}"));
    if radius != tools.radius_px {
        push(PaintCommand::SetRadius(radius));
    }
    let mut softness = tools.softness;
    name_ui(ui, "Soft");
    ui.spacing_mut().slider_width = 0.6 * SLIDER_WIDTH;
    let slider = Slider::new(&mut softness, 0.0..=1.0).show_value(false);
    let response = ui.add(slider).accessible_name("Softness");
    response
        .on_hover_text("Over which share of the brush its edge fades; also Shift and the wheel");
    value_ui(ui, format!("{:.0} %", 100.0 * softness));
    if softness != tools.softness {
        push(PaintCommand::SetSoftness(softness));
    }
}

fn changes_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let changes = [
        (Icon::Undo, PaintAction::Undo),
        (Icon::Redo, PaintAction::Redo),
        (Icon::Grow, PaintAction::Grow),
        (Icon::Shrink, PaintAction::Shrink),
        (Icon::Fill, PaintAction::FillHoles),
        (Icon::Soften, PaintAction::Soften),
    ];
    buttons(ui, state, commands, &changes);
}

/// How it is looked at, from the right.
fn sight_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let views = [
        (Icon::Face, PaintAction::ZoomToFace),
        (Icon::Fit, PaintAction::WholeFrame),
        (Icon::Eye, PaintAction::HideMask),
        (Icon::Heat, PaintAction::ToggleAttention),
    ];
    buttons(ui, state, commands, &views);
    let mut opacity = state.settings.mask_opacity;
    ui.spacing_mut().slider_width = 0.6 * SLIDER_WIDTH;
    let slider = Slider::new(&mut opacity, 0.0..=1.0).show_value(false);
    let response = ui.add(slider).accessible_name("Mask opacity");
    response.on_hover_text("How much of the mask is seen; hold H to look under it");
    if opacity != state.settings.mask_opacity {
        commands.push(Command::Paint(PaintCommand::SetOpacity(opacity)));
    }
    for color in MaskColor::ALL.into_iter().rev() {
        color_ui(ui, state, color, commands);
    }
}

fn color_ui(ui: &mut Ui, state: &State, color: MaskColor, commands: &mut CommandQueue) {
    let is_chosen = state.settings.mask_color == color;
    let (rect, response) = ui.allocate_exact_size(vec2(15.0, 20.0), egui::Sense::click());
    let name = format!("Mask in {}", color.name().to_lowercase());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &name));
    let radius = if is_chosen { 6.0 } else { 4.0 };
    ui.painter()
        .circle_filled(rect.center(), radius, color.color());
    if response.on_hover_text(name).clicked() {
        commands.push(Command::Paint(PaintCommand::SetColor(color)));
    }
}

fn name_ui(ui: &mut Ui, name: &str) {
    ui.label(
        RichText::new(name)
            .size(theme::SMALL)
            .color(theme::text_faint()),
    );
    ui.add_space(2.0);
}

/// A number in room of its own, so that nothing moves when it grows.
fn value_ui(ui: &mut Ui, value: String) {
    let size = vec2(32.0, theme::ROW);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(size.x);
        ui.label(
            RichText::new(value)
                .size(theme::SMALL)
                .color(theme::text_quiet()),
        );
    });
}
