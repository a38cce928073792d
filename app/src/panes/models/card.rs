//! The card of the selected model in plain words.

use egui::{RichText, Ui};
use seam_engine::detectors::card::{Card, CategoryAuc};
use seam_engine::detectors::known_answer::TOLERANCE;
use seam_engine::methods;
use seam_engine::methods::shelf::ShelfModel;

use crate::command::{Command, CommandQueue};
use crate::models::about;
use crate::models::{Group, ModelsCommand};
use crate::panes::models::button_ui;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{bar_ui, fact_ui, note_ui};
use crate::words;

/// Width of the bar of one category's AUC, in points.
const BAR: f32 = 120.0;
/// Width of a category's name.
const NAME: f32 = 120.0;

pub fn card_ui(ui: &mut Ui, state: &State, model: &ShelfModel, commands: &mut CommandQueue) {
    let title = RichText::new(&model.name)
        .font(theme::medium(theme::BODY))
        .color(theme::text_strong());
    ui.label(title);
    buttons_ui(ui, state, model, commands);
    ui.add_space(UNIT);
    if let Some(fault) = &model.fault {
        note_ui(ui, &format!("It cannot be used. {fault}"), theme::error());
        ui.add_space(UNIT);
    }
    match &model.card {
        Some(card) => facts_ui(ui, state, model, card, commands),
        None => file_ui(ui, model),
    }
}

fn buttons_ui(ui: &mut Ui, state: &State, model: &ShelfModel, commands: &mut CommandQueue) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let models = &state.models;
        let can_test = models.testing.is_none() && model.fault.is_none();
        let tooltip = "Shows this model alone the pictures whose scores are on its card";
        if button_ui(ui, "Ask this one", tooltip, can_test) {
            let dirs = vec![model.dir.clone()];
            commands.push(Command::Models(ModelsCommand::SelfTest(dirs)));
        }
        let group = Group::of(model);
        if group != Group::Bundled && model.fault.is_none() {
            let is_used = state.settings.models_in_scans.contains(&model.dir);
            let (text, tooltip) = if is_used {
                (
                    "Stop using it in scans",
                    "Scans take the model that came with the program again",
                )
            } else {
                (
                    "Use it in scans",
                    "Scans run this model for its method from now on",
                )
            };
            if button_ui(ui, text, tooltip, true) {
                let command = ModelsCommand::SetInScans(model.dir.clone(), !is_used);
                commands.push(Command::Models(command));
            }
        }
        let mut folders = state.settings.model_folders.iter();
        let folder = folders.find(|folder| model.dir.starts_with(folder));
        if let Some(folder) = folder.filter(|_| group == Group::Opened) {
            let tooltip = format!(
                "Takes {} off the list; nothing on disk changes",
                folder.display()
            );
            if button_ui(ui, "Close its folder", &tooltip, true) {
                let command = ModelsCommand::CloseFolder(folder.clone());
                commands.push(Command::Models(command));
            }
        }
    });
}

fn facts_ui(
    ui: &mut Ui,
    state: &State,
    model: &ShelfModel,
    card: &Card,
    commands: &mut CommandQueue,
) {
    let method = methods::find(&card.method);
    let title = words::method_title(&card.method);
    fact_ui(ui, "Method", &format!("{title}, preset {}", card.preset));
    if let Some(method) = method {
        fact_ui(ui, "Looks at", method.detector.looks_at);
    }
    let tested = state.models.tested.get(&model.dir);
    fact_ui(ui, "Self-test", &about::tested(tested, TOLERANCE));
    if let Some(reason) = &card.asked_only {
        fact_ui(
            ui,
            "In scans",
            &format!("Only when its method is asked for. {reason}"),
        );
    }

    section_ui(ui, "How it came to be");
    fact_ui(ui, "Learned from", &about::trained_on(card));
    fact_ui(ui, "How long", &about::trained_for(&card.training));
    fact_ui(
        ui,
        "On",
        &format!(
            "{}, Seam {}, seed {}",
            card.device, card.engine, card.training.seed
        ),
    );

    section_ui(ui, "How well it does");
    match &card.metrics.auc {
        Some(interval) => {
            let value = about::auc(interval);
            fact_ui(ui, "AUC", &value).on_hover_text(
                "The chance that a manipulated face scores above a pristine one: 0.5 is guessing, 1 is never wrong. In \
                 brackets where it lies with 95 %, from drawing whole clips anew",
            );
        }
        None => {
            fact_ui(ui, "AUC", "Not measured");
        }
    }
    for category in &card.metrics.auc_by_category {
        category_ui(ui, category);
    }
    note_ui(ui, &card.metrics.about, theme::text_faint());
    fact_ui(
        ui,
        "Calibrated",
        &about::calibration(card.calibration.as_ref()),
    );

    section_ui(ui, "What it must not be used for");
    for line in &card.not_for {
        note_ui(ui, line, theme::text_quiet());
    }
    if let Some(method) = method {
        note_ui(ui, method.detector.limits, theme::text_quiet());
    }

    section_ui(ui, "Made again by");
    let command = RichText::new(&card.command).monospace().size(theme::SMALL);
    ui.add(
        egui::Label::new(command.color(theme::text()))
            .wrap()
            .selectable(true),
    );
    if !card.command.is_empty() && button_ui(ui, "Copy the command", "For a terminal", true) {
        commands.push(Command::CopyText(card.command.clone()));
    }
    ui.add_space(UNIT);
    file_ui(ui, model);
}

/// The weights' hash and where the folder is.
fn file_ui(ui: &mut Ui, model: &ShelfModel) {
    if let Some(hash) = &model.weights_sha256 {
        let text = format!(
            "{}…, {}",
            words::short_hash(hash),
            words::bytes(model.weights_bytes)
        );
        fact_ui(ui, "Weights", &text).on_hover_text(format!("SHA-256 {hash}"));
    }
    fact_ui(ui, "Folder", &model.dir.display().to_string());
}

fn category_ui(ui: &mut Ui, CategoryAuc { category, auc, .. }: &CategoryAuc) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let name = RichText::new(category)
            .size(theme::SMALL)
            .color(theme::text_quiet());
        let size = egui::vec2(NAME, 14.0);
        let align = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(size, align, |ui| {
            ui.set_min_width(NAME);
            ui.add(egui::Label::new(name).truncate());
        });
        let value = match auc {
            Some(auc) => {
                bar_ui(ui, BAR, *auc as f32, Some(0.5), theme::text_quiet())
                    .on_hover_text("AUC of this kind alone; the tick is guessing");
                format!("{auc:.2}")
            }
            None => "cannot be told".to_owned(),
        };
        note_ui(ui, &value, theme::text());
    });
}

fn section_ui(ui: &mut Ui, title: &str) {
    ui.add_space(UNIT);
    let title = RichText::new(title)
        .font(theme::medium(theme::SMALL))
        .color(theme::text_strong());
    ui.label(title);
}
