//! What an import of weights made of every tensor.

use egui::{CollapsingHeader, RichText, Ui};
use seam_engine::nn::import::report::ImportReport;

use crate::command::{Command, CommandQueue};
use crate::models::{Imported, ModelsCommand};
use crate::panes::models::button_ui;
use crate::theme;
use crate::widgets::{fact_ui, note_ui};

/// Lines of one list that are shown; the command line lists all.
const MAX_LINES: usize = 400;

pub fn import_ui(ui: &mut Ui, imported: &Imported, commands: &mut CommandQueue) {
    let title = RichText::new(format!("Weights of {}", imported.file))
        .font(theme::medium(theme::BODY))
        .color(theme::text_strong());
    ui.add(egui::Label::new(title).truncate());
    let tooltip = "The weights stay where they are";
    if button_ui(ui, "Close this list", tooltip, true) {
        commands.push(Command::Models(ModelsCommand::ForgetImport));
    }
    match &imported.result {
        Ok(path) => {
            fact_ui(ui, "Kept as", &path.display().to_string());
        }
        Err(reason) => note_ui(ui, reason, theme::error()),
    }
    let Some(report) = &imported.report else {
        return;
    };
    let network = match report.architecture {
        Some(architecture) => architecture.to_string(),
        None => "none that is known".to_owned(),
    };
    fact_ui(ui, "Network", &network);
    fact_ui(ui, "Matched", &matched(report));
    for note in &report.notes {
        note_ui(ui, note, theme::text_quiet());
    }
    let shapes = |from: &[usize], to: &[usize]| format!("{from:?} to {to:?}");
    let renamed = report.renamed.iter();
    list_ui(
        ui,
        "Renamed",
        renamed.map(|one| format!("{} is {}", one.key, one.path)),
        false,
    );
    let reshaped = report.reshaped.iter();
    let reshaped = reshaped.map(|one| format!("{}: {}", one.key, shapes(&one.from, &one.to)));
    list_ui(ui, "Reshaped", reshaped, false);
    let ignored = report.ignored.iter();
    let ignored = ignored.map(|one| format!("{}, {}", one.key, one.why.words()));
    list_ui(ui, "Left out knowingly", ignored, false);
    list_ui(ui, "Missing", report.missing.iter().cloned(), true);
    list_ui(ui, "Left over", report.unexpected.iter().cloned(), true);
    let wrong = report.wrong_shape.iter();
    let wrong = wrong.map(|one| {
        format!(
            "{} is {:?} instead of {:?}",
            one.key, one.found, one.expected
        )
    });
    list_ui(ui, "Of another shape", wrong, true);
}

fn matched(report: &ImportReport) -> String {
    let names = report.source_kind.map_or(String::new(), |style| {
        format!(", named as {}", style.words())
    });
    format!("{} tensors{names}", report.matched)
}

/// A list that folds away; nothing where it is empty.
fn list_ui(ui: &mut Ui, title: &str, lines: impl ExactSizeIterator<Item = String>, is_fault: bool) {
    let count = lines.len();
    if count == 0 {
        return;
    }
    let color = if is_fault {
        theme::error()
    } else {
        theme::text_quiet()
    };
    let head = RichText::new(format!("{title}: {count}"))
        .size(theme::SMALL)
        .color(color);
    CollapsingHeader::new(head)
        .id_salt(title)
        .default_open(is_fault)
        .show(ui, |ui| {
            for line in lines.take(MAX_LINES) {
                note_ui(ui, &line, theme::text_faint());
            }
            if MAX_LINES < count {
                let more = format!(
                    "and {} more; seam import-weights --json lists all",
                    count - MAX_LINES
                );
                note_ui(ui, &more, theme::text_faint());
            }
        });
}
