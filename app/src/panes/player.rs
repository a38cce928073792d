//! The clip: the frame under the playhead, with boxes around faces. Everything else recedes.

use egui::{Align2, Color32, CursorIcon, Painter, Rect, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use seam_engine::faces::{FaceBox, TrackId};

use crate::command::{Command, CommandQueue};
use crate::panes::pair_stage::pair_stage_ui;
use crate::panes::{on_clip, transport};
use crate::shell;
use crate::state::{Intake, MediaFile, Shown, State};
use crate::theme;
use crate::viewport::{ScreenFromFrame, Zoom};
use crate::widgets::face_box_ui;

/// A score speaks for frames up to so far away, in nanoseconds.
const SCORE_REACH_NANOS: i64 = 250_000_000;

pub fn player_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let whole = ui.max_rect();
    let bar = Rect::from_min_max(
        pos2(whole.left(), whole.bottom() - transport::HEIGHT),
        whole.max,
    );
    let stage = Rect::from_min_max(whole.min, pos2(whole.right(), bar.top()));
    match (state.selected_file(), state.second_file(), &state.pair) {
        (Some(first), Some(second), Some(pair)) => {
            pair_stage_ui(ui, stage, state, [first, second], pair, commands);
        }
        _ => stage_ui(ui, stage, state, commands),
    }
    transport::transport_ui(ui, bar, state, commands);
}

fn stage_ui(ui: &mut Ui, stage: Rect, state: &State, commands: &mut CommandQueue) {
    let id = ui.scope_id().with("stage");
    let response = ui.interact(stage, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, "Player"));
    let painter = ui.painter_at(stage);
    painter.rect_filled(stage, 0.0, theme::stage());
    let Some(file) = state.selected_file() else {
        welcome(ui, stage);
        shell::offer_ui(ui, stage, state, commands);
        return;
    };
    let Some(shown) = state.shown else {
        message_ui(ui, stage, waiting_text(state, file));
        return;
    };
    let size = vec2(shown.width as f32, shown.height as f32);
    let followed = followed_face(state, file, shown);
    let view = state
        .zoom
        .screen_from_frame(stage.shrink(8.0), size, followed);
    let picture = Rect::from_min_max(view.point(0.0, 0.0), view.point(size.x, size.y));
    let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(shown.texture, picture, uv, Color32::WHITE);

    on_clip::map_ui(ui, &painter, state, file, shown, view, response.hover_pos());
    if state.settings.shows_boxes {
        boxes_ui(&painter, file, shown, view, state.person);
    }
    if let Some(error) = &state.player_error {
        let at = stage.left_bottom() + vec2(12.0, -12.0);
        let font = theme::regular(theme::SMALL);
        painter.text(at, Align2::LEFT_BOTTOM, error, font, theme::error());
    }
    pointer(ui, &response, stage, view, file, shown, commands);
}

/// A box around everyone who is on the frame.
pub(super) fn boxes_ui(
    painter: &Painter,
    file: &MediaFile,
    shown: Shown,
    view: ScreenFromFrame,
    chosen: Option<TrackId>,
) {
    for (&id, person) in &file.evidence.people {
        let pts_nanos = shown.frame.pts_nanos;
        let Some(at) = person.box_at(pts_nanos, file.frame_nanos() / 2) else {
            continue;
        };
        let score = person
            .strips
            .values()
            .filter_map(|strip| strip.mark_at(pts_nanos, SCORE_REACH_NANOS))
            .map(|mark| mark.score)
            .max_by(f32::total_cmp);
        face_box_ui(
            painter,
            view.face(&at.face),
            &format!("Person {}", id.0),
            chosen == Some(id),
            person.is_found_near(pts_nanos),
            score,
        );
    }
}

/// Words in the middle of the stage.
pub(super) fn message_ui(ui: &Ui, stage: Rect, text: String) {
    let painter = ui.painter_at(stage);
    let font = theme::regular(theme::BODY);
    let width = (stage.width() - 64.0).max(80.0);
    let galley = painter.layout(text, font, theme::text_quiet(), width);
    let at = Align2::CENTER_CENTER.anchor_size(stage.center(), galley.size());
    painter.galley(at.min, galley, theme::text_quiet());
}

/// Scroll zooms, drag pans, a click selects the person under the pointer, a double click fits.
fn pointer(
    ui: &Ui,
    response: &egui::Response,
    stage: Rect,
    view: ScreenFromFrame,
    file: &MediaFile,
    shown: Shown,
    commands: &mut CommandQueue,
) {
    if response.dragged() && response.drag_delta() != Vec2::ZERO {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        commands.push(Command::SetZoom(view.panned(stage, response.drag_delta())));
    }
    if response.double_clicked() {
        commands.push(Command::SetZoom(Zoom::Fit));
    } else if response.clicked()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let person = face_under(file, shown, view, pointer);
        commands.push(Command::SelectPerson(person));
    }
    if let Some(pointer) = response.hover_pos() {
        let factor = ui.input(|input| {
            let scrolled = input.smooth_scroll_delta().y;
            input.zoom_delta() * (0.004 * scrolled).exp()
        });
        if factor != 1.0 {
            commands.push(Command::SetZoom(view.zoomed(stage, pointer, factor)));
        }
    }
}

fn face_under(
    file: &MediaFile,
    shown: Shown,
    view: ScreenFromFrame,
    pointer: egui::Pos2,
) -> Option<TrackId> {
    let people = file.evidence.people.iter();
    people
        .filter_map(|(&id, person)| {
            let at = person.box_at(shown.frame.pts_nanos, file.frame_nanos() / 2)?;
            let rect = view.face(&at.face);
            rect.contains(pointer).then_some((id, rect.area()))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(id, _)| id)
}

/// The face that the view follows: the selected person's, else the first one's.
pub(super) fn followed_face(state: &State, file: &MediaFile, shown: Shown) -> Option<FaceBox> {
    let people = &file.evidence.people;
    let person = state
        .person
        .and_then(|id| people.get(&id))
        .or_else(|| people.values().next())?;
    person.steady_box_at(shown.frame.pts_nanos)
}

fn waiting_text(state: &State, file: &MediaFile) -> String {
    match (&state.player_error, &file.intake) {
        (_, Intake::Failed(error)) => error.clone(),
        (Some(error), _) => error.clone(),
        (None, _) if file.hash.is_none() => "Hashing the file…".to_owned(),
        (None, _) => "Decoding…".to_owned(),
    }
}

/// What the stage shows before anything was opened.
fn welcome(ui: &mut Ui, stage: Rect) {
    let painter = ui.painter_at(stage);
    let target = Rect::from_center_size(stage.center(), vec2(360.0, 160.0));
    let corners = [
        target.left_top(),
        target.right_top(),
        target.right_bottom(),
        target.left_bottom(),
        target.left_top(),
    ];
    let stroke = egui::Stroke::new(1.0, theme::outline());
    painter.extend(egui::Shape::dashed_line(&corners, stroke, 6.0, 6.0));
    painter.text(
        target.center() - vec2(0.0, 12.0),
        Align2::CENTER_CENTER,
        "Drop a clip or a picture here",
        theme::medium(theme::TITLE),
        theme::text(),
    );
    painter.text(
        target.center() + vec2(0.0, 14.0),
        Align2::CENTER_CENTER,
        "It stays on this machine and is only read",
        theme::regular(theme::BODY),
        theme::text_faint(),
    );
}
