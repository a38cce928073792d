//! The list of trainings: those that run, those that ended, and a new one.

use egui::{
    Align, Align2, Button, Layout, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use crate::command::{Action, Command, CommandQueue, TrainAction};
use crate::panes::padded;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::training::TrainCommand;
use crate::training::run::{RunEntry, Status, duration};
use crate::widgets::{header_ui, note_ui, paint_key};
use crate::words;

/// Height of a run in the list, in points.
const ROW: f32 = 44.0;
/// Of what can be done with the shown run.
const FOOTER: f32 = 62.0;
/// Room for the box that compares, on the right.
const MARK: f32 = 26.0;

pub fn runs_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Runs", |ui| {
            button_ui(ui, "+ New run", TrainAction::NewRun, true, commands);
            button_ui(ui, "Open…", TrainAction::OpenRuns, true, commands);
        });
        let training = &state.training;
        if let Some(notice) = &training.notice {
            notice_ui(ui, notice, commands);
        }
        if training.runs.is_empty() {
            let text = if training.is_reading {
                "Reading the runs…"
            } else {
                "No training has run here yet. Set up a new run, open a folder of runs, or drop one on this window."
            };
            note_ui(ui, text, theme::text_faint());
            return;
        }
        let footer = if training.shown().is_some() {
            FOOTER
        } else {
            0.0
        };
        let height = (ui.available_height() - footer).max(ROW);
        let area = ScrollArea::vertical().auto_shrink(false).max_height(height);
        area.id_salt("runs").show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for run in &training.runs {
                row_ui(ui, state, run, commands);
            }
        });
        if let Some(run) = training.shown() {
            footer_ui(ui, run, commands);
        }
    });
}

/// An action as a small button.
fn button_ui(
    ui: &mut Ui,
    text: &str,
    action: TrainAction,
    is_on: bool,
    commands: &mut CommandQueue,
) {
    let info = action.info();
    let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
    let tooltip = match keys {
        Some(keys) => format!("{} ({keys})", info.tooltip),
        None => info.tooltip.to_owned(),
    };
    let button = Button::new(RichText::new(text).size(theme::SMALL));
    let response = ui.add_enabled(is_on, button);
    if response.on_hover_text(tooltip).clicked() {
        commands.act(Action::Train(action));
    }
}

/// What went wrong, until it is put away.
fn notice_ui(ui: &mut Ui, notice: &str, commands: &mut CommandQueue) {
    note_ui(ui, notice, theme::error());
    let button = Button::new(RichText::new("Dismiss").size(theme::SMALL));
    if ui.add(button).clicked() {
        commands.push(Command::Train(TrainCommand::Dismiss));
    }
    ui.add_space(UNIT);
}

fn row_ui(ui: &mut Ui, state: &State, run: &RunEntry, commands: &mut CommandQueue) {
    let training = &state.training;
    let drawn = training.drawn();
    let place = drawn.iter().position(|drawn| drawn.dir == run.dir);
    let is_shown = place == Some(0) && !training.has_form;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let word = run.word();
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_shown, &run.name));
    let fill = match (is_shown, response.hovered()) {
        (true, _) => theme::accent_fill(),
        (false, true) => theme::raised(),
        (false, false) => theme::panel(),
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let text = rect
        .shrink2(vec2(8.0, 4.0))
        .with_max_x(rect.right() - MARK - 4.0);
    let line = |top: f32| {
        Rect::from_min_size(
            pos2(text.left(), text.top() + top),
            vec2(text.width(), 16.0),
        )
    };
    let right = match run.share() {
        Some(share) if run.is_running() => format!("{:.0} %", 100.0 * share),
        _ => String::new(),
    };
    let painter = ui.painter_at(text);
    let size = painter
        .text(
            line(0.0).right_center(),
            Align2::RIGHT_CENTER,
            right,
            theme::regular(theme::SMALL),
            theme::text_quiet(),
        )
        .width();
    put_ui(
        ui,
        line(0.0).with_max_x(text.right() - size - UNIT),
        &run.name,
        theme::text_strong(),
        theme::BODY,
    );
    let color = match run.status {
        Status::Failed(_) => theme::error(),
        Status::Training | Status::Preparing => theme::text(),
        _ => theme::text_quiet(),
    };
    put_ui(ui, line(16.0), &detail(run, &word), color, theme::SMALL);
    if run.is_running() {
        let bar = Rect::from_min_max(pos2(text.left(), text.bottom() - 2.0), text.max);
        painter.rect_filled(bar, 1.0, theme::button());
        let share = run.share().unwrap_or(0.0).clamp(0.0, 1.0);
        painter.rect_filled(
            bar.with_max_x(bar.left() + share * bar.width()),
            1.0,
            theme::text_quiet(),
        );
    }
    mark_ui(ui, rect, run, place, commands);
    let tooltip = format!("{}\n{}\n{}", run.name, word, run.dir.display());
    if response.on_hover_text(tooltip).clicked() {
        commands.push(Command::Train(TrainCommand::Show(run.dir.clone())));
    }
}

/// Its state, and what is wanted next to know.
fn detail(run: &RunEntry, word: &str) -> String {
    let mut text = word.to_owned();
    if let Some(now) = run.now.filter(|_| run.status == Status::Training) {
        text.push_str(&format!(", {} left", duration(now.seconds_left)));
    } else if let Some(auc) = run.history.best().and_then(|best| best.auc) {
        text.push_str(&format!(", AUC {auc:.3}"));
    }
    match run.method() {
        Some(method) if !run.name.starts_with(method) => {
            format!("{}, {text}", words::method_name(method))
        }
        _ => text,
    }
}

fn put_ui(ui: &mut Ui, rect: Rect, text: &str, color: egui::Color32, size: f32) {
    let text = RichText::new(text).size(size).color(color);
    // The row has its place already, which a child of its own leaves alone.
    let mut line = ui.new_child(UiBuilder::new().max_rect(rect));
    line.add(egui::Label::new(text).truncate().selectable(false));
}

/// The box that draws a run beside the shown one, in its color.
fn mark_ui(ui: &Ui, row: Rect, run: &RunEntry, place: Option<usize>, commands: &mut CommandQueue) {
    let rect = Rect::from_center_size(
        pos2(row.right() - MARK * 0.5 - 2.0, row.center().y),
        vec2(MARK, MARK),
    );
    let response = ui.interact(rect, ui.scope_id().with(("mark", &run.dir)), Sense::click());
    let name = format!("Compare {}", run.name);
    response
        .widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, place.is_some(), &name));
    let key = Rect::from_center_size(rect.center(), vec2(10.0, 10.0));
    let color = match place {
        Some(at) => theme::series(at),
        None if response.hovered() => theme::text_quiet(),
        None => theme::outline(),
    };
    paint_key(ui.painter(), key, color, place.is_some());
    let tooltip = match place {
        Some(0) => "The shown run: its color in the curves",
        Some(_) => "Drawn beside the shown run; click to leave it out",
        None => "Draw this run's curves over those of the shown one, two at most",
    };
    if response.on_hover_text(tooltip).clicked() && place != Some(0) {
        commands.push(Command::Train(TrainCommand::Mark(run.dir.clone())));
    }
}

/// What can be done with the shown run. Every button keeps its place.
fn footer_ui(ui: &mut Ui, run: &RunEntry, commands: &mut CommandQueue) {
    ui.separator();
    ui.with_layout(
        Layout::left_to_right(Align::Min).with_main_wrap(true),
        |ui| {
            ui.spacing_mut().item_spacing = vec2(UNIT, UNIT);
            let runs = matches!(
                run.status,
                Status::Training | Status::Paused | Status::Preparing
            );
            let pause = match run.status {
                Status::Paused => "Go on",
                _ => "Pause",
            };
            button_ui(ui, pause, TrainAction::PauseOrGoOn, runs, commands);
            button_ui(ui, "Stop", TrainAction::Stop, runs, commands);
            button_ui(
                ui,
                "Resume",
                TrainAction::Resume,
                run.can_resume(),
                commands,
            );
            button_ui(ui, "Copy path", TrainAction::CopyPath, true, commands);
            button_ui(
                ui,
                "Remove",
                TrainAction::RemoveRun,
                !run.is_running(),
                commands,
            );
        },
    );
}
