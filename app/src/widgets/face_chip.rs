//! The box around a face on the clip, with the person's number and a chip of evidence.

use egui::{Align2, Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

use crate::theme;

/// Draws one face's box, dashed where the face was long carried over and not found. `score` is that of a frame nearby, if there is one.
pub fn face_box_ui(
    painter: &Painter,
    rect: Rect,
    name: &str,
    is_selected: bool,
    is_found: bool,
    score: Option<f32>,
) {
    let color = if is_selected {
        theme::accent()
    } else {
        theme::text_strong()
    };
    let shade = Stroke::new(3.0, theme::faded(theme::stage(), 0.55));
    let stroke = Stroke::new(1.5, color);
    painter.rect_stroke(rect, theme::RADIUS, shade, StrokeKind::Middle);
    if is_found {
        painter.rect_stroke(rect, theme::RADIUS, stroke, StrokeKind::Middle);
    } else {
        let corners = [
            rect.left_top(),
            rect.right_top(),
            rect.right_bottom(),
            rect.left_bottom(),
            rect.left_top(),
        ];
        painter.extend(Shape::dashed_line(&corners, stroke, 5.0, 4.0));
    }
    chip(painter, rect, name, score);
}

/// The small label above the box; below its top edge where there is no room above.
fn chip(painter: &Painter, face: Rect, name: &str, score: Option<f32>) {
    const HEIGHT: f32 = 18.0;
    let font = theme::medium(theme::SMALL);
    let text = painter.layout_no_wrap(name.to_owned(), font, theme::text_strong());
    let swatch = if score.is_some() { 16.0 } else { 0.0 };
    let size = vec2(text.size().x + swatch + 12.0, HEIGHT);
    let has_room = painter.clip_rect().top() <= face.top() - HEIGHT - 3.0;
    let top = if has_room {
        face.top() - HEIGHT - 3.0
    } else {
        face.top() + 4.0
    };
    let left = face.left() + if has_room { -1.0 } else { 4.0 };
    let rect = Rect::from_min_size(pos2(left, top), size);
    painter.rect_filled(rect, theme::RADIUS, theme::chip());
    if let Some(score) = score {
        let swatch =
            Rect::from_center_size(pos2(rect.left() + 11.0, rect.center().y), vec2(10.0, 10.0));
        painter.rect_filled(swatch, 2.0, theme::evidence(score));
    }
    let at = Align2::LEFT_CENTER.anchor_size(
        pos2(rect.left() + 6.0 + swatch, rect.center().y),
        text.size(),
    );
    painter.galley(at.min, text, theme::text_strong());
}
