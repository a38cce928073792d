//! What commands and actions change on the canvas.

use egui::{Pos2, Vec2, pos2, vec2};

use crate::command::PaintAction;
use crate::paint::easel::{Change, Easel};
use crate::paint::shaper::Wish;
use crate::paint::tools::{RINGS, TOLERANCES, Tool};
use crate::paint::{Paint, PaintCommand, Seen};
use crate::settings::Settings;
use crate::viewport::Zoom;

/// One press of a key grows or shrinks the mask by so many pixels.
const GROW_PX: u32 = 2;
/// One press of a key softens the mask's edge over so many pixels.
const SOFTEN_PX: u32 = 2;
/// One press of a key changes softness, opacity or the wipe by so much.
const STEP: f32 = 0.05;
/// One press of a key magnifies by this.
const ZOOM_STEP: f32 = 1.25;

impl Paint {
    /// Gives what is to be kept of the mask's change, if it changed.
    pub fn run(&mut self, command: PaintCommand, settings: &mut Settings) -> Option<Change> {
        let Self { tools, easel, .. } = self;
        match command {
            PaintCommand::Press {
                at,
                erases,
                pressure,
            } => {
                self.cursor = None;
                if tools.tool == Tool::Wand {
                    self.wish = Some(Wish::Wand {
                        at,
                        mode: tools.mode(erases),
                    });
                }
                return easel.as_mut()?.press(tools, at, erases, pressure);
            }
            PaintCommand::Drag { at, pressure } => easel.as_mut()?.drag(tools, at, pressure),
            PaintCommand::Release => return easel.as_mut()?.release(tools),
            PaintCommand::Cancel => easel.as_mut()?.cancel(),
            PaintCommand::SetRadius(radius_px) => tools.set_radius(radius_px),
            PaintCommand::SetSoftness(softness) => tools.set_softness(softness),
            PaintCommand::SetTolerance(tolerance) => {
                tools.tolerance = tolerance.clamp(*TOLERANCES.start(), *TOLERANCES.end());
            }
            PaintCommand::SetRing(ring) => tools.ring = ring.clamp(*RINGS.start(), *RINGS.end()),
            PaintCommand::SetView(view) => self.view = view,
            PaintCommand::Saw(seen) => self.seen = Some(seen),
            PaintCommand::SetOpacity(opacity) => settings.mask_opacity = opacity.clamp(0.0, 1.0),
            PaintCommand::SetColor(color) => settings.mask_color = color,
            PaintCommand::SetCompare(compare) => self.compare = compare,
            PaintCommand::MoveWipe(to) => self.wipe = to.clamp(0.0, 1.0),
            PaintCommand::SetAttentionOpacity(opacity) => {
                self.attention_opacity = opacity.clamp(0.0, 1.0);
            }
            PaintCommand::Peek(peeks) => self.peeks = peeks,
        }
        None
    }

    /// Gives what is to be kept of the mask's change, if it changed. `is_far`: Shift is held. Starting from a map or
    /// a difference is not done here.
    pub fn act(
        &mut self,
        action: PaintAction,
        is_far: bool,
        settings: &mut Settings,
    ) -> Option<Change> {
        self.act_on_sight(action, settings);
        if self.wish_for(action) {
            return None;
        }
        let (cursor, tools) = (self.cursor, &mut self.tools);
        match action {
            PaintAction::Brush => tools.tool = Tool::Brush,
            PaintAction::Eraser => tools.tool = Tool::Eraser,
            PaintAction::Lasso => tools.tool = Tool::Lasso,
            PaintAction::Wand => tools.tool = Tool::Wand,
            PaintAction::Mirror => tools.mirrors = !tools.mirrors,
            PaintAction::Smaller => tools.resize(-1.0),
            PaintAction::Larger => tools.resize(1.0),
            PaintAction::Harder => tools.set_softness(tools.softness - STEP),
            PaintAction::Softer => tools.set_softness(tools.softness + STEP),
            PaintAction::CursorLeft => self.move_cursor(vec2(-1.0, 0.0), is_far),
            PaintAction::CursorRight => self.move_cursor(vec2(1.0, 0.0), is_far),
            PaintAction::CursorUp => self.move_cursor(vec2(0.0, -1.0), is_far),
            PaintAction::CursorDown => self.move_cursor(vec2(0.0, 1.0), is_far),
            _ => {}
        }
        let (tools, easel) = (&self.tools, self.easel.as_mut()?);
        match action {
            PaintAction::Undo => easel.undo(),
            PaintAction::Redo => easel.redo(),
            PaintAction::Grow => easel.grow(GROW_PX),
            PaintAction::Shrink => easel.shrink(GROW_PX),
            PaintAction::FillHoles => easel.fill_holes(),
            PaintAction::Soften => easel.soften(SOFTEN_PX),
            PaintAction::Clear => easel.clear(),
            PaintAction::Stamp => easel.stamp(tools, cursor?, false),
            PaintAction::StampLine => easel.stamp(tools, cursor?, true),
            _ => easel.part(tools, action.part()?),
        }
    }

    /// What takes longer than a frame of the window is made on a thread.
    fn wish_for(&mut self, action: PaintAction) -> bool {
        let mode = self.tools.mode(false);
        self.wish = match action {
            PaintAction::StartFromMap => Some(Wish::FromMap),
            PaintAction::StartFromDifference => Some(Wish::FromDifference),
            PaintAction::Stamp if self.tools.tool == Tool::Wand => {
                self.cursor.map(|at| Wish::Wand { at, mode })
            }
            _ => return false,
        };
        true
    }

    fn act_on_sight(&mut self, action: PaintAction, settings: &mut Settings) {
        match action {
            PaintAction::WholeFrame => self.view = Zoom::Fit,
            PaintAction::ZoomToFace => self.view = Zoom::Face,
            PaintAction::ZoomIn => self.zoom(|seen| seen.scale * ZOOM_STEP),
            PaintAction::ZoomOut => self.zoom(|seen| seen.scale / ZOOM_STEP),
            PaintAction::ActualPixels => self.zoom(|seen| 1.0 / seen.pixels_per_point),
            PaintAction::HideMask => self.hides_mask = !self.hides_mask,
            PaintAction::NextColor => settings.mask_color = settings.mask_color.next(),
            PaintAction::MoreOpaque => {
                settings.mask_opacity = (settings.mask_opacity + STEP).min(1.0);
            }
            PaintAction::LessOpaque => {
                settings.mask_opacity = (settings.mask_opacity - STEP).max(0.0);
            }
            PaintAction::NextCompare => self.compare = self.compare.next(),
            PaintAction::WipeLeft => self.wipe = (self.wipe - STEP).max(0.0),
            PaintAction::WipeRight => self.wipe = (self.wipe + STEP).min(1.0),
            PaintAction::ToggleAttention => self.shows_attention = !self.shows_attention,
            PaintAction::ToggleLeftHanded => settings.is_left_handed = !settings.is_left_handed,
            _ => {}
        }
    }

    /// Whether the action is a setting that is on.
    pub fn is_on(&self, action: PaintAction, settings: &Settings) -> bool {
        match action {
            PaintAction::Brush => self.tools.tool == Tool::Brush,
            PaintAction::Eraser => self.tools.tool == Tool::Eraser,
            PaintAction::Lasso => self.tools.tool == Tool::Lasso,
            PaintAction::Wand => self.tools.tool == Tool::Wand,
            PaintAction::Mirror => self.tools.mirrors,
            PaintAction::WholeFrame => self.view == Zoom::Fit,
            PaintAction::ZoomToFace => self.view == Zoom::Face,
            PaintAction::HideMask => self.hides_mask,
            PaintAction::ToggleAttention => self.shows_attention,
            PaintAction::ToggleLeftHanded => settings.is_left_handed,
            _ => false,
        }
    }

    /// Moves the keyboard's ring by a quarter of the brush, from the middle of the face at first.
    fn move_cursor(&mut self, direction: Vec2, is_far: bool) {
        let Some(easel) = &self.easel else {
            return;
        };
        let far = if is_far { 4.0 } else { 1.0 };
        let step = (0.25 * self.tools.radius_px).max(1.0) * far;
        let at = match self.cursor {
            Some(at) => at + step * direction,
            None => face_center(easel),
        };
        let size = vec2(easel.mask.width as f32, easel.mask.height as f32);
        self.cursor = Some(at.clamp(Pos2::ZERO, size.to_pos2()));
    }

    /// Around the middle of what is seen.
    fn zoom(&mut self, scale: impl Fn(Seen) -> f32) {
        if let Some(seen) = self.seen {
            self.view = Zoom::Free {
                center: seen.center,
                scale: scale(seen).clamp(0.02, 32.0),
            };
        }
    }
}

fn face_center(easel: &Easel) -> Pos2 {
    let [x, y] = easel.task.face.box_in_frame.center();
    pos2(x, y)
}
