//! The queue before there is one: what it is for, and the three ways to get one.

use std::path::Path;

use egui::{Button, RichText, Ui};

use crate::command::{Action, Command, CommandQueue, QueueAction};
use crate::queue::{FolderState, QueueCommand};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{header_ui, note_ui};

pub fn empty_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    if state.queue.draft.is_some() {
        return draft_ui(ui, state, commands);
    }
    header_ui(ui, "Queue", |_| {});
    if let FolderState::Failed(error) = &state.queue.folder {
        note_ui(ui, error, theme::error());
        ui.add_space(2.0 * UNIT);
    }
    note_ui(
        ui,
        "Mark what was manipulated in a few faces, and a method learns where to look.",
        theme::text_quiet(),
    );
    ui.add_space(3.0 * UNIT);
    let ways = [
        (
            QueueAction::NewQueue,
            "A model goes through the clips of a manifest and puts those faces first that it learns most from.",
        ),
        (
            QueueAction::OpenFolder,
            "Go on where you or somebody else left off. Every stroke is there.",
        ),
    ];
    for (action, text) in ways {
        way_ui(ui, Action::Queue(action), text, commands);
    }
    let text = "Or open a clip, choose a person there, and press K: that face comes here.";
    way_ui(ui, Action::ShowInspect, text, commands);
}

fn way_ui(ui: &mut Ui, action: Action, text: &str, commands: &mut CommandQueue) {
    let info = action.info();
    let button = Button::new(info.text).min_size(egui::vec2(140.0, theme::ROW));
    if ui.add(button).on_hover_text(info.tooltip).clicked() {
        commands.act(action);
    }
    note_ui(ui, text, theme::text_faint());
    ui.add_space(3.0 * UNIT);
}

/// Choosing what a new queue is made of.
fn draft_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let Some(draft) = &state.queue.draft else {
        return;
    };
    header_ui(ui, "New queue", |_| {});
    let choice = |ui: &mut Ui, name: &str, chosen: Option<&Path>, hint: &str| {
        let clicked = ui.button(name).clicked();
        match chosen {
            Some(path) => note_ui(ui, &path.display().to_string(), theme::text()),
            None => note_ui(ui, hint, theme::text_faint()),
        }
        ui.add_space(2.0 * UNIT);
        clicked
    };
    let hint = "The clips, with labels: the manifest.jsonl of a data set";
    if choice(ui, "Choose manifest…", draft.manifest.as_deref(), hint) {
        commands.push(Command::Queue(QueueCommand::AskManifest));
    }
    let hint =
        "It puts those faces first that tell it most; without a model they are drawn by chance";
    if choice(ui, "Choose model…", draft.model.as_deref(), hint) {
        commands.push(Command::Queue(QueueCommand::AskModel));
    }
    ui.horizontal(|ui| {
        let mut count = draft.count;
        ui.label(
            RichText::new("Faces")
                .size(theme::SMALL)
                .color(theme::text_faint()),
        );
        let value = egui::DragValue::new(&mut count).range(1..=5000);
        ui.add(value).accessible_name("Faces");
        if count != draft.count {
            commands.push(Command::Queue(QueueCommand::SetCount(count)));
        }
    });
    ui.add_space(2.0 * UNIT);
    ui.horizontal(|ui| {
        let is_ready = draft.manifest.is_some();
        let make = Button::new(RichText::new("Make queue"));
        if ui.add_enabled(is_ready, make).clicked() {
            commands.push(Command::Queue(QueueCommand::MakeQueue));
        }
        if ui.button("Cancel").clicked() {
            commands.push(Command::Queue(QueueCommand::ForgetDraft));
        }
    });
}
