//! The workbench window: draws state, sends commands.

mod app;
mod bench;
mod clip;
mod command;
#[cfg(test)]
#[path = "../tests/common/mod.rs"]
mod common;
mod data;
mod dialog;
mod dropped;
mod evaluation;
mod evidence;
mod finder;
mod frame_times;
mod glossary;
mod in_turn;
mod inspect;
mod keys;
mod layout;
pub mod logging;
mod maps;
mod media_file;
mod models;
mod notices;
mod paint;
mod pair;
mod panes;
mod playback;
mod posters;
mod queue;
mod recent;
mod reel;
mod samples;
mod settings;
mod shell;
mod shrink;
mod state;
mod state_actions;
#[cfg(test)]
mod state_tests;
mod textures;
mod theme;
mod tour;
mod training;
mod undo;
mod viewport;
mod widgets;
#[cfg(test)]
mod window_tests;
mod words;
mod workspace;

pub use app::App;
pub use bench::BenchSettings;
