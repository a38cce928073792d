//! The data there is to learn from and to measure on: a list of manifests, and what is in the selected one.

mod making;
mod overview;
mod pictures;
mod report;

use egui::{Align2, Color32, RichText, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::command::{Command, CommandQueue};
use crate::data::{DataAsk, DataCommand, Dataset, Draft, ForgeDraft, ImportDraft, Looked};
use crate::state::{JobKind, State};
use crate::theme::{self, UNIT};
use crate::widgets::{header_ui, note_ui, progress_ui, small_button_ui};
use crate::words;

/// Height of a dataset in the list, in points.
const ROW: f32 = 24.0;

pub fn datasets_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    super::padded(ui, |ui| {
        header_ui(ui, "Datasets", |ui| ways_ui(ui, state, commands));
        let datasets = &state.datasets;
        if let Some(draft) = &datasets.draft {
            ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| making::making_ui(ui, state, draft, commands));
            return;
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            running_ui(ui, state, commands);
            if let Some(notice) = &datasets.notice {
                let color = if notice.is_failure {
                    theme::error()
                } else {
                    theme::text_quiet()
                };
                note_ui(ui, &notice.text, color);
                ui.add_space(UNIT);
            }
            if datasets.known.is_empty() {
                empty_ui(ui, commands);
                return;
            }
            for dataset in &datasets.known {
                row_ui(ui, state, dataset, commands);
            }
            ui.add_space(2.0 * UNIT);
            match datasets.selected() {
                Some(dataset) => selected_ui(ui, state, dataset, commands),
                None => note_ui(
                    ui,
                    "Choose one to see what is in it. Drop a manifest.jsonl, or a folder with one, to add it",
                    theme::text_faint(),
                ),
            }
        });
    });
}

/// The three ways to a dataset, from the right end.
fn ways_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    ui.spacing_mut().item_spacing.x = UNIT;
    let draft = |draft| Command::Data(DataCommand::SetDraft(Box::new(draft)));
    let is_making = state.datasets.draft.is_some();
    ui.add_enabled_ui(!is_making, |ui| {
        let tooltip =
            "Make clips with exact masks, from rendered people or from your own pristine clips";
        if small_button_ui(ui, "Forge…", tooltip).clicked() {
            commands.push(draft(Draft::Forge(ForgeDraft::default())));
        }
        let tooltip = "Write the manifest of a published dataset that lies on this machine";
        if small_button_ui(ui, "Import…", tooltip).clicked() {
            commands.push(draft(Draft::Import(ImportDraft::default())));
        }
        let tooltip = "Open the manifest.jsonl of a dataset; it can be dropped on the window, too";
        if small_button_ui(ui, "Open a manifest…", tooltip).clicked() {
            commands.push(Command::Data(DataCommand::Ask(DataAsk::Manifest)));
        }
    });
}

fn empty_ui(ui: &mut Ui, commands: &mut CommandQueue) {
    note_ui(
        ui,
        "A dataset is a list of labelled clips, its manifest: what was manipulated and how, and which clips are to \
         learn from and which to test on. Drop a manifest.jsonl here, or a folder with one.",
        theme::text_quiet(),
    );
    ui.add_space(2.0 * UNIT);
    note_ui(
        ui,
        "Nothing at hand? Six rendered people with all techniques are made in seconds.",
        theme::text_faint(),
    );
    if small_button_ui(ui, "Make a small dataset", "Forges the recipe tiny").clicked() {
        let draft = Box::new(Draft::Forge(ForgeDraft::default()));
        commands.push(Command::Data(DataCommand::SetDraft(draft)));
        commands.push(Command::Data(DataCommand::MakeDraft));
    }
}

/// Imports and forgings that run.
fn running_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    for job in state.running() {
        let what = match job.kind {
            JobKind::ImportData => "Importing",
            JobKind::Forge => "Forging",
            _ => continue,
        };
        let progress = job.progress.as_ref();
        ui.horizontal(|ui| {
            let stop = small_button_ui(ui, "Stop", "Nothing is written then");
            let name = format!("Stop {}", what.to_lowercase());
            if stop.accessible_name(name).clicked() {
                commands.push(Command::CancelJob(job.id));
            }
            let text = progress.map_or_else(
                || what.to_owned(),
                |progress| match progress.total {
                    Some(total) => {
                        format!("{what}: {} {} of {total}", progress.stage, progress.done)
                    }
                    None => format!("{what}: {}", progress.stage),
                },
            );
            note_ui(ui, &text, theme::text_quiet());
        });
        let share = progress.and_then(|progress| {
            let total = progress.total.filter(|&total| 0 < total)?;
            Some(progress.done as f32 / total as f32)
        });
        progress_ui(ui, share);
        ui.add_space(UNIT);
    }
}

/// One dataset of the list: its name, and what is known of it in a word.
fn row_ui(ui: &mut Ui, state: &State, dataset: &Dataset, commands: &mut CommandQueue) {
    let is_selected = state.datasets.selected.as_ref() == Some(&dataset.path);
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = state.datasets.title(&dataset.path);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    let fill = match (is_selected, response.hovered()) {
        (true, _) => theme::accent_fill(),
        (false, true) => theme::raised(),
        (false, false) => Color32::TRANSPARENT,
    };
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, theme::RADIUS, fill);
    let (word, color) = match &dataset.looked {
        Looked::NotYet => (String::new(), theme::text_faint()),
        Looked::Looking(_) => ("Looking through…".to_owned(), theme::text_faint()),
        Looked::Failed(_) => ("Cannot be used".to_owned(), theme::error()),
        Looked::Seen(seen) => (
            format!("{} items", words::count(seen.num_items as u64)),
            theme::text_quiet(),
        ),
    };
    let right = rect.right_center() - vec2(6.0, 0.0);
    let font = theme::regular(theme::SMALL);
    painter.text(right, Align2::RIGHT_CENTER, word, font, color);
    let left = rect.left_center() + vec2(6.0, 0.0);
    let font = theme::regular(theme::BODY);
    painter.text(left, Align2::LEFT_CENTER, &name, font, theme::text_strong());
    if response
        .on_hover_text(dataset.path.display().to_string())
        .clicked()
    {
        commands.push(Command::Data(DataCommand::Select(dataset.path.clone())));
    }
}

fn selected_ui(ui: &mut Ui, state: &State, dataset: &Dataset, commands: &mut CommandQueue) {
    let path = &dataset.path;
    let title = RichText::new(state.datasets.title(path))
        .font(theme::medium(theme::BODY))
        .color(theme::text_strong());
    ui.label(title);
    let can_use = dataset
        .overview()
        .is_some_and(|seen| seen.split_check.is_sound);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        ui.add_enabled_ui(can_use, |ui| {
            if small_button_ui(ui, "Train on this", "Set up a training on its split train")
                .clicked()
            {
                commands.push(Command::Data(DataCommand::TrainOn(path.clone())));
            }
            let tooltip = "Set up an evaluation on its split test";
            if small_button_ui(ui, "Evaluate on this", tooltip).clicked() {
                commands.push(Command::Data(DataCommand::EvaluateOn(path.clone())));
            }
        });
        if let Looked::Looking(job) = dataset.looked {
            if small_button_ui(ui, "Stop looking", "").clicked() {
                commands.push(Command::CancelJob(job));
            }
        } else if small_button_ui(ui, "Look again", "After files changed").clicked() {
            commands.push(Command::Data(DataCommand::LookAgain(path.clone())));
        }
        let tooltip = "Take it off this list; nothing on disk changes";
        if small_button_ui(ui, "Forget", tooltip).clicked() {
            commands.push(Command::Data(DataCommand::Forget(path.clone())));
        }
    });
    ui.add_space(UNIT);
    match &dataset.looked {
        Looked::NotYet => {}
        Looked::Looking(job) => {
            let job = state.running().find(|own| own.id == *job);
            let progress = job.and_then(|job| job.progress.as_ref());
            let stage = progress.map_or("Reading the manifest", |progress| progress.stage);
            note_ui(ui, &format!("{stage}…"), theme::text_faint());
            progress_ui(
                ui,
                progress.and_then(|own| Some(own.done as f32 / own.total? as f32)),
            );
        }
        Looked::Failed(error) => note_ui(ui, error, theme::error()),
        Looked::Seen(seen) => {
            overview::overview_ui(ui, seen);
            if let Some(report) = state.datasets.reports.get(path) {
                report::report_ui(ui, report);
            }
            pictures::pictures_ui(ui, state, seen);
        }
    }
}
