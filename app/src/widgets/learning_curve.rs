//! A number over the masks it was learned from, beside the same number where the faces were drawn by chance.

use egui::{Align2, Painter, Pos2, Rect, Shape, Stroke, pos2};

use crate::theme;

/// Room below for the number of masks, and on the left for the scale, in points.
const FOOT: f32 = 14.0;
const SIDE: f32 = 26.0;

/// One point of a curve: masks, and a number from 0 to 1.
pub type CurvePoint = (usize, f32);

/// Draws both curves on one scale from 0 to 1. A number before any mask is at 0 masks.
pub fn paint_learning_curve(
    painter: &Painter,
    rect: Rect,
    own: &[CurvePoint],
    random: &[CurvePoint],
) {
    let plot = Rect::from_min_max(
        pos2(rect.left() + SIDE, rect.top() + 4.0),
        pos2(rect.right() - 6.0, rect.bottom() - FOOT),
    );
    let font = || theme::regular(theme::SMALL);
    for step in 0..=2_u8 {
        let share = f32::from(step) / 2.0;
        let y = plot.bottom() - share * plot.height();
        painter.hline(plot.x_range(), y, theme::hairline());
        let at = pos2(plot.left() - 4.0, y);
        painter.text(
            at,
            Align2::RIGHT_CENTER,
            format!("{share:.1}"),
            font(),
            theme::text_faint(),
        );
    }
    let most = own
        .iter()
        .chain(random)
        .map(|point| point.0)
        .max()
        .unwrap_or(1)
        .max(1);
    let place = |&(masks, value): &CurvePoint| {
        let x = plot.left() + masks as f32 / most as f32 * plot.width();
        pos2(x, plot.bottom() - value.clamp(0.0, 1.0) * plot.height())
    };
    let chance: Vec<Pos2> = random.iter().map(place).collect();
    let stroke = Stroke::new(1.2, theme::text_faint());
    painter.extend(Shape::dashed_line(&chance, stroke, 4.0, 3.0));
    for at in &chance {
        painter.circle_stroke(*at, 2.5, stroke);
    }
    let points: Vec<Pos2> = own.iter().map(place).collect();
    painter.line(points.clone(), Stroke::new(1.6, theme::text_strong()));
    for at in &points {
        painter.circle_filled(*at, 2.5, theme::text_strong());
    }
    let ends = [
        (plot.left(), Align2::LEFT_BOTTOM, "0".to_owned()),
        (plot.right(), Align2::RIGHT_BOTTOM, format!("{most} masks")),
    ];
    for (x, align, text) in ends {
        painter.text(
            pos2(x, rect.bottom()),
            align,
            text,
            font(),
            theme::text_faint(),
        );
    }
}

/// Whether the order of the queue paid, in words. `gain` is the interval of the difference, drawn in pairs: only one
/// that leaves zero out says anything.
pub fn against_random(
    what: &str,
    masks: usize,
    [own, random]: [f64; 2],
    gain: Option<[f64; 2]>,
) -> String {
    let verdict = match gain {
        Some([low, _]) if 0.0 < low => "better than with faces drawn by chance",
        Some([_, high]) if high < 0.0 => "worse than with faces drawn by chance",
        _ => "whether better than with faces drawn by chance cannot be told",
    };
    let masks = match masks {
        1 => "1 mask".to_owned(),
        _ => format!("{masks} masks"),
    };
    format!("{what} with {masks}: {verdict} ({own:.2} against {random:.2})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_whether_the_order_paid_and_when_that_cannot_be_told() {
        let say = |gain: Option<[f64; 2]>| against_random("Accuracy", 20, [0.7, 0.6], gain);
        assert!(say(Some([0.02, 0.2])).contains("with 20 masks: better"));
        assert!(say(Some([-0.2, -0.01])).contains("worse"));
        assert!(say(Some([-0.05, 0.2])).contains("cannot be told"));
        assert!(say(None).contains("cannot be told"));
    }
}
