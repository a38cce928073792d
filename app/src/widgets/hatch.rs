//! Marks for what is not a score: hatched for "cannot tell", outlined for "not examined", broken for
//! "failed".

use egui::{Painter, Rect, Shape, Stroke, StrokeKind, pos2};

use crate::theme;

/// Distance between hatching lines, in points.
const STEP: f32 = 6.0;

/// Hatched gray: a check could not tell.
pub fn hatch(painter: &Painter, rect: Rect) {
    let visible = rect.intersect(painter.clip_rect());
    if visible.width() < 1.0 || visible.height() < 1.0 {
        return;
    }
    let painter = painter.with_clip_rect(visible);
    let stroke = Stroke::new(1.0, theme::outline());
    let first = ((visible.left() - rect.height()) / STEP).floor() * STEP;
    let count = ((visible.right() - first) / STEP).ceil() as usize;
    painter.extend((0..=count).map(|i| {
        let x = first + i as f32 * STEP;
        let ends = [pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())];
        Shape::line_segment(ends, stroke)
    }));
}

/// An outlined gap: there was something to examine, and it was not examined.
pub fn outlined_gap(painter: &Painter, rect: Rect) {
    if 3.0 < rect.width() {
        let stroke = Stroke::new(1.0, theme::faded(theme::outline(), 0.8));
        painter.rect_stroke(rect.shrink(0.5), 2.0, stroke, StrokeKind::Inside);
    }
}

/// A small broken line: a check failed.
pub fn broken_mark(painter: &Painter, rect: Rect) {
    let center = rect.center();
    let points = [(-7.0, 3.0), (-2.0, -2.0), (1.0, 2.0), (7.0, -3.0)];
    let points = points.map(|(x, y)| pos2(center.x + x, center.y + y));
    let stroke = Stroke::new(1.5, theme::error());
    painter.line_segment([points[0], points[1]], stroke);
    painter.line_segment([points[2], points[3]], stroke);
}
