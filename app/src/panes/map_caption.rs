//! What a picture shows, and the fixed scale that it is drawn on.

use egui::{Label, Rect, RichText, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use seam_engine::detectors::DetectorInfo;

use crate::command::{Action, CommandQueue};
use crate::maps::kinds::{is_amplified, is_likelihood};
use crate::maps::{Picture, Row, values};
use crate::state::State;
use crate::theme;
use crate::widgets::scale_legend;

/// Height of a caption and its legend.
pub const CAPTION: f32 = 30.0;
/// Said of every scale.
const FIXED_SCALE: &str = "The scale is fixed: the same value has the same color on every frame\nValues beyond an end have its color";

/// What a column shows, how strong, and on which scale.
pub fn caption_ui(
    ui: &mut Ui,
    state: &State,
    info: &DetectorInfo,
    rect: Rect,
    picture: Picture,
    commands: &mut CommandQueue,
) {
    let drawn = Row::ALL.map(|row| state.maps.drawn_of(info.name, row));
    let drawn = drawn.into_iter().flatten().next();
    let style = drawn.map_or(
        state.maps.style(state.settings.likelihood_colors),
        |drawn| drawn.style,
    );
    let amplification = style.amplification;
    let mut caption = values::caption(info, picture).into_owned();
    if let Picture::Map(kind) = picture
        && is_amplified(kind)
    {
        caption += " ";
        caption += &values::times_words(amplification);
    }
    if let Picture::Map(kind) = picture {
        let with_unit = format!("{caption}  {}", values::scale_unit(kind));
        let font = theme::regular(theme::SMALL);
        let galley = (ui.painter()).layout_no_wrap(with_unit.clone(), font, theme::text());
        if galley.size().x < rect.width() {
            caption = with_unit;
        }
    }
    let line = rect.with_max_y(rect.top() + 15.0);
    let text = RichText::new(caption)
        .size(theme::SMALL)
        .color(theme::text());
    ui.scope_builder(UiBuilder::new().max_rect(line), |ui| {
        ui.add(Label::new(text).truncate())
            .on_hover_text(values::about(picture));
    });
    let map = match picture {
        Picture::Face => None,
        Picture::Map(kind) => drawn.and_then(|drawn| drawn.look.map(kind)),
    };
    if let Some(map) = map
        && let Some(ends) = values::scale_ends(map, amplification)
    {
        let legend =
            Rect::from_min_max(pos2(rect.left(), line.bottom()), rect.max).shrink2(vec2(0.0, 2.0));
        let words = values::scale_words(map.kind, ends);
        let middle = values::scale_middle(map.kind, ends);
        let painter = ui.painter_at(legend);
        let id = ui
            .scope_id()
            .with(("legend", info.name, caption_id(picture)));
        if is_likelihood(map.kind) {
            let color = |share: f32| theme::likelihood(style.colors, share);
            scale_legend(&painter, legend, &words, middle.as_deref(), color);
            likelihood_legend_ui(ui, legend, id, &words, middle.as_deref(), commands);
        } else {
            scale_legend(&painter, legend, &words, None, theme::heat);
            ui.interact(legend, id, Sense::hover())
                .on_hover_text(FIXED_SCALE);
        }
    }
}

/// The legend of log-likelihoods: a click changes its colors.
fn likelihood_legend_ui(
    ui: &Ui,
    rect: Rect,
    id: egui::Id,
    [low, high]: &[String; 2],
    middle: Option<&str>,
    commands: &mut CommandQueue,
) {
    let response = ui.interact(rect, id, Sense::click());
    let name = "Colors of log-likelihoods";
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, name));
    let keys = Action::ToggleEvenColors.info().shortcut;
    let keys = keys.map_or_else(String::new, |keys| {
        format!("  ({})", ui.ctx().format_shortcut(&keys))
    });
    let middle = middle.unwrap_or_default();
    let tooltip = format!(
        "{low} nats per pixel on the left, {middle} in the middle, {high} on the right\n{FIXED_SCALE}\nClick to change between the colors of the paper and ones that are told apart by people who see few colors{keys}"
    );
    if response.on_hover_text(tooltip).clicked() {
        commands.act(Action::ToggleEvenColors);
    }
}

fn caption_id(picture: Picture) -> String {
    match picture {
        Picture::Face => String::new(),
        Picture::Map(kind) => kind.name().into_owned(),
    }
}
