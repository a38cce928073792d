//! Keyboard shortcuts: those of the actions of a workspace, and 1 to 9 for people where clips are looked at.

use egui::{Context, Key, Modifiers};
use seam_engine::faces::TrackId;

use crate::command::{Action, Command, CommandQueue, PaintAction, ShellAction};
use crate::maps::MapsCommand;
use crate::state::State;
use crate::workspace::Workspace;

pub const DIGITS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// Turns key presses into commands, unless something else wants the keyboard.
pub fn handle(ctx: &Context, state: &State, commands: &mut CommandQueue) {
    if state.shell.has_keyboard() || state.asks_to_close || ctx.text_edit_focused() {
        return;
    }
    if state.maps.full.is_some() {
        full_keys(ctx, commands);
    }
    // Shortcuts with more modifiers first, because a shortcut also matches when more are held.
    let workspace = state.settings.workspace;
    let mut actions: Vec<Action> = Action::within(workspace).collect();
    actions.sort_by_key(|action| {
        let shortcut = action.info().shortcut;
        std::cmp::Reverse(shortcut.map_or(0, |shortcut| num_modifiers(shortcut.modifiers)))
    });
    for action in actions {
        let Some(shortcut) = action.info().shortcut else {
            continue;
        };
        // A key that repeats may come several times in one frame of the window.
        let (modifiers, key) = (shortcut.modifiers, shortcut.logical_key);
        let times = ctx.input_mut(|input| input.count_and_consume_key(modifiers, key));
        (0..times).for_each(|_| commands.act(action));
    }
    // Keys that mean the same on other keyboards.
    for (modifiers, key, action) in [
        (Modifiers::COMMAND, Key::Equals, ShellAction::LargerText),
        (Modifiers::NONE, Key::Questionmark, ShellAction::Shortcuts),
        (Modifiers::SHIFT, Key::Questionmark, ShellAction::Shortcuts),
        (Modifiers::COMMAND, Key::Y, ShellAction::Redo),
    ] {
        let action = Action::Shell(action);
        if action.scope().is_in(workspace)
            && ctx.input_mut(|input| input.consume_key(modifiers, key))
        {
            commands.act(action);
        }
    }
    if workspace == Workspace::Annotate {
        // The key that has the plus sign on many keyboards, without Shift.
        if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Equals)) {
            commands.act(Action::Paint(PaintAction::ZoomIn));
        }
        return;
    }
    if workspace == Workspace::Train {
        return;
    }
    for (number, key) in (1..).zip(DIGITS) {
        if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            let person = TrackId(number);
            let is_selected = state.person == Some(person);
            commands.push(Command::SelectPerson((!is_selected).then_some(person)));
        }
    }
}

/// A picture on the whole window: arrows go through the others, Space to another side, Escape back. What moves the
/// clip waits beneath.
fn full_keys(ctx: &Context, commands: &mut CommandQueue) {
    if ctx.input(|input| input.modifiers.any()) {
        return;
    }
    let mut press = |key, command| {
        let times = ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        (0..times).for_each(|_| commands.push(Command::Maps(command)));
    };
    press(Key::ArrowRight, MapsCommand::StepFull(1));
    press(Key::ArrowLeft, MapsCommand::StepFull(-1));
    press(Key::Space, MapsCommand::NextSides);
    press(Key::Escape, MapsCommand::CloseFull);
}

fn num_modifiers(modifiers: Modifiers) -> usize {
    let held = [
        modifiers.alt,
        modifiers.shift,
        modifiers.command,
        modifiers.ctrl,
    ];
    held.into_iter().filter(|held| *held).count()
}
