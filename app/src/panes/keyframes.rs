//! The frames of this face in its clip: painted, carried, asked for; and how well carried masks fit.

use egui::{
    Align2, Color32, Painter, Rect, RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use seam_engine::data::annotations::TaskState;

use crate::command::{Action, Command, CommandQueue, QueueAction};
use crate::panes::padded;
use crate::queue::{Keyframe, QueueCommand};
use crate::state::State;
use crate::theme;
use crate::widgets::{header_ui, note_ui};
use crate::words;

/// Half of a mark's side, in points.
const MARK: f32 = 5.0;

pub fn keyframes_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "This face in the clip", |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let actions = [
                (QueueAction::Carry, "Carry to the next frames"),
                (QueueAction::NextPainted, "Next painted"),
                (QueueAction::Midpoint, "Middle"),
                (QueueAction::PreviousPainted, "Previous painted"),
            ];
            for (action, text) in actions {
                let info = action.info();
                let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
                let button = egui::Button::new(RichText::new(text).size(theme::SMALL));
                let enabled = state.queue.current.is_some();
                let tooltip = format!("{} ({})", info.tooltip, keys.unwrap_or_default());
                if ui
                    .add_enabled(enabled, button)
                    .on_hover_text(tooltip)
                    .clicked()
                {
                    commands.act(Action::Queue(action));
                }
            }
        });
        let frames = state.queue.keyframes();
        if frames.is_empty() {
            note_ui(
                ui,
                "Frames of the same face with a mask",
                theme::text_faint(),
            );
            return;
        }
        let width = ui.available_width();
        let (rect, _) = ui.allocate_exact_size(vec2(width, 30.0), Sense::hover());
        strip_ui(ui, rect, state, &frames, commands);
        let painted = frames.iter().filter(|frame| frame.is_painted()).count();
        let carried = frames.iter().filter(|frame| frame.drift.is_some()).count();
        let flagged = frames.iter().filter(|frame| frame.is_flagged()).count();
        let mut text = format!("{painted} painted, {carried} carried");
        if 0 < flagged {
            text.push_str(&format!(", {flagged} of them stopped fitting"));
        }
        note_ui(ui, &text, theme::text_quiet());
    });
}

fn strip_ui(ui: &Ui, rect: Rect, state: &State, frames: &[Keyframe], commands: &mut CommandQueue) {
    let painter = ui.painter_at(rect.expand(2.0));
    painter.hline(rect.x_range(), rect.center().y, theme::hairline());
    for (frame, center) in frames.iter().zip(places(rect, frames)) {
        let area = Rect::from_center_size(center, vec2(2.0 * MARK, rect.height()));
        let response = ui.interact(area, ui.scope_id().with(frame.task.0), Sense::click());
        let name = format!("Frame {}", frame.index);
        let is_current = state.queue.current == Some(frame.task);
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_current, &name));
        mark(&painter, center, frame, is_current, response.hovered());
        let tooltip = format!(
            "{}  #{}\n{}",
            words::time(frame.pts_nanos),
            frame.index,
            in_words(frame)
        );
        if response.on_hover_text(tooltip).clicked() {
            commands.push(Command::Queue(QueueCommand::Choose(frame.task)));
        }
    }
}

/// By time, but never nearer to each other than marks are wide.
fn places(rect: Rect, frames: &[Keyframe]) -> Vec<egui::Pos2> {
    let (Some(first), Some(last)) = (frames.first(), frames.last()) else {
        return Vec::new();
    };
    let span = (last.pts_nanos - first.pts_nanos).max(1) as f64;
    let inner = rect.shrink2(vec2(MARK + 2.0, 0.0));
    let room = (inner.width() / frames.len().max(1) as f32).min(2.0 * MARK + 1.0);
    let mut least = inner.left();
    let mut places = Vec::with_capacity(frames.len());
    for (at, frame) in frames.iter().enumerate() {
        let share = (frame.pts_nanos - first.pts_nanos) as f64 / span;
        let wished = inner.left() + share as f32 * inner.width();
        let left = (frames.len() - 1 - at) as f32 * room;
        let x = wished.max(least).min(inner.right() - left);
        places.push(pos2(x, rect.center().y));
        least = x + room;
    }
    places
}

/// Painted: a full square. Carried: a hollow one, crossed where it stopped fitting. Neither: a dot.
fn mark(painter: &Painter, center: egui::Pos2, frame: &Keyframe, is_current: bool, is_hot: bool) {
    let color = match (is_current, is_hot) {
        (true, _) => theme::accent(),
        (false, true) => theme::text_strong(),
        (false, false) => theme::text_quiet(),
    };
    let square = Rect::from_center_size(center, vec2(2.0 * MARK - 2.0, 2.0 * MARK - 2.0));
    let stroke = Stroke::new(1.2, color);
    painter.rect_filled(square.expand(1.0), 2.0, theme::panel());
    if frame.is_painted() {
        painter.rect_filled(square, 1.5, color);
    } else if frame.drift.is_some() {
        painter.rect_stroke(square, 1.5, stroke, StrokeKind::Inside);
    } else {
        painter.circle_filled(center, 2.0, color);
    }
    if frame.is_flagged() {
        painter.line_segment([square.left_bottom(), square.right_top()], stroke);
        let flag = center - vec2(0.0, MARK + 5.0);
        let font = theme::regular(theme::SMALL);
        painter.text(flag, Align2::CENTER_CENTER, "!", font, flag_color());
    }
}

fn flag_color() -> Color32 {
    theme::error()
}

fn in_words(frame: &Keyframe) -> String {
    let state = match frame.state {
        TaskState::Open => "Not marked yet",
        TaskState::Begun => "Begun",
        TaskState::Done => "Done",
        TaskState::CannotTell => "Cannot tell",
        TaskState::Skipped => "Skipped",
    };
    match frame.drift {
        None => state.to_owned(),
        Some(drift) if frame.is_flagged() => {
            format!("{state}; carried, and it stopped fitting (drift {drift:.2} of 1): look at it")
        }
        Some(drift) => format!("{state}; carried, drift {drift:.2} of 1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::data::annotations::TaskId;

    fn frame(task: u32, pts_nanos: i64) -> Keyframe {
        Keyframe {
            task: TaskId(task),
            pts_nanos,
            index: task,
            state: TaskState::Done,
            drift: None,
        }
    }

    #[test]
    fn marks_lie_by_time_and_never_on_each_other() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(200.0, 30.0));
        let frames: Vec<Keyframe> = [0, 1, 2, 1000].map(|at| frame(at as u32, at)).into();
        let places = places(rect, &frames);
        for pair in places.windows(2) {
            assert!(2.0 * MARK <= pair[1].x - pair[0].x, "{pair:?}");
        }
        assert!(places[3].x <= rect.right() - MARK);
        let many: Vec<Keyframe> = (0..300).map(|at| frame(at, i64::from(at))).collect();
        let places = super::places(rect, &many);
        assert!(places.iter().all(|place| rect.contains(*place)));
    }
}
