//! What a record tells of a density model and of a budget: likelihoods beside pristine faces, faces scored.

use egui::{RichText, Ui, WidgetInfo};
use seam_engine::analysis::likelihood::LikelihoodRecord;
use seam_engine::analysis::record::Check;

use crate::theme::{self, UNIT};
use crate::widgets::{fact_ui, note_ui, quantile_line_ui, term_ui};
use crate::words;

/// Width of the line of pristine faces.
const LINE_WIDTH: f32 = 128.0;

/// The record's sentence and the place among pristine faces. No verdict, so it stands beside any.
pub fn likelihood_record_ui(ui: &mut Ui, record: &LikelihoodRecord) {
    ui.add_space(UNIT);
    let pristine = record.references.iter().find(|own| own.kind == "pristine");
    ui.horizontal(|ui| {
        ui.set_height(14.0);
        let bits = record.mean.bits_per_dim;
        let text = RichText::new(format!("{bits:.2} bits per dimension")).size(theme::SMALL);
        term_ui(ui, text.color(theme::text()));
        if let Some(pristine) = pristine {
            let width = LINE_WIDTH.min(ui.available_width());
            let line = quantile_line_ui(ui, width, pristine.bits_per_dim, bits);
            let name = "Likelihood among pristine faces";
            line.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, name));
            line.on_hover_text(about_line(record));
        }
    });
    note_ui(ui, &record.sentence, theme::text_quiet());
}

/// What the line shows, and every kind of reference faces in numbers.
fn about_line(record: &LikelihoodRecord) -> String {
    let mut text = "The mean over the scored frames (tick) among the pristine faces of the model's validation: the line holds 90 % of them, its thick part half of them\nLikely is not pristine and unlikely is not forged: this is no finding\n\nBits per dimension of the validation's faces, 5, 50 and 95 % of them lie below".to_owned();
    for own in &record.references {
        let [low, _, half, _, high] = own.bits_per_dim;
        let faces = words::count(own.faces as u64);
        text += &format!("\n{low:.2}  {half:.2}  {high:.2}  {} ({faces})", own.kind);
    }
    text
}

/// How many faces of the person were scored, where a budget left some out.
pub fn budget_ui(ui: &mut Ui, check: &Check) {
    let Some((faces, reason)) = budget(check) else {
        return;
    };
    let row = fact_ui(ui, "Scored", &faces);
    if let Some(reason) = reason {
        row.on_hover_text(reason);
    }
}

/// `12 of 95 faces`, and why.
fn budget(check: &Check) -> Option<(String, Option<&str>)> {
    let budget = check.extra.get("budget")?;
    let count = |name: &str| budget.get(name)?.as_u64().map(words::count);
    let faces = format!(
        "{} of {} faces",
        count("faces_scored")?,
        count("faces_usable")?
    );
    let reason = budget.get("reason").and_then(serde_json::Value::as_str);
    Some((faces, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn check(extra: &Value) -> Check {
        let check = json!({
            "method": "pixelcnn", "model": "test", "state": "ran", "score": 0.5,
            "calibrated": true, "frames": [], "extra": extra,
        });
        serde_json::from_value(check).unwrap()
    }

    #[test]
    fn a_budget_is_told_with_its_reason_and_only_where_there_is_one() {
        let told = |extra| {
            budget(&check(&extra)).map(|(faces, reason)| (faces, reason.map(str::to_owned)))
        };
        let full = json!({ "budget": {
            "faces_scored": 12, "faces_usable": 1095, "reason": "One face takes 9 s on this computer",
        }});
        let reason = Some("One face takes 9 s on this computer".to_owned());
        assert_eq!(told(full), Some(("12 of 1,095 faces".to_owned(), reason)));
        let bare = json!({ "budget": { "faces_scored": 3, "faces_usable": 4 } });
        assert_eq!(told(bare), Some(("3 of 4 faces".to_owned(), None)));
        for none in [
            Value::Null,
            json!({}),
            json!({ "budget": null }),
            json!({ "budget": {} }),
        ] {
            assert_eq!(told(none), None);
        }
    }
}
