//! The intake card of the selected file: what it is, who is in it, and what each method can and cannot see here.
//! It comes before any score.

use egui::{RichText, Sense, Ui, vec2};
use seam_engine::analysis::applicable::{self, Applicability, Fit};
use seam_engine::analysis::intake::{FaceGroup, FacesFound};
use seam_engine::faces::GateState;
use seam_engine::methods;

use crate::command::{Action, Command, CommandQueue};
use crate::inspect::faces;
use crate::panes::facts::{facts_ui, hash_ui, signs_ui, tags_ui};
use crate::state::{AnalysisState, Intake, JobKind, MediaFile, State};
use crate::theme::{self, UNIT};
use crate::widgets::{broken_mark, fact_ui, hatch, note_ui};
use crate::words;

pub fn card_ui(ui: &mut Ui, state: &State, file: &MediaFile, commands: &mut CommandQueue) {
    match &file.intake {
        Intake::Reading(facts) => {
            if let Some(facts) = facts {
                facts_ui(ui, facts);
            }
            let stage = state
                .job_of(file.id, JobKind::Intake)
                .and_then(|job| job.progress.as_ref())
                .map_or("Reading", |progress| progress.stage);
            note_ui(ui, &format!("{stage}…"), theme::text_faint());
        }
        Intake::Failed(error) => {
            note_ui(ui, error, theme::error());
            ui.horizontal(|ui| {
                if ui.button("Try again").clicked() {
                    commands.push(Command::ReadAgain(file.id));
                }
                if ui.button("Remove").clicked() {
                    commands.push(Command::Remove(file.id));
                }
            });
        }
        Intake::Known(info) => facts_ui(ui, info),
    }
    hash_ui(ui, file, commands);
    if matches!(file.intake, Intake::Failed(_)) {
        return;
    }
    if let Intake::Known(info) = &file.intake {
        signs_ui(ui, "Signs of re-encoding", &info.reencode_signs);
        let mut warnings = info.warnings.clone();
        warnings.extend(file.warnings.iter().cloned());
        warnings.dedup();
        signs_ui(ui, "Warnings", &warnings);
    }
    people_ui(ui, state, file);
    ui.add_space(UNIT);
    analyze_ui(ui, file, commands);
    if let Some(info) = file.info() {
        tags_ui(ui, info);
    }
}

/// Who was found, how usable they are, and what the methods make of that.
fn people_ui(ui: &mut Ui, state: &State, file: &MediaFile) {
    ui.add_space(UNIT);
    title_ui(ui, "Faces");
    match (&file.faces, &file.analysis) {
        (Some(found), _) => {
            found_ui(ui, found);
            methods_ui(ui, &found.methods);
        }
        (None, AnalysisState::Done(analysis)) => {
            let frames = analysis.media.video.frames_decoded;
            found_ui(
                ui,
                &FacesFound::of_record(analysis.aligner, frames, &analysis.tracks),
            );
        }
        (None, _) => {
            let look = state.job_of(file.id, JobKind::Look);
            let progress = look.and_then(|job| job.progress.as_ref());
            let share = progress.and_then(|progress| {
                let total = progress.total.filter(|&total| 0 < total)?;
                Some(format!(" {} %", 100 * progress.done.min(total) / total))
            });
            let text = match (look, &file.analysis) {
                (Some(_), _) => {
                    format!("Looking for faces…{}", share.unwrap_or_default())
                }
                (None, AnalysisState::Running(_)) => "The analysis looks for them".to_owned(),
                (None, _) => "Looked for once the file is read".to_owned(),
            };
            note_ui(ui, &text, theme::text_faint());
        }
    }
}

fn found_ui(ui: &mut Ui, found: &FacesFound) {
    note_ui(ui, &faces::summary(found), theme::text());
    for group in &found.groups {
        group_ui(ui, group);
    }
}

fn group_ui(ui: &mut Ui, group: &FaceGroup) {
    let name = match group.track {
        Some(track) => format!("Person {}", track.0),
        None => "All".to_owned(),
    };
    let response = fact_ui(ui, &name, &faces::group_words(group));
    if group.gate.state != GateState::Usable {
        let reasons = group.gate.reasons.join("; ");
        let text = format!("{}: {reasons}", words::gate_state(group.gate.state));
        note_ui(ui, &text, theme::text_quiet());
    }
    response.on_hover_text(
        "Middle side of the face in pixels of the frame, sharpness at a fixed size, and turn of the head.\nMethods see little in faces under 80 px, and nothing in faces under 40",
    );
}

/// One line for all methods of which the same is to be said.
fn methods_ui(ui: &mut Ui, methods: &[Applicability]) {
    if methods.is_empty() {
        return;
    }
    ui.add_space(UNIT);
    title_ui(ui, "What the methods can see here");
    for (names, one) in faces::grouped(methods) {
        ui.add_space(2.0);
        let titles: Vec<String> = names.iter().map(|name| words::method_name(name)).collect();
        let row = ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            fit_mark_ui(ui, one.fit);
            let text = format!("{}: {}", titles.join(", "), lower(faces::fit_word(one.fit)));
            let text = RichText::new(text).size(theme::SMALL).color(theme::text());
            ui.add(egui::Label::new(text).wrap())
        });
        row.inner.on_hover_text(limits_of(&names));
        ui.indent(one.method, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for reason in one.because.iter().chain(&one.notes) {
                note_ui(ui, &upper(reason), theme::text_faint());
            }
        });
    }
}

/// As everywhere: filled runs, hatched weighs less, outlined waits or cannot.
fn fit_mark_ui(ui: &mut Ui, fit: Fit) {
    let (rect, _) = ui.allocate_exact_size(vec2(12.0, 10.0), Sense::hover());
    let painter = ui.painter();
    match fit {
        Fit::WillRun => {
            painter.rect_filled(rect, 2.0, theme::text_quiet());
        }
        Fit::Weak => {
            hatch(painter, rect);
            let stroke = egui::Stroke::new(1.0, theme::text_faint());
            painter.rect_stroke(rect, 2.0, stroke, egui::StrokeKind::Inside);
        }
        Fit::OnRequest => {
            let stroke = egui::Stroke::new(1.0, theme::text_faint());
            painter.rect_stroke(rect, 2.0, stroke, egui::StrokeKind::Inside);
        }
        Fit::Cannot => broken_mark(painter, rect),
    }
}

fn limits_of(names: &[&str]) -> String {
    let lines = names.iter().filter_map(|name| {
        let info = methods::find(name)?.detector;
        Some(format!(
            "{} looks at: {}\nLimits: {}",
            words::method_name(name),
            info.looks_at,
            info.limits
        ))
    });
    lines.collect::<Vec<_>>().join("\n\n")
}

fn title_ui(ui: &mut Ui, title: &str) {
    note_ui(ui, title, theme::text_faint());
}

fn lower(text: &str) -> String {
    applicable::begun_small(text)
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn analyze_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    let (text, tooltip) = match &file.analysis {
        AnalysisState::Running(job) => {
            let button = ui.button("Cancel analysis");
            if button
                .on_hover_text("Stop the analysis of this file")
                .clicked()
            {
                commands.push(Command::CancelJob(*job));
            }
            return;
        }
        AnalysisState::NotAsked => ("Analyze", Action::AnalyzeFile.info().tooltip),
        AnalysisState::Done(_) | AnalysisState::Cancelled | AnalysisState::Failed(_) => {
            ("Analyze again", "Same file, same settings: same numbers")
        }
    };
    if ui.button(text).on_hover_text(tooltip).clicked() {
        commands.push(Command::Analyze(file.id));
    }
}
