//! Models: bundled, trained and brought along, each with its card and the state of its self-test.

mod card;
mod import;

use egui::{Align2, Color32, RichText, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use seam_engine::methods::shelf::ShelfModel;

use crate::command::{Command, CommandQueue};
use crate::models::about::Test;
use crate::models::{Group, Models, ModelsCommand, Shelf};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{header_ui, note_ui, progress_ui};

/// Height of a model in the list, in points.
const ROW: f32 = 24.0;

pub fn models_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    super::padded(ui, |ui| {
        let models = &state.models;
        if models.wants_reading() {
            commands.push(Command::Models(ModelsCommand::Look));
        }
        header_ui(ui, "Models", |_| {});
        ui.horizontal_wrapped(|ui| ways_ui(ui, models, commands));
        ui.add_space(UNIT);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            running_ui(ui, state, commands);
            if let Some(notice) = &models.notice {
                note_ui(ui, notice, theme::error());
                ui.add_space(UNIT);
            }
            if let Some(imported) = &models.imported {
                import::import_ui(ui, imported, commands);
                ui.add_space(2.0 * UNIT);
            }
            list_ui(ui, models, commands);
            if let Some(model) = models.selected() {
                ui.add_space(2.0 * UNIT);
                card::card_ui(ui, state, model, commands);
            }
        });
    });
}

/// What can be done with all of them.
fn ways_ui(ui: &mut Ui, models: &Models, commands: &mut CommandQueue) {
    ui.spacing_mut().item_spacing.x = UNIT;
    let can_test = models.testing.is_none() && !models.all().is_empty();
    let tooltip = "Shows every model the pictures whose scores are on its card, and compares";
    if button_ui(ui, "Run the self-test", tooltip, can_test) {
        commands.push(Command::Models(ModelsCommand::SelfTest(Vec::new())));
    }
    let tooltip = "List the models of a folder: a model, a training run, or a folder of such";
    if button_ui(ui, "Open a folder of models…", tooltip, true) {
        commands.push(Command::Models(ModelsCommand::AskFolder));
    }
    let tooltip = "Take over weights of torchvision, timm or the legacy Xception, for trainings to start from";
    if button_ui(ui, "Import weights…", tooltip, models.importing.is_none()) {
        commands.push(Command::Models(ModelsCommand::AskWeights));
    }
}

/// A small button; whether it was clicked.
fn button_ui(ui: &mut Ui, text: &str, tooltip: &str, is_enabled: bool) -> bool {
    let button = egui::Button::new(RichText::new(text).size(theme::SMALL));
    let response = ui.add_enabled(is_enabled, button);
    response.on_hover_text(tooltip).clicked()
}

/// The self-test or the import that runs.
fn running_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let models = &state.models;
    let testing = models.testing.as_ref().map(|(job, _)| *job);
    let importing = models.importing.as_ref().map(|(job, _)| *job);
    for (id, what) in [(testing, "Asking"), (importing, "Reading weights")] {
        let Some(job) = state.running().find(|job| Some(job.id) == id) else {
            continue;
        };
        let progress = job.progress.as_ref();
        let counted = progress.and_then(|own| Some((own.done, own.total.filter(|&all| 0 < all)?)));
        ui.horizontal(|ui| {
            if button_ui(ui, "Stop", "What was found so far is lost", true) {
                commands.push(Command::CancelJob(job.id));
            }
            let text = match counted {
                Some((done, total)) => format!("{what} model {} of {total}", done + 1),
                None => format!("{what}…"),
            };
            note_ui(ui, &text, theme::text_quiet());
        });
        progress_ui(ui, counted.map(|(done, total)| done as f32 / total as f32));
        ui.add_space(UNIT);
    }
}

fn list_ui(ui: &mut Ui, models: &Models, commands: &mut CommandQueue) {
    if models.all().is_empty() {
        let text = match models.shelf {
            Shelf::Read(_) => {
                "There is no model yet. Train one in this workspace, or open a folder that holds some"
            }
            _ => "Reading the models' cards…",
        };
        note_ui(ui, text, theme::text_faint());
        return;
    }
    for group in Group::ALL {
        let mut own = models
            .all()
            .iter()
            .filter(|model| Group::of(model) == group)
            .peekable();
        if own.peek().is_none() {
            continue;
        }
        note_ui(ui, group.title(), theme::text_faint());
        for model in own {
            row_ui(ui, models, model, commands);
        }
        ui.add_space(UNIT);
    }
}

/// One model of the list: its name, and what the self-test says in a word.
fn row_ui(ui: &mut Ui, models: &Models, model: &ShelfModel, commands: &mut CommandQueue) {
    let is_selected = models.selected.as_ref() == Some(&model.dir);
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let test = Test::of(
        models.tested.get(&model.dir),
        models.is_being_tested(&model.dir),
    );
    let (word, color) = match &model.fault {
        Some(_) => ("cannot be used", theme::error()),
        None => (test.word(), color_of(test)),
    };
    let label = format!("{}, {word}", model.name);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_selected, &label));
    let fill = match (is_selected, response.hovered()) {
        (true, _) => theme::accent_fill(),
        (false, true) => theme::raised(),
        (false, false) => Color32::TRANSPARENT,
    };
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, theme::RADIUS, fill);
    let right = rect.right_center() - vec2(6.0, 0.0);
    let font = theme::regular(theme::SMALL);
    painter.text(right, Align2::RIGHT_CENTER, word, font, color);
    let left = rect.left_center() + vec2(6.0, 0.0);
    let font = theme::regular(theme::BODY);
    painter.text(
        left,
        Align2::LEFT_CENTER,
        &model.name,
        font,
        theme::text_strong(),
    );
    let hover = match &model.fault {
        Some(fault) => fault.clone(),
        None => model.dir.display().to_string(),
    };
    if response.on_hover_text(hover).clicked() {
        let dir = model.dir.clone();
        commands.push(Command::Models(ModelsCommand::Select(dir)));
    }
}

fn color_of(test: Test) -> Color32 {
    match test {
        Test::NotAsked | Test::Asking => theme::text_faint(),
        Test::Passed => theme::text_quiet(),
        Test::Drifted | Test::Failed => theme::error(),
    }
}
