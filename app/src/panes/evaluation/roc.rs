//! ROC curves of all results over each other; the pointer reads both rates and the threshold.

use egui::{Color32, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo};
use seam_engine::eval::metrics::RocPoint;
use seam_engine::eval::report::MethodResult;

use crate::evaluation::Evaluations;
use crate::panes::evaluation::chart::Plot;
use crate::theme;

/// Places in the list of colors, the best told apart first.
const COLORS: [usize; 6] = [3, 2, 1, 0, 4, 5];

/// One curve.
struct Curve<'a> {
    name: String,
    auc: f64,
    points: &'a [RocPoint],
    color: Color32,
    width: f32,
    /// Of the evaluation that is laid beside.
    is_dashed: bool,
}

pub fn roc_ui(ui: &mut Ui, size: Vec2, evaluations: &Evaluations) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let curves = curves(evaluations);
    let level = if evaluations.by_video {
        "video"
    } else {
        "frame"
    };
    response.widget_info(|| {
        let words = curves
            .iter()
            .map(|own| format!("{} AUC {:.3}", own.name, own.auc));
        let words: Vec<String> = words.collect();
        let text = format!("ROC curves by {level}: {}", words.join(", "));
        WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    let plot = Plot::new(rect, [0.0, 1.0], [0.0, 1.0]);
    let painter = ui.painter_at(rect);
    let ticks = [0.0, 0.5, 1.0].map(|at| (at, format!("{at:.1}")));
    let title = format!("Found, by {level}");
    plot.frame(&painter, &title, "Pristine taken for manipulated", &ticks);
    let chance = [plot.at(0.0, 0.0), plot.at(1.0, 1.0)];
    let faint = Stroke::new(1.0, theme::outline());
    painter.extend(Shape::dashed_line(&chance, faint, 2.0, 4.0));
    for curve in curves.iter().rev() {
        let points = curve.points.iter();
        let line: Vec<egui::Pos2> = points.map(|own| plot.at(own.fpr, own.tpr)).collect();
        let stroke = Stroke::new(curve.width, curve.color);
        if curve.is_dashed {
            painter.extend(Shape::dashed_line(&line, stroke, 6.0, 4.0));
        } else {
            painter.line(line, stroke);
        }
    }
    key(&painter, &plot, &curves);
    let pointed = response.hover_pos().filter(|at| plot.rect.contains(*at));
    let Some(pointer) = pointed else {
        return;
    };
    let fpr = plot.x_at(pointer.x);
    painter.vline(
        pointer.x,
        plot.rect.y_range(),
        Stroke::new(1.0, theme::text_faint()),
    );
    let mut lines = vec![format!(
        "Where {:.1} % of the pristine are taken for manipulated",
        100.0 * fpr
    )];
    for curve in &curves {
        let Some(point) = point_at(curve.points, fpr) else {
            continue;
        };
        painter.circle_filled(plot.at(point.fpr, point.tpr), 3.0, curve.color);
        let threshold = point.threshold.map_or(String::new(), |at| {
            format!(
                ", by calling {} and more manipulated",
                threshold_words(at, evaluations.by_video)
            )
        });
        lines.push(format!(
            "{}: {:.1} % of the manipulated are found{threshold}",
            curve.name,
            100.0 * point.tpr
        ));
    }
    response.on_hover_text_at_pointer(lines.join("\n"));
}

fn threshold_words(threshold: f64, by_video: bool) -> String {
    if by_video {
        format!("a mean score of {threshold:.3}")
    } else {
        format!("a logit of {threshold:.2}")
    }
}

/// The one that is shown in detail first.
fn curves(evaluations: &Evaluations) -> Vec<Curve<'_>> {
    let by_video = evaluations.by_video;
    let mut curves = Vec::new();
    let Some(open) = evaluations.chosen() else {
        return curves;
    };
    let results = &open.evaluation.results;
    let shown = evaluations.result.min(results.len().saturating_sub(1));
    if let Some(result) = results.get(shown) {
        curves.extend(curve(
            result,
            by_video,
            theme::text_strong(),
            2.0,
            false,
            "",
        ));
    }
    let others = results.iter().enumerate().filter(|(at, _)| *at != shown);
    for ((_, result), place) in others.zip(0..) {
        let color = theme::technique(COLORS[place % COLORS.len()]);
        curves.extend(curve(result, by_video, color, 1.2, false, ""));
    }
    if let Some(beside) = evaluations.beside() {
        let name = format!(" in {}", beside.name());
        for (result, place) in beside.evaluation.results.iter().zip(0..) {
            let color = theme::technique(COLORS[place % COLORS.len()]);
            curves.extend(curve(result, by_video, color, 1.4, true, &name));
        }
    }
    curves
}

fn curve<'a>(
    result: &'a MethodResult,
    by_video: bool,
    color: Color32,
    width: f32,
    is_dashed: bool,
    suffix: &str,
) -> Option<Curve<'a>> {
    let (points, metrics) = if by_video {
        (&result.roc_videos, result.videos.as_ref()?)
    } else {
        (&result.roc_frames, &result.frames)
    };
    Some(Curve {
        name: format!("{}{suffix}", result.with_fold(&result.title)),
        auc: metrics.auc.value,
        points,
        color,
        width,
        is_dashed,
    })
}

/// The point that finds most at this rate or below.
fn point_at(points: &[RocPoint], fpr: f64) -> Option<&RocPoint> {
    let below = points.iter().take_while(|point| point.fpr <= fpr + 1e-9);
    below.last()
}

/// Names at the lower right, where curves seldom are.
fn key(painter: &egui::Painter, plot: &Plot, curves: &[Curve<'_>]) {
    const MAX: usize = 8;
    const LINE: f32 = 13.0;
    let shown = curves.len().min(MAX);
    let mut y = plot.rect.bottom() - 4.0 - LINE * shown as f32;
    for curve in &curves[..shown] {
        let right = egui::pos2(plot.rect.right() - 4.0, y);
        let text = format!("{}  {:.3}", curve.name, curve.auc);
        let font = theme::regular(theme::SMALL);
        let word = painter.text(
            right,
            egui::Align2::RIGHT_TOP,
            text,
            font,
            theme::text_quiet(),
        );
        let middle = word.left_center() - egui::vec2(4.0, 0.0);
        let line = [middle - egui::vec2(14.0, 0.0), middle];
        let stroke = Stroke::new(curve.width, curve.color);
        if curve.is_dashed {
            painter.extend(Shape::dashed_line(&line, stroke, 4.0, 3.0));
        } else {
            painter.line_segment(line, stroke);
        }
        y += LINE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pointer_reads_the_best_point_that_its_rate_allows() {
        let point = RocPoint::bare;
        let points = [
            point(0.0, 0.0),
            point(0.0, 0.5),
            point(0.5, 0.5),
            point(0.5, 1.0),
            point(1.0, 1.0),
        ];
        let read = |fpr| point_at(&points, fpr).map(|point| point.tpr);
        assert_eq!(read(0.0), Some(0.5));
        assert_eq!(read(0.4), Some(0.5));
        assert_eq!(read(0.5), Some(1.0));
        assert_eq!(point_at(&[], 0.5), None);
    }
}
