//! What a color of a pixel costs a density model over time: a thin strip with the band of pristine faces.

use egui::{Mesh, Painter, Rect, Shape, pos2};

use crate::evidence::{Strip, UsualBits};
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::score_strip::mark_spans;

/// Bits per dimension that no model exceeds by much: all levels alike. The scale without references.
const ALL_ALIKE_BITS: f32 = 8.0;
/// The scale reaches so many widths of the band beyond it on either side.
const MARGIN: f32 = 0.3;
/// Half of the line's thickness.
const HALF_LINE: f32 = 0.75;

/// Lower and upper end of the strip, in bits per dimension: the same for every clip, given by the references.
pub fn strip_ends(usual: Option<&UsualBits>) -> [f32; 2] {
    let Some(&UsualBits {
        band: [low, high], ..
    }) = usual
    else {
        return [0.0, ALL_ALIKE_BITS];
    };
    let margin = MARGIN * (high - low).max(0.1);
    [(low - margin).max(0.0), high + margin]
}

/// Draws the band, and over it the likelihoods as steps; beyond the strip's ends they run along them. Of many
/// frames in one point, the least and the most.
pub fn paint_likelihoods(
    painter: &Painter,
    rect: Rect,
    view: TimeView,
    strip: &Strip,
    usual: Option<&UsualBits>,
) {
    let [low, high] = strip_ends(usual);
    let inner = rect.shrink2(egui::vec2(0.0, HALF_LINE));
    let y = |bits: f32| {
        let share = ((bits - low) / (high - low)).clamp(0.0, 1.0);
        inner.bottom() - share * inner.height()
    };
    painter.rect_filled(rect, 0.0, theme::stage());
    if let Some(usual) = usual {
        let [least, most] = usual.band.map(y);
        let band = Rect::from_x_y_ranges(rect.x_range(), most..=least);
        painter.rect_filled(band, 0.0, theme::button());
    }
    let marks = mark_spans(rect, view, strip).filter_map(|(mark, left, right)| {
        let bits = mark.bits_per_dim.filter(|bits| bits.is_finite())?;
        Some(Step {
            left,
            right,
            bits: [bits, bits],
            last: bits,
        })
    });
    let mut mesh = Mesh::default();
    let mut before: Option<Step> = None;
    for step in joined(marks) {
        let mut span = step.bits;
        if let Some(before) = before
            && step.left - before.right < 0.5
        {
            // The rise from the last step.
            let rise = Rect::from_min_max(
                pos2(step.left - HALF_LINE, y(before.last.max(step.bits[1]))),
                pos2(step.left + HALF_LINE, y(before.last.min(step.bits[0]))),
            );
            mesh.add_colored_rect(rise, theme::text_faint());
        }
        span = span.map(y);
        let line = Rect::from_min_max(
            pos2(step.left, span[1] - HALF_LINE),
            pos2(step.right.max(step.left + 1.0), span[0] + HALF_LINE),
        );
        let is_usual = usual
            .is_none_or(|usual| usual.band[0] <= step.bits[0] && step.bits[1] <= usual.band[1]);
        let color = if is_usual {
            theme::text_faint()
        } else {
            theme::text()
        };
        mesh.add_colored_rect(line, color);
        before = Some(step);
    }
    painter.add(Shape::mesh(mesh));
}

/// One step on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    left: f32,
    right: f32,
    /// Least and most.
    bits: [f32; 2],
    /// Of the last frame in it.
    last: f32,
}

/// Steps narrower than a point join their neighbors.
fn joined(steps: impl Iterator<Item = Step>) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::new();
    for step in steps {
        match joined.last_mut() {
            Some(wide) if step.right - wide.left < 1.0 && step.left <= wide.right + 0.5 => {
                wide.right = wide.right.max(step.right);
                wide.bits = [
                    wide.bits[0].min(step.bits[0]),
                    wide.bits[1].max(step.bits[1]),
                ];
                wide.last = step.last;
            }
            _ => joined.push(step),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_that_of_the_references() {
        let ends = |band| strip_ends(Some(&UsualBits { band, num_faces: 9 }));
        assert_eq!(ends([2.0, 3.0]), [1.7, 3.3]);
        assert_eq!(ends([0.5, 2.5]), [0.0, 3.1]);
        let [low, high] = ends([2.0, 2.0]);
        assert!(low < 2.0 && 2.0 < high);
        assert_eq!(strip_ends(None), [0.0, 8.0]);
    }

    #[test]
    fn many_frames_in_one_point_show_the_least_and_the_most() {
        let step = |left: f32, right: f32, bits: f32| Step {
            left,
            right,
            bits: [bits, bits],
            last: bits,
        };
        let steps = [
            step(0.0, 0.4, 2.0),
            step(0.4, 0.8, 3.0),
            step(0.8, 0.9, 1.0),
            step(0.9, 5.0, 2.5),
        ];
        let found = joined(steps.into_iter());
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].bits, found[0].last), ([1.0, 3.0], 1.0));
        assert_eq!(found[1], steps[3]);
    }
}
