//! Whether the protocol trains models itself.

use egui::{DragValue, Ui};

use crate::evaluation::{Form, Training};
use crate::theme;
use crate::widgets::{choice_ui, field_ui, note_ui};

/// Presets that every method has.
const PRESETS: [&str; 2] = ["laptop", "paper"];
/// Steps that are offered first where the preset's are replaced.
const STEPS: u64 = 400;

pub fn training_ui(ui: &mut Ui, form: &mut Form) {
    let tooltip = "Without it, the models that are installed are scored as they are";
    field_ui(ui, "Train", tooltip, |ui| {
        let mut is_on = form.training.is_some();
        if ui
            .checkbox(&mut is_on, "Anew, as the protocol says")
            .changed()
        {
            form.training = is_on.then_some(Training {
                preset: PRESETS[0],
                steps: None,
            });
        }
    });
    let Some(training) = &mut form.training else {
        return;
    };
    field_ui(ui, "", "", |ui| {
        let all = PRESETS.iter().map(|own| (*own == training.preset, *own));
        if let Some(at) = choice_ui(ui, "Preset of the training", 90.0, training.preset, all) {
            training.preset = PRESETS[at];
        }
        let mut is_on = training.steps.is_some();
        if ui.checkbox(&mut is_on, "other number of steps").changed() {
            training.steps = is_on.then_some(STEPS);
        }
        match &mut training.steps {
            Some(steps) => {
                let value = DragValue::new(steps).range(1..=10_000_000);
                ui.add(value).accessible_name("Steps");
            }
            None => note_ui(ui, "as the preset has it", theme::text_faint()),
        }
    });
}
