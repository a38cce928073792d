//! The question before the answer: look first, then ask the methods.

use egui::{Button, RichText, Ui};

use crate::command::{Action, Command, CommandQueue};
use crate::state::MediaFile;
use crate::theme::{self, UNIT};
use crate::widgets::note_ui;

/// What is said above the button.
pub const LOOK_FIRST: &str = "Look first. Then ask the methods.";

/// In findings: in full.
pub fn invitation_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    let title = RichText::new(LOOK_FIRST).font(theme::medium(theme::TITLE));
    ui.label(title.color(theme::text_strong()));
    note_ui(
        ui,
        "A score seen first is hard to unsee. Play the clip, slow it down, drag over the timeline to repeat a part; then ask what the methods object to.",
        theme::text_quiet(),
    );
    ui.add_space(UNIT);
    analyze_button_ui(ui, file, commands);
}

/// On the timeline: in one line, where the strips will be.
pub fn invitation_line_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    ui.horizontal(|ui| {
        analyze_button_ui(ui, file, commands);
        ui.add_space(UNIT);
        note_ui(ui, LOOK_FIRST, theme::text_quiet());
    });
}

fn analyze_button_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    let info = Action::AnalyzeFile.info();
    let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
    let keys = RichText::new(keys.unwrap_or_default())
        .size(theme::SMALL)
        .color(theme::text_faint());
    let text = RichText::new(info.text).color(theme::text_strong());
    let button = Button::new(text)
        .right_text(keys)
        .min_size(egui::vec2(104.0, theme::ROW));
    if ui.add(button).on_hover_text(info.tooltip).clicked() {
        commands.push(Command::Analyze(file.id));
    }
}
