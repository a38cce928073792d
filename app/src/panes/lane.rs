//! One person on the timeline: a strip a method, below it what the frames are like where there is evidence, and how
//! likely they are.

use egui::{Align2, Painter, Rect, Sense, Ui, WidgetInfo, pos2, vec2};
use seam_engine::analysis::record::{CheckState, Resemblance};
use seam_engine::detectors::MapKind;
use seam_engine::faces::{GateState, TrackId};
use seam_engine::methods;

use crate::command::{Command, CommandQueue};
use crate::evidence::{Person, Strip, UsualBits};
use crate::panes::resemblance::{key_ui, short_key};
use crate::state::{AnalysisState, MediaFile, State};
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::{
    broken_mark, hatch, moments, outlined_gap, paint_domains, paint_likelihoods, paint_moments,
    paint_scores, paint_sharpness, paint_sizes, strip_ends,
};
use crate::words;

/// Width of what stands before time begins: names and keys.
pub const GUTTER: f32 = 150.0;
const SCORES: f32 = 34.0;
const DOMAINS: f32 = 14.0;
const LIKELIHOODS: f32 = 20.0;
/// A strip of what the material is like.
pub const QUALITY: f32 = 10.0;
const GAP: f32 = 4.0;
const LANE_GAP: f32 = 12.0;

/// One person: name, a strip for each method, thin ones for what the face is like.
pub fn lane_ui(
    ui: &mut Ui,
    state: &State,
    file: &MediaFile,
    view: TimeView,
    id: TrackId,
    person: &Person,
    commands: &mut CommandQueue,
) {
    let names = file.methods();
    let num_domains = names
        .iter()
        .filter(|method| file.resembles(id, method).is_some())
        .count();
    let num_likelihoods = names
        .iter()
        .filter(|method| has_likelihoods(file, person, method))
        .count();
    let height = names.len() as f32 * (SCORES + GAP)
        + num_domains as f32 * (DOMAINS + GAP)
        + num_likelihoods as f32 * (LIKELIHOODS + GAP)
        + 2.0 * QUALITY
        + GAP
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
        (true, _) => theme::accent(),
        (false, true) => theme::text_strong(),
        (false, false) => theme::text(),
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
    for method in names {
        let scores = next(SCORES);
        gutter_text(ui.painter(), scores, &words::method_name(method));
        strip_ui(ui, scores, view, file, id, person, method);
        moments_ui(ui, scores, view, file, (id, method), commands);
        let strip = person.strips.get(method);
        if let Some((resembles, strip)) = file.resembles(id, method).zip(strip) {
            let domains = next(DOMAINS);
            paint_domains(&ui.painter_at(domains), domains, view, strip);
            let salt = ("techniques", id.0, method);
            key_in_gutter_ui(ui, domains, resembles, salt);
        }
        if has_likelihoods(file, person, method) {
            let bits = next(LIKELIHOODS);
            likelihoods_ui(ui, bits, view, file, id, strip, method);
        }
    }
    let sizes = next(QUALITY);
    gutter_text(ui.painter(), sizes, "Face size");
    paint_sizes(
        &ui.painter_at(sizes),
        sizes,
        view,
        person,
        file.frame_nanos(),
    );
    let sharpness = next(QUALITY);
    gutter_text(ui.painter(), sharpness, "Sharpness");
    paint_sharpness(&ui.painter_at(sharpness), sharpness, view, person);
}

/// The hottest and the calmest moment of a strip, to click on. Not while scores come in: nothing moves under the
/// pointer.
fn moments_ui(
    ui: &Ui,
    rect: Rect,
    view: TimeView,
    file: &MediaFile,
    (id, method): (TrackId, &str),
    commands: &mut CommandQueue,
) {
    if matches!(file.analysis, AnalysisState::Running(_)) {
        return;
    }
    let person = file.evidence.people.get(&id);
    let Some(strip) = person.and_then(|person| person.strips.get(method)) else {
        return;
    };
    let places = moments(rect, view, strip);
    paint_moments(&ui.painter_at(rect), places);
    for (which, place) in ["Hottest", "Calmest"].into_iter().zip(places) {
        let Some((mark, at)) = place else {
            continue;
        };
        let salt = ui.scope_id().with((which, id.0, method));
        let response = ui.interact(at, salt, Sense::click());
        let name = words::method_name(method);
        let label = format!("{which} moment of {name} on person {}", id.0);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &label));
        let text = format!(
            "{which} moment, {}\n{name} {} {:.2}",
            words::time(mark.pts_nanos),
            words::objection(mark.score).to_lowercase(),
            mark.score
        );
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.on_hover_text(text).clicked() {
            commands.push(Command::SelectPerson(Some(id)));
            commands.push(Command::Seek(mark.pts_nanos));
        }
    }
}

pub fn gutter_text(painter: &Painter, strip: Rect, text: &str) {
    let at = pos2(strip.left() - 12.0, strip.center().y);
    let font = theme::regular(theme::SMALL);
    painter.text(at, Align2::RIGHT_CENTER, text, font, theme::text_faint());
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

/// Whether there is a strip of likelihoods; while the analysis runs, also where they are to come, so that lanes
/// do not move when they do.
fn has_likelihoods(file: &MediaFile, person: &Person, method: &str) -> bool {
    let is_to_come = matches!(file.analysis, AnalysisState::Running(_))
        && methods::find(method)
            .is_some_and(|method| method.detector.draws(MapKind::LogLikelihood));
    let strip = person.strips.get(method);
    is_to_come || strip.is_some_and(Strip::has_likelihood)
}

/// What a color of a pixel costs over time, over the band of pristine faces.
fn likelihoods_ui(
    ui: &Ui,
    rect: Rect,
    view: TimeView,
    file: &MediaFile,
    id: TrackId,
    strip: Option<&Strip>,
    method: &str,
) {
    static EMPTY: Strip = Strip::empty();
    let usual = file.evidence.usual_bits.get(method);
    let strip = strip.unwrap_or(&EMPTY);
    paint_likelihoods(&ui.painter_at(rect), rect, view, strip, usual);
    gutter_text(ui.painter(), rect, "Bits/dim");
    let gutter = rect
        .with_min_x(rect.left() - GUTTER)
        .with_max_x(rect.left() - 12.0);
    let salt = ui.scope_id().with(("bits per dimension", id.0, method));
    let response = ui.interact(gutter, salt, Sense::hover());
    let name = "Bits per dimension over time";
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, name));
    response.on_hover_text(about_bits(usual));
}

fn about_bits(usual: Option<&UsualBits>) -> String {
    let [low, high] = strip_ends(usual);
    let band = usual.map_or_else(String::new, |usual| {
        let [least, most] = usual.band;
        format!(
            "\nThe band holds 90 % of the {} pristine faces of the model's validation: {least:.2} to {most:.2}",
            words::count(usual.num_faces as u64)
        )
    });
    format!(
        "Bits that a color of a pixel costs, frame by frame: high is unlikely{band}\nFrom {low:.2} to {high:.2} on every clip\nThis is no finding: blur, compression and noise move it too"
    )
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
