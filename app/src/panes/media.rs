//! The media list: every file that was opened, what is known of it, and what became of it.

use egui::{Label, RichText, ScrollArea, Sense, Ui, WidgetInfo};

use crate::command::{Action, Command, CommandQueue, FilesAction, ShellAction};
use crate::inspect::faces;
use crate::pair::PairCommand;
use crate::panes::{intake, padded};
use crate::state::{AnalysisState, Intake, MediaFile, State};
use crate::theme::{self, UNIT};
use crate::widgets::{WHOLE, empty_ui, header_ui, note_ui};
use crate::words;

/// Width of a file's small picture, in points.
const POSTER_WIDTH: f32 = 48.0;
/// Room that the button for all files takes.
const ALL_WIDTH: f32 = 84.0;

pub fn media_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Media", |ui| {
            let info = Action::OpenFiles.info();
            let button = egui::Button::new(RichText::new(info.text).size(theme::SMALL));
            if ui.add(button).on_hover_text(info.tooltip).clicked() {
                commands.act(Action::OpenFiles);
            }
            all_ui(ui, state, commands);
        });
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for file in &state.files {
                file_ui(ui, state, file, commands);
            }
            ui.add_space(2.0 * UNIT);
            let hint = if state.files.is_empty() {
                "Drop clips or pictures anywhere on the window. Nothing is uploaded, and originals are only read."
            } else {
                "Drop more files anywhere on the window"
            };
            note_ui(ui, hint, theme::text_faint());
            if state.files.is_empty() {
                let ways = [ShellAction::OpenSample, ShellAction::Tour].map(Action::Shell);
                empty_ui(ui, "Nothing at hand? A clip comes with the program.", &ways, commands);
            }
        });
    });
}

/// Analyzes every file, or stops that; nothing where there is but one.
fn all_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    // Where the pane is narrow, the menu `File` has both.
    if state.files.len() < 2 || ui.available_width() < ALL_WIDTH {
        return;
    }
    let is_running = |file: &MediaFile| matches!(file.analysis, AnalysisState::Running(_));
    let (action, text) = if state.files.iter().any(is_running) {
        (FilesAction::CancelAll, "Cancel all")
    } else {
        (FilesAction::AnalyzeAll, "Analyze all")
    };
    let button = egui::Button::new(RichText::new(text).size(theme::SMALL));
    if ui
        .add(button)
        .on_hover_text(action.info().tooltip)
        .clicked()
    {
        commands.act(Action::Files(action));
    }
}

/// The file's small picture at the left end of its line; gives the room beside it.
fn poster_ui(ui: &Ui, state: &State, file: &MediaFile, row: egui::Rect) -> egui::Rect {
    let slot = row.with_max_x(row.left() + POSTER_WIDTH);
    ui.painter().rect_filled(slot, 2.0, theme::stage());
    if let Some(&texture) = state.posters.get(&file.id) {
        let size = file.info().map_or(slot.size(), |info| {
            let side = |px: u32| px.max(1) as f32;
            egui::vec2(side(info.video.width), side(info.video.height))
        });
        let scale = (slot.size() / size).min_elem();
        let picture = egui::Rect::from_center_size(slot.center(), scale * size);
        ui.painter()
            .image(texture, picture, WHOLE, egui::Color32::WHITE);
    }
    row.with_min_x(slot.right() + 2.0 * UNIT)
}

/// What can be done with a file from its line.
fn menu_ui(ui: &mut Ui, state: &State, file: &MediaFile, commands: &mut CommandQueue) {
    let is_other = state.selected.is_some_and(|selected| selected != file.id);
    if is_other && ui.button("Compare with the clip on screen").clicked() {
        commands.push(Command::Pair(PairCommand::With(file.id)));
        ui.close();
    }
    if ui.button("Analyze").clicked() {
        commands.push(Command::Analyze(file.id));
        ui.close();
    }
    if ui.button("Remove from list").clicked() {
        commands.push(Command::Remove(file.id));
        ui.close();
    }
}

fn file_ui(ui: &mut Ui, state: &State, file: &MediaFile, commands: &mut CommandQueue) {
    let is_selected = state.selected == Some(file.id);
    ui.push_id(file.id.0, |ui| {
        title_ui(ui, state, file, is_selected, commands);
        if is_selected {
            egui::Frame::new()
                .inner_margin(egui::Margin {
                    left: 8,
                    right: 0,
                    top: 2,
                    bottom: 8,
                })
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 3.0;
                    intake::card_ui(ui, state, file, commands);
                });
        }
    });
}

/// The clickable line: name and state in a word.
fn title_ui(
    ui: &mut Ui,
    state: &State,
    file: &MediaFile,
    is_selected: bool,
    commands: &mut CommandQueue,
) {
    let size = egui::vec2(ui.available_width(), 40.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_selected, &file.name));
    let fill = match (is_selected, response.hovered()) {
        (true, _) => theme::accent_fill(),
        (false, true) => theme::raised(),
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let beside = poster_ui(ui, state, file, rect.shrink2(egui::vec2(8.0, 4.0)));
    let mut row = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(beside)
            .layout(egui::Layout::top_down(egui::Align::Min)),
    );
    row.spacing_mut().item_spacing.y = 1.0;
    let name = RichText::new(&file.name).color(theme::text_strong());
    row.add(Label::new(name).truncate());
    let (word, color) = state_word(file);
    row.add(Label::new(RichText::new(word).size(theme::SMALL).color(color)).truncate());
    response.context_menu(|ui| menu_ui(ui, state, file, commands));
    if response
        .on_hover_text(file.path.display().to_string())
        .clicked()
    {
        commands.push(Command::Select(file.id));
    }
}

fn state_word(file: &MediaFile) -> (String, egui::Color32) {
    let quiet = theme::text_quiet();
    match (&file.intake, &file.analysis) {
        (Intake::Failed(_), _) => ("Could not be read".to_owned(), theme::error()),
        (_, AnalysisState::Failed(_)) => ("Analysis failed".to_owned(), theme::error()),
        (_, AnalysisState::Running(_)) => ("Analyzing…".to_owned(), quiet),
        (_, AnalysisState::Done(analysis)) => {
            (words::verdict(analysis.summary.verdict).to_owned(), quiet)
        }
        (Intake::Reading(_), _) => ("Reading…".to_owned(), quiet),
        (_, AnalysisState::Cancelled) => ("Analysis cancelled".to_owned(), quiet),
        (_, AnalysisState::NotAsked) => match &file.faces {
            Some(found) => (faces::summary(found), quiet),
            None => ("Not analyzed".to_owned(), quiet),
        },
    }
}
