//! What the model learned from the masks: another round, and whether it paid.

use egui::{RichText, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use seam_engine::data::annotations::{Change, Measured, Round};
use seam_engine::detectors::card::Interval;

use crate::command::{Action, Command, CommandQueue, QueueAction};
use crate::panes::padded;
use crate::queue::{OpenFolder, QueueCommand};
use crate::state::{JobKind, State};
use crate::theme::{self, UNIT};
use crate::widgets::{Line, Plot, header_ui, note_ui, paint_curves, progress_ui};

/// One point of a curve: masks, and a number from 0 to 1.
type CurvePoint = [f64; 2];

/// Height of a curve, in points.
const CURVE: f32 = 76.0;

pub fn learning_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        let running = state.running().find(|job| job.kind == JobKind::Retrain);
        header_ui(ui, "Learning", |ui| {
            let info = QueueAction::Retrain.info();
            let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
            let button = egui::Button::new(RichText::new(info.text).size(theme::SMALL));
            let is_ready = state.queue.open().is_some() && running.is_none();
            let tooltip = format!("{} ({})", info.tooltip, keys.unwrap_or_default());
            if ui
                .add_enabled(is_ready, button)
                .on_hover_text(tooltip)
                .clicked()
            {
                commands.act(Action::Queue(QueueAction::Retrain));
            }
        });
        if let Some(job) = running {
            let share = job.progress.as_ref().and_then(|progress| {
                let total = progress.total.filter(|&total| 0 < total)?;
                Some(progress.done as f32 / total as f32)
            });
            progress_ui(ui, share);
        }
        if let Some(notice) = &state.queue.notice {
            note_ui(ui, notice, theme::text());
            ui.add_space(UNIT);
        }
        let Some(open) = state.queue.open() else {
            note_ui(
                ui,
                "Whether the model gains from your masks, round by round",
                theme::text_faint(),
            );
            return;
        };
        if open.rounds.is_empty() {
            note_ui(ui, &before_the_first(open), theme::text_faint());
            ui.add_space(UNIT);
            learner_ui(ui, state, open, commands);
            return;
        }
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| rounds_ui(ui, &open.rounds));
    });
}

/// Which model is going to learn.
fn learner_ui(ui: &mut Ui, state: &State, open: &OpenFolder, commands: &mut CommandQueue) {
    let button = egui::Button::new(RichText::new("Choose model…").size(theme::SMALL));
    if ui
        .add(button)
        .on_hover_text("The folder of the model, or of its training run")
        .clicked()
    {
        commands.push(Command::Queue(QueueCommand::AskLearner));
    }
    let text = match open.learner(&state.settings) {
        Some(model) => format!("{} learns", model.display()),
        None => "No model is chosen".to_owned(),
    };
    note_ui(ui, &text, theme::text_quiet());
}

fn before_the_first(open: &OpenFolder) -> String {
    match open.num_done() {
        0 => "Retrain when some masks are done: the model learns where to look, in the background, and is measured on faces it did not learn from".to_owned(),
        1 => "1 mask is done and not learned from yet".to_owned(),
        num => format!("{num} masks are done and not learned from yet"),
    }
}

/// One of the numbers of a round, and how much it differs between two models.
struct Number {
    name: &'static str,
    of: fn(&Measured) -> Option<&Interval>,
    gain: fn(&Change) -> Option<&Interval>,
}

const NUMBERS: [Number; 2] = [
    Number {
        name: "Attention inside masks",
        of: |measured| measured.attention_in_mask.as_ref(),
        gain: |change| change.attention_in_mask.as_ref(),
    },
    Number {
        name: "Accuracy",
        of: |measured| measured.accuracy.as_ref(),
        gain: |change| change.accuracy.as_ref(),
    },
];

fn rounds_ui(ui: &mut Ui, rounds: &[Round]) {
    for number in &NUMBERS {
        let own = curve(rounds, number);
        if own.is_empty() {
            continue;
        }
        let name = number.name;
        ui.label(
            RichText::new(name)
                .size(theme::SMALL)
                .color(theme::text_quiet()),
        );
        let size = vec2(ui.available_width(), CURVE);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, name));
        let plot = plot(name, own, random_curve(rounds, number));
        paint_curves(ui.painter(), rect, &plot);
        response.on_hover_text(format!(
            "{name} on held-out faces, from 0 to 1, over the masks learned from\nDashed: as many exact masks of faces drawn by chance\n{}",
            hover(rounds, number)
        ));
        if let Some(words) = verdict(rounds, number) {
            note_ui(ui, &words, theme::text());
        }
        ui.add_space(2.0 * UNIT);
    }
    let Some(last) = rounds.last() else {
        return;
    };
    if let Some(reason) = &last.without_random {
        note_ui(
            ui,
            &format!("Not compared with chance: {reason}"),
            theme::text_faint(),
        );
    }
    note_ui(ui, &last.words, theme::text_quiet());
}

/// Both curves on one scale from 0 to 1; that of faces drawn by chance is dashed.
fn plot(name: &'static str, own: Vec<CurvePoint>, random: Vec<CurvePoint>) -> Plot<'static> {
    let masks = own.iter().chain(&random).map(|point| point[0]);
    let line = |points, color, is_dashed| Line {
        color,
        points,
        has_dots: true,
        is_dashed,
        ..Line::default()
    };
    Plot {
        name,
        x: [0.0, masks.fold(1.0, f64::max)],
        y: [0.0, 1.0],
        is_log: false,
        lines: vec![
            line(random, theme::text_faint(), true),
            line(own, theme::text_strong(), false),
        ],
        level: None,
        unit: "masks",
        at: None,
    }
}

/// Of the newest round that was compared with faces drawn by chance.
fn verdict(rounds: &[Round], number: &Number) -> Option<String> {
    rounds.iter().rev().find_map(|round| {
        let random = round.random.as_ref()?;
        let values = [&round.after, &random.after].map(number.of);
        let [own, other] = [values[0]?.value, values[1]?.value];
        let gain = (number.gain)(&random.gain).map(|gain| [gain.low, gain.high]);
        Some(against_random(number.name, round.masks, [own, other], gain))
    })
}

/// From before any mask to the newest round.
fn curve(rounds: &[Round], number: &Number) -> Vec<CurvePoint> {
    let before = rounds
        .first()
        .and_then(|round| Some((0, (number.of)(&round.before)?)));
    let after = rounds
        .iter()
        .filter_map(|round| Some((round.masks, (number.of)(&round.after)?)));
    let points = before.into_iter().chain(after);
    points
        .map(|(masks, interval)| [masks as f64, interval.value])
        .collect()
}

fn random_curve(rounds: &[Round], number: &Number) -> Vec<CurvePoint> {
    let mut points: Vec<CurvePoint> = rounds
        .iter()
        .filter_map(|round| {
            let random = round.random.as_ref()?;
            Some([random.masks as f64, (number.of)(&random.after)?.value])
        })
        .collect();
    if let Some(before) = rounds.first().and_then(|round| (number.of)(&round.before))
        && !points.is_empty()
    {
        points.insert(0, [0.0, before.value]);
    }
    points
}

/// The newest round's number with its interval, and what it was before.
fn hover(rounds: &[Round], number: &Number) -> String {
    let Some(round) = rounds.last() else {
        return String::new();
    };
    let words = |measured: &Measured| match (number.of)(measured) {
        Some(of) => format!("{:.2} ({:.2} to {:.2})", of.value, of.low, of.high),
        None => "not measured".to_owned(),
    };
    format!(
        "Before {}, after {} with {} masks; {} faces of {} clips",
        words(&round.before),
        words(&round.after),
        round.masks,
        round.after.faces,
        round.after.clips
    )
}

/// Whether the order of the queue paid, in words. `gain` is the interval of the difference, drawn in pairs: only one
/// that leaves zero out says anything.
fn against_random(
    what: &str,
    masks: usize,
    [own, random]: [f64; 2],
    gain: Option<[f64; 2]>,
) -> String {
    let verdict = match gain {
        Some([low, _]) if 0.0 < low => "better than with faces drawn by chance",
        Some([_, high]) if high < 0.0 => "worse than with faces drawn by chance",
        _ => "whether better than with faces drawn by chance cannot be told",
    };
    let masks = match masks {
        1 => "1 mask".to_owned(),
        _ => format!("{masks} masks"),
    };
    format!("{what} with {masks}: {verdict} ({own:.2} against {random:.2})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_whether_the_order_paid_and_when_that_cannot_be_told() {
        let say = |gain: Option<[f64; 2]>| against_random("Accuracy", 20, [0.7, 0.6], gain);
        assert!(say(Some([0.02, 0.2])).contains("with 20 masks: better"));
        assert!(say(Some([-0.2, -0.01])).contains("worse"));
        assert!(say(Some([-0.05, 0.2])).contains("cannot be told"));
        assert!(say(None).contains("cannot be told"));
    }
}
