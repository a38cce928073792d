//! How trainings go: losses and validations over the steps, of several runs over each other.

mod lines;

use egui::{Button, ComboBox, Rect, RichText, Sense, Ui, UiBuilder, vec2};

use crate::command::{Action, Command, CommandQueue, TrainAction};
use crate::panes::curves::lines::{
    Named, auc_line, auc_words, best_words, loss_lines, usual, validation_at, value_at,
};
use crate::panes::padded;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::training::TrainCommand;
use crate::training::run::{RunEntry, Status, duration};
use crate::widgets::{Line, Plot, around, curve_ui, header_ui, note_ui, paint_key, plot_size};
use crate::words;

/// Height of the numbers below the curves, in points.
const FACTS: f32 = 38.0;
/// Of a legend and of a title.
const LEGEND: f32 = 18.0;
/// So many names fit into one line.
const FEW: usize = 6;
/// Share of the height that losses have.
const LOSSES: f32 = 0.56;

pub fn curves_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        let training = &state.training;
        let drawn = training.drawn();
        header_ui(ui, "Curves", |ui| {
            if drawn.is_empty() {
                return;
            }
            toggle_ui(ui, state, TrainAction::ToggleLog, commands);
            toggle_ui(ui, state, TrainAction::ToggleSmooth, commands);
            if 1 < drawn.len() {
                loss_ui(ui, state, commands);
            }
        });
        let Some(run) = training.shown() else {
            let text = match training.runs.is_empty() {
                true => {
                    "Losses and the validation are drawn here while a training runs, and those of runs that ended"
                }
                false => "Choose a run in the list to see how it goes",
            };
            note_ui(ui, text, theme::text_faint());
            return;
        };
        if drawn.iter().all(|run| run.history.is_empty()) {
            let text = match run.status {
                Status::Preparing => {
                    "Faces are being cut from the clips; the first steps come after that"
                }
                Status::Training | Status::Paused => "The first steps are on their way",
                _ => "This run has told nothing of itself",
            };
            note_ui(ui, text, theme::text_faint());
            return;
        }
        let rect = ui.available_rect_before_wrap();
        let plots = rect.with_max_y(rect.bottom() - FACTS);
        let last = last_step(&drawn);
        let at = hovered(ui).filter(|at| *at <= last as f64);
        let half = plots.top() + LOSSES * plots.height();
        let upper = plots.with_max_y(half);
        let lower = plots.with_min_y(half + UNIT);
        let losses = loss_lines(state, &drawn);
        let a = losses_ui(ui, state, upper, &losses, last, at);
        let b = validation_ui(ui, lower, &drawn, last, at);
        let pointed = a.or(b);
        if pointed.is_some() || at.is_some() {
            point(ui, pointed);
        }
        let below = rect.with_min_y(plots.bottom());
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| facts_ui(ui, run));
    });
}

fn toggle_ui(ui: &mut Ui, state: &State, action: TrainAction, commands: &mut CommandQueue) {
    let info = action.info();
    let action = Action::Train(action);
    let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
    let text = RichText::new(info.text).size(theme::SMALL);
    let toggle = Button::selectable(state.is_on(action), text).frame_when_inactive(true);
    let tooltip = format!("{} ({})", info.tooltip, keys.unwrap_or_default());
    if ui.add(toggle).on_hover_text(tooltip).clicked() {
        commands.act(action);
    }
}

/// Which loss several runs are compared by.
fn loss_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let (common, chosen) = state.training.common_losses();
    let shown = chosen.as_deref().unwrap_or("no common loss");
    let combo = ComboBox::from_id_salt("compared loss")
        .width(96.0)
        .selected_text(RichText::new(shown).size(theme::SMALL));
    let combo = combo.show_ui(ui, |ui| {
        for loss in &common {
            if ui
                .selectable_label(chosen.as_ref() == Some(loss), loss)
                .clicked()
            {
                commands.push(Command::Train(TrainCommand::ChooseLoss(loss.clone())));
            }
        }
    });
    (combo.response.accessible_name("Loss to compare"))
        .on_hover_text("Runs are compared by one loss that all of them have");
}

fn losses_ui(
    ui: &mut Ui,
    state: &State,
    rect: Rect,
    named: &[Named],
    last: u64,
    at: Option<f64>,
) -> Option<f64> {
    let title = match state.training.common_losses() {
        (_, Some(loss)) if 1 < state.training.drawn().len() => format!("Loss {loss}"),
        (_, None) if named.is_empty() => "These runs have no loss in common".to_owned(),
        _ => "Losses".to_owned(),
    };
    let keys: Vec<Key> = named
        .iter()
        .map(|named| Key {
            name: named.name.clone(),
            color: named.line.color,
            value: at.and_then(|at| value_at(&named.points, at)),
        })
        .collect();
    legend_ui(ui, rect, &title, at, &keys);
    let is_log = state.settings.training.is_log;
    let values = named.iter().flat_map(|named| &named.line.points);
    let plot = Plot {
        name: "Losses over the steps",
        x: [0.0, last.max(1) as f64],
        y: around(
            usual(values.map(|point| point[1]).collect(), is_log),
            is_log,
        ),
        is_log,
        lines: named.iter().map(|named| named.line.clone()).collect(),
        level: None,
        unit: "steps",
        at,
    };
    plot_ui(ui, rect, keys.len(), &plot)
}

fn validation_ui(
    ui: &mut Ui,
    rect: Rect,
    drawn: &[&RunEntry],
    last: u64,
    at: Option<f64>,
) -> Option<f64> {
    let is_alone = drawn.len() == 1;
    let color = |at: usize| {
        if is_alone {
            theme::text_strong()
        } else {
            theme::series(at)
        }
    };
    let keys: Vec<Key> = drawn
        .iter()
        .enumerate()
        .map(|(place, run)| Key {
            name: if is_alone {
                best_words(&run.history)
            } else {
                run.name.clone()
            },
            color: color(place),
            value: at
                .and_then(|at| validation_at(&run.history, at))
                .map(auc_words),
        })
        .collect();
    legend_ui(ui, rect, "Validation AUC", at, &keys);
    let lines: Vec<Line> = drawn
        .iter()
        .enumerate()
        .map(|(place, run)| auc_line(&run.history, color(place)))
        .collect();
    let points = lines.iter().flat_map(|line| {
        let bands = line.band.iter().flat_map(|band| [band[1], band[2]]);
        line.points.iter().map(|point| point[1]).chain(bands)
    });
    let lowest = points.fold(0.45, f64::min).max(0.0);
    let plot = Plot {
        name: "Validation AUC over the steps",
        x: [0.0, last.max(1) as f64],
        y: [(lowest - 0.02).max(0.0), 1.0],
        is_log: false,
        lines,
        level: Some((0.5, "chance")),
        unit: "steps",
        at,
    };
    plot_ui(ui, rect, keys.len(), &plot)
}

/// A name in a legend, with its value where the pointer is.
struct Key {
    name: String,
    color: egui::Color32,
    value: Option<String>,
}

/// Room for so many names, and for their values where the pointer is.
fn legend_height(names: usize) -> f32 {
    if names <= FEW { LEGEND } else { 3.0 * LEGEND }
}

/// A title, and what the colors mean. Values come behind names, so nothing under the pointer moves.
fn legend_ui(ui: &mut Ui, rect: Rect, title: &str, at: Option<f64>, keys: &[Key]) {
    let line = rect.with_max_y(rect.top() + legend_height(keys.len()));
    ui.scope_builder(UiBuilder::new().max_rect(line), |ui| {
        ui.set_clip_rect(line.intersect(ui.clip_rect()));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(UNIT, 0.0);
            ui.spacing_mut().interact_size.y = LEGEND;
            let title = match at {
                Some(at) => format!("{title} at step {}", words::count(at.round() as u64)),
                None => title.to_owned(),
            };
            ui.label(RichText::new(title).size(theme::SMALL).color(theme::text()));
            for key in keys {
                ui.add_space(UNIT);
                let (sign, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
                paint_key(ui.painter(), sign, key.color, true);
                let text = match &key.value {
                    Some(value) => format!("{} {value}", key.name),
                    None => key.name.clone(),
                };
                let text = RichText::new(text).size(theme::SMALL);
                ui.add(egui::Label::new(text.color(theme::text_quiet())).extend());
            }
        });
    });
}

fn plot_ui(ui: &Ui, rect: Rect, names: usize, plot: &Plot<'_>) -> Option<f64> {
    let top = rect.top() + legend_height(names);
    let size = plot_size(rect.width(), rect.bottom() - top);
    let rect = Rect::from_min_size(egui::pos2(rect.left(), top), size);
    curve_ui(ui, rect, plot).1
}

fn last_step(drawn: &[&RunEntry]) -> u64 {
    let steps = drawn.iter().map(|run| match (&run.now, run.is_running()) {
        (Some(now), true) => now.steps,
        _ => run.history.last_step(),
    });
    steps.max().unwrap_or(1).max(1)
}

/// The step that is pointed at on either picture, remembered for the next frame of the window.
fn hovered(ui: &Ui) -> Option<f64> {
    ui.data(|data| data.get_temp(ui.scope_id().with("pointed step")))
}

fn point(ui: &Ui, at: Option<f64>) {
    let id = ui.scope_id().with("pointed step");
    let is_same = hovered(ui).map(f64::to_bits) == at.map(f64::to_bits);
    ui.data_mut(|data| match at {
        Some(at) => {
            data.insert_temp(id, at);
        }
        None => data.remove::<f64>(id),
    });
    if !is_same {
        ui.ctx().request_repaint();
    }
}

/// How fast, how large, how long: of the shown run.
fn facts_ui(ui: &mut Ui, run: &RunEntry) {
    ui.separator();
    let (done, total) = run.steps();
    let unknown = || "–".to_owned();
    let step = match total {
        Some(total) => format!("{} of {}", words::count(done), words::count(total)),
        None => unknown(),
    };
    let speed = run.history.speed.last().map(|speed| speed.1);
    let speed = run.now.map(|now| now.images_per_second).or(speed);
    let memory = run.now.and_then(|now| now.memory_bytes);
    let left = run.now.map(|now| duration(now.seconds_left));
    let facts = [
        ("Step", step, "Steps done, of all"),
        (
            "Images per second",
            speed.map_or_else(unknown, |speed| format!("{speed:.1}")),
            "How fast it learns, over the last steps",
        ),
        (
            "Memory",
            memory.map_or_else(unknown, words::bytes),
            "On a CPU what the whole program holds, on a graphics card what is reserved there",
        ),
        ("Time left", left.unwrap_or_else(unknown), "At this pace"),
    ];
    ui.columns(facts.len(), |columns| {
        for (ui, (name, value, tooltip)) in columns.iter_mut().zip(facts) {
            ui.spacing_mut().item_spacing.y = 0.0;
            let name = RichText::new(name)
                .size(theme::SMALL)
                .color(theme::text_faint());
            ui.add(egui::Label::new(name).truncate())
                .on_hover_text(tooltip);
            let value = RichText::new(value)
                .size(theme::BODY)
                .color(theme::text_strong());
            ui.add(egui::Label::new(value).truncate());
        }
    });
}
