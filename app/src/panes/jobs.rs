//! Jobs: what runs, how far it is, and how to stop it; what ended a moment ago.

use egui::{Align, Layout, RichText, ScrollArea, Ui, vec2};

use crate::command::{Command, CommandQueue};
use crate::panes::padded;
use crate::state::{Job, JobKind, State};
use crate::theme;
use crate::widgets::{Icon, header_ui, icon_button_ui, note_ui, progress_ui};
use crate::words;

pub fn jobs_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Jobs", |_| {});
        if state.jobs.is_empty() {
            note_ui(ui, "Nothing is running", theme::text_faint());
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for job in &state.jobs {
                job_ui(ui, state, job, commands);
            }
        });
    });
}

/// One row of fixed height; the button comes first, so that nothing under the pointer moves.
fn job_ui(ui: &mut Ui, state: &State, job: &Job, commands: &mut CommandQueue) {
    let name = state.name_of_job(job);
    let what = match job.kind {
        JobKind::Intake => "Reading",
        JobKind::Look => "Looking for faces in",
        JobKind::Analysis => "Analyzing",
        JobKind::Queue => "Choosing faces for",
        JobKind::Carry => "Carrying masks in",
        JobKind::Retrain => "Learning from",
        JobKind::SelfTest => "Asking",
        JobKind::ImportWeights => "Importing",
        JobKind::Training => "Training",
        JobKind::ForgePeople => "Rendering",
        JobKind::LookAtData => "Looking through",
        JobKind::ImportData => "Importing",
        JobKind::Forge => "Forging",
        JobKind::Evaluate => "Making",
    };
    ui.push_id(job.id.number(), |ui| {
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), 40.0),
            Layout::left_to_right(Align::Center),
            |ui| {
                // A job that ended keeps the button's place, without the button.
                if job.ended.is_some() {
                    ui.add_space(36.0);
                } else {
                    let label = format!("Cancel {} {name}", what.to_lowercase());
                    let button = icon_button_ui(ui, Icon::Close, &label, "Stop this job", false);
                    if button.clicked() {
                        commands.push(Command::CancelJob(job.id));
                    }
                }
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 3.0;
                    let title = RichText::new(format!("{what} {name}")).size(theme::SMALL);
                    ui.add(egui::Label::new(title.color(theme::text())).truncate());
                    progress_line_ui(ui, job);
                });
            },
        );
    });
}

fn progress_line_ui(ui: &mut Ui, job: &Job) {
    if let Some(ended) = &job.ended {
        let color = if ended.is_failure {
            theme::error()
        } else {
            theme::text_quiet()
        };
        let first_line = ended.text.lines().next().unwrap_or_default();
        let text = RichText::new(first_line).size(theme::SMALL).color(color);
        ui.add(egui::Label::new(text).truncate())
            .on_hover_text(&ended.text);
        return;
    }
    let progress = job.progress.as_ref();
    let share = progress.and_then(|progress| {
        let total = progress.total.filter(|&total| 0 < total)?;
        Some(progress.done as f32 / total as f32)
    });
    progress_ui(ui, share);
    let text = progress.map_or_else(
        || "Starting".to_owned(),
        |progress| match progress.total {
            _ if job.is_paused => "Paused".to_owned(),
            // Hashing counts bytes; people read megabytes.
            Some(total) if 10_000_000 < total => format!(
                "{} {} of {}",
                progress.stage,
                words::bytes(progress.done),
                words::bytes(total)
            ),
            Some(total) => format!(
                "{} {} of {}",
                progress.stage,
                words::count(progress.done),
                words::count(total)
            ),
            None => format!("{} {}", progress.stage, words::count(progress.done)),
        },
    );
    let text = RichText::new(text)
        .size(theme::SMALL)
        .color(theme::text_faint());
    ui.add(egui::Label::new(text).truncate());
}
