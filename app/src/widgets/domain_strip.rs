//! What each scored frame is like over time: shares of techniques on each other, in a thin strip.

use egui::{Mesh, Painter, Rect, Shape, pos2};
use seam_engine::analysis::resemblance::leans;

use crate::evidence::Strip;
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::score_strip::{Bar, drawn_spans, joined};

/// How thick frames are drawn that do not lean to manipulation.
const FAINT: f32 = 0.3;

/// Draws the techniques' shares of every frame from below, in the order of the training; what is left free is
/// the share of pristine. Of many frames in one point that with the highest score is drawn, as in the strip
/// of scores.
pub fn paint_domains(painter: &Painter, rect: Rect, view: TimeView, strip: &Strip) {
    let spans = drawn_spans(rect, view, strip).into_iter();
    let bars = spans.map(|(mark, left, right)| Bar {
        left,
        right,
        height: mark.score,
        fill: mark,
    });
    let mut mesh = Mesh::default();
    for Bar {
        left, right, fill, ..
    } in joined(rect, bars)
    {
        let part = |low: f32, high: f32| {
            let y = |share: f32| rect.bottom() - share * rect.height();
            Rect::from_min_max(pos2(left, y(high)), pos2(right, y(low)))
        };
        mesh.add_colored_rect(part(0.0, 1.0), theme::stage());
        let opacity = if leans(fill.score) { 1.0 } else { FAINT };
        for (at, (low, high)) in stacked(&fill.domains).enumerate() {
            let color = theme::faded(theme::technique(at), opacity);
            mesh.add_colored_rect(part(low, high), color);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Where each technique begins and ends, when they stand on each other; `domains` has pristine first.
fn stacked(domains: &[f32]) -> impl Iterator<Item = (f32, f32)> {
    let techniques = domains.iter().skip(1);
    techniques.scan(0.0_f32, |top, share| {
        let low = *top;
        *top = (low + share.max(0.0)).min(1.0);
        Some((low, *top))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_stand_on_each_other_and_leave_pristine_free() {
        let parts: Vec<(f32, f32)> = stacked(&[0.25, 0.5, 0.0, 0.25]).collect();
        assert_eq!(parts, [(0.0, 0.5), (0.5, 0.5), (0.5, 0.75)]);
        assert_eq!(stacked(&[]).count(), 0);
        // A share that is no number takes no room.
        let parts: Vec<(f32, f32)> = stacked(&[0.0, f32::NAN, 0.5]).collect();
        assert_eq!(parts, [(0.0, 0.0), (0.0, 0.5)]);
    }
}
