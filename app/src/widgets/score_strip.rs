//! Scores over time as bars, and face sizes as a thin band. Many frames in one pixel become one bar.

use egui::{Color32, Mesh, Painter, Rect, Shape, pos2};

use crate::evidence::{Mark, Person, Strip};
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::outlined_gap;

/// The size strip is full at this face size, in pixels of the frame, and empty at the smallest.
const LARGEST_FACE_PX: f32 = 400.0;
const SMALLEST_FACE_PX: f32 = 16.0;

/// Bars of one strip: the highest score in each pixel, in evidence colors. Where the person was seen
/// and not scored, an outlined gap.
pub fn paint_scores(painter: &Painter, rect: Rect, view: TimeView, person: &Person, strip: &Strip) {
    for &(start, end) in &person.presence {
        let gap = span(rect, view, start, end);
        if gap.intersects(painter.clip_rect()) {
            outlined_gap(painter, gap);
        }
    }
    let bars = mark_spans(rect, view, strip).map(|(mark, left, right)| Bar {
        left,
        right,
        height: mark.score.max(0.06),
        fill: theme::evidence(mark.score),
    });
    paint_bars(painter, rect, bars, true);
}

/// The marks in view, each with the left and right end of what it stands for: up to the next mark, or alone.
pub fn mark_spans(
    rect: Rect,
    view: TimeView,
    strip: &Strip,
) -> impl Iterator<Item = (&Mark, f32, f32)> {
    let reach = strip.reach_nanos();
    let marks = &strip.marks;
    let from = marks
        .partition_point(|mark| (mark.pts_nanos as f64) < view.start)
        .saturating_sub(1);
    marks[from..]
        .iter()
        .zip(marks[from..].iter().skip(1).map(Some).chain([None]))
        .take_while(move |(mark, _)| mark.pts_nanos as f64 <= view.end)
        .map(move |(mark, next)| {
            let next = next.map_or(i64::MAX, |next| next.pts_nanos);
            let is_next_near = next - mark.pts_nanos <= 5 * reach / 2;
            let end = if is_next_near {
                next
            } else {
                mark.pts_nanos + reach
            };
            let left = view.x_of(rect, mark.pts_nanos);
            (mark, left, view.x_of(rect, end))
        })
}

/// The face's size over time in neutral gray.
pub fn paint_sizes(
    painter: &Painter,
    rect: Rect,
    view: TimeView,
    person: &Person,
    frame_nanos: i64,
) {
    let boxes = &person.boxes;
    let from = boxes
        .partition_point(|at| (at.pts_nanos as f64) < view.start)
        .saturating_sub(1);
    let bars = boxes[from..]
        .iter()
        .take_while(|at| at.pts_nanos as f64 <= view.end)
        .map(|at| Bar {
            left: view.x_of(rect, at.pts_nanos),
            right: view.x_of(rect, at.pts_nanos + frame_nanos),
            height: size_share(at.face.width.min(at.face.height)),
            fill: theme::outline(),
        });
    paint_bars(painter, rect, bars, false);
}

/// A face size on a logarithmic scale, 0 to 1.
fn size_share(size_px: f32) -> f32 {
    let share =
        (size_px.max(1.0) / SMALLEST_FACE_PX).ln() / (LARGEST_FACE_PX / SMALLEST_FACE_PX).ln();
    share.clamp(0.1, 1.0)
}

/// One bar on screen; `height` is a share of the strip's.
pub struct Bar<T> {
    pub left: f32,
    pub right: f32,
    pub height: f32,
    pub fill: T,
}

/// Bars narrower than a point join their neighbors, the highest wins; each is cut to the strip.
pub fn joined<T>(rect: Rect, bars: impl Iterator<Item = Bar<T>>) -> Vec<Bar<T>> {
    let mut joined: Vec<Bar<T>> = Vec::new();
    for bar in bars {
        match joined.last_mut() {
            Some(wide) if bar.right - wide.left < 1.0 && bar.left <= wide.right + 0.5 => {
                wide.right = wide.right.max(bar.right);
                if wide.height < bar.height {
                    wide.height = bar.height;
                    wide.fill = bar.fill;
                }
            }
            _ => joined.push(bar),
        }
    }
    if let Some(last) = joined.last_mut() {
        // A lone mark must not vanish.
        last.right = last.right.max(last.left + 1.0);
    }
    for bar in &mut joined {
        bar.left = bar.left.max(rect.left());
        bar.right = bar.right.min(rect.right());
    }
    joined.retain(|bar| bar.left < bar.right);
    joined
}

/// Draws all bars as one mesh.
fn paint_bars(
    painter: &Painter,
    rect: Rect,
    bars: impl Iterator<Item = Bar<Color32>>,
    has_bed: bool,
) {
    let mut mesh = Mesh::default();
    for bar in joined(rect, bars) {
        let Bar { left, right, .. } = bar;
        if has_bed {
            let bed = Rect::from_x_y_ranges(left..=right, rect.y_range());
            mesh.add_colored_rect(bed, theme::stage());
        }
        let top = rect.bottom() - bar.height * rect.height();
        let filled = Rect::from_min_max(pos2(left, top), pos2(right, rect.bottom()));
        mesh.add_colored_rect(filled, bar.fill);
    }
    painter.add(Shape::mesh(mesh));
}

fn span(rect: Rect, view: TimeView, start: i64, end: i64) -> Rect {
    let left = view.x_of(rect, start).max(rect.left());
    let right = view.x_of(rect, end).min(rect.right());
    Rect::from_x_y_ranges(left..=right.max(left), rect.y_range())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_bars_join_and_the_highest_wins() {
        let rect = Rect::from_min_max(pos2(10.0, 0.0), pos2(50.0, 10.0));
        let bar = |left: f32, right: f32, height: f32| Bar {
            left,
            right,
            height,
            fill: height,
        };
        let bars = [
            bar(0.0, 12.0, 0.1),
            bar(12.0, 12.3, 0.4),
            bar(12.3, 12.6, 0.9),
            bar(12.6, 12.8, 0.2),
            bar(30.0, 60.0, 0.5),
            bar(70.0, 80.0, 0.5),
        ];
        let joined = joined(rect, bars.into_iter());
        let found: Vec<_> = joined
            .iter()
            .map(|bar| (bar.left, bar.right, bar.fill))
            .collect();
        assert_eq!(
            found,
            [(10.0, 12.0, 0.1), (12.0, 12.8, 0.9), (30.0, 50.0, 0.5)]
        );
    }
}
