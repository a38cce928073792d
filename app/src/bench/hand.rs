//! The hand that plays the script: pointer, keys and, where a person would use a dialog, commands.

use std::path::PathBuf;

use egui::{Context, Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2};

use crate::command::{Action, Command, CommandQueue};
use crate::layout::{self, Pane};

pub struct Hand<'a> {
    ctx: &'a Context,
    events: &'a mut Vec<Event>,
    commands: &'a mut CommandQueue,
    clip: Option<PathBuf>,
}

impl<'a> Hand<'a> {
    pub fn new(
        ctx: &'a Context,
        events: &'a mut Vec<Event>,
        commands: &'a mut CommandQueue,
        clip: Option<PathBuf>,
    ) -> Self {
        Self {
            ctx,
            events,
            commands,
            clip,
        }
    }

    pub fn open_clip(&mut self) {
        let clip = self.clip.take();
        self.commands
            .push(Command::Open(clip.into_iter().collect()));
    }

    pub fn act(&mut self, action: Action) {
        self.commands.act(action);
    }

    pub fn key(&mut self, key: Key, modifiers: Modifiers) {
        for pressed in [true, false] {
            self.events.push(Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers,
            });
        }
    }

    pub fn type_text(&mut self, text: &str) {
        self.events.push(Event::Text(text.to_owned()));
    }

    /// Moves to a place in a pane, or in the whole window; from 0 to 1 both ways.
    pub fn point(&mut self, pane: Option<Pane>, x: f64, y: f64) -> Pos2 {
        let whole = self.ctx.content_rect();
        let rect: Rect = pane
            .and_then(|pane| layout::place_of(self.ctx, pane))
            .unwrap_or(whole);
        let pos = pos2(
            rect.left() + x as f32 * rect.width(),
            rect.top() + y as f32 * rect.height(),
        );
        self.events.push(Event::PointerMoved(pos));
        pos
    }

    pub fn press(&mut self, pos: Pos2, pressed: bool) {
        self.events.push(Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }

    /// Lets go of what is held.
    pub fn release(&mut self) {
        let pos = self.ctx.pointer_latest_pos().unwrap_or_default();
        self.press(pos, false);
    }
}
