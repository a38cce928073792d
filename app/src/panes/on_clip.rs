//! A map, and the costliest pixels, laid over the clip at the place the crop was cut from.

use egui::epaint::Vertex;
use egui::{Mesh, Painter, Pos2, Shape, Ui};
use seam_engine::detectors::MapKind;

use crate::maps::place::Place;
use crate::maps::{Drawn, Layer, Picture};
use crate::paint::attention;
use crate::paint::easel::Easel;
use crate::state::{MediaFile, Shown, State};
use crate::theme;
use crate::viewport::ScreenFromFrame;
use crate::widgets::{WHOLE, paint_marks, point};

/// While the clip plays, a map is drawn on the face it belongs to for at most so long after its frame.
const LONGEST_LAG_NANOS: u64 = 500_000_000;

/// Draws the map, where one is to be drawn, and notes which pixel of the face `pointer` is on.
pub fn map_ui(
    ui: &Ui,
    painter: &Painter,
    state: &State,
    file: &MediaFile,
    shown: Shown,
    view: ScreenFromFrame,
    pointer: Option<Pos2>,
) {
    let Some(drawn) = &state.maps.frame else {
        return;
    };
    let Some(place) = place_on(drawn, file, shown) else {
        return;
    };
    if !state.maps.is_on_clip || !state.settings.shows_maps {
        return;
    }
    let pointed = pointer.and_then(|pointer| place.share(view.frame_point(pointer)));
    if let Some(share) = pointed {
        point(ui.ctx(), share);
    }
    if let Some(layer) = right_layer(state, drawn) {
        paint_layer(painter, place, view, state.maps.opacity, layer);
    }
    let marks = drawn.marks(Picture::Face);
    paint_marks(painter, marks, |share| {
        let corner = place.frame_point(share);
        view.point(corner.x, corner.y)
    });
}

/// Draws where the model looks in the face on the easel, at the place its crop was cut from.
pub fn attention_ui(painter: &Painter, state: &State, easel: &Easel, view: ScreenFromFrame) {
    let Some((drawn, kind)) = attention::shown(state, easel) else {
        return;
    };
    paint_map(painter, drawn, kind, view, state.paint.attention_opacity);
}

/// Draws a map of a look at the place in the frame that its crop was cut from.
pub fn paint_map(
    painter: &Painter,
    drawn: &Drawn,
    kind: MapKind,
    view: ScreenFromFrame,
    opacity: f32,
) {
    if let Some(layer) = drawn.layers(Picture::Map(kind), 1.0).pop() {
        let place = Place::new(drawn.look.crop.frame_from_crop, drawn.look.crop.size_px);
        paint_layer(painter, place, view, opacity, layer);
    }
}

/// The map on the right of the wipe; `None` for the face, which is on the clip already.
fn right_layer(state: &State, drawn: &Drawn) -> Option<Layer> {
    let info = state.maps.info()?;
    let [_, right] = state.maps.pair_of(&state.maps.columns(info));
    match right.picture {
        Picture::Face => None,
        Picture::Map(_) => drawn.layers(right.picture, 1.0).pop(),
    }
}

fn paint_layer(painter: &Painter, place: Place, view: ScreenFromFrame, opacity: f32, layer: Layer) {
    let mut mesh = Mesh::with_texture(layer.texture);
    let color = theme::faded(layer.tint, opacity);
    let uvs = [
        WHOLE.left_top(),
        WHOLE.right_top(),
        WHOLE.right_bottom(),
        WHOLE.left_bottom(),
    ];
    for (corner, uv) in place.corners().into_iter().zip(uvs) {
        let pos = view.point(corner.x, corner.y);
        mesh.vertices.push(Vertex { pos, uv, color });
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(0, 2, 3);
    painter.add(Shape::mesh(mesh));
}

/// Where the look's crop lies on the frame on screen: exactly on its own frame, carried along with the face on
/// the next ones.
fn place_on(drawn: &Drawn, file: &MediaFile, shown: Shown) -> Option<Place> {
    let look = &drawn.look;
    let place = Place::new(look.crop.frame_from_crop, look.crop.size_px);
    if look.frame == shown.frame {
        return Some(place);
    }
    let lag = look.frame.pts_nanos.abs_diff(shown.frame.pts_nanos);
    if look.frame.media != shown.frame.media || LONGEST_LAG_NANOS < lag {
        return None;
    }
    let person = file.evidence.people.get(&look.key.track)?;
    let from = person.box_at(look.frame.pts_nanos, 0)?;
    let to = person.box_at(shown.frame.pts_nanos, 0)?;
    Some(place.moved(&from.face, &to.face))
}
