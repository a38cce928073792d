//! Icons of the canvas's tools.

use egui::{Color32, Pos2, Shape, Stroke, Vec2, vec2};

use crate::theme;
use crate::widgets::Icon;

/// An icon of about 14 by 14 points around `center`; nothing for icons of other panes.
pub fn shapes(center: Pos2, icon: Icon, color: Color32) -> Vec<Shape> {
    let pen = Pen {
        center,
        color,
        stroke: Stroke::new(1.4, color),
    };
    match icon {
        Icon::Brush => vec![
            pen.line(&[(6.5, -6.5), (-0.5, 0.5)]),
            pen.blob(&[
                (-1.8, -0.6),
                (1.0, 2.0),
                (-2.0, 5.6),
                (-6.2, 6.4),
                (-4.6, 2.2),
            ]),
        ],
        Icon::Eraser => vec![
            pen.closed(&[
                (1.5, -6.0),
                (6.0, -1.5),
                (-0.5, 5.0),
                (-3.5, 5.0),
                (-6.0, 2.0),
            ]),
            pen.line(&[(-2.4, -2.0), (2.6, 2.4)]),
            pen.line(&[(0.0, 6.2), (6.5, 6.2)]),
        ],
        Icon::Lasso => vec![
            pen.ellipse(vec2(0.5, -2.0), vec2(6.2, 4.0)),
            pen.line(&[(-3.6, 1.4), (-5.0, 3.4), (-3.0, 4.6), (-4.6, 6.8)]),
        ],
        Icon::Wand => vec![
            pen.line(&[(-6.0, 6.0), (1.4, -1.4)]),
            pen.line(&[(4.0, -7.0), (4.0, -2.0)]),
            pen.line(&[(1.5, -4.5), (6.5, -4.5)]),
            pen.line(&[(6.2, 1.0), (6.2, 3.6)]),
            pen.line(&[(4.9, 2.3), (7.5, 2.3)]),
        ],
        Icon::Ring => vec![
            pen.ellipse(Vec2::ZERO, vec2(5.4, 6.6)),
            pen.ellipse(Vec2::ZERO, vec2(2.6, 3.6)),
        ],
        Icon::Mirror => vec![
            pen.line(&[(0.0, -7.0), (0.0, 7.0)]),
            pen.closed(&[(-2.2, -4.0), (-2.2, 4.0), (-6.8, 4.0)]),
            pen.blob(&[(2.2, -4.0), (2.2, 4.0), (6.8, 4.0)]),
        ],
        Icon::Undo => pen.turn(-1.0),
        Icon::Redo => pen.turn(1.0),
        Icon::Grow => pen.arrows(1.0),
        Icon::Shrink => pen.arrows(-1.0),
        Icon::Fill => vec![
            pen.ellipse(Vec2::ZERO, vec2(6.2, 6.2)),
            Shape::circle_filled(center, 2.6, color),
        ],
        Icon::Soften => [(6.4, 0.3), (4.4, 0.6), (2.2, 1.0)]
            .map(|(radius, share)| {
                let stroke = Stroke::new(1.4, theme::faded(color, share));
                Shape::circle_stroke(center, radius, stroke)
            })
            .into(),
        Icon::Eye => vec![
            pen.closed(&[
                (-7.0, 0.0),
                (-3.6, -3.6),
                (0.0, -4.6),
                (3.6, -3.6),
                (7.0, 0.0),
                (3.6, 3.6),
                (0.0, 4.6),
                (-3.6, 3.6),
            ]),
            Shape::circle_filled(center, 2.0, color),
        ],
        Icon::Heat => vec![
            Shape::circle_filled(center, 2.4, color),
            Shape::circle_stroke(center, 4.6, Stroke::new(1.2, theme::faded(color, 0.6))),
            pen.line(&[(-6.5, -6.5), (-3.5, -6.5)]),
            pen.line(&[(-6.5, -6.5), (-6.5, -3.5)]),
            pen.line(&[(6.5, 6.5), (3.5, 6.5)]),
            pen.line(&[(6.5, 6.5), (6.5, 3.5)]),
        ],
        _ => Vec::new(),
    }
}

struct Pen {
    center: Pos2,
    color: Color32,
    stroke: Stroke,
}

impl Pen {
    fn points(&self, points: &[(f32, f32)]) -> Vec<Pos2> {
        points
            .iter()
            .map(|&(x, y)| self.center + vec2(x, y))
            .collect()
    }

    fn line(&self, points: &[(f32, f32)]) -> Shape {
        Shape::line(self.points(points), self.stroke)
    }

    fn closed(&self, points: &[(f32, f32)]) -> Shape {
        Shape::closed_line(self.points(points), self.stroke)
    }

    fn blob(&self, points: &[(f32, f32)]) -> Shape {
        Shape::convex_polygon(self.points(points), self.color, Stroke::NONE)
    }

    fn ellipse(&self, offset: Vec2, radius: Vec2) -> Shape {
        egui::epaint::EllipseShape::stroke(self.center + offset, radius, self.stroke).into()
    }

    /// An arrow bent back, to the left for -1.
    fn turn(&self, side: f32) -> Vec<Shape> {
        let at = |x: f32, y: f32| (side * x, y);
        let bow = [
            (-4.5, 5.0),
            (1.0, 5.0),
            (5.0, 2.8),
            (5.0, -0.8),
            (1.0, -3.0),
            (-5.5, -3.0),
        ];
        let head = [(-2.4, -6.2), (-5.8, -3.0), (-2.4, 0.2)];
        vec![
            self.line(&bow.map(|(x, y)| at(-x, y))),
            self.line(&head.map(|(x, y)| at(-x, y))),
        ]
    }

    /// Four arrowheads, outwards for 1.
    fn arrows(&self, outwards: f32) -> Vec<Shape> {
        let mut shapes = vec![Shape::circle_stroke(self.center, 2.4, self.stroke)];
        for (x, y) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            let (tip, base) = if 0.0 < outwards {
                (7.0, 4.8)
            } else {
                (4.4, 6.8)
            };
            shapes.push(self.line(&[
                (base * x - 2.2 * y, base * y - 2.2 * x),
                (tip * x, tip * y),
                (base * x + 2.2 * y, base * y + 2.2 * x),
            ]));
        }
        shapes
    }
}
