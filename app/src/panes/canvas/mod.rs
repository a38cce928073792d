//! The canvas: the frame with the mask over it, painted on with a mouse, a pen or keys.

mod pointer;
mod ring;
mod strip;

use egui::{Align2, Color32, Rect, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use seam_engine::faces::FaceBox;

use crate::command::{Command, CommandQueue};
use crate::paint::easel::Easel;
use crate::paint::overlay::OverlayLook;
use crate::paint::{Opening, PaintCommand, Seen};
use crate::panes::on_clip;
use crate::state::State;
use crate::theme;
use crate::viewport::{ScreenFromFrame, Zoom};
use crate::widgets::{WHOLE, chip};
use crate::words;

/// Place of the canvas among those that show the mask.
const SLOT: usize = 0;

pub fn canvas_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let whole = ui.max_rect();
    let bar = Rect::from_min_max(
        pos2(whole.left(), whole.bottom() - strip::HEIGHT),
        whole.max,
    );
    let stage = Rect::from_min_max(whole.min, pos2(whole.right(), bar.top()));
    stage_ui(ui, stage, state, commands);
    strip::strip_ui(ui, bar, state, commands);
}

/// Where the frame lies on a stage. Around a face no more of the stage stays empty than must.
pub fn view_on(stage: Rect, zoom: Zoom, easel: &Easel) -> ScreenFromFrame {
    let size = vec2(easel.mask.width as f32, easel.mask.height as f32);
    let face = roomy(&easel.task.face.box_in_frame);
    let view = zoom.screen_from_frame(stage.shrink(8.0), size, Some(face));
    if zoom == Zoom::Face {
        return filling(stage, view, size);
    }
    view
}

/// The same magnification, moved so that the frame fills the stage, or lies in its middle where it is smaller.
fn filling(stage: Rect, view: ScreenFromFrame, size: Vec2) -> ScreenFromFrame {
    let room = stage.size() - view.scale * size;
    let place = |at: f32, start: f32, room: f32| {
        if 0.0 <= room {
            start + 0.5 * room
        } else {
            at.clamp(start + room, start)
        }
    };
    let offset = vec2(
        place(view.offset.x, stage.left(), room.x),
        place(view.offset.y, stage.top(), room.y),
    );
    ScreenFromFrame {
        offset: offset.round(),
        ..view
    }
}

/// The face with hair and chin.
fn roomy(face: &FaceBox) -> FaceBox {
    const ROOM: f32 = 0.18;
    FaceBox {
        x: face.x - ROOM * face.width,
        y: face.y - 1.5 * ROOM * face.height,
        width: (1.0 + 2.0 * ROOM) * face.width,
        height: (1.0 + 2.0 * ROOM) * face.height,
        ..*face
    }
}

fn stage_ui(ui: &mut Ui, stage: Rect, state: &State, commands: &mut CommandQueue) {
    let response = ui.interact(stage, ui.scope_id().with("canvas"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, "Canvas"));
    let painter = ui.painter_at(stage);
    painter.rect_filled(stage, 0.0, theme::stage());
    let paint = &state.paint;
    let Some(easel) = &paint.easel else {
        let text = match &paint.opening {
            Opening::Task(_) => "Opening…".to_owned(),
            Opening::Failed(error) => error.clone(),
            Opening::Nothing => "Choose a face in the queue to mark it".to_owned(),
        };
        let width = (stage.width() - 64.0).max(80.0);
        let galley = painter.layout(
            text,
            theme::regular(theme::BODY),
            theme::text_quiet(),
            width,
        );
        let at = Align2::CENTER_CENTER.anchor_size(stage.center(), galley.size());
        painter.galley(at.min, galley, theme::text_quiet());
        return;
    };
    let view = view_on(stage, paint.view, easel);
    let seen = Seen {
        center: view.frame_point(stage.center()),
        scale: view.scale,
        pixels_per_point: ui.ctx().pixels_per_point(),
    };
    if paint.seen != Some(seen) {
        commands.push(Command::Paint(PaintCommand::Saw(seen)));
    }
    if let Some(textures) = &easel.textures {
        let size = vec2(easel.mask.width as f32, easel.mask.height as f32);
        let picture = Rect::from_min_max(view.point(0.0, 0.0), view.point(size.x, size.y));
        painter.image(textures.frame, picture, WHOLE, Color32::WHITE);
    }
    if paint.shows_attention {
        on_clip::attention_ui(&painter, state, easel, view);
    }
    if paint.shows_mask() {
        let look = OverlayLook {
            color: state.settings.mask_color.color(),
            opacity: state.settings.mask_opacity,
            has_outline: true,
        };
        painter.add(easel.overlay.shape(stage, view, look, SLOT));
    }
    ring::ring_ui(ui, &painter, state, easel, view, response.hover_pos());
    labels(ui, &painter, stage, state, easel, view);
    pointer::pointer_ui(ui, &response, stage, view, state, commands);
}

/// Which frame this is, and how much it is magnified.
fn labels(
    ui: &Ui,
    painter: &egui::Painter,
    stage: Rect,
    state: &State,
    easel: &Easel,
    view: ScreenFromFrame,
) {
    let frame = &easel.task.frame;
    let name = easel
        .task
        .item
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default();
    let what = format!(
        "{name}   {}   #{}",
        words::time(frame.pts_nanos),
        frame.index
    );
    let corner = stage.left_top() + vec2(8.0, 8.0);
    chip(painter, corner, Align2::LEFT_TOP, &what);
    let percent = 100.0 * view.scale * ui.ctx().pixels_per_point();
    let zoom = format!("{percent:.0} %");
    let corner = stage.right_top() + vec2(-8.0, 8.0);
    chip(painter, corner, Align2::RIGHT_TOP, &zoom);
    let num = easel.history().num_applied();
    let strokes = match num {
        0 => "No stroke yet".to_owned(),
        1 => "1 stroke".to_owned(),
        _ => format!("{num} strokes"),
    };
    let corner = stage.left_bottom() + vec2(8.0, -8.0);
    chip(painter, corner, Align2::LEFT_BOTTOM, &strokes);
    let note = match (&state.paint.opening, state.paint.shows_mask()) {
        (Opening::Task(_), _) => "Opening the next face…",
        (Opening::Failed(error), _) => error.as_str(),
        (Opening::Nothing, false) => "The mask is hidden",
        (Opening::Nothing, true) => match easel.warnings.first() {
            Some(warning) => warning.as_str(),
            None => return,
        },
    };
    let corner = stage.center_bottom() + vec2(0.0, -8.0);
    chip(painter, corner, Align2::CENTER_BOTTOM, note);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_is_shown_with_hair_and_chin() {
        let face = FaceBox {
            x: 100.0,
            y: 100.0,
            width: 50.0,
            height: 50.0,
            confidence: 1.0,
        };
        let roomy = roomy(&face);
        assert!(roomy.x < face.x && roomy.y < face.y);
        assert!(face.y + face.height < roomy.y + roomy.height);
        assert!(face.y - roomy.y > roomy.y + roomy.height - face.y - face.height);
    }

    #[test]
    fn a_face_at_the_border_leaves_no_more_of_the_stage_empty_than_must_be() {
        let stage = Rect::from_min_size(pos2(100.0, 50.0), vec2(400.0, 300.0));
        let view = |x: f32, y: f32| ScreenFromFrame {
            scale: 2.0,
            offset: vec2(x, y),
        };
        // A frame of 500 x 100 pixels is wider than the stage and less high.
        let found = filling(stage, view(300.0, 0.0), vec2(500.0, 100.0));
        assert_eq!(found, view(100.0, 100.0));
        let found = filling(stage, view(-900.0, 0.0), vec2(500.0, 100.0));
        assert_eq!(found, view(-500.0, 100.0));
        let found = filling(stage, view(-200.0, 0.0), vec2(500.0, 100.0));
        assert_eq!(found, view(-200.0, 100.0));
    }
}
