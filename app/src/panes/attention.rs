//! How much of the model's attention is inside the mask, live while painting.

use egui::{Painter, Rect, RichText, Sense, Slider, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::command::{Action, Command, CommandQueue, PaintAction};
use crate::paint::PaintCommand;
use crate::paint::attention;
use crate::panes::padded;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{header_ui, note_ui};

/// Height of the gauge, in points.
const GAUGE: f32 = 12.0;

pub fn attention_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Attention inside this mask", |_| {});
        let Some(easel) = &state.paint.easel else {
            note_ui(
                ui,
                "Where the model looks, beside what you mark",
                theme::text_faint(),
            );
            return;
        };
        if attention::shown(state, easel).is_none() {
            note_ui(ui, &why_not(state), theme::text_faint());
            return;
        }
        gauge_ui(ui, state);
        ui.add_space(UNIT);
        ui.horizontal(|ui| {
            let mut opacity = state.paint.attention_opacity;
            let name = RichText::new("Map")
                .size(theme::SMALL)
                .color(theme::text_faint());
            ui.label(name);
            ui.spacing_mut().slider_width = 72.0;
            let slider = Slider::new(&mut opacity, 0.0..=1.0).show_value(false);
            ui.add(slider).accessible_name("Map opacity").on_hover_text(
                "How much of the model's map is seen on the canvas; A shows and hides it",
            );
            if opacity != state.paint.attention_opacity {
                commands.push(Command::Paint(PaintCommand::SetAttentionOpacity(opacity)));
            }
            small_button(ui, PaintAction::ToggleAttention, "On canvas", commands);
        });
        ui.horizontal(|ui| {
            small_button(ui, PaintAction::StartFromMap, "Start from map", commands);
            if easel.counterpart.is_some() {
                let text = "Start from difference";
                small_button(ui, PaintAction::StartFromDifference, text, commands);
            }
        });
        if let Some(refusal) = &state.paint.refusal {
            note_ui(ui, refusal, theme::error());
        }
    });
}

fn quiet(text: String, color: egui::Color32) -> RichText {
    RichText::new(text).size(theme::SMALL).color(color)
}

fn small_button(ui: &mut Ui, action: PaintAction, text: &str, commands: &mut CommandQueue) {
    let info = action.info();
    let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
    let button = egui::Button::new(RichText::new(text).size(theme::SMALL));
    let tooltip = format!("{} ({})", info.tooltip, keys.unwrap_or_default());
    if ui.add(button).on_hover_text(tooltip).clicked() {
        commands.act(Action::Paint(action));
    }
}

/// The share inside, what chance would be, and how it came while painting.
fn gauge_ui(ui: &mut Ui, state: &State) {
    let attention = &state.paint.attention;
    let reading = attention.reading;
    let Some((inside, chance)) =
        reading.and_then(|reading| Some((reading.inside?, reading.chance)))
    else {
        note_ui(
            ui,
            "The model looks nowhere in this face",
            theme::text_quiet(),
        );
        return;
    };
    ui.horizontal(|ui| {
        let value = format!("{inside:.2}");
        ui.label(RichText::new(value).font(theme::medium(theme::VERDICT)).color(theme::text_strong()));
        let text = format!("chance {chance:.2}");
        ui.label(RichText::new(text).size(theme::SMALL).color(theme::text_quiet()))
            .on_hover_text("What would be inside if the model looked everywhere alike: the mask's share of the face");
        let before = attention.before.and_then(|reading| reading.inside);
        if let Some(before) = before {
            let text = format!("before {before:.2}");
            ui.label(quiet(text, theme::text_quiet()))
                .on_hover_text("By the model before its newest round of training, inside this same mask");
        }
    });
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, GAUGE), Sense::hover());
    let value = f64::from(inside);
    response.widget_info(|| WidgetInfo::slider(true, value, "Attention inside this mask"));
    let painter = ui.painter();
    painter.rect_filled(rect, 2.0, theme::raised());
    let x = |share: f32| rect.left() + share.clamp(0.0, 1.0) * rect.width();
    let filled = rect.with_max_x(x(inside).max(rect.left() + 1.0));
    painter.rect_filled(filled, 2.0, theme::heat(0.35 + 0.4 * inside));
    let expected = x(chance);
    painter.vline(
        expected,
        rect.y_range().expand(2.0),
        Stroke::new(1.5, theme::text_strong()),
    );
    response.on_hover_text(format!(
        "{:.0} % of where the model looks is inside the mask. The line is chance.\n{}",
        100.0 * inside,
        attention.model
    ));
    let (line, _) = ui.allocate_exact_size(vec2(width, 22.0), Sense::hover());
    measures(ui.painter(), line, &attention.measures);
    let words = match inside / chance.max(1e-6) {
        _ if chance == 0.0 => "Nothing is marked yet",
        times if times < 0.8 => "The model looks elsewhere more than here",
        times if times < 1.25 => "The model looks here no more than anywhere",
        _ => "The model looks here more than elsewhere",
    };
    note_ui(ui, words, theme::text_quiet());
}

/// The shares since the face came to the easel.
fn measures(painter: &Painter, rect: Rect, measures: &[f32]) {
    let last = measures.len().saturating_sub(1).max(1) as f32;
    let points = (0..).zip(measures).map(|(at, share): (usize, &f32)| {
        let x = rect.left() + at as f32 / last * rect.width();
        pos2(x, rect.bottom() - share.clamp(0.0, 1.0) * rect.height())
    });
    let points: Vec<egui::Pos2> = points.collect();
    painter.hline(rect.x_range(), rect.bottom(), theme::hairline());
    painter.line(points, Stroke::new(1.2, theme::text_quiet()));
}

fn why_not(state: &State) -> String {
    match (&state.maps.methods, attention::method(state)) {
        (None, _) => "Looking for models…".to_owned(),
        (Some(_), None) => {
            "No method that shows where it looks has a trained model here".to_owned()
        }
        (Some(_), Some(_)) => match &state.maps.error {
            Some(error) => error.clone(),
            None => "The model looks at this face…".to_owned(),
        },
    }
}
