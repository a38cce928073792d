//! One picture of a face on the whole window, with its legend and its values.

use egui::{
    Area, Context, Id, Label, Order, Rect, RichText, Sense, Slider, Ui, UiBuilder, pos2, vec2,
};
use seam_engine::detectors::DetectorInfo;
use seam_engine::methods;

use crate::command::{Command, CommandQueue};
use crate::maps::kinds::lies_over_face;
use crate::maps::view::{Full, Sides};
use crate::maps::{MapsCommand, Picture, Row, Tile, values};
use crate::panes::map_caption::{CAPTION, caption_ui};
use crate::panes::map_strip::{row_facts_ui, waiting};
use crate::panes::map_tile::{TilePlace, VALUE, picture_ui, save_menu_ui, tile_name, value_ui};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{Icon, Side, icon_button_ui, note_ui, pointed, wipe_ui};
use crate::words;

const MARGIN: f32 = 16.0;
/// Height of the line of controls.
const BAR: f32 = 28.0;
/// Height of what is told of a frame above its picture.
const FACTS: f32 = 60.0;
const LEGEND_WIDTH: f32 = 300.0;

/// Draws it over everything, where it is open.
pub fn map_full_ui(ctx: &Context, state: &State, commands: &mut CommandQueue) {
    let Some(full) = state.maps.full else {
        return;
    };
    let Some(method) = methods::find(full.method) else {
        return;
    };
    let rect = ctx.content_rect();
    let area = Area::new(Id::unique("picture on the whole window"))
        .order(Order::Middle)
        .fixed_pos(rect.min)
        .constrain(false);
    area.show(ctx, |ui| {
        // Nothing beneath is reached.
        ui.allocate_rect(rect, Sense::click_and_drag());
        ui.painter().rect_filled(rect, 0.0, theme::stage());
        let inner = rect.shrink(MARGIN);
        ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
            content_ui(ui, state, full, method.detector, inner, commands);
        });
    });
}

fn content_ui(
    ui: &mut Ui,
    state: &State,
    full: Full,
    info: &'static DetectorInfo,
    rect: Rect,
    commands: &mut CommandQueue,
) {
    let bar = rect.with_max_y(rect.top() + BAR);
    ui.scope_builder(UiBuilder::new().max_rect(bar), |ui| {
        ui.horizontal_centered(|ui| bar_ui(ui, state, full, info, commands));
    });
    let legend = Rect::from_min_size(
        pos2(rect.left(), bar.bottom() + UNIT),
        vec2(LEGEND_WIDTH.min(rect.width()), CAPTION),
    );
    caption_ui(ui, state, info, legend, full.picture, commands);
    let hint = "Arrow keys: other pictures   Space: other side   Esc: back";
    let beside = Rect::from_min_max(
        pos2(legend.right() + 4.0 * UNIT, legend.top()),
        pos2(rect.right(), legend.bottom()),
    );
    ui.scope_builder(UiBuilder::new().max_rect(beside), |ui| {
        note_ui(
            ui,
            values::about(full.picture)
                .lines()
                .next()
                .unwrap_or_default(),
            theme::text_quiet(),
        );
        note_ui(ui, hint, theme::text_faint());
    });
    let body = rect.with_min_y(legend.bottom() + 2.0 * UNIT);
    match full.sides {
        Sides::Frame => picture_of_ui(ui, state, full, info, Row::Frame, body, commands),
        Sides::Control => picture_of_ui(ui, state, full, info, Row::Control, body, commands),
        Sides::Both => {
            let half = 0.5 * (body.width() - 4.0 * UNIT);
            let left = body.with_max_x(body.left() + half);
            let right = body.with_min_x(body.right() - half);
            picture_of_ui(ui, state, full, info, Row::Frame, left, commands);
            picture_of_ui(ui, state, full, info, Row::Control, right, commands);
        }
        Sides::Wipe => both_in_one_ui(ui, state, full, info, body, commands),
    }
}

/// What is shown, and how.
fn bar_ui(
    ui: &mut Ui,
    state: &State,
    full: Full,
    info: &'static DetectorInfo,
    commands: &mut CommandQueue,
) {
    let close = icon_button_ui(
        ui,
        Icon::Close,
        "Back",
        "Back to the other panes  (Esc)",
        false,
    );
    if close.clicked() {
        commands.push(Command::Maps(MapsCommand::CloseFull));
    }
    for (icon, name, by) in [
        (Icon::StepBack, "Previous picture", -1),
        (Icon::StepForward, "Next picture", 1),
    ] {
        if icon_button_ui(ui, icon, name, name, false).clicked() {
            commands.push(Command::Maps(MapsCommand::StepFull(by)));
        }
    }
    let caption = values::caption(info, full.picture);
    let title = format!("{}  {caption}", words::method_name(info.name));
    let title = RichText::new(title).font(theme::medium(theme::TITLE));
    ui.label(title.color(theme::text_strong()));
    ui.add_space(2.0 * UNIT);
    for sides in Sides::ALL {
        let text = RichText::new(sides.name()).size(theme::SMALL);
        if ui.selectable_label(full.sides == sides, text).clicked() {
            commands.push(Command::Maps(MapsCommand::SetSides(sides)));
        }
    }
    ui.add_space(2.0 * UNIT);
    if matches!(full.picture, Picture::Map(kind) if lies_over_face(kind)) {
        ui.spacing_mut().slider_width = 96.0;
        let mut percent = 100.0 * state.maps.opacity;
        let slider = Slider::new(&mut percent, 0.0..=100.0)
            .custom_formatter(|percent, _| format!("{percent:.0} %"));
        ui.label(
            RichText::new("Opacity")
                .size(theme::SMALL)
                .color(theme::text_faint()),
        );
        let slider = ui.add(slider).accessible_name("Opacity of the picture");
        if slider.changed() {
            commands.push(Command::Maps(MapsCommand::SetOpacity(percent / 100.0)));
        }
    }
    let tile = Tile {
        row: if full.sides == Sides::Control {
            Row::Control
        } else {
            Row::Frame
        },
        picture: full.picture,
    };
    ui.menu_button(RichText::new("Save…").size(theme::SMALL), |ui| {
        ui.set_min_width(200.0);
        save_menu_ui(ui, info.name, tile, commands);
    });
    if let Some(notice) = &state.maps.notice {
        let text = RichText::new(notice.text.replace('\n', "  ")).size(theme::SMALL);
        ui.add(Label::new(text.color(theme::text_quiet())).truncate());
    }
}

/// One picture, as large as there is room, with what is known of its frame above it.
fn picture_of_ui(
    ui: &mut Ui,
    state: &State,
    full: Full,
    info: &'static DetectorInfo,
    row: Row,
    rect: Rect,
    commands: &mut CommandQueue,
) {
    let facts = rect.with_max_y(rect.top() + FACTS);
    let builder = UiBuilder::new().max_rect(facts).id_salt(row as usize);
    ui.scope_builder(builder, |ui| facts_ui(ui, state, info, row));
    let body = rect.with_min_y(facts.bottom());
    let side = (body.height() - VALUE).min(body.width()).max(64.0).floor();
    let tile = Tile {
        row,
        picture: full.picture,
    };
    let place = TilePlace {
        rect: Rect::from_min_size(body.min, vec2(side, side)),
        tile,
        name: format!("{}, in large", tile_name(info, tile)),
        badge: None,
        pointed: pointed(ui.ctx()),
    };
    picture_ui(ui, state, info, &place, commands);
    value_ui(ui, state, info, &place);
}

fn facts_ui(ui: &mut Ui, state: &State, info: &DetectorInfo, row: Row) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let name = match row {
        Row::Frame => "This frame",
        Row::Control => "Calmest frame",
    };
    ui.label(RichText::new(name).color(theme::text_strong()));
    match state.maps.drawn_of(info.name, row) {
        Some(drawn) => row_facts_ui(ui, drawn),
        None => note_ui(ui, waiting(state, row), theme::text_faint()),
    }
}

/// Both frames in one place, with a handle between them.
fn both_in_one_ui(
    ui: &mut Ui,
    state: &State,
    full: Full,
    info: &'static DetectorInfo,
    rect: Rect,
    commands: &mut CommandQueue,
) {
    let maps = &state.maps;
    let body = rect.with_max_y(rect.bottom() - VALUE);
    let side = body.height().min(body.width()).max(64.0).floor();
    let square = Rect::from_min_size(body.min, vec2(side, side));
    let sides = Row::ALL.map(|row| {
        let drawn = maps.drawn_of(info.name, row);
        let tile = Tile {
            row,
            picture: full.picture,
        };
        Side {
            layers: drawn
                .map(|drawn| drawn.layers(full.picture, maps.opacity))
                .unwrap_or_default(),
            marks: drawn.map_or(&[][..], |drawn| drawn.marks(full.picture)),
            name: tile_name(info, tile),
        }
    });
    if let Some(to) = wipe_ui(ui, square, &sides, maps.wipe) {
        commands.push(Command::Maps(MapsCommand::MoveWipe(to)));
    }
    let values = Row::ALL.map(|row| {
        let drawn = maps.drawn_of(info.name, row)?;
        values::value_at(&drawn.look, full.picture, pointed(ui.ctx())?)
    });
    if let [Some(frame), Some(control)] = values {
        let text = format!("This frame {frame}   Calmest frame {control}");
        let size = vec2(side.max(LEGEND_WIDTH), VALUE);
        let below = Rect::from_min_size(square.left_bottom(), size);
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            note_ui(ui, &text, theme::text_quiet());
        });
    }
}
