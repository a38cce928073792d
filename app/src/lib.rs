//! The workbench window: draws state, sends commands.

mod app;
mod clip;
mod command;
mod data;
mod dialog;
mod evaluation;
mod evidence;
mod frame_times;
mod keys;
mod layout;
pub mod logging;
mod maps;
mod media_file;
mod paint;
mod panes;
mod playback;
mod queue;
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
mod workspace;

pub use app::App;
