//! What the pointer does on the timeline: a click goes there, a drag over the lanes marks a part to repeat, a drag
//! along the ruler scrubs, scrolling moves and magnifies time.

use egui::{CursorIcon, Response, Stroke, Ui};

use crate::command::{Command, CommandQueue};
use crate::inspect::InspectCommand;
use crate::panes::timeline::hover::hover_ui;
use crate::panes::timeline::{RULER, Track};
use crate::state::{MediaFile, State};
use crate::theme;

pub fn pointer_ui(
    ui: &Ui,
    response: &Response,
    track: Track,
    state: &State,
    file: &MediaFile,
    commands: &mut CommandQueue,
) {
    let Track { rect, view, whole } = track;
    let clamp = |nanos: i64| nanos.clamp(whole.start as i64, whole.end as i64);
    let mut peeked = None;
    if let Some(pointer) = response.interact_pointer_pos().or(response.hover_pos()) {
        let at = view.time_at(rect, pointer.x);
        let origin = ui.input(|input| input.pointer.press_origin());
        let origin = origin.unwrap_or(pointer);
        let scrubs = origin.y < rect.top() + RULER && !ui.input(|input| input.modifiers.shift);
        if scrubs && response.is_pointer_button_down_on() || response.clicked() {
            commands.push(Command::Seek(at));
        } else if response.dragged() {
            let from = view.time_at(rect, origin.x);
            let (start, end) = (clamp(from.min(at)), clamp(from.max(at)));
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
            if start < end {
                commands.push(Command::SetRegion(Some((start, end))));
            }
        } else if response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
            let stroke = Stroke::new(1.0, theme::faded(theme::text_faint(), 0.6));
            ui.painter_at(rect)
                .vline(pointer.x.round() + 0.5, rect.y_range(), stroke);
            // Whole points only, so that pictures are found again.
            peeked = Some(clamp(view.time_at(rect, pointer.x.round())));
            hover_ui(response, state, file, at);
        }
        if response.drag_stopped()
            && !scrubs
            && let Some((start, _)) = state.playback.region
        {
            commands.push(Command::Seek(start));
        }
        if response.contains_pointer() {
            scroll(ui, track, at, commands);
        }
    }
    if peeked != state.peek.wish {
        commands.push(Command::Inspect(InspectCommand::Peek(peeked)));
    }
}

fn scroll(ui: &Ui, track: Track, at: i64, commands: &mut CommandQueue) {
    let Track { rect, view, whole } = track;
    let (zoom, scrolled) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta()));
    let mut next = view;
    if zoom != 1.0 {
        next = next.zoomed(whole, at, f64::from(zoom));
    }
    let points = scrolled.x + scrolled.y;
    if points != 0.0 {
        let by = -f64::from(points / rect.width()) * view.length();
        next = next.panned(whole, by);
    }
    if next != view {
        commands.push(Command::SetTimeView((next != whole).then_some(next)));
    }
}
