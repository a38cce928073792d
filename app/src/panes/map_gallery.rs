//! Every method's pictures of one moment, a row each: of the frame on screen, and of the calm one beside them.

use egui::{Id, Label, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, Vec2, pos2, vec2};
use seam_engine::detectors::DetectorInfo;
use seam_engine::methods;

use crate::command::{Command, CommandQueue};
use crate::maps::place::Place;
use crate::maps::view::Shelf;
use crate::maps::{Drawn, MapsCommand, Picture, Row, Tile};
use crate::panes::map_caption::{CAPTION, caption_ui};
use crate::panes::map_strip::waiting;
use crate::panes::map_tile::{TilePlace, VALUE, picture_ui, tile_name, value_ui};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{note_ui, pointed};
use crate::words;

/// Width of the methods' names.
const NAMES: f32 = 124.0;
/// Height of the line above both halves.
const HEAD: f32 = 18.0;
const GAP: f32 = 6.0;
/// Smallest and largest side of a picture.
const SIDES: std::ops::RangeInclusive<f32> = 44.0..=144.0;

pub fn gallery_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let infos: Vec<(&Shelf, &'static DetectorInfo)> = (state.maps.gallery.iter())
        .filter_map(|shelf| Some((shelf, methods::find(shelf.method)?.detector)))
        .collect();
    let kinds = infos
        .iter()
        .map(|(_, info)| state.maps.shelf_kinds(info).len());
    let num_columns = 1 + kinds.max().unwrap_or(1);
    let scroll = ScrollArea::vertical().auto_shrink(false);
    scroll.show(ui, |ui| {
        let rect = ui.available_rect_before_wrap();
        let half = 0.5 * (rect.width() - NAMES - 4.0 * UNIT);
        let side = (half / num_columns as f32 - GAP)
            .clamp(*SIDES.start(), *SIDES.end())
            .floor();
        let step = side + GAP;
        let lefts =
            [0.0, num_columns as f32 * step + 3.0 * UNIT].map(|shift| rect.left() + NAMES + shift);
        for (row, left) in Row::ALL.into_iter().zip(lefts) {
            let width = num_columns as f32 * step;
            let head = Rect::from_min_size(pos2(left, rect.top()), vec2(width, HEAD));
            head_ui(ui, state, row, head);
        }
        ui.allocate_space(vec2(1.0, HEAD));
        for (shelf, info) in infos {
            let size = vec2(rect.width(), CAPTION + side + VALUE + GAP);
            let (_, whole) = ui.allocate_space(size);
            if ui.is_rect_visible(whole) {
                let builder = UiBuilder::new().max_rect(whole).id_salt(info.name);
                // A child of its own, so that the next row begins below this one's room.
                let mut row = ui.new_child(builder);
                shelf_ui(&mut row, state, shelf, info, whole, lefts, side, commands);
            }
        }
    });
}

/// Which frame a half shows: the same for every method.
fn head_ui(ui: &mut Ui, state: &State, row: Row, rect: Rect) {
    let looks = state.maps.gallery.iter();
    let drawn = looks
        .filter_map(|shelf| shelf.rows[row as usize].as_ref())
        .next();
    let (name, facts) = match (row, drawn) {
        (Row::Frame, _) => ("This frame", drawn.map(when)),
        (Row::Control, Some(_)) => ("Calmest frame", drawn.map(when)),
        (Row::Control, None) => ("Calmest frame", Some(waiting(state, row).to_owned())),
    };
    let mut head = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(row as usize));
    head.horizontal(|ui| {
        let name = RichText::new(name).size(theme::SMALL);
        let label = ui.label(name.color(theme::text_strong()));
        if let (Row::Control, Some(info)) = (row, state.maps.info()) {
            label.on_hover_text(format!(
                "The frame that {} objects to least; all methods look at the same one",
                words::method_name(info.name)
            ));
        }
        let facts = RichText::new(facts.unwrap_or_default()).size(theme::SMALL);
        ui.add(Label::new(facts.color(theme::text_quiet())).truncate());
    });
}

fn when(drawn: &Drawn) -> String {
    let look = &drawn.look;
    let (time, index) = (words::time(look.frame.pts_nanos), look.frame.index);
    format!("Person {}, {time}  #{index}", look.key.track.0)
}

/// One method: its name and what it says of both frames, then its pictures.
#[expect(
    clippy::too_many_arguments,
    reason = "a row has its place and its columns, which are those of all rows"
)]
fn shelf_ui(
    ui: &mut Ui,
    state: &State,
    shelf: &Shelf,
    info: &'static DetectorInfo,
    whole: Rect,
    lefts: [f32; 2],
    side: f32,
    commands: &mut CommandQueue,
) {
    let names = Rect::from_min_size(whole.min, vec2(NAMES - GAP, whole.height()));
    ui.scope_builder(UiBuilder::new().max_rect(names), |ui| {
        names_ui(ui, state, shelf, info, commands);
    });
    if shelf.error.is_some() {
        return;
    }
    let maps = state.maps.shelf_kinds(info).into_iter().map(Picture::Map);
    let pictures: Vec<Picture> = std::iter::once(Picture::Face).chain(maps).collect();
    let here = pointed_on(ui, state, info.name);
    for (row, left) in Row::ALL.into_iter().zip(lefts) {
        for (at, &picture) in pictures.iter().enumerate() {
            let min = pos2(left + at as f32 * (side + GAP), whole.top());
            let head = Rect::from_min_size(min, vec2(side, CAPTION));
            let builder = UiBuilder::new().max_rect(head).id_salt((row as usize, at));
            ui.scope_builder(builder, |ui| {
                caption_ui(ui, state, info, head, picture, commands);
            });
            let tile = Tile { row, picture };
            let place = TilePlace {
                rect: Rect::from_min_size(min + vec2(0.0, CAPTION), vec2(side, side)),
                tile,
                name: format!(
                    "{}, {}",
                    words::method_name(info.name),
                    tile_name(info, tile)
                ),
                badge: None,
                pointed: here,
            };
            let response = picture_ui(ui, state, info, &place, commands);
            if response.hovered() {
                point_on(ui, info.name);
            }
            if response.clicked() {
                commands.push(Command::Maps(MapsCommand::ChooseMethod(info.name)));
                commands.push(Command::Maps(MapsCommand::Compare(tile)));
            }
            value_ui(ui, state, info, &place);
        }
    }
}

fn names_ui(
    ui: &mut Ui,
    state: &State,
    shelf: &Shelf,
    info: &'static DetectorInfo,
    commands: &mut CommandQueue,
) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let is_chosen = state
        .maps
        .info()
        .is_some_and(|chosen| chosen.name == info.name);
    let text = RichText::new(words::method_name(info.name)).font(theme::medium(theme::BODY));
    let label = ui.selectable_label(is_chosen, text);
    let tooltip = format!(
        "{}\nLooks at {}\nClick to choose it for the other views and the clip",
        info.title, info.looks_at
    );
    if label.on_hover_text(tooltip).clicked() {
        commands.push(Command::Maps(MapsCommand::ChooseMethod(info.name)));
    }
    if let Some(error) = &shelf.error {
        note_ui(ui, error, theme::error());
        return;
    }
    for (row, drawn) in Row::ALL.into_iter().zip(&shelf.rows) {
        match drawn {
            Some(drawn) => objection_ui(ui, row, drawn),
            None if row == Row::Frame => note_ui(ui, "Looking…", theme::text_faint()),
            None => {}
        }
    }
}

/// How strongly the method objects to a frame.
fn objection_ui(ui: &mut Ui, row: Row, drawn: &Drawn) {
    let score = drawn.look.score.value();
    let when = match row {
        Row::Frame => "This frame",
        Row::Control => "Calmest",
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let (mark, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
        ui.painter().rect_filled(mark, 2.0, theme::evidence(score));
        let text = RichText::new(format!("{when} {score:.2}")).size(theme::SMALL);
        let label = ui.add(Label::new(text.color(theme::text_quiet())).truncate());
        label.on_hover_text(format!(
            "{}\nScore {score:.3}, logit {:.3}\nBy {}, in {} ms",
            words::objection(score),
            drawn.look.raw.logit,
            drawn.look.model,
            drawn.look.took.as_millis()
        ));
    });
}

/// Remembers on whose crop the pointer is: methods cut faces differently.
fn point_on(ui: &Ui, method: &'static str) {
    ui.ctx()
        .data_mut(|data| data.insert_temp(method_id(), method));
}

/// What is pointed at, as a share of this method's crop.
fn pointed_on(ui: &Ui, state: &State, method: &str) -> Option<Vec2> {
    let share = pointed(ui.ctx())?;
    let on: Option<&'static str> = ui.ctx().data(|data| data.get_temp(method_id()));
    let on = on.unwrap_or(method);
    if on == method {
        return Some(share);
    }
    let place = |name| {
        let look = &state.maps.drawn_of(name, Row::Frame)?.look;
        Some(Place::new(look.crop.frame_from_crop, look.crop.size_px))
    };
    place(method)?.share(place(on)?.frame_point(share))
}

fn method_id() -> Id {
    Id::unique("method whose face is pointed at")
}
