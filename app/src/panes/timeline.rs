//! The timeline: one lane a person, one strip a method, and the playhead through all of them.

mod hover;
mod pointer;

use egui::{Painter, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::command::CommandQueue;
use crate::panes::invitation::invitation_line_ui;
use crate::panes::lane::{GUTTER, QUALITY, gutter_text, lane_ui};
use crate::panes::padded;
use crate::state::{AnalysisState, Intake, JobKind, MediaFile, State};
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::{legend_ui, note_ui, paint_bit_rate, paint_ruler};

pub const RULER: f32 = 24.0;
const GAP: f32 = 4.0;

/// Where time runs on screen, and which part of it.
#[derive(Clone, Copy)]
struct Track {
    /// Ruler and lanes, without the names before them.
    rect: Rect,
    view: TimeView,
    whole: TimeView,
}

pub fn timeline_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        let Some(file) = state.selected_file() else {
            note_ui(
                ui,
                "Time appears here once a clip is open",
                theme::text_faint(),
            );
            return;
        };
        let Some(whole) = file.whole_time() else {
            let text = match file.intake {
                Intake::Reading(_) => "Counting frames…",
                Intake::Known(_) | Intake::Failed(_) => "There is no time to show",
            };
            note_ui(ui, text, theme::text_faint());
            return;
        };
        let view = state.time_view.unwrap_or(whole);
        let rect = ui.available_rect_before_wrap();
        let track = Track {
            rect: Rect::from_min_max(pos2(rect.left() + GUTTER, rect.top()), rect.max),
            view,
            whole,
        };
        // Under the lanes, so that what can be clicked in them comes first.
        let response = ui.interact(
            track.rect,
            ui.scope_id().with("time"),
            Sense::click_and_drag(),
        );
        let position = state.playback.position_nanos as f64 * 1e-9;
        response.widget_info(|| WidgetInfo::slider(true, position, "Timeline"));
        ruler_ui(ui, rect, view);
        let lanes = Rect::from_min_max(pos2(rect.left(), rect.top() + RULER + GAP), rect.max);
        lanes_ui(ui, lanes, state, file, view, commands);
        let painter = ui.painter_at(track.rect.expand2(vec2(6.0, 0.0)));
        paint_marks(&painter, track, state, file);
        pointer::pointer_ui(ui, &response, track, state, file, commands);
        paint_playhead(&painter, track, state);
    });
}

fn ruler_ui(ui: &mut Ui, rect: Rect, view: TimeView) {
    let legend = Rect::from_min_size(rect.min, vec2(GUTTER - 18.0, RULER));
    ui.scope_builder(egui::UiBuilder::new().max_rect(legend), legend_ui);
    let ruler = Rect::from_min_size(
        rect.min + vec2(GUTTER, 0.0),
        vec2(rect.width() - GUTTER, RULER),
    );
    ui.painter()
        .hline(ruler.x_range(), ruler.bottom() - 0.5, theme::hairline());
    paint_ruler(&ui.painter_at(ruler), ruler, view);
}

fn lanes_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    file: &MediaFile,
    view: TimeView,
    commands: &mut CommandQueue,
) {
    // Scrolling over time moves time; over the names it moves the lanes.
    let names = rect.with_max_x(rect.left() + GUTTER);
    let scrolls_lanes = ui.rect_contains_pointer(names);
    let source = egui::scroll_area::ScrollSource {
        mouse_wheel: scrolls_lanes,
        ..egui::scroll_area::ScrollSource::SCROLL_BAR
    };
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| {
        ScrollArea::vertical()
            .auto_shrink(false)
            .scroll_source(source)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if matches!(file.analysis, AnalysisState::NotAsked) {
                    in_time(ui, |ui| invitation_line_ui(ui, file, commands));
                    ui.add_space(8.0);
                }
                // Above the people, so that it stays in place when they come in.
                bit_rate_ui(ui, file, view);
                if file.evidence.people.is_empty() {
                    let text = empty_text(state, file);
                    in_time(ui, |ui| note_ui(ui, text, theme::text_faint()));
                    ui.add_space(8.0);
                }
                for (&id, person) in &file.evidence.people {
                    lane_ui(ui, state, file, view, id, person, commands);
                }
            });
    });
}

/// A row that begins where time does.
fn in_time(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.add_space(GUTTER);
        content(ui);
    });
}

fn empty_text(state: &State, file: &MediaFile) -> &'static str {
    match &file.analysis {
        AnalysisState::NotAsked if state.job_of(file.id, JobKind::Look).is_some() => {
            "Looking for faces…"
        }
        AnalysisState::NotAsked => match &file.faces {
            None => "People appear here once the file is read",
            Some(found) if found.groups.is_empty() => "No face was found",
            Some(_) => "The clip was looked at here and there: an analysis follows everybody in it",
        },
        AnalysisState::Running(_) => "Looking for faces…",
        AnalysisState::Done(_) => "No face was found",
        AnalysisState::Cancelled => "The analysis was cancelled before a face was found",
        AnalysisState::Failed(_) => "The analysis failed",
    }
}

/// The stream's own quality, once for all people.
fn bit_rate_ui(ui: &mut Ui, file: &MediaFile, view: TimeView) {
    let Some(info) = file.info() else {
        return;
    };
    let seconds = &info.video.second_bytes;
    if seconds.len() < 2 {
        return;
    }
    let size = vec2(ui.available_width(), QUALITY + 2.0 * GAP);
    let (row, response) = ui.allocate_exact_size(size, Sense::hover());
    let rect = Rect::from_min_max(
        pos2(row.left() + GUTTER, row.top()),
        pos2(row.right(), row.top() + QUALITY),
    );
    gutter_text(ui.painter(), rect, "Bit rate");
    paint_bit_rate(&ui.painter_at(rect), rect, view, seconds);
    response.widget_info(|| {
        WidgetInfo::labeled(egui::Role::Label, true, "Bit rate of the stream over time")
    });
}

/// The part that is repeated, and what the person marked: both lie over all lanes.
fn paint_marks(painter: &Painter, track: Track, state: &State, file: &MediaFile) {
    let Track { rect, view, .. } = track;
    if let Some((start, end)) = state.playback.region {
        let (left, right) = (view.x_of(rect, start), view.x_of(rect, end));
        let over = Rect::from_x_y_ranges(left..=right, rect.y_range());
        painter.rect_filled(over, 0.0, theme::faded(theme::accent(), 0.10));
        for x in [left, right] {
            painter.vline(x, rect.y_range(), Stroke::new(1.0, theme::accent()));
        }
    }
    let stroke = Stroke::new(1.0, theme::faded(theme::text_quiet(), 0.7));
    for mark in &file.suspicion.marks {
        let (left, right) = (view.x_of(rect, mark.start), view.x_of(rect, mark.end));
        if right < rect.left() || rect.right() < left {
            continue;
        }
        // A bracket that opens downwards, with feet as long as the lanes are faint.
        let top = rect.top() + RULER + 1.0;
        painter.hline(left..=right, top, Stroke::new(2.0, theme::text_quiet()));
        painter.extend([left, right].map(|x| {
            let ends = [pos2(x, top), pos2(x, rect.bottom())];
            egui::Shape::Vec(egui::Shape::dashed_line(&ends, stroke, 3.0, 4.0))
        }));
    }
}

fn paint_playhead(painter: &Painter, track: Track, state: &State) {
    let Track { rect, view, .. } = track;
    let x = view.x_of(rect, state.playback.position_nanos).round() + 0.5;
    if x < rect.left() - 1.0 || rect.right() + 1.0 < x {
        return;
    }
    let stroke = Stroke::new(1.0, theme::text_strong());
    painter.vline(x, rect.top() + 14.0..=rect.bottom(), stroke);
    let top = rect.top() + 8.0;
    let head = vec![pos2(x - 5.0, top), pos2(x + 5.0, top), pos2(x, top + 7.0)];
    painter.add(egui::Shape::convex_polygon(
        head,
        theme::text_strong(),
        Stroke::NONE,
    ));
}
