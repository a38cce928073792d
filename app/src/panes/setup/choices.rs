//! What a new run is of: method, preset, data, folder, seed, device, weights and masks.

use std::path::{Path, PathBuf};

use egui::{Button, Color32, ComboBox, DragValue, RichText, TextEdit, Ui, vec2};
use seam_engine::device::Preference;
use seam_engine::methods::METHODS;

use crate::command::{Command, CommandQueue};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::training::command_line::device_name;
use crate::training::form::{DataSeen, Field};
use crate::training::{TrainAsked, TrainCommand};
use crate::widgets::note_ui;

/// Width of the names, in points.
const NAMES: f32 = 76.0;
/// Recipes of people to learn from, and what they are for.
const RECIPES: [(&str, &str); 2] = [
    (
        "tiny",
        "Six people, in about a minute: to see how a training goes",
    ),
    (
        "standard",
        "24 people with six techniques: to train and compare methods, in some minutes",
    ),
];
const DEVICES: [Preference; 4] = [
    Preference::Auto,
    Preference::Cpu,
    Preference::Wgpu,
    Preference::Cuda(0),
];

pub fn choices_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let form = &state.training.form;
    let set = |field: Field| Command::Train(TrainCommand::Set(field));
    row_ui(ui, "Method", |ui| {
        let shown = form.method().detector.title;
        let combo = ComboBox::from_id_salt("method")
            .width(220.0)
            .selected_text(shown);
        let combo = combo.show_ui(ui, |ui| {
            for method in METHODS {
                let info = method.detector;
                let is_chosen = info.name == form.method().detector.name;
                let tooltip = format!("Looks at {}\n{}", lowered(info.looks_at), method.paper);
                let entry = ui.selectable_label(is_chosen, info.title);
                if entry.on_hover_text(tooltip).clicked() && !is_chosen {
                    commands.push(set(Field::Method(info.name)));
                }
            }
        });
        combo.response.accessible_name("Method");
    });
    let looks_at = lowered(form.method().detector.looks_at);
    below_ui(ui, &format!("Looks at {looks_at}"), theme::text_faint());
    row_ui(ui, "Preset", |ui| {
        for preset in form.method().presets {
            let is_chosen = form.preset == *preset;
            if ui.selectable_label(is_chosen, *preset).clicked() && !is_chosen {
                commands.push(set(Field::Preset(preset)));
            }
        }
    });
    data_ui(ui, state, commands);
    let out = path_ui(
        ui,
        "Folder",
        &form.out,
        "A new folder for the run",
        TrainAsked::Out,
        commands,
    );
    if let Some(out) = out {
        commands.push(set(Field::Out(out)));
    }
    if !form.out.trim().is_empty() && state.training.run(Path::new(form.out.trim())).is_some() {
        below_ui(ui, "There is a run in this folder already", theme::error());
    }
    row_ui(ui, "Seed", |ui| {
        let mut seed = form.seed;
        let value = DragValue::new(&mut seed).speed(0.1);
        let value = ui.add(value).accessible_name("Seed");
        value.on_hover_text(
            "The same seed, data and numbers give the same model, bit by bit, on a CPU",
        );
        if seed != form.seed {
            commands.push(set(Field::Seed(seed)));
        }
        ui.add_space(2.0 * UNIT);
        ui.label(quiet("Device"));
        let combo = ComboBox::from_id_salt("device")
            .width(84.0)
            .selected_text(device_name(form.device));
        let combo = combo.show_ui(ui, |ui| {
            for device in DEVICES {
                if ui
                    .selectable_label(device == form.device, device_name(device))
                    .clicked()
                {
                    commands.push(set(Field::Device(device)));
                }
            }
        });
        (combo.response.accessible_name("Device"))
            .on_hover_text("auto takes a graphics card where there is one that can be used");
    });
    let hint = "None: from random numbers";
    if let Some(init) = path_ui(ui, "Weights", &form.init, hint, TrainAsked::Init, commands) {
        commands.push(set(Field::Init(init)));
    }
    if form.method().masks.is_some() {
        let hint = "None: exact masks of the data, where it has them";
        let masks = path_ui(ui, "Masks", &form.masks, hint, TrainAsked::Masks, commands);
        if let Some(masks) = masks {
            commands.push(set(Field::Masks(masks)));
        }
    }
}

fn data_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let form = &state.training.form;
    let set = |field: Field| Command::Train(TrainCommand::Set(field));
    let hint = "A manifest, or its folder";
    let data = path_ui(
        ui,
        "Data",
        &form.data,
        hint,
        TrainAsked::DataFolder,
        commands,
    );
    if let Some(data) = data {
        commands.push(set(Field::Data(data)));
    }
    let (text, color) = match &form.data_seen {
        DataSeen::Nothing => (
            "What it learns from: clips with labels",
            theme::text_faint(),
        ),
        DataSeen::Looking => ("Looking…", theme::text_faint()),
        DataSeen::Usable(text) => (text.as_str(), theme::text_quiet()),
        DataSeen::Unusable(text) => (text.as_str(), theme::error()),
    };
    below_ui(ui, text, color);
    row_ui(ui, "", |ui| {
        let known = known_data(state);
        ui.add_enabled_ui(!known.is_empty(), |ui| {
            let menu = ui.menu_button(small("Known"), |ui| {
                for data in known {
                    let text = data.display().to_string();
                    if ui.button(text.as_str()).clicked() {
                        commands.push(set(Field::Data(text)));
                        ui.close();
                    }
                }
            });
            (menu.response).on_hover_text(
                "Data that runs learned from before, and the datasets in their pane",
            );
        });
        let button = Button::new(small("Manifest…"));
        if ui
            .add(button)
            .on_hover_text("Choose a manifest by its file")
            .clicked()
        {
            commands.push(Command::Train(TrainCommand::Ask(TrainAsked::Manifest)));
        }
        if state.training.forging.is_some() {
            ui.label(quiet(
                "People are being rendered; the job's progress is below",
            ));
            return;
        }
        let menu = ui.menu_button(small("No data yet?"), |ui| {
            ui.set_min_width(260.0);
            ui.set_max_width(260.0);
            note_ui(
                ui,
                "Render people who do not exist, and manipulate them with exact masks. Everything is made on this machine.",
                theme::text_quiet(),
            );
            for (recipe, about) in RECIPES {
                let button = Button::new(format!("Render {recipe}"));
                if ui.add(button).on_hover_text(about).clicked() {
                    commands.push(Command::Train(TrainCommand::Forge(recipe)));
                    ui.close();
                }
            }
        });
        menu.response
            .on_hover_text("Render people to learn from, without any download");
    });
}

/// What runs learned from, the newest first, then what the pane of datasets knows beyond that.
fn known_data(state: &State) -> Vec<&Path> {
    let recent = state.settings.training.recent_data.iter();
    let mut known: Vec<&Path> = recent.map(PathBuf::as_path).collect();
    for dataset in &state.datasets.known {
        // Either the manifest or its folder may have been named.
        let folder = dataset.path.parent();
        let is_there = |path: &&Path| *path == dataset.path || Some(*path) == folder;
        if !known.iter().any(is_there) {
            known.push(&dataset.path);
        }
    }
    known
}

/// A path that can be typed or chosen; gives what was typed.
fn path_ui(
    ui: &mut Ui,
    name: &str,
    shown: &str,
    hint: &str,
    asked: TrainAsked,
    commands: &mut CommandQueue,
) -> Option<String> {
    let mut typed = shown.to_owned();
    row_ui(ui, name, |ui| {
        let width = (ui.available_width() - 72.0).max(60.0);
        let edit = TextEdit::singleline(&mut typed)
            .hint_text(small(hint))
            .desired_width(width)
            .align(egui::Align2::LEFT_CENTER)
            .font(theme::regular(theme::SMALL));
        ui.add(edit).accessible_name(name);
        let button = Button::new(small("Choose…"));
        let choose = ui
            .add(button)
            .accessible_name(format!("Choose {}", name.to_lowercase()));
        if choose.clicked() {
            commands.push(Command::Train(TrainCommand::Ask(asked)));
        }
    });
    (typed != shown).then_some(typed)
}

/// A name in its column, and what is chosen beside it.
fn row_ui(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let size = vec2(NAMES, theme::ROW);
        ui.allocate_ui_with_layout(
            size,
            egui::Layout::left_to_right(egui::Align::Center),
            |ui| {
                ui.set_min_width(NAMES);
                ui.label(quiet(name));
            },
        );
        ui.spacing_mut().item_spacing.x = UNIT;
        content(ui);
    });
}

/// A line below a choice, in the column of what is chosen.
fn below_ui(ui: &mut Ui, text: &str, color: Color32) {
    ui.horizontal(|ui| {
        ui.add_space(NAMES + 2.0 * UNIT);
        ui.vertical(|ui| note_ui(ui, text, color));
    });
}

/// For the middle of a sentence.
fn lowered(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next();
    let first: String = first.into_iter().flat_map(char::to_lowercase).collect();
    first + chars.as_str()
}

fn quiet(text: &str) -> RichText {
    small(text).color(theme::text_faint())
}

fn small(text: &str) -> RichText {
    RichText::new(text).size(theme::SMALL)
}
