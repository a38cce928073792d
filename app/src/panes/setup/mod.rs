//! A new run: method, preset, data, numbers with their reasons. Of a run there is: what it was made with.

mod choices;
mod keys;

use egui::{Button, RichText, ScrollArea, Ui, vec2};

use crate::command::{Action, Command, CommandQueue, TrainAction};
use crate::panes::padded;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::training::key::rows_of;
use crate::training::run::{RunEntry, Status};
use crate::training::{TrainAsked, TrainCommand};
use crate::widgets::{fact_ui, header_ui, note_ui};
use crate::words;

/// Height of what starts the run, in points.
const FOOTER: f32 = 66.0;

pub fn setup_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        let training = &state.training;
        match training.shown().filter(|_| !training.shows_form()) {
            Some(run) => run_ui(ui, state, run, commands),
            None => form_ui(ui, state, commands),
        }
    });
}

fn form_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let training = &state.training;
    header_ui(ui, "New run", |ui| {
        if training.shown().is_some() {
            let button = Button::new(RichText::new("Close").size(theme::SMALL));
            let tooltip = "Back to the shown run; what is set up stays";
            if ui.add(button).on_hover_text(tooltip).clicked() {
                commands.push(Command::Train(TrainCommand::CloseForm));
            }
        }
    });
    let height = (ui.available_height() - FOOTER).max(80.0);
    let area = ScrollArea::vertical().auto_shrink(false).max_height(height);
    area.id_salt("new run").show(ui, |ui| {
        choices::choices_ui(ui, state, commands);
        ui.add_space(2.0 * UNIT);
        keys::keys_ui(ui, &training.form, commands);
    });
    start_ui(ui, state, commands);
}

/// The button that starts, what is missing for it, and the same as a command line. Keeps its place.
fn start_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let training = &state.training;
    ui.separator();
    let missing = training.missing();
    ui.horizontal(|ui| {
        let info = TrainAction::Start.info();
        let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
        let button = Button::new(info.text).min_size(vec2(112.0, theme::ROW));
        let start = ui.add_enabled(missing.is_empty(), button);
        let tooltip = match missing.is_empty() {
            true => format!("{} ({})", info.tooltip, keys.unwrap_or_default()),
            false => missing.join("\n"),
        };
        if start
            .on_hover_text(tooltip.clone())
            .on_disabled_hover_text(tooltip)
            .clicked()
        {
            commands.act(Action::Train(TrainAction::Start));
        }
        let text = match missing.first() {
            Some(first) => first.clone(),
            None if state.is_training() => {
                "Another training runs; both share this machine".to_owned()
            }
            None => "Ready".to_owned(),
        };
        let text = RichText::new(text).size(theme::SMALL);
        ui.add(egui::Label::new(text.color(theme::text_quiet())).truncate());
    });
    command_ui(ui, &training.form.command(), commands);
}

/// The command line, cut off at the right, with a button that copies all of it.
fn command_ui(ui: &mut Ui, text: &str, commands: &mut CommandQueue) {
    ui.horizontal(|ui| {
        let button = Button::new(RichText::new("Copy").size(theme::SMALL));
        let copy = ui.add(button).accessible_name("Copy command line");
        let tooltip = "The same training for a terminal";
        if copy.on_hover_text(tooltip).clicked() {
            commands.act(Action::Train(TrainAction::CopyCommand));
        }
        let line = RichText::new(text).monospace().color(theme::text_faint());
        ui.add(egui::Label::new(line).truncate())
            .on_hover_text(text);
    });
}

/// What a run was made with.
fn run_ui(ui: &mut Ui, state: &State, run: &RunEntry, commands: &mut CommandQueue) {
    header_ui(ui, &run.name, |ui| {
        let info = TrainAction::NewFromThis.info();
        let button = Button::new(RichText::new(info.text).size(theme::SMALL));
        let button = ui.add_enabled(run.config.is_some(), button);
        if button.on_hover_text(info.tooltip).clicked() {
            commands.act(Action::Train(TrainAction::NewFromThis));
        }
    });
    let Some(config) = &run.config else {
        note_ui(ui, "Its data is being read", theme::text_faint());
        return;
    };
    let source = state.settings.training.sources.get(&run.dir);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if let Status::Failed(why) = &run.status {
            note_ui(ui, why, theme::error());
        }
        fact_ui(ui, "State", &run.word());
        fact_ui(ui, "Method", words::method_title(&config.method));
        fact_ui(ui, "Preset", &config.preset);
        fact_ui(ui, "Seed", &config.seed.to_string());
        match source {
            Some(source) => {
                fact_ui(ui, "Data", &source.data.display().to_string());
            }
            None => data_unknown_ui(ui, run, commands),
        }
        if let Some([faces, held_back]) = run.faces {
            let text = format!(
                "{} to learn from, {} held back",
                words::count(faces as u64),
                words::count(held_back as u64)
            );
            fact_ui(ui, "Faces", &text);
        }
        if let Some(init) = &config.init {
            fact_ui(ui, "Start", &init.file);
        }
        if !config.techniques.is_empty() {
            fact_ui(ui, "Techniques", &config.techniques.join(", "));
        }
        fact_ui(ui, "Folder", &run.dir.display().to_string());
        if let Some(model) = &run.model {
            fact_ui(ui, "Model", &model.display().to_string());
        }
        ui.add_space(2.0 * UNIT);
        keys::facts_ui(ui, &rows_of(config));
    });
}

/// A run of the command line does not say where its data lie, which going on needs.
fn data_unknown_ui(ui: &mut Ui, run: &RunEntry, commands: &mut CommandQueue) {
    if !run.can_resume() {
        return;
    }
    ui.horizontal(|ui| {
        let button = Button::new(RichText::new("Resume with data…").size(theme::SMALL));
        let tooltip =
            "This run was not started in this window: choose the data it learns from, and it goes on";
        if ui.add(button).on_hover_text(tooltip).clicked() {
            let ask = TrainCommand::Ask(TrainAsked::ResumeData);
            commands.push(Command::Train(ask));
        }
    });
}
