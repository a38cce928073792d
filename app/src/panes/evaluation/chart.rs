//! A plot with axes: maps numbers to the screen and draws what all charts share.

use egui::{Align2, Painter, Pos2, Rect, pos2};

use crate::theme;

/// Room around the plot: left, top, right, bottom.
const ROOM: [f32; 4] = [30.0, 18.0, 14.0, 30.0];

/// Both axes begin and end where they are told.
#[derive(Clone, Copy, Debug)]
pub struct Plot {
    pub rect: Rect,
    pub x: [f64; 2],
    pub y: [f64; 2],
}

impl Plot {
    pub fn new(whole: Rect, x: [f64; 2], y: [f64; 2]) -> Self {
        let [left, top, right, bottom] = ROOM;
        let rect = Rect::from_min_max(
            whole.min + egui::vec2(left, top),
            whole.max - egui::vec2(right, bottom),
        );
        Self { rect, x, y }
    }

    pub fn at(&self, x: f64, y: f64) -> Pos2 {
        let share = |value: f64, [low, high]: [f64; 2]| ((value - low) / (high - low)) as f32;
        pos2(
            self.rect.left() + share(x, self.x) * self.rect.width(),
            self.rect.bottom() - share(y, self.y) * self.rect.height(),
        )
    }

    /// The number below a place on the screen.
    pub fn x_at(&self, screen_x: f32) -> f64 {
        let share = f64::from((screen_x - self.rect.left()) / self.rect.width().max(1.0));
        self.x[0] + share.clamp(0.0, 1.0) * (self.x[1] - self.x[0])
    }

    /// Grid, numbers and names of both axes, and a title above.
    pub fn frame(&self, painter: &Painter, title: &str, x_name: &str, ticks: &[(f64, String)]) {
        let font = || theme::regular(theme::SMALL);
        let faint = theme::text_faint();
        let above = self.rect.left_top() - egui::vec2(0.0, 4.0);
        painter.text(
            above,
            Align2::LEFT_BOTTOM,
            title,
            font(),
            theme::text_quiet(),
        );
        for (x, text) in ticks {
            let at = self.at(*x, self.y[0]);
            painter.vline(at.x, self.rect.y_range(), theme::hairline());
            let below = at + egui::vec2(0.0, 2.0);
            painter.text(below, Align2::CENTER_TOP, text, font(), faint);
        }
        for share in [0.0, 0.5, 1.0] {
            let value = self.y[0] + share * (self.y[1] - self.y[0]);
            let at = self.at(self.x[0], value);
            painter.hline(self.rect.x_range(), at.y, theme::hairline());
            let left = at - egui::vec2(4.0, 0.0);
            painter.text(
                left,
                Align2::RIGHT_CENTER,
                format!("{value:.2}"),
                font(),
                faint,
            );
        }
        let below = pos2(self.rect.center().x, self.rect.bottom() + 15.0);
        painter.text(below, Align2::CENTER_TOP, x_name, font(), faint);
    }
}
