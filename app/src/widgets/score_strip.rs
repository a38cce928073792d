//! Scores over time as bars, with the hottest and the calmest moment. Many frames in one point become one bar.

use egui::{Color32, Mesh, Painter, Rect, Shape, Stroke, pos2, vec2};

use crate::evidence::{Mark, Person, Strip};
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::outlined_gap;

/// Bars of one strip: the highest score in each pixel, in evidence colors. Where the person was seen
/// and not scored, an outlined gap.
pub fn paint_scores(painter: &Painter, rect: Rect, view: TimeView, person: &Person, strip: &Strip) {
    for &(start, end) in &person.presence {
        let gap = span(rect, view, start, end);
        if gap.intersects(painter.clip_rect()) {
            outlined_gap(painter, gap);
        }
    }
    let spans = drawn_spans(rect, view, strip).into_iter();
    let bars = spans.map(|(mark, left, right)| Bar {
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

/// As [`mark_spans`], but of more than two marks in a point only the highest.
pub fn drawn_spans(rect: Rect, view: TimeView, strip: &Strip) -> Vec<(&Mark, f32, f32)> {
    let places = strip.places(view.start as i64, view.end as i64);
    let columns = rect.width().ceil().max(1.0) as usize;
    if places.len() <= 2 * columns {
        return mark_spans(rect, view, strip).collect();
    }
    let mut spans = Vec::with_capacity(columns);
    let mut from = places.start;
    for column in 0..columns {
        let left = rect.left() + column as f32;
        let end = view.time_at(rect, left + 1.0);
        let rest = &strip.marks[from..places.end];
        let to = from + rest.partition_point(|mark| mark.pts_nanos < end);
        if let Some(mark) = strip.peak(from..to) {
            spans.push((mark, left, left + 1.0));
        }
        from = to;
    }
    spans
}

/// Where the moments of a strip stand that the method objects to most and least: the first above, the second below.
pub fn moments(rect: Rect, view: TimeView, strip: &Strip) -> [Option<(&Mark, Rect)>; 2] {
    // Of a single mark both would be the same.
    if strip.marks.len() < 2 {
        return [None, None];
    }
    [
        moment(rect, view, strip.hottest(), rect.top() + 5.0),
        moment(rect, view, strip.calmest(), rect.bottom() - 5.0),
    ]
}

fn moment(rect: Rect, view: TimeView, mark: Option<&Mark>, y: f32) -> Option<(&Mark, Rect)> {
    let mark = mark?;
    let x = view.x_of(rect, mark.pts_nanos);
    let is_shown = rect.left() - 1.0 <= x && x <= rect.right() + 1.0;
    let at = Rect::from_center_size(pos2(x, y), vec2(12.0, 10.0));
    is_shown.then_some((mark, at))
}

/// A filled triangle from above at the hottest moment, an outlined one from below at the calmest.
pub fn paint_moments(painter: &Painter, moments: [Option<(&Mark, Rect)>; 2]) {
    let [hottest, calmest] = moments;
    let shade = Stroke::new(1.0, theme::stage());
    if let Some((_, at)) = hottest {
        let center = at.center().x;
        let corners = vec![
            pos2(center - 4.0, at.top()),
            pos2(center + 4.0, at.top()),
            pos2(center, at.top() + 7.0),
        ];
        painter.add(Shape::convex_polygon(corners, theme::text_strong(), shade));
    }
    if let Some((_, at)) = calmest {
        let center = at.center().x;
        let corners = vec![
            pos2(center - 4.0, at.bottom()),
            pos2(center, at.bottom() - 7.0),
            pos2(center + 4.0, at.bottom()),
        ];
        let stroke = Stroke::new(1.0, theme::text_quiet());
        painter.add(Shape::convex_polygon(corners, theme::stage(), stroke));
    }
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
pub fn paint_bars(
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
    use crate::evidence::made_up;

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

    #[test]
    fn three_hours_of_scores_are_drawn_a_bar_a_point_without_losing_the_highest() {
        let rect = Rect::from_min_max(pos2(150.0, 0.0), pos2(1150.0, 34.0));
        // Eight a second for three hours, one of them high.
        let count = 3 * 3600 * 8;
        let step = 125_000_000;
        let score = |at: i64| if at == 50_000 { 0.97 } else { 0.1 };
        let strip = made_up::strip((0..count).map(|at| (at * step, score(at))));
        let whole = TimeView {
            start: 0.0,
            end: (count * step) as f64,
        };
        let spans = drawn_spans(rect, whole, &strip);
        assert!((990..=1000).contains(&spans.len()), "{}", spans.len());
        let high = spans.iter().filter(|(mark, ..)| mark.score == 0.97).count();
        assert_eq!(high, 1);
        let start = std::time::Instant::now();
        for _ in 0..20 {
            assert_eq!(drawn_spans(rect, whole, &strip).len(), spans.len());
        }
        let each = start.elapsed() / 20;
        assert!(each < std::time::Duration::from_millis(16), "{each:?}");
        // Magnified, every mark is its own again.
        let near = TimeView {
            start: 0.0,
            end: 10e9,
        };
        assert_eq!(drawn_spans(rect, near, &strip).len(), 81);
    }

    #[test]
    fn the_hottest_and_the_calmest_moment_stand_where_they_are() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 34.0));
        let view = TimeView {
            start: 0.0,
            end: 100.0,
        };
        let strip = made_up::strip([(10, 0.5), (40, 0.9), (70, 0.1)]);
        let [hottest, calmest] = moments(rect, view, &strip).map(Option::unwrap);
        assert_eq!((hottest.0.pts_nanos, calmest.0.pts_nanos), (40, 70));
        assert_eq!((hottest.1.center().x, calmest.1.center().x), (40.0, 70.0));
        let late = TimeView {
            start: 50.0,
            ..view
        };
        assert!(moments(rect, late, &strip)[0].is_none());
        let one = made_up::strip([(10, 0.5)]);
        assert!(moments(rect, view, &one).iter().all(Option::is_none));
    }
}
