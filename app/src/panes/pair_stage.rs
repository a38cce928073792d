//! Two clips in step on the stage: beside each other, under a wipe, or as their difference.

use egui::{
    Align2, Color32, CursorIcon, Pos2, Rect, Response, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::command::{Command, CommandQueue};
use crate::pair::{Mode, Pair, PairCommand};
use crate::panes::pair_bar::{self, amplification_ui, pair_bar_ui};
use crate::panes::player::{boxes_ui, followed_face, message_ui};
use crate::state::{MediaFile, Shown, State};
use crate::theme;
use crate::viewport::{ScreenFromFrame, Zoom};
use crate::widgets::{WHOLE, chip, paint_handle};

/// The handle of the wipe is caught from so far away, in points.
const HANDLE_REACH: f32 = 10.0;
/// Room for the scale of the difference.
const SCALE: f32 = 26.0;

pub fn pair_stage_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    files: [&MediaFile; 2],
    pair: &Pair,
    commands: &mut CommandQueue,
) {
    let bar = rect.with_max_y(rect.top() + pair_bar::HEIGHT);
    pair_bar_ui(ui, bar, state, files, pair, commands);
    let mut stage = rect.with_min_y(bar.bottom());
    ui.painter().rect_filled(stage, 0.0, theme::stage());
    if pair.mode == Mode::Difference {
        let line = stage.with_min_y(stage.bottom() - SCALE);
        amplification_ui(ui, line.shrink2(vec2(12.0, 2.0)), pair, commands);
        stage = stage.with_max_y(line.top());
    }
    let rects = match pair.mode {
        Mode::Sides => {
            let half = 0.5 * stage.width() - 1.0;
            [
                stage.with_max_x(stage.left() + half),
                stage.with_min_x(stage.right() - half),
            ]
        }
        Mode::Wipe | Mode::Difference => [stage, stage],
    };
    let response = ui.interact(stage, ui.scope_id().with("pair"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, "Two clips"));
    let (Some(a), Some(b)) = (state.shown, pair.shown) else {
        message_ui(ui, stage, waiting(state, pair));
        return;
    };
    let views = views(state, files[0], [a, b], rects);
    let split = match pair.mode {
        Mode::Wipe => stage.left() + pair.wipe * stage.width(),
        Mode::Sides | Mode::Difference => stage.right(),
    };
    let clips = match pair.mode {
        Mode::Sides => rects,
        Mode::Wipe => [stage.with_max_x(split), stage.with_min_x(split)],
        Mode::Difference => [stage, Rect::NOTHING],
    };
    let shown = [a, b];
    let difference = pair.difference.filter(|_| pair.mode == Mode::Difference);
    for side in [0, 1] {
        let painter = ui.painter_at(clips[side]);
        let view = views[side];
        let texture = match difference {
            Some(difference) => difference.texture,
            None => shown[side].texture,
        };
        let corner = |x: u32, y: u32| view.point(x as f32, y as f32);
        let picture =
            Rect::from_min_max(corner(0, 0), corner(shown[side].width, shown[side].height));
        painter.image(texture, picture, WHOLE, Color32::WHITE);
        if state.settings.shows_boxes {
            let chosen = state.person.filter(|_| side == 0);
            boxes_ui(&painter, files[side], shown[side], view, chosen);
        }
        if pair.mode != Mode::Difference {
            let letter = ["A", "B"][side];
            let (at, align) = match (pair.mode, side) {
                (Mode::Wipe, 1) => (clips[1].right_top() + vec2(-6.0, 6.0), Align2::RIGHT_TOP),
                _ => (clips[side].left_top() + vec2(6.0, 6.0), Align2::LEFT_TOP),
            };
            chip(&painter, at, align, letter);
        }
    }
    if pair.mode == Mode::Wipe {
        handle_ui(ui, stage, split, commands);
    }
    value_ui(ui, &response, pair, rects, views);
    pointer_ui(ui, &response, rects, views[0], commands);
}

fn waiting(state: &State, pair: &Pair) -> String {
    let error = state.player_error.as_ref().or(pair.error.as_ref());
    error.cloned().unwrap_or_else(|| "Decoding…".to_owned())
}

/// How both lie on screen: the second one shows the same part as the first one, whatever its size.
fn views(
    state: &State,
    file: &MediaFile,
    shown: [Shown; 2],
    rects: [Rect; 2],
) -> [ScreenFromFrame; 2] {
    let sizes = shown.map(|shown| vec2(shown.width as f32, shown.height as f32));
    let face = followed_face(state, file, shown[0]);
    let first = state
        .zoom
        .screen_from_frame(rects[0].shrink(8.0), sizes[0], face);
    [first, follow(first, state.zoom, sizes, rects)]
}

fn follow(
    first: ScreenFromFrame,
    zoom: Zoom,
    sizes: [Vec2; 2],
    rects: [Rect; 2],
) -> ScreenFromFrame {
    let zoom = match zoom {
        Zoom::Fit => Zoom::Fit,
        Zoom::Face | Zoom::Free { .. } => {
            let center = first.frame_point(rects[0].center());
            let ratio = sizes[1] / sizes[0].max(Vec2::splat(1.0));
            Zoom::Free {
                center: (center.to_vec2() * ratio).to_pos2(),
                scale: first.scale / ratio.x.max(f32::MIN_POSITIVE),
            }
        }
    };
    zoom.screen_from_frame(rects[1].shrink(8.0), sizes[1], None)
}

fn handle_ui(ui: &Ui, stage: Rect, x: f32, commands: &mut CommandQueue) {
    let reach = Rect::from_x_y_ranges(x - HANDLE_REACH..=x + HANDLE_REACH, stage.y_range());
    let response = ui.interact(reach, ui.scope_id().with("pair wipe"), Sense::drag());
    let share = f64::from((x - stage.left()) / stage.width().max(1.0));
    response.widget_info(|| WidgetInfo::slider(true, share, "Wipe between clips"));
    paint_handle(&ui.painter_at(stage), stage, x);
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let to = (pointer.x - stage.left()) / stage.width().max(1.0);
        commands.push(Command::Pair(PairCommand::MoveWipe(to)));
    }
}

/// The colors of both frames under the pointer, and how far apart they are.
fn value_ui(
    ui: &Ui,
    response: &Response,
    pair: &Pair,
    rects: [Rect; 2],
    views: [ScreenFromFrame; 2],
) {
    let (Some(pointer), Some(frames)) = (response.hover_pos(), &pair.frames) else {
        return;
    };
    let pointer = in_first(pointer, rects);
    let at = views[0].frame_point(pointer);
    let sizes = frames
        .each_ref()
        .map(|frame| [frame.width as f32, frame.height as f32]);
    let is_inside = 0.0 <= at.x && 0.0 <= at.y && at.x < sizes[0][0] && at.y < sizes[0][1];
    if !is_inside {
        return;
    }
    let share = [at.x / sizes[0][0], at.y / sizes[0][1]];
    let pixel = |side: usize| {
        let [x, y] = [0, 1].map(|axis: usize| (share[axis] * sizes[side][axis]) as i64);
        frames[side].rgb(x, y)
    };
    let [a, b] = [pixel(0), pixel(1)];
    let sum: u32 = a
        .iter()
        .zip(&b)
        .map(|(a, b)| u32::from(a.abs_diff(*b)))
        .sum();
    let text = format!(
        "{:.0}, {:.0}   A {} {} {}   B {} {} {}   apart {:.1}",
        at.x.floor(),
        at.y.floor(),
        a[0],
        a[1],
        a[2],
        b[0],
        b[1],
        b[2],
        f64::from(sum) / 3.0
    );
    let stage = rects[0].union(rects[1]);
    let corner = stage.left_bottom() + vec2(6.0, -6.0);
    chip(&ui.painter_at(stage), corner, Align2::LEFT_BOTTOM, &text);
}

/// The same place in the first clip's half.
fn in_first(pointer: Pos2, rects: [Rect; 2]) -> Pos2 {
    if rects[0].contains(pointer) || !rects[1].contains(pointer) {
        return pointer;
    }
    pos2(pointer.x - rects[1].left() + rects[0].left(), pointer.y)
}

/// Scroll zooms and drag pans both; a double click fits them.
fn pointer_ui(
    ui: &Ui,
    response: &Response,
    rects: [Rect; 2],
    view: ScreenFromFrame,
    commands: &mut CommandQueue,
) {
    let stage = rects[0].shrink(8.0);
    if response.dragged() && response.drag_delta() != Vec2::ZERO {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        commands.push(Command::SetZoom(view.panned(stage, response.drag_delta())));
    }
    if response.double_clicked() {
        commands.push(Command::SetZoom(Zoom::Fit));
    }
    if let Some(pointer) = response.hover_pos() {
        let factor = ui.input(|input| {
            let scrolled = input.smooth_scroll_delta().y;
            input.zoom_delta() * (0.004 * scrolled).exp()
        });
        if factor != 1.0 {
            let pointer = in_first(pointer, rects);
            commands.push(Command::SetZoom(view.zoomed(stage, pointer, factor)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_clip_shows_the_same_part_at_any_size() {
        let rects = [
            Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0)),
            Rect::from_min_size(pos2(402.0, 0.0), vec2(400.0, 300.0)),
        ];
        let sizes = [vec2(640.0, 480.0), vec2(320.0, 240.0)];
        let zoom = Zoom::Free {
            center: pos2(100.0, 50.0),
            scale: 2.0,
        };
        let first = zoom.screen_from_frame(rects[0].shrink(8.0), sizes[0], None);
        let second = follow(first, zoom, sizes, rects);
        assert_eq!(second.scale, 4.0);
        // A point of the first, and the same share of the second, stand in the same place of their halves.
        let moved = second.point(60.0, 30.0) - vec2(402.0, 0.0);
        assert!(
            (moved - first.point(120.0, 60.0)).length() <= 2.0,
            "{moved:?}"
        );
        let pointer = in_first(pos2(502.0, 20.0), rects);
        assert_eq!(pointer, pos2(100.0, 20.0));
    }
}
