//! Scores over time as bars, and face sizes as a thin band. Many frames in one pixel become one bar.

use egui::{Color32, Mesh, Painter, Rect, Shape, pos2};

use crate::evidence::{Person, Strip};
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
    let reach = strip.reach_nanos();
    let marks = &strip.marks;
    let from = marks
        .partition_point(|mark| (mark.pts_nanos as f64) < view.start)
        .saturating_sub(1);
    let bars = marks[from..]
        .iter()
        .zip(marks[from..].iter().skip(1).map(Some).chain([None]))
        .take_while(|(mark, _)| mark.pts_nanos as f64 <= view.end)
        .map(|(mark, next)| {
            let next = next.map_or(i64::MAX, |next| next.pts_nanos);
            let is_next_near = next - mark.pts_nanos <= 5 * reach / 2;
            let end = if is_next_near {
                next
            } else {
                mark.pts_nanos + reach
            };
            Bar {
                left: view.x_of(rect, mark.pts_nanos),
                right: view.x_of(rect, end),
                height: mark.score.max(0.06),
                color: theme::evidence(mark.score),
            }
        });
    paint_bars(painter, rect, bars, true);
}

/// The face's size over time in neutral gray; fainter where the box was carried over.
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
            color: theme::OUTLINE,
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
struct Bar {
    left: f32,
    right: f32,
    height: f32,
    color: Color32,
}

/// Draws all bars as one mesh; bars narrower than a point join their neighbors, the highest wins.
fn paint_bars(painter: &Painter, rect: Rect, bars: impl Iterator<Item = Bar>, has_bed: bool) {
    let mut mesh = Mesh::default();
    let mut flush = |bar: &Bar| {
        let left = bar.left.max(rect.left());
        let right = bar.right.min(rect.right());
        if right <= left {
            return;
        }
        if has_bed {
            let bed = Rect::from_x_y_ranges(left..=right, rect.y_range());
            mesh.add_colored_rect(bed, theme::STAGE);
        }
        let top = rect.bottom() - bar.height * rect.height();
        let filled = Rect::from_min_max(pos2(left, top), pos2(right, rect.bottom()));
        mesh.add_colored_rect(filled, bar.color);
    };
    let mut open: Option<Bar> = None;
    for bar in bars {
        match &mut open {
            Some(wide) if bar.right - wide.left < 1.0 && bar.left <= wide.right + 0.5 => {
                wide.right = wide.right.max(bar.right);
                if wide.height < bar.height {
                    wide.height = bar.height;
                    wide.color = bar.color;
                }
            }
            _ => {
                if let Some(done) = open.replace(bar) {
                    flush(&done);
                }
            }
        }
    }
    if let Some(done) = open {
        // A lone mark must not vanish.
        let right = done.right.max(done.left + 1.0);
        flush(&Bar { right, ..done });
    }
    painter.add(Shape::mesh(mesh));
}

fn span(rect: Rect, view: TimeView, start: i64, end: i64) -> Rect {
    let left = view.x_of(rect, start).max(rect.left());
    let right = view.x_of(rect, end).min(rect.right());
    Rect::from_x_y_ranges(left..=right.max(left), rect.y_range())
}
