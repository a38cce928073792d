//! Curves over steps or masks: lines with what was measured behind them, bands of intervals, marks, one scale.

use egui::{
    Align2, Color32, Mesh, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::theme;
use crate::words;

/// Room below for the numbers, and on the left for the scale, in points.
const FOOT: f32 = 16.0;
const SIDE: f32 = 38.0;
/// More points than this a line are drawn as the least and the greatest of their neighbors.
const MAX_POINTS: usize = 1600;
/// Distance of the scale's lines that is aimed at, in points.
const TICK_ROOM: f32 = 34.0;

/// One picture of curves that share their scales.
#[derive(Clone, Debug)]
pub struct Plot<'a> {
    /// For people with screen readers, and for tests.
    pub name: &'a str,
    /// Ends of both scales.
    pub x: [f64; 2],
    pub y: [f64; 2],
    /// Each step up the scale is as many times as much.
    pub is_log: bool,
    pub lines: Vec<Line>,
    /// A dashed level and its name.
    pub level: Option<(f64, &'a str)>,
    /// What the numbers below count: `masks`; may be empty.
    pub unit: &'a str,
    /// Where a line is drawn from top to bottom.
    pub at: Option<f64>,
}

/// One curve.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub color: Color32,
    pub points: Vec<[f64; 2]>,
    /// What was measured, where the points are calmed.
    pub raw: Vec<[f64; 2]>,
    /// Place, lower and upper end of an interval.
    pub band: Vec<[f64; 3]>,
    /// Each point has a dot.
    pub has_dots: bool,
    pub is_dashed: bool,
    /// A point that stands out.
    pub best: Option<[f64; 2]>,
}

/// Draws the curves into the whole of `rect`. Gives the place on the lower scale that is pointed at.
pub fn curve_ui(ui: &Ui, rect: Rect, plot: &Plot<'_>) -> (egui::Response, Option<f64>) {
    let response = ui.interact(rect, ui.scope_id().with(plot.name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, plot.name));
    paint_curves(&ui.painter_at(rect), rect, plot);
    let inner = inner(rect);
    let pointed = response.hover_pos().filter(|pos| inner.contains(*pos));
    let pointed = pointed.map(|pos| {
        let share = f64::from((pos.x - inner.left()) / inner.width().max(1.0));
        plot.x[0] + share * (plot.x[1] - plot.x[0])
    });
    (response, pointed)
}

/// As [`curve_ui`], for a picture that is not pointed at.
pub fn paint_curves(painter: &Painter, rect: Rect, plot: &Plot<'_>) {
    let inner = inner(rect);
    let scale = Scale::new(inner, plot);
    scale.paint_axes(painter, rect, plot);
    if let Some((level, name)) = plot.level {
        let y = scale.y(level);
        let ends = [pos2(inner.left(), y), pos2(inner.right(), y)];
        let stroke = Stroke::new(1.0, theme::text_faint());
        painter.extend(Shape::dashed_line(&ends, stroke, 4.0, 4.0));
        let at = pos2(inner.right() - 2.0, y - 1.0);
        word(painter, at, Align2::RIGHT_BOTTOM, name);
    }
    let painter = &painter.with_clip_rect(inner.expand(4.0).intersect(painter.clip_rect()));
    for line in &plot.lines {
        paint_band(painter, &scale, line);
    }
    for line in &plot.lines {
        if !line.raw.is_empty() {
            let stroke = Stroke::new(1.0, theme::faded(line.color, 0.3));
            painter.line(scale.points(&line.raw), stroke);
        }
    }
    for line in &plot.lines {
        let points = scale.points(&line.points);
        let stroke = Stroke::new(1.6, line.color);
        if line.is_dashed {
            painter.extend(Shape::dashed_line(&points, stroke, 4.0, 3.0));
        } else {
            painter.line(points.clone(), stroke);
        }
        if line.has_dots {
            for at in points {
                match line.is_dashed {
                    true => painter.circle_stroke(at, 2.5, stroke),
                    false => painter.circle_filled(at, 2.5, line.color),
                };
            }
        }
        if let Some([x, y]) = line.best {
            let at = pos2(scale.x(x), scale.y(y));
            painter.circle(at, 4.5, theme::panel(), Stroke::new(2.0, line.color));
        }
    }
    if let Some(at) = plot.at {
        let stroke = Stroke::new(1.0, theme::outline());
        painter.vline(scale.x(at), inner.y_range(), stroke);
    }
}

/// A color's sign beside its name, in a legend.
pub fn paint_key(painter: &Painter, rect: Rect, color: Color32, is_on: bool) {
    if is_on {
        painter.rect_filled(rect, 2.0, color);
    } else {
        let stroke = Stroke::new(1.0, color);
        painter.rect_stroke(rect, 2.0, stroke, StrokeKind::Inside);
    }
}

fn paint_band(painter: &Painter, scale: &Scale, line: &Line) {
    let color = theme::faded(line.color, 0.16);
    if let [[x, low, high]] = line.band[..] {
        let ends = [low, high].map(|y| pos2(scale.x(x), scale.y(y)));
        painter.line_segment(ends, Stroke::new(3.0, color));
        return;
    }
    let mut mesh = Mesh::default();
    for (&[x, low, high], at) in line.band.iter().zip(0_u32..) {
        for y in [low, high] {
            mesh.colored_vertex(pos2(scale.x(x), scale.y(y)), color);
        }
        if 0 < at {
            let first = 2 * at - 2;
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 1, first + 2, first + 3);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Where the curves lie.
fn inner(rect: Rect) -> Rect {
    Rect::from_min_max(
        pos2(rect.left() + SIDE, rect.top() + 6.0),
        pos2(rect.right() - 8.0, rect.bottom() - FOOT),
    )
}

/// From numbers to points on screen.
struct Scale {
    inner: Rect,
    x: [f64; 2],
    y: [f64; 2],
    is_log: bool,
}

impl Scale {
    fn new(inner: Rect, plot: &Plot<'_>) -> Self {
        Self {
            inner,
            x: plot.x,
            y: plot.y,
            is_log: plot.is_log && 0.0 < plot.y[0],
        }
    }

    fn x(&self, x: f64) -> f32 {
        let [from, to] = self.x;
        let share = (x - from) / (to - from).max(f64::MIN_POSITIVE);
        self.inner.left() + share as f32 * self.inner.width()
    }

    fn y(&self, y: f64) -> f32 {
        let share = if self.is_log {
            let [from, to] = self.y.map(f64::ln);
            (y.max(f64::MIN_POSITIVE).ln() - from) / (to - from).max(f64::MIN_POSITIVE)
        } else {
            let [from, to] = self.y;
            (y - from) / (to - from).max(f64::MIN_POSITIVE)
        };
        // Far beyond the picture is far enough.
        self.inner.bottom() - share.clamp(-4.0, 5.0) as f32 * self.inner.height()
    }

    fn points(&self, points: &[[f64; 2]]) -> Vec<Pos2> {
        let place = |[x, y]: [f64; 2]| pos2(self.x(x), self.y(y));
        thinned(points).into_iter().map(place).collect()
    }

    fn paint_axes(&self, painter: &Painter, rect: Rect, plot: &Plot<'_>) {
        let wanted = (self.inner.height() / TICK_ROOM).max(1.0) as usize;
        for (tick, text) in ticks(self.y, self.is_log, wanted) {
            let y = self.y(tick);
            painter.hline(self.inner.x_range(), y, theme::hairline());
            word(
                painter,
                pos2(self.inner.left() - 5.0, y),
                Align2::RIGHT_CENTER,
                &text,
            );
        }
        let wanted = (self.inner.width() / 90.0).max(1.0) as usize;
        for (tick, _) in ticks(self.x, false, wanted) {
            let x = self.x(tick);
            let text = words::count(tick.max(0.0).round() as u64);
            let is_last = tick + 1.0 > self.x[1];
            let text = match (is_last, plot.unit) {
                (true, unit) if !unit.is_empty() => format!("{text} {unit}"),
                _ => text,
            };
            let align = if is_last {
                Align2::RIGHT_BOTTOM
            } else if tick <= self.x[0] {
                Align2::LEFT_BOTTOM
            } else {
                Align2::CENTER_BOTTOM
            };
            word(painter, pos2(x, rect.bottom()), align, &text);
        }
    }
}

fn word(painter: &Painter, at: Pos2, align: Align2, text: &str) {
    let font = theme::regular(theme::SMALL);
    painter.text(at, align, text, font, theme::text_faint());
}

/// Round numbers between the ends of a scale, about so many, with their words.
fn ticks([from, to]: [f64; 2], is_log: bool, wanted: usize) -> Vec<(f64, String)> {
    let wanted = wanted.clamp(1, 12);
    if is_log {
        let decades = from.log10().ceil() as i32..=to.log10().floor() as i32;
        let factors: &[f64] = if decades.clone().count() < 2 {
            &[1.0, 2.0, 5.0]
        } else {
            &[1.0]
        };
        let first = from.log10().floor() as i32;
        let all = (first..=*decades.end()).flat_map(|decade| {
            factors
                .iter()
                .map(move |factor| factor * 10_f64.powi(decade))
        });
        let inside: Vec<f64> = all.filter(|tick| from <= *tick && *tick <= to).collect();
        let every = inside.len().div_ceil(wanted).max(1);
        let kept = inside.into_iter().step_by(every);
        return kept.map(|tick| (tick, number(tick, tick))).collect();
    }
    let length = to - from;
    if !(0.0 < length && length.is_finite()) {
        return vec![(from, number(from, from.abs()))];
    }
    let rough = length / wanted as f64;
    let decade = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * decade);
    let step = steps
        .into_iter()
        .find(|step| rough <= *step)
        .unwrap_or(rough);
    let first = (from / step - 1e-9).ceil() as i64;
    let last = (to / step + 1e-9).floor() as i64;
    let all = (first..=last).map(|at| at as f64 * step);
    all.map(|tick| (tick, number(tick, step))).collect()
}

/// A number with the digits that tell it from its neighbors on the scale.
fn number(value: f64, step: f64) -> String {
    if value != 0.0 && (value.abs() < 1e-3 || 1e6 <= value.abs()) {
        return format!("{value:.0e}");
    }
    let digits = (-step.abs().max(1e-6).log10().floor()).clamp(0.0, 4.0) as usize;
    format!("{value:.digits$}")
}

/// Fewer points with the same look: of each run of neighbors the least and the greatest, in their order.
fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    if points.len() <= MAX_POINTS {
        return points.to_vec();
    }
    let chunk = points.len().div_ceil(MAX_POINTS / 2);
    let mut kept = Vec::with_capacity(MAX_POINTS);
    for run in points.chunks(chunk) {
        let order = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
        let (least, most) = (run.iter().min_by(order), run.iter().max_by(order));
        if let (Some(a), Some(b)) = (least, most) {
            let (first, second) = if a[0] <= b[0] { (a, b) } else { (b, a) };
            kept.extend([*first, *second]);
        }
    }
    kept
}

/// The ends of a scale around these values, with a little room; never empty.
pub fn around(values: impl Iterator<Item = f64>, is_log: bool) -> [f64; 2] {
    let mut ends = [f64::INFINITY, f64::NEG_INFINITY];
    for value in values.filter(|value| value.is_finite() && !(is_log && *value <= 0.0)) {
        ends = [ends[0].min(value), ends[1].max(value)];
    }
    let [low, high] = ends;
    if high < low {
        return if is_log { [0.1, 1.0] } else { [0.0, 1.0] };
    }
    if is_log {
        return [low / 1.15, high * 1.15];
    }
    let room = (0.06 * (high - low)).max(1e-3 * high.abs()).max(1e-6);
    // Losses that cannot be below zero begin there.
    let floor = if 0.0 <= low && low < 0.5 * high {
        0.0
    } else {
        low - room
    };
    [floor, high + room]
}

/// A size that curves of one pane share.
pub fn plot_size(width: f32, height: f32) -> egui::Vec2 {
    vec2(width.max(SIDE + 24.0), height.max(FOOT + 24.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(ends: [f64; 2], is_log: bool, wanted: usize) -> Vec<String> {
        let ticks = ticks(ends, is_log, wanted).into_iter();
        ticks.map(|(_, text)| text).collect()
    }

    #[test]
    fn scales_have_round_numbers() {
        assert_eq!(words_of([0.0, 1.0], false, 2), ["0.0", "0.5", "1.0"]);
        assert_eq!(
            words_of([0.0, 4200.0], false, 5),
            ["0", "1000", "2000", "3000", "4000"]
        );
        assert_eq!(words_of([0.02, 30.0], true, 6), ["0.1", "1", "10"]);
        assert_eq!(words_of([0.3, 0.9], true, 6), ["0.5"]);
        assert!(!ticks([2.0, 2.0], false, 4).is_empty());
    }

    #[test]
    fn many_points_are_thinned_and_keep_their_ends() {
        let points: Vec<[f64; 2]> = (0..20_000)
            .map(|at| [f64::from(at), f64::from(at % 7)])
            .collect();
        let thin = thinned(&points);
        assert!(thin.len() <= MAX_POINTS);
        assert!(thin.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
        assert!(
            thin.iter().any(|point| point[1] == 0.0) && thin.iter().any(|point| point[1] == 6.0)
        );
        assert_eq!(thinned(&points[..10]).len(), 10);
    }

    #[test]
    fn a_scale_goes_around_its_values_and_is_never_empty() {
        let [low, high] = around([0.2, 0.9].into_iter(), false);
        assert!(low == 0.0 && 0.9 < high);
        let [low, high] = around([5.0, 5.0, f64::NAN].into_iter(), false);
        assert!(low < 5.0 && 5.0 < high);
        assert_eq!(around(std::iter::empty(), false), [0.0, 1.0]);
        let [low, _] = around([0.0, 0.5].into_iter(), true);
        assert!(0.0 < low);
    }
}
