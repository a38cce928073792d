//! The key to the evidence scale, and verdicts as words with their mark.

use egui::{Align2, Mesh, Rect, RichText, Sense, Shape, Ui, WidgetInfo, pos2, vec2};
use seam_engine::analysis::record::Verdict;

use crate::theme;
use crate::widgets::hatch;
use crate::words;

/// The evidence scale with its ends in words and its numbers, always in the same place.
pub fn legend_ui(ui: &mut Ui) {
    let size = vec2(132.0, 22.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let bar = Rect::from_min_size(rect.min + vec2(0.0, 2.0), vec2(rect.width(), 6.0));
    const STEPS: u16 = 44;
    let mut mesh = Mesh::default();
    for step in 0..STEPS {
        let from = f32::from(step) / f32::from(STEPS);
        let width = bar.width() / f32::from(STEPS);
        let left = bar.left() + f32::from(step) * width;
        let cell = Rect::from_min_max(pos2(left, bar.top()), pos2(left + width, bar.bottom()));
        mesh.add_colored_rect(cell, theme::evidence(from));
    }
    ui.painter().add(Shape::mesh(mesh));
    let font = theme::regular(theme::SMALL);
    let marks = [
        (bar.left(), Align2::LEFT_TOP, "0"),
        (bar.center().x, Align2::CENTER_TOP, "0.5"),
        (bar.right(), Align2::RIGHT_TOP, "1"),
    ];
    for (x, align, text) in marks {
        let at = pos2(x, bar.bottom() + 1.0);
        ui.painter()
            .text(at, align, text, font.clone(), theme::text_faint());
    }
    response.on_hover_text(
        "How strongly a method objects to a frame\n0 hardly objects, 1 objects strongly\nHatched: cannot tell. Outlined: not examined. A low score is no proof of origin.",
    );
}

/// A verdict: its mark and its words.
pub fn verdict_chip_ui(ui: &mut Ui, verdict: Verdict, size: f32) {
    ui.horizontal(|ui| {
        let side = (0.75 * size).round();
        let (rect, _) = ui.allocate_exact_size(vec2(side, size + 6.0), Sense::hover());
        let mark = Rect::from_center_size(rect.center(), vec2(side, side));
        let painter = ui.painter();
        match verdict {
            Verdict::Strong => painter.rect_filled(mark, 2.0, theme::evidence(1.0)),
            Verdict::Some => painter.rect_filled(mark, 2.0, theme::evidence(0.65)),
            Verdict::Little => painter.rect_filled(mark, 2.0, theme::evidence(0.0)),
            Verdict::CannotTell => {
                hatch(painter, mark);
                let stroke = egui::Stroke::new(1.0, theme::outline());
                painter.rect_stroke(mark, 2.0, stroke, egui::StrokeKind::Inside)
            }
        };
        let words = words::verdict(verdict);
        let text = RichText::new(words)
            .font(theme::medium(size))
            .color(theme::text_strong());
        let label = ui.label(text);
        label.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, words));
    });
}
