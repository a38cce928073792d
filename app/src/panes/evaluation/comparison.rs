//! Two evaluations beside each other: what is the same, and how far their numbers are apart.

use egui::Ui;
use seam_engine::eval::report::{Evaluation, MethodResult};

use crate::evaluation::OpenEvaluation;
use crate::panes::evaluation::results::title_ui;
use crate::theme::{self, UNIT};
use crate::widgets::{Cell, RowStyle, note_ui, table_row_ui};

const COLUMN: f32 = 74.0;

pub fn comparison_ui(ui: &mut Ui, own: &OpenEvaluation, beside: &OpenEvaluation) {
    ui.add_space(UNIT);
    title_ui(ui, &format!("Beside {}", beside.name()));
    note_ui(
        ui,
        &sameness(&own.evaluation, &beside.evaluation),
        theme::text_quiet(),
    );
    let head = ["AUC here", "AUC there", "apart"].map(Cell::new);
    table_row_ui(ui, "Dashed in the curves", &head, COLUMN, RowStyle::Head);
    for result in &own.evaluation.results {
        let of_method = |other: &&MethodResult| other.name() == result.name();
        let only = beside.evaluation.results.first();
        let is_single = own.evaluation.results.len() == 1 && beside.evaluation.results.len() == 1;
        let found = beside.evaluation.results.iter().find(of_method);
        let Some(other) = found.or(only.filter(|_| is_single)) else {
            continue;
        };
        row_ui(ui, result, other, "by frame", |result| {
            Some(result.frames.auc)
        });
        row_ui(ui, result, other, "by video", |result| {
            Some(result.videos.as_ref()?.auc)
        });
    }
}

fn row_ui(
    ui: &mut Ui,
    own: &MethodResult,
    other: &MethodResult,
    level: &str,
    auc: impl Fn(&MethodResult) -> Option<seam_engine::detectors::card::Interval>,
) {
    let (Some(here), Some(there)) = (auc(own), auc(other)) else {
        return;
    };
    let apart = here.high < there.low || there.high < here.low;
    let word = if apart { "clear" } else { "cannot tell" };
    let cells = [
        Cell::new(format!("{:.3}", here.value)),
        Cell::new(format!("{:.3}", there.value)),
        Cell {
            text: format!("{:+.3}", here.value - there.value),
            below: Some(word.to_owned()),
        },
    ];
    let name = if own.title == other.title {
        format!("{} {level}", own.title)
    } else {
        format!("{} and {} {level}", own.title, other.title)
    };
    table_row_ui(ui, &name, &cells, COLUMN, RowStyle::Plain).on_hover_text(
        "Clear: their 95 % intervals do not meet. Else chance may explain it. An interval of the difference itself \
         would be narrower where both scored the same clips",
    );
}

/// Whether the numbers may be compared at all.
fn sameness(own: &Evaluation, other: &Evaluation) -> String {
    let hash = |evaluation: &Evaluation| {
        let data = evaluation.data.as_ref();
        data.map(|data| (data.manifest_sha256.clone(), data.scored_split.clone()))
    };
    match (hash(own), hash(other)) {
        (Some(a), Some(b)) if a == b => "Both scored the same split of the same list".to_owned(),
        (Some(_), Some(_)) => {
            "They scored different clips: differences may come from the clips and not from the detectors"
                .to_owned()
        }
        _ => "Whether they scored the same clips is not known".to_owned(),
    }
}
