//! The strip of maps: a column for each picture, a row for the frame on screen, one for the calm frame.

use egui::{Label, Rect, RichText, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use seam_engine::detectors::DetectorInfo;
use seam_engine::faces::GateState;

use crate::command::{Action, Command, CommandQueue};
use crate::maps::kinds::{is_amplified, is_likelihood};
use crate::maps::place::Place;
use crate::maps::{Drawn, MapsCommand, Picture, Row, Tile, values};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{map_tile_ui, note_ui, paint_marks, pointed, scale_legend};
use crate::words;

/// Width of the rows' names.
const NAMES: f32 = 140.0;
/// Height of a column's caption and its legend.
const CAPTION: f32 = 30.0;
/// Height of the value under a picture.
const VALUE: f32 = 16.0;
const GAP: f32 = 6.0;
/// Said of every scale.
const FIXED_SCALE: &str = "The scale is fixed: the same value has the same color on every frame\nValues beyond an end have its color";
/// Smallest and largest side of a picture.
const SIDES: std::ops::RangeInclusive<f32> = 40.0..=224.0;

/// The width that so many columns would like, on a strip of this height.
pub fn wished_width(num_columns: usize, height: f32) -> f32 {
    NAMES + num_columns as f32 * (row_side(height) + GAP)
}

/// The side of pictures that two rows have room for.
fn row_side(height: f32) -> f32 {
    (0.5 * (height - CAPTION) - VALUE).clamp(*SIDES.start(), *SIDES.end())
}

/// Draws the strip and gives its right end.
pub fn strip_ui(
    ui: &mut Ui,
    state: &State,
    info: &'static DetectorInfo,
    columns: &[Picture],
    pair: [Tile; 2],
    commands: &mut CommandQueue,
) -> f32 {
    let rect = ui.max_rect();
    let width = (rect.width() - NAMES) / columns.len() as f32 - GAP;
    let side = width
        .min(row_side(rect.height()))
        .clamp(*SIDES.start(), *SIDES.end())
        .floor();
    let left = |at: usize| rect.left() + NAMES + at as f32 * (side + GAP);
    for (at, &picture) in columns.iter().enumerate() {
        let head = Rect::from_min_size(pos2(left(at), rect.top()), vec2(side, CAPTION));
        caption_ui(ui, state, info, head, picture, commands);
    }
    for (number, row) in [Row::Frame, Row::Control].into_iter().enumerate() {
        let top = rect.top() + CAPTION + number as f32 * (side + VALUE);
        let name = Rect::from_min_size(pos2(rect.left(), top), vec2(NAMES - GAP, side + VALUE));
        ui.scope_builder(UiBuilder::new().max_rect(name), |ui| {
            ui.push_id(number, |ui| row_name_ui(ui, state, row, commands));
        });
        for (at, &picture) in columns.iter().enumerate() {
            let square = Rect::from_min_size(pos2(left(at), top), vec2(side, side));
            let tile = Tile { row, picture };
            tile_ui(ui, state, info, square, tile, pair, commands);
        }
    }
    left(columns.len()) - GAP
}

/// What a column shows, how strong, and on which scale.
fn caption_ui(
    ui: &mut Ui,
    state: &State,
    info: &DetectorInfo,
    rect: Rect,
    picture: Picture,
    commands: &mut CommandQueue,
) {
    let drawn = state.maps.frame.as_ref().or(state.maps.control.as_ref());
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
        let id = ui.scope_id().with(("legend", caption_id(picture)));
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

/// One picture, and the value under the pointer.
fn tile_ui(
    ui: &mut Ui,
    state: &State,
    info: &DetectorInfo,
    rect: Rect,
    tile: Tile,
    pair: [Tile; 2],
    commands: &mut CommandQueue,
) {
    let maps = &state.maps;
    let drawn = maps.drawn(tile.row);
    let layers = drawn.map_or_else(Vec::new, |drawn| drawn.layers(tile.picture, maps.opacity));
    let badge = match pair.iter().position(|chosen| *chosen == tile) {
        Some(0) => Some("A"),
        Some(_) => Some("B"),
        None => None,
    };
    let caption = values::caption(info, tile.picture);
    let name = match tile.row {
        Row::Frame => format!("{caption} of this frame"),
        Row::Control => format!("{caption} of the calmest frame"),
    };
    let response = map_tile_ui(ui, rect, &layers, &name, badge);
    if let Some(drawn) = drawn {
        let marks = drawn.marks(tile.picture);
        let painter = ui.painter_at(rect);
        paint_marks(&painter, marks, |share| rect.min + share * rect.size());
    }
    if response.clicked() {
        commands.push(Command::Maps(MapsCommand::Compare(tile)));
    }
    let value = pointed(ui.ctx())
        .zip(drawn)
        .and_then(|(share, drawn)| values::value_at(&drawn.look, tile.picture, share));
    if let Some(value) = value {
        let below = Rect::from_min_size(rect.left_bottom(), vec2(rect.width(), VALUE));
        let value = RichText::new(value)
            .size(theme::SMALL)
            .color(theme::text_quiet());
        ui.put(below, Label::new(value).truncate());
    }
}

/// Which frame a row shows, and what the method says of it.
fn row_name_ui(ui: &mut Ui, state: &State, row: Row, commands: &mut CommandQueue) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let drawn = state.maps.drawn(row);
    match row {
        Row::Frame => {
            let title = match drawn {
                Some(drawn) => format!("Person {}, this frame", drawn.look.key.track.0),
                None => "This frame".to_owned(),
            };
            ui.label(RichText::new(title).color(theme::text_strong()));
        }
        Row::Control => {
            let info = Action::GoToCalmest.info();
            let button = egui::Button::new("Calmest frame").min_size(vec2(0.0, 20.0));
            let tooltip = format!("{}  (C)", info.tooltip);
            if ui
                .add_enabled(drawn.is_some(), button)
                .on_hover_text(tooltip)
                .clicked()
            {
                commands.act(Action::GoToCalmest);
            }
        }
    }
    match drawn {
        Some(drawn) => row_facts_ui(ui, drawn),
        None => note_ui(ui, waiting(state, row), theme::text_faint()),
    }
}

fn row_facts_ui(ui: &mut Ui, drawn: &Drawn) {
    let look = &drawn.look;
    let (time, index) = (words::time(look.frame.pts_nanos), look.frame.index);
    note_ui(ui, &format!("{time}  #{index}"), theme::text_quiet());
    let score = look.score.value();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let (mark, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
        ui.painter().rect_filled(mark, 2.0, theme::evidence(score));
        let text = format!("{} {score:.2}", words::objection(score));
        let text = RichText::new(text)
            .size(theme::SMALL)
            .color(theme::text_quiet());
        let label = ui.add(Label::new(text).truncate());
        label.on_hover_text(format!(
            "Score {score:.3}, logit {:.3}\nBy {}, in {} ms",
            look.raw.logit,
            look.model,
            look.took.as_millis()
        ));
    });
    if look.gate.state == GateState::NotUsable {
        let reason = look.gate.reasons.first().map_or("", String::as_str);
        note_ui(
            ui,
            &format!("Scans leave it out: {reason}"),
            theme::text_faint(),
        );
    }
    if let Some(share) = pointed(ui.ctx()) {
        let place = Place::new(look.crop.frame_from_crop, look.crop.size_px);
        let at = place.frame_point(share);
        let text = format!("Pixel {:.0}, {:.0}", at.x.floor(), at.y.floor());
        note_ui(ui, &text, theme::text_quiet());
    }
}

fn waiting(state: &State, row: Row) -> &'static str {
    let num_frames = state.frames().len();
    match row {
        Row::Frame => "Looking…",
        Row::Control if num_frames == 1 => "A picture has no other moment",
        Row::Control => "Comes when frames are scored",
    }
}
