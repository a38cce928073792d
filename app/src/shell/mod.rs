//! What lies around the panes, menus and the status line, and what may lie over them.

mod close;
mod drop;
mod offer;
mod palette;
mod sheet;
pub mod toasts;
mod tour;

mod menus;
mod status;

use std::collections::BTreeSet;
use std::path::PathBuf;

use egui::Ui;

use crate::command::CommandQueue;
use crate::finder::Target;
use crate::notices::Notices;
use crate::state::State;
use crate::tour::Tour;
use crate::undo::Undo;

pub use menus::top_bar_ui;
pub use offer::offer_ui;
pub use status::status_bar_ui;

/// What the shell shows. Changed only by `App`.
#[derive(Debug, Default)]
pub struct ShellState {
    pub palette: Option<Palette>,
    /// What the shortcuts sheet is filtered by, while it is open.
    pub sheet: Option<String>,
    pub notices: Notices,
    /// The list of all notices is open.
    pub shows_notices: bool,
    pub undo: Undo,
    pub tour: Option<Tour>,
    /// Of the recent files, those that are not where they were.
    pub missing: BTreeSet<PathBuf>,
    /// What was dropped is being looked at.
    pub is_sorting: bool,
}

/// The open command palette.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    pub typed: String,
    /// The row that Enter takes.
    pub row: usize,
}

/// What can be asked for around the panes.
#[derive(Clone, Debug, PartialEq)]
pub enum ShellCommand {
    Palette(Palette),
    /// Takes an entry of the palette, which closes.
    Take(Target),
    /// Filters the shortcuts sheet; `None` closes it.
    Sheet(Option<String>),
    /// Opens whatever these paths are, by their content.
    OpenAny(Vec<PathBuf>),
    ForgetRecent,
    DismissNotice(u64),
    ShowNotices(bool),
    /// Goes to a step of the tour; `None` ends it.
    Tour(Option<usize>),
    /// The tour was offered and not wanted.
    NoTour,
}

impl ShellState {
    /// Something lies over the panes that wants the keyboard.
    pub fn has_keyboard(&self) -> bool {
        self.palette.is_some() || self.sheet.is_some()
    }
}

/// What lies over the panes. Dropped files become commands.
pub fn overlays_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    drop::drop_ui(ui, commands);
    tour::tour_ui(ui, state, commands);
    toasts::toasts_ui(ui, state, commands);
    palette::palette_ui(ui, state, commands);
    sheet::sheet_ui(ui, state, commands);
    if state.asks_to_close || state.is_closing {
        close::close_ui(ui, state, commands);
    }
}
