//! One method on one person: what became of it, in words, and never a number without its spread.

use egui::{Align, Color32, Layout, RichText, Sense, Ui, WidgetInfo, vec2};
use seam_engine::analysis::record::{Check, CheckState};
use seam_engine::analysis::spread::Spread;
use seam_engine::analysis::summary;
use seam_engine::faces::GateState;
use seam_engine::methods;

use crate::evidence::{Strip, probability};
use crate::panes::likelihood_record::{budget_ui, likelihood_record_ui};
use crate::panes::resemblance::resemblance_ui;
use crate::state::{MediaFile, State};
use crate::theme::{self, UNIT};
use crate::widgets::{
    bar_ui, broken_mark, explained, fact_ui, hatch, note_ui, spread_bar_ui, verdict_chip_ui,
};
use crate::words;

/// Width of names before bars, in points.
const NAME_WIDTH: f32 = 112.0;
/// Width of the number after a bar, in points.
const NUMBER_WIDTH: f32 = 32.0;

/// What is shown of a check.
#[derive(Clone, Copy)]
pub struct OnCheck<'a> {
    pub file: &'a MediaFile,
    /// Of the person.
    pub gate: GateState,
    pub check: &'a Check,
    pub strip: Option<&'a Strip>,
    pub spread: Option<&'a Spread>,
}

/// One check of the record, whatever became of it.
pub fn check_ui(ui: &mut Ui, state: &State, on: OnCheck<'_>) {
    let OnCheck { check, strip, .. } = on;
    ui.add_space(2.0 * UNIT);
    if check.state == CheckState::Ran && check.score.is_some() {
        ran_ui(ui, on);
        if let Some(strip) = strip {
            parts_ui(ui, state, &check.method, strip);
        }
        if let Some(resembles) = &check.resembles {
            resemblance_ui(ui, state, resembles, strip);
        }
        if let Some(likelihood) = &check.likelihood {
            likelihood_record_ui(ui, likelihood);
        }
        about_ui(ui, on);
        budget_ui(ui, check);
        return;
    }
    ui.horizontal(|ui| {
        title_ui(ui, &check.method);
        let (mark, _) = ui.allocate_exact_size(vec2(20.0, 12.0), Sense::hover());
        if check.state == CheckState::Failed {
            broken_mark(ui.painter(), mark);
        } else {
            hatch(ui.painter(), mark);
        }
        let word = RichText::new(words::check_state(check.state)).size(theme::SMALL);
        ui.label(word.color(theme::text_quiet()));
    });
    let reason = check.reason.as_deref().unwrap_or("No reason was given");
    note_ui(ui, reason, theme::text_quiet());
    if let Some(likelihood) = &check.likelihood {
        likelihood_record_ui(ui, likelihood);
    }
    budget_ui(ui, check);
}

/// The words first, then the mean within its spread.
fn ran_ui(ui: &mut Ui, on: OnCheck<'_>) {
    let check = on.check;
    let mean = check.score.map_or(0.0, |score| score.value());
    ui.horizontal(|ui| {
        title_ui(ui, &check.method);
        ui.add_space(UNIT);
        verdict_chip_ui(ui, summary::verdict_of(check, on.gate), theme::SMALL);
    });
    let calibrated = if check.calibrated {
        "calibrated"
    } else {
        "not calibrated"
    };
    let title = words::method_title(&check.method);
    let words = format!(
        "{title} {} on average, score {mean:.2}, {calibrated}",
        words::objection(mean).to_lowercase(),
    );
    match on.spread {
        Some(spread) => {
            spread_bar_ui(ui, mean, spread).on_hover_text(words);
            let text = format!("Mean {mean:.2}, {calibrated}; {}", spread.words());
            let text = RichText::new(text)
                .size(theme::SMALL)
                .color(theme::text_quiet());
            let label = ui.add(egui::Label::new(text).wrap());
            explained(ui, label, calibrated);
            if spread.is_mixed() {
                note_ui(
                    ui,
                    "It objects to some frames and hardly to others: look at the lanes, not at the mean",
                    theme::text_quiet(),
                );
            }
        }
        None => {
            let color = theme::evidence(mean);
            let bar = named_bar_ui(ui, "Mean", mean, None, color, true);
            bar.on_hover_text(words);
        }
    }
}

fn title_ui(ui: &mut Ui, method: &str) {
    let name = words::method_name(method);
    let text = RichText::new(&name)
        .font(theme::medium(theme::BODY))
        .color(theme::text());
    let label = ui.label(text);
    label.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &name));
    label.on_hover_text(words::method_title(method));
}

/// The method's parts: mean over the person as a bar, the frame under the playhead as a tick.
pub fn parts_ui(ui: &mut Ui, state: &State, method: &str, strip: &Strip) {
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

/// What the method looks at, what weakens it on this clip; what it cannot see anywhere, and which weights spoke.
fn about_ui(ui: &mut Ui, on: OnCheck<'_>) {
    let check = on.check;
    ui.add_space(UNIT);
    let info = methods::find(&check.method).map(|method| method.detector);
    if let Some(info) = info {
        fact_ui(ui, "Looks at", info.looks_at);
    }
    let here = on.file.faces.as_ref().and_then(|found| {
        let mut methods = found.methods.iter();
        methods.find(|one| one.method == check.method)
    });
    let here: Vec<&str> = here
        .iter()
        .flat_map(|one| one.because.iter().chain(&one.notes))
        .map(String::as_str)
        .collect();
    if !here.is_empty() {
        fact_ui(ui, "Here", &here.join("; "));
    }
    let title = RichText::new("Its limits and model")
        .size(theme::SMALL)
        .color(theme::text_faint());
    egui::CollapsingHeader::new(title)
        .id_salt(("about", &check.method))
        .show_unindented(ui, |ui| {
            if let Some(info) = info {
                note_ui(ui, info.limits, theme::text_quiet());
            }
            let frames = words::count(check.frames.len() as u64);
            let text = format!("{}, {frames} frames", check.model);
            fact_ui(ui, "Model", &text);
            if let Some(data) = &check.calibrated_on {
                fact_ui(ui, "Calibrated", data);
            }
        });
}
