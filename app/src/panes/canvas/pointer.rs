//! What mouse, pen and wheel do on the canvas.

use egui::{CursorIcon, Event, Key, MouseWheelUnit, PointerButton, Pos2, Rect, Response, Ui, Vec2};

use crate::command::{Command, CommandQueue};
use crate::paint::PaintCommand;
use crate::state::State;
use crate::viewport::ScreenFromFrame;

/// Points of scrolling that are one notch of a wheel.
const POINTS_A_NOTCH: f32 = 50.0;
/// One notch with Shift softens the edge so much.
const SOFTNESS_STEP: f32 = 0.05;

/// The left button paints, the right one or Ctrl turns the tool around; middle button or space and drag move the
/// frame; the wheel resizes the brush, with Shift softens it, with Ctrl zooms.
pub fn pointer_ui(
    ui: &Ui,
    response: &Response,
    stage: Rect,
    view: ScreenFromFrame,
    state: &State,
    commands: &mut CommandQueue,
) {
    let mut push = |command| commands.push(Command::Paint(command));
    let is_space_down = ui.input(|input| input.key_down(Key::Space));
    let is_hovered = response.contains_pointer();
    let was_stroking = state
        .paint
        .easel
        .as_ref()
        .is_some_and(|easel| easel.is_stroking());
    let peeks = ui.input(|input| input.key_down(Key::H) && input.modifiers.is_none())
        && !ui.ctx().text_edit_focused();
    if peeks != state.paint.peeks {
        push(PaintCommand::Peek(peeks));
    }

    let is_moving = response.dragged_by(PointerButton::Middle)
        || (is_space_down && response.dragged_by(PointerButton::Primary) && !was_stroking);
    if is_moving {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        if response.drag_delta() != Vec2::ZERO {
            push(PaintCommand::SetView(
                view.panned(stage, response.drag_delta()),
            ));
        }
    } else if is_hovered {
        let icon = match (is_space_down, state.paint.tools.tool.has_ring()) {
            (true, _) => CursorIcon::Grab,
            (false, true) => CursorIcon::None,
            (false, false) => CursorIcon::Crosshair,
        };
        ui.ctx().set_cursor_icon(icon);
        wheel(ui, response, stage, view, state, &mut push);
    }
    if is_moving || (is_space_down && !was_stroking) {
        return;
    }
    let strokes = ui.input(|input| {
        let events = Events {
            is_hovered,
            is_down: input.pointer.any_down(),
            is_stroking: was_stroking,
            pressure: None,
        };
        events.strokes(&input.events, view)
    });
    for command in strokes {
        push(command);
    }
}

fn wheel(
    ui: &Ui,
    response: &Response,
    stage: Rect,
    view: ScreenFromFrame,
    state: &State,
    push: &mut dyn FnMut(PaintCommand),
) {
    let (factor, notches, softens) = ui.input(|input| {
        let wheel = input.events.iter().filter_map(|event| match event {
            Event::MouseWheel {
                unit,
                delta,
                modifiers,
                ..
            } if !modifiers.command && !modifiers.ctrl => {
                // Some systems turn the wheel sideways while Shift is held.
                let along = if delta.y == 0.0 { delta.x } else { delta.y };
                Some(match unit {
                    MouseWheelUnit::Point => along / POINTS_A_NOTCH,
                    MouseWheelUnit::Line | MouseWheelUnit::Page => along,
                })
            }
            _ => None,
        });
        (
            input.zoom_delta(),
            wheel.sum::<f32>(),
            input.modifiers.shift,
        )
    });
    if factor != 1.0
        && let Some(pointer) = response.hover_pos()
    {
        push(PaintCommand::SetView(view.zoomed(stage, pointer, factor)));
    }
    if notches == 0.0 {
        return;
    }
    let mut tools = state.paint.tools.clone();
    if softens {
        push(PaintCommand::SetSoftness(
            tools.softness + SOFTNESS_STEP * notches,
        ));
    } else {
        tools.resize(notches);
        push(PaintCommand::SetRadius(tools.radius_px));
    }
}

/// Turns a frame's events into strokes.
struct Events {
    is_hovered: bool,
    /// A button is down at the end of the frame.
    is_down: bool,
    is_stroking: bool,
    /// Of a pen, 0 to 1.
    pressure: Option<f32>,
}

impl Events {
    /// Every place that the pointer was at, not only the last one of the frame.
    fn strokes(mut self, events: &[Event], view: ScreenFromFrame) -> Vec<PaintCommand> {
        let mut commands = Vec::new();
        let place = |pos: Pos2| view.frame_point(pos);
        for event in events {
            match event {
                Event::Touch { force, .. } => self.pressure = *force,
                Event::PointerButton {
                    pos,
                    button: button @ (PointerButton::Primary | PointerButton::Secondary),
                    pressed: true,
                    modifiers,
                } if self.is_hovered && !self.is_stroking => {
                    let erases =
                        *button == PointerButton::Secondary || modifiers.command || modifiers.ctrl;
                    commands.push(PaintCommand::Press {
                        at: place(*pos),
                        erases,
                        pressure: self.pressure,
                    });
                    self.is_stroking = true;
                }
                Event::PointerMoved(pos) if self.is_stroking => {
                    commands.push(PaintCommand::Drag {
                        at: place(*pos),
                        pressure: self.pressure,
                    });
                }
                Event::PointerButton {
                    button: PointerButton::Primary | PointerButton::Secondary,
                    pressed: false,
                    ..
                } if self.is_stroking => {
                    commands.push(PaintCommand::Release);
                    self.is_stroking = false;
                }
                Event::Key {
                    key: Key::Escape,
                    pressed: true,
                    ..
                } if self.is_stroking => {
                    commands.push(PaintCommand::Cancel);
                    self.is_stroking = false;
                }
                // The end of the stroke was not seen: with the button up, it is not known where it was.
                Event::WindowFocused(false) if self.is_stroking && !self.is_down => {
                    commands.push(PaintCommand::Cancel);
                    self.is_stroking = false;
                }
                _ => {}
            }
        }
        commands
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Modifiers, pos2, vec2};

    const VIEW: ScreenFromFrame = ScreenFromFrame {
        scale: 2.0,
        offset: vec2(10.0, 0.0),
    };

    fn button(x: f32, button: PointerButton, pressed: bool) -> Event {
        Event::PointerButton {
            pos: pos2(x, 0.0),
            button,
            pressed,
            modifiers: Modifiers::NONE,
        }
    }

    fn hovered() -> Events {
        Events {
            is_hovered: true,
            is_down: false,
            is_stroking: false,
            pressure: None,
        }
    }

    fn press(x: f32, erases: bool) -> PaintCommand {
        PaintCommand::Press {
            at: pos2(x, 0.0),
            erases,
            pressure: None,
        }
    }

    #[test]
    fn every_place_of_a_fast_stroke_counts() {
        let events = [
            Event::PointerMoved(pos2(10.0, 0.0)),
            button(10.0, PointerButton::Primary, true),
            Event::PointerMoved(pos2(20.0, 0.0)),
            Event::PointerMoved(pos2(40.0, 0.0)),
            button(40.0, PointerButton::Primary, false),
            Event::PointerMoved(pos2(60.0, 0.0)),
        ];
        let drag = |x: f32| PaintCommand::Drag {
            at: pos2(x, 0.0),
            pressure: None,
        };
        assert_eq!(
            hovered().strokes(&events, VIEW),
            [
                press(0.0, false),
                drag(5.0),
                drag(15.0),
                PaintCommand::Release
            ]
        );
        let away = Events {
            is_hovered: false,
            ..hovered()
        };
        assert!(away.strokes(&events, VIEW).is_empty());
    }

    #[test]
    fn the_right_button_erases_and_losing_focus_cancels_only_with_the_button_up() {
        let events = [
            button(10.0, PointerButton::Secondary, true),
            Event::WindowFocused(false),
        ];
        let held = Events {
            is_down: true,
            ..hovered()
        };
        assert_eq!(held.strokes(&events, VIEW), [press(0.0, true)]);
        let up = hovered().strokes(&events, VIEW);
        assert_eq!(up, [press(0.0, true), PaintCommand::Cancel]);
    }
}
