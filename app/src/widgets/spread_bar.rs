//! A mean within its spread: the whole range as a line, the middle half as a bar, the mean as a tick.

use egui::{Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use seam_engine::analysis::spread::Spread;

use crate::theme;

/// Draws it over the full width, from 0 to 1.
pub fn spread_bar_ui(ui: &mut Ui, mean: f32, spread: &Spread) -> Response {
    let size = vec2(ui.available_width(), 14.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let name = format!("Mean {mean:.2}, {}", spread.words());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let x = |share: f32| rect.left() + share.clamp(0.0, 1.0) * rect.width();
    let across = |from: f32, to: f32, half: f32| {
        let y = rect.center().y;
        let right = x(to).max(x(from) + 2.0);
        Rect::from_min_max(pos2(x(from), y - half), pos2(right, y + half))
    };
    let painter = ui.painter();
    painter.rect_filled(across(0.0, 1.0, 4.0), 2.0, theme::raised());
    // A tick at each half, as in the legend of the scale.
    painter.vline(x(0.5), rect.y_range(), Stroke::new(1.0, theme::line()));
    painter.rect_filled(
        across(spread.lowest, spread.highest, 1.0),
        0.0,
        theme::text_faint(),
    );
    let half = across(spread.lower_quarter, spread.upper_quarter, 4.0);
    painter.rect_filled(half, 2.0, theme::evidence(mean));
    painter.vline(
        x(mean),
        rect.y_range(),
        Stroke::new(2.0, theme::text_strong()),
    );
    response
}
