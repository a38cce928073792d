//! The workbench window: draws state, sends commands.

mod app;
mod clip;
mod command;
mod dialog;
mod evidence;
mod frame_times;
mod keys;
mod layout;
pub mod logging;
mod maps;
mod media_file;
mod panes;
mod playback;
mod settings;
mod shell;
mod state;
mod state_actions;
#[cfg(test)]
mod state_tests;
mod textures;
mod theme;
mod viewport;
mod widgets;
mod words;

pub use app::App;
