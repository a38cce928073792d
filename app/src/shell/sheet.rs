//! The shortcuts sheet: every action with its key, menu by menu, and what the pointer does.

use egui::{Align, Id, Layout, Modal, RichText, ScrollArea, Ui, vec2};

use crate::command::{Action, Command, CommandQueue, Scope};
use crate::shell::ShellCommand;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::words;
use crate::workspace::Workspace;

const COLUMNS: usize = 3;
const LINE: f32 = 20.0;

/// What the pointer does: where, how, and what comes of it.
const GESTURES: [(&str, &str, &str); 16] = [
    ("Clip", "Wheel", "Zoom around the pointer"),
    ("Clip", "Drag", "Move the picture"),
    ("Clip", "Click on a face", "Choose that person"),
    ("Clip", "Double click", "Fit to window"),
    ("Timeline", "Click, or drag the ruler", "Go to that moment"),
    (
        "Timeline",
        "Drag over the lanes",
        "Mark a region and loop it",
    ),
    ("Timeline", "Point at a lane", "See the frame there"),
    ("Timeline", "Wheel", "Move through time"),
    ("Timeline", "Ctrl and wheel", "Zoom into time"),
    ("Maps", "Point at a map", "Read its value there"),
    ("Maps", "Drag the wipe", "Compare two pictures"),
    ("Canvas", "Drag", "Use the tool"),
    (
        "Canvas",
        "Right button, or Ctrl",
        "Do the opposite: erase, unmark",
    ),
    ("Canvas", "Wheel", "Size of the brush"),
    ("Canvas", "Ctrl and wheel", "Zoom"),
    ("Canvas", "Space and drag", "Move the frame"),
];

/// A block of lines under a title.
struct Block {
    title: String,
    /// What it does, its key, and the whole sentence.
    lines: Vec<(String, String, String)>,
    is_elsewhere: bool,
}

pub fn sheet_ui(ui: &Ui, state: &State, commands: &mut CommandQueue) {
    let Some(typed) = &state.shell.sheet else {
        return;
    };
    let screen = ui.ctx().content_rect();
    let modal = Modal::new(Id::unique("shortcuts"))
        .backdrop_color(theme::faded(theme::veil(), 0.8))
        .frame(egui::Frame::popup(ui.style()).inner_margin(16))
        .show(ui.ctx(), |ui| {
            ui.set_width((screen.width() - 120.0).clamp(480.0, 1080.0));
            ui.horizontal(|ui| {
                let title = RichText::new("Shortcuts").font(theme::medium(theme::TITLE));
                ui.label(title.color(theme::text_strong()));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if ui.button("Close").clicked() {
                        commands.push(Command::Shell(ShellCommand::Sheet(None)));
                    }
                    let mut text = typed.clone();
                    let edit = egui::TextEdit::singleline(&mut text)
                        .hint_text("Filter by word or key")
                        .desired_width(220.0);
                    ui.add(edit)
                        .accessible_name("Filter shortcuts")
                        .request_focus();
                    if text != *typed {
                        commands.push(Command::Shell(ShellCommand::Sheet(Some(text))));
                    }
                });
            });
            ui.add_space(2.0 * UNIT);
            let blocks = blocks(ui.ctx(), state.settings.workspace, typed);
            if blocks.is_empty() {
                ui.colored_label(
                    theme::text_quiet(),
                    "No action and no key is called like that",
                );
            }
            ScrollArea::vertical()
                .max_height(screen.height() - 160.0)
                .min_scrolled_height(screen.height() - 160.0)
                .show(ui, |ui| columns_ui(ui, &blocks));
        });
    if modal.should_close() {
        commands.push(Command::Shell(ShellCommand::Sheet(None)));
    }
}

/// Those of this workspace by menu, what the pointer does, then those of the other workspaces.
fn blocks(ctx: &egui::Context, workspace: Workspace, typed: &str) -> Vec<Block> {
    let wanted = typed.to_lowercase();
    let fits = |(what, keys, why): &(String, String, String)| {
        [what, keys, why]
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
    };
    let line = |action: Action| {
        let info = action.info();
        let keys = info.shortcut.map(|keys| words::keys(ctx, &keys));
        (
            info.text.to_owned(),
            keys.unwrap_or_default(),
            info.tooltip.to_owned(),
        )
    };
    let of = |title: String,
              is_elsewhere,
              is_wanted: &dyn Fn(Action) -> bool,
              actions: &[Action]| Block {
        title,
        lines: actions
            .iter()
            .filter(|action| is_wanted(**action))
            .map(|action| line(*action))
            .filter(fits)
            .collect(),
        is_elsewhere,
    };
    let mut blocks: Vec<Block> = Action::MENUS
        .iter()
        .map(|(title, actions)| {
            of(
                (*title).to_owned(),
                false,
                &|action| action.scope().is_in(workspace),
                actions,
            )
        })
        .collect();
    let gestures = GESTURES.iter().map(|(place, how, what)| {
        (
            (*what).to_owned(),
            (*how).to_owned(),
            format!("{place}: {what}"),
        )
    });
    let places = GESTURES.iter().map(|(place, ..)| *place);
    let mut named = places
        .zip(gestures)
        .filter(|(_, line)| fits(line))
        .peekable();
    while let Some((place, line)) = named.next() {
        let mut lines = vec![line];
        while let Some((_, line)) = named.next_if(|(next, _)| *next == place) {
            lines.push(line);
        }
        blocks.push(Block {
            title: format!("Pointer: {}", place.to_lowercase()),
            lines,
            is_elsewhere: false,
        });
    }
    for other in Workspace::ALL
        .into_iter()
        .filter(|other| *other != workspace)
    {
        let name = other.action().info().text;
        for (title, actions) in Action::MENUS {
            let is_there = |action: Action| {
                action.scope() != Scope::Everywhere
                    && action.scope().is_in(other)
                    && !action.scope().is_in(workspace)
            };
            blocks.push(of(format!("{name}: {title}"), true, &is_there, actions));
        }
    }
    blocks.retain(|block| !block.lines.is_empty());
    blocks
}

/// Fills columns of about the same height, in order.
fn columns_ui(ui: &mut Ui, blocks: &[Block]) {
    let height = |block: &Block| block.lines.len() + 2;
    let whole: usize = blocks.iter().map(height).sum();
    let mut rest = blocks.iter().peekable();
    // Keys of one column do not run into the words of the next.
    ui.spacing_mut().item_spacing.x = 8.0 * UNIT;
    ui.columns(COLUMNS, |columns| {
        let mut filled = 0;
        for (at, ui) in columns.iter_mut().enumerate() {
            ui.spacing_mut().item_spacing = vec2(2.0 * UNIT, 0.0);
            let until = whole * (at + 1) / COLUMNS;
            let is_last = at + 1 == COLUMNS;
            while let Some(block) =
                rest.next_if(|block| is_last || filled + height(block) / 2 < until)
            {
                filled += height(block);
                block_ui(ui, block);
            }
        }
    });
}

fn block_ui(ui: &mut Ui, block: &Block) {
    let title = RichText::new(&block.title).font(theme::medium(theme::SMALL));
    ui.label(title.color(theme::text_quiet()));
    ui.add_space(2.0);
    let color = if block.is_elsewhere {
        theme::text_faint()
    } else {
        theme::text()
    };
    for (what, keys, why) in &block.lines {
        let size = vec2(ui.available_width(), LINE);
        let row = ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.label(
                RichText::new(keys)
                    .size(theme::SMALL)
                    .color(theme::text_quiet()),
            );
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = RichText::new(what).size(theme::SMALL + 1.0).color(color);
                ui.add(egui::Label::new(text).truncate());
            });
        });
        row.response.on_hover_text(why);
    }
    ui.add_space(3.0 * UNIT);
}
