//! Findings: what the record allows to say, on whom, why, and what was not checked.

use egui::{RichText, ScrollArea, Ui};
use seam_engine::analysis::Analysis;
use seam_engine::analysis::record::Verdict;

use crate::command::CommandQueue;
use crate::inspect::Digest;
use crate::panes::{invitation, padded, person, suspicion};
use crate::state::{AnalysisState, Intake, JobKind, MediaFile, State};
use crate::theme::{self, UNIT};
use crate::widgets::{header_ui, note_ui, progress_ui, verdict_chip_ui};
use crate::words;

pub fn findings_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Findings", |_| {});
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let Some(file) = state.selected_file() else {
                note_ui(ui, "Open a clip to begin", theme::text_faint());
                return;
            };
            let quiet = |ui: &mut Ui, text: &str| note_ui(ui, text, theme::text_quiet());
            match (&file.intake, &file.analysis) {
                (Intake::Failed(_), _) => {
                    quiet(ui, "The file could not be read, so nothing was checked");
                }
                (_, AnalysisState::NotAsked) => {
                    invitation::invitation_ui(ui, file, commands);
                    suspicion::asked_ui(ui, file, commands);
                }
                (_, AnalysisState::Running(_)) => running_ui(ui, state, file, commands),
                (_, AnalysisState::Cancelled) => {
                    quiet(ui, "The analysis was cancelled: there is no finding");
                    people_ui(ui, state, file, None, commands);
                }
                (_, AnalysisState::Failed(error)) => {
                    quiet(ui, "The analysis failed: there is no finding");
                    note_ui(ui, error, theme::error());
                }
                (_, AnalysisState::Done(analysis)) => {
                    done_ui(ui, state, file, analysis, commands);
                }
            }
        });
    });
}

/// While the analysis runs there is no verdict, only what came in so far.
fn running_ui(ui: &mut Ui, state: &State, file: &MediaFile, commands: &mut CommandQueue) {
    let text = RichText::new("Analyzing…").font(theme::medium(theme::TITLE));
    ui.label(text.color(theme::text_quiet()));
    let progress = state
        .job_of(file.id, JobKind::Analysis)
        .and_then(|job| job.progress.as_ref());
    let share = progress.and_then(|progress| {
        let total = progress.total.filter(|&total| 0 < total)?;
        Some(progress.done as f32 / total as f32)
    });
    progress_ui(ui, share);
    note_ui(
        ui,
        "A verdict is given when every check has ended",
        theme::text_faint(),
    );
    people_ui(ui, state, file, None, commands);
}

fn done_ui(
    ui: &mut Ui,
    state: &State,
    file: &MediaFile,
    analysis: &Analysis,
    commands: &mut CommandQueue,
) {
    let verdict = analysis.summary.verdict;
    verdict_chip_ui(ui, verdict, theme::VERDICT);
    let sentence = RichText::new(&analysis.summary.sentence).color(theme::text());
    ui.add(egui::Label::new(sentence).wrap().selectable(true));
    if verdict == Verdict::Little {
        note_ui(
            ui,
            "Finding little does not show that a clip is unedited",
            theme::text_quiet(),
        );
    }
    people_ui(ui, state, file, Some(analysis), commands);
    suspicion::beside_ui(ui, file, commands);
    if let Some(digest) = &file.digest {
        next_steps_ui(ui, digest);
    }
    section_ui(ui, "Limits");
    for limit in &analysis.summary.limits {
        note_ui(ui, limit, theme::text_quiet());
    }
    section_ui(ui, "What was not checked");
    for line in file.digest.iter().flat_map(|digest| &digest.not_checked) {
        note_ui(ui, line, theme::text_quiet());
    }
    section_ui(ui, "How it was done");
    note_ui(ui, &how(analysis), theme::text_quiet());
}

fn how(analysis: &Analysis) -> String {
    let device = &analysis.device;
    let landmarks = match analysis.aligner {
        seam_engine::faces::Aligner::Dlib68 => "68 landmarks",
        seam_engine::faces::Aligner::BoxEstimate => "points guessed from the box",
    };
    format!(
        "{} frames examined, {}. Faces aligned by {landmarks}. Computed on {} ({}), Seam {}.",
        words::count(analysis.sampling.frames_examined),
        analysis.sampling.rule,
        device.kind,
        device.name,
        analysis.seam.version,
    )
}

fn next_steps_ui(ui: &mut Ui, digest: &Digest) {
    section_ui(ui, "What to do next");
    for (number, step) in (1..).zip(&digest.next_steps) {
        note_ui(ui, &format!("{number}. {}", step.what), theme::text());
        note_ui(ui, &step.why, theme::text_quiet());
    }
}

fn people_ui(
    ui: &mut Ui,
    state: &State,
    file: &MediaFile,
    analysis: Option<&Analysis>,
    commands: &mut CommandQueue,
) {
    for (&id, evidence) in &file.evidence.people {
        let record =
            analysis.and_then(|analysis| analysis.tracks.iter().find(|track| track.id == id));
        ui.add_space(2.0 * UNIT);
        line(ui);
        ui.push_id(id.0, |ui| {
            let of = person::Of {
                file,
                id,
                person: evidence,
                record,
            };
            person::person_ui(ui, state, of, commands);
        });
    }
    ui.add_space(2.0 * UNIT);
    line(ui);
}

pub fn section_ui(ui: &mut Ui, title: &str) {
    ui.add_space(2.0 * UNIT);
    let title = RichText::new(title)
        .font(theme::medium(theme::SMALL))
        .color(theme::text());
    ui.label(title);
}

fn line(ui: &mut Ui) {
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.center().y, theme::hairline());
}
