//! The steps at which faces were watched, as a line to go along.

use egui::{Align2, Rect, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::command::{Action, Command, CommandQueue, TrainAction};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::training::TrainCommand;
use crate::training::run::RunEntry;
use crate::widgets::{Icon, action_button_ui};
use crate::words;

/// Room for the step's name, in points.
const NAME: f32 = 108.0;

pub fn scrubber_ui(ui: &mut Ui, state: &State, run: &RunEntry, commands: &mut CommandQueue) {
    let film = &state.training.film;
    let now = film.step_of(run);
    ui.add_space(UNIT);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let play = if film.is_playing {
            Icon::Pause
        } else {
            Icon::Play
        };
        for (icon, action) in [
            (Icon::StepBack, TrainAction::PreviousStep),
            (play, TrainAction::PlaySteps),
            (Icon::StepForward, TrainAction::NextStep),
        ] {
            action_button_ui(ui, state, icon, Action::Train(action), commands);
        }
        let name = match now {
            Some(step) => format!("Step {}", words::count(step)),
            None => String::new(),
        };
        let size = vec2(NAME, theme::ROW);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
            let follows = film.step.is_none() && run.is_running();
            let text = if follows {
                format!("{name}, newest")
            } else {
                name
            };
            let text = egui::RichText::new(text)
                .size(theme::SMALL)
                .color(theme::text());
            ui.horizontal_centered(|ui| {
                ui.add_space(UNIT);
                ui.add(egui::Label::new(text).truncate());
            });
        });
        track_ui(ui, run, now, commands);
    });
}

/// A tick a step; the one on screen stands out.
fn track_ui(ui: &mut Ui, run: &RunEntry, now: Option<u64>, commands: &mut CommandQueue) {
    let size = vec2(ui.available_width(), theme::ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let value = now.unwrap_or(0) as f64;
    response.widget_info(|| WidgetInfo::slider(true, value, "Watched steps"));
    let (Some(first), Some(last)) = (run.watched.first(), run.watched.last()) else {
        return;
    };
    let track = rect.shrink2(vec2(8.0, 0.0));
    let length = (last - first).max(1) as f32;
    let x = |step: u64| track.left() + (step - first) as f32 / length * track.width();
    let painter = ui.painter();
    let middle = track.center().y;
    painter.hline(track.x_range(), middle, theme::hairline());
    for step in &run.watched {
        let is_best = run.history.best().is_some_and(|best| best.step == *step);
        let (half, color) = match is_best {
            true => (5.0, theme::text_quiet()),
            false => (3.0, theme::outline()),
        };
        let range = egui::Rangef::new(middle - half, middle + half);
        painter.vline(x(*step), range, Stroke::new(1.0, color));
    }
    if let Some(now) = now {
        let knob = Rect::from_center_size(pos2(x(now), middle), vec2(6.0, 14.0));
        painter.rect_filled(knob, 2.0, theme::accent());
    }
    let nearest = |pointer: f32| {
        let distance = |step: &&u64| (x(**step) - pointer).abs();
        let order = |a: &&u64, b: &&u64| distance(a).total_cmp(&distance(b));
        run.watched.iter().min_by(order).copied()
    };
    if let Some(pos) = response.hover_pos()
        && let Some(step) = nearest(pos.x)
        && Some(step) != now
    {
        let at = pos2(x(step), rect.top());
        let font = theme::regular(theme::SMALL);
        painter.text(
            at,
            Align2::CENTER_TOP,
            words::count(step),
            font,
            theme::text_faint(),
        );
    }
    if (response.dragged() || response.clicked())
        && let Some(pos) = response.interact_pointer_pos()
        && let Some(step) = nearest(pos.x)
        && Some(step) != now
    {
        commands.push(Command::Train(TrainCommand::GoToStep(step)));
    }
    response.on_hover_text(
        "Steps at which the faces were looked at; the longer tick is the best validation\nLeft and right go along it, space plays it",
    );
}
