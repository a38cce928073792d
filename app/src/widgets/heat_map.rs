//! A picture of a face that can be pointed at, and the key to the heat scale.

use egui::{
    Align2, Color32, Context, Id, Mesh, Painter, Pos2, Rect, Response, Sense, Shape, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::maps::Layer;
use crate::theme;

/// The whole of a texture.
pub const WHOLE: Rect = Rect {
    min: Pos2::new(0.0, 0.0),
    max: Pos2::new(1.0, 1.0),
};

/// The middle of a scale is told on bars wider than this.
const MIDDLE_ROOM: f32 = 72.0;

/// Draws a picture that is clicked to be compared; outlined without layers. `badge` marks it as chosen, `pointed` is
/// the share of it that is pointed at on another picture.
pub fn map_tile_ui(
    ui: &Ui,
    rect: Rect,
    layers: &[Layer],
    name: &str,
    badge: Option<&str>,
    pointed: Option<Vec2>,
) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(name), Sense::click());
    let is_chosen = badge.is_some();
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_chosen, name));
    let painter = ui.painter_at(rect.expand(2.0));
    paint_layers(&painter, rect, layers);
    let stroke = match (is_chosen, response.hovered(), layers.is_empty()) {
        (true, ..) => Stroke::new(1.5, theme::accent()),
        (false, true, _) => Stroke::new(1.0, theme::text_quiet()),
        (false, false, true) => theme::hairline(),
        (false, false, false) => Stroke::NONE,
    };
    painter.rect_stroke(rect, 2.0, stroke, StrokeKind::Outside);
    if let Some(badge) = badge {
        chip(
            &painter,
            rect.left_top() + vec2(3.0, 3.0),
            Align2::LEFT_TOP,
            badge,
        );
    }
    if !layers.is_empty() {
        let here = response
            .hover_pos()
            .map(|pos| (pos - rect.min) / rect.size());
        if let Some(share) = here {
            point(ui.ctx(), share);
        }
        if let Some(share) = here.or(pointed) {
            cross(&ui.painter_at(rect), rect, share);
        }
    }
    response
}

/// Draws pictures over each other.
pub fn paint_layers(painter: &Painter, rect: Rect, layers: &[Layer]) {
    for layer in layers {
        painter.image(layer.texture, rect, WHOLE, layer.tint);
    }
}

/// A word on a picture, held at `at` by its corner `align`.
pub fn chip(painter: &Painter, at: Pos2, align: Align2, text: &str) {
    let font = theme::medium(theme::SMALL);
    let galley = painter.layout_no_wrap(text.to_owned(), font, theme::text_strong());
    let rect = align.anchor_size(at, galley.size() + vec2(8.0, 2.0));
    painter.rect_filled(rect, theme::RADIUS, theme::chip());
    painter.galley(rect.min + vec2(4.0, 1.0), galley, theme::text_strong());
}

/// Notes where the pointer is on a picture, and marks the same place on all of them.
pub fn point_ui(ui: &Ui, rect: Rect, pointer: Option<Pos2>) {
    if let Some(pointer) = pointer {
        point(ui.ctx(), (pointer - rect.min) / rect.size());
    }
    if let Some(share) = pointed(ui.ctx()) {
        cross(&ui.painter_at(rect), rect, share);
    }
}

/// Marks a place on a picture.
fn cross(painter: &Painter, rect: Rect, share: Vec2) {
    let center = rect.min + share * rect.size();
    for (width, color) in [(3.0, theme::stage()), (1.0, theme::text_strong())] {
        let stroke = Stroke::new(width, theme::faded(color, 0.8));
        for (from, to) in [(3.0, 7.0), (-3.0, -7.0)] {
            let line = |axis: Vec2| [center + from * axis, center + to * axis];
            painter.line_segment(line(Vec2::X), stroke);
            painter.line_segment(line(Vec2::Y), stroke);
        }
    }
}

/// Remembers for a moment that this share of the face is pointed at.
pub fn point(ctx: &Context, share: Vec2) {
    let frame = ctx.cumulative_frame_nr();
    ctx.data_mut(|data| data.insert_temp(pointer_id(), (frame, share)));
}

/// The share of the face that is pointed at, on whichever picture.
pub fn pointed(ctx: &Context) -> Option<Vec2> {
    let (frame, share) = ctx.data(|data| data.get_temp::<(u64, Vec2)>(pointer_id()))?;
    (ctx.cumulative_frame_nr() <= frame + 1).then_some(share)
}

fn pointer_id() -> Id {
    Id::unique("pointed at in the face")
}

/// A scale of colors between its ends in numbers, `middle` at its half where there is room.
pub fn scale_legend(
    painter: &Painter,
    rect: Rect,
    [low, high]: &[String; 2],
    middle: Option<&str>,
    color: impl Fn(f32) -> Color32,
) {
    let word = |at: Pos2, align: Align2, text: &str| {
        let font = theme::regular(theme::SMALL);
        painter.text(at, align, text, font, theme::text_faint())
    };
    let left = word(rect.left_center(), Align2::LEFT_CENTER, low);
    let right = word(rect.right_center(), Align2::RIGHT_CENTER, high);
    let bar = Rect::from_min_max(
        pos2(left.right() + 4.0, rect.center().y - 3.0),
        pos2(right.left() - 4.0, rect.center().y + 3.0),
    );
    const STEPS: u16 = 32;
    let width = bar.width() / f32::from(STEPS);
    if width <= 0.0 {
        return;
    }
    let mut mesh = Mesh::default();
    for step in 0..STEPS {
        let left = bar.left() + f32::from(step) * width;
        let cell = Rect::from_min_max(pos2(left, bar.top()), pos2(left + width, bar.bottom()));
        mesh.add_colored_rect(cell, color(f32::from(step) / f32::from(STEPS - 1)));
    }
    painter.add(Shape::mesh(mesh));
    if let Some(middle) = middle
        && MIDDLE_ROOM < bar.width()
    {
        let font = theme::regular(theme::SMALL);
        let galley = painter.layout_no_wrap(middle.to_owned(), font, theme::text_faint());
        let gap = Rect::from_center_size(bar.center(), galley.size() + vec2(6.0, 0.0));
        painter.rect_filled(gap, 0.0, theme::panel());
        painter.galley(gap.min + vec2(3.0, 0.0), galley, theme::text_faint());
    }
}

/// Draws lines over a picture of a face, given in shares of it: light ones that are seen on any picture.
pub fn paint_marks(painter: &Painter, marks: &[[Vec2; 2]], to_screen: impl Fn(Vec2) -> Pos2) {
    let strokes = [
        Stroke::new(2.5, theme::faded(theme::stage(), 0.7)),
        Stroke::new(1.0, theme::text_strong()),
    ];
    for stroke in strokes {
        painter.extend(
            marks
                .iter()
                .map(|ends| Shape::line_segment(ends.map(&to_screen), stroke)),
        );
    }
}
