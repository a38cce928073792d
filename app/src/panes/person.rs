//! One person's findings: verdict, gate, each check with its state, and where the methods differ.

use egui::{RichText, Sense, Ui, WidgetInfo, vec2};
use seam_engine::analysis::disagreement::{ADVICE, Disagreement};
use seam_engine::analysis::record::TrackRecord;
use seam_engine::analysis::summary;
use seam_engine::faces::{Gate, GateState, TrackId};

use crate::command::{Command, CommandQueue};
use crate::evidence::{Person, Strip};
use crate::panes::check::{OnCheck, check_ui, parts_ui};
use crate::state::{MediaFile, State};
use crate::theme::{self, UNIT};
use crate::widgets::{note_ui, verdict_chip_ui};
use crate::words;

/// Who is looked at.
#[derive(Clone, Copy)]
pub struct Of<'a> {
    pub file: &'a MediaFile,
    pub id: TrackId,
    pub person: &'a Person,
    /// Once the analysis is done.
    pub record: Option<&'a TrackRecord>,
}

pub fn person_ui(ui: &mut Ui, state: &State, of: Of<'_>, commands: &mut CommandQueue) {
    let Of {
        file,
        id,
        person,
        record,
    } = of;
    title_ui(ui, state, id, record, commands);
    if let Some(record) = record {
        verdict_chip_ui(ui, summary::verdict_on(record), theme::TITLE);
    }
    let gate = record.map(|record| &record.gate).or(person.gate.as_ref());
    if let Some(gate) = gate {
        gate_ui(ui, gate);
    }
    let digest = file.digest.as_deref();
    if let Some(found) = digest.and_then(|digest| digest.disagreements.get(&id)) {
        disagreement_ui(ui, found, commands);
    }
    match record {
        Some(record) => {
            for check in &record.checks {
                let spread = digest.and_then(|digest| digest.spread(id, &check.method));
                let on = OnCheck {
                    file,
                    gate: record.gate.state,
                    check,
                    strip: person.strips.get(check.method.as_str()),
                    spread,
                };
                check_ui(ui, state, on);
            }
        }
        None => {
            for (method, strip) in &person.strips {
                provisional_ui(ui, state, method, strip);
            }
        }
    }
}

/// Who says what, what each looks at, and where they are furthest apart.
fn disagreement_ui(ui: &mut Ui, found: &Disagreement, commands: &mut CommandQueue) {
    let frame = egui::Frame::new()
        .fill(theme::stage())
        .corner_radius(theme::RADIUS)
        .inner_margin(8);
    ui.add_space(UNIT);
    frame.show(ui, |ui| {
        ui.take_available_width();
        ui.spacing_mut().item_spacing.y = 3.0;
        let title = RichText::new("The methods differ")
            .font(theme::medium(theme::SMALL))
            .color(theme::text_strong());
        ui.label(title);
        note_ui(ui, &found.sentence, theme::text());
        for reason in &found.reasons {
            note_ui(ui, reason, theme::text_quiet());
        }
        if let Some(apart) = &found.apart {
            let pts_nanos = (apart.pts_secs * 1e9).round() as i64;
            let text = format!(
                "Furthest apart at {}: {} {:.2}, {} {:.2}",
                words::time(pts_nanos),
                words::method_name(&apart.objecting),
                apart.scores[0],
                words::method_name(&apart.other),
                apart.scores[1]
            );
            let link = ui.link(RichText::new(text).size(theme::SMALL));
            if link.on_hover_text("Go there").clicked() {
                commands.push(Command::Seek(pts_nanos));
            }
        }
        note_ui(ui, ADVICE, theme::text());
    });
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
