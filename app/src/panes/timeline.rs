//! The timeline: one lane a person, one strip a method, and the playhead through all of them.

use egui::{CursorIcon, Painter, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::command::{Command, CommandQueue};
use crate::panes::lane::{GUTTER, lane_ui};
use crate::panes::padded;
use crate::panes::resemblance::frame_words;
use crate::state::{AnalysisState, Intake, MediaFile, State};
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::{legend_ui, note_ui, paint_ruler};
use crate::words;

const RULER: f32 = 24.0;
const GAP: f32 = 4.0;

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
        ruler_ui(ui, rect, view);
        let lanes = Rect::from_min_max(pos2(rect.left(), rect.top() + RULER + GAP), rect.max);
        lanes_ui(ui, lanes, state, file, view, commands);
        let track = Rect::from_min_max(pos2(rect.left() + GUTTER, rect.top()), rect.max);
        pointer_ui(ui, track, state, file, view, whole, commands);
        playhead(
            &ui.painter_at(track.expand2(vec2(6.0, 0.0))),
            track,
            state,
            view,
        );
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
                if file.evidence.people.is_empty() {
                    empty_ui(ui, file);
                }
                for (&id, person) in &file.evidence.people {
                    lane_ui(ui, state, file, view, id, person, commands);
                }
            });
    });
}

fn empty_ui(ui: &mut Ui, file: &MediaFile) {
    let text = match &file.analysis {
        AnalysisState::NotAsked => "Lanes appear here when the clip is analyzed",
        AnalysisState::Running(_) => "Looking for faces…",
        AnalysisState::Done(_) => "No face was found",
        AnalysisState::Cancelled => "The analysis was cancelled before a face was found",
        AnalysisState::Failed(_) => "The analysis failed",
    };
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        ui.add_space(GUTTER);
        note_ui(ui, text, theme::text_faint());
    });
}

/// Click and drag seek, shift and drag marks a region, scrolling moves and magnifies time.
fn pointer_ui(
    ui: &Ui,
    track: Rect,
    state: &State,
    file: &MediaFile,
    view: TimeView,
    whole: TimeView,
    commands: &mut CommandQueue,
) {
    let response = ui.interact(track, ui.scope_id().with("time"), Sense::click_and_drag());
    let position = state.playback.position_nanos as f64 * 1e-9;
    response.widget_info(|| WidgetInfo::slider(true, position, "Timeline"));
    let region = state.playback.region;
    if let Some((start, end)) = region {
        let left = view.x_of(track, start);
        let right = view.x_of(track, end);
        let rect = Rect::from_x_y_ranges(left..=right, track.y_range());
        let painter = ui.painter_at(track);
        painter.rect_filled(rect, 0.0, theme::faded(theme::accent(), 0.10));
        for x in [left, right] {
            painter.vline(x, track.y_range(), Stroke::new(1.0, theme::accent()));
        }
    }
    let Some(pointer) = response.interact_pointer_pos().or(response.hover_pos()) else {
        return;
    };
    let at = view.time_at(track, pointer.x);
    let marks_region = ui.input(|input| input.modifiers.shift);
    let origin = ui.input(|input| input.pointer.press_origin());
    if response.dragged() && marks_region {
        if let Some(origin) = origin {
            let from = view.time_at(track, origin.x);
            let (start, end) = (from.min(at), from.max(at));
            let clamp = |nanos: i64| nanos.clamp(whole.start as i64, whole.end as i64);
            commands.push(Command::SetRegion(Some((clamp(start), clamp(end)))));
        }
    } else if response.dragged() || response.clicked() || response.is_pointer_button_down_on() {
        commands.push(Command::Seek(at));
    } else if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        let stroke = Stroke::new(1.0, theme::faded(theme::text_faint(), 0.6));
        ui.painter_at(track)
            .vline(pointer.x.round() + 0.5, track.y_range(), stroke);
        hover_ui(&response, file, at);
    }
    if response.contains_pointer() {
        scroll(ui, track, view, whole, at, commands);
    }
}

fn scroll(
    ui: &Ui,
    track: Rect,
    view: TimeView,
    whole: TimeView,
    at: i64,
    commands: &mut CommandQueue,
) {
    let (zoom, scrolled) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta()));
    let mut next = view;
    if zoom != 1.0 {
        next = next.zoomed(whole, at, f64::from(zoom));
    }
    let points = scrolled.x + scrolled.y;
    if points != 0.0 {
        let by = -f64::from(points / track.width()) * view.length();
        next = next.panned(whole, by);
    }
    if next != view {
        commands.push(Command::SetTimeView((next != whole).then_some(next)));
    }
}

/// Time and frame under the pointer, and what every method says there: words, then numbers.
fn hover_ui(response: &egui::Response, file: &MediaFile, at: i64) {
    let frames = file.frames();
    let Some(index) = crate::playback::frame_at(frames, at) else {
        return;
    };
    let mut text = format!("{}  #{index}", words::time(frames[index]));
    for (id, person) in &file.evidence.people {
        for (method, strip) in &person.strips {
            if let Some(mark) = strip.mark_at(at, strip.reach_nanos()) {
                text += &format!(
                    "\nPerson {}, {}  {}  {:.2}",
                    id.0,
                    &words::method_name(method),
                    words::objection(mark.score),
                    mark.score
                );
                if let Some(bits) = mark.bits_per_dim {
                    text += &format!("; {bits:.2} bits per dimension");
                }
                let resembles = file.resembles(*id, method);
                if let Some(like) = resembles.and_then(|it| frame_words(it, mark)) {
                    text += &format!("; if forged, like {like}");
                }
            }
        }
        if let Some(at) = person.box_at(at, file.frame_nanos()) {
            let how = if at.is_detected { "found" } else { "followed" };
            let side = at.face.width.min(at.face.height);
            text += &format!("\nPerson {}, face {how}, {side:.0} px", id.0);
        }
    }
    // At once and beside the pointer: reading values is what one hovers for.
    let id = response.id.with("hover");
    egui::Tooltip::always_open(
        response.ctx.clone(),
        response.layer_id,
        id,
        egui::PopupAnchor::Pointer,
    )
    .gap(14.0)
    .width(420.0)
    .show(|ui| ui.label(text));
}

fn playhead(painter: &Painter, track: Rect, state: &State, view: TimeView) {
    let x = view.x_of(track, state.playback.position_nanos).round() + 0.5;
    if x < track.left() - 1.0 || track.right() + 1.0 < x {
        return;
    }
    let stroke = Stroke::new(1.0, theme::text_strong());
    painter.vline(x, track.top() + 14.0..=track.bottom(), stroke);
    let top = track.top() + 8.0;
    let head = vec![pos2(x - 5.0, top), pos2(x + 5.0, top), pos2(x, top + 7.0)];
    painter.add(egui::Shape::convex_polygon(
        head,
        theme::text_strong(),
        Stroke::NONE,
    ));
}
