//! What faces cost a density model: those on screen as lines, over the validation's pristine and forged faces.

use egui::{
    Align2, Color32, Painter, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::maps::histogram::{Distribution, Histogram};
use crate::theme;

/// Height of the words above and below the bins.
const WORDS: f32 = 15.0;
/// Side of a swatch.
const SWATCH: f32 = 8.0;

/// A face on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceLine {
    pub name: &'static str,
    pub bits_per_dim: f32,
    /// Drawn broken: the face that another one is compared with.
    pub is_control: bool,
}

/// Draws the pristine faces as filled steps, `second` as an outline, and each face as a line.
pub fn likelihood_histogram_ui(
    ui: &Ui,
    rect: Rect,
    histogram: &Histogram,
    second: Option<&Distribution>,
    faces: &[FaceLine],
) -> Response {
    let response = ui.interact(
        rect,
        ui.scope_id().with("bits per dimension"),
        Sense::hover(),
    );
    response.widget_info(|| {
        WidgetInfo::labeled(egui::Role::Image, true, summary(histogram, second, faces))
    });
    let plot = rect.shrink2(vec2(0.0, WORDS));
    let painter = ui.painter_at(rect.expand(1.0));
    let kinds: Vec<&Distribution> = std::iter::once(&histogram.pristine).chain(second).collect();
    let top = kinds.iter().map(|kind| kind.peak()).fold(0.0, f32::max);
    let outline = |kind| steps(plot, kind, top.max(f32::MIN_POSITIVE));
    let pointed = (response.hover_pos()).and_then(|at| bin_at(plot, histogram, at.x));
    if let Some(bin) = pointed {
        let column =
            |at: usize| plot.left() + plot.width() * at as f32 / histogram.num_bins() as f32;
        let lit = Rect::from_x_y_ranges(column(bin)..=column(bin + 1), plot.y_range());
        painter.rect_filled(lit, 0.0, theme::raised());
    }
    fill(&painter, plot, &outline(&histogram.pristine));
    if let Some(second) = second {
        painter.line(outline(second), Stroke::new(1.2, theme::text_quiet()));
    }
    painter.hline(
        plot.x_range(),
        plot.bottom(),
        Stroke::new(1.0, theme::outline()),
    );
    key(&painter, rect, &kinds);
    axis(&painter, rect, histogram);
    for face in faces {
        face_line(&painter, plot, histogram, face);
    }
    match pointed {
        Some(bin) => response.on_hover_text_at_pointer(bin_words(histogram, bin, &kinds)),
        None => response,
    }
}

/// What the picture shows, for those who do not see it.
fn summary(histogram: &Histogram, second: Option<&Distribution>, faces: &[FaceLine]) -> String {
    let mut text = "Bits per dimension".to_owned();
    for (at, face) in faces.iter().enumerate() {
        let before = if at == 0 { ": " } else { ", " };
        text += &format!("{before}{} {:.2}", face.name, face.bits_per_dim);
    }
    text += "; beside ";
    let kinds = std::iter::once(&histogram.pristine).chain(second);
    let kinds = kinds.map(|kind| format!("{} ({} faces)", kind.name, kind.num_faces));
    text += &kinds.collect::<Vec<_>>().join(" and ");
    text
}

/// The bin under the pointer.
fn bin_at(plot: Rect, histogram: &Histogram, x: f32) -> Option<usize> {
    let share = (x - plot.left()) / plot.width().max(1.0);
    let bin = (share * histogram.num_bins() as f32).floor();
    (0.0..histogram.num_bins() as f32)
        .contains(&bin)
        .then_some(bin as usize)
}

/// Shares of one bin: the bins at the ends hold what lies beyond them, too.
fn bin_words(histogram: &Histogram, bin: usize, kinds: &[&Distribution]) -> String {
    let digits = histogram.digits();
    let [low, high] = histogram.bin_ends(bin);
    let mut text = match bin {
        0 => format!("Below {high:.digits$} bits"),
        _ if bin + 1 == histogram.num_bins() => format!("{low:.digits$} bits and more"),
        _ => format!("{low:.digits$} to {high:.digits$} bits"),
    };
    for kind in kinds {
        let percent = 100.0 * kind.shares.get(bin).copied().unwrap_or_default();
        text += &format!("\n{} {percent:.1} % of {}", kind.name, kind.num_faces);
    }
    text
}

/// The outline of a kind from the left end of the axis to its right one, `top` being the plot's full height.
fn steps(plot: Rect, kind: &Distribution, top: f32) -> Vec<egui::Pos2> {
    let width = plot.width() / kind.shares.len().max(1) as f32;
    let mut points = vec![plot.left_bottom()];
    for (bin, share) in kind.shares.iter().enumerate() {
        let y = plot.bottom() - 0.96 * plot.height() * share / top;
        points.extend([bin, bin + 1].map(|at| pos2(plot.left() + width * at as f32, y)));
    }
    if let Some(last) = points.last_mut() {
        last.x = plot.right();
    }
    points.push(plot.right_bottom());
    corners(points)
}

/// Without points that change no line: a thin line gets blots from them.
fn corners(points: Vec<egui::Pos2>) -> Vec<egui::Pos2> {
    let mut kept: Vec<egui::Pos2> = Vec::new();
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = kept[..]
            && (a.y, b.y) == (b.y, point.y)
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}

/// Fills steps down to the axis.
fn fill(painter: &Painter, plot: Rect, steps: &[egui::Pos2]) {
    let mut mesh = egui::Mesh::default();
    for pair in steps.windows(2) {
        if pair[0].x < pair[1].x {
            let bar = Rect::from_min_max(pair[0], pos2(pair[1].x, plot.bottom()));
            mesh.add_colored_rect(bar, theme::outline());
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Names and numbers of faces above the plot, as far as there is room.
fn key(painter: &Painter, rect: Rect, kinds: &[&Distribution]) {
    let mut left = rect.left();
    let middle = rect.top() + 0.5 * WORDS;
    for (at, kind) in kinds.iter().enumerate() {
        let mark = Rect::from_min_size(pos2(left, middle - 0.5 * SWATCH), vec2(SWATCH, SWATCH));
        if at == 0 {
            painter.rect_filled(mark, 1.0, theme::outline());
        } else {
            let stroke = Stroke::new(1.2, theme::text_quiet());
            painter.rect_stroke(mark, 1.0, stroke, StrokeKind::Inside);
        }
        let text = format!("{}  n {}", kind.name, kind.num_faces);
        let at = pos2(mark.right() + 4.0, middle);
        let font = theme::regular(theme::SMALL);
        let word = painter.text(at, Align2::LEFT_CENTER, text, font, theme::text_faint());
        left = word.right() + 10.0;
    }
}

/// The ends of the axis and what it counts.
fn axis(painter: &Painter, rect: Rect, histogram: &Histogram) {
    let [low, high] = histogram.ends();
    let digits = histogram.digits();
    let words = [
        (
            rect.left_bottom(),
            Align2::LEFT_BOTTOM,
            format!("{low:.digits$}"),
        ),
        (
            rect.center_bottom(),
            Align2::CENTER_BOTTOM,
            "bits per dimension".to_owned(),
        ),
        (
            rect.right_bottom(),
            Align2::RIGHT_BOTTOM,
            format!("{high:.digits$}"),
        ),
    ];
    for (at, align, text) in words {
        painter.text(
            at,
            align,
            text,
            theme::regular(theme::SMALL),
            theme::text_faint(),
        );
    }
}

/// A face's line; beyond an end of the axis an arrow at that end.
fn face_line(painter: &Painter, plot: Rect, histogram: &Histogram, face: &FaceLine) {
    let place = histogram.place(face.bits_per_dim);
    if !place.is_finite() {
        return;
    }
    let color: Color32 = if face.is_control {
        theme::text()
    } else {
        theme::text_strong()
    };
    let x = plot.left() + place.clamp(0.0, 1.0) * plot.width();
    let stroke = Stroke::new(1.5, color);
    let ends = [pos2(x, plot.top()), pos2(x, plot.bottom())];
    if face.is_control {
        painter.extend(Shape::dashed_line(&ends, stroke, 3.0, 3.0));
    } else {
        painter.line_segment(ends, stroke);
    }
    if !(0.0..=1.0).contains(&place) {
        let way = if place < 0.0 { -1.0 } else { 1.0 };
        let tip = pos2(x, plot.top() + 8.0);
        let points = vec![tip, tip - vec2(7.0 * way, 4.0), tip - vec2(7.0 * way, -4.0)];
        painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::detectors::likelihood::LikelihoodReference;

    const PLOT: Rect = Rect {
        min: pos2(100.0, 0.0),
        max: pos2(300.0, 50.0),
    };

    fn histogram() -> Histogram {
        let reference = |technique: Option<&str>, from: f32| LikelihoodReference {
            technique: technique.map(str::to_owned),
            bits_per_dim: (0..40u8).map(|at| from + 0.05 * f32::from(at)).collect(),
            roughness: vec![5.0; 40],
        };
        Histogram::of(&[reference(None, 2.0), reference(Some("swap"), 1.0)]).unwrap()
    }

    #[test]
    fn the_bin_under_the_pointer_is_told_with_its_shares() {
        let histogram = histogram();
        let last = histogram.num_bins() - 1;
        assert_eq!(bin_at(PLOT, &histogram, 100.0), Some(0));
        assert_eq!(bin_at(PLOT, &histogram, 299.9), Some(last));
        assert_eq!(bin_at(PLOT, &histogram, 300.1), None);
        assert_eq!(bin_at(PLOT, &histogram, 99.9), None);
        let kinds = [&histogram.pristine, &histogram.forged];
        let words = bin_words(&histogram, 0, &kinds);
        assert!(
            words.starts_with("Below 1.2 bits\npristine 0.0 % of 40\n"),
            "{words}"
        );
        let words = bin_words(&histogram, last, &kinds);
        assert!(words.contains("bits and more"), "{words}");
    }

    #[test]
    fn steps_reach_from_end_to_end_and_as_high_as_their_share() {
        let histogram = histogram();
        let pristine = &histogram.pristine;
        let points = steps(PLOT, pristine, pristine.peak());
        assert_eq!(points[0], PLOT.left_bottom());
        assert_eq!(points.last().copied(), Some(PLOT.right_bottom()));
        let highest = points.iter().map(|point| point.y).fold(f32::MAX, f32::min);
        assert!((highest - 2.0).abs() < 1e-3, "{highest}");
        let is_step = |pair: &[egui::Pos2]| (pair[0].x == pair[1].x) != (pair[0].y == pair[1].y);
        assert!(points.windows(2).all(is_step), "{points:?}");
    }

    #[test]
    fn the_picture_is_told_in_words() {
        let histogram = histogram();
        let face = FaceLine {
            name: "this frame",
            bits_per_dim: 2.314,
            is_control: false,
        };
        assert_eq!(
            summary(&histogram, histogram.second(Some(0)), &[face]),
            "Bits per dimension: this frame 2.31; beside pristine (40 faces) and swap (40 faces)"
        );
    }
}
