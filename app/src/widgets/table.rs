//! Tables of numbers: a name, then columns of one width each, right-aligned; a line a row for screen readers.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::theme;

/// Height of a row with one line, and with a second one beneath.
const ROW: f32 = 18.0;
const TALL_ROW: f32 = 32.0;

/// A number, and what stands small beneath it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    pub text: String,
    pub below: Option<String>,
}

/// How a row looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowStyle {
    Head,
    #[default]
    Plain,
    /// The row that the rest of the pane is about.
    Chosen,
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            below: None,
        }
    }
}

/// Draws a row over the whole width; every cell after the name is `column` points wide. A click may choose it.
pub fn table_row_ui(
    ui: &mut Ui,
    name: &str,
    cells: &[Cell],
    column: f32,
    style: RowStyle,
) -> Response {
    let is_tall = cells.iter().any(|cell| cell.below.is_some());
    let height = if is_tall { TALL_ROW } else { ROW };
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let words = cells.iter().map(|cell| cell.text.as_str());
        let words: Vec<&str> = std::iter::once(name).chain(words).collect();
        WidgetInfo::labeled(egui::Role::Label, true, words.join(" "))
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter_at(rect);
    if style == RowStyle::Chosen {
        painter.rect_filled(rect, theme::RADIUS, theme::accent_fill());
    }
    let (strong, quiet) = match style {
        RowStyle::Head => (theme::text_faint(), theme::text_faint()),
        RowStyle::Plain => (theme::text(), theme::text_faint()),
        RowStyle::Chosen => (theme::text_strong(), theme::text_quiet()),
    };
    let room = rect.width() - column * cells.len() as f32 - 8.0;
    text(
        &painter,
        rect.left_top() + vec2(4.0, 2.0),
        name,
        strong,
        room,
    );
    for (cell, at) in cells.iter().zip(1..) {
        let right = rect.right() - column * (cells.len() - at) as f32 - 4.0;
        let font = theme::regular(theme::SMALL);
        let top = rect.top() + 2.0;
        painter.text(
            pos2(right, top),
            Align2::RIGHT_TOP,
            &cell.text,
            font.clone(),
            strong,
        );
        if let Some(below) = &cell.below {
            let at = pos2(right, top + 13.0);
            painter.text(at, Align2::RIGHT_TOP, below, font, quiet);
        }
    }
    if style == RowStyle::Head {
        painter.hline(rect.x_range(), rect.bottom() - 0.5, theme::hairline());
    }
    response
}

/// One line, cut off where there is no more room.
fn text(painter: &egui::Painter, at: egui::Pos2, words: &str, color: Color32, room: f32) -> Rect {
    let font = theme::regular(theme::SMALL);
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(room.max(20.0));
    let galley = painter.layout_job(job);
    let rect = Rect::from_min_size(at, galley.size());
    painter.galley(at, galley, color);
    rect
}
