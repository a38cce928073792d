//! Choosing what a new dataset is made of: a layout on disk, or clips to forge.

use egui::{Button, DragValue, RichText, Ui};
use seam_engine::data::DatasetKind;
use seam_engine::forge::recipe::{RECIPES, SAMPLES};
use seam_engine::forge::{recipe, recipe_names};

use crate::command::{Command, CommandQueue};
use crate::data::{DataAsk, DataCommand, Draft, ForgeDraft, ImportDraft};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{choice_ui, field_ui, note_ui, path_field_ui};

pub fn making_ui(ui: &mut Ui, state: &State, draft: &Draft, commands: &mut CommandQueue) {
    let mut now = draft.clone();
    let (is_ready, verb) = match &mut now {
        Draft::Import(own) => {
            import_ui(ui, state, own, commands);
            (own.settings(state.data_dir.as_deref()).is_some(), "Import")
        }
        Draft::Forge(own) => {
            forge_ui(ui, state, own, commands);
            (own.settings(state.data_dir.as_deref()).is_some(), "Forge")
        }
    };
    if now != *draft {
        commands.push(Command::Data(DataCommand::SetDraft(Box::new(now))));
    }
    ui.add_space(2.0 * UNIT);
    ui.horizontal(|ui| {
        if ui.add_enabled(is_ready, Button::new(verb)).clicked() {
            commands.push(Command::Data(DataCommand::MakeDraft));
        }
        if ui.button("Cancel").clicked() {
            commands.push(Command::Data(DataCommand::ForgetDraft));
        }
    });
}

fn import_ui(ui: &mut Ui, state: &State, draft: &mut ImportDraft, commands: &mut CommandQueue) {
    title_ui(ui, "Import a dataset");
    note_ui(
        ui,
        "Its folder is only read. What comes out is a manifest beside your others: which clip is manipulated and how, \
         and which split it belongs to.",
        theme::text_faint(),
    );
    ui.add_space(UNIT);
    field_ui(ui, "Layout", "How the dataset lies on disk", |ui| {
        let all = DatasetKind::ALL.into_iter();
        let all = all.map(|kind| (kind == draft.kind, kind.title()));
        if let Some(at) = choice_ui(ui, "Layout of the dataset", 200.0, draft.kind.title(), all) {
            draft.kind = DatasetKind::ALL[at];
        }
    });
    let ask = |asked| Command::Data(DataCommand::Ask(asked));
    let hint = "The dataset's own folder";
    if path_field_ui(ui, "Folder", "Choose…", draft.from.as_deref(), hint) {
        commands.push(ask(DataAsk::ImportFrom));
    }
    let to = draft.folder(state.data_dir.as_deref());
    if path_field_ui(ui, "Manifest in", "Change…", to.as_deref(), "A folder") {
        commands.push(ask(DataAsk::ImportTo));
    }
    seed_ui(
        ui,
        &mut draft.seed,
        "Deals people to splits where the dataset does not say",
    );
}

fn forge_ui(ui: &mut Ui, state: &State, draft: &mut ForgeDraft, commands: &mut CommandQueue) {
    title_ui(ui, "Forge a dataset");
    note_ui(
        ui,
        "Pristine clips and manipulations of them with exact masks. The same recipe and seed give the same files.",
        theme::text_faint(),
    );
    ui.add_space(UNIT);
    let names: Vec<&'static str> = recipe_names()
        .into_iter()
        .filter(|name| *name != SAMPLES)
        .collect();
    field_ui(ui, "Recipe", "What is made, and how well", |ui| {
        let all = names.iter().map(|name| (*name == draft.recipe, *name));
        if let Some(at) = choice_ui(ui, "Recipe", 140.0, draft.recipe, all) {
            draft.recipe = names[at];
        }
    });
    let about = recipe::find(draft.recipe).map_or(
        "single pictures made of the faces of your own pristine clips",
        |recipe| recipe.about,
    );
    field_ui(ui, "", "", |ui| note_ui(ui, about, theme::text_faint()));
    let usual = recipe::find(draft.recipe).map_or(RECIPES[0].people, |recipe| recipe.people);
    let is_rendered = draft.from.is_none() && !draft.needs_clips();
    ui.add_enabled_ui(is_rendered, |ui| {
        field_ui(ui, "People", "Rendered ones, forged in pairs", |ui| {
            let mut people = draft.people.unwrap_or(usual);
            let value = DragValue::new(&mut people).range(2..=400);
            if ui.add(value).accessible_name("People").changed() {
                draft.people = Some(people);
            }
        });
    });
    seed_ui(ui, &mut draft.seed, "Another seed shows other people");
    let ask = |asked| Command::Data(DataCommand::Ask(asked));
    let hint = "Rendered people";
    if path_field_ui(ui, "From", "Choose clips…", draft.from.as_deref(), hint) {
        commands.push(ask(DataAsk::ForgeFrom));
    }
    if draft.from.is_some() && ui.button("Render people instead").clicked() {
        draft.from = None;
    }
    let to = draft.folder(state.data_dir.as_deref());
    if path_field_ui(ui, "Into", "Change…", to.as_deref(), "A new folder") {
        commands.push(ask(DataAsk::ForgeTo));
    }
    if draft.needs_clips() && draft.from.is_none() {
        note_ui(
            ui,
            "This recipe needs a folder of pristine clips",
            theme::error(),
        );
    }
}

fn title_ui(ui: &mut Ui, title: &str) {
    let title = RichText::new(title)
        .font(theme::medium(theme::BODY))
        .color(theme::text_strong());
    ui.label(title);
}

fn seed_ui(ui: &mut Ui, seed: &mut u64, tooltip: &str) {
    field_ui(ui, "Seed", tooltip, |ui| {
        ui.add(DragValue::new(seed)).accessible_name("Seed");
    });
}
