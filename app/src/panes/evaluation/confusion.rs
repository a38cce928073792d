//! What faces were taken for, by what they are, where a method tells techniques apart.

use egui::{Align2, Sense, Ui, WidgetInfo, vec2};
use seam_engine::eval::report::{Confusion, MethodResult};

use crate::panes::evaluation::results::title_ui;
use crate::theme::{self, UNIT};
use crate::widgets::note_ui;

const ROW: f32 = 20.0;
const NAMES: f32 = 92.0;

pub fn confusion_ui(ui: &mut Ui, result: &MethodResult) {
    let Some(confusion) = &result.confusion else {
        return;
    };
    title_ui(ui, "What faces were taken for");
    note_ui(
        ui,
        "A row a kind of faces, in percent of them; a column what the model took them for. Chance is one in as many \
         as there are columns",
        theme::text_faint(),
    );
    head_ui(ui, confusion);
    for (name, counts) in confusion.names.iter().zip(&confusion.counts) {
        row_ui(ui, name, counts, &confusion.names, true);
    }
    for unknown in &confusion.unknown {
        row_ui(
            ui,
            &unknown.technique,
            &unknown.counts,
            &confusion.names,
            false,
        );
    }
    ui.add_space(2.0 * UNIT);
}

fn head_ui(ui: &mut Ui, confusion: &Confusion) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let painter = ui.painter_at(rect);
    let width = (rect.width() - NAMES) / confusion.names.len().max(1) as f32;
    for (name, at) in confusion.names.iter().zip(0_u8..) {
        let middle = egui::pos2(
            rect.left() + NAMES + (f32::from(at) + 0.5) * width,
            rect.center().y,
        );
        let font = theme::regular(theme::SMALL);
        let short: String = name.chars().take((width / 6.5) as usize).collect();
        painter.text(
            middle,
            Align2::CENTER_CENTER,
            short,
            font,
            theme::text_faint(),
        );
    }
}

fn row_ui(ui: &mut Ui, name: &str, counts: &[u64], names: &[String], is_known: bool) {
    let all = counts.iter().sum::<u64>();
    if all == 0 {
        return;
    }
    let share = |count: u64| count as f32 / all as f32;
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = names
        .iter()
        .zip(counts)
        .map(|(own, count)| format!("{:.0} % for {own}", 100.0 * share(*count)));
    let words: Vec<String> = words.collect();
    let text = format!("{name}, {all} faces: taken {}", words.join(", "));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &text));
    let painter = ui.painter_at(rect);
    let font = || theme::regular(theme::SMALL);
    let color = if is_known {
        theme::text()
    } else {
        theme::text_quiet()
    };
    let at = rect.left_center() + vec2(4.0, 0.0);
    painter.text(at, Align2::LEFT_CENTER, name, font(), color);
    let width = (rect.width() - NAMES) / counts.len().max(1) as f32;
    for (&count, at) in counts.iter().zip(0_u8..) {
        let left = rect.left() + NAMES + f32::from(at) * width;
        let cell = egui::Rect::from_min_size(egui::pos2(left, rect.top()), vec2(width, ROW));
        let cell = cell.shrink(1.0);
        painter.rect_filled(
            cell,
            2.0,
            theme::faded(theme::accent(), 0.55 * share(count)),
        );
        let text = format!("{:.0}", 100.0 * share(count));
        painter.text(
            cell.center(),
            Align2::CENTER_CENTER,
            text,
            font(),
            theme::text(),
        );
    }
    let note = if is_known {
        text
    } else {
        format!("{text}\nThe model does not know this technique")
    };
    response.on_hover_text(note);
}
