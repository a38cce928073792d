//! Where a number lies among reference faces: a line over most of them, thick over the middle half.

use egui::{Rect, Response, Sense, Stroke, Ui, pos2, vec2};

use crate::theme;

/// Draws the 5, 25, 50, 75 and 95 % of the faces, and `value` as a tick; beyond the line's ends it stands there.
pub fn quantile_line_ui(ui: &mut Ui, width: f32, quantiles: [f32; 5], value: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 10.0), Sense::hover());
    let x = |at: f32| rect.left() + rect.width() * share(quantiles, at);
    let painter = ui.painter();
    let [low, quarter, half, three, high] = quantiles.map(x);
    let middle = rect.center().y;
    painter.hline(low..=high, middle, Stroke::new(1.0, theme::outline()));
    let bar = Rect::from_min_max(pos2(quarter, middle - 2.5), pos2(three, middle + 2.5));
    painter.rect_filled(bar, 1.0, theme::outline());
    painter.vline(
        half,
        middle - 2.5..=middle + 2.5,
        Stroke::new(1.0, theme::panel()),
    );
    painter.vline(
        x(value),
        rect.y_range(),
        Stroke::new(1.5, theme::text_strong()),
    );
    response
}

/// Place on the line, 0 to 1: what nine of ten faces have takes its middle half.
fn share(quantiles: [f32; 5], at: f32) -> f32 {
    let [low, .., high] = quantiles;
    let margin = 0.5 * (high - low).max(0.1);
    ((at - low + margin) / (high - low + 2.0 * margin)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_faces_take_the_middle_half() {
        let quantiles = [2.0, 2.2, 2.5, 2.7, 3.0];
        let check = |at: f32, expected: f32| {
            let share = share(quantiles, at);
            assert!((share - expected).abs() < 1e-6, "{at}: {share}");
        };
        check(2.0, 0.25);
        check(2.5, 0.5);
        check(3.0, 0.75);
        check(-9.0, 0.0);
        check(99.0, 1.0);
        assert!(share([2.5; 5], 2.5).is_finite());
    }
}
