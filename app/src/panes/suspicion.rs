//! What the person suspects, and where: asked before the methods, shown beside what they found.

use egui::{RichText, TextEdit, Ui};

use crate::command::{Action, Command, CommandQueue};
use crate::inspect::InspectCommand;
use crate::inspect::suspicion::{Span, Suspicion, beside, compared};
use crate::panes::findings::section_ui;
use crate::state::{AnalysisState, MediaFile};
use crate::theme::{self, UNIT};
use crate::widgets::{Icon, icon_button_ui, note_ui};

/// Before the methods were asked: an offer, no duty.
pub fn asked_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    section_ui(ui, "What do you suspect, and where?");
    note_ui(
        ui,
        "Optional. It stays on this machine, with the clip's hash, and is shown later beside what the methods found.",
        theme::text_faint(),
    );
    text_ui(ui, &file.suspicion, commands);
    marks_ui(ui, file, commands);
}

/// Beside the findings.
pub fn beside_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    let suspicion = &file.suspicion;
    section_ui(ui, "What you suspected");
    if suspicion.is_empty() {
        note_ui(
            ui,
            "You noted nothing before asking. What you write now is marked as written after the answer.",
            theme::text_faint(),
        );
    } else {
        let when = if suspicion.is_blind() {
            "Noted before the methods were asked"
        } else {
            "Changed after the methods were asked: no longer a blind note"
        };
        note_ui(ui, when, theme::text_faint());
    }
    text_ui(ui, suspicion, commands);
    marks_ui(ui, file, commands);
    if let Some(text) = compared(suspicion, &file.evidence) {
        ui.add_space(UNIT);
        note_ui(ui, &text, theme::text_quiet());
    }
}

fn text_ui(ui: &mut Ui, suspicion: &Suspicion, commands: &mut CommandQueue) {
    let mut text = suspicion.text.clone();
    let edit = TextEdit::multiline(&mut text)
        .hint_text("The mouth lags behind the voice; the edge of the chin flickers")
        .desired_rows(2)
        .desired_width(f32::INFINITY);
    ui.add(edit).accessible_name("What you suspect");
    if text != suspicion.text {
        commands.push(Command::Inspect(InspectCommand::Suspect(text)));
    }
}

fn marks_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    let has_answer = matches!(file.analysis, AnalysisState::Done(_));
    for (place, &span) in file.suspicion.marks.iter().enumerate() {
        ui.push_id(("mark", place), |ui| {
            span_ui(ui, place, span, commands);
            if has_answer {
                for line in beside(span, &file.evidence) {
                    note_ui(ui, &line, theme::text_quiet());
                }
            }
        });
    }
    let info = Action::Suspect.info();
    let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
    let keys = RichText::new(keys.unwrap_or_default())
        .size(theme::SMALL)
        .color(theme::text_faint());
    let text = RichText::new("Mark this moment").size(theme::SMALL);
    let button = egui::Button::new(text).right_text(keys);
    if ui.add(button).on_hover_text(info.tooltip).clicked() {
        commands.act(Action::Suspect);
    }
}

fn span_ui(ui: &mut Ui, place: usize, span: Span, commands: &mut CommandQueue) {
    ui.horizontal(|ui| {
        let text = RichText::new(span.words()).size(theme::SMALL);
        let seek = ui.link(text).on_hover_text("Go there");
        if seek.clicked() {
            commands.push(Command::Seek(span.start));
        }
        if span.is_after {
            note_ui(ui, "after the answer", theme::text_faint());
        }
        let tooltip = "Take this mark away";
        if icon_button_ui(ui, Icon::Close, "Remove mark", tooltip, false).clicked() {
            commands.push(Command::Inspect(InspectCommand::Unmark(place)));
        }
    });
}
