//! Beside the canvas: the pristine face, where it is known, how the two differ, and where the model looked before and
//! after its newest round of training.

use std::time::Duration;

use egui::{Align2, Color32, Painter, Rect, Response, RichText, Sense, Ui, WidgetInfo, vec2};

use crate::command::{Action, Command, CommandQueue, PaintAction};
use crate::paint::PaintCommand;
use crate::paint::attention;
use crate::paint::easel::Easel;
use crate::paint::overlay::OverlayLook;
use crate::paint::pictures::Textures;
use crate::paint::tools::Compare;
use crate::panes::canvas::view_on;
use crate::panes::{on_clip, padded};
use crate::state::State;
use crate::theme;
use crate::viewport::{ScreenFromFrame, Zoom};
use crate::widgets::{WHOLE, chip, header_ui, note_ui, paint_handle};

/// Place of this pane among those that show the mask.
const SLOT: usize = 1;
/// Each picture is shown for so long while they blink, in seconds.
const BLINK_SECS: f64 = 0.5;

pub fn compare_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Compare", |_| {});
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = 5.0;
            for mode in Compare::ALL {
                let text = RichText::new(mode.name()).size(theme::SMALL);
                let is_chosen = state.paint.compare == mode;
                let info = Action::Paint(PaintAction::NextCompare).info();
                let label = ui.selectable_label(is_chosen, text);
                if label.on_hover_text(info.tooltip).clicked() {
                    commands.push(Command::Paint(PaintCommand::SetCompare(mode)));
                }
            }
        });
        let Some(easel) = &state.paint.easel else {
            note_ui(
                ui,
                "Beside a face, what it was made of",
                theme::text_faint(),
            );
            return;
        };
        let Some(textures) = easel.textures else {
            note_ui(ui, "Decoding…", theme::text_faint());
            return;
        };
        if let Some(reason) = absence(state, textures) {
            note_ui(ui, &reason, theme::text_faint());
            return;
        }
        let rect = ui.available_rect_before_wrap();
        stage_ui(ui, rect, state, easel, textures, commands);
    });
}

/// Why there is nothing to compare with.
fn absence(state: &State, textures: Textures) -> Option<String> {
    let text = match state.paint.compare {
        Compare::Learned => match state.queue.open() {
            Some(open) if open.rounds.is_empty() => {
                "After a round of training, where the model looked before it and after it"
            }
            _ => return None,
        },
        _ if textures.pristine.is_none() => {
            "The pristine frame of this face is not known. Manifests of forged data name it."
        }
        _ => return None,
    };
    Some(text.to_owned())
}

fn stage_ui(
    ui: &Ui,
    stage: Rect,
    state: &State,
    easel: &Easel,
    textures: Textures,
    commands: &mut CommandQueue,
) {
    let id = ui.scope_id().with("compare");
    let response = ui.interact(stage, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, "Comparison"));
    let painter = ui.painter_at(stage);
    painter.rect_filled(stage, 0.0, theme::stage());
    // What the canvas shows, in the middle of this smaller stage.
    let zoom = match (state.paint.view, state.paint.seen) {
        (Zoom::Free { .. }, Some(seen)) => Zoom::Free {
            center: seen.center,
            scale: seen.scale,
        },
        (zoom, _) => zoom,
    };
    let view = view_on(stage, zoom, easel);
    let size = vec2(easel.mask.width as f32, easel.mask.height as f32);
    let picture = Rect::from_min_max(view.point(0.0, 0.0), view.point(size.x, size.y));
    let draw = |painter: &Painter, texture: Option<egui::TextureId>| {
        if let Some(texture) = texture {
            painter.image(texture, picture, WHOLE, Color32::WHITE);
        }
    };
    let wipe = state.paint.wipe;
    match state.paint.compare {
        Compare::Pristine => draw(&painter, textures.pristine),
        Compare::Difference => {
            draw(&painter, textures.difference);
            let corner = stage.left_bottom() + vec2(6.0, -6.0);
            let text = "0 to 64 levels of 255";
            chip(&painter, corner, Align2::LEFT_BOTTOM, text);
        }
        Compare::Blink => {
            let is_pristine = blinks(ui, state.now_secs);
            let (texture, name) = if is_pristine {
                (textures.pristine, "Pristine")
            } else {
                (Some(textures.frame), "This frame")
            };
            draw(&painter, texture);
            let corner = stage.left_bottom() + vec2(6.0, -6.0);
            chip(&painter, corner, Align2::LEFT_BOTTOM, name);
        }
        Compare::Wipe => {
            let [left, right] = halves(&painter, stage, wipe);
            draw(&left, Some(textures.frame));
            draw(&right, textures.pristine);
            wipe_ui(
                &response,
                &painter,
                stage,
                wipe,
                ["This frame", "Pristine"],
                commands,
            );
        }
        Compare::Learned => {
            draw(&painter, Some(textures.frame));
            learned(&halves(&painter, stage, wipe), state, easel, view);
            wipe_ui(
                &response,
                &painter,
                stage,
                wipe,
                ["Before", "After"],
                commands,
            );
        }
    }
    if state.paint.shows_mask() {
        // Only the line around the mask, so that all of the picture is seen.
        let look = OverlayLook {
            color: state.settings.mask_color.color(),
            opacity: 0.001,
            has_outline: true,
        };
        painter.add(easel.overlay.shape(stage, view, look, SLOT));
    }
}

/// Where the model looked, left of the handle before its newest round, right of it after.
fn learned(halves: &[Painter; 2], state: &State, easel: &Easel, view: ScreenFromFrame) {
    let Some((_, kind)) = attention::method(state) else {
        return;
    };
    let after = attention::shown(state, easel).map(|(drawn, _)| drawn);
    let before = state.paint.before.as_ref();
    for (painter, drawn) in halves.iter().zip([before, after]) {
        if let Some(drawn) = drawn {
            on_clip::paint_map(
                painter,
                drawn,
                kind,
                view,
                state.paint.attention_opacity.max(0.3),
            );
        }
    }
    if let (None, Some(error)) = (before, &state.paint.before_error) {
        let corner = halves[0].clip_rect().left_top() + vec2(6.0, 6.0);
        chip(&halves[0], corner, Align2::LEFT_TOP, error);
    }
}

/// Whether the second picture's turn is now.
fn blinks(ui: &Ui, now_secs: f64) -> bool {
    let beat = (now_secs / BLINK_SECS).floor();
    let wait = Duration::try_from_secs_f64((beat + 1.0) * BLINK_SECS - now_secs);
    ui.ctx()
        .request_repaint_after(wait.unwrap_or(Duration::from_millis(500)));
    beat % 2.0 != 0.0
}

/// Painters left and right of the handle.
fn halves(painter: &Painter, stage: Rect, wipe: f32) -> [Painter; 2] {
    let x = stage.left() + wipe * stage.width();
    [stage.with_max_x(x), stage.with_min_x(x)].map(|part| painter.with_clip_rect(part))
}

fn wipe_ui(
    response: &Response,
    painter: &Painter,
    stage: Rect,
    wipe: f32,
    names: [&str; 2],
    commands: &mut CommandQueue,
) {
    paint_handle(painter, stage, stage.left() + wipe * stage.width());
    let corners = [
        (stage.left_bottom() + vec2(6.0, -6.0), Align2::LEFT_BOTTOM),
        (
            stage.right_bottom() + vec2(-6.0, -6.0),
            Align2::RIGHT_BOTTOM,
        ),
    ];
    for (name, (corner, align)) in names.into_iter().zip(corners) {
        chip(painter, corner, align, name);
    }
    if (response.dragged() || response.clicked())
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let to = (pointer.x - stage.left()) / stage.width().max(1.0);
        commands.push(Command::Paint(PaintCommand::MoveWipe(to)));
    }
}
