//! Two pictures of one face in one place, with a handle between them.

use egui::{
    Align2, CursorIcon, Painter, Pos2, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::maps::Layer;
use crate::theme;
use crate::widgets::heat_map::{chip, paint_layers, paint_marks, point_ui};

/// One side of the wipe.
pub struct Side<'a> {
    pub layers: Vec<Layer>,
    /// Lines over them, in shares of the picture.
    pub marks: &'a [[Vec2; 2]],
    pub name: String,
}

/// Draws `sides` left and right of the handle at the share `at`. Gives the new share while it is dragged.
pub fn wipe_ui(ui: &Ui, rect: Rect, sides: &[Side<'_>; 2], at: f32) -> Option<f32> {
    let response = ui.interact(rect, ui.scope_id().with("wipe"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(at), "Wipe"));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, theme::stage());
    let parts = split(rect, at);
    for (side, part) in sides.iter().zip(parts) {
        let painter = painter.with_clip_rect(part);
        paint_layers(&painter, rect, &side.layers);
        paint_marks(&painter, side.marks, |share| rect.min + share * rect.size());
    }
    handle(&painter, rect, parts[1].left());
    let corners = [
        (rect.left_bottom() + vec2(4.0, -4.0), Align2::LEFT_BOTTOM),
        (rect.right_bottom() + vec2(-4.0, -4.0), Align2::RIGHT_BOTTOM),
    ];
    for (side, (corner, align)) in sides.iter().zip(corners) {
        chip(&painter, corner, align, &side.name);
    }
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    if response.dragged() || response.clicked() {
        let pointer: Pos2 = response.interact_pointer_pos()?;
        return Some(share_at(rect, pointer.x));
    }
    point_ui(ui, rect, response.hover_pos());
    None
}

/// What lies left and right of the handle.
fn split(rect: Rect, at: f32) -> [Rect; 2] {
    let x = rect.left() + at.clamp(0.0, 1.0) * rect.width();
    [rect.with_max_x(x), rect.with_min_x(x)]
}

fn share_at(rect: Rect, x: f32) -> f32 {
    ((x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0)
}

/// The line between two pictures, with its handle.
pub fn handle(painter: &Painter, rect: Rect, x: f32) {
    let shade = Stroke::new(3.0, theme::faded(theme::stage(), 0.5));
    painter.vline(x, rect.y_range(), shade);
    painter.vline(x, rect.y_range(), Stroke::new(1.0, theme::text_strong()));
    let center = pos2(x, rect.center().y);
    painter.circle(
        center,
        9.0,
        theme::chip(),
        Stroke::new(1.0, theme::text_strong()),
    );
    for side in [-1.0, 1.0] {
        let at = |x: f32, y: f32| center + vec2(side * x, y);
        let arrow = [at(2.5, -3.0), at(5.5, 0.0), at(2.5, 3.0)];
        painter.line(arrow.to_vec(), Stroke::new(1.2, theme::text_strong()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECT: Rect = Rect {
        min: Pos2::new(100.0, 50.0),
        max: Pos2::new(300.0, 250.0),
    };

    #[test]
    fn the_handle_splits_the_picture_without_gap_or_overlap() {
        for at in [-1.0, 0.0, 0.3, 1.0, 2.0] {
            let [left, right] = split(RECT, at);
            assert_eq!(left.right(), right.left(), "{at}");
            assert_eq!(left.width() + right.width(), 200.0, "{at}");
            assert_eq!(left.union(right), RECT, "{at}");
        }
        assert_eq!(split(RECT, 0.25)[0].width(), 50.0);
    }

    #[test]
    fn the_handle_follows_the_pointer_and_stays_inside() {
        assert_eq!(share_at(RECT, 150.0), 0.25);
        assert_eq!(share_at(RECT, 0.0), 0.0);
        assert_eq!(share_at(RECT, 900.0), 1.0);
        let [left, _] = split(RECT, share_at(RECT, 170.0));
        assert_eq!(left.right(), 170.0);
    }
}
