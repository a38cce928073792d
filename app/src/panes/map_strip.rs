//! The strip of maps: a column for each picture, a row for the frame on screen, one for the calm frame.

use egui::{Label, Rect, RichText, Sense, Ui, UiBuilder, pos2, vec2};
use seam_engine::detectors::DetectorInfo;
use seam_engine::faces::GateState;

use crate::command::{Action, Command, CommandQueue};
use crate::maps::place::Place;
use crate::maps::{Drawn, MapsCommand, Picture, Row, Tile};
use crate::panes::map_caption::{CAPTION, caption_ui};
use crate::panes::map_tile::{TilePlace, VALUE, picture_ui, tile_name, value_ui};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{note_ui, pointed};
use crate::words;

/// Width of the rows' names.
const NAMES: f32 = 140.0;
const GAP: f32 = 6.0;
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

/// One picture, and the value under the pointer.
fn tile_ui(
    ui: &mut Ui,
    state: &State,
    info: &'static DetectorInfo,
    rect: Rect,
    tile: Tile,
    pair: [Tile; 2],
    commands: &mut CommandQueue,
) {
    let badge = match pair.iter().position(|chosen| *chosen == tile) {
        Some(0) => Some("A"),
        Some(_) => Some("B"),
        None => None,
    };
    let place = TilePlace {
        rect,
        tile,
        name: tile_name(info, tile),
        badge,
        pointed: pointed(ui.ctx()),
    };
    if picture_ui(ui, state, info, &place, commands).clicked() {
        commands.push(Command::Maps(MapsCommand::Compare(tile)));
    }
    value_ui(ui, state, info, &place);
}

/// Which frame a row shows, and what the method says of it.
pub fn row_name_ui(ui: &mut Ui, state: &State, row: Row, commands: &mut CommandQueue) {
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

pub fn row_facts_ui(ui: &mut Ui, drawn: &Drawn) {
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

pub fn waiting(state: &State, row: Row) -> &'static str {
    let num_frames = state.frames().len();
    match row {
        Row::Frame => "Looking…",
        Row::Control if num_frames == 1 => "A picture has no other moment",
        Row::Control => "Comes when frames are scored",
    }
}
