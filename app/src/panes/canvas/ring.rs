//! What the tool in hand would touch: the brush's ring with its soft edge, a lasso that is being drawn.

use egui::{Color32, Painter, Pos2, Shape, Stroke, Ui};

use crate::paint::easel::Easel;
use crate::paint::tools::Tool;
use crate::state::State;
use crate::theme;
use crate::viewport::ScreenFromFrame;

/// Rings smaller than this get a cross, so that the pointer is not lost.
const SMALLEST_POINTS: f32 = 3.0;

pub fn ring_ui(
    ui: &Ui,
    painter: &Painter,
    state: &State,
    easel: &Easel,
    view: ScreenFromFrame,
    pointer: Option<Pos2>,
) {
    let paint = &state.paint;
    if let Some(points) = easel.lasso() {
        let points: Vec<Pos2> = points.iter().map(|at| view.point(at.x, at.y)).collect();
        painter.add(Shape::line(points.clone(), shade(3.0)));
        let line = Stroke::new(1.0, theme::text_strong());
        painter.extend(Shape::dashed_line(&points, line, 4.0, 3.0));
    }
    if let Some(cursor) = paint.cursor {
        let at = view.point(cursor.x, cursor.y);
        ring(painter, state, view, at, theme::accent());
        cross(painter, at, theme::accent());
    }
    let is_moving = ui.input(|input| input.key_down(egui::Key::Space));
    if let Some(pointer) = pointer
        && !is_moving
        && paint.tools.tool.has_ring()
    {
        ring(painter, state, view, pointer, theme::text_strong());
    }
    if paint.tools.mirrors
        && let Some(pointer) = pointer
        && let Some(mirrored) = easel.mirrored(view.frame_point(pointer))
    {
        let at = view.point(mirrored.x, mirrored.y);
        ring(painter, state, view, at, theme::text_quiet());
    }
}

/// The outer circle is where the brush ends, the inner one where it begins to fade.
fn ring(painter: &Painter, state: &State, view: ScreenFromFrame, at: Pos2, color: Color32) {
    let tools = &state.paint.tools;
    if !tools.tool.has_ring() {
        return;
    }
    let radius = tools.radius_px * view.scale;
    if radius < SMALLEST_POINTS {
        cross(painter, at, color);
    }
    painter.circle_stroke(at, radius, shade(2.5));
    painter.circle_stroke(at, radius, Stroke::new(1.0, color));
    let solid = radius * (1.0 - tools.softness);
    if 2.0 < solid && solid < radius - 1.0 {
        painter.circle_stroke(at, solid, Stroke::new(1.0, theme::faded(color, 0.4)));
    }
    if tools.tool == Tool::Eraser {
        let arm = egui::vec2(3.0, 0.0);
        painter.line_segment([at - arm, at + arm], Stroke::new(1.0, color));
    }
}

fn cross(painter: &Painter, at: Pos2, color: Color32) {
    for arm in [egui::vec2(5.0, 0.0), egui::vec2(0.0, 5.0)] {
        painter.line_segment([at - arm, at + arm], shade(2.5));
        painter.line_segment([at - arm, at + arm], Stroke::new(1.0, color));
    }
}

/// Under light lines, so that they are seen on light faces.
fn shade(width: f32) -> Stroke {
    Stroke::new(width, theme::faded(theme::stage(), 0.6))
}
