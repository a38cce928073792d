//! The time ruler: ticks at round times, with labels that never touch.

use egui::{Align2, Painter, Rect, Stroke, pos2};

use crate::theme;
use crate::viewport::TimeView;
use crate::words;

/// Distances between labels that read well, in milliseconds.
const STEPS_MILLIS: [i64; 17] = [
    10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
    600_000, 1_800_000,
];
/// Labels keep at least this distance, in points.
const LABEL_DISTANCE: f32 = 84.0;

/// Draws the ruler for the visible part of time.
pub fn paint_ruler(painter: &Painter, rect: Rect, view: TimeView) {
    let step = step_nanos(view, rect.width());
    let minor = step / 5;
    let mut tick = (view.start / minor as f64).floor() as i64;
    loop {
        let pts_nanos = tick * minor;
        if view.end < pts_nanos as f64 {
            break;
        }
        let x = view.x_of(rect, pts_nanos);
        let is_major = tick % 5 == 0;
        if rect.left() <= x + 0.5 {
            let top = rect.bottom() - if is_major { 7.0 } else { 3.0 };
            let stroke = Stroke::new(
                1.0,
                if is_major {
                    theme::outline()
                } else {
                    theme::line()
                },
            );
            painter.vline(x, top..=rect.bottom(), stroke);
            if is_major {
                painter.text(
                    pos2(x + 4.0, rect.center().y - 2.0),
                    Align2::LEFT_CENTER,
                    label(pts_nanos, step),
                    theme::regular(theme::SMALL),
                    theme::text_faint(),
                );
            }
        }
        tick += 1;
    }
}

/// Whole seconds need no millis.
fn label(pts_nanos: i64, step_nanos: i64) -> String {
    let text = words::time(pts_nanos);
    if step_nanos < 1_000_000_000 {
        text
    } else {
        text[..text.len() - 4].to_owned()
    }
}

fn step_nanos(view: TimeView, width: f32) -> i64 {
    let nanos_per_point = view.length() / f64::from(width.max(1.0));
    let least = nanos_per_point * f64::from(LABEL_DISTANCE);
    let step = STEPS_MILLIS
        .iter()
        .map(|millis| millis * 1_000_000)
        .find(|&step| least <= step as f64);
    step.unwrap_or((least / 3.6e12).ceil() as i64 * 3_600_000_000_000)
        .max(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: f64, width: f32, step_millis: i64) {
        let view = TimeView {
            start: 0.0,
            end: seconds * 1e9,
        };
        assert_eq!(step_nanos(view, width), step_millis * 1_000_000);
    }

    #[test]
    fn labels_stand_at_round_times_with_room_between() {
        check(10.0, 1000.0, 1000);
        check(0.5, 1000.0, 50);
        check(600.0, 1000.0, 60_000);
        check(36_000.0, 1000.0, 3_600_000);
    }

    #[test]
    fn labels_show_millis_only_when_needed() {
        assert_eq!(label(61_000_000_000, 1_000_000_000), "01:01");
        assert_eq!(label(61_250_000_000, 50_000_000), "01:01.250");
    }
}
