//! One picture of a face wherever it is drawn: clicked, opened on the whole window, saved, its value read.

use egui::{Label, Rect, Response, RichText, Ui, Vec2, vec2};
use seam_engine::detectors::DetectorInfo;

use crate::command::{Action, Command, CommandQueue, PictureAction};
use crate::maps::save::What;
use crate::maps::view::{Full, Sides};
use crate::maps::{MapsCommand, Picture, Row, Tile, values};
use crate::state::State;
use crate::theme;
use crate::widgets::{map_tile_ui, paint_marks};

/// Height of the value under a picture.
pub const VALUE: f32 = 16.0;

/// Where a picture is drawn, and as what.
pub struct TilePlace {
    pub rect: Rect,
    pub tile: Tile,
    /// What screen readers and tests know it by; no two on screen are alike.
    pub name: String,
    pub badge: Option<&'static str>,
    /// The share of the face that is pointed at.
    pub pointed: Option<Vec2>,
}

/// `Grad-CAM of this frame`.
pub fn tile_name(info: &DetectorInfo, tile: Tile) -> String {
    let caption = values::caption(info, tile.picture);
    match tile.row {
        Row::Frame => format!("{caption} of this frame"),
        Row::Control => format!("{caption} of the calmest frame"),
    }
}

/// The picture with its menu. A double click opens it on the whole window.
pub fn picture_ui(
    ui: &mut Ui,
    state: &State,
    info: &'static DetectorInfo,
    place: &TilePlace,
    commands: &mut CommandQueue,
) -> Response {
    let maps = &state.maps;
    let drawn = maps.drawn_of(info.name, place.tile.row);
    let layers = drawn.map_or_else(Vec::new, |drawn| {
        drawn.layers(place.tile.picture, maps.opacity)
    });
    let (name, badge) = (&place.name, place.badge);
    let response = map_tile_ui(ui, place.rect, &layers, name, badge, place.pointed);
    let Some(drawn) = drawn.filter(|_| !layers.is_empty()) else {
        return response;
    };
    let (rect, picture) = (place.rect, place.tile.picture);
    let painter = ui.painter_at(rect);
    paint_marks(&painter, drawn.marks(picture), |share| {
        rect.min + share * rect.size()
    });
    if response.double_clicked() {
        let sides = maps.full.map_or(Sides::default(), |full| full.sides);
        commands.push(Command::Maps(MapsCommand::OpenFull(Full {
            method: info.name,
            picture,
            sides,
        })));
    }
    let id = response.id.with("value");
    if response.secondary_clicked()
        && let Some(share) = place.pointed
    {
        let value = values::value_at(&drawn.look, picture, share).unwrap_or_default();
        ui.ctx().data_mut(|data| data.insert_temp(id, value));
    }
    response.context_menu(|ui| {
        let value: Option<String> = ui.ctx().data(|data| data.get_temp(id));
        menu_ui(ui, state, info, place.tile, value, commands);
    });
    response
}

/// What can be done with a picture; `value` is the one that was pointed at.
fn menu_ui(
    ui: &mut Ui,
    state: &State,
    info: &'static DetectorInfo,
    tile: Tile,
    value: Option<String>,
    commands: &mut CommandQueue,
) {
    ui.set_min_width(200.0);
    if let Some(value) = value.filter(|value| !value.is_empty())
        && ui.button(format!("Copy value {value}")).clicked()
    {
        commands.push(Command::CopyText(value));
        ui.close();
    }
    if state.maps.full.is_none() && ui.button("Whole window").clicked() {
        commands.push(Command::Maps(MapsCommand::OpenFull(Full {
            method: info.name,
            picture: tile.picture,
            sides: Sides::default(),
        })));
        ui.close();
    }
    save_menu_ui(ui, info.name, tile, commands);
}

/// The entries that write files.
pub fn save_menu_ui(ui: &mut Ui, method: &'static str, tile: Tile, commands: &mut CommandQueue) {
    let picture = ui
        .button("Save picture…")
        .on_hover_text("PNG, pixel for pixel without axes or border, and the face beneath it");
    if picture.clicked() {
        commands.push(Command::SaveMaps(What::Picture(method, tile)));
        ui.close();
    }
    if matches!(tile.picture, Picture::Map(_)) {
        let values = ui
            .button("Save raw values…")
            .on_hover_text("NumPy (float32) and CSV, with a note on frame, model and scale");
        if values.clicked() {
            commands.push(Command::SaveMaps(What::Values(method, tile)));
            ui.close();
        }
    }
    let info = Action::Picture(PictureAction::SaveMoment).info();
    if ui.button(info.text).on_hover_text(info.tooltip).clicked() {
        commands.push(Command::SaveMaps(What::Moment));
        ui.close();
    }
}

/// The raw value under the pointer, below the picture.
pub fn value_ui(ui: &mut Ui, state: &State, info: &DetectorInfo, place: &TilePlace) {
    let drawn = state.maps.drawn_of(info.name, place.tile.row);
    let value = place
        .pointed
        .zip(drawn)
        .and_then(|(share, drawn)| values::value_at(&drawn.look, place.tile.picture, share));
    if let Some(value) = value {
        let size = vec2(place.rect.width(), VALUE);
        let below = Rect::from_min_size(place.rect.left_bottom(), size);
        let value = RichText::new(value)
            .size(theme::SMALL)
            .color(theme::text_quiet());
        ui.put(below, Label::new(value).truncate());
    }
}
