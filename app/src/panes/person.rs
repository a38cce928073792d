//! One person's findings: verdict, gate, each check with its state, parts and limits.

use egui::{Align, Color32, Layout, RichText, Sense, Ui, WidgetInfo, vec2};
use seam_engine::analysis::record::{Check, CheckState, TrackRecord};
use seam_engine::analysis::summary;
use seam_engine::faces::{Gate, GateState, TrackId};
use seam_engine::methods;

use crate::command::{Command, CommandQueue};
use crate::evidence::{Person, Strip, probability};
use crate::panes::likelihood_record::{budget_ui, likelihood_record_ui};
use crate::panes::resemblance::resemblance_ui;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{bar_ui, broken_mark, fact_ui, hatch, note_ui, verdict_chip_ui};
use crate::words;

/// Width of names before bars, in points.
const NAME_WIDTH: f32 = 112.0;
/// Width of the number after a bar, in points.
const NUMBER_WIDTH: f32 = 32.0;

pub fn person_ui(
    ui: &mut Ui,
    state: &State,
    id: TrackId,
    person: &Person,
    record: Option<&TrackRecord>,
    commands: &mut CommandQueue,
) {
    title_ui(ui, state, id, record, commands);
    if let Some(record) = record {
        verdict_chip_ui(ui, summary::verdict_on(record), theme::TITLE);
    }
    let gate = record.map(|record| &record.gate).or(person.gate.as_ref());
    if let Some(gate) = gate {
        gate_ui(ui, gate);
    }
    match record {
        Some(record) => {
            for check in &record.checks {
                check_ui(ui, state, check, person.strips.get(check.method.as_str()));
            }
        }
        None => {
            for (method, strip) in &person.strips {
                provisional_ui(ui, state, method, strip);
            }
        }
    }
}

/// The person's name; a click selects them everywhere.
fn title_ui(
    ui: &mut Ui,
    state: &State,
    id: TrackId,
    record: Option<&TrackRecord>,
    commands: &mut CommandQueue,
) {
    let is_selected = state.person == Some(id);
    let size = vec2(ui.available_width(), theme::ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = format!("Person {}", id.0);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    let color = match (is_selected, response.hovered()) {
        (true, _) => theme::accent(),
        (false, true) => theme::text_strong(),
        (false, false) => theme::text(),
    };
    let painter = ui.painter();
    let font = theme::medium(theme::BODY);
    painter.text(
        rect.left_center(),
        egui::Align2::LEFT_CENTER,
        name,
        font,
        color,
    );
    if let Some(record) = record {
        let nanos = |secs: f64| (secs * 1e9) as i64;
        let span = format!(
            "{} to {}",
            words::time(nanos(record.first_pts_secs)),
            words::time(nanos(record.last_pts_secs))
        );
        painter.text(
            rect.right_center(),
            egui::Align2::RIGHT_CENTER,
            span,
            theme::regular(theme::SMALL),
            theme::text_faint(),
        );
    }
    if response.clicked() {
        commands.push(Command::SelectPerson((!is_selected).then_some(id)));
    }
}

fn gate_ui(ui: &mut Ui, gate: &Gate) {
    if gate.state == GateState::Usable {
        note_ui(ui, words::gate_state(gate.state), theme::text_faint());
    } else {
        let reasons = gate.reasons.join("; ");
        let text = format!("{}: {reasons}", words::gate_state(gate.state));
        note_ui(ui, &text, theme::text_quiet());
    }
}

/// One check of the record, whatever became of it.
fn check_ui(ui: &mut Ui, state: &State, check: &Check, strip: Option<&Strip>) {
    ui.add_space(UNIT);
    let title = words::method_title(&check.method);
    let name = words::method_name(&check.method);
    match (check.state, check.score) {
        (CheckState::Ran, Some(score)) => {
            let words = format!(
                "{title} {} on average, score {:.2}{}",
                words::objection(score.value()).to_lowercase(),
                score.value(),
                if check.calibrated {
                    ""
                } else {
                    ", not calibrated"
                }
            );
            let color = theme::evidence(score.value());
            named_bar_ui(ui, &name, score.value(), None, color, true).on_hover_text(words);
            if let Some(strip) = strip {
                parts_ui(ui, state, &check.method, strip);
            }
            if let Some(resembles) = &check.resembles {
                resemblance_ui(ui, state, resembles, strip);
            }
            if let Some(likelihood) = &check.likelihood {
                likelihood_record_ui(ui, likelihood);
            }
            about_ui(ui, check);
            budget_ui(ui, check);
        }
        (check_state, _) => {
            ui.horizontal(|ui| {
                name_ui(ui, &name, theme::text());
                let (mark, _) = ui.allocate_exact_size(vec2(20.0, 12.0), Sense::hover());
                if check_state == CheckState::Failed {
                    broken_mark(ui.painter(), mark);
                } else {
                    hatch(ui.painter(), mark);
                }
                let word = RichText::new(words::check_state(check_state)).size(theme::SMALL);
                ui.label(word.color(theme::text_quiet()));
            });
            if let Some(reason) = &check.reason {
                note_ui(ui, reason, theme::text_quiet());
            }
            if let Some(likelihood) = &check.likelihood {
                likelihood_record_ui(ui, likelihood);
            }
            budget_ui(ui, check);
        }
    }
}

/// What came in so far, without any word on what it means.
fn provisional_ui(ui: &mut Ui, state: &State, method: &str, strip: &Strip) {
    ui.add_space(UNIT);
    let name = words::method_name(method);
    let text = format!(
        "{name} has scored {} frames",
        words::count(strip.marks.len() as u64)
    );
    note_ui(ui, &text, theme::text_quiet());
    parts_ui(ui, state, method, strip);
}

/// The method's parts: mean over the person as a bar, the frame under the playhead as a tick.
fn parts_ui(ui: &mut Ui, state: &State, method: &str, strip: &Strip) {
    let Some(method) = methods::find(method) else {
        return;
    };
    let now = state
        .shown
        .and_then(|shown| strip.mark_at(shown.frame.pts_nanos, strip.reach_nanos()));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (at, (name, mean)) in method
            .detector
            .parts
            .iter()
            .zip(strip.part_means())
            .enumerate()
        {
            let now = now
                .and_then(|mark| mark.parts.get(at))
                .map(|&logit| probability(logit));
            let on_frame = now.map_or_else(String::new, |now| format!("\nOn this frame {now:.2}"));
            let color = theme::evidence(mean);
            let bar = named_bar_ui(ui, name, mean, now, color, false);
            bar.on_hover_text(format!(
                "{name}\n{}, mean {mean:.2}{on_frame}",
                words::objection(mean)
            ));
        }
    });
}

/// A name, a bar in its color, and its number; `now` is a tick on the bar.
pub fn named_bar_ui(
    ui: &mut Ui,
    name: &str,
    value: f32,
    now: Option<f32>,
    color: Color32,
    is_title: bool,
) -> egui::Response {
    let row = ui.horizontal(|ui| {
        ui.set_height(if is_title { 18.0 } else { 13.0 });
        ui.spacing_mut().item_spacing.x = 6.0;
        let text_color = if is_title {
            theme::text()
        } else {
            theme::text_faint()
        };
        name_ui(ui, name, text_color);
        let width = (ui.available_width() - NUMBER_WIDTH - 6.0).max(24.0);
        let bar = bar_ui(ui, width, value, now, color);
        let number = RichText::new(format!("{value:.2}")).size(theme::SMALL);
        ui.label(number.color(text_color));
        bar
    });
    row.inner | row.response
}

fn name_ui(ui: &mut Ui, name: &str, color: Color32) {
    let column = vec2(NAME_WIDTH, 13.0);
    ui.allocate_ui_with_layout(column, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(NAME_WIDTH);
        let name = RichText::new(name).size(theme::SMALL).color(color);
        ui.add(egui::Label::new(name).truncate());
    });
}

/// What the method looks at, what it cannot see, and which weights spoke.
fn about_ui(ui: &mut Ui, check: &Check) {
    ui.add_space(UNIT);
    if let Some(method) = methods::find(&check.method) {
        fact_ui(ui, "Looks at", method.detector.looks_at);
        fact_ui(ui, "Limits", method.detector.limits);
    }
    let frames = words::count(check.frames.len() as u64);
    let calibration = if check.calibrated {
        "calibrated"
    } else {
        "not calibrated"
    };
    let text = format!("{}, {frames} frames, {calibration}", check.model);
    fact_ui(ui, "Model", &text);
}
