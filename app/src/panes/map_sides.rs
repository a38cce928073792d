//! One picture in large: of the frame on screen, and of the calm one beside it.

use egui::{Rect, RichText, Ui, UiBuilder, pos2, vec2};
use seam_engine::detectors::DetectorInfo;

use crate::command::{Command, CommandQueue};
use crate::maps::{MapsCommand, Picture, Row, Tile, values};
use crate::panes::map_caption::{CAPTION, caption_ui};
use crate::panes::map_strip::row_name_ui;
use crate::panes::map_tile::{TilePlace, VALUE, picture_ui, tile_name, value_ui};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::pointed;

/// Width of a frame's facts, where there is room for them beside its picture.
const FACTS: f32 = 140.0;
const LEGEND_WIDTH: f32 = 260.0;

pub fn sides_ui(
    ui: &mut Ui,
    state: &State,
    info: &'static DetectorInfo,
    commands: &mut CommandQueue,
) {
    let columns = state.maps.columns(info);
    let [_, right] = state.maps.pair_of(&columns);
    choice_ui(ui, info, &columns, right.picture, commands);
    let rect = ui.available_rect_before_wrap();
    let width = rect.width().min(LEGEND_WIDTH);
    let head = Rect::from_min_size(rect.min, vec2(width, CAPTION));
    caption_ui(ui, state, info, head, right.picture, commands);
    let body = rect.with_min_y(head.bottom() + UNIT);
    let half = 0.5 * (body.width() - 2.0 * UNIT);
    let has_facts = body.height() - VALUE + FACTS < half;
    let facts = if has_facts { FACTS } else { 0.0 };
    let side = (body.height() - VALUE).min(half - facts).max(48.0).floor();
    for (number, row) in Row::ALL.into_iter().enumerate() {
        let left = body.left() + number as f32 * (half + 2.0 * UNIT);
        let tile = Tile {
            row,
            picture: right.picture,
        };
        let place = TilePlace {
            rect: Rect::from_min_size(pos2(left, body.top()), vec2(side, side)),
            tile,
            name: tile_name(info, tile),
            badge: None,
            pointed: pointed(ui.ctx()),
        };
        picture_ui(ui, state, info, &place, commands);
        value_ui(ui, state, info, &place);
        if has_facts {
            let beside = Rect::from_min_size(
                pos2(left + side + 2.0 * UNIT, body.top()),
                vec2(FACTS - 2.0 * UNIT, side),
            );
            ui.scope_builder(UiBuilder::new().max_rect(beside), |ui| {
                ui.push_id(number, |ui| row_name_ui(ui, state, row, commands));
            });
        }
    }
}

/// Which picture is shown: all that the method has.
fn choice_ui(
    ui: &mut Ui,
    info: &'static DetectorInfo,
    columns: &[Picture],
    shown: Picture,
    commands: &mut CommandQueue,
) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for &picture in columns {
            let text = RichText::new(values::caption(info, picture)).size(theme::SMALL);
            let label = ui.selectable_label(picture == shown, text);
            if label.on_hover_text(values::about(picture)).clicked() {
                commands.push(Command::Maps(MapsCommand::Compare(Tile {
                    row: Row::Frame,
                    picture,
                })));
            }
        }
    });
}
