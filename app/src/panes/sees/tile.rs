//! One picture of a watched face, wiped with the same picture of another step or run.

use egui::{Color32, CursorIcon, Label, Rect, RichText, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::command::{Command, CommandQueue};
use crate::maps::kinds::lies_over_face;
use crate::maps::{Layer, values};
use crate::theme;
use crate::training::TrainCommand;
use crate::training::film::DrawnStep;
use crate::widgets::{paint_handle, paint_layers, point_ui, pointed};

/// Names a picture of a step.
#[derive(Clone, Copy, Debug)]
pub struct Tile {
    /// By its place among the step's faces.
    pub face: usize,
    /// By its place among the face's maps; `None` is the face itself.
    pub map: Option<usize>,
}

/// The picture, and below it the value at the place that is pointed at on any of them.
pub fn tile_ui(
    ui: &mut Ui,
    rect: Rect,
    tile: Tile,
    drawn: &DrawnStep,
    other: Option<&DrawnStep>,
    wipe: f32,
    commands: &mut CommandQueue,
) {
    let id = ui.scope_id().with(("watched", tile.face, tile.map));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let name = name_of(drawn, tile);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, theme::stage());
    match other {
        None => paint_layers(&painter, rect, &layers(drawn, tile)),
        Some(other) => {
            let x = rect.left() + wipe.clamp(0.0, 1.0) * rect.width();
            let left = painter.with_clip_rect(rect.with_max_x(x));
            paint_layers(&left, rect, &layers(drawn, tile));
            let right = painter.with_clip_rect(rect.with_min_x(x));
            paint_layers(&right, rect, &layers(other, tile));
            // The handle would hide the small faces: the line alone says where the wipe is.
            let line = Stroke::new(1.0, theme::text_strong());
            painter.vline(x, rect.y_range(), line);
            if response.hovered() || response.dragged() {
                paint_handle(&painter, rect, x);
                ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
            }
            if (response.dragged() || response.clicked())
                && let Some(pointer) = response.interact_pointer_pos()
            {
                let to = (pointer.x - rect.left()) / rect.width().max(1.0);
                commands.push(Command::Train(TrainCommand::MoveWipe(to)));
            }
        }
    }
    point_ui(ui, rect, response.hover_pos());
    let Some(share) = pointed(ui.ctx()) else {
        return;
    };
    let side = match other {
        Some(other) if wipe < share.x => other,
        _ => drawn,
    };
    let Some(face) = side.watched.faces.get(tile.face) else {
        return;
    };
    let value = match tile.map {
        None => values::levels_at(&face.crop.rgb, face.crop.size_px, share),
        Some(at) => face
            .maps
            .get(at)
            .and_then(|map| values::map_value_at(map, share)),
    };
    if let Some(value) = value {
        let below = Rect::from_min_size(rect.left_bottom(), vec2(rect.width(), super::VALUE));
        let value = RichText::new(value)
            .size(theme::SMALL)
            .color(theme::text_quiet());
        ui.put(below, Label::new(value).truncate());
    }
}

/// A map over its face where it is see-through, else alone.
fn layers(step: &DrawnStep, tile: Tile) -> Vec<Layer> {
    let layer = |texture, tint| Layer { texture, tint };
    let white = Color32::WHITE;
    let Some(face) = step.faces.get(tile.face) else {
        return Vec::new();
    };
    let Some(at) = tile.map else {
        return vec![layer(face.face, white)];
    };
    let kind = step
        .watched
        .faces
        .get(tile.face)
        .and_then(|face| face.maps.get(at));
    let (Some(map), Some(texture)) = (kind, face.maps.get(at)) else {
        return Vec::new();
    };
    if lies_over_face(map.kind) {
        return vec![
            layer(face.face, white),
            layer(*texture, theme::faded(white, 0.8)),
        ];
    }
    vec![layer(*texture, white)]
}

fn name_of(step: &DrawnStep, tile: Tile) -> String {
    let face = tile.face + 1;
    let map = tile
        .map
        .and_then(|at| step.watched.faces.get(tile.face)?.maps.get(at));
    match map {
        Some(map) => format!(
            "{} of face {face} at step {}",
            map.kind.name(),
            step.place.step
        ),
        None => format!("Face {face} at step {}", step.place.step),
    }
}
