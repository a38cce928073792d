//! The form of the next evaluation.

use std::path::{Path, PathBuf};

use egui::{Button, DragValue, Ui};
use seam_engine::data::Split;
use seam_engine::eval::experiment::EXPERIMENTS;
use seam_engine::eval::protocol::Protocol;
use seam_engine::eval::scored_split::ScoredSplit;
use seam_engine::methods::METHODS;

use crate::command::{Command, CommandQueue};
use crate::evaluation::command_line::command_line;
use crate::evaluation::{
    EVALUATIONS_FOLDER, EvaluationAsk, EvaluationCommand, Form, PROTOCOLS, What, protocol_line,
};
use crate::panes::evaluation::{does, training};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{choice_ui, field_ui, note_ui, path_field_ui, small_button_ui};

/// Width of what falls open, in points.
const CHOICE: f32 = 210.0;

const SPLITS: [ScoredSplit; 4] = [
    ScoredSplit::One(Split::Test),
    ScoredSplit::One(Split::Val),
    ScoredSplit::One(Split::Train),
    ScoredSplit::All,
];

pub fn setup_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let before = &state.evaluations.form;
    let mut form = before.clone();
    field_ui(ui, "What", "What is measured", |ui| {
        let all = What::ALL.iter().map(|own| (*own == form.what, own.name()));
        if let Some(at) = choice_ui(ui, "What is evaluated", CHOICE, form.what.name(), all) {
            form.what = What::ALL[at];
        }
    });
    line_ui(ui, form.what.line());
    match form.what {
        What::Methods => methods_ui(ui, state, &mut form),
        What::Model => model_ui(ui, &form, commands),
        What::Scores => scores_ui(ui, &form, commands),
        What::Probe => {}
        What::Experiment => experiment_ui(ui, &mut form),
    }
    if form.has_protocol() {
        protocol_ui(ui, &mut form);
    }
    let name = if form.what == What::Experiment {
        "Train on"
    } else {
        "Data"
    };
    data_ui(
        ui,
        state,
        name,
        &mut form.data,
        EvaluationAsk::Data,
        commands,
    );
    if form.has_test_data() {
        let asked = EvaluationAsk::TestData;
        data_ui(ui, state, "Test on", &mut form.test_data, asked, commands);
    }
    numbers_ui(ui, &mut form);
    if form != *before {
        commands.push(does(EvaluationCommand::SetForm(Box::new(form.clone()))));
    }
    ui.add_space(UNIT);
    start_ui(ui, state, &form, commands);
}

/// A sentence below a field, in its column.
fn line_ui(ui: &mut Ui, text: &str) {
    field_ui(ui, "", "", |ui| {
        note_ui(ui, text, theme::text_faint());
    });
}

fn methods_ui(ui: &mut Ui, state: &State, form: &mut Form) {
    field_ui(
        ui,
        "Methods",
        "None ticked takes every method that has a model",
        |ui| {
            ui.horizontal_wrapped(|ui| {
                for method in METHODS {
                    let info = method.detector;
                    let has_model = state
                        .evaluations
                        .with_model
                        .iter()
                        .any(|own| own == info.name);
                    if !has_model && form.training.is_none() {
                        continue;
                    }
                    let mut is_on = form.methods.contains(info.name);
                    let tooltip = format!("{}\nLooks at {}", info.title, info.looks_at);
                    if ui
                        .checkbox(&mut is_on, info.name)
                        .on_hover_text(tooltip)
                        .changed()
                    {
                        if is_on {
                            form.methods.insert(info.name.to_owned());
                        } else {
                            form.methods.remove(info.name);
                        }
                    }
                }
            });
        },
    );
    training::training_ui(ui, form);
}

fn model_ui(ui: &mut Ui, form: &Form, commands: &mut CommandQueue) {
    let model = form.model.as_ref();
    let words = model.map(|model| PathBuf::from(format!("{}, {}", model.name, model.method)));
    let hint = "A folder with card.json, or that of a run";
    if path_field_ui(ui, "Model", "Choose…", words.as_deref(), hint) {
        commands.push(does(EvaluationCommand::Ask(EvaluationAsk::Model)));
    }
}

fn scores_ui(ui: &mut Ui, form: &Form, commands: &mut CommandQueue) {
    let hint = "A csv with the columns label and score";
    if path_field_ui(ui, "Scores", "Choose…", form.scores.as_deref(), hint) {
        commands.push(does(EvaluationCommand::Ask(EvaluationAsk::Scores)));
    }
}

fn experiment_ui(ui: &mut Ui, form: &mut Form) {
    let title = |at: usize| {
        let own = &EXPERIMENTS[at];
        format!("{}: {}", own.method, own.title)
    };
    field_ui(ui, "Experiment", "", |ui| {
        let titles: Vec<String> = (0..EXPERIMENTS.len()).map(title).collect();
        let all = titles.iter().enumerate();
        let all = all.map(|(at, title)| (at == form.experiment, title.as_str()));
        let chosen = title(form.experiment.min(EXPERIMENTS.len() - 1));
        if let Some(at) = choice_ui(ui, "Experiment", 300.0, &chosen, all) {
            form.experiment = at;
        }
    });
    let experiment = form.experiment();
    line_ui(ui, experiment.question);
    field_ui(
        ui,
        "Preset",
        "How long each training is: laptop for a machine without a graphics card",
        |ui| {
            let all = experiment.budgets.iter();
            let all = all.map(|own| (own.preset == form.preset, own.preset));
            if let Some(at) = choice_ui(ui, "Preset", 110.0, form.preset, all) {
                form.preset = experiment.budgets[at].preset;
            }
            note_ui(ui, "seeds", theme::text_faint());
            let value = DragValue::new(&mut form.num_seeds).range(1..=20);
            ui.add(value).accessible_name("Seeds of each row");
        },
    );
    let trainings = experiment.rows.len() * form.num_seeds;
    line_ui(
        ui,
        &format!(
            "{} rows of {} seeds: about {trainings} trainings. What is trained already is taken from the folder of the \
             results when the same command runs again there",
            experiment.rows.len(),
            form.num_seeds
        ),
    );
}

fn protocol_ui(ui: &mut Ui, form: &mut Form) {
    field_ui(
        ui,
        "Protocol",
        "What is learned from and what is scored",
        |ui| {
            let all = PROTOCOLS
                .iter()
                .map(|own| (*own == form.protocol, own.name()));
            if let Some(at) = choice_ui(ui, "Protocol", CHOICE, form.protocol.name(), all) {
                form.protocol = PROTOCOLS[at];
            }
        },
    );
    line_ui(ui, protocol_line(form.protocol));
    if form.training.is_none() && form.protocol.is_by_technique() {
        line_ui(
            ui,
            "Installed models were trained elsewhere: the techniques are scored one at a time, and nothing is left out",
        );
    }
    if form.protocol == Protocol::Within || form.protocol == Protocol::Cross {
        return;
    }
    form.calibrates = false;
}

/// A manifest of those that are known, or another one.
fn data_ui(
    ui: &mut Ui,
    state: &State,
    name: &str,
    chosen: &mut Option<PathBuf>,
    asked: EvaluationAsk,
    commands: &mut CommandQueue,
) {
    field_ui(ui, name, "A manifest", |ui| {
        let known: Vec<(&Path, String)> = state
            .datasets
            .known
            .iter()
            .map(|own| (own.path.as_path(), state.datasets.title(&own.path)))
            .collect();
        let title = |path: &Path| state.datasets.title(path);
        let text = chosen.as_deref().map_or("none chosen".to_owned(), title);
        let all = known
            .iter()
            .map(|(path, name)| (chosen.as_deref() == Some(*path), name.as_str()));
        if let Some(at) = choice_ui(ui, name, CHOICE, &text, all) {
            *chosen = Some(known[at].0.to_owned());
        }
        if small_button_ui(ui, "Other…", "Choose a manifest").clicked() {
            commands.push(does(EvaluationCommand::Ask(asked)));
        }
    });
}

fn numbers_ui(ui: &mut Ui, form: &mut Form) {
    if form.what != What::Probe {
        field_ui(
            ui,
            "Split",
            "Which items are scored: test, unless you know why another",
            |ui| {
                let all = SPLITS.iter().map(|own| (*own == form.split, own.name()));
                if let Some(at) = choice_ui(ui, "Split", 80.0, form.split.name(), all) {
                    form.split = SPLITS[at];
                }
            },
        );
    }
    field_ui(
        ui,
        "Frames",
        "Taken from each item at most, evenly spread. More frames take longer and make intervals little narrower",
        |ui| {
            let value = DragValue::new(&mut form.frames).range(1..=512);
            ui.add(value).accessible_name("Frames per item");
            note_ui(ui, "per item", theme::text_faint());
            ui.add_space(2.0 * UNIT);
            note_ui(ui, "seed", theme::text_faint());
            let value = DragValue::new(&mut form.seed);
            ui.add(value)
                .accessible_name("Seed of the evaluation")
                .on_hover_text("Of the draws behind intervals, and of trainings");
        },
    );
    let can_calibrate = form.has_protocol() && !form.protocol.is_by_technique();
    if can_calibrate {
        field_ui(ui, "Calibrate", "", |ui| {
            ui.checkbox(&mut form.calibrates, "Fit probabilities on the split val")
                .on_hover_text(
                    "Writes the fitted calibration into the model's card, and uses it from then on",
                );
        });
    }
}

fn start_ui(ui: &mut Ui, state: &State, form: &Form, commands: &mut CommandQueue) {
    let missing = form.missing();
    let is_running = state.evaluations.running.is_some();
    ui.horizontal(|ui| {
        let start = Button::new("Start the evaluation");
        let is_ready = missing.is_none() && !is_running;
        if ui.add_enabled(is_ready, start).clicked() {
            commands.push(does(EvaluationCommand::Start));
        }
        if let Some(missing) = missing {
            note_ui(ui, missing, theme::text_quiet());
        }
    });
    ui.add_space(UNIT);
    let out = state.data_dir.as_ref();
    let out = out.map(|dir| dir.join(EVALUATIONS_FOLDER).join("mine"));
    let line = command_line(form, out.as_deref());
    ui.horizontal(|ui| {
        note_ui(ui, "The same in a terminal", theme::text_faint());
        if small_button_ui(ui, "Copy", "Copy the command")
            .accessible_name("Copy the command")
            .clicked()
        {
            commands.push(Command::CopyText(line.clone()));
        }
    });
    let text = egui::RichText::new(line)
        .monospace()
        .color(theme::text_quiet());
    ui.add(egui::Label::new(text).wrap().selectable(true));
}
