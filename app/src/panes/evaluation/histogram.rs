//! The scores of pristine and manipulated faces over one axis. A click on a bar lists its items.

use egui::{Rect, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2};
use seam_engine::eval::report::{Histogram, MethodResult};

use crate::command::CommandQueue;
use crate::evaluation::{EvaluationCommand, Evaluations};
use crate::panes::evaluation::chart::Plot;
use crate::panes::evaluation::does;
use crate::theme;

/// The place on the evidence scale that manipulated faces are drawn in.
const MANIPULATED: f32 = 0.9;

pub fn histogram_ui(
    ui: &mut Ui,
    size: Vec2,
    evaluations: &Evaluations,
    result: &MethodResult,
    commands: &mut CommandQueue,
) {
    let histogram = &result.histogram;
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(
            egui::Role::Image,
            true,
            "Scores of pristine and manipulated faces",
        )
    });
    let num_bars = histogram.pristine.len();
    if !ui.is_rect_visible(rect) || num_bars == 0 {
        return;
    }
    let kinds = [shares(&histogram.pristine), shares(&histogram.manipulated)];
    let top = kinds.iter().flatten().copied().fold(0.02, f64::max);
    let plot = Plot::new(rect, [histogram.low, histogram.high], [0.0, 1.05 * top]);
    let painter = ui.painter_at(rect);
    let middle = 0.5 * (histogram.low + histogram.high);
    let ticks = [histogram.low, middle, histogram.high].map(|at| (at, format!("{at:.1}")));
    let axis = if histogram.axis == "logit" {
        "Logit; further right is more manipulated"
    } else {
        "Score; further right is more manipulated"
    };
    plot.frame(&painter, "", axis, &ticks);
    let pointed = response.hover_pos().filter(|at| plot.rect.contains(*at));
    let pointed = pointed.map(|at| histogram.bar_of(plot.x_at(at.x)));
    let brushed = evaluations.brush().map(|brush| brush.bar);
    for (bar, color) in [(pointed, theme::raised()), (brushed, theme::accent_fill())] {
        if let Some(bar) = bar {
            let [low, high] = histogram.ends_of(bar).map(|x| plot.at(x, 0.0).x);
            let lit = Rect::from_x_y_ranges(low..=high, plot.rect.y_range());
            painter.rect_filled(lit, 0.0, color);
        }
    }
    let mut mesh = egui::Mesh::default();
    for (bar, share) in kinds[0].iter().enumerate() {
        let [low, high] = histogram.ends_of(bar);
        let column = Rect::from_min_max(plot.at(low, *share), plot.at(high, 0.0));
        mesh.add_colored_rect(column, theme::outline());
    }
    painter.add(Shape::mesh(mesh));
    let mut line = vec![plot.at(histogram.low, 0.0)];
    for (bar, share) in kinds[1].iter().enumerate() {
        let [low, high] = histogram.ends_of(bar);
        line.extend([plot.at(low, *share), plot.at(high, *share)]);
    }
    line.push(plot.at(histogram.high, 0.0));
    painter.line(line, Stroke::new(1.4, theme::evidence(MANIPULATED)));
    key(&painter, &plot);
    let Some(bar) = pointed else {
        return;
    };
    if response.clicked() {
        commands.push(does(EvaluationCommand::Brush(bar)));
    }
    response.on_hover_text_at_pointer(bar_words(histogram, bar, &kinds));
}

fn shares(counts: &[u64]) -> Vec<f64> {
    let all = counts.iter().sum::<u64>().max(1) as f64;
    counts.iter().map(|&count| count as f64 / all).collect()
}

fn bar_words(histogram: &Histogram, bar: usize, kinds: &[Vec<f64>; 2]) -> String {
    let [low, high] = histogram.ends_of(bar);
    let ends = match bar {
        0 => format!("Below {high:.2}"),
        _ if bar + 1 == histogram.pristine.len() => format!("{low:.2} and more"),
        _ => format!("{low:.2} to {high:.2}"),
    };
    format!(
        "{ends}\n{} pristine faces, {:.1} % of them\n{} manipulated faces, {:.1} % of them\nClick to list their clips",
        histogram.pristine[bar],
        100.0 * kinds[0][bar],
        histogram.manipulated[bar],
        100.0 * kinds[1][bar]
    )
}

/// What the bars and the line are, above the plot.
fn key(painter: &egui::Painter, plot: &Plot) {
    let y = plot.rect.top() - 9.0;
    let mark = Rect::from_min_size(pos2(plot.rect.left(), y - 4.0), Vec2::splat(8.0));
    painter.rect_filled(mark, 1.0, theme::outline());
    let word = |x: f32, text: &str| {
        let font = theme::regular(theme::SMALL);
        let align = egui::Align2::LEFT_CENTER;
        painter.text(pos2(x, y), align, text, font, theme::text_quiet())
    };
    let pristine = word(mark.right() + 4.0, "pristine");
    let left = pristine.right() + 10.0;
    let stroke = Stroke::new(1.4, theme::evidence(MANIPULATED));
    painter.hline(left..=left + 12.0, y, stroke);
    word(left + 16.0, "manipulated, as shares of each");
}
