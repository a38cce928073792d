//! One person on the timeline: a strip a method, below it what the frames are like where there is evidence.

use egui::{Align2, Painter, Rect, Sense, Ui, WidgetInfo, pos2, vec2};
use seam_engine::analysis::record::{CheckState, Resemblance};
use seam_engine::faces::{GateState, TrackId};

use crate::command::{Command, CommandQueue};
use crate::evidence::{Person, Strip};
use crate::panes::resemblance::{key_ui, short_key};
use crate::state::{MediaFile, State};
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::{broken_mark, hatch, outlined_gap, paint_domains, paint_scores, paint_sizes};
use crate::words;

/// Width of what stands before time begins: names and keys.
pub const GUTTER: f32 = 150.0;
const SCORES: f32 = 34.0;
const DOMAINS: f32 = 14.0;
const SIZES: f32 = 12.0;
const GAP: f32 = 4.0;
const LANE_GAP: f32 = 12.0;

/// One person: name, a strip for each method, a thin one for the face's size.
pub fn lane_ui(
    ui: &mut Ui,
    state: &State,
    file: &MediaFile,
    view: TimeView,
    id: TrackId,
    person: &Person,
    commands: &mut CommandQueue,
) {
    let methods = file.methods();
    let num_domains = methods
        .iter()
        .filter(|method| file.resembles(id, method).is_some())
        .count();
    let height = methods.len() as f32 * (SCORES + GAP)
        + num_domains as f32 * (DOMAINS + GAP)
        + SIZES
        + LANE_GAP;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    if !ui.is_rect_visible(rect) {
        return;
    }
    let name = Rect::from_min_size(rect.min, vec2(74.0, 20.0));
    let is_selected = state.person == Some(id);
    let response = ui.interact(name, ui.scope_id().with(("person", id.0)), Sense::click());
    let label = format!("Person {}", id.0);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_selected, &label));
    let color = match (is_selected, response.hovered()) {
        (true, _) => theme::ACCENT,
        (false, true) => theme::TEXT_STRONG,
        (false, false) => theme::TEXT,
    };
    let font = theme::medium(theme::BODY);
    let at = name.left_top() + vec2(0.0, 2.0);
    ui.painter().text(at, Align2::LEFT_TOP, &label, font, color);
    if response.clicked() {
        commands.push(Command::SelectPerson((!is_selected).then_some(id)));
    }

    let mut top = rect.top();
    let mut next = |height: f32| {
        let min = pos2(rect.left() + GUTTER, top);
        top += height + GAP;
        Rect::from_min_max(min, pos2(rect.right(), min.y + height))
    };
    for method in methods {
        let scores = next(SCORES);
        gutter_text(ui.painter(), scores, &words::method_name(method));
        strip_ui(ui, scores, view, file, id, person, method);
        let strip = person.strips.get(method);
        if let Some((resembles, strip)) = file.resembles(id, method).zip(strip) {
            let domains = next(DOMAINS);
            paint_domains(&ui.painter_at(domains), domains, view, strip);
            let salt = ("techniques", id.0, method);
            key_in_gutter_ui(ui, domains, resembles, salt);
        }
    }
    let sizes = next(SIZES);
    gutter_text(ui.painter(), sizes, "Face size");
    paint_sizes(
        &ui.painter_at(sizes),
        sizes,
        view,
        person,
        file.frame_nanos(),
    );
}

fn gutter_text(painter: &Painter, strip: Rect, text: &str) {
    let at = pos2(strip.left() - 12.0, strip.center().y);
    let font = theme::regular(theme::SMALL);
    painter.text(at, Align2::RIGHT_CENTER, text, font, theme::TEXT_FAINT);
}

/// The key to a strip of techniques, short beside it and in full under the pointer.
fn key_in_gutter_ui(
    ui: &Ui,
    strip: Rect,
    resembles: &Resemblance,
    salt: impl std::hash::Hash + std::fmt::Debug,
) {
    let key = Rect::from_min_max(
        pos2(strip.left() - GUTTER, strip.top()),
        pos2(strip.left() - 12.0, strip.bottom()),
    );
    short_key(&ui.painter_at(key), key, resembles);
    let response = ui.interact(key, ui.scope_id().with(salt), Sense::hover());
    let name = "Techniques that the frames are like";
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, name));
    response.on_hover_ui(|ui| key_ui(ui, resembles));
}

/// One method on one person, and what stands there when there are no scores.
fn strip_ui(
    ui: &Ui,
    rect: Rect,
    view: TimeView,
    file: &MediaFile,
    id: TrackId,
    person: &Person,
    method: &str,
) {
    let painter = ui.painter_at(rect);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, theme::hairline());
    static EMPTY: Strip = Strip::empty();
    let strip = person.strips.get(method).unwrap_or(&EMPTY);
    paint_scores(&painter, rect, view, person, strip);
    if !strip.marks.is_empty() {
        return;
    }
    let is_unusable = person
        .gate
        .as_ref()
        .is_some_and(|gate| gate.state == GateState::NotUsable);
    let state = file.check_state(id, method);
    for &(start, end) in &person.presence {
        let left = view.x_of(rect, start).max(rect.left());
        let right = view.x_of(rect, end).min(rect.right());
        let seen = Rect::from_x_y_ranges(left..=right.max(left), rect.y_range());
        match state {
            Some(CheckState::Failed) => {
                outlined_gap(&painter, seen);
                broken_mark(&painter, seen);
            }
            Some(CheckState::Ran) => hatch(&painter, seen),
            _ if is_unusable => hatch(&painter, seen),
            _ => outlined_gap(&painter, seen),
        }
    }
}
