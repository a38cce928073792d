//! Icons as strokes and fills, and the buttons that bear them.

mod paint;

use egui::{
    Color32, CornerRadius, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, vec2,
};

use crate::command::{Action, CommandQueue};
use crate::state::State;
use crate::theme;
use crate::words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Play,
    Pause,
    StepBack,
    StepForward,
    Start,
    End,
    Loop,
    Fit,
    Face,
    Boxes,
    Close,
    Copy,
    Peak,
    Brush,
    Eraser,
    Lasso,
    Wand,
    Ring,
    Mirror,
    Undo,
    Redo,
    Grow,
    Shrink,
    Fill,
    Soften,
    Eye,
    Heat,
}

/// A square button with an icon. `name` is what screen readers and tests know it by.
pub fn icon_button_ui(ui: &mut Ui, icon: Icon, name: &str, tooltip: &str, is_on: bool) -> Response {
    let size = Vec2::new(28.0, theme::ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, enabled, is_on, name));
    if ui.is_rect_visible(rect) {
        let is_hot = response.hovered() || response.has_focus();
        let fill = match (is_on, is_hot) {
            (true, _) => theme::accent_fill(),
            (false, true) => theme::button_hover(),
            (false, false) => Color32::TRANSPARENT,
        };
        ui.painter().rect_filled(rect, theme::RADIUS, fill);
        let color = match (enabled, is_on, is_hot) {
            (false, ..) => theme::outline(),
            (_, true, _) => theme::accent(),
            (_, _, true) => theme::text_strong(),
            _ => theme::text_quiet(),
        };
        paint_icon(ui.painter(), rect.center(), icon, color);
        if response.has_focus() {
            let focus = Stroke::new(1.0, theme::accent());
            ui.painter()
                .rect_stroke(rect, theme::RADIUS, focus, StrokeKind::Inside);
        }
    }
    response.on_hover_text(tooltip)
}

/// The button of an action, with its own words and shortcut.
pub fn action_button_ui(
    ui: &mut Ui,
    state: &State,
    icon: Icon,
    action: Action,
    commands: &mut CommandQueue,
) {
    let info = action.info();
    let keys = info
        .shortcut
        .map(|keys| format!("  ({})", words::keys(ui.ctx(), &keys)))
        .unwrap_or_default();
    let tooltip = format!("{}{keys}", info.tooltip);
    if icon_button_ui(ui, icon, info.text, &tooltip, state.is_on(action)).clicked() {
        commands.act(action);
    }
}

/// Draws an icon of about 14 by 14 points around `center`.
fn paint_icon(painter: &Painter, center: Pos2, icon: Icon, color: Color32) {
    let stroke = Stroke::new(1.4, color);
    let at = |x: f32, y: f32| center + vec2(x, y);
    let triangle = |x: f32, direction: f32| {
        let tip = 4.0 * direction;
        let points = vec![at(x - tip, -5.0), at(x + tip, 0.0), at(x - tip, 5.0)];
        Shape::convex_polygon(points, color, Stroke::NONE)
    };
    let bar = |x: f32, width: f32| {
        let rect = Rect::from_min_max(at(x, -5.0), at(x + width, 5.0));
        Shape::rect_filled(rect, CornerRadius::same(1), color)
    };
    let line = |points: &[(f32, f32)]| {
        Shape::line(points.iter().map(|&(x, y)| at(x, y)).collect(), stroke)
    };
    let frame = |half: Vec2, offset: Vec2| {
        let rect = Rect::from_center_size(center + offset, 2.0 * half);
        Shape::rect_stroke(rect, CornerRadius::same(2), stroke, StrokeKind::Middle)
    };
    let shapes = match icon {
        Icon::Play => vec![triangle(1.0, 1.25)],
        Icon::Pause => vec![bar(-4.5, 3.0), bar(1.5, 3.0)],
        Icon::StepForward => vec![triangle(-1.5, 0.9), bar(3.5, 1.6)],
        Icon::StepBack => vec![triangle(1.5, -0.9), bar(-5.1, 1.6)],
        Icon::Start => vec![triangle(-2.0, -0.75), triangle(4.0, -0.75), bar(-7.6, 1.6)],
        Icon::End => vec![triangle(-4.0, 0.75), triangle(2.0, 0.75), bar(6.0, 1.6)],
        Icon::Loop => vec![
            line(&[(3.0, -4.5), (-3.5, -4.5), (-6.0, -2.0), (-6.0, 1.5)]),
            line(&[(0.5, -7.0), (3.0, -4.5), (0.5, -2.0)]),
            line(&[(-3.0, 4.5), (3.5, 4.5), (6.0, 2.0), (6.0, -1.5)]),
            line(&[(-0.5, 7.0), (-3.0, 4.5), (-0.5, 2.0)]),
        ],
        Icon::Fit => corners(6.5, 5.0, 3.0).map(|corner| line(&corner)).into(),
        Icon::Face => vec![
            Shape::circle_stroke(at(0.0, -2.5), 3.2, stroke),
            line(&[(-6.0, 6.0), (-4.5, 3.2), (0.0, 2.2), (4.5, 3.2), (6.0, 6.0)]),
        ],
        Icon::Boxes => vec![
            frame(vec2(6.5, 5.5), Vec2::ZERO),
            frame(vec2(2.5, 2.5), Vec2::ZERO),
        ],
        Icon::Close => vec![
            line(&[(-4.0, -4.0), (4.0, 4.0)]),
            line(&[(-4.0, 4.0), (4.0, -4.0)]),
        ],
        Icon::Copy => vec![
            frame(vec2(3.5, 4.0), vec2(1.5, 1.5)),
            line(&[(-4.5, 2.5), (-4.5, -5.0), (1.5, -5.0)]),
        ],
        Icon::Peak => vec![line(&[
            (-7.0, 5.0),
            (-3.0, 2.0),
            (0.0, -6.0),
            (3.0, 2.0),
            (7.0, 5.0),
        ])],
        _ => paint::shapes(center, icon, color),
    };
    painter.extend(shapes);
}

/// The four corners of a frame of half `width` and `height`, with arms of `arm` points.
fn corners(width: f32, height: f32, arm: f32) -> [[(f32, f32); 3]; 4] {
    [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y)| {
        let (corner_x, corner_y) = (x * width, y * height);
        [
            (corner_x - x * arm, corner_y),
            (corner_x, corner_y),
            (corner_x, corner_y - y * arm),
        ]
    })
}
