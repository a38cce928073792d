//! Words of the trade, underlined faintly, with a plain sentence on hover.

use egui::{Response, RichText, Sense, Shape, Stroke, Ui, pos2};

use crate::glossary;
use crate::theme;

/// Height of what is still one line, in points.
const MAX_LINE: f32 = 24.0;

/// A word that the glossary explains; without an entry there it is a plain label.
pub fn term_ui(ui: &mut Ui, text: impl Into<RichText>) -> Response {
    let text: RichText = text.into();
    let word = text.text().to_owned();
    let response = ui.add(egui::Label::new(text).sense(Sense::hover()));
    explained(ui, response, &word)
}

/// Underlines what was drawn, and explains the first term of the glossary in `words` on hover.
pub fn explained(ui: &Ui, response: Response, words: &str) -> Response {
    let Some(sentence) = glossary::explain(words) else {
        return response;
    };
    let rect = response.rect;
    // Under the last line of a paragraph it would mark the wrong words.
    if MAX_LINE < rect.height() {
        return response.on_hover_text(sentence);
    }
    let y = rect.bottom() - 0.5;
    let line = [pos2(rect.left(), y), pos2(rect.right(), y)];
    let stroke = Stroke::new(1.0, theme::outline());
    ui.painter()
        .extend(Shape::dashed_line(&line, stroke, 1.5, 2.5));
    response.on_hover_text(sentence)
}
