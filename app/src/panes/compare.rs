//! Beside the canvas: the pristine face, where it is known, and how the two differ.

use std::time::Duration;

use egui::{Color32, Painter, Rect, RichText, Sense, Ui, Vec2, vec2};

use crate::command::{Command, CommandQueue};
use crate::paint::PaintCommand;
use crate::paint::easel::Easel;
use crate::paint::overlay::OverlayLook;
use crate::paint::pictures::Textures;
use crate::paint::tools::Compare;
use crate::panes::canvas::view_on;
use crate::panes::padded;
use crate::state::State;
use crate::theme;
use crate::viewport::Zoom;
use crate::widgets::{WHOLE, header_ui, note_ui, paint_handle};

/// Place of this pane among those that show the mask.
const SLOT: usize = 1;
/// Each picture is shown for so long while they blink, in seconds.
const BLINK_SECS: f64 = 0.5;

pub fn compare_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Pristine", |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for mode in Compare::ALL.into_iter().rev() {
                let text = RichText::new(mode.name()).size(theme::SMALL);
                let is_chosen = state.paint.compare == mode;
                if ui.selectable_label(is_chosen, text).clicked() {
                    commands.push(Command::Paint(PaintCommand::SetCompare(mode)));
                }
            }
        });
        let Some(easel) = &state.paint.easel else {
            note_ui(ui, "Beside a face, what it was made of", theme::TEXT_FAINT);
            return;
        };
        let Some(textures) = easel.textures else {
            note_ui(ui, "Decoding…", theme::TEXT_FAINT);
            return;
        };
        let (Some(pristine), Some(difference)) = (textures.pristine, textures.difference) else {
            let text =
                "The pristine frame of this face is not known. Manifests of forged data name it.";
            note_ui(ui, text, theme::TEXT_FAINT);
            return;
        };
        let rect = ui.available_rect_before_wrap();
        let sides = Sides {
            textures,
            pristine,
            difference,
        };
        stage_ui(ui, rect, state, easel, &sides, commands);
    });
}

struct Sides {
    textures: Textures,
    pristine: egui::TextureId,
    difference: egui::TextureId,
}

fn stage_ui(
    ui: &Ui,
    stage: Rect,
    state: &State,
    easel: &Easel,
    sides: &Sides,
    commands: &mut CommandQueue,
) {
    let response = ui.interact(
        stage,
        ui.scope_id().with("compare"),
        Sense::click_and_drag(),
    );
    let painter = ui.painter_at(stage);
    painter.rect_filled(stage, 0.0, theme::STAGE);
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
    let draw = |painter: &Painter, texture| {
        painter.image(texture, picture, WHOLE, Color32::WHITE);
    };
    match state.paint.compare {
        Compare::Pristine => draw(&painter, sides.pristine),
        Compare::Difference => draw(&painter, sides.difference),
        Compare::Blink => {
            let beat = (state.now_secs / BLINK_SECS).floor();
            let wait = (beat + 1.0) * BLINK_SECS - state.now_secs;
            let wait = Duration::try_from_secs_f64(wait).unwrap_or(Duration::from_millis(500));
            ui.ctx().request_repaint_after(wait);
            let is_pristine = beat % 2.0 == 0.0;
            draw(
                &painter,
                if is_pristine {
                    sides.pristine
                } else {
                    sides.textures.frame
                },
            );
        }
        Compare::Wipe => {
            let x = stage.left() + state.paint.wipe * stage.width();
            draw(
                &painter.with_clip_rect(stage.with_max_x(x)),
                sides.textures.frame,
            );
            draw(&painter.with_clip_rect(stage.with_min_x(x)), sides.pristine);
            paint_handle(&painter, stage, x);
            if (response.dragged() || response.clicked())
                && let Some(pointer) = response.interact_pointer_pos()
            {
                let to = (pointer.x - stage.left()) / stage.width().max(1.0);
                commands.push(Command::Paint(PaintCommand::MoveWipe(to)));
            }
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
    if let Compare::Difference = state.paint.compare {
        let text = "0 to 64 levels of 255";
        let corner = stage.left_bottom() + Vec2::new(6.0, -6.0);
        crate::widgets::chip(&painter, corner, egui::Align2::LEFT_BOTTOM, text);
    }
}
